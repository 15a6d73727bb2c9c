"""Reach: which towns can be driven to and left, now and in which times to come, and what cuts them off.

In: a snapshot, where vehicles are, begin and end, an instant, how far to look. Out: `PlaceReach` for each
town and way of travelling. Refuses to know jobs.

What the words mean, exactly. Vehicles are judged in groups (`network.groups`): a group comes from its start
and has to get to its end. The way in is *open* at t when a chain of roads, none of them shut at t, leads from
the start of a group to the town; the way out alike, to its end. A town stands at t as for the group for which
it stands best: a way in for one and a way out for another are no way in and out. Its cut is that of the group
that the fewest hazards stop. `inward` and `outward` are the times in which they are open,
second by second, from the instant asked to as far as was looked (where more changes than `slots.SLOTS_MAX`
lie ahead, the later ones are merged: then they are rather too short than too long). `until_s` is the first
end of their common time, `again_s` its next beginning. *Reachable* is a town that whoever leaves a start at
the instant asked gets to without a wait, on roads open while they are on them; *leavable* one from which they
get to their end. So with the way in open for another minute, a town an hour away is not reachable. A yes is
always such a drive. A no says that there is none that comes to each junction within `detours.LATE_S` of the
first who could be there, longer ways and circles included: nobody is sent out to drive about for longer until
a road opens (of those who do, some may be found by chance).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vado.model.roads import Bool
from vado.model.snapshot import CutRoad, Group, LastRoad, PlaceReach, Post, Snapshot, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network.anchor import nearest_towns
from vado.network.cut import cutter
from vado.network.ground import Kept
from vado.network.groups import groups, there_and_back
from vado.network.last_roads import last_roads
from vado.network.passage import passage
from vado.network.setting_out import setting_out


def reach(
    snapshot: Snapshot,
    bases: Sequence[Post | int],
    *,
    travels: Iterable[Travel],
    at_s: int,
    until_s: int,
) -> tuple[PlaceReach, ...]:
    """Judge every town, for each way of travelling; towns in their order, travels in theirs.

    A node alone is a base for every travel: from it, and back to it. A travel without any base: the towns'
    connection with the main network is judged.
    """
    asked, period = tuple(travels), Interval(at_s, max(until_s, at_s + 1))
    posts = [post for post in there_and_back(bases, asked) if post.travel in asked]
    found = tuple(dict.fromkeys(groups(snapshot, posts, period)))
    judged = []
    for travel in asked:
        own = tuple(group for group in found if group.travel == travel and not group.anywhere)
        judged.append(_reach(snapshot, own or (Group(travel),), period))
    return tuple(of_town for town in zip(*judged, strict=True) for of_town in town)


# What was asked of a snapshot is asked again: by what-ifs, and by pages that show it.
_JUDGED = Kept(12)


def _reach(snapshot: Snapshot, of: tuple[Group, ...], period: Interval) -> list[PlaceReach]:
    return _JUDGED.get((snapshot, of, period), lambda: _judge(snapshot, of, period))


class _Side:
    """How all towns [T] stand for one group, slot by slot."""

    def __init__(self, snapshot: Snapshot, group: Group, period: Interval) -> None:
        self._snapshot, self.group, self._at_s = snapshot, group, period.start_s
        self._near: list[str] | None = None
        self._town = snapshot.roads.places.node.astype(np.int64)
        self.ways = ways = passage(snapshot, group, period)
        self.inward, self.outward = ways.inward(self._town), ways.outward(self._town)
        self.last_in = last_roads(snapshot, group.travel, ways, self._town, 0, inward=True)
        self.last_out = last_roads(snapshot, group.travel, ways, self._town, 0, inward=False)

    def setting_out(self, asked: Bool) -> tuple[Bool, Bool]:
        """Say which of some towns [T] who leaves now gets to, and out of."""
        reachable, leavable = np.zeros_like(asked), np.zeros_like(asked)
        if asked.any():
            reachable[asked], leavable[asked] = setting_out(
                self._snapshot, self.group.travel, self.ways, self._town[asked], self._at_s
            )
        return reachable, leavable

    def cut(self, k: int, slot: int) -> _Told:
        """Say what cuts town k off as a slot begins."""
        return self._told(k, self.ways.blocking[slot])

    def on_the_way(self, k: int) -> _Told:
        """Explain a town that has ways in every slot, but none that stays open while it is driven."""
        for slot in range(1, len(self.ways.slots)):
            told = self._told(k, np.logical_or.reduce(self.ways.touching[: slot + 1], axis=0))
            if told.cut:
                return replace(told, slot=slot)
        return _Told(self, ())

    @property
    def away(self) -> bool:
        """Say whether they come from elsewhere than where they have to get to."""
        return self.group.starts != self.group.ends

    def near(self, k: int) -> str:
        """Name the town near which they are, other than town k: nobody is cut off from where they stand."""
        roads = self._snapshot.roads
        if self._near is None:
            points = [
                (float(roads.node_lon[n]), float(roads.node_lat[n])) for n in self.group.starts if n >= 0
            ]
            self._near = nearest_towns(roads, tuple(points))
        return next((name for name in self._near if name != roads.places.name[k]), "")

    def _told(self, k: int, blocking: Bool) -> _Told:
        node = int(self._town[k])
        by = cutter(self._snapshot, self.group.travel, self.ways, blocking)
        return _Told(self, by.of(node), proven=by.proven(node))


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The cut of a town for one group; of several, the one with the fewest hazards is told."""

    side: _Side
    cut: tuple[CutRoad, ...]
    proven: bool = True
    slot: int | None = None

    @property
    def rank(self) -> tuple[bool, int]:
        return not self.cut, len(self.cut)  # where no hazard does it, no lifting helps


def _judge(snapshot: Snapshot, of: tuple[Group, ...], period: Interval) -> list[PlaceReach]:
    places = snapshot.roads.places
    sides = [_Side(snapshot, group, period) for group in of]
    sides.sort(key=lambda side: -int((side.inward[0] & side.outward[0]).sum()))
    asked: Bool = np.ones(len(places), np.bool_)
    begun = []
    for side in sides:  # where one group gets to and out of, no other is asked
        begun.append(side.setting_out(asked))
        asked = asked & ~(begun[-1][0] & begun[-1][1])
    reachable, leavable = _best(begun)
    inward, outward = _best([(side.inward, side.outward) for side in sides])
    both: Bool = inward & outward
    through: Bool = np.logical_and.reduce(both, axis=0)
    intervals = sides[0].ways.slots.intervals  # the same for all groups of a travel
    starts = [interval.start_s for interval in intervals]
    last_in, last_out = _last(sides, both[0])
    always = _times(np.ones(len(intervals), np.bool_), intervals)
    nothing = _Told(sides[0], ())
    result = []
    for k in range(len(places)):
        open_now = bool(reachable[k] and leavable[k])
        shut_at = None if through[k] else _first(~both[:, k], 1 if open_now else 0)
        again_at = None if shut_at is None else _first(both[:, k], shut_at + 1)
        told = nothing
        if shut_at is not None:
            told = min((side.cut(k, shut_at) for side in sides), key=lambda one: one.rank)
        elif not open_now:
            told = min((side.on_the_way(k) for side in sides), key=lambda one: one.rank)
            again_at = told.slot
        result.append(
            PlaceReach(
                place=k,
                name=places.name[k],
                lon=float(places.lon[k]),
                lat=float(places.lat[k]),
                travel=of[0].travel,
                reachable=bool(reachable[k]),
                leavable=bool(leavable[k]),
                until_s=starts[shut_at] if open_now and shut_at is not None else None,
                again_s=None if again_at is None else starts[again_at],
                cut=told.cut,
                cut_proven=told.proven,
                inward=always if through[k] else _times(inward[:, k], intervals),
                outward=always if through[k] else _times(outward[:, k], intervals),
                last_in=last_in[k],
                last_out=last_out[k],
                snap_m=float(places.snap_m[k]),
                cut_from=told.side.near(k) if told.cut and (len(sides) > 1 or told.side.away) else "",
            )
        )
    return result


def _best(ways: Sequence[tuple[Bool, Bool]]) -> tuple[Bool, Bool]:
    """Join ways in and out of groups: both where one group has both, else in, else out."""
    if len(ways) == 1:
        return ways[0]
    inward: Bool = np.logical_or.reduce([come for come, _ in ways])
    outward: Bool = np.logical_or.reduce([go for _, go in ways])
    both: Bool = np.logical_or.reduce([come & go for come, go in ways])
    return inward, outward & (both | ~inward)


def _last(sides: Sequence[_Side], both: Bool) -> tuple[list[LastRoad | None], list[LastRoad | None]]:
    """Join the last roads of groups: of a town that is open now only who gets in and out counts."""
    if len(sides) == 1:
        return sides[0].last_in, sides[0].last_out
    able = [((side.inward[0] & side.outward[0]) | ~both).tolist() for side in sides]
    last_in, last_out = (
        [_common([roads[k] for roads, of in zip(each, able, strict=True) if of[k]]) for k in range(len(both))]
        for each in ([side.last_in for side in sides], [side.last_out for side in sides])
    )
    return last_in, last_out


def _common(roads: Sequence[LastRoad | None]) -> LastRoad | None:
    """Give the last road of all groups that have a way; another of one of them is no last road."""
    return roads[0] if roads and all(road == roads[0] for road in roads) else None


def _first(flags: Bool, start: int) -> int | None:
    found = np.flatnonzero(flags[start:])
    return start + int(found[0]) if len(found) else None


def _times(open_: Bool, intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    """Join the slots in which a way is open; what is open in the last one is so as far as anybody knows."""
    if open_.all():
        return (Interval(intervals[0].start_s),)
    turns = np.flatnonzero(open_[1:] != open_[:-1]) + 1
    begins = ([0] if open_[0] else []) + [k for k in turns.tolist() if open_[k]]
    ends = [intervals[k].start_s for k in turns.tolist() if not open_[k]]
    if open_[-1]:
        ends.append(FOREVER_S)
    return tuple(Interval(intervals[a].start_s, end) for a, end in zip(begins, ends, strict=True))

"""Reach: which towns can be driven to and left, now and in which times to come, and what cuts them off.

In: a snapshot, the origins' nodes, an instant, how far to look. Out: `PlaceReach` for each town and way of
travelling. Refuses to know jobs and vehicles.

What the words mean, exactly. The way in is *open* at t when a chain of roads, none of them shut at t, leads
from some origin to the town; the way out alike. `inward` and `outward` are the times in which they are open,
second by second, from the instant asked to as far as was looked (where more changes than `slots.SLOTS_MAX`
lie ahead, the later ones are merged: then they are rather too short than too long). `until_s` is the first
end of their common time, `again_s` its next beginning. *Reachable* is a town that whoever leaves an origin at
the instant asked gets to without a wait, on roads open while they are on them; *leavable* one from which they
get to an origin. So with the way in open for another minute, a town an hour away is not reachable. A yes is
always such a drive. A no says that there is none that comes to each junction within `detours.LATE_S` of the
first who could be there, longer ways and circles included: nobody is sent out to drive about for longer until
a road opens (of those who do, some may be found by chance).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from vado.model.roads import Bool
from vado.model.snapshot import CutRoad, PlaceReach, Snapshot, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network.cut import cutter
from vado.network.ground import Kept
from vado.network.last_roads import last_roads
from vado.network.passage import Passage, passage
from vado.network.setting_out import setting_out


def reach(
    snapshot: Snapshot,
    origins: Sequence[int],
    *,
    travels: Iterable[Travel],
    at_s: int,
    until_s: int,
) -> tuple[PlaceReach, ...]:
    """Judge every town, for each way of travelling; towns in their order, travels in theirs.

    No origins at all: the towns' connection with the main network is judged.
    """
    key = tuple(sorted({int(node) for node in origins})) if len(origins) else None
    judged = [
        _reach(snapshot, travel, passage(snapshot, travel, key, Interval(at_s, max(until_s, at_s + 1))), at_s)
        for travel in travels
    ]
    return tuple(of_town for town in zip(*judged, strict=True) for of_town in town)


# What was asked of a snapshot is asked again: by what-ifs, and by pages that show it.
_JUDGED = Kept(12)


def _reach(snapshot: Snapshot, travel: Travel, ways: Passage, at_s: int) -> list[PlaceReach]:
    return _JUDGED.get((snapshot, travel, ways, at_s), lambda: _judge(snapshot, travel, ways, at_s))


def _judge(snapshot: Snapshot, travel: Travel, ways: Passage, at_s: int) -> list[PlaceReach]:
    places = snapshot.roads.places
    town = places.node.astype(np.int64)
    reachable, leavable = setting_out(snapshot, travel, ways, town, at_s)
    inward, outward = ways.inward(town), ways.outward(town)
    both: Bool = inward & outward
    through: Bool = np.logical_and.reduce(both, axis=0)
    intervals = ways.slots.intervals
    starts = [interval.start_s for interval in intervals]
    last_in = last_roads(snapshot, travel, ways, town, 0, inward=True)
    last_out = last_roads(snapshot, travel, ways, town, 0, inward=False)
    always = _times(np.ones(len(intervals), np.bool_), intervals)
    result = []
    for k in range(len(places)):
        open_now = bool(reachable[k] and leavable[k])
        shut_at = None if through[k] else _first(~both[:, k], 1 if open_now else 0)
        again_at = None if shut_at is None else _first(both[:, k], shut_at + 1)
        cut: tuple[CutRoad, ...] = ()
        proven = True
        if shut_at is not None:
            by = cutter(snapshot, travel, ways, ways.blocking[shut_at])
            cut, proven = by.of(int(town[k])), by.proven(int(town[k]))
        elif not open_now:
            cut, proven, again_at = _on_the_way(snapshot, travel, ways, int(town[k]))
        result.append(
            PlaceReach(
                place=k,
                name=places.name[k],
                lon=float(places.lon[k]),
                lat=float(places.lat[k]),
                travel=travel,
                reachable=bool(reachable[k]),
                leavable=bool(leavable[k]),
                until_s=starts[shut_at] if open_now and shut_at is not None else None,
                again_s=None if again_at is None else starts[again_at],
                cut=cut,
                cut_proven=proven,
                inward=always if through[k] else _times(inward[:, k], intervals),
                outward=always if through[k] else _times(outward[:, k], intervals),
                last_in=last_in[k],
                last_out=last_out[k],
                snap_m=float(places.snap_m[k]),
            )
        )
    return result


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


def _on_the_way(
    snapshot: Snapshot, travel: Travel, ways: Passage, node: int
) -> tuple[tuple[CutRoad, ...], bool, int | None]:
    """Explain a town that has ways in every slot, but none that stays open while it is driven."""
    for k in range(1, len(ways.slots)):
        by = cutter(snapshot, travel, ways, np.logical_or.reduce(ways.touching[: k + 1], axis=0))
        if cut := by.of(node):
            return cut, by.proven(node), k
    return (), True, None

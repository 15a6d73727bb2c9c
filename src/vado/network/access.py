"""Access: when a vehicle may be at a stop, because it can have come there and can still get out again.

In: a snapshot, the stops' nodes, groups of vehicles, a horizon. Out: `Access` for each stop and group, with
the way in from where the group comes from and the way out to where it has to get to. Refuses to know jobs;
the planner makes holes in their windows of what is no stay.

A stay begins with a slot that has a way in and a way out, and lasts while there is a way out. Where the way
out shuts, it ends with the latest departure that still gets out before; where roads reopen, it begins when
somebody can be there. Both are driven on the clock before they are believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vado.model.ids import NodeId
from vado.model.snapshot import Access, Cut, Group, Snapshot, Travel
from vado.model.when import Interval
from vado.network.cut import Cutter, cutter
from vado.network.passage import Passage, passage
from vado.network.rim import Rim


def access(
    snapshot: Snapshot,
    nodes: Sequence[int],
    groups: Iterable[Group],
    *,
    horizon: Interval,
) -> Mapping[tuple[int, Group], Access]:
    """Give the access of every stop, by its number; a stop at node -1 is never accessible."""
    found: dict[tuple[int, Group], Access] = {}
    for group in dict.fromkeys(groups):
        of_node = _OneGroup(snapshot, group.travel, passage(snapshot, group, horizon), horizon)
        for stop, node in enumerate(nodes):
            found[stop, group] = of_node.access(int(node))
    return found


class _OneGroup:
    """Access for one group; stops at one node share the work."""

    def __init__(self, snapshot: Snapshot, travel: Travel, ways: Passage, horizon: Interval) -> None:
        self._snapshot = snapshot
        self._travel = travel
        self._ways = ways
        self._horizon = horizon
        self._rim = Rim(snapshot, travel, ways)
        self._known: dict[int, Access] = {}
        self._cutters: dict[int, list[tuple[Interval, Cutter]]] = {}  # of a slot, its moments

    def access(self, node: int) -> Access:
        if node not in self._known:
            self._known[node] = self._access(node)
        return self._known[node]

    def _access(self, node: int) -> Access:
        if node < 0:
            nowhere = (Cut(interval=self._horizon, direction="both", roads=()),)
            return Access(node=NodeId(node), travel=self._travel, stays=(), cuts=nowhere)
        inward, outward = self._ways.inward(node).tolist(), self._ways.outward(node).tolist()
        stays = tuple(
            stay
            for first, last in _runs(inward, outward)
            if (stay := self._stay(node, first, last)) is not None
        )
        return Access(
            node=NodeId(node),
            travel=self._travel,
            stays=stays,
            cuts=_fitted(self._cuts(node, inward, outward), stays, self._horizon),
        )

    def _stay(self, node: int, first: int, last: int) -> Interval | None:
        """Trim a run of slots to when somebody can have come and can still get out."""
        intervals = self._ways.slots.intervals
        start: int | None = intervals[0].start_s
        end: int | None = self._horizon.end_s
        if first > 0:
            start = self._rim.first_arrival(node, first)
        if last + 1 < len(intervals):
            end = self._rim.last_departure(node, first, last)
        if start is None or end is None or end <= start:
            return None
        return Interval(start, end)

    def _cuts(self, node: int, inward: Sequence[bool], outward: Sequence[bool]) -> list[Cut]:
        """List when there is no way in or out, neighbours with the same cause as one."""
        found: list[_Cause] = []
        for slot in range(len(self._ways.slots)):
            if inward[slot] and outward[slot]:
                continue
            direction = "in" if outward[slot] else "out" if inward[slot] else "both"
            for period, by in self._moments(slot):
                cause = _Cause(period, direction, by.causes(node), by.lifted(node), by.proven(node), by)
                if found and found[-1].goes_on(cause):
                    found[-1] = found[-1].until(cause)
                else:
                    found.append(cause)
        # Roads are named last, and of each cause only as it begins: of a hundred moments few are told.
        return [
            Cut(
                interval=one.period,
                direction=one.direction,
                roads=one.by.of(node, one.hazards),
                proven=one.proven,
            )
            for one in found
        ]

    def _moments(self, slot: int) -> list[tuple[Interval, Cutter]]:
        """Say who finds what cuts nodes off in a slot, one moment after another."""
        if slot not in self._cutters:
            self._cutters[slot] = [
                (period, cutter(self._snapshot, self._travel, self._ways, blocking))
                for period, blocking in self._ways.moments(slot)
            ]
        return self._cutters[slot]


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cut whose roads nobody has named yet: which hazards, and who knows the roads they shut."""

    period: Interval
    direction: str
    events: frozenset[int]  # each by its first hazard
    hazards: frozenset[int]  # those of them that shut roads at some time of it
    proven: bool
    by: Cutter

    def goes_on(self, other: _Cause) -> bool:
        """Say whether another one follows with the same cause."""
        same = self.events == other.events and self.direction == other.direction
        return same and self.period.end_s == other.period.start_s

    def until(self, other: _Cause) -> _Cause:
        period = Interval(self.period.start_s, other.period.end_s)
        return replace(
            self, period=period, hazards=self.hazards | other.hazards, proven=self.proven and other.proven
        )


def _runs(inward: Sequence[bool], outward: Sequence[bool]) -> list[tuple[int, int]]:
    """List (first, last) slots of stays: begun where one can come, kept while one can leave."""
    runs: list[tuple[int, int]] = []
    open_ = False
    for slot, (comes, leaves) in enumerate(zip(inward, outward, strict=True)):
        if open_ and leaves:
            runs[-1] = runs[-1][0], slot
        elif comes and leaves:
            runs.append((slot, slot))
        open_ = leaves and (open_ or comes)
    return runs


def _fitted(cuts: Sequence[Cut], stays: Sequence[Interval], horizon: Interval) -> tuple[Cut, ...]:
    """Stretch cuts so that they cover all that is no stay; beside a way in that is shut they may overlap.

    One leaves before the way out shuts, comes after roads open, and does not go in for too short an opening.
    """
    spans = [[cut.interval.start_s, cut.interval.end_s] for cut in cuts]
    at = horizon.start_s
    for stay in (*stays, Interval(horizon.end_s, horizon.end_s)):
        gap, at = (at, stay.start_s), stay.end_s
        inside = [k for k, (start, end) in enumerate(spans) if start < gap[1] and gap[0] < end]
        if gap[0] >= gap[1] or not inside:
            continue
        # What ended the stay before is the first one that shuts the way out.
        opening = next(
            (k for k in inside if gap[0] > horizon.start_s and cuts[k].direction != "in"), inside[0]
        )
        spans[opening][0] = min(spans[opening][0], gap[0])
        for k in inside:
            if opening <= k < inside[-1]:
                spans[k][1] = spans[k + 1][0]
        spans[inside[-1]][1] = max(spans[inside[-1]][1], gap[1])
    return tuple(
        replace(cut, interval=Interval(start, end))
        for (start, end), cut in zip(spans, cuts, strict=True)
        if start < end
    )

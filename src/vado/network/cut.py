"""Cut: the fewest hazards whose lifting opens the way in and out again, and the roads they do it on.

In: a snapshot, a way of travelling, its `Passage`, the hazards that block together. Out: `CutRoad` lines of
a node. Exact while the number of sets tried stays under a bound; beyond it the best that was found stands,
with nothing in it that it does not need. Every answer was tried: with these lifted both ways exist, with any
one of them left they do not.

How: the cheapest ways give a set that will do. From the origins' side, any way in must cross a shut road at
the rim of what is reached now, and the next rim beyond it, so at least so many hazards must be lifted. Where
both numbers are the same, that is it. Else sets are grown from what stands at the rim, those first that could
still be smallest.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from vado.model.ids import EdgeId
from vado.model.roads import I32, Bool
from vado.model.snapshot import CutRoad, Snapshot, Travel
from vado.network import _reach_kernels as kernels
from vado.network import _way_kernels as way_kernels
from vado.network.allowed import kind_of
from vado.network.ground import Kept, ground, trees, usual
from vado.network.passage import Passage

# How many sets are looked at for one place, and twice as many for all places of a moment: each costs a few
# searches on the pieces, so what is bounded is links looked at. A big storm leaves 10,000 links in Andorra,
# 100,000 in Porto; a small one some hundreds.
LINKS_MAX = 1_000_000
TRIES_MIN, TRIES_MAX = 30, 1000

Lifted = frozenset[int]  # numbers of hazards in the snapshot
_NOTHING: Lifted = frozenset()


class Cutter:
    """Answers for the nodes of one moment; what one answer needed is kept for the next."""

    def __init__(self, snapshot: Snapshot, travel: Travel, ways: Passage, blocking: Bool) -> None:
        self._snapshot = snapshot
        self._travel = travel
        self._pieces = ways.pieces
        self._origins = ways.origins
        self._starts = ways.starts
        self._blocking = blocking
        p = self._pieces
        # What each need asks for at this moment; hazards that do not block now need no lifting.
        hazards = p.need_hazard.tolist()
        self._asks: list[Lifted] = [
            frozenset(h for h in hazards[a:b] if blocking[h]) for a, b in pairwise(p.need_first.tolist())
        ]
        self._group = self._together()
        self._answers: dict[int, tuple[CutRoad, ...]] = {}
        self._ways_known: dict[tuple[Lifted, bool], Bool] = {}
        self._possible: Bool | None = None
        self._most = min(TRIES_MAX, max(TRIES_MIN, LINKS_MAX // max(1, len(self._pieces.need))))
        self._tries = 0
        self.proven = True  # no smaller set would do, for every answer so far

    def of(self, node: int) -> tuple[CutRoad, ...]:
        """Give the cut of a node; empty when it is not cut, or when no hazard does it."""
        piece = int(self._pieces.label[node])
        group = int(self._group[piece])
        if group not in self._answers:
            lifted = self._fewest(piece)
            self._answers[group] = () if not lifted else self._lines(lifted, node)
        return self._answers[group]

    def _together(self) -> I32:
        """Group the pieces that can drive to each other now: they have one answer."""
        p = self._pieces
        open_ = np.array([not asks for asks in self._asks] + [True], np.bool_)[p.need]
        label, _ = kernels.strong(p.first, p.order, p.target, open_)
        found: I32 = label
        return found

    def _side(self, lifted: Lifted, *, inward: bool) -> Bool:
        """Mark the pieces that the origins lead to, or that lead to them, with these lifted."""
        key = lifted, inward
        if key not in self._ways_known:
            self._ways_known[key] = self._spread(self._starts, self._left(lifted), inward=inward)
        return self._ways_known[key]

    def _spread(self, starts: I32, blocking: Bool, *, inward: bool) -> Bool:
        p = self._pieces
        first, order, other = p.way(inward=inward)
        found: Bool = kernels.spread(
            first, order, other, p.need, p.need_first, p.need_hazard, blocking, starts
        )
        return found

    def _left(self, lifted: Lifted) -> Bool:
        """Mark the hazards that block though these are lifted."""
        if not lifted:
            return self._blocking
        blocking = self._blocking.copy()
        blocking[list(lifted)] = False
        return blocking

    def _opens(self, piece: int, lifted: Lifted) -> bool:
        return bool(self._side(lifted, inward=True)[piece] and self._side(lifted, inward=False)[piece])

    def _fewest(self, piece: int) -> Lifted:
        if self._opens(piece, _NOTHING):
            return _NOTHING
        none = np.zeros_like(self._blocking)
        if self._possible is None:
            ends = (self._spread(self._starts, none, inward=inward) for inward in (True, False))
            self._possible = np.logical_and(*ends)
        if not self._possible[piece]:
            return _NOTHING  # no road leads there, whatever is lifted
        # Only what lies on some way to the piece is worth lifting.
        at = np.array([piece], np.int32)
        useful = {inward: self._spread(at, none, inward=not inward) for inward in (True, False)}
        will_do = self._without_needless(piece, self._by_cheapest_ways(piece, useful))
        return self._grow(piece, will_do, useful)

    def _grow(self, piece: int, will_do: Lifted, useful: dict[bool, Bool]) -> Lifted:
        """Look for a smaller set than one that will do, growing sets that could still be smaller."""
        least = self._at_least(piece, _NOTHING, useful)
        heap: list[tuple[int, tuple[int, ...], bool]] = [(least, (), True)]
        seen = {_NOTHING}
        tries = 0
        while heap and heap[0][0] < len(will_do):
            bound, numbers, judged = heappop(heap)
            lifted = frozenset(numbers)
            if not judged:
                true_bound = len(lifted) + self._at_least(piece, lifted, useful)
                if true_bound > bound:
                    heappush(heap, (true_bound, numbers, True))
                    continue
            tries += 1
            self._tries += 1
            if tries > self._most or self._tries > 2 * self._most:
                self.proven = False
                break
            inward = not self._side(lifted, inward=True)[piece]
            if not inward and self._side(lifted, inward=False)[piece]:
                return lifted
            for asks in self._rim(lifted, useful[inward], inward=inward):
                more = lifted | asks
                if more not in seen and len(more) < len(will_do):
                    seen.add(more)
                    heappush(heap, (max(bound, len(more)), tuple(sorted(more)), False))
        return will_do

    def _at_least(self, piece: int, lifted: Lifted, useful: dict[bool, Bool]) -> int:
        """Count the further hazards that must be lifted at least."""
        p, blocking = self._pieces, self._left(lifted)
        most = 0
        for inward in (True, False):
            if not self._side(lifted, inward=inward)[piece]:
                first, order, other = p.way(inward=inward)
                asked = kernels.layers(
                    first, order, other, p.need, p.need_first, p.need_hazard, blocking, self._starts, piece,
                    useful[inward],
                )  # fmt: skip
                most = max(most, int(asked))
        return most

    def _rim(self, lifted: Lifted, useful: Bool, *, inward: bool) -> list[Lifted]:
        """List what the links ask to be lifted that lead from what is reached to what is not."""
        p = self._pieces
        first, order, other = p.way(inward=inward)
        marked = self._side(lifted, inward=inward)
        at_rim = kernels.rim(first, order, other, p.need, marked, useful, len(self._asks))
        found = {self._asks[need] - lifted for need in np.flatnonzero(at_rim).tolist()}
        return sorted((asks for asks in found if not any(less < asks for less in found)), key=sorted)

    def _by_cheapest_ways(self, piece: int, useful: dict[bool, Bool]) -> Lifted:
        """Take the hazards on ways that cross few, each counted wherever it is met; out by the same ones."""
        p = self._pieces
        found: Lifted = _NOTHING
        for inward in (True, False):
            counts = np.array([len(asks - found) for asks in self._asks] + [0], np.int64)
            first, order, other = p.way(inward=inward)
            near = p.source if inward else p.target
            _, by = way_kernels.tree(first, order, other, counts[p.need], useful[inward][other], self._starts)
            at = piece
            while (link := int(by[at])) >= 0:
                if p.need[link] >= 0:
                    found |= self._asks[int(p.need[link])]
                at = int(near[link])
        return found

    def _without_needless(self, piece: int, lifted: Lifted) -> Lifted:
        for number in sorted(lifted):
            if self._opens(piece, lifted - {number}):
                lifted -= {number}
        return lifted

    def _lines(self, lifted: Lifted, node: int) -> tuple[CutRoad, ...]:
        """Name a road for each hazard: where the usual way in, or else out, first meets it."""
        snapshot, p = self._snapshot, self._pieces
        met: dict[int, int] = {}
        for known in (True, False):  # people know the usual way; it need not meet all of the cut
            for inward in (True, False):
                for edge in self._shut_on_way(None if known else lifted, node, inward=inward):
                    asks = self._asks[int(p.edge_need[np.searchsorted(p.edge, edge)])]
                    if asks <= lifted:
                        for number in sorted(asks):
                            met.setdefault(number, edge)
            if met.keys() >= lifted:
                break
        lines = []
        for number, edge in met.items():
            hazard = snapshot.hazards[number]
            lines.append(
                CutRoad(
                    hazard=hazard.id,
                    alert=hazard.alert,
                    road=snapshot.roads.road(edge),
                    edge=EdgeId(edge),
                    kind=hazard.kind,
                    headline=hazard.evidence[0].headline,
                )
            )
        return tuple(lines)

    def _shut_on_way(self, lifted: Lifted | None, node: int, *, inward: bool) -> list[int]:
        """List the edges that hazards shut on the fastest way between origin and node, from the origin on.

        The way is the usual one, or the fastest when only these hazards are lifted.
        """
        roads = self._snapshot.roads
        kind = kind_of(roads, self._travel)
        g, p = ground(roads), self._pieces
        if lifted is None:
            grown = trees(roads, kind, self._origins)
            by = grown.in_by if inward else grown.out_by
        else:
            open_ = usual(roads, kind).drivable.copy()
            stays = np.array([not asks <= lifted for asks in self._asks], np.bool_)
            open_[p.edge[stays[p.edge_need]]] = False
            cost = usual(roads, kind).cost
            if inward:
                _, by = way_kernels.tree(g.out_first, g.out_order, g.head, cost, open_, self._origins)
            else:
                _, by = way_kernels.tree(g.in_first, g.in_order, g.tail, cost, open_, self._origins)
        path: I32 = way_kernels.path(by, g.tail if inward else g.head, node)[::-1]
        at = np.searchsorted(p.edge, path)
        at[at == len(p.edge)] = 0
        shut = path[p.edge[at] == path]
        return [edge for edge in shut.tolist() if self._asks[int(p.edge_need[np.searchsorted(p.edge, edge)])]]


_CUTTERS = Kept(48)


def cutter(snapshot: Snapshot, travel: Travel, ways: Passage, blocking: Bool) -> Cutter:
    """Get the cutter of a moment's hazards; slots that differ in speed only, reach and access share them."""
    key = snapshot, travel, ways.pieces, ways.origins.tobytes(), np.packbits(blocking).tobytes()
    return _CUTTERS.get(key, lambda: Cutter(snapshot, travel, ways, blocking))

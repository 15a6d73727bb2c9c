"""Cut: the fewest hazards whose lifting opens the way in and out again, and the roads they do it on.

In: a snapshot, a way of travelling, the origins, a period whose closures all count. Out: `CutRoad` lines for
a node. Exact while the number of combinations tried stays under a bound; beyond it a cheapest path decides,
and what it does not need is taken away again. Every answer was tried: with these lifted both ways exist,
with any one of them left they do not.

How: nodes that can drive to each other melt into one; what is left is small. From the origins' side, any way
in must cross a shut road at the rim of what is reached now, so some hazard set found there must be lifted:
sets are grown from these alone, smallest first.
"""

from __future__ import annotations

from functools import lru_cache
from heapq import heappop, heappush

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from vado.model.ids import EdgeId
from vado.model.roads import F64, I32, I64, Bool
from vado.model.snapshot import CutRoad, Snapshot, Travel
from vado.model.when import Interval
from vado.network.allowed import kind_of
from vado.network.graph import graph, nearest, reached
from vado.network.passage import Passage
from vado.network.slots import factors, overlapping

TRIES_BLIND = 40  # hazard sets looked at for one place before it is worth asking which lie on its way
TRIES_MAX = 300  # and before the cheapest path decides

Lifted = frozenset[int]  # numbers of hazards in the snapshot
_NOTHING: Lifted = frozenset()


class Cutter:
    """Answers for the nodes of one slot; what one answer needed is kept for the next."""

    def __init__(self, snapshot: Snapshot, travel: Travel, origins: I64, period: Interval) -> None:
        self._snapshot = snapshot
        self._travel = travel
        self._origins = origins
        self._period = period
        self._graph = graph(snapshot.roads, kind_of(snapshot.roads, travel))
        self._factor = factors(snapshot.closures[travel], period, snapshot.roads.n_edges)
        self._shut = self._shut_edges()
        roads = snapshot.roads
        self._shut_pairs = {(int(roads.edge_from[e]), int(roads.edge_to[e])) for e in self._shut}
        open_ = self._graph.sparse(self._graph.weights(self._factor))
        _, label = connected_components(open_, directed=True, connection="strong")
        self._label: I32 = label.astype(np.int32)
        self._starts = frozenset(self._label[origins].tolist())
        self._onward, self._back = self._melt()
        self._sides: dict[tuple[Lifted, bool], frozenset[int]] = {}
        self._grown_from: dict[Lifted, Lifted] = {}
        self._usual: tuple[csr_array, ...] = ()
        self._possible: Bool | None = None
        self._answers: dict[int, tuple[CutRoad, ...]] = {}
        self._rims: dict[tuple[Lifted, bool], dict[int, set[Lifted]]] = {}
        self._trees: dict[tuple[Lifted, bool], tuple[I32, F64]] = {}

    def of(self, node: int) -> tuple[CutRoad, ...]:
        """Give the cut of a node; empty when it is not cut, or when no hazard does it."""
        piece = int(self._label[node])
        if piece not in self._answers:
            lifted = self._fewest(piece, node)
            self._answers[piece] = () if not lifted else self._lines(lifted, node)
        return self._answers[piece]

    def _shut_edges(self) -> dict[int, Lifted]:
        """Map each shut edge to the hazards that shut it; others that slow it do not matter."""
        table = self._snapshot.closures[self._travel]
        rows = overlapping(table, self._period) & (table.factor <= 0)
        found: dict[int, set[int]] = {}
        for edge, number in zip(table.edge[rows].tolist(), table.hazard[rows].tolist(), strict=True):
            found.setdefault(edge, set()).add(number)
        return {edge: frozenset(numbers) for edge, numbers in found.items()}

    def _melt(self) -> tuple[dict[int, dict[int, set[Lifted]]], dict[int, dict[int, set[Lifted]]]]:
        """List what leads where between pieces, and what must be lifted for it; onward and back."""
        roads = self._snapshot.roads
        a, b = self._label[roads.edge_from], self._label[roads.edge_to]
        between = np.flatnonzero((a != b) & np.isfinite(self._graph.base_ms))
        onward: dict[int, dict[int, set[Lifted]]] = {}
        back: dict[int, dict[int, set[Lifted]]] = {}
        for edge, tail, head in zip(between.tolist(), a[between].tolist(), b[between].tolist(), strict=True):
            needs = self._shut.get(edge, _NOTHING)
            onward.setdefault(tail, {}).setdefault(head, set()).add(needs)
            back.setdefault(head, {}).setdefault(tail, set()).add(needs)
        return onward, back

    def _side(self, lifted: Lifted, *, inward: bool) -> frozenset[int]:
        """Find the pieces that the origins lead to, or that lead to them, with these lifted.

        Sets are grown, so most of it is known from the smaller set this one came from.
        """
        key = lifted, inward
        if key not in self._sides:
            known = self._grown_from.get(lifted)
            if known is None:
                self._sides[key] = self._spread(self._starts, list(self._starts), lifted, inward=inward)
            else:
                rim = self._rim(known, inward=inward)
                new = [piece for piece, ways in rim.items() if any(needs <= lifted for needs in ways)]
                self._sides[key] = self._spread(
                    self._side(known, inward=inward).union(new), new, lifted, inward=inward
                )
        return self._sides[key]

    def _spread(
        self, known: frozenset[int], todo: list[int], lifted: Lifted, *, inward: bool
    ) -> frozenset[int]:
        links = self._onward if inward else self._back
        seen = set(known)
        while todo:
            for other, ways in links.get(todo.pop(), {}).items():
                if other not in seen and any(needs <= lifted for needs in ways):
                    seen.add(other)
                    todo.append(other)
        return frozenset(seen)

    def _ever(self, nodes: I64, *, inward: bool) -> Bool:
        """Mark the pieces that these nodes lead to, or that lead to them, with everything lifted."""
        if not self._usual:
            free = self._graph.sparse(self._graph.weights())
            self._usual = free, free.T.tocsr()
        marked = np.zeros(int(self._label.max()) + 1, np.bool_)
        marked[self._label[reached(self._usual[0 if inward else 1], nodes)]] = True
        return marked

    def _fewest(self, piece: int, node: int) -> Lifted:
        if self._possible is None:
            self._possible = self._ever(self._origins, inward=True) & self._ever(self._origins, inward=False)
        if not self._possible[piece]:
            return _NOTHING  # no road leads there, whatever is lifted
        found = self._grow(piece, TRIES_BLIND, None)
        if found is None:
            # Only what lies on some way to the piece is worth lifting; to know that costs two searches.
            at = np.array([node], np.int64)
            useful = self._ever(at, inward=True), self._ever(at, inward=False)
            found = self._grow(piece, TRIES_MAX, useful)
        if found is None:
            found = self._without_needless(piece, self._by_cheapest_path(piece))
        return found

    def _grow(self, piece: int, tries: int, useful: tuple[Bool, Bool] | None) -> Lifted | None:
        """Grow sets of hazards, smallest first, until one opens both ways; None: out of tries."""
        heap: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        seen = {_NOTHING}
        for _ in range(tries):
            if not heap:
                break
            _, numbers = heappop(heap)
            lifted = frozenset(numbers)
            inward = piece not in self._side(lifted, inward=True)
            if not inward and piece in self._side(lifted, inward=False):
                return lifted
            for other, ways in self._rim(lifted, inward=inward).items():
                if useful is None or useful[inward][other]:
                    for more in {lifted | needs for needs in ways} - seen:
                        seen.add(more)
                        self._grown_from.setdefault(more, lifted)
                        heappush(heap, (len(more), tuple(sorted(more))))
        return None

    def _rim(self, lifted: Lifted, *, inward: bool) -> dict[int, set[Lifted]]:
        """List the pieces just beyond what the origins' side reaches, and what each asks to be lifted."""
        key = lifted, inward
        if key not in self._rims:
            links = self._onward if inward else self._back
            side = self._side(lifted, inward=inward)
            rim: dict[int, set[Lifted]] = {}
            for piece in side:
                for other, ways in links.get(piece, {}).items():
                    if other not in side:
                        rim.setdefault(other, set()).update(ways)
            self._rims[key] = rim
        return self._rims[key]

    def _by_cheapest_path(self, piece: int) -> Lifted:
        """Take the hazards on the ways that cross the fewest, each counted wherever it is met."""
        found: set[int] = set()
        for links in (self._onward, self._back):
            best = dict.fromkeys(self._starts, 0)
            came: dict[int, tuple[int, Lifted]] = {}
            heap = [(0, start) for start in sorted(self._starts)]
            while heap:
                cost, at = heappop(heap)
                if cost > best[at]:
                    continue
                for other, ways in links.get(at, {}).items():
                    needs = min(ways, key=lambda way: (len(way), tuple(sorted(way))))
                    if cost + len(needs) < best.get(other, 2**31):
                        best[other] = cost + len(needs)
                        came[other] = at, needs
                        heappush(heap, (best[other], other))
            at = piece
            while at in came:
                at, needs = came[at]
                found |= needs
        return frozenset(found)

    def _without_needless(self, piece: int, lifted: Lifted) -> Lifted:
        for number in sorted(lifted):
            fewer = lifted - {number}
            if piece in self._side(fewer, inward=True) and piece in self._side(fewer, inward=False):
                lifted = fewer
        return lifted

    def _lines(self, lifted: Lifted, node: int) -> tuple[CutRoad, ...]:
        """Name a road for each hazard: where the usual way in, or else out, first meets it."""
        snapshot = self._snapshot
        met: dict[int, int] = {}
        every = frozenset(range(len(snapshot.hazards)))
        for open_ in (every, lifted):  # people know the usual way; it need not meet all of the cut
            for inward in (True, False):
                for edge in self._shut_on_way(open_, node, inward=inward):
                    if self._shut[edge] <= lifted:
                        for number in sorted(self._shut[edge]):
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

    def _shut_on_way(self, lifted: Lifted, node: int, *, inward: bool) -> list[int]:
        """List the shut edges on the fastest way between origin and node, from the origin's side on."""
        key = lifted, inward
        if key not in self._trees:
            factor = self._factor.copy()
            factor[[edge for edge, needs in self._shut.items() if needs <= lifted]] = 1.0
            weights = self._graph.weights(factor)
            sparse = self._graph.sparse(weights)
            _, before = nearest(sparse if inward else sparse.T.tocsr(), self._origins)
            self._trees[key] = before, weights
        before, weights = self._trees[key]
        found = []
        farther = node
        while (nearer := int(before[farther])) >= 0:
            ends = (nearer, farther) if inward else (farther, nearer)
            if ends in self._shut_pairs:
                edge = self._graph.edge_between(*ends, weights)
                if edge in self._shut:
                    found.append(edge)
            farther = nearer
        return found[::-1]


@lru_cache(maxsize=24)
def cutter(snapshot: Snapshot, travel: Travel, ways: Passage, slot: int) -> Cutter:
    """Get the cutter of a slot; reach and access ask the same ones."""
    return Cutter(snapshot, travel, ways.origins, ways.slots.intervals[slot])

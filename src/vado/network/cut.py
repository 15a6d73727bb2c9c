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
from itertools import pairwise

import numpy as np
from scipy.sparse.csgraph import connected_components

from vado.model.ids import EdgeId
from vado.model.roads import F64, I32, I64
from vado.model.snapshot import CutRoad, Snapshot, Travel
from vado.model.when import Interval
from vado.network.graph import graph, nearest
from vado.network.passage import Passage
from vado.network.slots import factors, overlapping

TRIES_BLIND = 40  # hazard sets looked at for one place before it is worth asking which lie on its way
TRIES_MAX = 300  # and before the cheapest path decides

Lifted = frozenset[int]  # numbers of hazards in the snapshot
Met = tuple[tuple[int, int], ...]  # (hazard, edge) in the order met from the origins
_NOTHING: Lifted = frozenset()


class Cutter:
    """Answers for the nodes of one slot; what one answer needed is kept for the next."""

    def __init__(self, snapshot: Snapshot, travel: Travel, origins: I64, period: Interval) -> None:
        self._snapshot = snapshot
        self._travel = travel
        self._origins = origins
        self._period = period
        self._graph = graph(snapshot.roads, travel.profile)
        self._factor = factors(snapshot.closures[travel], period, snapshot.roads.n_edges)
        self._shut = self._shut_edges()
        roads = snapshot.roads
        self._shut_pairs = {(int(roads.edge_from[e]), int(roads.edge_to[e])) for e in self._shut}
        open_ = self._graph.sparse(self._graph.weights(self._factor))
        _, label = connected_components(open_, directed=True, connection="strong")
        self._label: I32 = label.astype(np.int32)
        self._starts = frozenset(self._label[origins].tolist())
        self._onward, self._back = self._melt()
        self._sides: dict[tuple[Lifted | None, bool], frozenset[int]] = {}
        self._answers: dict[int, tuple[CutRoad, ...]] = {}
        self._rims: dict[tuple[Lifted, bool], dict[int, set[Lifted]]] = {}
        self._trees: dict[tuple[Lifted, bool], tuple[I32, F64, dict[int, Met]]] = {}

    def of(self, node: int) -> tuple[CutRoad, ...]:
        """Give the cut of a node; empty when it is not cut, or when no hazard does it."""
        piece = int(self._label[node])
        if piece not in self._answers:
            lifted = self._fewest(piece)
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

    def _side(self, lifted: Lifted | None, *, inward: bool) -> frozenset[int]:
        """Find the pieces that the origins lead to, or that lead to them, with these lifted (None: all)."""
        key = lifted, inward
        if key not in self._sides:
            links = self._onward if inward else self._back
            self._sides[key] = _spread(self._starts, links, lifted)
        return self._sides[key]

    def _fewest(self, piece: int) -> Lifted:
        if piece not in self._side(None, inward=True) or piece not in self._side(None, inward=False):
            return _NOTHING  # no road leads there, whatever is lifted
        found = self._grow(piece, TRIES_BLIND, None)
        if found is None:
            # Only what lies on some way to the piece is worth lifting; to know that costs two searches.
            useful = (
                _spread(frozenset([piece]), self._onward, None),
                _spread(frozenset([piece]), self._back, None),
            )
            found = self._grow(piece, TRIES_MAX, useful)
        if found is None:
            found = self._without_needless(piece, self._by_cheapest_path(piece))
        return found

    def _grow(
        self, piece: int, tries: int, useful: tuple[frozenset[int], frozenset[int]] | None
    ) -> Lifted | None:
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
                if useful is None or other in useful[inward]:
                    for more in {lifted | needs for needs in ways} - seen:
                        seen.add(more)
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
        """Name a road for each hazard: where the fastest way in, or else out, first meets it."""
        snapshot = self._snapshot
        met: dict[int, int] = {}
        for inward in (True, False):
            for number, edge in self._met(lifted, node, inward=inward):
                met.setdefault(number, edge)
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

    def _met(self, lifted: Lifted, node: int, *, inward: bool) -> Met:
        """List the lifted hazards on the fastest way between origin and node, each where it is met first."""
        before, weights, known = self._tree(lifted, inward=inward)
        walk = [node]
        while walk[-1] not in known and (previous := int(before[walk[-1]])) >= 0:
            walk.append(previous)
        met = known.setdefault(walk[-1], ())
        for nearer, farther in pairwise(reversed(walk)):
            a, b = (nearer, farther) if inward else (farther, nearer)
            if (a, b) in self._shut_pairs:
                edge = self._graph.edge_between(a, b, weights)
                seen = {number for number, _ in met}
                new = sorted((self._shut.get(edge, _NOTHING) & lifted) - seen)
                met = (*met, *((number, edge) for number in new))
            known[farther] = met
        return met

    def _tree(self, lifted: Lifted, *, inward: bool) -> tuple[I32, F64, dict[int, Met]]:
        key = lifted, inward
        if key not in self._trees:
            factor = self._factor.copy()
            factor[[edge for edge, needs in self._shut.items() if needs <= lifted]] = 1.0
            weights = self._graph.weights(factor)
            sparse = self._graph.sparse(weights)
            _, before = nearest(sparse if inward else sparse.T.tocsr(), self._origins)
            self._trees[key] = before, weights, {}
        return self._trees[key]


@lru_cache(maxsize=24)
def cutter(snapshot: Snapshot, travel: Travel, ways: Passage, slot: int) -> Cutter:
    """Get the cutter of a slot; reach and access ask the same ones."""
    return Cutter(snapshot, travel, ways.origins, ways.slots.intervals[slot])


def _spread(
    starts: frozenset[int], links: dict[int, dict[int, set[Lifted]]], lifted: Lifted | None
) -> frozenset[int]:
    seen = set(starts)
    todo = list(starts)
    while todo:
        for other, ways in links.get(todo.pop(), {}).items():
            if other not in seen and (lifted is None or any(needs <= lifted for needs in ways)):
                seen.add(other)
                todo.append(other)
    return frozenset(seen)

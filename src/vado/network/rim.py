"""The rim of a stay: the latest departure that still gets out, the first arrival after roads reopen.

In: a snapshot, a way of travelling, its `Passage`. Out: instants for a node. Every one is proven by a drive
on the clock without a wait on the road; where that fails the answer is more cautious.

How the latest departure is found: what is shut when the way out shuts, or later, is taken never to reopen.
Then earlier is never worse, and one search backwards from all that stays open gives the exact instants for
every node at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I32, I64
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network import _clock_kernels as kernels
from vado.network import _search_kernels as searches
from vado.network.allowed import kind_of
from vado.network.clock import clock_of, fixed
from vado.network.drive import run, run_late, search
from vado.network.graph import graph, milliseconds, nearest
from vado.network.passage import Passage
from vado.network.slots import always_shut, factors


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """Fastest ways between each node and the nearest source, or target, on roads as they are in one slot."""

    ms: F64
    before: I32
    weights: F64


@dataclass(frozen=True, slots=True, eq=False)
class _Closing:
    """The way out as roads shut for good: who must leave when, by which edge, and how on from there."""

    latest_ms: I64  # [N] latest instant at a node; ANY_MS at those that are never cut, NEVER_MS: no way out
    onward: I32  # [N] edge; -1 where `lasting` leads on
    lasting: _Tree


class Rim:
    """Answers for the nodes of one way of travelling; searches are shared by all nodes of a boundary."""

    def __init__(self, snapshot: Snapshot, travel: Travel, ways: Passage) -> None:
        self._snapshot = snapshot
        self._table = snapshot.closures[travel]
        self._graph = graph(snapshot.roads, kind_of(snapshot.roads, travel))
        self._ways = ways
        self._clock = clock_of(snapshot, travel)
        self._goals = frozenset(ways.targets.tolist())
        self._trees: dict[tuple[int, bool], _Tree] = {}
        self._closings: dict[int, _Closing] = {}
        self._hope: F64 | None = None

    def last_departure(self, node: int, first: int, last: int) -> int | None:
        """Give the latest second at which one leaves a node and gets out before `last` closes.

        None: nobody gets out from slot `first` on. Who may leave then may also leave earlier in these slots,
        if need be after a wait at the stop.
        """
        intervals = self._ways.slots.intervals
        closing = self._closing(intervals[last].end_s)
        latest_ms = int(closing.latest_ms[node])
        if kernels.NEVER_MS < latest_ms < kernels.ANY_MS:
            departure_s = latest_ms // 1000
            earliest_s = intervals[first].start_s
            if departure_s >= earliest_s and self._gets_out(closing, node, departure_s):
                return departure_s
        for slot in range(last, first - 1, -1):  # who is out before a slot ends meets nothing of the next
            took_ms = self._tree(slot, inward=False).ms[node]
            if np.isfinite(took_ms):
                departure_s = int((intervals[slot].end_s * 1000 - took_ms) // 1000)
                if departure_s >= intervals[slot].start_s:
                    return departure_s
        return None

    def first_arrival(self, node: int, slot: int) -> int | None:
        """Give the first second at which one can be at a node once a slot has opened its way in and out."""
        opens_s = self._ways.slots.intervals[slot].start_s
        tree = self._tree(slot, inward=True)
        path = self._graph.path(tree.before, node, tree.weights)
        shut_before = self._tree(slot - 1, inward=True).weights == np.inf
        reopened = next((k for k, edge in enumerate(path) if shut_before[edge]), len(path))
        rest = run(self._clock, path[reopened:], opens_s * 1000)
        if rest is not None:
            # Somebody drives up to the road that reopens, and is there as it does.
            start_ms = self._ways.slots.intervals[0].start_s * 1000
            timed = run_late(self._clock, path, not_before_ms=start_ms, arrive_ms=rest.arrive_ms)
            if timed is not None and timed.arrive_ms > rest.arrive_ms - 1000:
                return max(opens_s, -(-timed.arrive_ms // 1000))
        whole = run(self._clock, path, opens_s * 1000)
        if whole is not None:
            return -(-whole.arrive_ms // 1000)
        starts = [(source, opens_s * 1000) for source in self._ways.sources.tolist()]
        found = search(self._clock, starts, goals=frozenset([node]))
        return -(-found.arrive_ms[node] // 1000) if node in found.arrive_ms else None

    def _gets_out(self, closing: _Closing, node: int, departure_s: int) -> bool:
        """Drive out along the edges the search took, or else any way there is."""
        path, at = [], node
        while (edge := int(closing.onward[at])) >= 0:
            path.append(edge)
            at = int(self._clock.net.edge_to[edge])
        path += self._graph.path(closing.lasting.before, at, closing.lasting.weights, backwards=True)
        if run(self._clock, path, departure_s * 1000) is not None:
            return True
        starts = [(node, departure_s * 1000)]
        found = search(self._clock, starts, goals=self._goals, remaining_ms=self._hopeful())
        return not self._goals.isdisjoint(found.arrive_ms)

    def _closing(self, boundary_s: int) -> _Closing:
        if boundary_s not in self._closings:
            self._closings[boundary_s] = self._search_back(boundary_s)
        return self._closings[boundary_s]

    def _search_back(self, boundary_s: int) -> _Closing:
        table, roads, net = self._table, self._snapshot.roads, self._clock.net
        factor = np.ones(roads.n_edges)
        factor[table.edge[(table.end_s > boundary_s) & (table.factor <= 0)]] = 0.0
        lasting = self._grow(factor, inward=False)
        safe = np.isfinite(lasting.ms)
        # What is shut at the boundary, or later, is taken never to open again.
        clock = self._clock.never_reopening(boundary_s * 1000)
        ends = np.flatnonzero(safe[roads.edge_to] & ~safe[roads.edge_from] & np.isfinite(self._graph.base_ms))
        latest = np.where(safe, kernels.ANY_MS, kernels.NEVER_MS)
        onward = np.full(roads.n_nodes, -1, np.int32)
        none = np.zeros(0, np.int64)
        with net.space() as space:
            space.count = searches.search_back(
                *net.into, net.edge_from, clock.base_ms, *clock.rows.arrays, fixed(safe), none, none, ends,
                *space.arrays,
            )  # fmt: skip
            nodes = space.settled()
            latest[nodes], onward[nodes] = space.ms[nodes], space.by_edge[nodes]
        return _Closing(latest, onward, lasting)

    def _tree(self, slot: int, *, inward: bool) -> _Tree:
        key = slot, inward
        if key not in self._trees:
            interval = self._ways.slots.intervals[slot]
            factor = factors(self._table, interval, self._snapshot.roads.n_edges)
            self._trees[key] = self._grow(factor, inward=inward)
        return self._trees[key]

    def _grow(self, factor: F64, *, inward: bool) -> _Tree:
        weights = self._graph.weights(factor)
        sparse = self._graph.sparse(weights)
        to = self._ways.sources if inward else self._ways.targets
        dist, before = nearest(sparse if inward else sparse.T.tocsr(), to)
        return _Tree(milliseconds(dist), before, weights)

    def _hopeful(self) -> F64:
        """Give what no way out can beat, ms [N]."""
        if self._hope is None:
            factor = np.ones(self._snapshot.roads.n_edges)
            start_s = self._ways.slots.intervals[0].start_s
            factor[always_shut(self._table, Interval(start_s, FOREVER_S))] = 0.0
            self._hope = self._grow(factor, inward=False).ms
        return self._hope

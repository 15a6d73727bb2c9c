"""The graph of one kind of travel, for scipy: edges to sparse matrices and back.

In: roads and a kind. Out: for any speed factors on edges, exact shortest paths by scipy's Dijkstra. It is
the plain method that faster ones are measured against. Refuses to know time: factors stand still here.

Weights are whole numbers in float64 that carry two things: milliseconds times 2^25, plus decimetres. So the
fastest path is found, the shortest of equally fast ones, and its length comes for nothing. Exact up to
2^28 ms (74 hours) and 2^25 dm (3 355 km) a path.

scipy is loaded where it is used: it takes half a second, and many a process never asks for this.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool, Roads
from vado.network.allowed import Kind, usual_ms

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DM = 2**25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Edges grouped by (from, to): parallel ones stand side by side, the cheapest counts."""

    roads: Roads
    base_ms: F64  # [M] at least 1; inf where this kind may not drive
    length_dm: F64  # [M]
    order: I64  # [M] edges sorted by (from, to)
    group_start: I64  # [G] index into order
    group_end: I64
    group_to: I32  # [G]
    group_pair: I64  # [G] from which node to which, as one sorted number
    first_group: I64  # [N + 1] groups of a node

    def weights(self, factor: F64 | None = None) -> F64:
        """Weigh every edge; `factor` [M] divides its speed, 0 is shut."""
        if factor is None:
            ms = self.base_ms
        else:
            with np.errstate(divide="ignore"):
                ms = np.ceil(self.base_ms / factor)
        return ms * DM + self.length_dm

    def sparse(self, weights: F64) -> csr_array:
        """Make the matrix scipy wants: parallel edges to their minimum, shut ones left out."""
        from scipy.sparse import csr_array

        if not len(self.order):
            return csr_array((len(self.first_group) - 1,) * 2, dtype=np.float64)
        best = np.minimum.reduceat(weights[self.order], self.group_start)
        keep = np.isfinite(best)
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep)])
        pointer = before[self.first_group].astype(np.int32)
        n = len(self.first_group) - 1
        return csr_array((best[keep], self.group_to[keep], pointer), shape=(n, n))

    def path(self, before: I32, target: int, weights: F64, *, backwards: bool = False) -> list[int]:
        """Follow predecessors from a node: edges in driving order.

        Of a search against the driving direction (`backwards`) they lead from the node on.
        """
        nodes = [target]
        while (previous := int(before[nodes[-1]])) >= 0:
            nodes.append(previous)
        if not backwards:
            nodes.reverse()
        at = np.array(nodes, np.int64)
        of = np.searchsorted(self.group_pair, at[:-1] * (len(self.first_group) - 1) + at[1:])
        edges = self.order[self.group_start[of]]
        for k in np.flatnonzero(self.group_end[of] - self.group_start[of] > 1).tolist():
            parallel = self.order[self.group_start[of[k]] : self.group_end[of[k]]]
            edges[k] = parallel[int(np.argmin(weights[parallel]))]
        found: list[int] = edges.tolist()
        return found


@lru_cache(maxsize=8)
def graph(roads: Roads, kind: Kind) -> Graph:
    """Get the graph of a kind of travel; kept for the newest few roads, which are known by identity."""
    ms = usual_ms(roads, kind)
    base = np.where(ms < NO_ENTRY_MS, np.maximum(ms, 1), np.inf).astype(np.float64)
    order = np.lexsort((roads.edge_to, roads.edge_from)).astype(np.int64)
    start, end = roads.edge_from[order], roads.edge_to[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    group = np.flatnonzero(new).astype(np.int64)
    return Graph(
        roads=roads,
        base_ms=base,
        length_dm=np.rint(roads.edge_length_mm / 100.0),
        order=order,
        group_start=group,
        group_end=np.append(group[1:], len(order)).astype(np.int64),
        group_to=end[group].astype(np.int32),
        group_pair=start[group].astype(np.int64) * roads.n_nodes + end[group],
        first_group=np.searchsorted(start[group], np.arange(roads.n_nodes + 1)).astype(np.int64),
    )


def shortest(matrix: csr_array, sources: I64 | list[int]) -> tuple[F64, I32]:
    """Run Dijkstra from each source: weights [S, N] and predecessors, negative where there is none."""
    from scipy.sparse.csgraph import dijkstra

    dist, before = dijkstra(matrix, directed=True, indices=sources, return_predecessors=True)
    return dist, before


def nearest(matrix: csr_array, sources: I64 | list[int]) -> tuple[F64, I32]:
    """Run Dijkstra from all sources at once: weight [N] from the nearest, and predecessors."""
    from scipy.sparse.csgraph import dijkstra

    n = matrix.shape[0]
    if not len(sources):
        return np.full(n, np.inf), np.full(n, -1, np.int32)
    dist, before, _ = dijkstra(
        matrix, directed=True, indices=sources, return_predecessors=True, min_only=True
    )
    return dist, before


def reached(matrix: csr_array, sources: I64) -> Bool:
    """Mark the nodes that can be reached from any of the sources, which are reached themselves."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    n = matrix.shape[0]
    marked = np.zeros(n + 1, np.bool_)
    if len(sources):
        # One more node that leads to every source makes it a search from one node.
        widened = csr_array(
            (
                np.ones(len(matrix.data) + len(sources)),
                np.concatenate([matrix.indices, sources.astype(np.int32)]),
                np.append(matrix.indptr, len(matrix.data) + len(sources)).astype(np.int32),
            ),
            shape=(n + 1, n + 1),
        )
        marked[breadth_first_order(widened, n, directed=True, return_predecessors=False)] = True
    return marked[:n]


def milliseconds(weights: F64) -> F64:
    """Take the milliseconds out of path weights; inf stays."""
    return np.floor(weights / DM)


def metres(weights: F64) -> F64:
    """Take the metres out of path weights; inf stays."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(weights), np.rint((weights - milliseconds(weights) * DM) / 10.0), np.inf)

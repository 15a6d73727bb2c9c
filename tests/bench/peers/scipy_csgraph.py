"""scipy.sparse.csgraph: one Dijkstra a source. Exact, so the others are checked against it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT


class Scipy:
    name, own_map, by_source, note, step_ms = "scipy", False, True, "", 1
    rings: list[Ring] | None = None

    def prepare(self, case: Case) -> None:
        roads = case.roads
        self.ms = case.ms.astype(np.float64)
        key = roads.edge_from.astype(np.int64) * roads.n_nodes + roads.edge_to
        self.order = np.argsort(key, kind="stable")
        # Of parallel edges the quicker counts; the matrix class would add them up.
        self.begin = np.flatnonzero(np.diff(key[self.order], prepend=-1))
        at = self.order[self.begin]
        first = np.searchsorted(roads.edge_from[at], np.arange(roads.n_nodes + 1))
        self.graph = csr_matrix(
            (np.zeros(len(at)), roads.edge_to[at], first), shape=(roads.n_nodes, roads.n_nodes)
        )
        self.change(np.zeros(0, np.int64), np.zeros(0, np.int32))

    def change(self, edges: I64, ms: I32) -> None:
        self.ms[edges] = ms
        cost = np.minimum.reduceat(self.ms[self.order], self.begin)
        self.graph.data[:] = np.where(cost >= SHUT, np.inf, cost)

    def ready(self, nodes: I64) -> I64:
        return nodes

    def matrix(self, ready: I64, count: int) -> Any:
        return dijkstra(self.graph, indices=ready[:count])[:, ready]

    def table(self, found: Any) -> F64:
        return np.asarray(found, np.float64)

    def stop(self) -> None:
        pass

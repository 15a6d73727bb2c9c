"""networkx as users of osmnx have it: a MultiDiGraph with "travel_time", edges removed, Dijkstra a source."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT, AbsentError


class Networkx:
    name, own_map, by_source, note, step_ms = "networkx", False, True, "", 1
    rings: list[Ring] | None = None

    def prepare(self, case: Case) -> None:
        try:
            import networkx
        except ImportError as missing:
            raise AbsentError(str(missing)) from missing
        self.nx = networkx
        self.graph: Any = networkx.MultiDiGraph()
        self.graph.add_nodes_from(range(case.roads.n_nodes))
        self.ends = list(zip(case.roads.edge_from.tolist(), case.roads.edge_to.tolist(), strict=True))
        self._put(range(case.roads.n_edges), case.ms.tolist())

    def _put(self, edges: Any, ms: list[int]) -> None:
        self.graph.add_edges_from(
            (*self.ends[e], e, {"travel_time": t}) for e, t in zip(edges, ms, strict=True) if t < SHUT
        )

    def change(self, edges: I64, ms: I32) -> None:
        self.graph.remove_edges_from([(*self.ends[e], e) for e in edges.tolist()])
        self._put(edges.tolist(), ms.tolist())

    def ready(self, nodes: I64) -> list[int]:
        points: list[int] = nodes.tolist()
        return points

    def matrix(self, ready: list[int], count: int) -> Any:
        rows = []
        for source in ready[:count]:
            found = self.nx.single_source_dijkstra_path_length(self.graph, source, weight="travel_time")
            rows.append([found.get(target, np.inf) for target in ready])
        return rows

    def table(self, found: Any) -> F64:
        return np.array(found, np.float64)

    def stop(self) -> None:
        del self.graph, self.ends

"""routingkit-cch: a customizable contraction hierarchy in C++, its partial updater, one-to-many pinned."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT, AbsentError

INFINITE = 2_147_483_647  # RoutingKit's inf_weight, include/routingkit/constants.h


class Routingkit:
    name, own_map, by_source, step_ms = "routingkit-cch", False, False, 1
    rings: list[Ring] | None = None
    note = "inertial order, partial updater; the matrix comes as lists"

    def prepare(self, case: Case) -> None:
        try:
            import routingkit_cch as kit
        except ImportError as missing:
            raise AbsentError(f"{missing}; install requirements/peers.txt") from missing
        self.kit, roads = kit, case.roads
        tail, head = roads.edge_from.tolist(), roads.edge_to.tolist()
        order = kit.compute_order_inertial(
            roads.n_nodes, tail, head, roads.node_lat.tolist(), roads.node_lon.tolist()
        )
        self.cch = kit.CCH(order, tail, head, False)
        self.metric = kit.CCHMetric(self.cch, _weights(case.ms))
        self.updater = kit.CCHMetricPartialUpdater(self.cch)

    def change(self, edges: I64, ms: I32) -> None:
        self.updater.apply(self.metric, dict(zip(edges.tolist(), _weights(ms), strict=True)))

    def ready(self, nodes: I64) -> list[int]:
        points: list[int] = nodes.tolist()
        return points

    def matrix(self, ready: list[int], count: int) -> Any:
        # A query may not outlive a change of its metric, so the targets are pinned each time.
        query = self.kit.CCHOneToMany(self.metric, ready)
        return [query.distances_from(source) for source in ready[:count]]

    def table(self, found: Any) -> F64:
        table = np.array([[np.inf if v is None else v for v in line] for line in found], np.float64)
        return np.where(table >= SHUT, np.inf, table)

    def stop(self) -> None:
        vars(self).clear()  # nothing is there yet where it is absent


def _weights(ms: I32) -> list[int]:
    weights: list[int] = np.where(ms >= SHUT, INFINITE, ms).tolist()
    return weights

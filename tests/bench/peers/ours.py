"""Vado: the hierarchy of `network.hierarchy`, the metric of `network.metric`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.case import Case, Ring
from bench.peers import F64, I32, I64, SHUT
from vado.network.links import hierarchy_of
from vado.network.metric import Metric, Points, select


class Vado:
    name, own_map, by_source, note = "vado", False, False, ""
    rings: list[Ring] | None = None

    def prepare(self, case: Case) -> None:
        self.hierarchy = hierarchy_of(case.roads)
        self.metric = Metric(self.hierarchy, case.ms)

    def change(self, edges: I64, ms: I32) -> None:
        self.metric.change(edges, ms)

    def ready(self, nodes: I64) -> Points:
        return select(self.hierarchy, nodes)

    def matrix(self, ready: Points, count: int) -> Any:
        return self.metric.matrix(ready)

    def table(self, found: Any) -> F64:
        return np.where(found >= SHUT, np.inf, found.astype(np.float64))

    def stop(self) -> None:
        pass

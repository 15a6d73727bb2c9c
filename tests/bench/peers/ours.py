"""Vado, twice: what the engine runs from a hazard to the matrix of its stops, and the bare kernel below it.

`vado` is the product's path: a hazard and its edges, `network.snapshot`, `network.times`, a matrix of whole
seconds and of metres. `vado-kernel` is a `network.metric` of int32 milliseconds that is told of edges: what
the hierarchy takes by itself, beside engines that give durations only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.case import PROFILE, Case, Ring
from bench.peers import F64, I32, I64, SHUT
from vado.model.alert import Action
from vado.model.hazard import Effect, Hazard
from vado.model.ids import HazardId
from vado.model.snapshot import NO_WAY_S, Matrix, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network.links import hierarchy_of
from vado.network.metric import Metric, Points, select
from vado.network.snapshot import snapshot
from vado.network.times import times

HORIZON = Interval(0, 8 * 3600)
CAR = Travel(PROFILE)
SHUTTING = Hazard(
    id=HazardId("bench"),
    kind="flood",
    severity="Severe",
    certainty="Observed",
    footprint=(),
    interval=Interval(0, FOREVER_S),
    effects=(Effect(profile=PROFILE, action=Action.SHUT, speed_factor=1.0, requires="", source="bench"),),
    evidence=(),
)


class Vado:
    name, own_map, by_source, note, step_ms = "vado", False, False, "durations and metres", 1000
    rings: list[Ring] | None = None

    def prepare(self, case: Case) -> None:
        self.roads = case.roads
        self.shut = np.zeros(0, np.int64)
        self._take_in()

    def change(self, edges: I64, ms: I32) -> None:
        self.shut = np.union1d(np.setdiff1d(self.shut, edges), edges[ms >= SHUT])
        self._take_in()

    def _take_in(self) -> None:
        touched = {SHUTTING.id: self.shut.astype(np.int32)}
        self.snapshot = snapshot(self.roads, (SHUTTING,), touched, travels=(CAR,))

    def ready(self, nodes: I64) -> list[int]:
        found: list[int] = nodes.tolist()
        times(self.snapshot, found, horizon=HORIZON)  # the engine, too, knows its stops before an alert comes
        return found

    def matrix(self, ready: list[int], count: int) -> Matrix:
        return times(self.snapshot, ready, horizon=HORIZON).matrix(CAR, 0)

    def table(self, found: Matrix) -> F64:
        return np.where(found.seconds == NO_WAY_S, np.inf, found.seconds * 1000.0)

    def stop(self) -> None:
        pass


class VadoKernel:
    name, own_map, by_source, note, step_ms = "vado-kernel", False, False, "durations only", 1
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

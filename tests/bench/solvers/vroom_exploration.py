"""VROOM through its Python binding, at one exploration level with the budget as its timeout."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np

from bench.solvers import AbsentError, Customers
from bench.vrp import Instance


class Vroom:
    """Level 0 looks least and is the best of its levels at 1 s, 5 looks most."""

    own_clock = True

    def __init__(self, level: int) -> None:
        self.level = level
        self.name = f"vroom {level}"

    def prepare(self) -> None:
        try:
            import vroom
        except ImportError as wrong:
            raise AbsentError(f"pyvroom is not installed: {wrong}") from wrong
        self.vroom = vroom

    def solve(self, instance: Instance, budget_s: float, seed: int, clock: Callable[[], float]) -> Customers:
        started = time.perf_counter()
        vroom = self.vroom
        asked = vroom.Input()
        asked.set_durations_matrix("car", instance.travel.astype(np.uint32))
        horizon = int(instance.first[0]), int(instance.last[0])
        asked.add_vehicle([
            vroom.Vehicle(v, start=0, end=0, capacity=[instance.capacity],
                          time_window=vroom.TimeWindow(*horizon))
            for v in range(instance.vehicles)
        ])  # fmt: skip
        step = {
            c: {
                "location": c,
                "default_service": int(instance.service[c]),
                "time_windows": [vroom.TimeWindow(int(instance.first[c]), int(instance.last[c]))],
            }
            for c in range(1, len(instance.travel))
        }
        for a, b in instance.pairs:
            asked.add_shipment(vroom.ShipmentStep(a, **step.pop(a)), vroom.ShipmentStep(b, **step.pop(b)),
                               amount=vroom.Amount([int(instance.demand[a])]))  # fmt: skip
        for c, about in step.items():
            asked.add_job(vroom.Job(c, delivery=vroom.Amount([int(instance.demand[c])]), **about))
        left_s = max(0.001, budget_s - (time.perf_counter() - started))
        found = asked.solve(
            exploration_level=self.level, nb_threads=1, timeout=timedelta(milliseconds=round(left_s * 1000))
        )
        if found.unassigned:
            return []
        routes: dict[int, list[int]] = {}
        for _, line in found.routes.iterrows():
            if line["type"] not in ("start", "end"):
                routes.setdefault(int(line["vehicle_id"]), []).append(int(line["id"]))
        return list(routes.values())

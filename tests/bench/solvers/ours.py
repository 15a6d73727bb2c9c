"""Vado's own search: `planning.search`, paced by this file's clock."""

from __future__ import annotations

import time

import numpy as np

from bench.solvers import Customers
from bench.vrp import Instance
from vado.planning.search import SearchJob, SearchProblem, SearchVehicle, Standing, by_count, search


class Vado:
    name, note = "vado", "ruin and recreate"

    def prepare(self) -> None:
        """Compile the kernels, or load them from disk."""
        table = np.full((3, 3), 5, np.int64)
        jobs = (SearchJob(place=1, delivery=(1,)), SearchJob(place=2, delivery=(1,)))
        vehicle = SearchVehicle(start=0, end=0, capacity=(2,))
        search(SearchProblem(jobs=jobs, vehicles=(vehicle,), seconds=(table,)), by_count(10))

    def solve(self, instance: Instance, budget_s: float, seed: int) -> Customers:
        started = time.perf_counter()

        def pace(standing: Standing) -> float:
            self.steps = standing.steps
            return (time.perf_counter() - started) / budget_s

        found = search(instance.problem(), pace, seed=seed)
        return [] if found.unassigned else [[job + 1 for job in route] for route in found.routes if route]

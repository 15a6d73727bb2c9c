"""Vado's own search: `planning.search`, paced by the clock of the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.solvers import Customers
from bench.vrp import Instance
from vado.planning.search import SearchJob, SearchProblem, SearchVehicle, Standing, by_count, search


class Vado:
    name, own_clock = "vado", False

    def prepare(self) -> None:
        """Compile the kernels, or load them from disk."""
        table = np.full((3, 3), 5, np.int64)
        jobs = (SearchJob(place=1, delivery=(1,)), SearchJob(place=2, delivery=(1,)))
        vehicle = SearchVehicle(start=0, end=0, capacity=(2,))
        search(SearchProblem(jobs=jobs, vehicles=(vehicle,), seconds=(table,)), by_count(10))

    def solve(self, instance: Instance, budget_s: float, seed: int, clock: Callable[[], float]) -> Customers:
        started = clock()

        def pace(_: Standing) -> float:
            return (clock() - started) / budget_s

        found = search(instance.problem(), pace, seed=seed)
        return [] if found.unassigned else [[job + 1 for job in route] for route in found.routes if route]

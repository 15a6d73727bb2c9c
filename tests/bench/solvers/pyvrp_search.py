"""PyVRP: iterated local search in C++, as it comes, stopped by the clock of the run."""

from __future__ import annotations

from collections.abc import Callable

from bench.solvers import AbsentError, Customers
from bench.vrp import Instance


class Pyvrp:
    name, own_clock = "pyvrp", False

    def prepare(self) -> None:
        try:
            import pyvrp
        except ImportError as wrong:
            raise AbsentError(f"pyvrp is not installed: {wrong}") from wrong
        self.pyvrp = pyvrp

    def solve(self, instance: Instance, budget_s: float, seed: int, clock: Callable[[], float]) -> Customers:
        started = clock()
        vrp = self.pyvrp
        halves = {half for pair in instance.pairs for half in pair}
        alone = [c for c in range(1, len(instance.travel)) if c not in halves]
        window = [(int(a), int(b)) for a, b in zip(instance.first, instance.last, strict=True)]
        data = vrp.ProblemData(
            locations=[vrp.Location(0, 0) for _ in instance.travel],
            clients=[
                vrp.Client(c, delivery=[int(instance.demand[c])], service_duration=int(instance.service[c]),
                           tw_early=window[c][0], tw_late=window[c][1])
                for c in alone
            ],
            depots=[vrp.Depot(0)],
            vehicle_types=[
                vrp.VehicleType(instance.vehicles, [instance.capacity], tw_early=window[0][0],
                                tw_late=window[0][1])
            ],
            distance_matrices=[instance.travel],
            duration_matrices=[instance.travel],
            shipments=[
                vrp.Shipment(
                    a, b, *window[a], int(instance.service[a]), *window[b], int(instance.service[b]),
                    amount=[int(instance.demand[a])],
                )
                for a, b in instance.pairs
            ],
        )  # fmt: skip

        def is_over(_: float) -> bool:
            return clock() - started >= budget_s

        found = vrp.solve(data, is_over, seed=seed, collect_stats=False, display=False)
        if not found.is_feasible():
            return []
        return [self._customers(route, alone, instance) for route in found.best.routes()]

    def _customers(self, route: object, alone: list[int], instance: Instance) -> list[int]:
        customers = []
        for activity in route.schedule():  # type: ignore[attr-defined]
            if activity.is_depot():
                continue
            number = activity.idx
            if activity.is_client():
                customers.append(alone[number])
            else:
                customers.append(instance.pairs[number][0 if activity.is_pickup() else 1])
        return customers

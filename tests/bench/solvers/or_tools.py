"""OR-Tools' routing library: as its own guide sets it up, and as the product's solver does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from bench.solvers import Customers
from bench.vrp import Instance

OFF = (
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
    "use_make_active", "use_relocate_and_make_active", "use_make_inactive", "use_make_chain_inactive",
    "use_swap_active", "use_extended_swap_active",
)  # fmt: skip


class OrTools:
    """`default`: cheapest arc, then guided local search. `tuned`: what was found best of a few settings."""

    own_clock = True

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = f"or-tools {kind}"

    def prepare(self) -> None:
        pass

    def solve(self, instance: Instance, budget_s: float, seed: int, clock: Callable[[], float]) -> Customers:
        started = time.perf_counter()
        size = len(instance.travel)
        manager = pywrapcp.RoutingIndexManager(size, instance.vehicles, 0)
        routing = pywrapcp.RoutingModel(manager)
        arcs = routing.RegisterTransitMatrix(instance.travel.tolist())
        routing.SetArcCostEvaluatorOfAllVehicles(arcs)
        self._add_time(routing, manager, instance)
        loads = routing.RegisterUnaryTransitVector(instance.demand.tolist())
        routing.AddDimension(loads, 0, instance.capacity, True, "load")
        for pickup, delivery in instance.pairs:
            self._pair(routing, manager.NodeToIndex(pickup), manager.NodeToIndex(delivery))
        parameters = self._parameters(pairs=bool(instance.pairs))
        left_s = budget_s - (time.perf_counter() - started)
        parameters.time_limit.FromMilliseconds(max(1, round(left_s * 1000)))
        found = routing.SolveWithParameters(parameters)
        if found is None:
            return []
        routes = []
        for v in range(instance.vehicles):
            route, index = [], found.Value(routing.NextVar(routing.Start(v)))
            while not routing.IsEnd(index):
                route.append(manager.IndexToNode(index))
                index = found.Value(routing.NextVar(index))
            if route:
                routes.append(route)
        return routes

    def _add_time(self, routing: Any, manager: Any, instance: Instance) -> None:
        horizon = int(instance.last[0])
        seconds = routing.RegisterTransitMatrix((instance.travel + instance.service[:, None]).tolist())
        routing.AddDimension(seconds, horizon, horizon, False, "time")
        clock = routing.GetDimensionOrDie("time")
        for node in range(1, len(instance.travel)):
            index = manager.NodeToIndex(node)
            clock.CumulVar(index).SetRange(int(instance.first[node]), min(horizon, int(instance.last[node])))
        for v in range(instance.vehicles):
            clock.CumulVar(routing.Start(v)).SetRange(int(instance.first[0]), horizon)

    def _pair(self, routing: Any, first: int, second: int) -> None:
        routing.AddPickupAndDelivery(first, second)
        routing.solver().Add(routing.VehicleVar(first) == routing.VehicleVar(second))
        clock = routing.GetDimensionOrDie("time")
        routing.solver().Add(clock.CumulVar(first) <= clock.CumulVar(second))

    def _parameters(self, *, pairs: bool) -> Any:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        first = routing_enums_pb2.FirstSolutionStrategy
        search = routing_enums_pb2.LocalSearchMetaheuristic
        if self.kind == "default":
            parameters.first_solution_strategy = first.PATH_CHEAPEST_ARC
            parameters.local_search_metaheuristic = search.GUIDED_LOCAL_SEARCH
            return parameters
        parameters.first_solution_strategy = first.LOCAL_CHEAPEST_INSERTION
        for name in OFF:
            setattr(parameters.local_search_operators, name, optional_boolean_pb2.BOOL_FALSE)
        if pairs:
            parameters.local_search_metaheuristic = search.GUIDED_LOCAL_SEARCH
            parameters.guided_local_search_lambda_coefficient = 0.1
            return parameters
        # Its own ruin by string removals, which was ahead of its guided local search at 1, 5 and 20 s.
        parameters.local_search_metaheuristic = search.GREEDY_DESCENT
        parameters.use_iterated_local_search = True
        ils = parameters.iterated_local_search_parameters
        ruin = ils.ruin_recreate_parameters.ruin_strategies.add()
        ruin.sisr.max_removed_sequence_size = 10
        ruin.sisr.avg_num_removed_visits = 10
        ruin.sisr.bypass_factor = 0.01
        ils.ruin_recreate_parameters.recreate_strategy.heuristic = first.LOCAL_CHEAPEST_INSERTION
        annealing = ils.reference_solution_acceptance_strategy.simulated_annealing
        annealing.cooling_schedule_strategy = 1
        annealing.automatic_temperatures = True
        return parameters

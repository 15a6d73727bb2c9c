"""OR-Tools: with `solver_rules`, what knows it. A `Model` in, sequences of jobs for each vehicle out.

What it must know of OR-Tools 9.15 from Python (each tried, 2026):
- `SetAllowedVehiclesForIndex` takes no container: `VehicleVar.SetValues` does it; -1 stands for "left out".
- `AddPickupAndDeliverySets` ends the process, so a job has one node, never alternatives.
- Guided local search never stops by solutions where no neighbour is feasible: branches are counted too.
- A soft same-vehicle cost has no filter in local search (60 jobs: 121 solutions in 8 s, without 400 in
  0.6 s); stability is a cost of the arcs into a job instead, one table for each vehicle (400 in 1.2 s).
- A price on the end of a route (to be done sooner at the same cost) makes the search eight times slower;
  `replan` looks for that afterwards.
- Path-LNS operators have a time limit of their own and would not repeat; they are off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import ortools
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from vado.model.problem import Budget
from vado.model.roads import I64
from vado.planning.day import Span
from vado.planning.load import part
from vado.planning.model import Model, span_of
from vado.planning.price import arc_costs
from vado.planning.solver_rules import add_rules

NAME = "or-tools"
VERSION = str(ortools.__version__)
BRANCHES_PER_SOLUTION = 50  # measured: about 7 in a search that moves
BRANCHES_BASE = 2_000
# A warm start is near its goal: 200 jobs, 20 vehicles, travel slower by half on a third of the pairs: 50
# solutions (0.3 s) found what 200 (4.4 s) did not improve, with 4 jobs moved.
STALE_MIN = 20
STALE_SHARE = 8
ROUTING_OPTIMAL = 7  # RoutingSearchStatus: proven
GLS_LAMBDA = 0.1  # reference measurements: 0.1-0.2 is best on vehicle routing with windows
OPERATORS_OFF = (
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
)

Routes = tuple[tuple[int, ...], ...]  # by car: jobs in order


@dataclass(frozen=True, slots=True)
class Solved:
    routes: Routes
    solutions: int
    wall_s: float
    stopped: str


def solve(model: Model, budget: Budget, *, first: Routes | None = None) -> Solved:
    """Search from scratch, or from `first` where the model can take it."""
    n, m = len(model.jobs), len(model.cars)
    starts, ends = [model.start(v) for v in range(m)], [model.end(v) for v in range(m)]
    manager = pywrapcp.RoutingIndexManager(model.size, m, starts, ends)
    routing = pywrapcp.RoutingModel(manager)
    index: list[int] = [manager.NodeToIndex(job) for job in range(n)]
    costs = _registered(routing, arc_costs(model))
    for v in range(m):
        routing.SetArcCostEvaluatorOfVehicle(costs[v], v)
        routing.SetFixedCostOfVehicle(model.cars[v].fixed_cost, v)
    _add_time(model, routing, index)
    for dimension in range(model.dimensions):
        _add_load(model, routing, dimension)
    _add_limits(model, routing)
    _add_choices(model, routing, index)
    add_rules(model, routing, index)
    parameters = _parameters(budget, greedy=n < 2, pairs=bool(model.pairs))
    routing.CloseModelWithParameters(parameters)
    solver = routing.solver()
    branches = BRANCHES_BASE + BRANCHES_PER_SOLUTION * budget.solutions_max
    routing.AddSearchMonitor(solver.BranchesLimit(branches))
    found = None
    # A start that lacks most jobs is none: insertion into it is weaker than starting afresh.
    if first is not None and 2 * sum(map(len, first)) >= n > 0:
        given = routing.ReadAssignmentFromRoutes([[index[j] for j in route] for route in first], True)
        if given is not None:
            _stop_when_stale(routing, max(STALE_MIN, budget.solutions_max // STALE_SHARE))
            found = routing.SolveFromAssignmentWithParameters(given, parameters)
    if found is None:
        found = routing.SolveWithParameters(parameters)
    wall_s = solver.WallTime() / 1000
    stopped = "budget"
    if routing.status() == ROUTING_OPTIMAL or n < 2:
        stopped = "proven"
    elif wall_s >= budget.seconds_max * 0.999:
        stopped = "time"
    routes: Routes = (
        ((),) * m if found is None else tuple(_read(routing, manager, found, v) for v in range(m))
    )
    return Solved(routes, solver.Solutions(), wall_s, stopped)


def _stop_when_stale(routing: Any, patience: int) -> None:
    """End a search that began near its goal once so many solutions in a row were no better."""
    best: list[int] = []
    seen = [0]

    def look() -> None:
        cost = int(routing.CostVar().Value())
        seen[0] += 1
        if not best or cost < best[0]:
            best[:] = [cost]
            seen[0] = 0
        elif seen[0] >= patience:
            routing.CancelSearch()

    routing.AddAtSolutionCallback(look)


def stopwatch() -> Callable[[], float]:
    """Start counting seconds: the core has no clock but this one, and uses it for the safety limit only."""
    timer = pywrapcp.Solver("stopwatch")
    return lambda: float(timer.WallTime()) / 1000


def _register(routing: Any, table: I64) -> int:
    return int(routing.RegisterTransitMatrix(table.tolist()))


def _registered(routing: Any, tables: Sequence[I64]) -> list[int]:
    """Register each table once: vehicles that share one are of one class, which the search profits from."""
    known = {id(table): table for table in tables}
    index = {key: _register(routing, table) for key, table in known.items()}
    return [index[id(table)] for table in tables]


def _add_time(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Add the clock: travel, service and setup; windows with their holes; shifts; breaks."""
    transits = [_register(routing, s + w) for s, w in zip(model.seconds, model.work, strict=True)]
    by_car = [transits[car.kind] for car in model.cars]
    routing.AddDimensionWithVehicleTransits(by_car, model.span_s, model.span_s, False, "time")
    time, solver, n = routing.GetDimensionOrDie("time"), routing.solver(), len(model.jobs)
    for v, car in enumerate(model.cars):
        time.CumulVar(routing.Start(v)).SetRange(car.ready_s, car.end_s)
        time.CumulVar(routing.End(v)).SetRange(car.ready_s, car.end_s)
        if car.rests:
            rests = [_rest(solver, windows, length_s, v) for windows, length_s in car.rests]
            # Python has only the form in which a break may fall into a drive; the clock is stricter.
            visits = [int(model.work[car.kind][k, -1]) for k in range(n)]
            busy = [0] * routing.Size()
            for node, visit_s in zip(index, visits, strict=True):
                busy[node] = visit_s
            time.SetBreakIntervalsOfVehicle(rests, v, busy)
    for job, node in enumerate(index):
        spans = span_of(model, job)
        if not spans:
            continue
        var = time.CumulVar(node)
        var.SetRange(*_clip(model, spans[0][0], spans[-1][1]))
        for before, after in pairwise(spans):
            var.RemoveInterval(before[1] + 1, after[0] - 1)
        _bind_by_car(model, routing, solver, var, job, node)


def _clip(model: Model, first: int, last: int) -> Span:
    return min(first, model.span_s), min(last, model.span_s)


def _bind_by_car(model: Model, routing: Any, solver: Any, var: Any, job: int, node: int) -> None:
    """Where vehicles may serve a job at different times, bind its time to the one that does."""
    own = [spans for spans in model.spans[job] if spans]
    if len(set(own)) < 2:
        return
    lows = [0, *(spans[0][0] if spans else 0 for spans in model.spans[job])]
    highs = [model.span_s, *(spans[-1][1] if spans else 0 for spans in model.spans[job])]
    who = routing.VehicleVar(node) + 1
    solver.Add(var >= solver.Element([min(low, model.span_s) for low in lows], who))
    solver.Add(var <= solver.Element([min(high, model.span_s) for high in highs], who))


def _rest(solver: Any, windows: Sequence[Span], length_s: int, car: int) -> Any:
    rest = solver.FixedDurationIntervalVar(
        windows[0][0], max(last for _, last in windows), length_s, False, f"rest of {car}"
    )
    ordered = sorted(windows)
    for before, after in pairwise(ordered):
        if before[1] + 1 <= after[0] - 1:
            rest.StartExpr().Var().RemoveInterval(before[1] + 1, after[0] - 1)
    return rest


def _add_load(model: Model, routing: Any, k: int) -> None:
    """Add one dimension of load: what is still to be delivered, and with it what was picked up.

    Where both kinds occur the second starts as full as the first; where one is missing a fixed end or start
    says the same with one table.
    """
    blank = [0] * (2 * len(model.cars))
    drop = [0 if job.half else part(job.delivery, k) for job in model.jobs]
    change = [part(job.pickup, k) - part(job.delivery, k) for job in model.jobs]
    aboard = [car.room[k][0] if k < len(car.room) else 0 for car in model.cars]
    spare = [max(0, car.room[k][1]) if k < len(car.room) else 0 for car in model.cars]
    room = [
        max(0, part(car.outset.vehicle.capacity, k), load)
        for car, load in zip(model.cars, aboard, strict=True)
    ]
    total = routing.RegisterUnaryTransitVector(change + blank)
    routing.AddDimensionWithVehicleCapacity(total, 0, room, False, f"load {k}")
    load = routing.GetDimensionOrDie(f"load {k}")
    plain_pickups = any(part(job.pickup, k) for job in model.jobs if not job.half)
    if any(aboard) or spare != room or (any(drop) and plain_pickups):
        rest = routing.RegisterUnaryTransitVector([-amount for amount in drop] + blank)
        routing.AddDimensionWithVehicleCapacity(rest, 0, room, False, f"rest {k}")
        left = routing.GetDimensionOrDie(f"rest {k}")
        for v in range(len(model.cars)):
            left.CumulVar(routing.End(v)).SetValue(0)
            left.CumulVar(routing.Start(v)).SetMax(spare[v])
            routing.solver().Add(
                load.CumulVar(routing.Start(v)) == left.CumulVar(routing.Start(v)) + aboard[v]
            )
    else:
        for v in range(len(model.cars)):
            fixed = routing.End(v) if any(drop) else routing.Start(v)
            load.CumulVar(fixed).SetValue(0)


def _add_limits(model: Model, routing: Any) -> None:
    """Add what some vehicle has at most: jobs, seconds of travel, metres."""
    n, m = len(model.jobs), len(model.cars)
    ones = np.zeros((model.size, model.size), np.int64)
    ones[:n, :] = 1
    _add_limit(routing, "jobs", [ones] * m, [car.tasks for car in model.cars])
    by_car = [model.seconds[car.kind] for car in model.cars]
    _add_limit(routing, "travel", by_car, [car.travel_s for car in model.cars])
    by_car = [model.metres[car.kind] for car in model.cars]
    _add_limit(routing, "metres", by_car, [car.metres for car in model.cars])


def _add_limit(routing: Any, name: str, tables: Sequence[I64], limits: Sequence[int | None]) -> None:
    if all(limit is None for limit in limits):
        return
    transits = _registered(routing, tables)
    routing.AddDimensionWithVehicleTransits(transits, 0, 2**40, True, name)
    dimension = routing.GetDimensionOrDie(name)
    for v, limit in enumerate(limits):
        if limit is not None:
            dimension.CumulVar(routing.End(v)).SetMax(max(0, limit))


def _add_choices(model: Model, routing: Any, index: Sequence[int]) -> None:
    """Say who may do a job, that it may be left out at a price, and which jobs belong together."""
    solver = routing.solver()
    for job, node in enumerate(index):
        able = [v for v, spans in enumerate(model.spans[job]) if spans]
        routing.AddDisjunction([node], model.penalty[job])
        # Never an empty list: OR-Tools would read it as "everybody".
        routing.VehicleVar(node).SetValues([-1, *able])
        if not able:
            routing.ActiveVar(node).SetValue(0)
    time = routing.GetDimensionOrDie("time")
    for pickup, delivery in model.pairs:
        a, b = index[pickup], index[delivery]
        routing.AddPickupAndDelivery(a, b)
        solver.Add(routing.VehicleVar(a) == routing.VehicleVar(b))
        solver.Add(time.CumulVar(a) <= time.CumulVar(b))
    for a, b in sorted(model.forbidden):
        _forbid(model, routing, index, a, b)


def _forbid(model: Model, routing: Any, index: Sequence[int], a: int, b: int) -> None:
    n, m = len(model.jobs), len(model.cars)
    origin = index[a] if a < n else routing.Start(a - n)
    target = index[b] if b < n else routing.End(b - n - m)
    if not (a >= n and b >= n):  # an unused vehicle stays possible
        routing.NextVar(origin).RemoveValue(target)


def _parameters(budget: Budget, *, greedy: bool, pairs: bool) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    search = routing_enums_pb2.LocalSearchMetaheuristic
    # Measured on random work, 400 solutions: savings 74 639 against 89 858 on 200 jobs and 20 vehicles, equal
    # on 60 and 6. It knows nothing of pairs.
    parameters.first_solution_strategy = first.LOCAL_CHEAPEST_INSERTION if pairs else first.SAVINGS
    parameters.local_search_metaheuristic = search.GREEDY_DESCENT if greedy else search.GUIDED_LOCAL_SEARCH
    parameters.guided_local_search_lambda_coefficient = GLS_LAMBDA
    parameters.solution_limit = max(1, budget.solutions_max)
    parameters.time_limit.FromMilliseconds(max(10, round(budget.seconds_max * 1000)))
    for name in OPERATORS_OFF:
        setattr(parameters.local_search_operators, name, optional_boolean_pb2.BOOL_FALSE)
    return parameters


def _read(routing: Any, manager: Any, found: Any, car: int) -> tuple[int, ...]:
    route = []
    at = found.Value(routing.NextVar(routing.Start(car)))
    while not routing.IsEnd(at):
        route.append(manager.IndexToNode(at))
        at = found.Value(routing.NextVar(at))
    return tuple(route)

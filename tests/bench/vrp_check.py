"""A referee for routes: is every rule of a `SearchProblem` kept, and what does the plan cost?

Shares no code with the search: each route is driven from its start, stop by stop. How short a route can be
is found by trying every start that brings some stop to the edge of one of its windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from vado.planning.search import Routes, SearchProblem
from vado.planning.search.problem import SECONDS_MAX, SearchVehicle


def judge(problem: SearchProblem, routes: Routes) -> tuple[list[str], int]:
    """List what is wrong with a plan; give its cost: travel, fixed costs, taxes.

    What is left out is no fault here, half a shipment is; the prices are the caller's to add.
    """
    faults, cost = [], 0
    times = Counter(job for route in routes for job in route)
    faults += [f"job {job} is served {count} times" for job, count in times.items() if count > 1]
    if len(routes) > len(problem.vehicles):
        faults.append("more routes than vehicles")
    for v, (route, vehicle) in enumerate(zip(routes, problem.vehicles, strict=False)):
        if route:
            faults += [f"vehicle {v}: {fault}" for fault in _faults(problem, v, vehicle, route)]
            cost += _cost(problem, vehicle, route)
    return faults, cost


def _places(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int]) -> list[int | None]:
    return [vehicle.start, *(problem.jobs[job].place for job in route), vehicle.end]


def _cost(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int]) -> int:
    cost = vehicle.fixed_cost + sum(vehicle.taxes.get(job, 0) for job in route)
    places = _places(problem, vehicle, route)
    for a, b in pairwise(places):
        if a is not None and b is not None:
            cost += vehicle.second_cost * int(problem.seconds[vehicle.profile][a, b])
            if vehicle.metre_cost:
                cost += vehicle.metre_cost * int(problem.metres[vehicle.profile][a, b])
    return cost


def _faults(problem: SearchProblem, v: int, vehicle: SearchVehicle, route: Sequence[int]) -> list[str]:
    faults = []
    for job in route:
        may = problem.jobs[job].vehicles
        if may is not None and v not in may:
            faults.append(f"may not serve job {job}")
    faults += _load_faults(problem, vehicle, route)
    for pickup, delivery in problem.shipments:
        if (pickup in route) != (delivery in route):
            faults.append(f"has one half of shipment {pickup}, {delivery}")
        elif pickup in route and route.index(pickup) > route.index(delivery):
            faults.append(f"delivers {delivery} before it picks up {pickup}")
    ended = _drive(problem, vehicle, route, vehicle.open_s)
    if ended is None:
        faults.append("is late")
    elif vehicle.duration_s_max is not None:
        shortest = _shortest(problem, vehicle, route)
        if shortest > vehicle.duration_s_max:
            faults.append(f"lasts {shortest} s at least, {vehicle.duration_s_max} s at most")
    return faults


def _load_faults(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int]) -> list[str]:
    shipped = {delivery for _, delivery in problem.shipments}
    faults = []
    for k in range(problem.dimensions):
        room = _part(vehicle.capacity, k)
        aboard = sum(_part(problem.jobs[job].delivery, k) for job in route if job not in shipped)
        highest = aboard
        for job in route:
            aboard += _part(problem.jobs[job].pickup, k) - _part(problem.jobs[job].delivery, k)
            highest = max(highest, aboard)
        if highest > room:
            faults.append(f"carries {highest} of dimension {k}, has room for {room}")
    return faults


def _part(amount: tuple[int, ...], k: int) -> int:
    return amount[k] if k < len(amount) else 0


def _drive(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int], leave_s: int) -> int | None:
    """Say when a route ends that leaves at a time; None where it comes too late somewhere."""
    places, table = _places(problem, vehicle, route), problem.seconds[vehicle.profile]
    now = leave_s
    for number, (a, b) in enumerate(pairwise(places)):
        if a is not None and b is not None:
            if table[a, b] > SECONDS_MAX:
                return None
            now += int(table[a, b])
        if number == len(route):
            break
        job = problem.jobs[route[number]]
        open_ = [low for low, high in job.windows if high >= now] if job.windows else [now]
        if not open_:
            return None
        now = max(now, min(open_)) + job.service_s
    return now if now <= vehicle.shut_s else None


def _shortest(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int]) -> int:
    """Find the shortest duration: some stop is then at the edge of a window, or the start at its own."""
    places, table = _places(problem, vehicle, route), problem.seconds[vehicle.profile]
    starts = {vehicle.open_s}
    gone = 0
    for number, job in enumerate(route):
        a, b = places[number], places[number + 1]
        gone += 0 if a is None or b is None else int(table[a, b])
        for window in problem.jobs[job].windows:
            starts |= {edge - gone for edge in window}
        gone += problem.jobs[job].service_s
    found = []
    for start in starts:
        if start >= vehicle.open_s:
            ended = _drive(problem, vehicle, route, start)
            if ended is not None:
                found.append(ended - start)
    return min(found)

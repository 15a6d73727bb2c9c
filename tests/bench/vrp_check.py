"""A referee for routes: is every rule of a `SearchProblem` kept, and what does the plan cost?

Shares no code with the search: each route is driven from its start, stop by stop. How short a route can be
is found by trying every start that brings some stop to the edge of one of its windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from vado.planning.search import Routes, SearchProblem
from vado.planning.search.problem import SECONDS_MAX, SearchVehicle, Table


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
    if vehicle.costs is not None:
        return cost + _cost_by_table(problem.costs[vehicle.costs], places)
    for a, b in pairwise(places):
        if a is not None and b is not None:
            cost += vehicle.second_cost * int(problem.seconds[vehicle.profile][a, b])
            if vehicle.metre_cost:
                cost += vehicle.metre_cost * int(problem.metres[vehicle.profile][a, b])
    return cost


def _cost_by_table(table: Table, places: Sequence[int | None]) -> int:
    return sum(int(table[a, b]) for a, b in pairwise(places) if a is not None and b is not None)


def _faults(problem: SearchProblem, v: int, vehicle: SearchVehicle, route: Sequence[int]) -> list[str]:
    faults = []
    for job in route:
        may = problem.jobs[job].vehicles
        if may is not None and v not in may:
            faults.append(f"may not serve job {job}")
    if vehicle.jobs_max is not None and len(route) > vehicle.jobs_max:
        faults.append(f"serves {len(route)} jobs, {vehicle.jobs_max} at most")
    faults += _load_faults(problem, vehicle, route)
    for pickup, delivery in problem.shipments:
        if (pickup in route) != (delivery in route):
            faults.append(f"has one half of shipment {pickup}, {delivery}")
        elif pickup in route and route.index(pickup) > route.index(delivery):
            faults.append(f"delivers {delivery} before it picks up {pickup}")
    ended = _drive(problem, v, vehicle, route, vehicle.open_s)
    if ended is None:
        faults.append("is late")
    elif vehicle.duration_s_max is not None:
        shortest = _shortest(problem, v, vehicle, route)
        if shortest > vehicle.duration_s_max:
            faults.append(f"lasts {shortest} s at least, {vehicle.duration_s_max} s at most")
    return faults


def _load_faults(problem: SearchProblem, vehicle: SearchVehicle, route: Sequence[int]) -> list[str]:
    shipped = {delivery for _, delivery in problem.shipments}
    faults = []
    for k in range(problem.dimensions):
        room = _part(vehicle.capacity, k)
        aboard = sum(_part(problem.jobs[job].delivery, k) for job in route if job not in shipped)
        if vehicle.deliver_max is not None and aboard > _part(vehicle.deliver_max, k):
            faults.append(f"has {aboard} of dimension {k} to deliver, {vehicle.deliver_max[k]} at most")
        highest = aboard
        for job in route:
            aboard += _part(problem.jobs[job].pickup, k) - _part(problem.jobs[job].delivery, k)
            highest = max(highest, aboard)
        if highest > room:
            faults.append(f"carries {highest} of dimension {k}, has room for {room}")
    return faults


def _part(amount: tuple[int, ...], k: int) -> int:
    return amount[k] if k < len(amount) else 0


def _drive(
    problem: SearchProblem, v: int, vehicle: SearchVehicle, route: Sequence[int], leave_s: int
) -> int | None:
    """Say when a route ends that leaves at a time; None where it comes too late somewhere."""
    places = _places(problem, vehicle, route)
    site = vehicle.start if vehicle.site is None else vehicle.site
    now = leave_s
    for number, (a, b) in enumerate(pairwise(places)):
        if a is not None and b is not None:
            first = route[number - 1] if number else -1 - v
            second = route[number] if number < len(route) else -1 - v
            there = _arrival(problem, vehicle.profile, a, b, now, problem.slower.get((first, second), 0))
            if there is None:
                return None
            now = there
        if number == len(route):
            break
        job = problem.jobs[route[number]]
        if job.place != site or a is None:
            now += _of_profile(job.setup_s, vehicle.profile)
        windows = job.windows_of.get(v, job.windows)
        open_ = [low for low, high in windows if high >= now] if windows else [now]
        if not open_:
            return None
        now = max(now, min(open_)) + _of_profile(job.service_s, vehicle.profile)
        site = job.place
    return now if now <= vehicle.shut_s else None


def _of_profile(given: int | tuple[int, ...], profile: int) -> int:
    return given[profile] if isinstance(given, tuple) else given


def _arrival(problem: SearchProblem, profile: int, a: int, b: int, now: int, slower: int) -> int | None:
    """Drive at once, or at the beginning of a slot: within slots that touch and take equally long."""
    if slower > SECONDS_MAX:
        return None
    if not problem.slots or slower:
        # What was learnt of an arc holds at any time; tests give it together with slots for no-ways only.
        seconds = int(problem.seconds[profile][a, b])
        return None if seconds > SECONDS_MAX else now + max(seconds, slower)
    table = problem.seconds_in[profile][:, a, b]
    if len(set(table.tolist())) == 1:
        return None if table[0] > SECONDS_MAX else now + int(table[0])
    found = []
    slots = problem.slots[profile]
    for k, (low, high) in enumerate(slots):
        leave, end = max(now, low), high
        for after in range(k + 1, len(slots)):
            if slots[after][0] > end + 1 or table[after] != table[k]:
                break
            end = slots[after][1]
        if table[k] <= SECONDS_MAX and leave + int(table[k]) <= end:
            found.append(leave + int(table[k]))
    return min(found, default=None)


def _shortest(problem: SearchProblem, v: int, vehicle: SearchVehicle, route: Sequence[int]) -> int:
    """Find the shortest duration: some stop is then at the edge of a window, or the start at its own.

    Where travel is another by slot, every second is tried.
    """
    if problem.slots or any(job.setup_s or job.windows_of for job in problem.jobs):
        found = []
        for start in range(vehicle.open_s, vehicle.shut_s + 1):
            ended = _drive(problem, v, vehicle, route, start)
            if ended is None:
                break
            found.append(ended - start)
        return min(found)
    places, table = _places(problem, vehicle, route), problem.seconds[vehicle.profile]
    starts = {vehicle.open_s}
    gone = 0
    for number, job in enumerate(route):
        a, b = places[number], places[number + 1]
        gone += 0 if a is None or b is None else int(table[a, b])
        for window in problem.jobs[job].windows:
            starts |= {edge - gone for edge in window}
        gone += _of_profile(problem.jobs[job].service_s, vehicle.profile)
    found = []
    for start in starts:
        if start >= vehicle.open_s:
            ended = _drive(problem, v, vehicle, route, start)
            if ended is not None:
                found.append(ended - start)
    return min(found)

"""CAPACITY, LOAD, SKILL, ALLOWED, LIMIT: what a vehicle carries, can do, and may do at most."""

from __future__ import annotations

from collections.abc import Iterator

from vado.model.jobs import Amount, Job, Vehicle
from vado.model.plan import Leg, Route, Rule, StopKind, Violation
from vado.planning.check.case import Case, violation
from vado.planning.check.where import given, sites_of


def judge_capacity(case: Case) -> Iterator[Violation]:
    """Add up what is aboard, dimension by dimension, from the start of what is still to be driven.

    Goods of plain deliveries are aboard from the start, those of pickups stay to the end; a shipment is
    aboard between its halves. What was picked up before now is aboard already.
    """
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        if vehicle is None:
            continue
        live = list(_live_jobs(case, route))
        load = _sum(*_aboard(case, route), *(job.delivery for job in live if not job.half))
        over = _excess(load, vehicle.capacity)
        if over is not None and live:
            heavy = [job for job in live if not job.half and over < len(job.delivery) and job.delivery[over]]
            text = (
                f"vehicle {vehicle.id} starts with {_say(load, over)}, its capacity is {_of(vehicle, over)}"
            )
            yield violation(Rule.CAPACITY, text, route=route, job=(heavy or live)[-1].id)
            continue
        for job in live:
            load = _sum(load, _minus(job.delivery), job.pickup)
            over = _excess(load, vehicle.capacity)
            if over is not None:
                text = (
                    f"vehicle {vehicle.id} leaves job {job.id} with {_say(load, over)}, "
                    f"its capacity is {_of(vehicle, over)}"
                )
                yield violation(Rule.CAPACITY, text, route=route, job=job.id)
                break


def judge_load(case: Case) -> Iterator[Violation]:
    """Hold what each stop says is aboard as it departs, if it does, against what must be.

    Of a draft only: a plan in force was judged as it was made, and what was asked may have changed since.
    """
    for route in case.routes if case.draft else ():
        load = _sum(*_aboard(case, route), *(job.delivery for job in _live_jobs(case, route) if not job.half))
        for stop in case.live(route):
            job = None if stop.job is None else case.jobs.get(stop.job)
            if job is not None:
                load = _sum(load, _minus(job.delivery), job.pickup)
            size = max(len(load), len(stop.load))
            if stop.load and _wide(stop.load, size) != _wide(load, size):
                where = stop.kind.value if stop.job is None else f"job {stop.job}"
                text = (
                    f"vehicle {route.vehicle} is said to leave {where} with {list(stop.load)} aboard, "
                    f"it is {list(_wide(load, size))}"
                )
                yield violation(Rule.LOAD, text, route=route, job=stop.job)
                break


def _wide(amount: Amount, size: int) -> Amount:
    return (*amount, *(0,) * (size - len(amount)))


def _aboard(case: Case, route: Route) -> Iterator[Amount]:
    if not case.has_progress(route):
        return
    for visit in case.progress_of(route).done:
        job = case.known.get(visit.job)
        if job is not None:
            yield job.pickup
            if job.half:
                yield _minus(job.delivery)


def _sum(*amounts: Amount) -> Amount:
    size = max((len(amount) for amount in amounts), default=0)
    return tuple(sum(amount[k] for amount in amounts if k < len(amount)) for k in range(size))


def _minus(amount: Amount) -> Amount:
    return tuple(-number for number in amount)


def _excess(load: Amount, capacity: Amount) -> int | None:
    """Find the first dimension that is overfull; a dimension without capacity holds nothing."""
    for k, number in enumerate(load):
        if number > (capacity[k] if k < len(capacity) else 0):
            return k
    return None


def _say(load: Amount, dimension: int) -> str:
    return f"{load[dimension]} aboard (dimension {dimension})"


def _of(vehicle: Vehicle, dimension: int) -> int:
    return vehicle.capacity[dimension] if dimension < len(vehicle.capacity) else 0


def judge_skills(case: Case) -> Iterator[Violation]:
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        if vehicle is None:
            continue
        for job in _live_jobs(case, route):
            lacking = sorted(job.skills - vehicle.skills)
            if lacking:
                text = f"vehicle {vehicle.id} lacks skill {', '.join(map(str, lacking))} for job {job.id}"
                yield violation(Rule.SKILL, text, route=route, job=job.id)


def judge_allowed(case: Case) -> Iterator[Violation]:
    """Judge that each job is done by a vehicle it allows."""
    for route in case.routes:
        for job in _live_jobs(case, route):
            if route.vehicle in job.forbidden_vehicles:
                text = f"job {job.id} forbids vehicle {route.vehicle}"
                yield violation(Rule.ALLOWED, text, route=route, job=job.id)
            elif job.allowed_vehicles is not None and route.vehicle not in job.allowed_vehicles:
                names = ", ".join(sorted(job.allowed_vehicles))
                text = f"job {job.id} allows {names} alone, not vehicle {route.vehicle}"
                yield violation(Rule.ALLOWED, text, route=route, job=job.id)


def _live_jobs(case: Case, route: Route) -> Iterator[Job]:
    for stop in case.live(route):
        if stop.job is not None and stop.job in case.jobs:
            yield case.jobs[stop.job]


def judge_limits(case: Case) -> Iterator[Violation]:
    """Count stops, seconds, metres of the whole shift, what is driven already included.

    A route that only leads home is not refused: there is nothing to take away from it.
    """
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        last = next((stop.job for stop in reversed(case.live(route)) if stop.job is not None), None)
        if vehicle is None or last is None:
            continue
        sites = sites_of(case, route)
        tasks = sum(stop.job is not None for stop in route.stops)
        ways = [
            measure(case, vehicle, leg, a, b) for leg, a, b in zip(route.legs, sites, sites[1:], strict=False)
        ]
        for what, number, limit in (
            ("stops", tasks, vehicle.max_tasks),
            ("seconds of travel", sum(seconds for seconds, _ in ways), vehicle.max_travel_s),
            ("metres", sum(metres for _, metres in ways), vehicle.max_distance_m),
            ("seconds from leaving to the end", _out_s(route), vehicle.max_duration_s),
        ):
            if limit is not None and number > limit:
                text = f"vehicle {vehicle.id}: {number} {what}, at most {limit} are allowed"
                yield violation(Rule.LIMIT, text, route=route, job=last)


def _out_s(route: Route) -> int:
    """Say how long the route takes, from leaving its first place to being at rest, waiting included."""
    first, last = route.stops[0], route.stops[-1]
    left_s = first.departure_s if first.kind is StopKind.START else first.arrival_s
    return (last.arrival_s if last.kind is StopKind.END else last.departure_s) - left_s


def measure(
    case: Case, vehicle: Vehicle, leg: Leg, origin: int | None, target: int | None
) -> tuple[int, int]:
    """Give seconds and metres of a leg: from its edges, else from the matrix, else what it says itself."""
    if leg.drive is not None and case.snapshot is not None:
        lengths = case.snapshot.roads.edge_length_mm
        inside = (step.edge for step in leg.drive.edges if 0 <= step.edge < len(lengths))
        return leg.drive.arrive_s - leg.drive.depart_s, sum(int(lengths[edge]) for edge in inside) // 1000
    return given(case, vehicle, origin, target) or (leg.duration_s, leg.distance_m)

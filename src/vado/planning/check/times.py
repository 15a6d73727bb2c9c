"""TIMES, WINDOW, SHIFT, RIDE, BREAK: the clock of a route, stop by stop."""

from __future__ import annotations

from collections.abc import Iterator

from vado.model.ids import JobId
from vado.model.jobs import Break, Job, Vehicle, Window
from vado.model.plan import Route, Rule, Stop, StopKind, Violation
from vado.model.when import clock
from vado.planning.check.case import Case, violation
from vado.planning.check.where import given, sites_of


def judge_times(case: Case) -> Iterator[Violation]:
    """Judge that time only moves forward and is long enough: at each stop, and between two of them."""
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        if vehicle is None:
            continue
        sites = sites_of(case, route)
        ran = case.ran(route)
        for number in range(ran, len(route.stops)):
            stop = route.stops[number]
            before = sites[number - 1] if number else None
            yield from _judge_stop(case, route, vehicle, stop, same_place=before == sites[number])
            if number:
                yield from _judge_gap(case, route, vehicle, number, sites)
        if case.fresh and not case.has_progress(route) and route.stops:
            yield from _judge_past(case, route)


def _judge_stop(
    case: Case, route: Route, vehicle: Vehicle, stop: Stop, *, same_place: bool
) -> Iterator[Violation]:
    if not stop.arrival_s <= stop.start_s <= stop.departure_s:
        text = (
            f"vehicle {route.vehicle}, {_name(stop)}: arrival {clock(stop.arrival_s)}, "
            f"start {clock(stop.start_s)}, departure {clock(stop.departure_s)} are not in this order"
        )
        yield violation(Rule.TIMES, text, route=route, job=stop.job)
        return
    job = case.jobs.get(stop.job) if stop.job is not None else None
    needed_s = 0 if job is None else service_needed_s(job, vehicle, same_place=same_place)
    if stop.departure_s - stop.start_s < needed_s:
        text = (
            f"vehicle {route.vehicle}, {_name(stop)}: {stop.departure_s - stop.start_s} s of service, "
            f"{needed_s} s are needed"
        )
        yield violation(Rule.TIMES, text, route=route, job=stop.job)


def service_needed_s(job: Job, vehicle: Vehicle, *, same_place: bool) -> int:
    """Add setup and service for this type of vehicle; no setup at the place of the stop before (as VROOM)."""
    service_s = dict(job.service_per_type).get(vehicle.type, job.service_s)
    setup_s = dict(job.setup_per_type).get(vehicle.type, job.setup_s)
    return service_s if same_place else service_s + setup_s


def _judge_gap(
    case: Case, route: Route, vehicle: Vehicle, number: int, sites: tuple[int | None, ...]
) -> Iterator[Violation]:
    """Judge one leg's place on the clock; how fast its edges are driven is another rule."""
    stop, leg = route.stops[number], route.legs[number - 1] if number <= len(route.legs) else None
    if _has_arrived(case, route, stop):
        return  # it is there, however it came; its service is judged like any other
    left_s = _left_s(case, route, number - 1)
    ready_s = left_s
    if leg is not None and leg.drive is not None:
        if leg.drive.depart_s < left_s:
            text = (
                f"vehicle {route.vehicle} drives to {_name(stop)} at {clock(leg.drive.depart_s)}, "
                f"but is busy until {clock(left_s)}"
            )
            yield violation(Rule.TIMES, text, route=route, job=stop.job)
        ready_s = leg.drive.arrive_s
    if case.snapshot is None:
        way = given(case, vehicle, sites[number - 1], sites[number])
        taken_s = way[0] if way is not None else 0 if leg is None else leg.duration_s
        ready_s = max(ready_s, left_s + taken_s)
    if stop.arrival_s < ready_s:
        text = (
            f"vehicle {route.vehicle} is at {_name(stop)} at {clock(stop.arrival_s)} by plan, "
            f"but not before {clock(ready_s)} in truth"
        )
        yield violation(Rule.TIMES, text, route=route, job=stop.job)


def _has_arrived(case: Case, route: Route, stop: Stop) -> bool:
    """Tell whether the vehicle has reported to be at this stop, no later than the plan says."""
    if stop.job is None or not case.has_progress(route):
        return False
    reported_s = dict(case.progress_of(route).arrived).get(stop.job)
    return reported_s is not None and reported_s <= stop.start_s


def _left_s(case: Case, route: Route, number: int) -> int:
    """Say when a vehicle leaves a stop: as reported where it has, else as planned."""
    stop = route.stops[number]
    if stop.job is not None and stop.job in case.done:
        return case.done[stop.job][1].departure_s
    return stop.departure_s


def _judge_past(case: Case, route: Route) -> Iterator[Violation]:
    first = route.stops[0]
    leaves_s = first.departure_s if first.kind is StopKind.START else first.arrival_s
    if leaves_s < case.problem.now_s:
        text = (
            f"vehicle {route.vehicle} is to leave at {clock(leaves_s)}, "
            f"but it is {clock(case.problem.now_s)} and it has not"
        )
        yield violation(Rule.TIMES, text, route=route, job=next(iter(route.jobs), None))


def judge_windows(case: Case) -> Iterator[Violation]:
    """Judge that service starts inside a window; both ends belong to it."""
    for route in case.routes:
        for stop in case.live(route):
            job = case.jobs.get(stop.job) if stop.job is not None else None
            if job is not None and not _inside(stop.start_s, job.windows):
                spans = ", ".join(f"{clock(w.start_s)}–{clock(w.end_s)}" for w in job.windows)
                text = (
                    f"vehicle {route.vehicle} starts job {job.id} at {clock(stop.start_s)}, outside {spans}"
                )
                yield violation(Rule.WINDOW, text, route=route, job=job.id)


def _inside(instant_s: int, windows: tuple[Window, ...]) -> bool:
    return any(window.start_s <= instant_s <= window.end_s for window in windows)


def judge_shifts(case: Case) -> Iterator[Violation]:
    """Judge that a vehicle leaves after its shift begins and is at rest when it ends."""
    for route in case.routes:
        vehicle, live = case.vehicles.get(route.vehicle), case.live(route)
        if vehicle is None or not live:
            continue
        first, last = live[0], live[-1]
        begins_s = first.departure_s if first.kind is StopKind.START else first.start_s
        ends_s = last.arrival_s if last.kind is StopKind.END else last.departure_s
        job = next((stop.job for stop in reversed(live) if stop.job is not None), None)
        begins, ends = clock(vehicle.shift.start_s), clock(vehicle.shift.end_s)
        if begins_s < vehicle.shift.start_s:
            text = f"vehicle {vehicle.id} begins at {clock(begins_s)}, its shift at {begins}"
            yield violation(Rule.SHIFT, text, route=route, job=first.job or job)
        if ends_s > vehicle.shift.end_s:
            text = f"vehicle {vehicle.id} is done at {clock(ends_s)}, its shift at {ends}"
            yield violation(Rule.SHIFT, text, route=route, job=job)


def judge_rides(case: Case) -> Iterator[Violation]:
    """Judge how long each shipment is aboard: from leaving its pickup to starting its delivery."""
    for route in case.routes:
        left = {stop.job: stop.departure_s for stop in route.stops if stop.kind is StopKind.PICKUP}
        for stop in case.live(route):
            job = case.jobs.get(stop.job) if stop.job is not None else None
            if job is None or job.half != "delivery" or job.max_ride_s is None:
                continue
            pickup = JobId(f"{job.shipment}/pickup")
            left_s = case.done[pickup][1].departure_s if pickup in case.done else left.get(pickup)
            if left_s is not None and stop.start_s - left_s > job.max_ride_s:
                text = (
                    f"vehicle {route.vehicle} has shipment {job.shipment} aboard "
                    f"for {stop.start_s - left_s} s, at most {job.max_ride_s} s are allowed"
                )
                yield violation(Rule.RIDE, text, route=route, job=job.id)


def judge_breaks(case: Case) -> Iterator[Violation]:
    """Judge that each break is taken once in one of its windows, or fits before or after the route."""
    for route in case.routes:
        vehicle = case.vehicles.get(route.vehicle)
        if vehicle is None or not route.jobs:
            continue
        taken = [stop for stop in route.stops if stop.kind is StopKind.BREAK]
        known = {rest.id: rest for rest in vehicle.breaks}
        for stop in taken:
            if stop.label not in {*known, vehicle.driver_hours or None}:
                text = f"vehicle {vehicle.id} takes a break {stop.label!r} that it does not have"
                yield violation(Rule.BREAK, text, route=route)
        for rest in vehicle.breaks:
            stops = [stop for stop in taken if stop.label == rest.id]
            yield from _judge_break(case, route, rest, stops)


def _judge_break(case: Case, route: Route, rest: Break, stops: list[Stop]) -> Iterator[Violation]:
    name = f"vehicle {route.vehicle}, break {rest.id}"
    if len(stops) > 1:
        yield violation(Rule.BREAK, f"{name}: taken {len(stops)} times", route=route)
    live = set(map(id, case.live(route)))
    for stop in stops:
        if id(stop) not in live:
            continue
        if not _inside(stop.start_s, rest.windows):
            yield violation(
                Rule.BREAK, f"{name}: starts at {clock(stop.start_s)}, outside its windows", route=route
            )
        if stop.departure_s - stop.start_s < rest.service_s:
            short_s = stop.departure_s - stop.start_s
            yield violation(Rule.BREAK, f"{name}: {short_s} s, {rest.service_s} s are due", route=route)
    if not stops and not _outside_route(case, route, rest):
        yield violation(Rule.BREAK, f"{name}: not taken", route=route)


def _outside_route(case: Case, route: Route, rest: Break) -> bool:
    """Tell whether the break can be had before the vehicle leaves or after it is done."""
    first, last = route.stops[0], route.stops[-1]
    leaves_s = first.departure_s if first.kind is StopKind.START else first.arrival_s
    done_s = last.arrival_s if last.kind is StopKind.END else last.departure_s
    if case.has_progress(route) and all(window.end_s < case.problem.now_s for window in rest.windows):
        return True  # it was due before now: nobody can plan it any more
    return any(w.end_s >= done_s or w.start_s + rest.service_s <= leaves_s for w in rest.windows)


def _name(stop: Stop) -> str:
    if stop.job is not None:
        return f"job {stop.job}"
    return {"start": "its start", "end": "its end"}.get(stop.kind.value, f"break {stop.label}")

"""COMPLETE, PAIR, KEPT: each job exactly once, halves together, nothing that happened or began is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vado.model.ids import JobId
from vado.model.plan import Route, Rule, Stop, StopKind, StopState, Violation
from vado.planning.check.case import Case, violation


def judge_complete(case: Case) -> Iterator[Violation]:
    """Judge that routes are routes of known vehicles and that each job stands in exactly one place."""
    for name, times in Counter(route.vehicle for route in case.routes).items():
        if times > 1:
            text = f"vehicle {name} has {times} routes"
            yield Violation(rule=Rule.COMPLETE, vehicle=name, job=None, text=text)
    for route in case.routes:
        yield from _judge_shape(case, route)
    planned = Counter(stop.job for route in case.routes for stop in route.stops if stop.job is not None)
    absent = Counter(case.absent)
    for job in case.jobs:
        times = planned[job] + absent[job]
        if times == 0:
            yield violation(Rule.COMPLETE, f"job {job} is neither in a route nor unassigned", job=job)
        elif times > 1:
            said = f"{planned[job]} times in routes and {absent[job]} times unassigned"
            yield violation(Rule.COMPLETE, f"job {job} stands {said}", job=job)
    for job in sorted((planned.keys() | absent.keys()) - case.jobs.keys() - case.done.keys()):
        yield violation(Rule.COMPLETE, f"job {job} is not part of the problem", job=job)


def _judge_shape(case: Case, route: Route) -> Iterator[Violation]:
    if route.vehicle not in case.vehicles:
        yield violation(Rule.COMPLETE, f"vehicle {route.vehicle} is not part of the problem", route=route)
    if len(route.legs) != max(0, len(route.stops) - 1):
        text = f"vehicle {route.vehicle}: {len(route.stops)} stops with {len(route.legs)} legs between them"
        yield violation(Rule.COMPLETE, text, route=route)
    for number, stop in enumerate(route.stops):
        if (stop.kind is StopKind.START and number > 0) or (
            stop.kind is StopKind.END and number < len(route.stops) - 1
        ):
            text = f"vehicle {route.vehicle}: a stop of kind {stop.kind} in the middle of the route"
            yield violation(Rule.COMPLETE, text, route=route)
        if not _fits_kind(case, stop):
            text = f"vehicle {route.vehicle}: job {stop.job} at a stop of kind {stop.kind}"
            yield violation(Rule.COMPLETE, text, route=route, job=stop.job)


def _fits_kind(case: Case, stop: Stop) -> bool:
    if stop.job is None:
        return stop.kind in (StopKind.START, StopKind.BREAK, StopKind.END)
    job = case.known.get(stop.job)
    return job is None or stop.kind.value == (job.half or StopKind.JOB.value)


def judge_pairs(case: Case) -> Iterator[Violation]:
    """Judge that a shipment is picked up before it is delivered, by the same vehicle."""
    at: dict[JobId, tuple[Route, int]] = {}
    for route in case.routes:
        for number, stop in enumerate(route.stops):
            if stop.job is not None:
                at.setdefault(stop.job, (route, number))
    for shipment in case.problem.shipments:
        pickup, delivery = JobId(f"{shipment.id}/pickup"), JobId(f"{shipment.id}/delivery")
        if delivery in case.done:
            continue
        first, last = at.get(pickup), at.get(delivery)
        if pickup in case.done:
            carrier = case.done[pickup][0]
            if last is not None and last[0].vehicle != carrier:
                text = f"shipment {shipment.id} is aboard {carrier}, but {last[0].vehicle} is to deliver it"
                yield violation(Rule.PAIR, text, route=last[0], job=delivery)
        elif first is None and last is not None:
            text = f"shipment {shipment.id} is delivered by {last[0].vehicle} but never picked up"
            yield violation(Rule.PAIR, text, route=last[0], job=delivery)
        elif first is not None and last is None:
            text = f"shipment {shipment.id} is picked up by {first[0].vehicle} but never delivered"
            yield violation(Rule.PAIR, text, route=first[0], job=pickup)
        elif first is not None and last is not None:
            if first[0].vehicle != last[0].vehicle:
                text = f"shipment {shipment.id}: {first[0].vehicle} picks up, {last[0].vehicle} delivers"
                yield violation(Rule.PAIR, text, route=last[0], job=delivery)
            elif first[1] > last[1]:
                text = f"shipment {shipment.id}: {first[0].vehicle} delivers before it picks up"
                yield violation(Rule.PAIR, text, route=last[0], job=delivery)


def judge_kept(case: Case) -> Iterator[Violation]:
    """Judge that what is done stays as it was done, and that who is under way to a stop stays so.

    A committed stop may be withdrawn (unassigned), because the road ahead may have shut; it may not go to
    another vehicle, nor wait behind other stops.
    """
    for job in case.absent:
        if job in case.done:
            yield violation(Rule.KEPT, f"job {job} is done, but called unassigned", job=job)
    for route in case.routes:
        yield from _judge_done(case, route)
        yield from _judge_committed(case, route)


def _judge_done(case: Case, route: Route) -> Iterator[Violation]:
    for stop in route.stops:
        if stop.job is None:
            continue
        by = case.done.get(stop.job)
        if by is None and stop.state is StopState.DONE:
            text = f"vehicle {route.vehicle}: job {stop.job} is called done, but nobody has reported it"
            yield violation(Rule.KEPT, text, route=route, job=stop.job)
        elif by is not None and by[0] != route.vehicle:
            text = f"job {stop.job} was done by {by[0]}, but stands in the route of {route.vehicle}"
            yield violation(Rule.KEPT, text, route=route, job=stop.job)
    if not case.has_progress(route):
        return
    visits = [visit.job for visit in case.progress_of(route).done]
    stood = [job for job in route.jobs if job in visits]
    if stood != [job for job in visits if job in stood]:
        text = (
            f"vehicle {route.vehicle}: done in the order {', '.join(visits)}, planned as {', '.join(stood)}"
        )
        yield violation(Rule.KEPT, text, route=route, job=stood[0])
    for stop in route.stops[: case.ran(route)]:
        if stop.job is not None and stop.job not in case.done:
            text = f"vehicle {route.vehicle}: job {stop.job} stands before a visit that is already done"
            yield violation(Rule.KEPT, text, route=route, job=stop.job)


def _judge_committed(case: Case, route: Route) -> Iterator[Violation]:
    for progress in case.problem.progress:
        for job in progress.committed:
            if progress.vehicle != route.vehicle and job in route.jobs:
                text = f"{progress.vehicle} is under way to job {job}, but {route.vehicle} is to do it"
                yield violation(Rule.KEPT, text, route=route, job=job)
    if not case.has_progress(route):
        return
    live = [stop.job for stop in case.live(route) if stop.job is not None]
    bound = [job for job in case.progress_of(route).committed if job in live]
    if live[: len(bound)] != bound:
        text = f"vehicle {route.vehicle} is under way to {', '.join(bound)}, but is to go to {live[0]} first"
        yield violation(Rule.KEPT, text, route=route, job=bound[0])

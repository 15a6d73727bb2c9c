"""TOGETHER, APART: which jobs may share a vehicle, and which have to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from vado.model.ids import VehicleId
from vado.model.jobs import Job
from vado.model.plan import Route, Rule, Violation
from vado.planning.check.case import Case, violation


def judge_together(case: Case) -> Iterator[Violation]:
    """Judge that what is still to be done of a group is done by one vehicle.

    Where some of it was done in this shift, that is a vehicle that did. What is unassigned parts nothing.
    """
    did: dict[str, dict[VehicleId, Job]] = defaultdict(dict)
    for vehicle, visit in case.done.values():
        job = case.known.get(visit.job)
        if job is not None and job.together:
            did[job.together].setdefault(vehicle, job)
    first: dict[str, tuple[Route, Job]] = {}
    for route in case.routes:
        for job in _ahead(case, route):
            if not job.together:
                continue
            begun = did.get(job.together, {})
            chosen, mate = first.setdefault(job.together, (route, job))
            if chosen.vehicle != route.vehicle:
                text = f"job {job.id} goes with {mate.id}, which {chosen.vehicle} does, not {route.vehicle}"
                yield violation(Rule.TOGETHER, text, route=route, job=job.id)
            elif begun and route.vehicle not in begun:
                by, mate = min(begun.items())
                text = f"job {job.id} goes with {mate.id}, done by {by}, not {route.vehicle}"
                yield violation(Rule.TOGETHER, text, route=route, job=job.id)


def judge_apart(case: Case) -> Iterator[Violation]:
    """Judge that nothing on a vehicle, done in this shift or ahead, is beside what it must be apart from.

    The halves of a shipment are one thing: what was picked up is delivered, whatever it is beside by now.
    """
    for route in case.routes:
        there: dict[str, set[str]] = defaultdict(set)
        for vehicle, visit in case.done.values():
            job = case.known.get(visit.job)
            if job is not None and vehicle == route.vehicle:
                _put(there, job)
        for job in _ahead(case, route):
            for word in sorted(job.apart):
                others = there[word] if (job.shipment or job.id) not in there[word] else ()
                for other in sorted(others)[:1]:
                    text = f"vehicle {route.vehicle} has {job.id} beside {other}; both keep apart by {word!r}"
                    yield violation(Rule.APART, text, route=route, job=job.id)
            _put(there, job)


def _put(there: dict[str, set[str]], job: Job) -> None:
    for word in job.apart:
        there[word].add(job.shipment or job.id)


def _ahead(case: Case, route: Route) -> Iterator[Job]:
    for stop in case.live(route):
        if stop.job is not None and stop.job in case.jobs:
            yield case.jobs[stop.job]

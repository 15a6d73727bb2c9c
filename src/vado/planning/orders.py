"""Put a clock to a plan that names none: drive each vehicle's jobs as ordered, and say what does not work.

In: a problem, drives, jobs in order by vehicle. Out: a `Draft` that the referee judges like any other, and
a violation for each job that had to be left out for the rest to be driven. Nothing is put in another order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job
from vado.model.plan import Draft, ReasonCode, Rule, Solver, Violation
from vado.model.problem import Problem
from vado.planning.clocked import Clocked
from vado.planning.keep import Outset, outsets
from vado.planning.schedule import drive
from vado.planning.trip import Fault, Trip, say_minutes
from vado.ports import Times

RULES = {
    ReasonCode.SKILL: Rule.SKILL,
    ReasonCode.NOT_ALLOWED: Rule.ALLOWED,
    ReasonCode.TOGETHER: Rule.TOGETHER,
    ReasonCode.APART: Rule.APART,
    ReasonCode.CAPACITY: Rule.CAPACITY,
    ReasonCode.TIME_WINDOW: Rule.WINDOW,
    ReasonCode.SHIFT: Rule.SHIFT,
    ReasonCode.RIDE: Rule.RIDE,
    ReasonCode.HOURS: Rule.HOURS,
    ReasonCode.LIMIT: Rule.LIMIT,
    ReasonCode.PARTNER: Rule.PAIR,
    ReasonCode.CUT_OFF: Rule.CLOSED,
    ReasonCode.NO_WAY_BACK: Rule.TRAPPED,
}


def drive_orders(
    problem: Problem, times: Times, orders: Mapping[VehicleId, Sequence[JobId]]
) -> tuple[Draft, tuple[Violation, ...]]:
    """Drive what is ordered, as soon as possible. Jobs that stand in no order are missing: no fault."""
    clocked = Clocked(problem, times)
    by_id = {job.id: job for job in problem.jobs}
    routes, faults, cost = [], list[Violation](), 0
    for outset in outsets(problem, None, clocked.measure):
        trip, found = _driven(outset, [by_id[name] for name in orders.get(outset.vehicle.id, ())], clocked)
        faults += found
        if trip is not None:
            routes.append(trip.route)
            cost += trip.cost
    placed = {name for route in routes for name in route.jobs}
    draft = Draft(
        routes=tuple(routes),
        missing=tuple(sorted(by_id.keys() - placed)),
        cost=cost,
        solver=Solver(
            name="given", version="", seed=0, solutions_max=0, seconds_max=0.0, solutions=0, stopped="read"
        ),
    )
    return draft, tuple(faults)


def _driven(outset: Outset, jobs: list[Job], clocked: Clocked) -> tuple[Trip | None, list[Violation]]:
    """Drive a sequence, leaving out what fails, with its other half, until the rest works."""
    faults: list[Violation] = []
    while jobs:
        found = drive(outset, jobs, clocked)
        if isinstance(found, Trip):
            return found, faults
        failing = jobs[min(found.at, len(jobs) - 1)]
        faults.append(_violation(outset, failing, found, by_matrix=clocked.by_matrix))
        jobs = [j for j in jobs if j.id != failing.id and (not j.half or j.shipment != failing.shipment)]
    return None, faults


def _violation(outset: Outset, job: Job, fault: Fault, *, by_matrix: bool) -> Violation:
    rule = RULES[fault.code]
    if by_matrix and rule is Rule.CLOSED:
        rule = Rule.PATH  # nothing is shut on a matrix: there is no way in it
    text = f"vehicle {outset.vehicle.id}, job {job.id}: {fault.text}{say_minutes(fault.over_s)}"
    return Violation(rule=rule, vehicle=outset.vehicle.id, job=job.id, text=text)

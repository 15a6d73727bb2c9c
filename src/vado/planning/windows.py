"""When a job can be served by a vehicle: its windows without the times at which its place is cut.

In: a job, a vehicle's outset, its access to the job's stop. Out: `Visit` spans, sorted. An interval in which
it cannot reach and leave the place is a hole in the job's windows. Knows nothing of other jobs.
"""

from __future__ import annotations

from dataclasses import dataclass

from vado.model.jobs import Job, Vehicle
from vado.model.problem import Problem
from vado.model.when import FOREVER_S, NEVER_S, Interval
from vado.planning.keep import Outset

OPEN = (Interval(NEVER_S, FOREVER_S),)


@dataclass(frozen=True, slots=True)
class Visit:
    """One chance: be there from `from_s` on, start from start_s to end_s (inclusive), be gone by leave_s."""

    from_s: int
    start_s: int
    end_s: int
    leave_s: int


def service_s(job: Job, vehicle: Vehicle) -> int:
    return dict(job.service_per_type).get(vehicle.type, job.service_s)


def setup_s(job: Job, vehicle: Vehicle) -> int:
    return dict(job.setup_per_type).get(vehicle.type, job.setup_s)


def stays(problem: Problem, outset: Outset, stop: int) -> tuple[Interval, ...]:
    """List when this vehicle may be at a stop.

    A vehicle that may end its shift anywhere need not get out again, one that begins anywhere need not have
    got in, and one that is caught has only its own way out: for these the exact drive is the judge alone.
    """
    if outset.end is None or outset.start is None or outset.caught:
        return OPEN
    access = problem.access_of(stop, outset.vehicle)
    return OPEN if access is None else access.stays


def visits(problem: Problem, outset: Outset, job: Job) -> tuple[Visit, ...]:
    """List the chances of a vehicle to serve a job, by when they begin; setup is not counted yet."""
    needed_s = service_s(job, outset.vehicle)
    found = []
    for window in job.windows:
        for stay in stays(problem, outset, problem.stop(job.location)):
            first = max(window.start_s, stay.start_s, outset.ready_s)
            last = min(window.end_s, stay.end_s - needed_s, outset.vehicle.shift.end_s - needed_s)
            if first <= last:
                found.append(Visit(stay.start_s, first, last, stay.end_s))
    return tuple(sorted(found, key=lambda visit: (visit.start_s, visit.end_s)))

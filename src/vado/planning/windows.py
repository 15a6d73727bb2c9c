"""When a job can be served by a vehicle: its windows without the times at which its place is cut.

In: a job, a vehicle's outset, its access to the job's stop. Out: `Visit` spans, sorted. An interval in which
it cannot reach and leave the place is a hole in the job's windows. Knows nothing of other jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vado.model.jobs import Job, Vehicle
from vado.model.problem import Problem
from vado.model.snapshot import Access
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

    A vehicle that may end its shift anywhere need not get out again, and one that begins anywhere need not
    have got in: for these the exact drive is the judge alone. One that is caught may be anywhere until its
    own way out opens, since it is shut in there too; from then on wherever there is a way out.
    """
    if outset.end is None or outset.start is None:
        return OPEN
    access = problem.access_of(stop, outset.vehicle)
    if access is None:
        return OPEN
    if not outset.caught:
        return access.stays
    here = problem.access_of(outset.start, outset.vehicle)
    free_s = None if here is None else next((o.start_s for o in _out(here) if o.end_s > problem.now_s), None)
    if free_s is None:
        return OPEN
    return _joined([Interval(NEVER_S, free_s), *_out(access)] if free_s > problem.now_s else _out(access))


def _out(access: Access) -> tuple[Interval, ...]:
    """List when a place has a way out, be there one in or not."""
    inside = [cut.interval for cut in access.cuts if cut.direction == "in"]
    return _joined([*access.stays, *inside])


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for interval in sorted(intervals, key=lambda one: one.start_s):
        if found and interval.start_s <= found[-1].end_s:
            found[-1] = Interval(found[-1].start_s, max(found[-1].end_s, interval.end_s))
        else:
            found.append(interval)
    return tuple(found)


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

"""What it costs to leave a job out: its prize, where it has one.

In: a job, the jobs that are open. Out: a price, or that there is none. A shipment has one prize for both
halves, counted at its pickup; what is aboard has none any more: it has to be taken off.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from vado.model.ids import JobId
from vado.model.jobs import Job
from vado.planning.clocked import Clocked
from vado.planning.insert import Tries
from vado.planning.schedule import drive
from vado.planning.trip import Trip


def prize_of(job: Job, open_jobs: Container[JobId]) -> int | None:
    """Give what leaving a job out costs beside the other half; None: it is served if anybody can."""
    if job.half == "delivery":
        return 0 if job.prize is not None and JobId(f"{job.shipment}/pickup") in open_jobs else None
    return job.prize


def shed(trip: Trip, clocked: Clocked, tries: Tries, open_jobs: Container[JobId], *, fixed: int = 0) -> Trip:
    """Leave out what costs more than it is worth, the worst first, until nothing does."""
    while True:
        best, gain = trip, 0
        for job in trip.jobs[fixed:]:
            prize = prize_of(job, open_jobs)
            if prize is None or job.half == "delivery":
                continue
            rest = _without(trip.jobs, job)
            if rest[:fixed] != trip.jobs[:fixed] or not tries.take():
                continue
            found = drive(trip.outset, rest, clocked)
            if isinstance(found, Trip) and trip.cost - found.cost - prize > gain:
                best, gain = found, trip.cost - found.cost - prize
        if best is trip:
            return trip
        trip = best


def _without(jobs: Sequence[Job], job: Job) -> tuple[Job, ...]:
    """Take a job out, and with a pickup its delivery."""
    return tuple(j for j in jobs if j.id != job.id and (not job.half or j.shipment != job.shipment))

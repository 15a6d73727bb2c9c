"""Try a job in every position of a sequence, on the clock. What finds room is taken, what does not is told.

In: a trip, a job (or both halves of a shipment). Out: the cheapest `Trip` with it, or the `Fault` of the try
that came nearest. `sooner` and `turned` choose among what costs the same. Bounded: `Tries` counts the
sequences driven. Knows nothing of the solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vado.model.jobs import Job
from vado.model.plan import ReasonCode
from vado.planning.clocked import Clocked
from vado.planning.keep import Outset
from vado.planning.schedule import drive
from vado.planning.trip import Fault, Trip

# What is told when several things bind: the one nearest to working comes first.
NEARNESS = (
    ReasonCode.SHIFT,
    ReasonCode.TIME_WINDOW,
    ReasonCode.RIDE,
    ReasonCode.HOURS,
    ReasonCode.LIMIT,
    ReasonCode.CAPACITY,
    ReasonCode.NO_WAY_BACK,
    ReasonCode.CUT_OFF,
    ReasonCode.PARTNER,
    ReasonCode.APART,
    ReasonCode.TOGETHER,
    ReasonCode.NOT_ALLOWED,
    ReasonCode.SKILL,
)


IDLE_S = 600  # waiting worth a look


@dataclass(slots=True)
class Tries:
    """How many sequences may still be driven."""

    left: int

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def insert(
    outset: Outset,
    jobs: Sequence[Job],
    more: Sequence[Job],
    clocked: Clocked,
    tries: Tries,
    *,
    fixed: int = 0,
) -> Trip | Fault | None:
    """Insert one job, or a pickup and its delivery, after the first `fixed` jobs; None: not all was tried."""
    best: Trip | None = None
    near: Fault | None = None
    complete = True
    for sequence in _sequences(tuple(jobs), tuple(more), fixed):
        if near is not None and near.code in (ReasonCode.SKILL, ReasonCode.NOT_ALLOWED):
            break  # no position changes that
        if not tries.take():
            complete = False
            break
        found = drive(outset, sequence, clocked)
        if isinstance(found, Trip):
            best = found if best is None or found.cost < best.cost else best
        elif near is None or _rank(found) < _rank(near):
            near = found
    return best or (near if complete else None)


def _rank(fault: Fault) -> tuple[int, int]:
    return NEARNESS.index(fault.code), fault.over_s


def _sequences(jobs: tuple[Job, ...], more: tuple[Job, ...], fixed: int) -> Iterator[tuple[Job, ...]]:
    if not more:
        yield jobs
        return
    for at in range(fixed, len(jobs) + 1):
        yield from _sequences((*jobs[:at], more[0], *jobs[at:]), more[1:], at + 1)


def sooner(trip: Trip, clocked: Clocked, tries: Tries, *, fixed: int = 0) -> Trip:
    """Do now what costs no more than later: a plan that is done sooner has more to spare when roads shut."""
    best, at = trip, fixed
    while at < len(best.jobs):
        better = None
        if _idle_s(best, at) >= IDLE_S:
            for later in range(at + 1, len(best.jobs)):
                if not tries.take():
                    return best
                rest = (*best.jobs[:later], *best.jobs[later + 1 :])
                found = drive(best.outset, (*rest[:at], best.jobs[later], *rest[at:]), clocked)
                if isinstance(found, Trip) and found.cost <= best.cost and _end_s(found) < _end_s(best):
                    better = found
                    break
        best, at = (better, at) if better is not None else (best, at + 1)
    return best


def turned(trip: Trip, clocked: Clocked, tries: Tries, *, fixed: int = 0) -> Trip:
    """Drive the other way round where that costs no more and serves sooner, taken all together."""
    other = (*trip.jobs[:fixed], *reversed(trip.jobs[fixed:]))
    if other == trip.jobs or not tries.take():
        return trip
    found = drive(trip.outset, other, clocked)
    return found if isinstance(found, Trip) and _rank_of(found) < _rank_of(trip) else trip


def _rank_of(trip: Trip) -> tuple[int, int, list[str]]:
    return trip.cost, sum(stop.start_s for stop in trip.stops if stop.job), [job.id for job in trip.jobs]


def _idle_s(trip: Trip, number: int) -> int:
    """Say how long is waited before a job: at its door, or at the start before leaving for it."""
    at = next(k for k, stop in enumerate(trip.stops) if stop.job == trip.jobs[number].id)
    stop, way = trip.stops[at], trip.ways[at]
    late_s = way.depart_s - trip.outset.ready_s if number == 0 else 0
    return stop.start_s - stop.arrival_s + max(0, late_s)


def _end_s(trip: Trip) -> int:
    return trip.stops[-1].arrival_s

"""Try a job in every position of a sequence, on the clock. What finds room is taken, what does not is told.

In: a trip, a job (or both halves of a shipment). Out: the cheapest `Trip` with it, or the `Fault` of the try
that came nearest. Bounded: `Tries` counts the sequences driven. Knows nothing of the solver.
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
    ReasonCode.LIMIT,
    ReasonCode.CAPACITY,
    ReasonCode.NO_WAY_BACK,
    ReasonCode.CUT_OFF,
    ReasonCode.PARTNER,
    ReasonCode.SKILL,
)


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
        if near is not None and near.code is ReasonCode.SKILL:
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

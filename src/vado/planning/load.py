"""What is aboard along a sequence of jobs, as in VROOM: what is still to be delivered, what was picked up.

In: what is aboard already, jobs in order, a capacity. Out: loads, or where and how they are too much.
"""

from __future__ import annotations

from collections.abc import Sequence

from vado.model.jobs import Amount, Job


def part(amount: Amount, dimension: int) -> int:
    """Read one dimension; what is not stated is nothing."""
    return amount[dimension] if dimension < len(amount) else 0


def dimensions(*amounts: Amount) -> int:
    return max((len(amount) for amount in amounts), default=0)


def loads(aboard: Amount, jobs: Sequence[Job]) -> tuple[Amount, ...]:
    """Give the load at the start and after each job."""
    size = dimensions(aboard, *(job.delivery for job in jobs), *(job.pickup for job in jobs))
    now = [part(aboard, k) + sum(part(job.delivery, k) for job in jobs if not job.half) for k in range(size)]
    found = [tuple(now)]
    for job in jobs:
        now = [now[k] - part(job.delivery, k) + part(job.pickup, k) for k in range(size)]
        found.append(tuple(now))
    return tuple(found)


def overload(aboard: Amount, jobs: Sequence[Job], capacity: Amount) -> tuple[int, str] | None:
    """Find the first job after which (or because of which, at the start) too much is aboard, and how much."""
    for number, load in enumerate(loads(aboard, jobs)):
        for k, amount in enumerate(load):
            if jobs and amount > part(capacity, k):
                text = f"would carry {amount} of at most {part(capacity, k)} (dimension {k})"
                return max(0, number - 1), text
    return None

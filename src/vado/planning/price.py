"""What ways cost, what it costs to move a job to another vehicle, and what to leave one out.

All in fractions of the caller's minor unit (`MONEY`), whole numbers, so that sums of many are exact. Knows
nothing of any solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vado.model.jobs import Costs, Job, Location
from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S
from vado.planning.day import Day

if TYPE_CHECKING:
    from vado.planning.model import Car, Model

MONEY = 10  # fractions of the caller's minor unit that arcs are counted in
PRIZES_MAX = 10**11  # what all prizes together count for at most: sums of penalties fit 64 bits
MOVED_S = 120  # what taking a job from its vehicle must save, in seconds of driving


def ways(seconds: I64, metres: I64, costs: Costs) -> I64:
    """Give what driving so long and so far costs."""
    return np.asarray(seconds * costs.per_hour * MONEY // 3600 + metres * costs.per_km * MONEY // 1000)


def way_costs(day: Day, costs: Costs) -> I64:
    """Give what ways between stops [stop, stop] cost; nothing where there is none."""
    known = day.slowest < NO_WAY_S
    return ways(np.where(known, day.slowest, 0), np.where(known, day.metres, 0), costs)


def moved(car: Car) -> int:
    """Say what it costs that a job of another vehicle comes to this one."""
    return max(1, MOVED_S * car.outset.vehicle.costs.per_hour * MONEY // 3600)


def penalties(
    jobs: Sequence[Job],
    cars: Sequence[Car],
    days: Sequence[Day],
    prizes: Sequence[int | None],
    kept: Mapping[int, int],
) -> tuple[int, ...]:
    """Say what it costs to leave a job out: its prize, or more than any detour it could save."""
    distinct = {(car.kind, car.outset.vehicle.costs): car for car in cars}
    dearest = max(
        (int(way_costs(days[kind], costs).max(initial=0)) + 1 for kind, costs in distinct), default=0
    )
    if kept:
        dearest += max((moved(car) for car in distinct.values()), default=0)
    dearest_car = max((car.fixed_cost for car in cars), default=0)
    # Jobs of one place and priority are as good to leave out: the first is kept. Left even, OR-Tools chose by
    # where its tables lie in memory, one in two, and the same input gave two plans. Jobs alone in their place
    # are priced as ever, and no priority gives way to the few units between the others.
    alike: dict[tuple[Location | None, int, int | None], int] = {}
    first = []
    for job, prize in zip(reversed(jobs), reversed(prizes), strict=True):
        like = (job.location, job.priority, prize)
        first.append(alike.get(like, 0))
        alike[like] = first[-1] + 1
    # No prize, nor all of them, is worth leaving out what has to be served.
    all_prizes = min(PRIZES_MAX, sum(prize or 0 for prize in prizes)) * MONEY
    detour = 2 * dearest + dearest_car + all_prizes + max(first, default=0) + 1
    return tuple(
        (detour * (1 + job.priority) if prize is None else prize * MONEY) + before
        for job, prize, before in zip(jobs, prizes, reversed(first), strict=True)
    )


def arc_costs(model: Model) -> list[I64]:
    """Give what arcs between nodes cost, by car; cars that find the same share one table."""
    shared: dict[tuple[int, Costs], I64] = {}
    found = []
    for number, car in enumerate(model.cars):
        key = (car.kind, car.outset.vehicle.costs)
        if key not in shared:
            shared[key] = _arcs(model, *key)
        arcs = shared[key]
        moving = [job for job, keeper in model.kept.items() if keeper != number]
        if moving:
            arcs = arcs.copy()
            arcs[:, moving] += moved(car)
        found.append(arcs)
    return found


def _arcs(model: Model, kind: int, costs: Costs) -> I64:
    known = model.seconds[kind] <= model.span_s
    arcs = ways(np.where(known, model.seconds[kind], 0), np.where(known, model.metres[kind], 0), costs)
    arcs[~known] = arcs.max(initial=0) + 1
    return arcs

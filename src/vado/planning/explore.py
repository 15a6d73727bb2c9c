"""Explore a model: its rules in the search's words, and the best routes that the search finds.

In: a `Model`, a budget, where to begin. Out: jobs by car. The search knows slots, windows by car, loads,
pairs, limits of jobs and duration; where a model has rules beyond that (`is_whole`), what is found is where
OR-Tools begins. Everything is driven on the clock afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vado.model.jobs import Amount, Costs
from vado.planning.day import Span
from vado.planning.load import part
from vado.planning.model import Model
from vado.planning.price import moved, way_costs
from vado.planning.search import SearchJob, SearchProblem, SearchVehicle, Standing, Tuning, search_in_parts
from vado.planning.search.problem import COST_MAX, PRICE_MAX, SECONDS_MAX, Routes

# Steps for each solution of the budget: so many, and more where there are more jobs.
STEPS_BASE = 50
JOBS_A_STEP = 4
# A plan in force is near its goal: cooler than a search that begins with nothing.
WARM = Tuning(hot=1.0)
COLD = Tuning()


@dataclass(frozen=True, slots=True)
class Explored:
    routes: Routes  # by car: jobs in order
    steps: int
    late: bool  # it was stopped by the clock


def explore(model: Model, first: Routes, *, steps: int, seed: int, is_late: Callable[[], bool]) -> Explored:
    """Search by a count above nought, so that the same is found again; `is_late` ends it sooner."""
    stopped = False

    def pace(standing: Standing) -> float:
        nonlocal stopped
        stopped = standing.steps < steps and is_late()
        return 1.0 if stopped else standing.steps / steps

    begun = first if any(first) else ()
    found = search_in_parts(asked(model), pace, seed=seed, first=begun, tuning=WARM if begun else COLD)
    return Explored(found.routes, found.steps, stopped)


def steps_of(model: Model, solutions: int) -> int:
    """Say how many steps a budget is."""
    return solutions * (STEPS_BASE + len(model.jobs) // JOBS_A_STEP)


def knows_groups(model: Model) -> bool:
    """Tell whether what is found can be driven at all: nothing must be kept together or apart."""
    return not (model.together or model.rivals)


def is_whole(model: Model) -> bool:
    """Tell whether the search knows every rule: not breaks, rides, groups, hours, nor sums of travel."""
    limited = any(
        car.rests or car.hours or car.travel_s is not None or car.metres is not None for car in model.cars
    )
    return knows_groups(model) and not model.rides and not limited


def asked(model: Model) -> SearchProblem:
    """Say a model in the search's words. Costs are made coarser where they would not fit."""
    tables: dict[tuple[int, Costs], int] = {}
    for car in model.cars:
        tables.setdefault((car.kind, car.outset.vehicle.costs), len(tables))
    costs = [way_costs(model.days[kind], own) for kind, own in tables]
    dearest = max([1, *(int(table.max(initial=0)) for table in costs), *(c.fixed_cost for c in model.cars)])
    coarse = -(-dearest // (COST_MAX // 4))
    partners = {delivery for _, delivery in model.pairs}
    return SearchProblem(
        jobs=tuple(_job(model, k, coarse, paired=k in partners) for k in range(len(model.jobs))),
        vehicles=tuple(_vehicle(model, v, tables, coarse) for v in range(len(model.cars))),
        seconds=tuple(day.slowest for day in model.days) or (np.zeros((1, 1), np.int64),),
        costs=tuple(table // coarse for table in costs),
        shipments=model.pairs,
        slots=tuple(tuple(_clip(slot) for slot in day.slots) for day in model.days),
        seconds_in=tuple(day.seconds for day in model.days),
        slower=_slower(model),
    )


def _job(model: Model, number: int, coarse: int, *, paired: bool) -> SearchJob:
    job, spans = model.jobs[number], model.spans[number]
    able = [v for v, own in enumerate(spans) if own]
    usual = Counter(spans[v] for v in able).most_common(1)[0][0] if able else ()
    kinds = range(len(model.days))
    # Of who is aboard already only the delivery is left: on board from the start until here, as a plain one.
    plain = not job.half or paired or number in model.bound
    return SearchJob(
        place=int(model.sites[number]),
        service_s=tuple(_service_s(model, kind, number) for kind in kinds) or 0,
        setup_s=tuple(_setup_s(model, kind, number) for kind in kinds) or 0,
        windows=tuple(_clip(span) for span in usual),
        windows_of={v: tuple(_clip(span) for span in spans[v]) for v in able if spans[v] != usual},
        delivery=job.delivery if plain else (),
        pickup=job.pickup,
        price=min(PRICE_MAX, model.penalty[number] // coarse),
        vehicles=None if len(able) == len(model.cars) else frozenset(able),
    )


def _vehicle(model: Model, number: int, tables: dict[tuple[int, Costs], int], coarse: int) -> SearchVehicle:
    car = model.cars[number]
    vehicle = car.outset.vehicle
    tax = moved(car) // coarse
    room, first = _rooms(model, number)
    return SearchVehicle(
        start=car.start,
        end=car.outset.end,
        site=car.site,
        open_s=min(max(0, car.ready_s), SECONDS_MAX),
        shut_s=min(max(0, car.ready_s, car.end_s), SECONDS_MAX),
        capacity=room,
        deliver_max=first if first != room else None,
        profile=car.kind,
        costs=tables[car.kind, vehicle.costs],
        jobs_max=None if car.tasks is None else max(0, car.tasks),
        fixed_cost=car.fixed_cost // coarse,
        duration_s_max=car.duration_s,
        taxes={job: tax for job, keeper in model.kept.items() if keeper != number},
    )


def _rooms(model: Model, number: int) -> tuple[Amount, Amount]:
    """Give the room there is beside what stays aboard, and how much of it can still be loaded at first.

    What is bound to be delivered is aboard already and counts as a delivery of its own in the search.
    """
    car = model.cars[number]
    mine = [model.jobs[job] for job, keeper in model.bound.items() if keeper == number]
    room, first = [], []
    for k in range(model.dimensions):
        capacity = part(car.outset.vehicle.capacity, k)
        aboard, spare = car.room[k] if k < len(car.room) else (0, capacity)
        bound = sum(part(job.delivery, k) for job in mine)
        room.append(max(0, min(COST_MAX, capacity - aboard + bound)))
        first.append(max(0, min(COST_MAX, spare + bound)))
    return tuple(room), tuple(first)


def _service_s(model: Model, kind: int, number: int) -> int:
    return int(model.work[kind][number, -1])


def _setup_s(model: Model, kind: int, number: int) -> int:
    """Give the setup that is due for who comes from elsewhere."""
    column = model.work[kind][:, number] - model.work[kind][:, -1]
    return int(column.max())


def _slower(model: Model) -> dict[tuple[int, int], int]:
    """Say what was learnt of arcs between jobs, and of the first and the last of single cars."""
    n, m = len(model.jobs), len(model.cars)

    def end(node: int) -> int:
        return node if node < n else -1 - (node - n) % m

    found = {(end(a), end(b)): seconds for (a, b), seconds in model.slower.items()}
    return found | {(end(a), end(b)): SECONDS_MAX + 1 for a, b in model.forbidden}


def _clip(span: Span) -> Span:
    return min(span[0], SECONDS_MAX), min(span[1], SECONDS_MAX)

"""Search a large problem in parts: jobs and routes that lie together, then others, with other borders.

In: a `SearchProblem` of any size. Out: `Found`, as of `search`. Memory grows with the square of a part, not
of the problem. Parts of a round do not know of each other, so that the caller may have them searched side by
side (`each`); by count the routes are the same whoever does it. Knows no clock and no coordinates: what lies
together is told by the first table of seconds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.planning.search._start import kept
from vado.planning.search.problem import SECONDS_MAX, End, Routes, SearchJob, SearchProblem, SearchVehicle
from vado.planning.search.search import TUNING, Found, Pace, Standing, Tuning, search

I64 = npt.NDArray[np.int64]
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]  # as `map`, of this or of a pool

_Item = tuple[list[int], int | None]  # jobs that stay together, and whose route they are

PART_JOBS = 400  # at most in a part: small ones stay in the cache of a core
WHOLE_JOBS = 1_000  # at most in a problem that is not divided
ROUNDS = 6  # of which a budget holds three, after the long one
PROBE_STEPS = 20  # a job, in a round that tells how long steps take
STEPS_MAX = 3_000  # a job, in one round
COST_NONE = (1 << 63) - 1  # of a plan before there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is searched by itself, numbered as in the whole problem."""

    jobs: tuple[int, ...]
    vehicles: tuple[int, ...]
    steps: int
    tuning: Tuning
    seed: int


def search_in_parts(
    problem: SearchProblem,
    pace: Pace,
    *,
    seed: int = 1,
    first: Routes = (),
    tuning: Tuning = TUNING,
    part_jobs: int = PART_JOBS,
    whole_jobs: int = WHOLE_JOBS,
    each: Each = map,
) -> Found:
    """Search until `pace` says 1.0; problems of no more than `whole_jobs` jobs are searched whole.

    Cost and jobs told to `pace` are those of the last round that has ended, and until one ends the steps are
    those of the part that asks: a count is passed by one round at most.
    """
    if len(problem.jobs) <= whole_jobs or len(problem.vehicles) < 2:
        return search(problem, pace, seed=seed, first=first, tuning=tuning)
    rng = random.Random(seed)
    routes = [tuple(route) for route in kept(problem, first)]
    routes += [()] * (len(problem.vehicles) - len(routes))
    done = number = 0
    standing = Standing(steps=0, cost=COST_NONE, best=COST_NONE, idle=len(problem.jobs))
    share = pace(standing)
    while share < 1:
        a_job, hot = _round(tuning, number, share, done / len(problem.jobs))
        parts = [
            _Part(jobs=jobs, vehicles=vehicles, steps=a_job * len(jobs) + 1,
                  tuning=replace(tuning, hot=hot, again=0), seed=rng.randrange(1 << 30))
            for jobs, vehicles in _parts(problem, routes, part_jobs, rng)
        ]  # fmt: skip
        searched = list(each(partial(_searched, problem, tuple(routes), pace, standing), parts))
        cost = 0
        for part, found in zip(parts, searched, strict=True):
            done += found.steps
            cost += found.cost
            for v, route in zip(part.vehicles, found.routes, strict=True):
                routes[v] = tuple(part.jobs[job] for job in route)
        idle = len(problem.jobs) - sum(map(len, routes))
        standing = Standing(steps=done, cost=cost, best=cost, idle=idle)
        share, number = pace(standing), number + 1
    served = {job for route in routes for job in route}
    return Found(
        routes=tuple(routes),
        unassigned=tuple(job for job in range(len(problem.jobs)) if job not in served),
        cost=standing.cost,
        steps=done,
    )


def _round(tuning: Tuning, number: int, share: float, done: float) -> tuple[int, float]:
    """Give steps a job and first temperature of a round; `done`: steps a job until now.

    The first builds, so that there is a plan of everything soon; the second is short, and tells how many
    steps the budget has; the third cools from hot with half of them; the others shake what has new borders.
    """
    if number < 2:
        return number * PROBE_STEPS, tuning.warm
    left = (1 - share) / share * done if share > 0 else 0.0
    cooling = number == 2
    steps = left / 2 if cooling else (done + left) / ROUNDS
    return int(min(max(steps, PROBE_STEPS), STEPS_MAX)), tuning.hot if cooling else tuning.warm


def _searched(problem: SearchProblem, routes: Routes, pace: Pace, whole: Standing, part: _Part) -> Found:
    own = {job: number for number, job in enumerate(part.jobs)}

    def paced(standing: Standing) -> float:
        overall = pace(replace(whole, steps=whole.steps + standing.steps))
        # Nothing at all is worse than late: the first step, which builds, is always done.
        return 1.0 if overall >= 1 and standing.steps else standing.steps / part.steps

    first = tuple(tuple(own[job] for job in routes[v]) for v in part.vehicles)
    return search(_cut(problem, part), paced, seed=part.seed, first=first, tuning=part.tuning)


def _cut(problem: SearchProblem, part: _Part) -> SearchProblem:
    """Make a problem of a part; its tables hold only the places it needs."""
    jobs = {job: number for number, job in enumerate(part.jobs)}
    cars = {v: number for number, v in enumerate(part.vehicles)}
    chosen = [problem.vehicles[v] for v in part.vehicles]
    ends = {place for v in chosen for place in (v.start, v.end, v.site) if place is not None}
    places = sorted(ends | {problem.jobs[job].place for job in part.jobs})
    place_of = {place: number for number, place in enumerate(places)}
    cells = np.ix_(places, places)

    def job_of(job: SearchJob) -> SearchJob:
        may = job.vehicles
        own = None if may is None else frozenset(cars[v] for v in may if v in cars)
        hours = {cars[v]: windows for v, windows in job.windows_of.items() if v in cars}
        return replace(job, place=place_of[job.place], vehicles=own, windows_of=hours)

    def vehicle_of(vehicle: SearchVehicle) -> SearchVehicle:
        taxes = {jobs[job]: cost for job, cost in vehicle.taxes.items() if job in jobs}
        start, end, site = (
            None if place is None else place_of[place] for place in (vehicle.start, vehicle.end, vehicle.site)
        )
        return replace(vehicle, start=start, end=end, site=site, taxes=taxes)

    def end_of(end: End) -> End | None:
        return jobs.get(end) if end >= 0 else -1 - cars[-1 - end] if -1 - end in cars else None

    learnt = ((end_of(a), end_of(b), seconds) for (a, b), seconds in problem.slower.items())

    return replace(
        problem,
        jobs=tuple(job_of(problem.jobs[job]) for job in part.jobs),
        vehicles=tuple(map(vehicle_of, chosen)),
        seconds=tuple(table[cells] for table in problem.seconds),
        metres=tuple(table[cells] for table in problem.metres),
        costs=tuple(table[cells] for table in problem.costs),
        seconds_in=tuple(table[:, places][:, :, places] for table in problem.seconds_in),
        slower={(a, b): seconds for a, b, seconds in learnt if a is not None and b is not None},
        shipments=tuple((jobs[a], jobs[b]) for a, b in problem.shipments if a in jobs),
    )


def _parts(
    problem: SearchProblem, routes: Sequence[tuple[int, ...]], part_jobs: int, rng: random.Random
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Give parts as jobs and vehicles: routes that lie together, and idle jobs with what is near them."""
    held: dict[int, list[int]] = {v: list(route) for v, route in enumerate(routes) if route}
    loose: list[list[int]] = []
    served = {job for route in routes for job in route}
    mate = dict(problem.shipments)
    second = set(mate.values())
    for number, job in enumerate(problem.jobs):
        if number in served or number in second:
            continue
        whole = [number, mate[number]] if number in mate else [number]
        if job.vehicles:  # with one of those that may do it, another one in each round
            held.setdefault(rng.choice(sorted(job.vehicles)), []).extend(whole)
        else:
            loose.append(whole)
    items: list[_Item] = [
        *((jobs, v) for v, jobs in held.items()),
        *((j, None) for j in loose),
    ]
    groups = list(_divided(problem, items, part_jobs, rng))
    cars = [[v for _, v in group if v is not None] for group in groups]
    _deal(problem, groups, cars, [v for v in range(len(routes)) if v not in held])
    for group, own in zip(groups, cars, strict=True):
        yield tuple(sorted(job for jobs, _ in group for job in jobs)), tuple(sorted(own))


def _divided(
    problem: SearchProblem, items: list[_Item], part_jobs: int, rng: random.Random
) -> Iterator[list[_Item]]:
    """Halve by which of two far ends is nearer, until no more than `part_jobs` are together."""
    sizes = np.array([len(jobs) for jobs, _ in items])
    if sizes.sum() <= part_jobs or len(items) < 2:
        yield items
        return
    table = problem.seconds[0]
    places = np.array([problem.jobs[job].place for jobs, _ in items for job in jobs])
    begin = places[rng.randrange(len(places))]
    one = places[_reach(table[begin, places]).argmax()]
    other = places[_reach(table[one, places]).argmax()]
    nearer = _reach(table[one, places]) - _reach(table[other, places])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    order = np.argsort(np.add.reduceat(nearer, starts) / sizes, kind="stable")
    half = int(np.searchsorted(np.cumsum(sizes[order]), sizes.sum() / 2))
    half = min(max(half, 1), len(items) - 1)
    yield from _divided(problem, [items[k] for k in order[:half]], part_jobs, rng)
    yield from _divided(problem, [items[k] for k in order[half:]], part_jobs, rng)


def _reach(seconds: I64) -> I64:
    """Give distances; no way is far, not so far that it outweighs all others."""
    known = seconds[seconds <= SECONDS_MAX]
    return np.minimum(seconds, 2 * int(known.max(initial=1)))


def _deal(
    problem: SearchProblem,
    groups: Sequence[Sequence[_Item]],
    cars: Sequence[list[int]],
    unused: Sequence[int],
) -> None:
    """Deal out the vehicles without jobs: to where most jobs come on one, the nearest."""
    left = np.array(unused, np.int64)
    starts = np.array([_start(problem.vehicles[v]) for v in unused], np.int64)
    sizes = [sum(len(jobs) for jobs, _ in group) for group in groups]
    middle = [problem.jobs[group[len(group) // 2][0][0]].place for group in groups]
    while len(left):
        k = max(range(len(groups)), key=lambda k: sizes[k] / (len(cars[k]) + 0.5))
        away = np.where(starts < 0, 0, problem.seconds[0][starts, middle[k]])
        at = int(away.argmin())
        cars[k].append(int(left[at]))
        left, starts = np.delete(left, at), np.delete(starts, at)


def _start(vehicle: SearchVehicle) -> int:
    place = vehicle.end if vehicle.start is None else vehicle.start
    return -1 if place is None else place

"""Whatever is asked: what is found keeps every rule, costs what it says, and is found again by count."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.vrp_check import judge
from vado.errors import ProblemError
from vado.planning.search import (
    Found,
    SearchJob,
    SearchProblem,
    SearchVehicle,
    Standing,
    Tuning,
    by_count,
    search,
    search_in_parts,
)
from vado.planning.search.problem import PRICE_MAX

STEPS = 400
seeds = st.integers(0, 2**32)


def examples(count: int) -> settings:
    return settings(max_examples=count, deadline=None, derandomize=True, print_blob=False)


def drawn(seed: int, *, jobs_max: int = 14, must: bool = False) -> SearchProblem:
    """Draw a problem with everything: windows, loads, skills, shipments, unlike vehicles, open ends."""
    rng = random.Random(seed)
    places = rng.randint(2, 12)
    profiles = rng.randint(1, 2)
    dims = rng.randint(0, 2)
    seconds = tuple(_table(rng, places) for _ in range(profiles))
    metres = tuple(np.minimum(_table(rng, places), 600) for _ in range(profiles))
    count = rng.randint(0, jobs_max)
    fleet = rng.randint(1, 5)
    vehicles = [_vehicle(rng, places, profiles, dims, count) for _ in range(fleet)]
    if rng.random() < 0.5:
        vehicles = [vehicles[0]] * fleet
    jobs = [_job(rng, places, dims, fleet, must=must) for _ in range(count)]
    shipments = []
    if rng.random() < 0.6:
        for first in range(0, count - 1, rng.randint(2, 4)):
            amount = tuple(rng.randint(0, 5) for _ in range(dims))
            jobs[first] = replace(jobs[first], pickup=amount, delivery=())
            jobs[first + 1] = replace(jobs[first + 1], pickup=(), delivery=amount)
            shipments.append((first, first + 1))
    asked = SearchProblem(
        jobs=tuple(jobs), vehicles=tuple(vehicles), seconds=seconds, metres=metres, shipments=tuple(shipments)
    )
    return asked if rng.random() < 0.4 else _of_the_day(rng, asked)


def _of_the_day(rng: random.Random, asked: SearchProblem) -> SearchProblem:
    """Add what a day on real roads has: slots, setups, hours of single vehicles, limits, what was learnt."""
    places, fleet, profiles = asked.places, len(asked.vehicles), len(asked.seconds)
    jobs = tuple(
        replace(
            job,
            setup_s=rng.choice((0, 0, 60)),
            service_s=tuple(rng.randint(0, 200) for _ in range(profiles)),
            windows_of={v: ((rng.randint(0, 2000), rng.randint(2000, 5000)),) for v in range(fleet)
                        if rng.random() < 0.3},
        )
        for job in asked.jobs
    )  # fmt: skip
    vehicles = tuple(
        replace(v, jobs_max=rng.choice((None, None, 3)), site=rng.choice((None, rng.randrange(places))),
                costs=rng.choice((None, 0)),
                deliver_max=rng.choice((None, tuple(rng.randint(0, 20) for _ in range(asked.dimensions)))))
        for v in asked.vehicles
    )  # fmt: skip
    costs = (_table(rng, places) % 1000,)
    numbers = [*range(len(jobs)), *(-1 - v for v in range(fleet))]
    slower = {(rng.choice(numbers), rng.choice(numbers)): 1 << 31 for _ in range(rng.randint(0, 4))}
    asked = replace(asked, jobs=jobs, vehicles=vehicles, costs=costs, slower=slower)
    if rng.random() < 0.3:
        return asked
    slots = []
    for _ in range(profiles):
        edges = [0, *sorted(rng.sample(range(100, 6000), rng.randint(1, 4))), 30_000]
        slots.append(tuple((a, b - rng.choice((0, 1))) for a, b in pairwise(edges)))
    tables = [_by_slot(rng, table, len(own)) for table, own in zip(asked.seconds, slots, strict=True)]
    return replace(asked, slots=tuple(slots), seconds_in=tuple(tables))


def _by_slot(rng: random.Random, table: np.ndarray, count: int) -> np.ndarray:
    """Let a few pairs be slower, or without a way, in some slots."""
    found = np.repeat(np.minimum(table, 1 << 30)[None], count, axis=0).astype(np.int32)
    for _ in range(rng.randint(0, 3 * len(table))):
        slot, a, b = rng.randrange(count), rng.randrange(len(table)), rng.randrange(len(table))
        if a != b:
            found[slot, a, b] = rng.choice((1 << 30, rng.randint(0, 2000)))
    return found


def of_one_vehicle(problem: SearchProblem) -> SearchProblem:
    """Leave only the first vehicle, and what is said of it."""
    jobs = tuple(
        replace(job, windows_of={v: own for v, own in job.windows_of.items() if v == 0})
        for job in problem.jobs
    )
    slower = {pair: s for pair, s in problem.slower.items() if min(pair) >= -1}
    return replace(problem, jobs=jobs, vehicles=problem.vehicles[:1], slower=slower)


def _table(rng: random.Random, places: int) -> np.ndarray:
    """Draw travel: not symmetric, the direct way not always the quickest, some pairs without a way."""
    table = np.array([[rng.randint(0, 600) for _ in range(places)] for _ in range(places)], np.int64)
    for _ in range(rng.randint(0, places)):
        table[rng.randrange(places), rng.randrange(places)] = 1 << 31
    np.fill_diagonal(table, 0)
    return table


def _windows(rng: random.Random) -> tuple[tuple[int, int], ...]:
    found = []
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        low = rng.randint(0, 4000)
        found.append((low, low + rng.randint(0, 2000)))
    return tuple(found)


def _job(rng: random.Random, places: int, dims: int, fleet: int, *, must: bool) -> SearchJob:
    own = frozenset(v for v in range(fleet) if rng.random() < 0.7)
    return SearchJob(
        place=rng.randrange(places),
        service_s=rng.randint(0, 200),
        windows=_windows(rng),
        delivery=tuple(rng.randint(0, 6) for _ in range(dims)),
        pickup=tuple(rng.choice((0, 0, 3)) for _ in range(dims)),
        price=None if must or rng.random() < 0.7 else rng.randint(0, 3000),
        vehicles=None if rng.random() < 0.7 else own,
    )


def _vehicle(rng: random.Random, places: int, profiles: int, dims: int, jobs: int) -> SearchVehicle:
    return SearchVehicle(
        start=rng.choice((None, rng.randrange(places), rng.randrange(places))),
        end=rng.choice((None, rng.randrange(places), rng.randrange(places))),
        open_s=rng.choice((0, 500)),
        shut_s=rng.choice((3000, 6000, 20_000)),
        capacity=tuple(rng.randint(5, 30) for _ in range(dims)),
        profile=rng.randrange(profiles),
        fixed_cost=rng.choice((0, 0, 400)),
        second_cost=rng.randint(0, 3),
        metre_cost=rng.randint(0, 2),
        duration_s_max=rng.choice((None, None, 1500, 4000)),
        taxes={rng.randrange(jobs): rng.randint(0, 500) for _ in range(rng.randint(0, 3))} if jobs else {},
    )


def assert_sound(problem: SearchProblem, found: Found) -> None:
    """Assert that every rule is kept, every job is somewhere, and the cost is what the referee says."""
    faults, cost = judge(problem, found.routes)
    assert faults == []
    served = [job for route in found.routes for job in route]
    assert sorted([*served, *found.unassigned]) == list(range(len(problem.jobs)))
    left = prices(problem, found.unassigned)
    if left is not None:
        assert found.cost == cost + left


def prices(problem: SearchProblem, unassigned: tuple[int, ...]) -> int | None:
    """Add the prices of what is left out; None where something was that must not be."""
    found = [problem.jobs[job].price for job in unassigned]
    return None if any(price is None for price in found) else sum(price or 0 for price in found)


@given(seeds, st.integers(0, 1000))
@examples(100)
def test_a_found_plan_keeps_every_rule_and_costs_what_it_says(seed: int, search_seed: int) -> None:
    problem = drawn(seed)
    found = search(problem, by_count(STEPS), seed=search_seed)
    assert_sound(problem, found)


@given(seeds)
@examples(25)
def test_by_count_the_same_is_found_again(seed: int) -> None:
    problem = drawn(seed)
    once = search(problem, by_count(STEPS), seed=seed % 97)
    assert search(problem, by_count(STEPS), seed=seed % 97) == once
    assert once.steps >= STEPS or not problem.jobs


@given(seeds)
@examples(40)
def test_what_must_be_served_is_left_out_only_where_no_vehicle_has_room_for_it(seed: int) -> None:
    """Of one vehicle and few jobs every order is tried: where all fit, all are served."""
    problem = drawn(seed, jobs_max=5, must=True)
    problem = of_one_vehicle(problem)
    found = search(problem, by_count(STEPS))
    whole = tuple(range(len(problem.jobs)))
    if any(not judge(problem, (order,))[0] for order in permutations(whole)):
        assert found.unassigned == ()
    elif whole:
        assert found.unassigned


@given(seeds)
@examples(40)
def test_of_few_jobs_the_cheapest_order_is_found(seed: int) -> None:
    problem = drawn(seed, jobs_max=5, must=True)
    problem = of_one_vehicle(problem)
    found = search(problem, by_count(2000))
    judged = [judge(problem, (order,)) for order in permutations(range(len(problem.jobs)))]
    costs = [cost for faults, cost in judged if not faults]
    if costs:
        assert found.cost == min(costs)


@given(seeds, seeds)
@examples(40)
def test_a_given_start_is_kept_where_it_can_be_and_never_made_worse(seed: int, other: int) -> None:
    problem = drawn(seed)
    before = search(problem, by_count(STEPS), seed=other % 97)
    assert search(problem, by_count(0), first=before.routes).cost == before.cost
    assert search(problem, by_count(STEPS), first=before.routes).cost <= before.cost
    # A start that breaks rules: everything on one vehicle, mates in any order.
    wild = (tuple(range(len(problem.jobs))),)
    found = search(problem, by_count(STEPS), first=wild)
    assert judge(problem, found.routes)[0] == []


@given(seeds)
@examples(15)
def test_longer_searches_of_other_tunings_keep_the_rules(seed: int) -> None:
    problem = drawn(seed, jobs_max=30)
    wild = (
        Tuning(mean_cut=30.0, string_max=20, blink=0.3),
        Tuning(hot=50.0, deeper=0.9, tries=2),
        Tuning(again_steps=2, chunk=10, closing=0.5),
    )
    for tuning in wild:
        found = search(problem, by_count(STEPS), tuning=tuning)
        assert judge(problem, found.routes)[0] == []


@given(seeds)
@examples(25)
def test_cooling_again_with_a_line_less_loses_nothing_that_was_found(seed: int) -> None:
    problem = drawn(seed, jobs_max=20)
    seen: list[int] = []

    def pace(standing: Standing) -> float:
        seen.append(standing.best)
        return standing.steps / 600

    found = search(problem, pace, tuning=Tuning(again_steps=1, chunk=10))
    if seen:
        assert found.cost == min(seen)
        assert all(after <= before for before, after in pairwise(seen))
    left = prices(problem, found.unassigned)
    faults, cost = judge(problem, found.routes)
    assert faults == []
    if left is not None:
        assert found.cost == cost + left


@given(seeds)
@examples(30)
def test_in_parts_the_rules_are_kept_and_the_same_is_found_however_work_is_shared(seed: int) -> None:
    problem, small = drawn(seed, jobs_max=40), {"part_jobs": 6, "whole_jobs": 8}
    found = search_in_parts(problem, by_count(STEPS), seed=seed % 97, **small)
    assert_sound(problem, found)
    with ThreadPoolExecutor(2) as pool:
        shared = search_in_parts(problem, by_count(STEPS), seed=seed % 97, each=pool.map, **small)
    assert shared == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"jobs": (SearchJob(place=9),)},
        {"jobs": (SearchJob(place=0, windows=((5, 4),)),)},
        {"jobs": (SearchJob(place=0, price=PRICE_MAX + 1),)},
        {"jobs": (SearchJob(place=0),), "shipments": ((0, 0),)},
        {"jobs": (SearchJob(place=0),), "shipments": ((0, 1),)},
        {"jobs": (SearchJob(place=0, pickup=(1,)), SearchJob(place=1)), "shipments": ((0, 1),)},
        {"vehicles": (SearchVehicle(start=7),)},
        {"vehicles": (SearchVehicle(profile=1),)},
        {"vehicles": (SearchVehicle(open_s=5, shut_s=4),)},
        {"vehicles": (SearchVehicle(metre_cost=1),)},
        {"seconds": (np.zeros((2, 3), np.int64),)},
        {"seconds": (np.full((2, 2), -1, np.int64),)},
        {"seconds": ()},
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    about: dict[str, object] = {
        "jobs": (), "vehicles": (SearchVehicle(start=0, end=0),), "seconds": (np.zeros((2, 2), np.int64),)
    }  # fmt: skip
    with pytest.raises(ProblemError):
        SearchProblem(**{**about, **wrong})  # type: ignore[arg-type]


def test_no_vehicle_serves_nothing_and_no_job_needs_no_vehicle() -> None:
    table = np.zeros((2, 2), np.int64)
    alone = SearchProblem(jobs=(SearchJob(place=1),), vehicles=(), seconds=(table,))
    nobody = search(alone, by_count(STEPS))
    assert (nobody.routes, nobody.unassigned) == ((), (0,))
    empty = SearchProblem(jobs=(), vehicles=(SearchVehicle(start=0),), seconds=(table,))
    idle = search(empty, by_count(STEPS))
    assert (idle.routes, idle.unassigned, idle.cost) == (((),), (), 0)

"""Small drawn cases of the search: what a person can check by looking."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from vado.planning.search import (
    SearchJob,
    SearchProblem,
    SearchVehicle,
    Standing,
    Tuning,
    by_count,
    search,
)

LINE = np.abs(np.subtract.outer(np.arange(10), np.arange(10))).astype(np.int64) * 100  # places along a road


def one(**more: object) -> SearchVehicle:
    return SearchVehicle(**{"start": 0, "end": 0, **more})  # type: ignore[arg-type]


def plan(
    jobs: list[SearchJob], *vehicles: SearchVehicle, shipments: tuple[tuple[int, int], ...] = ()
) -> object:
    problem = SearchProblem(
        jobs=tuple(jobs), vehicles=vehicles, seconds=(LINE,), metres=(LINE,), shipments=shipments
    )
    found = search(problem, by_count(500))
    return found.routes, found.unassigned, found.cost


def test_there_and_back_along_a_road() -> None:
    assert plan([SearchJob(place=p) for p in (3, 1, 2)], one())[2] == 600


def test_an_open_end_is_where_the_last_job_is() -> None:
    routes, _, cost = plan([SearchJob(place=p) for p in (3, 1, 2)], one(end=None))
    assert (routes, cost) == (((1, 2, 0),), 300)


def test_windows_say_the_order_and_the_second_window_will_do() -> None:
    jobs = [SearchJob(place=1, windows=((0, 50), (900, 1000))), SearchJob(place=5, windows=((500, 500),))]
    assert plan(jobs, one()) == (((1, 0),), (), 1000)


def test_what_is_worth_less_than_the_way_to_it_is_left_out() -> None:
    jobs = [SearchJob(place=9, price=1500), SearchJob(place=1, price=300)]
    assert plan(jobs, one()) == (((1,),), (0,), 200 + 1500)


def test_what_is_picked_up_is_delivered_by_the_same_vehicle_and_never_more_than_fits() -> None:
    jobs = [SearchJob(place=p, pickup=(1,)) for p in (1, 2)] + [
        SearchJob(place=p, delivery=(1,)) for p in (3, 4)
    ]
    routes, _, cost = plan(jobs, one(capacity=(1,)), shipments=((0, 2), (1, 3)))
    assert routes == ((0, 2, 1, 3),)
    assert cost == 100 + 200 + 100 + 200 + 400
    assert plan(jobs, one(capacity=(2,)), shipments=((0, 2), (1, 3)))[2] == 800


def test_a_load_of_two_dimensions_is_shared_between_vehicles() -> None:
    jobs = [
        SearchJob(place=1, delivery=(3, 0)),
        SearchJob(place=1, delivery=(0, 3)),
        SearchJob(place=1, pickup=(3, 3)),
    ]
    routes, unassigned, _ = plan(jobs, one(capacity=(3, 3)))
    assert unassigned == ()
    assert routes[0][-1] == 2, "there is room only once both are delivered"


def test_a_short_day_is_kept_by_leaving_later() -> None:
    """From the place to the window is 100 s, and the day that lasts 250 s may begin at any time."""
    jobs = [SearchJob(place=1, windows=((5000, 5000),), service_s=40)]
    assert plan(jobs, one(duration_s_max=250))[1] == ()
    assert plan(jobs, one(duration_s_max=230))[1] == (0,)


def test_the_cheaper_of_unlike_vehicles_drives_and_who_may_not_does_not() -> None:
    dear, cheap = one(second_cost=3), one(second_cost=1, metre_cost=1, fixed_cost=50)
    assert plan([SearchJob(place=1)], dear, cheap) == (((), (0,)), (), 450)
    assert plan([SearchJob(place=1, vehicles=frozenset({0}))], dear, cheap) == (((0,), ()), (), 600)
    assert plan([SearchJob(place=1)], dear, one(taxes={0: 500})) == (((0,), ()), (), 600)


def test_progress_is_told_and_the_best_only_falls() -> None:
    seen: list[Standing] = []

    def pace(standing: Standing) -> float:
        seen.append(standing)
        return standing.steps / 2000

    jobs = tuple(SearchJob(place=p % 10) for p in range(30))
    search(SearchProblem(jobs=jobs, vehicles=(one(),) * 3, seconds=(LINE,)), pace)
    assert len(seen) > 5
    assert all(after.best <= before.best for before, after in pairwise(seen))


def test_a_line_too_many_is_given_up_though_no_string_reaches_that_far() -> None:
    """Two villages far off, a vehicle for each; one for both is cheaper, a job moved by itself is dearer."""
    table = np.array([[0, 1000, 1000], [1000, 0, 500], [1000, 500, 0]], np.int64)
    jobs = tuple(SearchJob(place=1 + k // 6) for k in range(12))
    problem = SearchProblem(jobs=jobs, vehicles=(one(),) * 2, seconds=(table,))
    apart = tuple(range(6)), tuple(range(6, 12))
    small = {"mean_cut": 2.0, "string_max": 2, "opening": 0.0, "hot": 0.01, "warm": 0.01, "cold": 0.01}
    stays = search(problem, by_count(600), first=apart, tuning=Tuning(**small, closing=0.0, again=0))
    assert stays.cost == 4000
    once = search(problem, by_count(600), first=apart, tuning=Tuning(**small, closing=0.05, again=0))
    assert once.cost == 2500
    again = search(problem, by_count(600), first=apart, tuning=Tuning(**small, closing=0.0, again_steps=10))
    assert again.cost == 2500

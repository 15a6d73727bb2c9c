"""Retreat, difference, and travel from a caller's matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blank_roads import SNAPSHOT
from given_problems import at, job, line, place, plan, problem, vehicle
from vado.errors import BugError
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Done, Progress
from vado.model.plan import Plan, Rule, Verdict, Violation
from vado.model.snapshot import NO_WAY_S, Travel
from vado.planning import check
from vado.planning.difference import difference
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.retreat import retreat

DONE = Progress(
    vehicle=VehicleId("v1"),
    at=None,
    at_s=at(8, 5),
    done=(Done(job=JobId("a"), arrival_s=at(8, 3), start_s=at(8, 3), departure_s=at(8, 4)),),
)


def against(*, vehicle: str | None = None, job: str | None = None) -> Verdict:
    return Verdict(
        violations=(
            Violation(
                rule=Rule.WINDOW,
                vehicle=None if vehicle is None else VehicleId(vehicle),
                job=None if job is None else JobId(job),
                text="so",
            ),
        )
    )


def test_a_vehicle_that_is_named_keeps_what_it_has_done_and_loses_the_rest() -> None:
    p = problem([job("a", 3), job("b", 5)], [vehicle("v1")], now_s=at(8, 5), progress=[DONE])
    smaller = retreat(plan(p), against(vehicle="v1"))
    assert [route.jobs for route in smaller.routes] == [("a",)]
    assert smaller.missing == ("b",)
    assert check(smaller, p, None, matrix=line()).ok


def test_a_job_that_is_named_clears_its_vehicle_and_no_other() -> None:
    p = problem([job("a", 3), job("b", 20)], [vehicle("v1", max_tasks=1), vehicle("v2", max_tasks=1)])
    smaller = retreat(plan(p), against(job="a"))
    assert smaller.missing == ("a",)
    assert [route.jobs for route in smaller.routes] == [("b",)]
    assert smaller.solver.stopped == "referee"


def test_what_names_nobody_clears_everybody() -> None:
    p = problem([job("a", 3), job("b", 5)], [vehicle("v1")])
    assert retreat(plan(p), against()).routes == ()


def test_a_referee_that_refuses_nothing_at_all_is_a_bug() -> None:
    with pytest.raises(BugError):
        retreat(plan(problem([job("a", 3)], [])), against(job="a"))


def published(jobs: dict[str, int], *vehicles: str) -> Plan:
    p = problem([job(name, stop) for name, stop in jobs.items()], [vehicle(v) for v in vehicles])
    return explain(plan(p), p, MatrixTimes(p.stops, line()), SNAPSHOT, previous=None)


def test_the_first_plan_adds_everything() -> None:
    assert difference(None, published({"a": 3}, "v1")).added == ("a",)


def test_no_difference_is_falsy() -> None:
    plan = published({"a": 3, "b": 4}, "v1")
    assert not difference(plan, plan)


def test_held_moved_and_shifted_jobs_are_told_apart() -> None:
    before = published({"a": 3, "b": 4}, "v1")
    assert difference(before, published({"a": 3, "b": 4}, "v2")).moved == ("a", "b")
    assert difference(before, published({"a": 3, "b": 4})).held == ("a", "b")
    later = difference(published({"a": 3}, "v1"), published({"a": 9}, "v1"))
    assert (later.later, later.earlier) == (("a",), ())
    assert difference(published({"a": 9}, "v1"), published({"a": 3}, "v1")).earlier == ("a",)
    assert difference(published({"a": 3}, "v1"), published({"a": 4}, "v1")).later == ()  # a minute is nothing


def test_a_job_that_is_gone_from_the_world_is_not_held() -> None:
    assert not difference(published({"a": 3}, "v1"), published({}, "v1"))


def test_a_matrix_gives_travel_between_the_rows_that_stops_name() -> None:
    times = MatrixTimes((place(4), place(1)), line())
    assert times.matrix(Travel("car"), 0).seconds.tolist() == [[0, 180], [180, 0]]
    drive = times.drive(Travel("car"), 0, 1, 1000)
    assert drive is not None
    assert (drive.depart_s, drive.arrive_s, drive.distance_m, drive.edges) == (1000, 1180, 3000, ())


def test_a_matrix_without_a_way_and_with_fractions() -> None:
    seconds = np.array([[7.0, 10.2], [NO_WAY_S, 0.0]])
    times = MatrixTimes((place(0), place(1)), {"car": (seconds, np.ones((2, 2)))})
    assert times.matrix(Travel("car"), 0).seconds[0].tolist() == [0, 11]
    assert times.drive(Travel("car"), 1, 0, 1000) is None


def test_a_stop_without_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="no row"):
        MatrixTimes((replace(place(0), index=None, lonlat=(1.0, 2.0)),), line())

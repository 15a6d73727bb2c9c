"""Driver hours on a line of stops an hour apart: stop k lies at k hours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, drawn, job, line, place, problem, rest, vehicle, window
from given_problems import plan as planned
from vado.model.driver_hours import DRIVER_HOURS
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Done, Job, Location, Progress, Vehicle
from vado.model.plan import Draft, StopKind
from vado.model.problem import Problem
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan

HOURLY = {name: (60 * seconds, metres) for name, (seconds, metres) in line().items()}


def plan(p: Problem) -> Draft:
    return planned(p, matrix=HOURLY)


def driver(law: str = "EU-561", **more: Any) -> Vehicle:
    return vehicle("v1", **{"driver_hours": law, "shift": window((8, 0), (30, 0)), **more})


def home(draft: Draft) -> int:
    return draft.routes[0].stops[-1].arrival_s


def why(work: list[Job], fleet: list[Vehicle]) -> str:
    p = problem(work, fleet)
    times = MatrixTimes(p.stops, HOURLY)
    found = explain(replan(p, times, previous=None, budget=BUDGET), p, times, SNAPSHOT, previous=None)
    return f"{found.unassigned[0].reasons[0].code}: {found.unassigned[0].reasons[0].text}"


def test_the_numbers_of_the_laws() -> None:
    numbers = {name: (h.drive_s, h.rest_s, h.day_drive_s, h.day_s) for name, h in DRIVER_HOURS.items()}
    assert numbers == {"EU-561": (16200, 2700, 32400, None), "US-HOS": (28800, 1800, 39600, 50400)}


def test_no_rest_is_due_where_the_wheel_is_left_in_time() -> None:
    draft = plan(problem([job("a", 2)], [driver()]))
    assert (drawn(draft), home(draft)) == ("v1: a 10:00", at(12, 1))


def test_a_rest_is_taken_before_the_drive_that_would_be_too_long() -> None:
    draft = plan(problem([job("a", 3)], [driver()]))
    assert (drawn(draft), home(draft)) == ("v1: a 11:00, (EU-561) 11:01", at(14, 46))


def test_a_rest_is_taken_between_two_jobs() -> None:
    draft = plan(problem([job("a", 4), job("b", 5, windows=(window((8, 0), (14, 0)),))],
                         [driver(end=place(7))]))  # fmt: skip
    assert drawn(draft) == "v1: a 12:00, (EU-561) 12:01, b 13:46"


def test_a_door_that_is_shut_is_rested_at() -> None:
    late = job("a", 3, windows=(window((12, 0), (12, 0)),))
    there = Location(lonlat=(1.5, 42.5), index=3)  # a plan tells by its place that the break is there
    p = problem([], [driver()])
    p = replace(p, jobs=(replace(late, location=there),), stops=(*p.stops[:3], there, *p.stops[4:]))
    draft = plan(p)
    assert (drawn(draft), home(draft)) == ("v1: (EU-561) 11:00, a 12:00", at(15, 1))


@pytest.mark.parametrize(("minutes", "drawing", "back"), [
    (45, "v1: a 11:00, (lunch) 11:01", at(14, 46)),
    (30, "v1: a 11:00, (EU-561) 11:01, (lunch) 11:46", at(15, 16)),
])  # fmt: skip
def test_a_long_break_of_the_caller_is_a_rest_and_a_short_one_is_none(
    minutes: int, drawing: str, back: int
) -> None:
    own = driver(breaks=(rest("lunch", window((11, 1), (11, 50)), minutes=minutes),))
    draft = plan(problem([job("a", 3)], [own]))
    assert (drawn(draft), home(draft)) == (drawing, back)


def test_the_day_at_the_wheel_is_bounded() -> None:
    assert plan(problem([job("a", 4)], [driver()])).missing == ()
    work = [job("a", 3), job("b", 5, prize=10**8)]  # ten hours for both
    assert plan(problem(work, [driver()])).missing == ("b",)
    assert plan(problem(work, [driver("US-HOS")])).missing == ()
    assert plan(problem(work, [driver("")])).missing == ()


def test_reasons_say_what_the_law_does_not_allow() -> None:
    assert why([job("a", 5)], [driver()]) == (
        "HOURS: Driver hours do not allow it: v1 would drive for 18000 s on end, EU-561 allows 16200 s."
    )
    assert why([job("a", 4)], [driver(end=place(10))]) == (
        "HOURS: Driver hours do not allow it: v1 would drive for 21600 s on end, EU-561 allows 16200 s."
    )
    assert "v1 would drive for 43200 s in its shift, US-HOS allows 39600 s" in why(
        [job("a", 6)], [driver("US-HOS")]
    )
    late = why([job("a", 3)], [driver(shift=window((8, 0), (14, 30)))])
    assert late == (
        "HOURS: Driver hours do not allow it: "
        "v1 would be done after its shift ends with the rest that EU-561 asks for."
    )


@pytest.mark.parametrize(("service_s", "rests"), [(1800, 0), (60, 1), (1740, 1)])
def test_in_america_whatever_is_not_driving_is_rest(service_s: int, rests: int) -> None:
    draft = plan(problem([job("a", 5, service_s=service_s)], [driver("US-HOS")]))
    taken = [stop for stop in draft.routes[0].stops if stop.kind is StopKind.BREAK]
    assert len(taken) == rests
    assert home(draft) == at(18, 30)  # half an hour at a, served or rested


def test_in_america_no_one_drives_after_fourteen_hours_and_so_leaves_later() -> None:
    late = job("b", 1, windows=(window((22, 0), (22, 5)),))
    draft = plan(problem([job("a", 1), late], [driver("US-HOS")]))
    assert draft.missing == ()
    route = draft.routes[0]
    assert home(draft) - route.stops[0].departure_s <= 14 * 3600
    early = job("a", 1, windows=(window((8, 0), (9, 0)),))
    assert len(plan(problem([early, late], [driver("US-HOS")])).missing) == 1
    assert plan(problem([early, late], [driver("US-HOS", end=None)])).missing == ()


def test_what_was_driven_before_counts() -> None:
    visit = Done(job=JobId("a"), arrival_s=at(11), start_s=at(11), departure_s=at(11, 1))
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(11, 1), done=(visit,))]
    draft = plan(
        problem([job("a", 3), job("b", 4)], [driver(end=place(6))], progress=progress, now_s=at(11, 1))
    )
    assert drawn(draft) == "v1: a 11:00, b 12:01, (EU-561) 12:02"
    tired = problem([job("a", 3), job("b", 6)], [driver(end=place(7))], progress=progress, now_s=at(11, 1))
    assert drawn(plan(tired)) == "v1: a 11:00, (EU-561) 11:01, b 14:46"


def test_the_referee_refuses_a_plan_without_the_rest() -> None:
    from vado.planning.check import check

    free = problem([job("a", 3), job("b", 5)], [driver("")])
    draft = plan(free)
    texts = {}
    for law in ("EU-561", "US-HOS"):
        asked = replace(free, vehicles=(driver(law),))
        found = check(draft, asked, None, matrix=HOURLY).violations
        assert {v.rule for v in found} == {"HOURS"}
        texts[law] = sorted(v.text for v in found)
    assert texts == {
        "EU-561": [
            "vehicle v1 drives for 36000 s in its shift, EU-561 allows 32400 s",
            "vehicle v1 drives for 36000 s without a rest, EU-561 allows 16200 s",
        ],
        "US-HOS": ["vehicle v1 drives for 36000 s without a rest, US-HOS allows 28800 s"],
    }

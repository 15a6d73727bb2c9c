"""Reasons on the line of stops a minute apart: each code where it is true, and not where it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, job, line, parcel, place, problem, vehicle, window
from vado.model.ids import AlertId, EdgeId, HazardId, JobId, VehicleId
from vado.model.jobs import Done, Job, Progress, Vehicle
from vado.model.plan import Plan, Rule, Verdict, Violation
from vado.model.problem import Problem
from vado.model.snapshot import Access, Cut, CutRoad, Group, Travel
from vado.model.when import Interval
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan
from vado.planning.retreat import retreat

CAR = Travel("car")
ROAD = CutRoad(
    hazard=HazardId("h"), alert=AlertId("XYZ"), road="CG-4", edge=EdgeId(7), headline="Flood warning"
)


def explained(p: Problem, minutes: dict[tuple[int, int], int] | None = None) -> Plan:
    times = MatrixTimes(p.stops, line(minutes))
    return explain(replan(p, times, previous=None, budget=BUDGET), p, times, SNAPSHOT, previous=None)


def told(plan: Plan) -> dict[str, str]:
    """Give code and text of the first reason of each job that is nowhere."""
    return {u.job: f"{u.reasons[0].code}: {u.reasons[0].text}" for u in plan.unassigned}


def why(work: list[Job], fleet: list[Vehicle], **more: Any) -> dict[str, str]:
    return told(explained(problem(work, fleet, **more)))


def cut(
    stop: int, start: int, end: int, direction: str = "both", roads: tuple[CutRoad, ...] = (ROAD,)
) -> Any:
    """Cut a stop off; out of it a minute earlier than its road shuts would be in `stays`."""
    stays = tuple(i for i in (Interval(at(8), start), Interval(end, at(24))) if i.start_s < i.end_s)
    cuts = (Cut(interval=Interval(start, end), direction=direction, roads=roads),)
    return {(stop, Group(CAR)): Access(node=-1, travel=CAR, stays=stays, cuts=cuts)}  # type: ignore[arg-type]


def test_no_vehicle() -> None:
    assert why([job("a", 3)], []) == {"a": "NO_VEHICLE: There is no vehicle."}


def test_skill_names_the_one_nobody_has() -> None:
    fleet = [vehicle("v1", skills=frozenset({1})), vehicle("v2", skills=frozenset({2}))]
    assert why([job("a", 3, skills=frozenset({1, 7}))], fleet) == {"a": "SKILL: No vehicle has skill 7."}
    assert why([job("a", 3, skills=frozenset({1, 2}))], fleet) == {
        "a": "SKILL: No vehicle has skills 1, 2 together."
    }


def test_lists_that_shut_out_everybody_who_could() -> None:
    fleet = [vehicle("v1", skills=frozenset({1})), vehicle("v2")]
    lists: Any = {"allowed_vehicles": frozenset({VehicleId("v2")})}
    assert why([job("a", 3, skills=frozenset({1}), **lists)], fleet) == {
        "a": "NOT_ALLOWED: Its own lists allow no vehicle that has the skills for it: not v1."
    }
    assert why([job("a", 3, forbidden_vehicles=frozenset({VehicleId("v2")}))], fleet[1:]) == {
        "a": "NOT_ALLOWED: Its own lists allow no vehicle: not v2."
    }
    assert why([job("a", 3, **lists)], fleet) == {}
    assert why([job("a", 3, delivery=(101,), **lists)], fleet) == {
        "a": "CAPACITY: No vehicle that may do it can hold [101]."
    }


def test_capacity_is_the_reason_only_when_no_empty_vehicle_could_hold_it() -> None:
    assert why([job("a", 3, delivery=(101,))], [vehicle("v1")]) == {
        "a": "CAPACITY: No vehicle can hold [101]."
    }
    full = why([job("a", 3, delivery=(60,)), job("b", 4, delivery=(60,))], [vehicle("v1")])
    assert [text.split(":")[0] for text in full.values()] == ["NO_ROOM"]
    assert "120 of at most 100" in next(iter(full.values()))


def test_a_window_that_nobody_can_meet() -> None:
    text = why([job("a", 10, windows=(window((8, 0), (8, 5)),))], [vehicle("v1")])["a"]
    assert text.startswith("TIME_WINDOW: Nobody can be at town 10 within its windows")
    assert "by 5 min" in text


def test_a_window_that_is_over() -> None:
    text = why([job("a", 1, windows=(window((8, 0), (8, 5)),))], [vehicle("v1")], now_s=at(9))["a"]
    assert text.startswith("TIME_WINDOW")
    assert "08:05" in text


def test_a_shift_that_is_too_short_for_the_way_back() -> None:
    text = why([job("a", 15)], [vehicle("v1", shift=window((8, 0), (8, 20)))])["a"]
    assert text.startswith("SHIFT: No shift is long enough for town 15")
    assert "by 11 min" in text


def test_a_window_outside_every_shift() -> None:
    late = job("a", 1, windows=(window((19, 0), (20, 0)),))
    assert why([late], [vehicle("v1")])["a"].startswith("SHIFT")


def test_a_limit_that_binds_alone() -> None:
    assert why([job("a", 10)], [vehicle("v1", max_distance_m=19_000)])["a"].startswith("LIMIT")
    assert why([job("a", 10)], [vehicle("v1", max_duration_s=1259)])["a"] == (
        "LIMIT: It is beyond the limits of who could do it: v1 would be out for 1260 s of at most 1259 s."
    )


def test_cut_off_names_place_road_alert_and_when() -> None:
    access = cut(9, at(8), at(12))
    late = job("a", 9, windows=(window((9, 0), (11, 0)),))
    plan = explained(problem([late], [vehicle("v1")], access=access))
    assert told(plan) == {
        "a": "CUT_OFF: town 9 cannot be reached: CG-4 is shut until 12:00 by alert XYZ (Flood warning)."
    }
    evidence = plan.unassigned[0].reasons[0].evidence[0]
    assert (evidence.hazard, evidence.alert, evidence.road, evidence.place) == ("h", "XYZ", "CG-4", "town 9")


def test_who_could_get_in_but_not_out_is_told_so() -> None:
    access = cut(9, at(8, 5), at(24), direction="out")
    text = why([job("a", 9)], [vehicle("v1")], access=access)["a"]
    assert text.startswith(
        "NO_WAY_BACK: town 9 could be reached, but not be left again in time: CG-4 is shut"
    )
    assert "from 08:05" in text


def test_a_cut_without_any_hazard_is_the_network_itself() -> None:
    access = cut(9, at(8), at(24), roads=())
    assert why([job("a", 9)], [vehicle("v1")], access=access)["a"].startswith("NOT_CONNECTED")


def test_a_storm_is_not_blamed_for_a_window_that_would_have_been_missed_anyway() -> None:
    access = cut(9, at(8), at(24))
    early = job("a", 9, windows=(window((8, 0), (8, 5)),))
    assert why([early], [vehicle("v1")], access=access)["a"].startswith("TIME_WINDOW")


def test_skill_comes_before_the_storm_when_nobody_has_it() -> None:
    access = cut(9, at(8), at(24))
    assert why([job("a", 9, skills=frozenset({1}))], [vehicle("v1")], access=access)["a"].startswith("SKILL")


def test_each_half_of_a_shipment_says_its_own() -> None:
    lost = parcel("S", 3, 9)
    lost = replace(lost, delivery=job("d", 9, windows=(window((8, 0), (8, 5)),)))
    found = why([], [vehicle("v1")], shipments=[lost])
    assert found["S/delivery"].startswith("TIME_WINDOW")
    assert found["S/pickup"].startswith("PARTNER")


def test_no_room_says_what_binds_for_each_vehicle() -> None:
    short = window((8, 0), (8, 20))
    fleet = [vehicle("v1", shift=short), vehicle("v2", shift=short, max_tasks=1)]
    plan = explained(problem([job(f"j{k}", 9) for k in range(4)], fleet))
    lost = plan.unassigned[0].reasons[0]
    assert lost.code == "NO_ROOM"
    assert {e.vehicle for e in lost.evidence} == {"v1", "v2"}
    assert "v2 may serve at most 1 jobs" in lost.text


def test_who_is_called_back_is_told_after_why() -> None:
    here = Done(job=JobId("b"), arrival_s=at(8, 1), start_s=at(8, 1), departure_s=at(8, 2))
    progress = [
        Progress(vehicle=VehicleId("v1"), at=None, at_s=at(8, 2), done=(here,), committed=(JobId("a"),))
    ]
    plan = explained(
        problem(
            [job("a", 9), job("b", 1)],
            [vehicle("v1"), vehicle("v2")],
            now_s=at(8, 2),
            progress=progress,
            access=cut(9, at(8), at(24)),
        )
    )
    assert [str(reason.code) for reason in plan.unassigned[0].reasons] == ["CUT_OFF", "WITHDRAWN"]


def test_a_job_the_referee_refused_says_so_when_nothing_else_is_wrong_with_it() -> None:
    p = problem([job("a", 3), job("b", 4, skills=frozenset({9}))], [vehicle("v1")])
    times = MatrixTimes(p.stops, line())
    draft = replan(p, times, previous=None, budget=BUDGET)
    refused = Violation(rule=Rule.WINDOW, vehicle=None, job=JobId("a"), text="so")
    plan = explain(retreat(draft, Verdict(violations=(refused,))), p, times, SNAPSHOT, previous=None)
    assert {u.job: str(u.reasons[0].code) for u in plan.unassigned} == {"a": "REFEREE", "b": "SKILL"}


def test_a_place_without_a_town_is_named_by_its_job() -> None:
    p = problem([job("a", 10, windows=(window((8, 0), (8, 5)),))], [vehicle("v1", start=place(0))])
    assert "the place of job a" in told(explained(replace(p, places=("",) * len(p.places))))["a"]

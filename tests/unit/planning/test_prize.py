"""Jobs that are worth so much and no more, on the line of stops a minute apart; a minute costs 60."""

from __future__ import annotations

from typing import Any

import pytest

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, drawn, job, line, parcel, plan, problem, vehicle
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Costs, Done, Job, Progress, Vehicle
from vado.model.plan import Reason
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan


def why(work: list[Job], fleet: list[Vehicle], **more: Any) -> dict[str, Reason]:
    p = problem(work, fleet, **more)
    times = MatrixTimes(p.stops, line())
    draft = replan(p, times, previous=None, budget=BUDGET)
    found = explain(draft, p, times, SNAPSHOT, previous=None)
    return {u.job: u.reasons[0] for u in found.unassigned}


@pytest.mark.parametrize(("prize", "drawing"), [(600, "v1: a 08:05"), (599, " - a"), (0, " - a")])
def test_a_job_is_done_while_its_way_costs_no_more_than_its_prize(prize: int, drawing: str) -> None:
    assert drawn(plan(problem([job("a", 5, prize=prize)], [vehicle("v1")]))) == drawing


def test_what_a_job_costs_is_what_it_costs_beside_the_others() -> None:
    work = [job("a", 10), job("b", 9, prize=0), job("c", 11, prize=119), job("d", 12, prize=240)]
    assert plan(problem(work[:3], [vehicle("v1")])).missing == ("c",)
    assert plan(problem(work, [vehicle("v1")])).missing == ()  # on the way to d, which pays for both


def test_a_vehicle_is_not_hired_for_less_than_it_costs() -> None:
    dear = vehicle("v1", costs=Costs(fixed=1000))
    assert plan(problem([job("a", 5, prize=1599)], [dear])).missing == ("a",)
    assert plan(problem([job("a", 5, prize=1600)], [dear])).missing == ()
    assert plan(problem([job(n, 5, prize=800) for n in "ab"], [dear])).missing == ()


def test_no_prize_takes_the_place_of_what_has_to_be_done() -> None:
    work = [job("must", 20), *(job(f"j{k}", 1, prize=10**9, priority=100) for k in range(5))]
    assert "must" not in plan(problem(work, [vehicle("v1", max_tasks=1)])).missing


def test_the_dearer_of_two_prizes_is_taken() -> None:
    work = [job("a", 5, prize=700), job("b", 5, prize=800)]
    assert plan(problem(work, [vehicle("v1", max_tasks=1)])).missing == ("a",)


def test_a_shipment_has_one_prize() -> None:
    for prize, missing in ((600, ()), (599, ("S/delivery", "S/pickup"))):
        own = parcel("S", 3, 5, prize=prize)
        assert plan(problem([], [vehicle("v1")], shipments=[own])).missing == missing


def test_what_is_aboard_is_taken_off_whatever_it_costs() -> None:
    visit = Done(job=JobId("S/pickup"), arrival_s=at(8, 3), start_s=at(8, 3), departure_s=at(8, 4))
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(8, 4), done=(visit,))]
    own = parcel("S", 3, 20, prize=0)
    draft = plan(problem([], [vehicle("v1")], shipments=[own], progress=progress, now_s=at(8, 4)))
    assert draft.missing == ()


def test_the_reason_says_what_it_would_cost_and_whom() -> None:
    fleet = [vehicle("v1"), vehicle("v2", costs=Costs(fixed=50)), vehicle("v3", max_tasks=0)]
    reason = why([job("a", 5, prize=500)], fleet)["a"]
    assert (reason.code, reason.text) == (
        "PRIZE",
        "It would cost 600 more to send v1, the cheapest, and its prize is 500.",
    )
    assert [(e.vehicle, e.detail) for e in reason.evidence] == [
        ("v1", "would cost 600 more with it"),
        ("v2", "would cost 650 more with it"),
        ("v3", "may serve at most 0 jobs"),
    ]
    lost = why([], fleet[:1], shipments=[parcel("S", 3, 5, prize=500)])
    assert {r.text for r in lost.values()} == {reason.text}


def test_what_nobody_can_do_is_not_a_matter_of_prize() -> None:
    assert why([job("a", 5, prize=500, delivery=(101,))], [vehicle("v1")])["a"].code == "CAPACITY"

"""Jobs that share a vehicle, and jobs that never do, on the line of stops a minute apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, drawn, job, line, parcel, place, plan, problem, vehicle
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Done, Job, Progress, Vehicle
from vado.model.plan import Draft
from vado.planning.clocked import Clocked
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.groups import gather
from vado.planning.insert import Tries
from vado.planning.keep import outsets
from vado.planning.regroup import regroup
from vado.planning.replan import replan
from vado.planning.schedule import drive

TWO = [vehicle("v1", start=place(2), end=place(2)), vehicle("v2", start=place(18), end=place(18))]
APART: dict[str, Any] = {"apart": frozenset({"acid"})}


def carriers(draft: Draft) -> dict[str, str]:
    return {name: route.vehicle for route in draft.routes for name in route.jobs}


def why(work: list[Job], fleet: list[Vehicle], **more: Any) -> dict[str, str]:
    p = problem(work, fleet, **more)
    times = MatrixTimes(p.stops, line())
    draft = replan(p, times, previous=None, budget=BUDGET)
    plan = explain(draft, p, times, SNAPSHOT, previous=None)
    return {u.job: f"{u.reasons[0].code}: {u.reasons[0].text}" for u in plan.unassigned}


def under_way(name: str, *jobs: str, committed: tuple[str, ...] = ()) -> Progress:
    visits = tuple(Done(job=JobId(j), arrival_s=at(8), start_s=at(8), departure_s=at(8, 1)) for j in jobs)
    ahead = tuple(map(JobId, committed))
    return Progress(vehicle=VehicleId(name), at=None, at_s=at(8, 1), done=visits, committed=ahead)


def test_together_is_one_vehicle_though_two_would_be_cheaper() -> None:
    for group, vehicles in (("", 2), ("t", 1)):
        work = [job("a", 3, together=group), job("b", 17, together=group)]
        assert len(set(carriers(plan(problem(work, TWO))).values())) == vehicles


def test_a_group_is_as_large_as_what_one_vehicle_holds() -> None:
    work = [job(name, 3, together="t", delivery=(40,)) for name in "abc"]
    draft = plan(problem(work, TWO))
    assert len(draft.missing) == 1
    text = why(work, TWO)[draft.missing[0]]
    assert text.startswith("NO_ROOM: It could be done alone, but fits into no route: ")
    assert "would part it from job a" in text
    assert "120 of at most 100" in text


def test_many_groups_are_each_held_together() -> None:
    fleet = [vehicle(f"v{k}", start=place(5 * k), end=place(5 * k)) for k in range(4)]
    work = [job(f"j{k:02}", (7 * k) % 21, together=f"g{k % 6}") for k in range(24)]
    draft = plan(problem(work, fleet))
    assert draft.missing == ()
    by = carriers(draft)
    assert all(len({by[f"j{k:02}"] for k in range(g, 24, 6)}) == 1 for g in range(6))


def test_a_shipment_goes_with_a_job() -> None:
    own = parcel("S", 17, 19, together="t")
    by = carriers(plan(problem([job("a", 3, together="t")], TWO, shipments=[own])))
    assert len(set(by.values())) == 1


def test_a_group_stays_with_who_has_begun_it_or_is_under_way_to_it() -> None:
    work = [job(name, stop, together="t") for name, stop in (("a", 3), ("b", 17))]
    for progress in (under_way("v1", "a"), under_way("v1", committed=("a",))):
        draft = plan(problem(work, TWO, progress=[progress], now_s=at(8, 1)))
        assert carriers(draft)["b"] == "v1"


def test_who_has_begun_a_group_and_cannot_go_on_is_named() -> None:
    work = [job("a", 3, together="t"), job("b", 17, together="t", skills=frozenset({1}))]
    fleet = [TWO[0], vehicle("v2", skills=frozenset({1}))]
    more: dict[str, Any] = {"progress": [under_way("v1", "a")], "now_s": at(8, 1)}
    assert why(work, fleet, **more)["b"] == (
        "TOGETHER: It belongs with what is done already: v2 would part it from job a, which v1 has done."
    )


def test_two_that_are_under_way_are_not_let_to_part_a_group() -> None:
    work = [job(name, stop, together="t") for name, stop in (("a", 3), ("b", 17))]
    progress = [under_way("v1", committed=("a",)), under_way("v2", committed=("b",))]
    draft = plan(problem(work, TWO, progress=progress, now_s=at(8, 1)))
    assert (carriers(draft), draft.missing) == ({"a": "v1"}, ("b",))


def test_apart_is_two_vehicles_though_one_would_be_cheaper() -> None:
    assert set(carriers(plan(problem([job("a", 3), job("b", 4)], TWO))).values()) == {"v1"}
    by = carriers(plan(problem([job("a", 3, **APART), job("b", 4, **APART)], TWO)))
    assert by["a"] != by["b"]


def test_what_is_apart_from_everything_is_told_so() -> None:
    work = [job("a", 3, **APART), job("b", 4, **APART)]
    draft = plan(problem(work, TWO[:1]))
    assert len(draft.missing) == 1
    assert "v1 must not have it beside job" in why(work, TWO[:1])[draft.missing[0]]


def test_what_was_done_in_the_shift_counts() -> None:
    work = [job("a", 3, **APART), job("b", 4, **APART)]
    more: dict[str, Any] = {"progress": [under_way("v1", "a")], "now_s": at(8, 1)}
    assert carriers(plan(problem(work, TWO, **more)))["b"] == "v2"
    assert why(work, TWO[:1], **more)["b"] == (
        "APART: It must not be beside what was done on the same vehicle: v1 must not have it beside job a."
    )


def test_a_shipment_is_never_apart_from_itself() -> None:
    draft = plan(problem([], TWO[:1], shipments=[parcel("S", 3, 5, **APART)]))
    assert drawn(draft) == "v1: S/pickup 08:01, S/delivery 08:04"
    picked = [under_way("v1", "S/pickup")]
    draft = plan(
        problem([], TWO[:1], shipments=[parcel("S", 3, 5, **APART)], progress=picked, now_s=at(8, 1))
    )
    assert draft.missing == ()


def test_what_is_aboard_is_delivered_though_it_is_beside_what_it_should_not_be() -> None:
    work, own = [job("a", 3, **APART), job("b", 3, **APART)], parcel("S", 3, 5, **APART)
    done = [under_way("v1", "a", "S/pickup")]
    draft = plan(problem(work, TWO[:1], shipments=[own], progress=done, now_s=at(8, 1)))
    assert draft.missing == ("b",)


def test_a_group_moves_as_a_whole_to_who_can_serve_more_of_it() -> None:
    work = [job(name, stop, together="t", delivery=(40,)) for name, stop in (("a", 3), ("b", 4))]
    p = problem([*work, job("c", 5)], [vehicle("v1", capacity=(50,)), vehicle("v2")])
    clocked = Clocked(p, MatrixTimes(p.stops, line()))
    a, _, c = p.jobs
    one, two = outsets(p, None)
    trips = {VehicleId("v1"): drive(one, (a, c), clocked), VehicleId("v2"): drive(two, (), clocked)}
    moved = regroup(trips, dict.fromkeys(trips, 0), p.jobs, clocked, Tries(100))  # type: ignore[arg-type]
    assert {name: {j.id for j in trip.jobs} for name, trip in moved.items()} == {
        "v1": {"c"},
        "v2": {"a", "b"},
    }
    assert regroup(moved, dict.fromkeys(trips, 0), p.jobs, clocked, Tries(0)) == moved
    under_way_to_a = {VehicleId("v1"): 1, VehicleId("v2"): 0}
    assert regroup(trips, under_way_to_a, p.jobs, clocked, Tries(100)) == trips  # type: ignore[arg-type]


def test_a_plan_that_parts_a_group_is_gathered_before_it_is_gone_on_with() -> None:
    free = [job("a", 3), job("b", 17), job("c", 16)]
    times = MatrixTimes(problem(free, TWO).stops, line())
    p = problem(free, TWO)
    before = explain(replan(p, times, previous=None, budget=BUDGET), p, times, SNAPSHOT, previous=None)
    assert len({route.vehicle for route in before.routes}) == 2
    bound = problem([replace(j, together="t") for j in free], TWO)
    after = plan(bound, previous=before)
    assert (len(set(carriers(after).values())), after.missing) == (1, ())
    assert gather(((0,), (1, 2)), ((0, 1, 2),), [["y", "y"]] * 3) == ((), (1, 2))
    assert gather(((0,), (1, 2)), (), [["y", "y"], ["y", ""], ["y", "y"]]) == ((0,), (2,))

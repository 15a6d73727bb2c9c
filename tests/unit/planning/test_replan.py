"""Plans on a line of stops a minute apart, drawn as a person would write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blank_roads import SNAPSHOT
from given_problems import at, drawn, job, line, parcel, place, plan, problem, rest, vehicle, window
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Costs, Done, Job, Progress, Vehicle
from vado.model.plan import Draft, StopKind
from vado.model.snapshot import Access, Group, Travel
from vado.model.when import Interval
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes

CAR = Travel("car")


def only(draft: Draft, kind: StopKind) -> list[int]:
    return [stop.arrival_s for route in draft.routes for stop in route.stops if stop.kind is kind]


def test_nothing_to_do_is_a_plan_too() -> None:
    draft = plan(problem([], [vehicle("v1")]))
    assert drawn(draft) == ""
    assert draft.solver.stopped == "nothing to do"


def test_without_vehicles_all_is_missing() -> None:
    assert drawn(plan(problem([job("a", 3)], []))) == " - a"


def test_one_job_is_done_at_once_and_proven() -> None:
    draft = plan(problem([job("a", 3)], [vehicle("v1")]))
    assert drawn(draft) == "v1: a 08:03"
    assert draft.solver.stopped == "proven"
    assert draft.cost == 360  # six minutes at VROOM's 3600 an hour


def test_capacity_binds_in_each_dimension() -> None:
    work = [job("a", 3, delivery=(1, 60)), job("b", 4, delivery=(1, 60)), job("c", 5, delivery=(9, 1))]
    fleet = [vehicle("v1", capacity=(10, 100)), vehicle("v2", capacity=(2, 60))]
    assert plan(problem(work, fleet)).missing == ()
    assert len(plan(problem(work, fleet[:1])).missing) == 1  # a and b are too much of the second kind
    assert plan(problem(work, fleet[1:])).missing != ()


def test_what_is_delivered_makes_room_for_what_is_picked_up() -> None:
    work = [job("d", 5, delivery=(100,)), job("p", 3, pickup=(100,))]
    assert drawn(plan(problem(work, [vehicle("v1")]))) == "v1: d 08:05, p 08:08"


def test_the_second_window_is_used_when_the_first_is_missed() -> None:
    late = job("a", 10, windows=(window((8, 0), (8, 5)), window((9, 0), (9, 5))))
    assert drawn(plan(problem([late], [vehicle("v1")]))) == "v1: a 09:00"


def test_the_first_departure_is_put_off_not_the_first_door_waited_at() -> None:
    draft = plan(problem([job("a", 10, windows=(window((9, 0), (9, 5)),))], [vehicle("v1")]))
    first = draft.routes[0].stops[0]
    assert first.kind is StopKind.START
    assert first.departure_s == at(8, 50)


def test_both_ends_of_a_window_belong_to_it() -> None:
    exact = job("a", 10, windows=(window((8, 10), (8, 10)),))
    assert drawn(plan(problem([exact], [vehicle("v1")]))) == "v1: a 08:10"


def test_a_job_goes_to_who_has_the_skill() -> None:
    work = [job("a", 3, skills=frozenset({1})), job("b", 5)]
    fleet = [vehicle("v1"), vehicle("v2", skills=frozenset({1, 2}))]
    assert plan(problem(work, fleet)).missing == ()
    assert drawn(plan(problem(work, fleet[:1]))) == "v1: b 08:05 - a"


def test_when_not_all_fit_the_higher_priority_stays_though_it_is_farther() -> None:
    work = [job("near", 2), job("far", 18, priority=10)]
    assert drawn(plan(problem(work, [vehicle("v1", max_tasks=1)]))) == "v1: far 08:18 - near"


def test_two_of_no_priority_beat_one_of_a_low_one_only_by_number() -> None:
    work = [job("a", 2), job("b", 3), job("c", 18, priority=1)]
    draft = plan(problem(work, [vehicle("v1", max_tasks=2)]))
    assert len(draft.missing) == 1
    assert "c" not in draft.missing


def test_the_shift_ends_at_home() -> None:
    short = vehicle("v1", shift=window((8, 0), (8, 20)))
    assert drawn(plan(problem([job("a", 9), job("b", 10)], [short]))) == "v1: a 08:09 - b"


def test_who_may_end_anywhere_stays_there() -> None:
    short = vehicle("v1", shift=window((8, 0), (8, 20)), end=None)
    draft = plan(problem([job("a", 9), job("b", 10)], [short]))
    assert drawn(draft) == "v1: a 08:09, b 08:11"
    assert only(draft, StopKind.END) == []


def test_who_may_begin_anywhere_begins_at_its_first_job() -> None:
    draft = plan(problem([job("a", 9)], [vehicle("v1", start=None)]))
    assert drawn(draft) == "v1: a 08:00"
    assert only(draft, StopKind.START) == []


def test_a_shipment_is_picked_up_first_by_the_same_vehicle() -> None:
    fleet = [vehicle("v1", capacity=(1,))]
    both = plan(problem([], fleet, shipments=[parcel("S", 8, 2), parcel("T", 7, 1)]))
    assert both.missing == ()
    assert both.routes[0].jobs.index(JobId("S/pickup")) + 1 == both.routes[0].jobs.index(JobId("S/delivery"))


def test_a_shipment_is_left_out_whole() -> None:
    late = replace(parcel("S", 3, 9), delivery=job("d", 9, windows=(window((8, 0), (8, 5)),)))
    assert drawn(plan(problem([job("a", 4)], [vehicle("v1")], shipments=[late]))) == (
        "v1: a 08:04 - S/delivery S/pickup"
    )


def test_a_break_is_taken_in_its_window_while_waiting_when_that_is_free() -> None:
    work = [job("a", 3), job("b", 5, windows=(window((9, 0), (9, 30)),))]
    fleet = [vehicle("v1", breaks=(rest("tea", window((8, 10), (8, 40)), minutes=20),))]
    assert drawn(plan(problem(work, fleet))) == "v1: a 08:03, (tea) 08:10, b 09:00"


def test_a_break_that_costs_time_is_taken_in_its_window() -> None:
    fleet = [vehicle("v1", breaks=(rest("noon", window((8, 4), (8, 6))),))]
    draft = plan(problem([job("a", 3), job("b", 5)], fleet))
    assert draft.missing == ()
    assert "(noon) 08:0" in drawn(draft)


def test_a_break_after_the_work_is_had_at_home() -> None:
    fleet = [vehicle("v1", breaks=(rest("noon", window((12, 0), (13, 0))),))]
    assert drawn(plan(problem([job("a", 3)], fleet))) == "v1: a 08:03"


def test_setup_is_spent_once_at_a_place() -> None:
    work = [job("a", 3, setup_s=600), job("b", 3, setup_s=600)]
    assert drawn(plan(problem(work, [vehicle("v1")]))) == "v1: a 08:03, b 08:14"


def test_service_and_setup_depend_on_the_type_of_vehicle() -> None:
    own = job("a", 3, setup_s=60, service_per_type=(("bike", 600),), setup_per_type=(("bike", 0),))
    draft = plan(problem([own], [vehicle("v1", type="bike")]))
    assert draft.routes[0].stops[1].departure_s == at(8, 13)


@pytest.mark.parametrize(
    ("limit", "drawing"),
    [
        ({"max_tasks": 1}, "v1: a 08:03 - b"),
        ({"max_travel_s": 20 * 60}, "v1: a 08:03 - b"),
        ({"max_distance_m": 7_000}, "v1: a 08:03 - b"),
        ({"max_duration_s": 31 * 60}, "v1: a 08:03 - b"),
    ],
)
def test_limits_of_a_vehicle_bind(limit: dict[str, int], drawing: str) -> None:
    draft = plan(problem([job("a", 3, priority=1), job("b", 15)], [vehicle("v1", **limit)]))
    assert drawn(draft) == drawing


def test_limits_that_are_just_met_do_not_bind() -> None:
    just = vehicle("v1", max_travel_s=30 * 60, max_distance_m=30_000, max_tasks=2, max_duration_s=32 * 60)
    assert plan(problem([job("a", 3), job("b", 15)], [just])).missing == ()


def test_who_may_not_be_out_for_long_leaves_later() -> None:
    """As soon as possible it would wait for b at its door from 08:13 on, and be out for two hours."""
    work = [job("a", 3), job("b", 5, windows=(window((10, 0), (10, 5)),))]
    draft = plan(problem(work, [vehicle("v1", max_duration_s=12 * 60)]))
    assert drawn(draft) == "v1: a 09:57, b 10:00"
    assert (only(draft, StopKind.START), only(draft, StopKind.END)) == ([at(9, 54)], [at(10, 6)])
    assert plan(problem(work, [vehicle("v1", max_duration_s=12 * 60 - 1)])).missing != ()


def test_no_departure_helps_where_two_windows_lie_too_far_apart() -> None:
    early, late = (job(n, 3, windows=(window((h, 0), (h, 1)),)) for n, h in (("a", 9), ("b", 11)))
    short = vehicle("v1", max_duration_s=2 * 3600 + 5 * 60)
    assert len(plan(problem([early, late], [short])).missing) == 1
    assert plan(problem([early, late], [replace(short, max_duration_s=2 * 3600 + 6 * 60)])).missing == ()


def test_time_that_is_gone_counts_as_being_out() -> None:
    visit = Done(job=JobId("a"), arrival_s=at(8, 3), start_s=at(8, 3), departure_s=at(8, 4))
    under_way = Progress(vehicle=VehicleId("v1"), at=None, at_s=at(9), done=(visit,))
    work = [job("a", 3), job("b", 5)]
    for minutes, missing in ((65, ()), (64, ("b",))):  # from 08:03 to 09:08: two to go, one there, five home
        fleet = [vehicle("v1", max_duration_s=minutes * 60)]
        draft = plan(problem(work, fleet, progress=[under_way], now_s=at(9)))
        assert draft.missing == missing


def test_a_faster_vehicle_needs_less_by_matrix() -> None:
    assert drawn(plan(problem([job("a", 4)], [vehicle("v1", speed_factor=2.0)]))) == "v1: a 08:02"


def test_each_way_of_travelling_has_its_own_times() -> None:
    soon = job("a", 9, windows=(window((8, 0), (8, 10)),))
    fleet = [vehicle("slow", profile="van"), vehicle("fast")]
    assert drawn(plan(problem([soon], fleet))) == "fast: a 08:09"


def test_a_job_chooses_its_vehicles() -> None:
    fleet = [vehicle("near", start=place(2), end=place(2)), vehicle("far"), vehicle("last", start=place(20))]
    free, by_far, not_near = job("a", 3), frozenset({VehicleId("far")}), frozenset({VehicleId("near")})
    assert drawn(plan(problem([free], fleet))) == "near: a 08:01"
    assert drawn(plan(problem([replace(free, allowed_vehicles=by_far)], fleet))) == "far: a 08:03"
    assert drawn(plan(problem([replace(free, forbidden_vehicles=not_near)], fleet))) == "far: a 08:03"


def test_a_shipment_is_carried_by_whom_it_allows() -> None:
    fleet = [vehicle("near", start=place(2), end=place(2)), vehicle("far")]
    own = parcel("S", 3, 5, allowed_vehicles=frozenset({VehicleId("far")}))
    assert drawn(plan(problem([], fleet, shipments=[own]))) == "far: S/pickup 08:03, S/delivery 08:06"


def test_costs_choose_the_cheaper_vehicle() -> None:
    fleet = [vehicle("dear", costs=Costs(fixed=5000)), vehicle("cheap")]
    assert drawn(plan(problem([job("a", 4), job("b", 5)], fleet))).startswith("cheap: ")


def closed(stop: int, *stays: Interval) -> dict[tuple[int, Group], Access]:
    return {(stop, Group(CAR)): Access(node=-1, travel=CAR, stays=stays, cuts=())}  # type: ignore[arg-type]


@pytest.mark.parametrize(("service_s", "start"), [(60, "08:09"), (1259, "08:09"), (1261, "11:00")])
def test_an_unreachable_interval_is_a_hole_in_the_windows(service_s: int, start: str) -> None:
    access = closed(9, Interval(at(8), at(8, 30)), Interval(at(11), at(24)))
    draft = plan(problem([job("a", 9, service_s=service_s)], [vehicle("v1")], access=access))
    assert drawn(draft) == f"v1: a {start}"  # it must be done in time to leave before half past


def test_nobody_waits_where_it_is_cut_for_the_next_job_there() -> None:
    access = closed(9, Interval(at(8), at(8, 30)), Interval(at(11), at(24)))
    work = [job("a", 9), job("b", 9, service_s=1500)]
    assert only(plan(problem(work, [vehicle("v1")], access=access)), StopKind.END)[0] > at(11)


def test_of_two_plans_that_cost_the_same_the_one_done_sooner_is_made() -> None:
    work = [job("late", 5, windows=(window((12, 0), (12, 30)),)), job("any", 5), job("too", 6)]
    draft = plan(problem(work, [vehicle("v1")]))
    assert draft.routes[0].jobs[-1] == "late"


def test_a_hole_for_one_way_of_travelling_is_none_for_another() -> None:
    access = closed(9, Interval(at(8), at(8, 5)))
    fleet = [vehicle("car"), vehicle("van", profile="van")]
    assert drawn(plan(problem([job("a", 9)], fleet, access=access))) == "van: a 08:18"


def test_who_waits_for_a_road_waits_at_home_not_where_it_is_cut() -> None:
    draft = plan(problem([job("a", 9)], [vehicle("v1")], access=closed(9, Interval(at(11), at(24)))))
    assert draft.routes[0].stops[0].departure_s == at(10, 51)


def done(name: str, arrival: tuple[int, int], departure: tuple[int, int]) -> Done:
    return Done(job=JobId(name), arrival_s=at(*arrival), start_s=at(*arrival), departure_s=at(*departure))


def test_what_is_done_is_history_and_the_route_goes_on_from_there() -> None:
    work = [job("a", 5), job("b", 6)]
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(9), done=(done("a", (8, 50), (9, 0)),))]
    draft = plan(problem(work, [vehicle("v1")], now_s=at(9, 10), progress=progress))
    assert drawn(draft) == "v1: a 08:50, b 09:11"
    assert [str(stop.state) for stop in draft.routes[0].stops] == ["done", "done", "planned", "planned"]


def test_what_is_done_is_no_longer_aboard() -> None:
    work = [job("a", 5, delivery=(80,)), job("b", 6, delivery=(80,))]
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(9), done=(done("a", (8, 50), (9, 0)),))]
    assert plan(problem(work, [vehicle("v1")], now_s=at(9), progress=progress)).missing == ()
    assert plan(problem(work, [vehicle("v1")])).missing != ()


def test_committed_stops_stay_first_and_in_order() -> None:
    work = [job("a", 9), job("b", 2), job("c", 8)]
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(8), committed=(JobId("a"), JobId("b")))]
    draft = plan(problem(work, [vehicle("v1"), vehicle("v2")], progress=progress))
    route = next(route for route in draft.routes if route.vehicle == "v1")
    assert route.jobs[:2] == ("a", "b")
    assert [str(s.state) for s in route.stops if s.job in ("a", "b")] == ["committed", "committed"]


def test_a_committed_stop_that_cannot_be_done_is_released_and_nobody_else_takes_it() -> None:
    work = [job("a", 9, windows=(window((8, 0), (8, 5)),)), job("b", 2)]
    progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=at(8), committed=(JobId("a"),))]
    draft = plan(problem(work, [vehicle("v1"), vehicle("v2", start=place(9))], progress=progress))
    assert draft.missing == ("a",)


def test_a_shipment_aboard_is_delivered_by_who_carries_it() -> None:
    progress = [
        Progress(vehicle=VehicleId("v2"), at=None, at_s=at(9), done=(done("S/pickup", (8, 50), (9, 0)),))
    ]
    fleet = [vehicle("v1", capacity=(5,)), vehicle("v2", capacity=(5,))]
    p = problem(
        [job("x", 4, pickup=(5,))], fleet, shipments=[parcel("S", 5, 1, 5)], now_s=at(9), progress=progress
    )
    draft = plan(p)
    carrier = next(route for route in draft.routes if route.vehicle == "v2")
    assert "S/delivery" in carrier.jobs
    assert draft.missing == ()


def test_nothing_is_planned_before_now() -> None:
    draft = plan(problem([job("a", 3)], [vehicle("v1")], now_s=at(10)))
    assert drawn(draft) == "v1: a 10:03"


def _again(work: list[Job], fleet: list[Vehicle], minutes: dict[tuple[int, int], int] | None = None) -> Draft:
    """Plan, publish, add nothing and plan again with the first plan in force."""
    p = problem(work, fleet)
    times = MatrixTimes(p.stops, line())
    before = explain(plan(p), p, times, SNAPSHOT, previous=None)
    kept = {job: route.vehicle for route in before.routes for job in route.jobs}
    return plan(problem(work, fleet, kept=kept), previous=before, matrix=line(minutes))


def test_a_small_gain_moves_nobody() -> None:
    fleet = [vehicle("v1", max_tasks=3), vehicle("v2", start=place(20), end=place(20), max_tasks=3)]
    work = [job("a", 9), job("b", 8), job("c", 11), job("d", 12)]
    first = drawn(plan(problem(work, fleet)))
    # Two minutes longer to a: v2 could save two by taking it, less than the five a move has to save.
    again = _again(work, fleet, {(8, 9): 3, (9, 8): 3})
    assert {route.vehicle: sorted(route.jobs) for route in again.routes} == {
        "v1": ["a", "b"],
        "v2": ["c", "d"],
    }, first


def test_the_same_problem_gives_the_same_draft_with_a_plan_in_force() -> None:
    work, fleet = [job(f"j{k}", k) for k in range(1, 12)], [vehicle("v1"), vehicle("v2")]
    assert _again(work, fleet) == _again(work, fleet)

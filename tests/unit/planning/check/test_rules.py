"""Each rule has a plan that breaks it and no other, and its neighbour that is just right."""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from drawn import HOUR, MINUTE, NOON
from hand import Hand, job, vehicle
from vado.errors import BugError
from vado.model.ids import EdgeId, JobId, VehicleId
from vado.model.jobs import Break, Done, Job, Location, Progress, Shipment, Window
from vado.model.plan import Leg, Plan, Route, Rule, Stop, StopKind, StopState
from vado.model.snapshot import Drive, Travel
from vado.planning.check import check
from vado.planning.problem import halves

TOWN = drawn.roads(
    """
    A------B------C------D
           |
           E------F
    """,
    ways={"BC": {"ref": "CG-4"}, "EF": {"not_for": ("truck",)}},
)
OUT_AND_BACK = [("b", "AB"), ("d", "BCD"), (None, "DCBA")]


def hand(*, jobs: str = "b@B d@D", vehicles=None, hazards=(), town=TOWN, **more):  # type: ignore[no-untyped-def]
    work = [job(town, *j.split("@")) for j in jobs.split()] if isinstance(jobs, str) else jobs
    return Hand(
        town, jobs=work, vehicles=vehicles or [vehicle(town, "v1", "A", "A")], hazards=hazards, **more
    )


def change(route: Route, number: int, **what: object) -> Route:
    stops = list(route.stops)
    stops[number] = replace(stops[number], **what)  # type: ignore[arg-type]
    return replace(route, stops=tuple(stops))


def change_leg(route: Route, number: int, leg: Leg) -> Route:
    legs = list(route.legs)
    legs[number] = leg
    return replace(route, legs=tuple(legs))


def test_a_tight_plan_is_right() -> None:
    case = hand()
    assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == ()


def test_the_verdict_does_not_depend_on_the_order_of_routes() -> None:
    case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A"), vehicle(TOWN, "v2", "A", "A")])
    one, two = case.route("v1", "A", [("b", "AB")]), case.route("v2", "A", [("d", "ABCD")])
    first = check(case.draft(one, two), case.problem, case.snapshot)
    second = check(case.draft(two, one), case.problem, case.snapshot)
    assert first == second
    assert len(first.violations) == 2


class TestComplete:
    def test_a_job_left_out_is_missed(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == (Rule.COMPLETE,)

    def test_a_job_said_to_be_nowhere_is_not_missed(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")]), missing="d") == ()

    def test_a_job_both_planned_and_nowhere_is_refused(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", OUT_AND_BACK), missing="d") == (Rule.COMPLETE,)

    def test_a_job_done_twice_is_refused(self) -> None:
        case = hand()
        twice = [("b", "AB"), ("b", ""), ("d", "BCD"), (None, "DCBA")]
        assert case.judge(case.route("v1", "A", twice)) == (Rule.COMPLETE,)

    def test_a_job_nobody_asked_for_is_refused(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", OUT_AND_BACK), missing="z") == (Rule.COMPLETE,)

    def test_a_vehicle_nobody_has_is_refused(self) -> None:
        case = hand()
        ghost = replace(case.route("v1", "A", OUT_AND_BACK), vehicle=VehicleId("ghost"))
        assert case.judge(ghost) == (Rule.COMPLETE,)

    def test_two_routes_of_one_vehicle_are_refused(self) -> None:
        case = hand()
        routes = [
            case.route("v1", "A", [("b", "AB"), (None, "BA")]),
            case.route("v1", "A", [("d", "ABCD"), (None, "DCBA")]),
        ]
        assert case.judge(*routes) == (Rule.COMPLETE,)

    def test_a_leg_too_few_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert Rule.COMPLETE in case.judge(replace(route, legs=route.legs[:-1]))


class TestTimes:
    @pytest.mark.parametrize("number", [1, 2])
    def test_a_service_cut_short_is_refused(self, number: int) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change(route, number, departure_s=route.stops[number].departure_s - 1)) == (
            Rule.TIMES,
        )

    def test_an_arrival_before_the_drive_ends_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change(route, 3, arrival_s=route.stops[3].arrival_s - 1)) == (Rule.TIMES,)

    def test_a_drive_that_leaves_during_the_service_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change_leg(route, 1, case.leg("BCD", route.stops[1].departure_s - 1))) == (
            Rule.TIMES,
        )

    def test_a_start_before_the_arrival_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change(route, 1, start_s=route.stops[1].start_s - 1)) == (Rule.TIMES,)

    def test_nobody_leaves_in_the_past(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", OUT_AND_BACK, at=NOON - 1)) == (Rule.TIMES,)

    def test_setup_is_due_at_a_new_place_and_not_again_there(self) -> None:
        work = [job(TOWN, n, "B", setup_s=100) for n in "ab"]
        case = hand(jobs=work)
        route = case.route("v1", "A", [("a", "AB"), ("b", ""), (None, "BA")])
        assert [s.departure_s - s.start_s for s in route.stops] == [0, 160, 60, 0]
        assert case.judge(route) == ()
        short = case.route("v1", "A", [("a", "AB"), ("b", ""), (None, "BA")])
        assert case.judge(change(short, 1, departure_s=short.stops[1].departure_s - 1)) == (Rule.TIMES,)

    def test_service_depends_on_the_type_of_vehicle(self) -> None:
        work = [job(TOWN, "b", "B", service_per_type=(("slow", 90),))]
        for kind, rules in (("slow", (Rule.TIMES,)), ("quick", ())):
            case = hand(jobs=work, vehicles=[vehicle(TOWN, "v1", "A", "A", type=kind)])
            assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == rules


class TestWindow:
    @pytest.mark.parametrize(("window", "rules"), [
        ((NOON, NOON + 60), ()),  # both ends belong to it
        ((NOON + 60, NOON + 60), ()),
        ((NOON, NOON + 59), (Rule.WINDOW,)),
    ])  # fmt: skip
    def test_service_starts_inside_it(self, window: tuple[int, int], rules: tuple[Rule, ...]) -> None:
        case = hand(jobs=[job(TOWN, "b", "B", windows=(Window(*window),))])
        assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == rules

    def test_the_gap_between_two_windows_is_outside(self) -> None:
        windows = (Window(NOON, NOON + 30), Window(NOON + 90, NOON + HOUR))
        case = hand(jobs=[job(TOWN, "b", "B", windows=windows)])
        route = case.route("v1", "A", [("b", "AB"), (None, "BA")])
        assert case.judge(route) == ()  # it waits for the second
        assert case.judge(change(route, 1, start_s=route.stops[1].arrival_s)) == (Rule.WINDOW,)


class TestShift:
    @pytest.mark.parametrize(("shift", "rules"), [
        ((NOON, NOON + 8 * 60), ()),
        ((NOON, NOON + 8 * 60 - 1), (Rule.SHIFT,)),
        ((NOON + 1, NOON + HOUR), (Rule.SHIFT,)),
    ])  # fmt: skip
    def test_it_holds_the_whole_route(self, shift: tuple[int, int], rules: tuple[Rule, ...]) -> None:
        case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", shift=Window(*shift))])
        assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == rules

    def test_without_an_end_the_last_service_is_inside(self) -> None:
        for end_s, rules in ((NOON + 120, ()), (NOON + 119, (Rule.SHIFT,))):
            case = hand(jobs="b@B", vehicles=[vehicle(TOWN, "v1", "A", None, shift=Window(NOON, end_s))])
            assert case.judge(case.route("v1", "A", [("b", "AB")])) == rules


class TestCapacity:
    def test_deliveries_are_aboard_from_the_start_and_pickups_to_the_end(self) -> None:
        work = [job(TOWN, "b", "B", delivery=(2, 0)), job(TOWN, "d", "D", pickup=(2, 1))]
        for capacity, rules in (((2, 1), ()), ((1, 1), (Rule.CAPACITY,)), ((2, 0), (Rule.CAPACITY,))):
            case = hand(jobs=work, vehicles=[vehicle(TOWN, "v1", "A", "A", capacity=capacity)])
            assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == rules
            other = [("d", "ABCD"), ("b", "DCB"), (None, "BA")]  # now both are aboard between d and b
            assert case.judge(case.route("v1", "A", other)) == (Rule.CAPACITY,)

    def test_a_vehicle_without_capacity_carries_nothing(self) -> None:
        case = hand(jobs=[job(TOWN, "b", "B", delivery=(1,))])
        assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == (Rule.CAPACITY,)

    def test_what_was_picked_up_before_is_still_aboard(self) -> None:
        done = Progress(
            vehicle=VehicleId("v1"),
            at=None,
            at_s=NOON,
            done=(Done(job=JobId("b"), arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON),),
        )
        for capacity, rules in (((3,), ()), ((2,), (Rule.CAPACITY,))):
            case = hand(
                jobs=[job(TOWN, "d", "D", pickup=(2,))], history=[job(TOWN, "b", "B", pickup=(1,))],
                vehicles=[vehicle(TOWN, "v1", "A", "A", capacity=capacity)], progress=[done],
            )  # fmt: skip
            assert case.judge(case.route("v1", "A", OUT_AND_BACK, at=NOON - 120)) == rules


class TestLoad:
    WORK = (job(TOWN, "b", "B", delivery=(2, 0)), job(TOWN, "d", "D", pickup=(0, 1)))

    @pytest.mark.parametrize(("loads", "rules"), [
        (((2, 0), (0, 0), (0, 1), (0, 1)), ()),
        (((2,), (), (0, 1), (0, 1, 0)), ()),  # what is not stated is nothing; a stop may say nothing
        (((2, 0), (2, 0), (0, 1), (0, 1)), (Rule.LOAD,)),
        (((1,), (0,), (0, 1), (0, 1)), (Rule.LOAD,)),
        (((2, 0), (0, 0), (0, 1), (0, 0)), (Rule.LOAD,)),  # nobody takes it at the end
    ])  # fmt: skip
    def test_what_a_stop_says_is_aboard_is_so(
        self, loads: tuple[tuple[int, ...], ...], rules: tuple[Rule, ...]
    ) -> None:
        case = hand(jobs=self.WORK, vehicles=[vehicle(TOWN, "v1", "A", "A", capacity=(2, 1))])
        route = case.route("v1", "A", OUT_AND_BACK)
        for number, load in enumerate(loads):
            route = change(route, number, load=load)
        assert case.judge(route) == rules

    def test_what_was_picked_up_before_counts(self) -> None:
        done = Progress(
            vehicle=VehicleId("v1"),
            at=None,
            at_s=NOON,
            done=(Done(job=JobId("b"), arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON),),
        )
        case = hand(
            jobs=[job(TOWN, "d", "D", pickup=(2,))], history=[job(TOWN, "b", "B", pickup=(1,))],
            vehicles=[vehicle(TOWN, "v1", "A", "A", capacity=(3,))], progress=[done],
        )  # fmt: skip
        route = case.route("v1", "A", OUT_AND_BACK, at=NOON - 120)
        assert case.judge(change(route, 2, load=(3,))) == ()
        assert case.judge(change(route, 2, load=(2,))) == (Rule.LOAD,)
        assert case.judge(change(route, 1, load=(7,))) == (), "what is done is history"


def test_skill_every_one_is_needed() -> None:
    work = [job(TOWN, "b", "B", skills=frozenset((1, 2)))]
    for skills, rules in ((frozenset((1, 2, 3)), ()), (frozenset((1,)), (Rule.SKILL,))):
        case = hand(jobs=work, vehicles=[vehicle(TOWN, "v1", "A", "A", skills=skills)])
        assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == rules


@pytest.mark.parametrize(("lists", "rules"), [
    ({"allowed_vehicles": ["v1", "v2"]}, ()), ({"allowed_vehicles": ["v2"]}, (Rule.ALLOWED,)),
    ({"forbidden_vehicles": ["v2"]}, ()), ({"forbidden_vehicles": ["v1"]}, (Rule.ALLOWED,)),
])  # fmt: skip
def test_allowed(lists: dict[str, list[str]], rules: tuple[Rule, ...]) -> None:
    named = {key: frozenset(map(VehicleId, names)) for key, names in lists.items()}
    case = hand(jobs=[job(TOWN, "b", "B", **named)])
    assert case.judge(case.route("v1", "A", [("b", "AB"), (None, "BA")])) == rules


class TestCompany:
    """Two vehicles, b and d; or both jobs on one."""

    FLEET = tuple(vehicle(TOWN, n, "A", "A") for n in ("v1", "v2"))
    ALONE = (("v1", [("b", "AB"), (None, "BA")]), ("v2", [("d", "ABCD"), (None, "DCBA")]))

    def judge(self, *, split: bool, done: bool = False, **words: object) -> tuple[Rule, ...]:
        work = [job(TOWN, name, name.upper(), **words) for name in "bd"]
        by_one = Done(job=JobId("b"), arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON)
        progress = [Progress(vehicle=VehicleId("v1"), at=None, at_s=NOON, done=(by_one,))] if done else []
        case = Hand(
            TOWN,
            jobs=work[done:],
            history=work[:done],
            vehicles=list(self.FLEET),
            progress=progress,
        )
        routes = [case.route(name, "A", ways) for name, ways in self.ALONE]
        if not split:
            return case.judge(case.route("v1", "A", OUT_AND_BACK, at=NOON - 120 * done))
        return case.judge(*routes[done:])

    def test_a_group_on_two_vehicles_is_refused(self) -> None:
        assert self.judge(split=False, together="t") == ()
        assert self.judge(split=True, together="t") == (Rule.TOGETHER,)

    def test_a_group_goes_on_with_who_began_it(self) -> None:
        assert self.judge(split=False, done=True, together="t") == ()
        assert self.judge(split=True, done=True, together="t") == (Rule.TOGETHER,)

    def test_what_is_apart_on_one_vehicle_is_refused(self) -> None:
        assert self.judge(split=True, apart=frozenset("x")) == ()
        assert self.judge(split=False, apart=frozenset("x")) == (Rule.APART,)

    def test_what_is_apart_from_what_was_done_is_refused(self) -> None:
        assert self.judge(split=True, done=True, apart=frozenset("x")) == ()
        assert self.judge(split=False, done=True, apart=frozenset("x")) == (Rule.APART,)


@pytest.mark.parametrize(("limit", "rules"), [
    ({"max_tasks": 2}, ()), ({"max_tasks": 1}, (Rule.LIMIT,)),
    ({"max_travel_s": 360}, ()), ({"max_travel_s": 359}, (Rule.LIMIT,)),
    ({"max_distance_m": 4200}, ()), ({"max_distance_m": 4199}, (Rule.LIMIT,)),
    ({"max_duration_s": 480}, ()), ({"max_duration_s": 479}, (Rule.LIMIT,)),
])  # fmt: skip
def test_limit(limit: dict[str, int], rules: tuple[Rule, ...]) -> None:
    case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", **limit)])
    assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == rules


class TestPair:
    PARCEL = Shipment(
        id="s",
        pickup=job(TOWN, "p", "B"),
        delivery=job(TOWN, "q", "D"),
        amount=(1,),
    )

    def case(self, **more: object) -> Hand:
        fleet = [vehicle(TOWN, n, "A", "A", capacity=(1,)) for n in ("v1", "v2")]
        return Hand(TOWN, jobs=halves(self.PARCEL), shipments=[self.PARCEL], vehicles=fleet, **more)  # type: ignore[arg-type]

    def test_pickup_then_delivery_is_right(self) -> None:
        case = self.case()
        assert (
            case.judge(case.route("v1", "A", [("s/pickup", "AB"), ("s/delivery", "BCD"), (None, "DCBA")]))
            == ()
        )

    def test_delivery_first_is_refused(self) -> None:
        case = self.case()
        wrong = [("s/delivery", "ABCD"), ("s/pickup", "DCB"), (None, "BA")]
        assert case.judge(case.route("v1", "A", wrong)) == (Rule.PAIR,)

    def test_two_vehicles_are_refused(self) -> None:
        case = self.case()
        one = case.route("v1", "A", [("s/pickup", "AB"), (None, "BA")])
        two = case.route("v2", "A", [("s/delivery", "ABCD"), (None, "DCBA")])
        assert case.judge(one, two) == (Rule.PAIR,)

    def test_how_long_it_is_aboard(self) -> None:
        route = [("s/pickup", "AB"), ("s/delivery", "BCD"), (None, "DCBA")]
        for ride_s, rules in ((120, ()), (119, (Rule.RIDE,))):
            own = replace(self.PARCEL, delivery=replace(self.PARCEL.delivery, max_ride_s=ride_s))
            fleet = [vehicle(TOWN, "v1", "A", "A", capacity=(1,))]
            case = Hand(TOWN, jobs=halves(own), shipments=[own], vehicles=fleet)
            assert case.judge(case.route("v1", "A", route)) == rules

    def test_half_a_shipment_is_refused(self) -> None:
        case = self.case()
        one = case.route("v1", "A", [("s/pickup", "AB"), (None, "BA")])
        assert case.judge(one, missing=["s/delivery"]) == (Rule.PAIR,)

    def test_what_is_aboard_stays_with_its_vehicle(self) -> None:
        pickup, delivery = halves(self.PARCEL)
        aboard = Progress(
            vehicle=VehicleId("v1"), at=None, at_s=NOON,
            done=(Done(job=pickup.id, arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON),),
        )  # fmt: skip
        fleet = [vehicle(TOWN, n, "A", "A", capacity=(1,)) for n in ("v1", "v2")]
        case = Hand(
            TOWN,
            jobs=[delivery],
            history=[pickup],
            shipments=[self.PARCEL],
            vehicles=fleet,
            progress=[aboard],
        )
        other = case.route("v2", "A", [("s/delivery", "ABCD"), (None, "DCBA")])
        assert case.judge(other) == (Rule.PAIR,)
        own = case.route(
            "v1", "A", [("s/pickup", "AB"), ("s/delivery", "BCD"), (None, "DCBA")], at=NOON - 120
        )
        assert case.judge(own) == ()


class TestBreak:
    REST = Break(id="lunch", windows=(Window(NOON + 120, NOON + 200),), service_s=300)

    def case(self) -> Hand:
        return hand(vehicles=[vehicle(TOWN, "v1", "A", "A", breaks=(self.REST,))])

    def route(self, case: Hand, start_s: int, rest_s: int) -> Route:
        """Do b, rest there, then d and home."""
        first = case.route("v1", "A", [("b", "AB")])
        rest = Stop(
            kind=StopKind.BREAK,
            job=None,
            lonlat=None,
            node=None,
            arrival_s=NOON + 120,
            start_s=start_s,
            departure_s=start_s + rest_s,
            label="lunch",
        )
        after = case.route("v1", "B", [("d", "BCD"), (None, "DCBA")], at=start_s + rest_s)
        nothing = Leg(drive=None, duration_s=0, distance_m=0)
        return Route(
            vehicle=VehicleId("v1"),
            stops=(*first.stops, rest, *after.stops[1:]),
            legs=(*first.legs, nothing, *after.legs),
        )

    def test_in_its_window_it_is_right(self) -> None:
        case = self.case()
        assert case.judge(self.route(case, NOON + 200, 300)) == ()

    def test_late_or_short_it_is_refused(self) -> None:
        case = self.case()
        assert case.judge(self.route(case, NOON + 201, 300)) == (Rule.BREAK,)
        assert case.judge(self.route(case, NOON + 200, 299)) == (Rule.BREAK,)

    def test_left_out_it_is_refused(self) -> None:
        case = self.case()
        assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == (Rule.BREAK,)

    def test_it_may_be_had_after_the_route(self) -> None:
        late = replace(self.REST, windows=(Window(NOON, NOON + HOUR),))
        case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", breaks=(late,))])
        assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == ()

    def test_a_break_of_nobody_is_refused(self) -> None:
        case = hand()
        assert case.judge(self.route(case, NOON + 200, 300)) == (Rule.BREAK,)


class TestPath:
    def test_a_gap_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        drive = route.legs[1].drive
        assert drive is not None
        jump = replace(drive, edges=drive.edges[1:], distance_m=700)
        assert case.judge(change_leg(route, 1, replace(route.legs[1], drive=jump))) == (Rule.PATH,)

    def test_an_edge_that_leads_elsewhere_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change_leg(route, 1, case.leg("BEF", route.stops[1].departure_s))) == (Rule.PATH,)

    def test_an_edge_that_does_not_exist_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        drive = route.legs[0].drive
        assert drive is not None
        for number in (-1, TOWN.n_edges):
            broken = replace(drive, edges=(replace(drive.edges[0], edge=EdgeId(number)),))
            assert case.judge(change_leg(route, 0, replace(route.legs[0], drive=broken))) == (Rule.PATH,)

    def test_no_road_at_all_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change_leg(route, 1, replace(route.legs[1], drive=None))) == (Rule.PATH,)

    def test_a_road_the_profile_may_not_drive_is_refused(self) -> None:
        for profile, rules in (("van", ()), ("truck", (Rule.PATH,))):
            case = hand(jobs="f@F", vehicles=[vehicle(TOWN, "v1", "A", "A", profile=profile)])
            route = case.route("v1", "A", [("f", "ABEF"), (None, "FEBA")])  # driven at a van's speed
            assert case.judge(route) == rules

    def test_a_stop_at_another_place_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert Rule.PATH in case.judge(change(route, 2, node=drawn.node(TOWN, "F")))

    def test_two_places_far_from_any_road_are_not_one_place(self) -> None:
        case = hand(jobs="b@B", vehicles=[vehicle(TOWN, "v1", "B", "B")])
        route = case.route("v1", "B", [("b", ""), (None, "")])
        assert case.judge(route) == ()
        case.problem = replace(case.problem, nodes=(-1,) * len(case.letters))
        at_sea = replace(route, stops=tuple(replace(stop, node=-1) for stop in route.stops))
        assert case.judge(at_sea) == (Rule.PATH,)

    def test_who_starts_elsewhere_is_refused(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "B", [("b", ""), ("d", "BCD"), (None, "DCBA")])) == (Rule.PATH,)

    def test_a_distance_that_is_another_one_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        drive = route.legs[1].drive
        assert drive is not None
        lie = replace(route.legs[1], drive=replace(drive, distance_m=drive.distance_m // 2))
        assert case.judge(change_leg(route, 1, lie)) == (Rule.PATH,)


class TestSpeed:
    def test_faster_than_free_flow_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK, factor=1.1)
        assert case.judge(route) == (Rule.SPEED,)

    def test_a_slow_vehicle_needs_longer_and_a_quick_one_may_be_quick(self) -> None:
        for factor, driven, rules in ((0.5, 1.0, (Rule.SPEED,)), (0.5, 0.5, ()), (1.25, 1.25, ())):
            case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", speed_factor=factor)])
            assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=driven)) == rules

    def test_a_slowed_road_takes_longer(self) -> None:
        case = hand(hazards=[drawn.slow(TOWN, street, 0.5, NOON) for street in ("AB", "BC", "CD")])
        assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == (Rule.SPEED,)
        assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=0.5)) == ()

    def test_the_slowest_of_several_counts(self) -> None:
        streets = ("AB", "BC", "CD")
        hazards = [drawn.slow(TOWN, street, 0.5, NOON) for street in streets]
        hazards += [drawn.slow(TOWN, street, 0.25, NOON, alert="A2") for street in streets]
        case = hand(hazards=hazards)
        assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=0.5)) == (Rule.SPEED,)
        assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=0.25)) == ()


# With a long way round, so that BC may be shut and nobody is shut in.
RING = drawn.roads(
    """
    A------B------C------D
    |      |             |
    |      E------F      |
    |                    |
    G--------------------H
    """,
    ways={"BC": {"ref": "CG-4"}, "EF": {"not_for": ("truck",)}},
)


def later(route: Route, number: int, edge: int, by_s: int) -> Route:
    """Make a route in which one edge of a leg, and all after it, are left later."""

    def moved(drive: Drive, first: int, *, begun: bool) -> Drive:
        edges = tuple(
            replace(step, enter_ms=step.enter_ms + (by_s * 1000 if k >= first else 0))
            for k, step in enumerate(drive.edges)
        )
        depart_s = drive.depart_s if begun else drive.depart_s + by_s
        return replace(drive, edges=edges, depart_s=depart_s, arrive_s=drive.arrive_s + by_s)

    legs = []
    for k, leg in enumerate(route.legs):
        if leg.drive is not None and k >= number:
            drive = moved(leg.drive, edge + 1 if k == number else 0, begun=k == number)
            leg = replace(leg, drive=drive, duration_s=drive.arrive_s - drive.depart_s)
        legs.append(leg)
    stops = tuple(
        replace(
            stop,
            arrival_s=stop.arrival_s + by_s,
            start_s=stop.start_s + by_s,
            departure_s=stop.departure_s + by_s,
        )
        if k > number
        else stop
        for k, stop in enumerate(route.stops)
    )
    return replace(route, stops=stops, legs=tuple(legs))


class TestWaitingOnTheRoad:
    def test_who_waits_on_the_road_for_it_to_open_is_refused(self) -> None:
        # CD is shut until 12:33; the van would stand half an hour on BC, which takes a minute.
        case = hand(hazards=[drawn.shut(TOWN, "CD", NOON, NOON + 33 * MINUTE)])
        route = case.route("v1", "A", OUT_AND_BACK)
        assert Rule.CLOSED in case.judge(route)
        assert case.judge(later(route, 1, 0, 30 * MINUTE)) == (Rule.SPEED,)

    @pytest.mark.parametrize("edge", [0, 1, 2])
    def test_and_so_is_who_waits_for_nothing(self, edge: int) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(later(route, 2, edge, 3)) == (Rule.SPEED,)
        assert case.judge(later(route, 2, edge, 1)) == (() if edge == 2 else (Rule.SPEED,))  # whole seconds

    def test_who_departs_enters_the_road(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(later(route, 1, -1, 20)) == (Rule.SPEED,)

    def test_a_slow_vehicle_may_take_its_time_and_no_more(self) -> None:
        for driven, rules in ((0.5, ()), (0.45, (Rule.SPEED,))):
            case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", speed_factor=0.5)])
            assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=driven)) == rules

    def test_a_plan_in_force_may_be_slower_than_its_roads_are_now(self) -> None:
        case = hand()
        draft = case.draft(case.route("v1", "A", OUT_AND_BACK, factor=0.5))
        plan = Plan(
            made_s=NOON, snapshot=case.snapshot.content_hash, routes=draft.routes, unassigned=(), cost=0,
            solver=draft.solver,
        )  # fmt: skip
        assert not check(draft, case.problem, case.snapshot).ok
        assert check(plan, case.problem, case.snapshot).ok

    def test_what_slowed_a_road_before_excuses_nobody(self) -> None:
        hazards = [drawn.slow(TOWN, "BC", 0.5, NOON - HOUR, NOON)]
        case = hand(hazards=hazards)
        assert case.judge(case.route("v1", "A", OUT_AND_BACK, factor=0.5)) == (Rule.SPEED,)


class TestClosed:
    # b is left at 12:02, BC driven 12:02-12:03 and, on the way back, 12:06-12:07.
    @pytest.mark.parametrize(("start", "end", "rules"), [
        (NOON + 3 * MINUTE, NOON + 6 * MINUTE, ()),  # shut exactly while nobody is on it
        (NOON + 3 * MINUTE - 1, NOON + 6 * MINUTE, (Rule.CLOSED,)),
        (NOON + 3 * MINUTE, NOON + 6 * MINUTE + 1, (Rule.CLOSED,)),
        (NOON + 6 * MINUTE + 30, NOON + 6 * MINUTE + 31, (Rule.CLOSED,)),
    ])  # fmt: skip
    def test_use_is_half_open_as_closures_are(self, start: int, end: int, rules: tuple[Rule, ...]) -> None:
        case = hand(town=RING, hazards=[drawn.shut(RING, "BC", start, end)])
        assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == rules

    def test_the_sentence_names_alert_road_job_and_time(self) -> None:
        case = hand(hazards=[drawn.shut(TOWN, "BC", NOON, alert="flood-7")])
        verdict = check(case.draft(case.route("v1", "A", OUT_AND_BACK)), case.problem, case.snapshot)
        text = next(v.text for v in verdict.violations if v.job == "d")
        for word in ("v1", "CG-4", "flood-7", "12:02", "job d in D"):
            assert word in text

    def test_equipment_lifts_a_restriction(self) -> None:
        for equipment, rules in ((frozenset({"chains"}), ()), (frozenset(), (Rule.CLOSED,))):
            fleet = [vehicle(RING, "v1", "A", "A", equipment=equipment)]
            case = hand(town=RING, vehicles=fleet, hazards=[drawn.restricted(RING, "BC", "chains", NOON)])
            assert case.judge(case.route("v1", "A", OUT_AND_BACK)) == rules

    @pytest.mark.parametrize(("seen", "rules"), [("B", ()), ("A", (Rule.TIMES,)), (None, (Rule.TIMES,))])
    def test_what_was_driven_before_now_is_history_once_it_is_reported(
        self, seen: str | None, rules: tuple[Rule, ...]
    ) -> None:
        under_way = Progress(
            vehicle=VehicleId("v1"),
            at=None if seen is None else drawn.lonlat(TOWN, seen),
            at_s=NOON,
            committed=(JobId("d"),),
        )
        case = hand(
            jobs="d@D", progress=[under_way], hazards=[drawn.shut(TOWN, "AB", NOON - HOUR, NOON + 60)]
        )
        assert case.judge(case.route("v1", "A", [("d", "ABCD"), (None, "DCBA")], at=NOON - 60)) == rules

    def test_a_snapshot_that_was_not_asked_cannot_clear_anybody(self) -> None:
        case = hand(vehicles=[vehicle(TOWN, "v1", "A", "A", equipment=frozenset({"chains"}))])
        del case.snapshot.closures[Travel("van", frozenset({"chains"}))]
        with pytest.raises(BugError):
            case.judge(case.route("v1", "A", OUT_AND_BACK))


class TestUnderWay:
    def test_who_has_arrived_is_there(self) -> None:
        """Reported at b before the drive there would be over: only service and what follows are judged."""
        for reported_s, rules in ((NOON, ()), (NOON + 90, (Rule.TIMES,))):
            seen = Progress(
                vehicle=VehicleId("v1"), at=drawn.lonlat(TOWN, "B"), at_s=NOON, committed=(JobId("b"),),
                arrived=((JobId("b"), reported_s),),
            )  # fmt: skip
            case = hand(jobs="b@B", progress=[seen])
            route = case.route("v1", "A", [("b", "AB"), (None, "BA")])
            early = change(route, 1, arrival_s=NOON, start_s=NOON + 30, departure_s=NOON + 120)
            assert case.judge(early) == rules

    def test_a_break_may_be_taken_where_the_next_stop_is(self) -> None:
        rest = Break(id="r", windows=(Window(NOON, NOON + 100),), service_s=30)
        for where, rules in (("B", ()), ("A", (Rule.PATH,)), ("D", (Rule.PATH,))):
            case = hand(jobs="b@B", vehicles=[vehicle(TOWN, "v1", "A", "A", breaks=(rest,))])
            there = case.route("v1", "A", [("b", "AB")])
            halt = case.stop(StopKind.BREAK, None, where, NOON + 60, NOON + 90)
            after = case.route("v1", "B", [("b", ""), (None, "BA")], at=NOON + 90)
            whole = Route(
                vehicle=VehicleId("v1"), stops=(there.stops[0], replace(halt, label="r"), *after.stops[1:]),
                legs=(*there.legs, *after.legs),
            )  # fmt: skip
            assert set(case.judge(whole)) == set(rules)


class TestTrapped:
    def test_a_route_without_a_way_home_is_refused(self) -> None:
        case = hand()
        assert case.judge(case.route("v1", "A", OUT_AND_BACK[:-1])) == (Rule.TRAPPED,)

    def test_an_end_without_a_road_to_it_is_refused(self) -> None:
        case = hand()
        route = case.route("v1", "A", OUT_AND_BACK)
        assert case.judge(change_leg(route, 2, replace(route.legs[2], drive=None))) == (Rule.TRAPPED,)

    def test_who_may_end_anywhere_may_stay(self) -> None:
        case = hand(vehicles=[vehicle(TOWN, "v1", "A", None)])
        assert case.judge(case.route("v1", "A", OUT_AND_BACK[:-1])) == ()


class TestKept:
    """v1 has done b, and is under way to d."""

    def case(self, jobs: str = "d@D f@F", **more: object) -> Hand:
        done = Done(job=JobId("b"), arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON)
        progress = Progress(
            vehicle=VehicleId("v1"), at=None, at_s=NOON, done=(done,), committed=(JobId("d"),)
        )
        fleet = [vehicle(TOWN, n, "A", "A") for n in ("v1", "v2")]
        return hand(jobs=jobs, history=[job(TOWN, "b", "B")], vehicles=fleet, progress=[progress], **more)

    def test_done_then_committed_then_the_rest(self) -> None:
        case = self.case()
        route = case.route(
            "v1", "A", [("b", "AB"), ("d", "BCD"), ("f", "DCBEF"), (None, "FEBA")], at=NOON - 120
        )
        assert case.judge(change(route, 1, state=StopState.DONE)) == ()

    def test_history_is_not_judged_by_other_rules(self) -> None:
        case = self.case("d@D", hazards=[drawn.shut(TOWN, "AB", NOON - HOUR, NOON)])
        route = case.route("v1", "A", OUT_AND_BACK, at=NOON - 120)
        assert case.judge(change(route, 1, arrival_s=NOON - 999, start_s=NOON - 60)) == ()

    def test_a_drive_may_begin_where_the_vehicle_was_last_seen(self) -> None:
        done = Done(job=JobId("b"), arrival_s=NOON - 60, start_s=NOON - 60, departure_s=NOON)
        for seen_s, rules in ((NOON + 60, ()), (NOON + 61, (Rule.PATH,))):
            seen = Progress(vehicle=VehicleId("v1"), at=drawn.lonlat(TOWN, "C"), at_s=seen_s, done=(done,))
            case = hand(jobs="d@D", history=[job(TOWN, "b", "B")], progress=[seen], now=NOON + 60)
            first = case.route("v1", "A", [("b", "AB")], at=NOON - 120)
            rest = case.route("v1", "C", [("d", "CD"), (None, "DCBA")], at=NOON + 60)
            whole = Route(
                vehicle=VehicleId("v1"), stops=(*first.stops, *rest.stops[1:]), legs=(*first.legs, *rest.legs)
            )
            assert case.judge(whole) == rules

    def test_a_committed_stop_may_not_wait_behind_another(self) -> None:
        case = self.case()
        route = case.route(
            "v1", "A", [("b", "AB"), ("f", "BEF"), ("d", "FEBCD"), (None, "DCBA")], at=NOON - 120
        )
        assert case.judge(route) == (Rule.KEPT,)

    def test_a_committed_stop_may_not_change_its_vehicle(self) -> None:
        case = self.case()
        one = case.route("v1", "A", [("b", "AB"), ("f", "BEF"), (None, "FEBA")], at=NOON - 120)
        two = case.route("v2", "A", [("d", "ABCD"), (None, "DCBA")])
        assert case.judge(one, two) == (Rule.KEPT,)

    def test_a_committed_stop_may_be_called_back(self) -> None:
        case = self.case()
        one = case.route("v1", "A", [("b", "AB"), ("f", "BEF"), (None, "FEBA")], at=NOON - 120)
        assert case.judge(one, missing="d") == ()

    def test_a_stop_done_by_another_is_refused(self) -> None:
        case = self.case("d@D")
        two = case.route("v2", "A", [("b", "AB"), (None, "BA")])
        assert case.judge(two, missing="d") == (Rule.KEPT,)

    def test_a_job_done_cannot_be_nowhere(self) -> None:
        case = self.case("d@D")
        assert case.judge(missing="bd") == (Rule.KEPT,)

    def test_calling_itself_done_helps_nobody(self) -> None:
        case = hand(hazards=[drawn.shut(TOWN, "BC", NOON)])
        route = case.route("v1", "A", OUT_AND_BACK)
        lie = change(change(route, 1, state=StopState.DONE), 2, state=StopState.DONE)
        assert set(case.judge(lie)) == {Rule.KEPT, Rule.CLOSED, Rule.SHUT_IN}

    def test_nothing_comes_before_what_is_done(self) -> None:
        case = self.case("d@D")
        route = case.route("v1", "A", [("d", "ABCD"), ("b", "DCB"), (None, "BA")], at=NOON - 600)
        assert Rule.KEPT in case.judge(route)


class TestMatrix:
    """Without roads the caller's matrix is the truth."""

    def case(self) -> Hand:
        case = hand(jobs="b@B")
        rows = tuple(Location(index=k) for k in range(len(case.letters)))
        home, there = rows[case.letters.index("A")], rows[case.letters.index("B")]
        fleet = (replace(case.problem.vehicles[0], start=home, end=home),)
        work = (Job(id=JobId("b"), location=there, service_s=60),)
        case.problem = replace(case.problem, stops=rows, nodes=(-1,) * len(rows), jobs=work, vehicles=fleet)
        return case

    def judge(self, seconds: int, *, no_way: bool = False, claim: bool = False) -> tuple[Rule, ...]:
        import numpy as np

        from vado.model.snapshot import NO_WAY_S

        case = self.case()
        route = hand(jobs="b@B").route("v1", "A", [("b", "AB"), (None, "BA")])
        stops = tuple(replace(stop, node=None, lonlat=None) for stop in route.stops)
        legs = tuple(
            replace(leg, drive=replace(leg.drive, edges=()) if claim and leg.drive else None)
            for leg in route.legs
        )
        size = len(case.letters)
        table = np.full((size, size), NO_WAY_S if no_way else seconds, np.int64)
        matrix = {"van": (table, np.zeros_like(table))}
        draft = case.draft(Route(vehicle=VehicleId("v1"), stops=stops, legs=legs))
        return tuple(
            dict.fromkeys(v.rule for v in check(draft, case.problem, None, matrix=matrix).violations)
        )

    def test_its_seconds_are_needed(self) -> None:
        assert self.judge(60) == ()
        assert self.judge(61) == (Rule.TIMES,)

    def test_a_drive_without_edges_is_only_a_claim(self) -> None:
        assert self.judge(60, claim=True) == ()
        assert self.judge(61, claim=True) == (Rule.TIMES,)

    def test_no_way_is_none(self) -> None:
        assert set(self.judge(0, no_way=True)) >= {Rule.PATH, Rule.TRAPPED}

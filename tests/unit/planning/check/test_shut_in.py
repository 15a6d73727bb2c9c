"""SHUT_IN: nobody is sent in on the word that a road will open again; who is in already waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from drawn import HOUR, MINUTE, NOON
from hand import Hand, job, vehicle
from vado.model.hazard import Hazard
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Break, Progress, Window
from vado.model.plan import Route, Rule, StopKind
from vado.planning.check import check

# One bridge into a valley: a minute an edge. A second way out of it is for vans only.
TOWN = drawn.roads(
    """
    A------B------C------D
                         |
    F--------------------E
    """,
    ways={"BC": {"ref": "CG-4"}, "EF": {"not_for": ("truck",)}},
)
BEGINS, REOPENS = NOON + 10 * MINUTE, NOON + 2 * HOUR
IN_AND_OUT = [("d", "ABCD"), (None, "DCBA")]


def bridge(start: int = BEGINS, end: int = REOPENS) -> Hazard:
    return drawn.shut(TOWN, "BC", start, end)


def hand(*hazards: Hazard, start: str | None = "A", end: str | None = "A", **more):  # type: ignore[no-untyped-def]
    truck = vehicle(TOWN, "v1", start, end, profile="truck", **more.pop("about", {}))
    jobs = more.pop("jobs", [job(TOWN, "d", "D")])
    return Hand(TOWN, jobs=jobs, vehicles=[truck], hazards=hazards, **more)


def waiting(case: Hand, until: int = REOPENS) -> Route:
    """Serve D, sit there until the bridge opens again, and drive home."""
    route = case.route("v1", "A", IN_AND_OUT[:-1], profile="truck")
    last = replace(route.stops[-1], departure_s=until)
    home = case.leg("DCBA", until, profile="truck")
    end = case.stop(StopKind.END, None, "A", until + home.duration_s, until + home.duration_s)
    return replace(route, stops=(*route.stops[:-1], last, end), legs=(*route.legs, home))


def test_a_closure_is_not_sat_out_at_a_stop() -> None:
    case = hand(bridge())
    assert case.judge(waiting(case)) == (Rule.SHUT_IN,)
    (told,) = check(case.draft(waiting(case)), case.problem, case.snapshot).violations
    assert told.job == "d"
    assert told.text.startswith("vehicle v1 would be shut in at job d in D: at 12:10 no road from there")


def test_who_is_gone_as_the_road_shuts_was_not_shut_in() -> None:
    case = hand(bridge(start=NOON + 6 * MINUTE))
    assert case.judge(case.route("v1", "A", IN_AND_OUT, profile="truck")) == ()
    assert case.judge(waiting(case, until=NOON + 4 * MINUTE)) == ()


def test_one_second_of_it_is_enough() -> None:
    case = hand(bridge(BEGINS, BEGINS + 1))
    assert case.judge(waiting(case, until=BEGINS)) == ()  # as it comes to the bridge that is open again
    assert case.judge(waiting(case, until=BEGINS + 1)) == (Rule.SHUT_IN,)


def test_another_way_out_will_do_for_who_may_drive_it() -> None:
    town = drawn.roads(
        """
        A------B------C------D
        |                    |
        F--------------------E
        """,
        ways={"EF": {"not_for": ("truck",)}},
    )
    for profile, rules in (("van", ()), ("truck", (Rule.SHUT_IN,))):
        who = vehicle(town, "v1", "A", "A", profile=profile)
        case = Hand(town, jobs=[job(town, "d", "D")], vehicles=[who],
                    hazards=[drawn.shut(town, "BC", BEGINS, REOPENS)])  # fmt: skip
        assert case.judge(waiting(case)) == rules
    # Two that never shut together leave a way at every instant; a second of both is enough.
    who = vehicle(town, "v1", "A", "A")
    for begins, rules in ((NOON + HOUR, ()), (NOON + HOUR - 1, (Rule.SHUT_IN,))):
        one = drawn.shut(town, "BC", BEGINS, NOON + HOUR)
        two = drawn.shut(town, "DE", begins, REOPENS - MINUTE, alert="two")
        case = Hand(town, jobs=[job(town, "d", "D")], vehicles=[who], hazards=[one, two])
        assert case.judge(waiting(case)) == rules


@pytest.mark.parametrize(("start", "end"), [("A", None), ("A", "D"), (None, "A")])
def test_who_may_stay_or_was_not_sent_is_not_shut_in(start: str | None, end: str | None) -> None:
    case = hand(bridge(), start=start, end=end)
    whole = waiting(case)
    if end is None:
        whole = replace(whole, stops=whole.stops[:2], legs=whole.legs[:1])
    elif end == "D":
        stop = case.stop(StopKind.END, None, "D", REOPENS, REOPENS)
        leg = case.leg("", REOPENS)
        whole = replace(whole, stops=(*whole.stops[:2], stop), legs=(whole.legs[0], leg))
    elif start is None:
        whole = replace(whole, stops=whole.stops[1:], legs=whole.legs[1:])
    assert case.judge(whole) == ()


def test_who_waits_outside_is_not_shut_in() -> None:
    case = hand(bridge(NOON, REOPENS), jobs=[job(TOWN, "b", "B"), job(TOWN, "d", "D")])
    route = case.route("v1", "A", [("b", "AB")], profile="truck")
    late = replace(route.stops[-1], departure_s=REOPENS)
    rest = case.route("v1", "B", [("d", "BCD"), (None, "DCBA")], at=REOPENS, profile="truck")
    whole = Route(
        vehicle=VehicleId("v1"), stops=(route.stops[0], late, *rest.stops[1:]), legs=(*route.legs, *rest.legs)
    )
    assert case.judge(whole) == ()


class TestAlreadyInside:
    def seen(self, where: str, **more: object) -> Progress:
        return Progress(vehicle=VehicleId("v1"), at=drawn.lonlat(TOWN, where), at_s=NOON, **more)  # type: ignore[arg-type]

    def route(self, case: Hand, *, again: bool) -> Route:
        """Serve D, C and B from C on; `again` goes back to D as the bridge shuts once more."""
        inside = case.route("v1", "C", [("d", "CD")], profile="truck")
        late = replace(inside.stops[-1], departure_s=REOPENS)
        then = [("b", "DCB"), *([("e", "BCDE")] if again else []), (None, "EDCBA" if again else "BA")]
        rest = case.route("v1", "D", then, at=REOPENS, profile="truck")
        return Route(
            vehicle=VehicleId("v1"), stops=(inside.stops[0], late, *rest.stops[1:]),
            legs=(*inside.legs, *rest.legs),
        )  # fmt: skip

    def test_it_waits_and_goes_on_from_the_reopening(self) -> None:
        work = [job(TOWN, "b", "B"), job(TOWN, "d", "D")]
        case = hand(bridge(NOON - HOUR), start="C", jobs=work)
        assert case.judge(self.route(case, again=False)) == ()

    def test_once_out_it_is_not_sent_in_again(self) -> None:
        work = [job(TOWN, "b", "B"), job(TOWN, "d", "D"), job(TOWN, "e", "E")]
        # It shuts again while E is served, and is open by the time the vehicle comes back.
        second = drawn.shut(TOWN, "BC", REOPENS + 6 * MINUTE + 30, REOPENS + 8 * MINUTE, alert="second")
        case = hand(bridge(NOON - HOUR), second, start="C", jobs=work)
        assert case.judge(self.route(case, again=True)) == (Rule.SHUT_IN,)

    def test_who_still_gets_out_is_not_inside(self) -> None:
        """It stands in the valley that shuts in ten minutes: what it does there has to be done by then."""
        case = hand(bridge(), start="C")
        route = case.route("v1", "C", [("d", "CD")], profile="truck")
        late = replace(route.stops[-1], departure_s=REOPENS)
        home = case.leg("DCBA", REOPENS, profile="truck")
        end = case.stop(StopKind.END, None, "A", REOPENS + home.duration_s, REOPENS + home.duration_s)
        whole = replace(route, stops=(route.stops[0], late, end), legs=(*route.legs, home))
        assert case.judge(whole) == (Rule.SHUT_IN,)

    def test_a_break_where_it_stands_is_no_errand(self) -> None:
        rest = Break(id="r", windows=(Window(NOON, REOPENS),), service_s=REOPENS - NOON)
        case = hand(bridge(), start="D", jobs=[job(TOWN, "b", "B")], about={"breaks": (rest,)})
        start = case.stop(StopKind.START, None, "D", NOON, NOON)
        halt = replace(case.stop(StopKind.BREAK, None, "D", NOON, REOPENS), label="r")
        after = case.route("v1", "D", [("b", "DCB"), (None, "BA")], at=REOPENS, profile="truck")
        whole = Route(
            vehicle=VehicleId("v1"), stops=(start, halt, *after.stops[1:]),
            legs=(case.leg("", NOON), *after.legs),
        )  # fmt: skip
        assert case.judge(whole) == ()


def test_a_place_without_any_way_back_is_no_closures_fault() -> None:
    town = drawn.roads("A------B------C", ways={"BC": {"oneway": True}})
    who = vehicle(town, "v1", "A", "A")
    case = Hand(town, jobs=[job(town, "c", "C")], vehicles=[who],
                hazards=[drawn.shut(town, "AB", NOON + HOUR, NOON + 2 * HOUR)])  # fmt: skip
    route = case.route("v1", "A", [("c", "ABC")])
    assert case.judge(route) == (Rule.TRAPPED,)
    assert JobId("c") in route.jobs

"""The referee refuses every harmful change of a plan that was right, whatever is changed and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import drawn
from drawn import HOUR, MINUTE, NOON
from hand import Hand, job, vehicle
from vado.model.ids import EdgeId, VehicleId
from vado.model.jobs import Shipment, Window
from vado.model.plan import Draft, Leg, Route, Rule
from vado.planning.check import check
from vado.planning.problem import halves

TOWN = drawn.roads(
    """
    A------B------C------D
    |      |      |
    G------E------F
    """,
    ways={"CD": {"ref": "CG-4", "minutes": 3}, "GE": {"oneway": True}},
)
PARCEL = Shipment(id="s", pickup=job(TOWN, "p", "G"), delivery=job(TOWN, "q", "F"), amount=(1,))
# D is cut at 12:12: the plan is out of it just before.
CASE = Hand(
    TOWN,
    jobs=[
        job(TOWN, "b", "B", delivery=(1,)),
        job(TOWN, "d", "D", delivery=(1,), windows=(Window(NOON, NOON + 10 * MINUTE),)),
        job(TOWN, "f", "F", skills=frozenset((7,))),
        *halves(PARCEL),
    ],
    vehicles=[
        vehicle(TOWN, "v1", "A", "A", capacity=(2,), shift=Window(NOON, NOON + HOUR)),
        vehicle(TOWN, "v2", "A", "A", capacity=(1,), shift=Window(NOON, NOON + HOUR), skills=frozenset((7,))),
    ],
    shipments=[PARCEL],
    hazards=[drawn.shut(TOWN, "CD", NOON + 11 * MINUTE), drawn.slow(TOWN, "EF", 0.5, NOON + HOUR)],
)
RIGHT = (
    CASE.route("v1", "A", [("b", "AB"), ("d", "BCD"), (None, "DCBA")]),
    CASE.route("v2", "A", [("s/pickup", "AG"), ("s/delivery", "GEF"), ("f", ""), (None, "FCBA")]),
)
Change = Callable[[st.DataObject, tuple[Route, ...]], tuple[Route, ...]]
MANY = settings(max_examples=300, deadline=None, derandomize=True)


def rules(routes: tuple[Route, ...], *, missing: tuple[str, ...] = ()) -> set[Rule]:
    plan: Draft = CASE.draft(*routes, missing=missing)
    return {violation.rule for violation in check(plan, CASE.problem, CASE.snapshot).violations}


def test_the_plan_is_right_to_begin_with() -> None:
    assert rules(RIGHT) == set()


def put(routes: tuple[Route, ...], number: int, route: Route) -> tuple[Route, ...]:
    return (*routes[:number], route, *routes[number + 1 :])


def put_leg(route: Route, number: int, leg: Leg) -> Route:
    return replace(route, legs=(*route.legs[:number], leg, *route.legs[number + 1 :]))


def pick(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[int, Route]:
    number = data.draw(st.integers(0, len(routes) - 1))
    return number, routes[number]


def shift_a_time(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """Move one time of one job: the plan is tight, so any of them breaks something."""
    number, route = pick(data, routes)
    k = data.draw(st.integers(1, len(route.stops) - 2))
    by = data.draw(st.integers(-HOUR, HOUR).filter(bool))
    name = data.draw(st.sampled_from(["arrival_s", "start_s", "departure_s"]))
    stop = route.stops[k]
    moved = replace(stop, **{name: getattr(stop, name) + by})
    return put(routes, number, replace(route, stops=(*route.stops[:k], moved, *route.stops[k + 1 :])))


def swap_two_stops(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    a, b = data.draw(st.lists(st.integers(0, len(route.stops) - 1), min_size=2, max_size=2, unique=True))
    stops = list(route.stops)
    assume(stops[a] != stops[b])
    stops[a], stops[b] = stops[b], stops[a]
    return put(routes, number, replace(route, stops=tuple(stops)))


def drop_a_stop(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    k = data.draw(st.integers(0, len(route.stops) - 1))
    gone = min(k, len(route.legs) - 1)
    return put(
        routes,
        number,
        replace(
            route,
            stops=route.stops[:k] + route.stops[k + 1 :],
            legs=route.legs[:gone] + route.legs[gone + 1 :],
        ),
    )


def change_an_edge(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    k = data.draw(st.sampled_from([n for n, leg in enumerate(route.legs) if leg.drive is not None]))
    leg = route.legs[k]
    assert leg.drive is not None
    at = data.draw(st.integers(0, len(leg.drive.edges) - 1))
    other = EdgeId(data.draw(st.integers(-2, TOWN.n_edges + 1)))
    assume(other != leg.drive.edges[at].edge)
    steps = list(leg.drive.edges)
    steps[at] = replace(steps[at], edge=other)
    return put(routes, number, put_leg(route, k, replace(leg, drive=replace(leg.drive, edges=tuple(steps)))))


def change_an_entry(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    k = data.draw(st.sampled_from([n for n, leg in enumerate(route.legs) if leg.drive is not None]))
    leg = route.legs[k]
    assert leg.drive is not None
    at = data.draw(st.integers(0, len(leg.drive.edges) - 1))
    by = data.draw(st.integers(-HOUR * 1000, HOUR * 1000).filter(lambda ms: abs(ms) > 2))
    steps = list(leg.drive.edges)
    steps[at] = replace(steps[at], enter_ms=steps[at].enter_ms + by)
    return put(routes, number, put_leg(route, k, replace(leg, drive=replace(leg.drive, edges=tuple(steps)))))


def drop_an_edge(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    k = data.draw(st.sampled_from([n for n, leg in enumerate(route.legs) if leg.drive is not None]))
    leg = route.legs[k]
    assert leg.drive is not None
    at = data.draw(st.integers(0, len(leg.drive.edges) - 1))
    steps = leg.drive.edges[:at] + leg.drive.edges[at + 1 :]
    return put(routes, number, put_leg(route, k, replace(leg, drive=replace(leg.drive, edges=steps))))


def forget_a_road(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    k = data.draw(st.sampled_from([n for n, leg in enumerate(route.legs) if leg.drive is not None]))
    return put(routes, number, put_leg(route, k, replace(route.legs[k], drive=None)))


def change_the_vehicle(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, route = pick(data, routes)
    name = data.draw(st.sampled_from(["v1", "v2", "v3"]).filter(lambda n: n != route.vehicle))
    return put(routes, number, replace(route, vehicle=VehicleId(name)))


def drop_a_route(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number, _ = pick(data, routes)
    return routes[:number] + routes[number + 1 :]


def delay_a_route(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """Leave later with everything: v1 is on its way out of D when the road shuts, or never gets there."""
    by = data.draw(st.integers(1, HOUR))
    late = CASE.route("v1", "A", [("b", "AB"), ("d", "BCD"), (None, "DCBA")], at=NOON + by)
    assume(late.stops[3].departure_s > NOON + 11 * MINUTE)
    # Out of CD by 12:11 means that D is left by 12:08.
    assume(late.stops[2].departure_s + 3 * MINUTE > NOON + 11 * MINUTE)
    return (late, routes[1])


def leave_too_early(data: st.DataObject, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    number = data.draw(st.integers(0, 1))
    by = data.draw(st.integers(1, HOUR))
    ways = (
        [("b", "AB"), ("d", "BCD"), (None, "DCBA")],
        [("s/pickup", "AG"), ("s/delivery", "GEF"), ("f", ""), (None, "FCBA")],
    )
    return put(routes, number, CASE.route(f"v{number + 1}", "A", ways[number], at=NOON - by))


CHANGES: list[Change] = [
    shift_a_time, swap_two_stops, drop_a_stop, change_an_edge, change_an_entry, drop_an_edge, forget_a_road,
    change_the_vehicle, drop_a_route, delay_a_route, leave_too_early,
]  # fmt: skip


@MANY
@given(st.data())
def test_every_harmful_change_is_refused(data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(CHANGES))
    changed = change(data, RIGHT)
    assert rules(changed), (change.__name__, changed)


@MANY
@given(st.lists(st.sampled_from(["b", "d", "f", "s/pickup", "s/delivery", "z"]), min_size=1, max_size=6))
def test_what_is_planned_cannot_be_called_nowhere(missing: list[str]) -> None:
    assert Rule.COMPLETE in rules(RIGHT, missing=tuple(missing))


@MANY
@given(st.lists(st.sampled_from([0, 1]), unique=True))
def test_routes_taken_away_with_their_jobs_leave_a_right_plan(gone: list[int]) -> None:
    """What a retreat does: fewer routes, their jobs called nowhere."""
    left = tuple(route for k, route in enumerate(RIGHT) if k not in gone)
    missing = tuple(job for k in gone for job in RIGHT[k].jobs)
    assert rules(left, missing=missing) == set()

"""Shipments that may be aboard for so long and no longer, on the line of stops a minute apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, drawn, job, line, parcel, plan, problem, rest, vehicle, window
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Done, Job, Progress, Shipment
from vado.model.plan import Draft
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan


def ride(draft: Draft, name: str = "S") -> int:
    stops = {stop.job: stop for route in draft.routes for stop in route.stops}
    return stops[JobId(f"{name}/delivery")].start_s - stops[JobId(f"{name}/pickup")].departure_s


def ending(own: Shipment, *opens: tuple[int, int]) -> Shipment:
    return replace(own, delivery=replace(own.delivery, windows=(window(*opens),)))


def why(own: Shipment, work: list[Job] | None = None, **more: Any) -> dict[str, str]:
    p = problem(work or [], [vehicle("v1")], shipments=[own], **more)
    times = MatrixTimes(p.stops, line())
    found = explain(replan(p, times, previous=None, budget=BUDGET), p, times, SNAPSHOT, previous=None)
    return {u.job: f"{u.reasons[0].code}: {u.reasons[0].text}" for u in found.unassigned}


def test_a_way_that_is_too_long_is_told() -> None:
    assert plan(problem([], [vehicle("v1")], shipments=[parcel("S", 3, 8, max_ride_s=300)])).missing == ()
    assert why(parcel("S", 3, 8, max_ride_s=299)) == {
        "S/delivery": "RIDE: It would be aboard for too long: "
        "v1 would have it aboard for 300 s of at most 299 s.",
        "S/pickup": "PARTNER: The other half of shipment S cannot be served.",
    }


def test_who_is_early_waits_at_the_pickup() -> None:
    own = ending(parcel("S", 3, 8, max_ride_s=300), (10, 0), (10, 5))
    draft = plan(problem([], [vehicle("v1")], shipments=[own]))
    assert drawn(draft) == "v1: S/pickup 08:03, S/delivery 10:00"
    assert ride(draft) == 300


def test_two_rides_are_put_off_for_each_other() -> None:
    """Q is picked up between the ends of S: who waits there for q has s aboard for as long."""
    s = parcel("S", 3, 8, max_ride_s=420)
    q = ending(parcel("Q", 4, 9, max_ride_s=480), (10, 0), (10, 5))
    draft = plan(problem([], [vehicle("v1")], shipments=[s, q]))
    assert draft.missing == ()
    assert (ride(draft, "S") <= 420, ride(draft, "Q") <= 480) == (True, True)


ON_THE_WAY, BEFORE = "S/pickup 08:03, a 08:06, S/delivery 08:10", "a 08:06, S/pickup 08:09, S/delivery 08:15"


@pytest.mark.parametrize(("ride_s", "order"), [(None, ON_THE_WAY), (360, ON_THE_WAY), (359, BEFORE)])
def test_nothing_is_served_on_the_way_that_makes_it_too_long(ride_s: int | None, order: str) -> None:
    work = [job("a", 5, windows=(window((8, 6), (8, 6)),))]
    p = problem(work, [vehicle("v1")], shipments=[parcel("S", 3, 8, max_ride_s=ride_s)])
    assert drawn(plan(p)) == f"v1: {order}"


def test_a_break_on_the_way_counts() -> None:
    """Half an hour of rest is due from 08:05 on, when the parcel would be aboard."""
    own = ending(parcel("S", 3, 8, max_ride_s=600), (8, 10), (9, 0))
    tired = vehicle("v1", breaks=(rest("r", window((8, 5), (8, 20))),))
    draft = plan(problem([], [tired], shipments=[own]))
    assert draft.missing == ()
    assert ride(draft) <= 600


def picked(left_s: int) -> dict[str, Any]:
    visit = Done(job=JobId("S/pickup"), arrival_s=left_s - 60, start_s=left_s - 60, departure_s=left_s)
    return {"progress": [Progress(vehicle=VehicleId("v1"), at=None, at_s=left_s, done=(visit,))]}


def test_what_is_aboard_is_brought_before_all_else() -> None:
    work = [job(f"j{k}", 4) for k in range(4)]
    own = parcel("S", 3, 8, max_ride_s=300)
    draft = plan(problem(work, [vehicle("v1")], shipments=[own], now_s=at(8, 4), **picked(at(8, 4))))
    assert draft.missing == ()
    assert ride(draft) == 300


def test_what_is_aboard_for_too_long_already_is_told_so() -> None:
    found = why(parcel("S", 3, 8, max_ride_s=300), now_s=at(8, 5), **picked(at(8, 4)))
    assert found["S/delivery"].startswith(
        "RIDE: It would be aboard for too long: v1 would have it aboard for 360"
    )

"""Stops: distinct, in one order, for whom, how far ahead."""

from __future__ import annotations

from dataclasses import replace

from drawn import HOUR, NOON
from vado.model.ids import Hash, JobId, VehicleId, WorldId
from vado.model.jobs import Job, Location, Progress, Shipment, Vehicle, Window
from vado.model.snapshot import Travel
from vado.model.when import Interval
from vado.model.world import World
from vado.planning import stops

HOME, NORTH, SOUTH = (1.0, 42.0), (1.0, 43.0), (1.0, 41.0)
DAY = Window(NOON - 4 * HOUR, NOON + 6 * HOUR)


def job(name: str, where: tuple[float, float], **more: object) -> Job:
    return Job(id=JobId(name), location=Location(lonlat=where), **more)  # type: ignore[arg-type]


def vehicle(name: str, **more: object) -> Vehicle:
    home = Location(lonlat=HOME)
    return Vehicle(id=VehicleId(name), **{"start": home, "end": home, "shift": DAY, **more})  # type: ignore[arg-type]


def world(**more: object) -> World:
    return replace(World(id=WorldId("w"), region="r", region_hash=Hash("h")), **more)  # type: ignore[arg-type]


def test_places_are_distinct_depots_first_last_positions_too() -> None:
    parcel = Shipment(id="s", pickup=job("p", NORTH), delivery=job("d", SOUTH))
    seen = Progress(vehicle=VehicleId("v1"), at=(2.0, 42.0), at_s=NOON)
    found = stops(
        world(
            jobs=(job("a", NORTH), job("b", HOME)),
            shipments=(parcel,),
            vehicles=(vehicle("v1"), vehicle("v2", end=None)),
            progress=(seen,),
        ),
        now_s=NOON,
    )
    assert found.lonlats == (HOME, NORTH, SOUTH, (2.0, 42.0))
    assert tuple(location.lonlat for location in found.locations) == found.lonlats
    assert found.whereabouts == ((Travel("car"), 3, 0, 0), (Travel("car"), None, 0, None))


def test_travels_are_those_of_the_fleet_sorted() -> None:
    fleet = (
        vehicle("a", profile="van"),
        vehicle("b", profile="car", equipment=frozenset({"chains"})),
        vehicle("c", profile="van"),
    )
    assert stops(world(vehicles=fleet), now_s=NOON).travels == (
        Travel("car", frozenset({"chains"})),
        Travel("van"),
    )
    assert stops(world(), now_s=NOON).travels == (Travel("car"),)


def test_the_horizon_is_the_longest_shift_or_window() -> None:
    assert stops(world(vehicles=(vehicle("v"),)), now_s=NOON).horizon == Interval(NOON, DAY.end_s)
    late = job("a", NORTH, windows=(Window(NOON, NOON + 9 * HOUR),))
    both = world(vehicles=(vehicle("v"),), jobs=(late,))
    assert stops(both, now_s=NOON).horizon.end_s == NOON + 9 * HOUR


def test_without_an_end_the_horizon_is_a_day_past_the_last_window() -> None:
    assert stops(world(), now_s=NOON).horizon == Interval(NOON, NOON + 24 * HOUR)
    late = job("a", NORTH, windows=(Window(NOON, NOON + 9 * HOUR),))
    open_ended = world(vehicles=(Vehicle(id=VehicleId("v"), start=Location(lonlat=HOME)),), jobs=(late,))
    assert stops(open_ended, now_s=NOON).horizon.end_s == NOON + 33 * HOUR


def test_the_horizon_is_no_longer_than_a_week_and_never_empty() -> None:
    far = vehicle("v", shift=Window(NOON, NOON + 400 * 24 * HOUR))
    assert stops(world(vehicles=(far,)), now_s=NOON).horizon.end_s == NOON + 7 * 24 * HOUR
    over = vehicle("v", shift=Window(NOON - 9 * HOUR, NOON - HOUR))
    assert stops(world(vehicles=(over,)), now_s=NOON).horizon.end_s == NOON + HOUR


def test_a_callers_matrix_gives_rows_and_no_places() -> None:
    rows = world(
        jobs=(Job(id=JobId("a"), location=Location(index=1)),),
        vehicles=(Vehicle(id=VehicleId("v"), start=Location(index=0), end=Location(index=0)),),
    )
    found = stops(rows, now_s=0)
    assert [location.index for location in found.locations] == [0, 1]
    assert (found.lonlats, found.whereabouts) == ((), ((Travel("car"), None, 0, 0),))

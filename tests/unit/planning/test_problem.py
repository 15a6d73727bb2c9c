"""The problem: shipments in two halves, what is done set aside, everything by number."""

from __future__ import annotations

from dataclasses import replace

from drawn import NOON
from vado.model.ids import Hash, JobId, VehicleId, WorldId
from vado.model.jobs import Done, Job, Location, Progress, Shipment, Vehicle
from vado.model.plan import Plan, Route, Solver, Stop, StopKind
from vado.model.world import World
from vado.planning import problem, stops
from vado.planning.problem import halves

HOME, NORTH, SOUTH = (1.0, 42.0), (1.0, 43.0), (1.0, 41.0)
PARCEL = Shipment(
    id="s",
    pickup=Job(id=JobId("p"), location=Location(lonlat=NORTH), skills=frozenset((1,)), priority=5),
    delivery=Job(id=JobId("d"), location=Location(lonlat=SOUTH), delivery=(9,)),
    amount=(2, 3),
)
V1 = Vehicle(id=VehicleId("v1"), start=Location(lonlat=HOME))


def done(*names: str) -> Progress:
    visits = tuple(Done(job=JobId(n), arrival_s=NOON, start_s=NOON, departure_s=NOON + 60) for n in names)
    return Progress(vehicle=V1.id, at=None, at_s=NOON, done=visits)


def world(**more: object) -> World:
    base = World(
        id=WorldId("w"),
        region="r",
        region_hash=Hash("h"),
        jobs=(Job(id=JobId("a"), location=Location(lonlat=NORTH)),),
        shipments=(PARCEL,),
        vehicles=(V1,),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def made(asked: World):  # type: ignore[no-untyped-def]
    places = stops(asked, now_s=NOON)
    towns = tuple(f"town {k}" for k in range(len(places.locations)))
    return problem(asked, places, range(10, 10 + len(towns)), towns, {}, now_s=NOON)


def test_a_shipment_is_two_jobs_that_know_each_other() -> None:
    pickup, delivery = halves(PARCEL)
    assert (pickup.id, pickup.half, pickup.pickup, pickup.delivery) == ("s/pickup", "pickup", (2, 3), ())
    assert (delivery.id, delivery.half, delivery.pickup, delivery.delivery) == (
        "s/delivery",
        "delivery",
        (),
        (2, 3),
    )
    assert pickup.shipment == delivery.shipment == "s"
    assert (pickup.skills, pickup.priority) == (frozenset((1,)), 5)


def test_everything_has_its_number_and_town() -> None:
    found = made(world())
    assert [job.id for job in found.jobs] == ["a", "s/delivery", "s/pickup"]
    assert found.nodes == (10, 11, 12)
    assert {job.id: job.place for job in found.jobs} == {
        "a": "town 1",
        "s/pickup": "town 1",
        "s/delivery": "town 2",
    }
    assert found.stop(V1.start) == 0  # type: ignore[arg-type]


def test_what_is_done_is_history_and_half_a_shipment_stays() -> None:
    found = made(world(progress=(done("a", "s/pickup"),)))
    assert [job.id for job in found.jobs] == ["s/delivery"]
    assert [job.id for job in found.history] == ["a", "s/pickup"]
    assert found.shipments == (PARCEL,)
    assert made(world(progress=(done("s/pickup", "s/delivery"),))).shipments == ()


def test_what_was_done_in_an_earlier_shift_is_not_done_again() -> None:
    earlier = done("a")
    moved = replace(earlier, done=(), earlier=earlier.done)
    assert "a" not in [job.id for job in made(world(progress=(moved,))).jobs]


def test_visits_of_jobs_that_were_taken_away_are_left_out() -> None:
    found = made(world(progress=(done("a", "gone"),)))
    assert [visit.job for visit in found.progress[0].done] == ["a"]


def test_progress_of_a_vehicle_that_left_is_no_part_but_its_visits_count() -> None:
    found = made(world(vehicles=(), progress=(done("a"),)))
    assert found.progress == ()
    assert [job.id for job in found.history] == ["a"]


def test_it_remembers_where_the_plan_has_each_job() -> None:
    at = [JobId("a"), JobId("gone")]
    visits = tuple(
        Stop(kind=StopKind.JOB, job=n, lonlat=None, node=0, arrival_s=0, start_s=0, departure_s=0) for n in at
    )
    plan = Plan(
        made_s=NOON,
        snapshot=Hash("s"),
        routes=(Route(vehicle=V1.id, stops=visits, legs=()),),
        unassigned=(),
        cost=0,
        solver=Solver(
            name="x", version="1", seed=0, solutions_max=1, seconds_max=1.0, solutions=1, stopped="proven"
        ),
    )
    assert made(world(plan=plan)).kept == {"a": "v1"}

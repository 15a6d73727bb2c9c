"""Reports fold into a world: repeats and reorderings are harmless, nothing grows without end."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import HOUR, NOON
from vado.model.ids import Hash, JobId, VehicleId, WorldId
from vado.model.jobs import Job, Location, Progress, Shipment, Vehicle, Window
from vado.model.plan import Plan, Route, Solver, Stop, StopKind
from vado.model.world import Body, JobsPut, Message, Report, ReportKind, Tick, VehiclesPut, World
from vado.tracking import apply

V1, V2 = VehicleId("v1"), VehicleId("v2")
A, B = JobId("a"), JobId("b")
PLACE = {A: (1.5, 42.5), B: (1.6, 42.5)}
SOLVER = Solver(
    name="x", version="1", seed=0, solutions_max=1, seconds_max=1.0, solutions=1, stopped="proven"
)


def stop(kind: StopKind, job: JobId | None, at_s: int, service_s: int = 0) -> Stop:
    return Stop(
        kind=kind, job=job, lonlat=None, node=0, arrival_s=at_s, start_s=at_s, departure_s=at_s + service_s
    )


def world(**more: object) -> World:
    """Two jobs on v1, which leaves at noon; v2 stands by."""
    stops = (
        stop(StopKind.START, None, NOON),
        stop(StopKind.JOB, A, NOON + 600, 60),
        stop(StopKind.JOB, B, NOON + 1200, 60),
    )
    plan = Plan(
        made_s=NOON - HOUR, snapshot=Hash("s"), routes=(Route(vehicle=V1, stops=stops, legs=()),),
        unassigned=(), cost=0, solver=SOLVER,
    )  # fmt: skip
    jobs = tuple(Job(id=name, location=Location(lonlat=at)) for name, at in PLACE.items())
    fleet = tuple(
        Vehicle(id=name, start=Location(lonlat=(1.0, 42.0)), shift=Window(NOON - HOUR, NOON + 8 * HOUR))
        for name in (V1, V2)
    )
    return replace(
        World(id=WorldId("w"), region="r", region_hash=Hash("h"), jobs=jobs, vehicles=fleet, plan=plan),
        **more,
    )  # type: ignore[arg-type]


def told(before: World, *bodies: Body, now: int = NOON + 2 * HOUR) -> World:
    batch = [
        Message(seq=k, received_s=now, body_hash=Hash(str(k)), body=body) for k, body in enumerate(bodies)
    ]
    return apply(before, batch, now_s=now)


def report(
    kind: str,
    at_s: int,
    job: JobId | None = None,
    lonlat: tuple[float, float] | None = None,
    vehicle: VehicleId = V1,
) -> Report:
    return Report(vehicle=vehicle, kind=ReportKind(kind), at_s=at_s, job=job, lonlat=lonlat)


def of(after: World, vehicle: VehicleId = V1) -> Progress:
    return next(p for p in after.progress if p.vehicle == vehicle)


class TestCommitting:
    def test_nobody_is_committed_before_leaving(self) -> None:
        assert told(world(), Tick(), now=NOON - 1).progress == ()

    def test_who_has_left_is_committed_to_the_next_stop(self) -> None:
        after = told(world(), Tick(), now=NOON)
        assert of(after).committed == (A,)
        assert of(after).at is None

    def test_a_job_done_passes_the_commitment_on(self) -> None:
        after = told(world(), report("departed", NOON + 700, A))
        assert of(after).committed == (B,)
        assert [visit.job for visit in of(after).done] == [A]

    def test_at_the_end_nothing_is_committed(self) -> None:
        after = told(world(), report("departed", NOON + 700, A), report("departed", NOON + 1300, B))
        assert of(after).committed == ()

    def test_a_job_taken_back_is_no_commitment(self) -> None:
        after = told(world(), Tick(), JobsPut(remove=("a",)), now=NOON)
        assert of(after).committed == (B,)

    def test_without_a_plan_nobody_is(self) -> None:
        assert (
            told(world(plan=None), report("position", NOON, lonlat=(1.1, 42.1))).progress[0].committed == ()
        )


class TestReports:
    def test_the_newest_position_wins_whatever_the_order(self) -> None:
        reports = [report("position", NOON + k, lonlat=(1.0 + k, 42.0)) for k in range(3)]
        for order in permutations(reports):
            assert of(told(world(), *order)).at == (3.0, 42.0)

    def test_a_departure_makes_a_visit_of_what_is_known(self) -> None:
        after = told(world(), report("arrived", NOON + 650, A), report("departed", NOON + 720, A))
        visit = of(after).done[0]
        assert (visit.arrival_s, visit.start_s, visit.departure_s) == (NOON + 650, NOON + 650, NOON + 720)
        assert of(after).at == PLACE[A]

    def test_without_an_arrival_the_plan_stands_in_as_far_as_it_can_be_true(self) -> None:
        visit = of(told(world(), report("departed", NOON + 610, A))).done[0]
        assert (visit.arrival_s, visit.start_s, visit.departure_s) == (NOON + 600, NOON + 600, NOON + 610)
        early = of(told(world(), report("departed", NOON + 500, A))).done[0]
        assert (early.arrival_s, early.start_s, early.departure_s) == (NOON + 500, NOON + 500, NOON + 500)

    def test_a_job_is_done_once(self) -> None:
        after = told(world(), report("departed", NOON + 700, A), report("departed", NOON + 800, A))
        assert [visit.departure_s for visit in of(after).done] == [NOON + 700]
        other = told(after, report("departed", NOON + 900, A, vehicle=V2))
        assert of(other, V2).done == ()

    def test_an_arrival_heard_of_late_still_counts(self) -> None:
        one, two = report("arrived", NOON + 650, A), report("departed", NOON + 720, A)
        assert of(told(world(), one, two)) == of(told(world(), two, one))

    def test_strangers_change_nothing(self) -> None:
        before = told(world(), Tick(), now=NOON)
        assert (
            told(before, report("position", NOON, lonlat=(1.0, 2.0), vehicle=VehicleId("x")), now=NOON)
            == before
        )
        assert told(before, report("departed", NOON, JobId("x")), now=NOON) == before

    def test_a_clock_that_runs_ahead_does_not_silence_the_rest(self) -> None:
        after = told(world(), report("position", NOON + 9 * HOUR, lonlat=(1.0, 1.0)), now=NOON)
        later = told(after, report("position", NOON + 60, lonlat=(2.0, 2.0)), now=NOON + 60)
        assert of(later).at == (2.0, 2.0)

    def test_a_vehicle_may_do_what_another_was_to_do(self) -> None:
        after = told(world(), report("departed", NOON + 700, A, vehicle=V2))
        assert [visit.job for visit in of(after, V2).done] == [A]
        assert of(after, V1).committed == (B,)

    def test_halves_of_a_shipment_are_jobs(self) -> None:
        parcel = Shipment(
            id="s",
            pickup=Job(id=JobId("s/pickup"), location=Location(lonlat=(1.0, 42.0))),
            delivery=Job(id=JobId("s/delivery"), location=Location(lonlat=(1.1, 42.0))),
        )
        after = told(world(shipments=(parcel,)), report("departed", NOON + 700, JobId("s/pickup")))
        assert [visit.job for visit in of(after).done] == ["s/pickup"]


class TestPutting:
    def test_jobs_are_replaced_by_id_and_sorted(self) -> None:
        new = Job(id=JobId("0"), location=Location(lonlat=(0.0, 0.0)))
        changed = Job(id=B, location=Location(lonlat=(9.0, 9.0)))
        after = told(world(), JobsPut(jobs=(changed, new), remove=("a",)))
        assert [(job.id, job.location.lonlat) for job in after.jobs] == [("0", (0.0, 0.0)), (B, (9.0, 9.0))]

    def test_vehicles_keep_their_order(self) -> None:
        new = Vehicle(id=VehicleId("v0"), start=Location(lonlat=(0.0, 0.0)))
        assert [v.id for v in told(world(), VehiclesPut(vehicles=(new,))).vehicles] == ["v1", "v2", "v0"]
        assert [v.id for v in told(world(), VehiclesPut(remove=(V1,))).vehicles] == ["v2"]

    def test_a_batch_twice_is_a_batch_once(self) -> None:
        put = JobsPut(jobs=(Job(id=JobId("n"), location=Location(lonlat=(0.0, 0.0))),), remove=("a",))
        assert told(told(world(), put), put) == told(world(), put)

    def test_a_new_shift_starts_afresh(self) -> None:
        after = told(world(), report("departed", NOON + 700, A), now=NOON + 700)
        same = after.vehicles[0]
        assert of(told(after, VehiclesPut(vehicles=(same,)), now=NOON + 700)).done
        next_day = replace(same, shift=Window(NOON + 20 * HOUR, NOON + 28 * HOUR))
        fresh = of(told(after, VehiclesPut(vehicles=(next_day,)), now=NOON + 20 * HOUR))
        assert (fresh.at, fresh.done, fresh.committed) == (None, (), ())
        assert [visit.job for visit in fresh.earlier] == [A]

    def test_what_is_done_stays_done_without_its_vehicle(self) -> None:
        after = told(world(), report("departed", NOON + 700, A), VehiclesPut(remove=(V1,)))
        again = told(after, report("departed", NOON + 900, A, vehicle=V2))
        assert [visit.job for p in again.progress for visit in p.visits] == [A]

    def test_a_visit_outlives_its_job_by_a_week(self) -> None:
        after = told(world(), report("departed", NOON + 700, A), JobsPut(remove=("a",)))
        assert [visit.job for visit in of(after).done] == [A]
        assert of(told(after, Tick(), now=NOON + 700 + 7 * 24 * HOUR)).done == ()
        stays = told(world(), report("departed", NOON + 700, A))
        assert of(told(stays, Tick(), now=NOON + 700 + 7 * 24 * HOUR)).done

    def test_an_id_that_comes_anew_is_a_new_job(self) -> None:
        job = world().jobs[0]
        after = told(world(), report("departed", NOON + 700, A), JobsPut(remove=("a",)), JobsPut(jobs=(job,)))
        assert of(after).done == ()
        same = told(world(), report("departed", NOON + 700, A), JobsPut(jobs=(job,)))
        assert [visit.job for visit in of(same).done] == [A]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.permutations([
    report("position", NOON + 100, lonlat=(1.1, 42.0)), report("arrived", NOON + 650, A),
    report("departed", NOON + 720, A), report("arrived", NOON + 1300, B), report("departed", NOON + 1400, B),
    report("position", NOON + 1500, lonlat=(1.2, 42.0)),
]), st.integers(0, 5))  # fmt: skip
def test_order_and_repeats_do_not_matter(order: list[Report], again: int) -> None:
    in_turn = sorted(order, key=lambda r: r.at_s)
    assert told(world(), *order, order[again]) == told(world(), *in_turn)

"""What holds for every plan: the referee passes it, every job is in one place, same input gives same plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blank_roads import SNAPSHOT
from given_problems import BUDGET, at, job, line, parcel, place, problem, rest, vehicle
from vado.model.ids import HazardId, JobId, VehicleId
from vado.model.jobs import ALWAYS, Costs, Done, Job, Progress, Shipment, Vehicle, Window
from vado.model.plan import Draft, ReasonCode
from vado.model.problem import Problem
from vado.model.snapshot import Access, Cut, CutRoad, Group, Travel
from vado.model.when import Interval
from vado.planning import check
from vado.planning.explain import explain
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan
from vado.planning.retreat import retreat

RANDOM = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
QUICK = replace(BUDGET, solutions_max=25)
STOPS = st.integers(0, 20)
MINUTES = st.integers(0, 599)
NAMED = [frozenset(map(VehicleId, names)) for names in (["v0"], ["v1", "v2"])]


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    cuts = sorted(draw(st.lists(MINUTES, min_size=2, max_size=6, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Window(at(8) + 60 * a, at(8) + 60 * b) for a, b in pairs)


@st.composite
def jobs(draw: st.DrawFn, name: str) -> Job:
    return job(
        name,
        draw(STOPS),
        service_s=draw(st.sampled_from([0, 60, 600])),
        setup_s=draw(st.sampled_from([0, 0, 300])),
        delivery=(draw(st.integers(0, 60)),),
        pickup=(draw(st.sampled_from([0, 0, 0, 40])),),
        skills=frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
        priority=draw(st.sampled_from([0, 0, 50])),
        allowed_vehicles=draw(st.sampled_from([None, None, *NAMED])),
        prize=draw(st.sampled_from([None, None, 0, 600, 5000])),
        together=draw(st.sampled_from(["", "", "t", "u"])),
        apart=frozenset(draw(st.sets(st.sampled_from("xy"), max_size=2)))
        if draw(st.booleans())
        else frozenset(),
        forbidden_vehicles=draw(st.sampled_from([frozenset(), frozenset(), NAMED[0]])),
        **draw(st.one_of(st.just({}), windows().map(lambda w: {"windows": w}))),
    )


@st.composite
def vehicles(draw: st.DrawFn, name: str) -> Vehicle:
    begin = draw(st.integers(0, 300))
    shift = Window(at(8) + 60 * begin, at(8) + 60 * (begin + draw(st.integers(30, 600))))
    ends = draw(st.sampled_from([(0, 0), (0, 0), (0, None), (None, 5), (3, 7)]))
    rests = [rest("r", Window(at(10), at(11)), minutes=draw(st.sampled_from([10, 30])))]
    return vehicle(
        name,
        start=None if ends[0] is None else place(ends[0]),
        end=None if ends[1] is None else place(ends[1]),
        shift=shift,
        profile=draw(st.sampled_from(["car", "van"])),
        speed_factor=draw(st.sampled_from([1.0, 1.0, 1.3, 0.7])),
        capacity=(draw(st.sampled_from([60, 100])),),
        skills=frozenset(draw(st.sets(st.integers(1, 2)))),
        breaks=tuple(draw(st.sampled_from([[], [], rests]))),
        max_tasks=draw(st.sampled_from([None, None, 2])),
        max_travel_s=draw(st.sampled_from([None, None, 1800])),
        max_distance_m=draw(st.sampled_from([None, None, 25_000])),
        max_duration_s=draw(st.sampled_from([None, None, 5400])),
        costs=draw(st.sampled_from([Costs(), Costs(fixed=1000, per_hour=1800, per_km=50)])),
    )


@st.composite
def holes(draw: st.DrawFn) -> dict[tuple[int, Group], Access]:
    """Cut some stops off for a while, for one way of travelling."""
    found = {}
    for stop in draw(st.sets(st.integers(1, 20), max_size=4)):
        a, b = sorted((draw(MINUTES), draw(MINUTES)))
        cut = Interval(at(8) + 60 * a, at(8) + 60 * b)
        road = CutRoad(hazard=HazardId("h"), alert="A1", road="CG-4", edge=0)  # type: ignore[arg-type]
        for profile in draw(st.sampled_from([("car",), ("car", "van")])):
            travel = Travel(profile)
            stays = tuple(
                i for i in (Interval(at(8), cut.start_s), Interval(cut.end_s, at(24))) if i.end_s > i.start_s
            )
            found[stop, Group(travel)] = Access(
                node=-1,  # type: ignore[arg-type]
                travel=travel,
                stays=stays,
                cuts=(Cut(interval=cut, direction="both", roads=(road,)),) if b > a else (),
            )
    return found


@st.composite
def shipments(draw: st.DrawFn, name: str) -> Shipment:
    group: dict[str, Any] = {
        "prize": draw(st.sampled_from([None, 2000])),
        "max_ride_s": draw(st.sampled_from([None, None, 180, 600])),
        "windows": draw(st.one_of(st.just((ALWAYS,)), windows())),
        "together": draw(st.sampled_from(["", "", "t"])),
        "apart": draw(st.sampled_from([frozenset(), frozenset("x")])),
    }
    return parcel(name, draw(STOPS), draw(STOPS), draw(st.integers(1, 70)), **group)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    work = [draw(jobs(f"j{k}")) for k in range(draw(st.integers(0, 6)))]
    parcels = [draw(shipments(f"S{k}")) for k in range(draw(st.integers(0, 2)))]
    fleet = [draw(vehicles(f"v{k}")) for k in range(draw(st.integers(0, 3)))]
    now_s = at(8) + 60 * draw(st.sampled_from([0, 0, 100]))
    progress = []
    if fleet and draw(st.booleans()):
        progress = [draw(under_way(fleet[0], work, parcels, now_s))]
    ids = [j.id for j in work] + [JobId(f"{s.id}/{half}") for s in parcels for half in ("pickup", "delivery")]
    kept = {
        name: VehicleId(draw(st.sampled_from([v.id for v in fleet])))
        for name in (draw(st.sets(st.sampled_from(ids))) if ids and fleet else ())
    }
    return problem(
        work, fleet, shipments=parcels, now_s=now_s, progress=progress, access=draw(holes()), kept=kept
    )


@st.composite
def under_way(draw: st.DrawFn, v: Vehicle, work: list[Job], parcels: list[Shipment], now_s: int) -> Progress:
    names = [j.id for j in work] + [JobId(f"{s.id}/pickup") for s in parcels]
    order = draw(st.permutations(names)) if names else []
    done = draw(st.integers(0, min(2, len(order))))
    committed = order[done : done + draw(st.integers(0, 2))]
    visits = tuple(
        Done(job=name, arrival_s=now_s - 600 * (done - k), start_s=now_s - 600 * (done - k),
             departure_s=now_s - 600 * (done - k) + 60)
        for k, name in enumerate(order[:done])
    )  # fmt: skip
    return Progress(vehicle=v.id, at=None, at_s=now_s, done=visits, committed=tuple(committed))


def made(p: Problem) -> tuple[Draft, MatrixTimes]:
    times = MatrixTimes(p.stops, line())
    return replan(p, times, previous=None, budget=QUICK), times


@RANDOM
@given(problems())
def test_the_referee_passes_whatever_is_planned(p: Problem) -> None:
    draft, _ = made(p)
    assert check(draft, p, None, matrix=line()).violations == ()


@st.composite
def long_roads(draw: st.DrawFn) -> Problem:
    """Make the same problems with drivers who are under a law and no limits beside it."""
    p = draw(problems())
    laws = [draw(st.sampled_from(["", "EU-561", "EU-561", "US-HOS"])) for _ in p.vehicles]
    no_limits = {"max_travel_s": None, "max_distance_m": None, "max_duration_s": None}
    fleet = tuple(
        replace(v, driver_hours=law, shift=Window(v.shift.start_s, at(8) + 20 * 3600), **no_limits)  # type: ignore[arg-type]
        for v, law in zip(p.vehicles, laws, strict=True)
    )
    wide = draw(st.booleans())
    free = {"skills": frozenset(), "allowed_vehicles": None, "forbidden_vehicles": frozenset(), "prize": None}
    easy = {**free, "apart": frozenset(), "max_ride_s": None, **({"windows": (ALWAYS,)} if wide else {})}
    lists = {name: tuple(replace(j, **easy) for j in getattr(p, name)) for name in ("jobs", "history")}  # type: ignore[arg-type]
    return replace(p, vehicles=fleet, **lists)  # type: ignore[arg-type]


@RANDOM
@given(long_roads())
def test_the_referee_passes_how_drivers_rest(p: Problem) -> None:
    """On a line of stops a quarter of an hour apart."""
    slow = {name: (15 * seconds, metres) for name, (seconds, metres) in line().items()}
    times = MatrixTimes(p.stops, slow)
    draft = replan(p, times, previous=None, budget=QUICK)
    assert check(draft, p, None, matrix=slow).violations == ()
    plan = explain(draft, p, times, SNAPSHOT, previous=None)
    again = replan(p, times, previous=plan, budget=QUICK)
    assert check(again, p, None, matrix=slow).violations == ()


@RANDOM
@given(problems())
def test_each_job_is_in_one_place_and_each_missing_one_has_a_reason(p: Problem) -> None:
    draft, times = made(p)
    plan = explain(draft, p, times, SNAPSHOT, previous=None)
    placed = [stop.job for r in plan.routes for stop in r.stops if stop.job]
    done = {visit.job for progress in p.progress for visit in progress.done}
    assert sorted([*placed, *(u.job for u in plan.unassigned)]) == sorted({*(j.id for j in p.jobs), *done})
    assert all(u.reasons for u in plan.unassigned)


@RANDOM
@given(problems())
def test_the_same_problem_gives_the_same_draft(p: Problem) -> None:
    assert made(p)[0] == made(p)[0]


@RANDOM
@given(problems())
def test_replanning_a_plan_that_holds_keeps_the_referee_content(p: Problem) -> None:
    draft, times = made(p)
    before = explain(draft, p, times, SNAPSHOT, previous=None)
    again = replan(p, times, previous=before, budget=QUICK)
    assert check(again, p, None, matrix=line()).violations == ()
    assert len(again.missing) <= len(before.unassigned)


@RANDOM
@given(problems())
def test_a_reason_is_not_contradicted_by_an_easier_world(p: Problem) -> None:
    """Take away what a reason blames: unless another reason stands, the job must then be done by somebody."""
    draft, times = made(p)
    plan = explain(draft, p, times, SNAPSHOT, previous=None)
    for lost in plan.unassigned:
        own = next(j for j in p.jobs if j.id == lost.job)
        if any(own.id in progress.committed for progress in p.progress):
            continue  # one vehicle alone may do it just now
        codes = {reason.code for reason in lost.reasons}
        if ReasonCode.SKILL in codes:
            assert not any(own.skills <= v.skills for v in p.vehicles)
        if ReasonCode.NOT_ALLOWED in codes:
            assert not any(_may(own, v) for v in p.vehicles)
        if codes == {ReasonCode.CAPACITY} and not p.progress:
            need = max(own.delivery[0] if own.delivery else 0, own.pickup[0] if own.pickup else 0)
            able = [v for v in p.vehicles if _may(own, v)]
            assert all(need > v.capacity[0] for v in able)
        if ReasonCode.CUT_OFF in codes or ReasonCode.NO_WAY_BACK in codes:
            assert any(access.cuts for (stop, _), access in p.access.items() if stop == p.stop(own.location))
        if codes & {ReasonCode.NO_ROOM, ReasonCode.PRIZE}:
            assert _alone_works(p, own)
        elif not own.half and not codes & {ReasonCode.WITHDRAWN, ReasonCode.LIMIT} and not p.progress:
            assert not _alone_works(p, own)


def _may(own: Job, v: Vehicle) -> bool:
    named = own.allowed_vehicles is None or v.id in own.allowed_vehicles
    return own.skills <= v.skills and named and v.id not in own.forbidden_vehicles


def _alone_works(p: Problem, own: Job) -> bool:
    """Ask for this job (and its other half) alone, of the whole fleet."""
    jobs = tuple(j for j in p.jobs if j.id == own.id or (own.half and j.shipment == own.shipment))
    ships = tuple(s for s in p.shipments if s.id == own.shipment)
    jobs = tuple(replace(j, prize=None) for j in jobs)  # whether it can be done, whatever it costs
    alone = replace(p, jobs=jobs, shipments=ships, kept={})
    return own.id not in made(alone)[0].missing


@RANDOM
@given(problems(), st.data())
def test_a_retreat_always_ends(p: Problem, data: st.DataObject) -> None:
    """Whatever the referee says against, in the end nobody is sent and every job is accounted for."""
    from vado.model.plan import Rule, Verdict, Violation

    draft, _ = made(p)
    for _ in range(len(draft.routes)):
        ahead = [r for r in draft.routes if any(s.job and s.state != "done" for s in r.stops)]
        if not ahead:
            break
        route = data.draw(st.sampled_from(ahead))
        by_job = data.draw(st.booleans())
        blamed = next(s.job for s in route.stops if s.job and s.state != "done") if by_job else None
        verdict = Verdict(
            violations=(
                Violation(rule=Rule.WINDOW, vehicle=None if by_job else route.vehicle, job=blamed, text="so"),
            )
        )
        smaller = retreat(draft, verdict)
        assert len(smaller.missing) > len(draft.missing)
        draft = smaller
        assert check(draft, p, None, matrix=line()).violations == ()

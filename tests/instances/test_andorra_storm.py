"""The main job on real roads: a flood shuts the only road into the valley of Arinsal, an hour from now.

Sixty jobs, six vans, one depot. The alert arrives at 09:00 and shuts CG-5 from 10:00 on. Judged by our
referee and by one from outside, which has nothing but the OSM file, the polygon and the plan's JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon

import outside
import real
from samples import sample
from vado.app import load_meaning
from vado.engine import Step
from vado.exchange.plan import write_plan
from vado.ledger import verify
from vado.model.ids import JobId, WorldId
from vado.model.inbox import InboxKind
from vado.model.problem import Budget
from vado.planning import check
from vado.store import open_store
from vado.tracking.status import TrackState, status
from vado.worker import Worker

pytestmark = pytest.mark.samples
BUDGET = Budget(solutions_max=150, seconds_max=60.0)


@dataclass
class Hand:
    """A clock that a test sets."""

    time_s: int

    def now_s(self) -> int:
        return self.time_s


@dataclass
class Day:
    problem: dict[str, Any]
    morning: Step
    storm: Step
    plan: dict[str, Any]
    chain_ok: bool


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Live the day through the real inbox, worker and store."""
    roads = real.region("andorra")
    problem = real.andorra_problem()
    url = f"sqlite:///{tmp_path_factory.mktemp('andorra') / 'vado.db'}"
    store, clock, world = open_store(url), Hand(real.at(8)), WorldId("andorra")
    worker = Worker(store, world_id=world, roads=roads, meaning=load_meaning(), budget=BUDGET, clock=clock)

    def send(kind: InboxKind, body: bytes) -> Step:
        store.accept(world=world, kind=kind, source="test", key="", body=body, received_s=clock.time_s)
        step = worker.run_once()
        assert step is not None
        return step

    send(InboxKind.VEHICLES, json.dumps({"vehicles": problem["vehicles"]}).encode())
    morning = send(InboxKind.JOBS, json.dumps({"jobs": problem["jobs"]}).encode())
    clock.time_s = real.at(9)
    storm = send(InboxKind.ALERT, real.arinsal_flood())
    assert storm.world.plan is not None
    plan = json.loads(json.dumps(write_plan(storm.world.plan, storm.problem, storm.snapshot.roads)))
    ok = verify(store.list_decisions(world, after=0, limit=100)).ok
    yield Day(problem, morning, storm, plan, ok)
    store.close()


def valley(day: Day) -> set[str]:
    west, south, east, north = real.VALLEY
    inside = (
        j for j in day.problem["jobs"] if west < j["location"][0] < east and south < j["location"][1] < north
    )
    return {str(job["id"]) for job in inside}


def test_before_the_storm_every_job_is_planned(day: Day) -> None:
    assert day.morning.world.plan is not None
    assert day.morning.world.plan.unassigned == ()


def test_jobs_in_the_valley_are_done_and_out_before_ten_or_held_with_their_cause(day: Day) -> None:
    assert len(valley(day)) == 8
    plan = day.storm.world.plan
    assert plan is not None
    for job in sorted(valley(day)):
        stop = plan.stop_of(JobId(job))
        if stop is not None:
            assert stop.departure_s < real.at(10)
            continue
        lost = next(u for u in plan.unassigned if u.job == job)
        text = " ".join(reason.text for reason in lost.reasons)
        assert "arinsal-flood-1" in text
        assert "CG-5" in text
        places = {e.place for reason in lost.reasons for e in reason.evidence}
        assert places & {"Arinsal", "Puiol del Piu", "Mas de Ribafeta"}
        assert any(place in text for place in places if place)


def test_jobs_with_time_are_served_before_the_road_shuts(day: Day) -> None:
    """Half of the valley's jobs may be served from eight on: leaving all of them would be timid, not safe."""
    plan = day.storm.world.plan
    assert plan is not None
    early = sorted(valley(day))[4:]
    assert sum(plan.stop_of(JobId(job)) is not None for job in early) >= 3


def test_no_other_job_is_lost(day: Day) -> None:
    plan = day.storm.world.plan
    assert plan is not None
    assert {str(u.job) for u in plan.unassigned} <= valley(day)
    assert len(plan.unassigned) >= 4  # those that take parcels only after eleven


def test_the_referee_agrees(day: Day) -> None:
    assert day.storm.world.plan is not None
    assert check(day.storm.world.plan, day.storm.problem, day.storm.snapshot).violations == ()


def test_a_referee_from_outside_agrees(day: Day) -> None:
    world = outside.OutsideMap.of(sample("osm", real.EXTRACTS["andorra"]))
    shut = [(Polygon(real.arinsal_polygon()), real.at(10), real.at(20))]
    assert outside.faults(world, day.problem, day.plan, shut) == []


def test_the_referee_from_outside_would_see_a_van_in_the_flood(day: Day) -> None:
    """The judge is judged: with the flood an hour earlier, this very plan must fail before it."""
    world = outside.OutsideMap.of(sample("osm", real.EXTRACTS["andorra"]))
    shut = [(Polygon(real.arinsal_polygon()), real.at(8), real.at(20))]
    assert any(
        "is shut while driven" in fault for fault in outside.faults(world, day.problem, day.plan, shut)
    )


def test_the_recipient_is_told_when_and_why(day: Day) -> None:
    held = day.storm.world.plan
    assert held is not None
    for lost in held.unassigned:
        track = status(day.storm.world, lost.job, now_s=real.at(9))
        assert track.state is TrackState.HELD
        assert "CG-5" in track.reason
        assert "flood" in track.reason.lower()


def test_the_valley_is_seen_to_be_cut_from_ten(day: Day) -> None:
    reach = {r.name: r for r in day.storm.world.reach}
    for name in ("Arinsal", "Mas de Ribafeta"):
        assert reach[name].reachable
        assert reach[name].until_s == real.at(10)
        assert reach[name].again_s == real.at(20)
        assert {road.road for road in reach[name].cut} == {real.ERTS_ROAD[1]}
    assert reach["Ordino"].until_s is None


def test_every_decision_is_in_the_chain(day: Day) -> None:
    assert day.chain_ok


def test_the_plan_file_is_one_that_anybody_reads(tmp_path: Path, day: Day) -> None:
    for route in day.plan["routes"]:
        assert {"vehicle", "stops", "legs"} <= set(route)
        for leg in route["legs"]:
            assert {"edges", "distance_m", "duration_s"} <= set(leg)

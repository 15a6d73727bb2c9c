"""Alert to published plan, by stage, on real roads: Andorra, and Porto unless quick.

The work is fixed: a plan is in force at 08:00, a CAP flood warning arrives at 09:00 and shuts roads from
10:00. Timed is the whole of what follows: bytes kept, parsed, one `engine.step`, one commit. The solver gets
a count. The peer is VROOM on the same stops and matrix, from scratch: it plans, and does nothing else.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import real
from bench.rows import Row, Stages, absent, row
from vado import engine
from vado.app import load_meaning
from vado.exchange.problem import read_problem
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.world import JobsPut, Message, VehiclesPut, World
from vado.store import open_store
from vado.worker import decode

MEANING = load_meaning()
BUDGET = Budget(solutions_max=400, seconds_max=60.0)
STAGES = {
    "hazards": ("absorb", "footprint"),
    "network": ("anchor", "snapshot", "reach", "access", "times"),
    "planning": ("stops", "problem", "impacts", "stands", "replan", "check", "explain", "difference"),
    "ledger": ("seal",),
    "tracking": ("apply",),
}


def measure(*, quick: bool) -> list[Row]:
    rows = _region("andorra", real.andorra_problem(), real.arinsal_flood(), repeats=3 if quick else 7)
    if not quick:
        rows += _region("porto", porto_problem(), porto_flood(), repeats=3)
    return rows


def porto_problem() -> dict[str, Any]:
    """Two hundred jobs and twenty vans from one depot in Porto."""
    points = real.sites(real.region("porto"), 201, seed=1)
    jobs = [{"id": i, "location": list(p), "service": 300, "delivery": [1]} for i, p in enumerate(points[1:])]
    return {"jobs": jobs, "vehicles": real.fleet(points[0], 20, capacity=20)}


def porto_flood() -> bytes:
    """A kilometre square around the seventh job: streets shut, some jobs inside."""
    lon, lat = porto_problem()["jobs"][7]["location"]
    return real.cap(
        identifier="porto-flood-1", sent_s=real.at(9), onset_s=real.at(10), expires_s=real.at(20),
        polygon=real.square((lon, lat), 500.0),
    )  # fmt: skip


def _region(name: str, problem: dict[str, Any], alert: bytes, *, repeats: int) -> list[Row]:
    roads = real.region(name)
    morning = _morning(roads, problem)
    whole: list[float] = []
    stages: dict[str, list[float]] = {}
    step: engine.Step | None = None
    for _ in range(repeats):
        seconds, step = _alert_to_plan(roads, morning, alert)
        for stage, took in seconds.items():
            stages.setdefault(stage, []).append(took)
        whole.append(sum(seconds.values()))
    assert step is not None
    assert step.verdict.ok
    work = f"{name} {len(problem['jobs'])} jobs {len(problem['vehicles'])} vehicles"
    held = len(step.difference.held)
    rows = [row(f"alert to plan, {work}", "vado", whole, note=f"{held} held, {len(step.impacts)} impacts")]
    rows += [row(f"  {stage}", "vado", took) for stage, took in stages.items()]
    return [*rows, _vroom(work, step, problem)]


def _morning(roads: Roads, problem: dict[str, Any]) -> engine.Step:
    """Plan the day at eight, before anybody knows of the storm."""
    read = read_problem(json.dumps(problem).encode())
    bodies = (VehiclesPut(vehicles=read.vehicles), JobsPut(jobs=read.jobs, shipments=read.shipments))
    batch = [
        Message(seq=k, received_s=real.at(8), body_hash=Hash(f"sha256:{k:064x}"), body=body)
        for k, body in enumerate(bodies, 1)
    ]
    empty = World(id=WorldId("bench"), region=roads.name, region_hash=roads.content_hash)
    return engine.step(empty, batch, roads=roads, meaning=MEANING, now_s=real.at(8), budget=BUDGET)


def _alert_to_plan(roads: Roads, morning: engine.Step, alert: bytes) -> tuple[dict[str, float], engine.Step]:
    """Take one alert from bytes to a committed world, and time every stage from outside."""
    clock = Stages()
    kept: list[tuple[Any, str, Any]] = []
    for module, functions in STAGES.items():
        for function in functions:
            stage = getattr(engine, module)
            kept.append((stage, function, getattr(stage, function)))
            setattr(stage, function, clock.wrap(f"{module}.{function}", getattr(stage, function)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
            world, fence = morning.world, store.take_writer(morning.world.id)
            store.commit(world, morning.decision, consumed=(), fence=fence)
            clock.wrap("inbox (SQLite, synchronous=FULL)", store.accept)(
                world=world.id,
                kind=InboxKind.ALERT,
                source="bench",
                key="",
                body=alert,
                received_s=real.at(9),
            )
            rows = store.pending(world.id, limit=10)
            batch = [m for r in rows for m in clock.wrap("feeds.parse", decode)(r)]
            started, before = time.perf_counter(), sum(clock.seconds.values())
            step = engine.step(
                world, batch, roads=roads, meaning=MEANING, now_s=real.at(9), budget=BUDGET
            )  # fmt: skip
            inside = sum(clock.seconds.values()) - before
            clock.seconds["engine, the rest"] = time.perf_counter() - started - inside
            clock.wrap("commit (SQLite, synchronous=FULL)", store.commit)(
                step.world, step.decision, consumed=[row.seq for row in rows], fence=fence
            )
            store.close()
    finally:
        for stage, function, original in kept:
            setattr(stage, function, original)
    return clock.seconds, step


def _vroom(work: str, step: engine.Step, problem: dict[str, Any]) -> Row:
    """Let VROOM plan the same stops on the matrix of the slot after the closure, from scratch."""
    title = f"plan only, {work}"
    try:
        import vroom
    except ImportError as missing:
        return absent(title, "vroom", f"{missing}; install requirements/peers.txt")
    times, travel = step.times, step.problem.vehicles[0].travel
    matrix = times.matrix(travel, len(times.slots) - 1)
    seconds: list[float] = []
    for _ in range(3):
        asked = vroom.Input()
        asked.set_durations_matrix(
            profile="van", matrix_input=matrix.seconds.clip(max=10**6).astype("uint32")
        )
        for index, vehicle in enumerate(step.problem.vehicles):
            assert vehicle.start is not None
            home = step.problem.stop(vehicle.start)
            asked.add_vehicle(
                vroom.Vehicle(
                    index,
                    start=home,
                    end=home,
                    profile="van",
                    capacity=list(vehicle.capacity),
                )
            )
        for index, job in enumerate(step.problem.jobs):
            asked.add_job(
                vroom.Job(
                    index,
                    location=step.problem.stop(job.location),
                    default_service=job.service_s,
                    delivery=list(job.delivery),
                )
            )
        started = time.perf_counter()
        asked.solve(exploration_level=5, nb_threads=1)
        seconds.append(time.perf_counter() - started)
    return row(title, "vroom", seconds, note="plans only: no closures in time, no reasons, no referee")

"""Small worlds and sealed decisions, one after the other, by the real `ledger.seal`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vado.ledger import digest, seal
from vado.model.ids import Hash, JobId, VehicleId, WorldId
from vado.model.jobs import Job, Location
from vado.model.plan import Leg, Plan, Reason, ReasonCode, Route, Solver, Stop, StopKind, Unassigned, Verdict
from vado.model.problem import Budget, Problem
from vado.model.snapshot import Drive, LegEdge
from vado.model.when import Interval
from vado.model.world import Body, Decision, Difference, Message, Tick, World

T0 = 1_768_046_400  # 2026-01-10T12:00:00Z
HASH = digest(b"")
BUDGET = Budget(solutions_max=5)
HOME = (1.5234567, 42.5123456)  # where somebody lives


def world(name: str = "w") -> World:
    return World(id=WorldId(name), region="drawn", region_hash=HASH, now_s=T0)


def plan(made_s: int = T0) -> Plan:
    """Give a plan with one stop at somebody's home, one leg and one job that is nowhere."""
    home = Stop(
        kind=StopKind.JOB, job=JobId("j1"), lonlat=HOME, node=3, arrival_s=made_s + 60, start_s=made_s + 60,
        departure_s=made_s + 90, place="Arinsal", load=(2,),
    )  # fmt: skip
    start = replace(home, kind=StopKind.START, job=None, node=1, arrival_s=made_s, start_s=made_s,
                    departure_s=made_s)  # fmt: skip
    drive = Drive(edges=(LegEdge(edge=7, enter_ms=made_s * 1000),), depart_s=made_s, arrive_s=made_s + 60,
                  distance_m=900)  # fmt: skip
    return Plan(
        made_s=made_s,
        snapshot=HASH,
        routes=(
            Route(
                vehicle=VehicleId("v1"),
                stops=(start, home),
                legs=(Leg(drive=drive, duration_s=60, distance_m=900),),
            ),
        ),
        unassigned=(
            Unassigned(job=JobId("j2"), reasons=(Reason(code=ReasonCode.CUT_OFF, text="CG-4 is shut"),)),
        ),
        cost=60,
        solver=Solver(
            name="none", version="1", seed=1, solutions_max=5, seconds_max=1.5, solutions=1, stopped="proven"
        ),
    )


def problem(now_s: int = T0, *, name: str = "Ada Lovelace, 3rd floor") -> Problem:
    """Give a problem with one job that says too much about a person."""
    where = Location(lonlat=HOME)
    job = Job(id=JobId("j1"), location=where, description=name)
    return Problem(
        now_s=now_s, horizon=Interval(now_s, now_s + 3600), jobs=(job,), shipments=(), vehicles=(),
        stops=(where,), nodes=(3,), places=("Arinsal",), access={},
    )  # fmt: skip


def message(seq: int, body: Body | None = None) -> Message:
    return Message(seq=seq, received_s=T0 + seq, body_hash=digest(str(seq).encode()), body=body or Tick())


def follow(
    before: World,
    *,
    batch: Sequence[Message] = (),
    new: Plan | None = None,
    notes: Sequence[str] = (),
    now_s: int | None = None,
) -> tuple[World, Decision]:
    """Step without an engine: the next world, sealed."""
    after = replace(
        before,
        version=before.version + 1,
        now_s=before.now_s + 60 if now_s is None else now_s,
        plan=new or before.plan,
        snapshot=HASH,
    )
    decision = seal(
        before=before, after=after, batch=batch, problem=problem(after.now_s), impacts=(),
        verdict=Verdict(violations=()), difference=Difference(), notes=notes, meaning=HASH, budget=BUDGET,
    )  # fmt: skip
    return replace(after, head=decision.hash), decision


def chain(count: int, name: str = "w") -> list[Decision]:
    """Seal so many decisions; every third one has a new plan."""
    now, decisions = world(name), []
    for seq in range(1, count + 1):
        new = plan(T0 + seq) if seq % 3 == 1 else None
        now, decision = follow(now, batch=(message(seq),), new=new)
        decisions.append(decision)
    return decisions


def rehash(decision: Decision, record: str) -> Decision:
    """Forge: another record, with a hash that fits."""
    return replace(decision, record=record, hash=Hash(digest(record.encode())))

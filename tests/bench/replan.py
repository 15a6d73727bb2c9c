"""A storm over a plan in force: how soon there is a safe plan, how near to a full re-solve, who has to move.

Porto's own travel times between 200 (2,000) jobs and a depot, 20 (150) vans. In the morning all is planned.
Then 15 % of the ways between stops become one and a half to four times as slow, and ten places are cut off.
Vado replans from the plan in force; the peers plan from scratch, as they would have to, on the new times and
without the ten places. A job has moved when another van does it; the routes of a plan from scratch are first
given to the vans that had most of their jobs before, so that no peer looks worse than its plan is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

import real
from bench.network import say
from bench.rows import Row
from bench.solvers import AbsentError
from bench.solvers.pyvrp_search import Pyvrp
from bench.solvers.vroom_exploration import Vroom
from bench.vrp import Instance
from bench.vrp_check import judge
from vado import network
from vado.ledger.canonical import digest
from vado.model.ids import JobId, VehicleId
from vado.model.jobs import Job, Location, Vehicle, Window
from vado.model.plan import Draft, Plan
from vado.model.problem import Budget, Problem
from vado.model.roads import I64
from vado.model.snapshot import NO_WAY_S, Travel
from vado.model.when import Interval
from vado.planning import check
from vado.planning.given import MatrixTimes
from vado.planning.replan import replan

CAR = Travel("car")
SLOWED = 0.15  # of all ways between stops
CUT = 10  # places
SHIFT_S = 9 * 3600
WINDOW_S = 3 * 3600  # of every second job
COUNTS = (0, 25, 50, 100, 200, 400, 800)
FULL = Budget(solutions_max=3000, seconds_max=300.0)
NEAR = 1.0  # percent above a full re-solve


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """Stop 0 is the depot; stop k is job k's."""

    name: str
    vans: int
    before: I64  # [n + 1, n + 1] seconds
    after: I64
    windows: tuple[tuple[int, int], ...]  # by job
    capacity: int
    peers_s: float  # what each peer gets


def measure(*, quick: bool) -> list[Row]:
    """Measure both sizes, or the smaller."""
    rows = _measured(case("200 jobs, 20 vans", jobs=200, vans=20, peers_s=10.0))
    if not quick:
        rows += _measured(case("2000 jobs, 150 vans", jobs=2000, vans=150, peers_s=60.0))
    return rows


def case(name: str, *, jobs: int, vans: int, peers_s: float, seed: int = 1) -> Case:
    """Draw work and a storm on Porto from a seed."""
    rng = np.random.default_rng(seed)
    before = _travel(jobs + 1, seed)
    after = np.where(rng.random(before.shape) < SLOWED, before * rng.uniform(1.5, 4.0, before.shape), before)
    after = np.ceil(after).astype(np.int64)
    cut = rng.choice(np.arange(1, jobs + 1), CUT, replace=False)
    after[cut, :] = after[:, cut] = NO_WAY_S
    np.fill_diagonal(after, 0)
    starts = rng.integers(0, SHIFT_S - WINDOW_S, jobs)
    bound = rng.random(jobs) < 0.5
    windows = tuple(
        (int(s), int(s) + 3 * 3600) if b else (0, SHIFT_S) for s, b in zip(starts, bound, strict=True)
    )
    return Case(
        name=name, vans=vans, before=before, after=after, windows=windows,
        capacity=-(-jobs * 13 // (vans * 10)), peers_s=peers_s,
    )  # fmt: skip


def _travel(stops: int, seed: int) -> I64:
    """Give seconds by car between random sites of Porto."""
    roads = real.region("porto")
    points = tuple(real.sites(roads, stops, seed=seed))
    anchored = network.anchor(roads, points, travels=(CAR,))
    quiet = network.snapshot(anchored.roads, (), {}, travels=(CAR,))
    return network.times(quiet, anchored.nodes, horizon=Interval(0, SHIFT_S)).matrix(CAR, 0).seconds


def _problem(given: Case, kept: dict[JobId, VehicleId]) -> Problem:
    jobs = tuple(
        Job(
            id=JobId(f"j{k:04}"),
            location=Location(index=k),
            service_s=300,
            delivery=(1,),
            windows=(Window(*w),),
        )
        for k, w in enumerate(given.windows, start=1)
    )
    depot = Location(index=0)
    vans = tuple(
        Vehicle(
            id=VehicleId(f"v{v:03}"),
            start=depot,
            end=depot,
            shift=Window(0, SHIFT_S),
            capacity=(given.capacity,),
        )
        for v in range(given.vans)
    )
    stops = tuple(Location(index=k) for k in range(len(given.before)))
    return Problem(
        now_s=0, horizon=Interval(0, SHIFT_S), jobs=jobs, shipments=(), vehicles=vans, stops=stops,
        nodes=(-1,) * len(stops), places=("",) * len(stops), access={}, kept=kept,
    )  # fmt: skip


def _planned(given: Case, travel: I64, previous: Plan | None, budget: Budget) -> tuple[Draft, float]:
    """Plan, let the referee agree; give the plan and the seconds it took."""
    kept = {job: r.vehicle for r in (previous.routes if previous else ()) for job in r.jobs}
    problem = _problem(given, kept)
    table = {"car": (travel, np.zeros_like(travel))}
    started = time.perf_counter()
    draft = replan(problem, MatrixTimes(problem.stops, table), previous=previous, budget=budget)
    took_s = time.perf_counter() - started
    violations = check(draft, problem, None, matrix=table).violations
    assert not violations, violations[:3]
    return draft, took_s


def _measured(given: Case) -> list[Row]:
    morning, _ = _planned(given, given.before, None, FULL)
    plan = Plan(
        made_s=0, snapshot=digest("bench"), routes=morning.routes, unassigned=(), cost=morning.cost,
        solver=morning.solver,
    )  # fmt: skip
    was = {job: r.vehicle for r in plan.routes for job in r.jobs}
    rows = [_row(given, "vado, from scratch", *_planned(given, given.after, None, FULL), was)]
    rows += [_peer(given, peer, was) for peer in (Vroom(5), Vroom(0), Pyvrp())]
    for count in COUNTS:
        draft, took_s = _planned(given, given.after, plan, Budget(solutions_max=count, seconds_max=300.0))
        name = "vado, first safe plan" if count == 0 else f"vado, replan, count {count}"
        rows.append(_row(given, name, draft, took_s, was))
    return _compared(given, rows)


def _compared(given: Case, rows: list[Row]) -> list[Row]:
    """Measure each against the cheapest full re-solve of all engines that leaves no more out."""
    scratch = [row for row in rows if "scratch" in row["engine"] and row.get("cost")]
    held = min(row["held"] for row in scratch)
    best = min(scratch, key=lambda row: (row["held"], row["cost"]))
    near_s = None
    for row in rows:
        if not row.get("cost"):
            continue
        gap = 100 * (row["cost"] - best["cost"]) / best["cost"]
        row |= {"gap": round(gap, 3), "note": f"cost {gap:+.2f} %, {row['moved']} moved, {row['held']} held"}
        fits = row["held"] <= held and gap <= NEAR and "scratch" not in row["engine"]
        near_s = row["median_s"] if fits and near_s is None else near_s
        say(f"{row['work']}: {row['engine']} {row['median_s']:.3f} s, {row['note']}")
    return [*rows, {
        "work": f"within 1 % of the cheapest from scratch, {given.name}", "engine": "vado",
        "median_s": near_s,
        "note": f"the cheapest from scratch is {best['engine'].split(',')[0]}'s",
    }]  # fmt: skip


def _row(given: Case, engine: str, draft: Draft, took_s: float, was: dict[JobId, VehicleId]) -> Row:
    routes = [[int(job[1:]) for job in route.jobs] for route in draft.routes]
    if "scratch" in engine:
        moved = _moved_at_least(routes, was)
    else:
        moved = sum(was.get(job, r.vehicle) != r.vehicle for r in draft.routes for job in r.jobs)
    return _said(given, engine, took_s, draft.cost, len(draft.missing), moved)


def _said(given: Case, engine: str, took_s: float, cost: int, held: int, moved: int) -> Row:
    return {
        "work": f"storm over {given.name}", "engine": engine, "median_s": round(took_s, 4), "cost": cost,
        "gap": None, "moved": moved, "held": held, "note": "",
    }  # fmt: skip


def _moved_at_least(routes: Sequence[Sequence[int]], was: dict[JobId, VehicleId]) -> int:
    """Count who moves when routes are given to the vans so that fewest do."""
    vans = sorted(set(was.values()))
    shared = np.zeros((len(routes), len(vans)), np.int64)
    total = 0
    for r, route in enumerate(routes):
        for job in route:
            van = was.get(JobId(f"j{job:04}"))
            if van is not None:
                shared[r, vans.index(van)] += 1
                total += 1
    rows, columns = linear_sum_assignment(-shared)
    return int(total - shared[rows, columns].sum())


def _peer(given: Case, peer: Vroom | Pyvrp, was: dict[JobId, VehicleId]) -> Row:
    """Let a peer plan what can be reached, from scratch."""
    work = f"storm over {given.name}"
    try:
        peer.prepare()
    except AbsentError as wrong:
        return {"work": work, "engine": peer.name, "median_s": None, "note": str(wrong)}
    open_ = np.array([0, *(k for k in range(1, len(given.after)) if given.after[0, k] < NO_WAY_S)])
    asked = _instance(given, open_)
    started = time.perf_counter()
    routes = peer.solve(asked, given.peers_s, 1, time.perf_counter)
    took_s = time.perf_counter() - started
    faults, cost = judge(asked.problem(), tuple(tuple(c - 1 for c in route) for route in routes))
    if not routes or faults:
        note = faults[0] if faults else f"nothing feasible in {given.peers_s:g} s"
        return {"work": work, "engine": f"{peer.name}, from scratch", "median_s": None, "note": note}
    named = [[int(open_[c]) for c in route] for route in routes]
    held = len(given.after) - 1 - sum(map(len, named))
    return _said(given, f"{peer.name}, from scratch", took_s, cost, held, _moved_at_least(named, was))


def _instance(given: Case, open_: I64) -> Instance:
    count = len(open_)
    windows = np.array([(0, SHIFT_S), *given.windows])[open_]
    demand = np.ones(count, np.int64)
    demand[0] = 0
    service = np.full(count, 300)
    service[0] = 0
    return Instance(
        name=given.name, family="replan", travel=given.after[np.ix_(open_, open_)], service=service,
        first=windows[:, 0], last=windows[:, 1], demand=demand, pairs=(), capacity=given.capacity,
        vehicles=given.vans, best=1,
    )  # fmt: skip

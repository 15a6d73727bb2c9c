"""How the search grows with the problem: 100 to 10,000 jobs, in parts, side by side on two cores.

The work is drawn from a seed: clients around towns on a square, windows of two hours in a day of ten, some
fifteen jobs a route. For each size: seconds until within 2 % of the best plan of that run, and the peak of
memory, tables of the caller included; the exponent is that of the seconds between neighbouring sizes. Every
plan passes the referee.
"""

from __future__ import annotations

import math
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.network import say
from bench.rows import Row
from bench.solvers import CLOCKS
from bench.solvers.ours import Vado
from bench.vrp_check import judge
from vado.planning.search import SearchJob, SearchProblem, SearchVehicle, Standing, search, search_in_parts

SIZES = {100: 5.0, 1_000: 30.0, 10_000: 60.0}  # jobs: budget in seconds
NEAR = 0.02  # of the best of the run
CORES = 2
SIDE_S, TOWNS_EACH, SPREAD_S = 3_600, 50, 120
DAY_S, WINDOW_S, SERVICE_S = 36_000, 7_200, 300
ROOM, AMOUNT_MAX = 100, 12


def drawn(jobs: int, *, seed: int = 1) -> SearchProblem:
    """Draw towns, clients around them, a depot in the middle."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, SIDE_S, (max(4, jobs // TOWNS_EACH), 2))
    points = towns[rng.integers(0, len(towns), jobs)] + rng.normal(0, SPREAD_S, (jobs, 2))
    points = np.vstack(([[SIDE_S / 2, SIDE_S / 2]], points))
    table = np.empty((jobs + 1, jobs + 1), np.int64)
    for row, point in zip(table, points, strict=True):
        row[:] = np.hypot(*(points - point).T)
    opens = rng.integers(0, DAY_S - WINDOW_S - SIDE_S, jobs) + SIDE_S
    amounts = rng.integers(1, AMOUNT_MAX, jobs)
    vehicle = SearchVehicle(start=0, end=0, shut_s=DAY_S + SIDE_S, capacity=(ROOM,))
    return SearchProblem(
        jobs=tuple(
            SearchJob(
                place=k + 1, service_s=SERVICE_S, windows=((int(at), int(at) + WINDOW_S),), delivery=(int(n),)
            )
            for k, (at, n) in enumerate(zip(opens, amounts, strict=True))
        ),
        vehicles=(vehicle,) * max(4, jobs // 12),
        seconds=(table,),
    )


def measure(
    *,
    quick: bool,
    clock: tuple[str, ...] = ("wall",),
    engines: tuple[str, ...] = ("parts",),
    cases: tuple[str, ...] = (),
) -> list[Row]:
    """Measure; `quick`: 100 and 1,000 jobs, a fifth of the budgets. Engines: `parts`, `whole`."""
    Vado().prepare()
    rows: list[Row] = []
    sizes = [size for size in SIZES if not cases or str(size) in cases]
    for size in sizes[: 2 if quick else None]:
        problem = drawn(size)
        for engine in engines:
            rows.append(_row(problem, engine, SIZES[size] / (5 if quick else 1), clock[0]))
            say(f"{rows[-1]['work']}: {rows[-1]['note']}")
    for engine in engines:
        own = [row for row in rows if row["engine"] == engine]
        if len(own) > 1:
            rows.append({
                "work": "exponent of growth", "engine": engine, "median_s": None,
                "note": f"seconds as jobs to the {exponent(own):.2f}",
            })  # fmt: skip
    return rows


def _row(problem: SearchProblem, engine: str, budget_s: float, clock: str) -> Row:
    seen: list[tuple[float, int]] = []
    now = CLOCKS[clock]
    # Processor time is that of all cores together.
    budget_s *= CORES if clock == "cpu" and engine == "parts" else 1
    started, wall = now(), time.perf_counter()

    def pace(standing: Standing) -> float:
        spent = now() - started
        if not seen or standing.best < seen[-1][1]:
            seen.append((spent, standing.best))
        return spent / budget_s

    with ThreadPoolExecutor(CORES) as pool:
        if engine == "parts":
            found = search_in_parts(problem, pace, each=pool.map)
        else:
            found = search(problem, pace)
    took_s = now() - started
    faults, cost = judge(problem, found.routes)
    assert not faults, faults[0]
    near = [spent for spent, best in [*seen, (took_s, found.cost)] if best <= (1 + NEAR) * found.cost]
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"cost {cost:,}, {sum(map(bool, found.routes))} routes, {len(found.unassigned)} idle"
    return {
        "work": f"{len(problem.jobs):,} jobs, {budget_s:g} s", "engine": engine, "jobs": len(problem.jobs),
        "budget_s": budget_s, "clock": clock, "median_s": round(min(near), 2), "took_s": round(took_s, 2),
        "wall_s": round(time.perf_counter() - wall, 2), "cost": cost, "steps": found.steps,
        "memory_mb": round(memory_mb), "note": f"{note}, peak {memory_mb:,.0f} MB; {found.steps:,} steps",
    }  # fmt: skip


def exponent(rows: list[Row]) -> float:
    """Give the exponent of growth between the first and the last size."""
    first, last = rows[0], rows[-1]
    return math.log(last["median_s"] / first["median_s"]) / math.log(last["jobs"] / first["jobs"])

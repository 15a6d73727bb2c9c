"""How near to the best known plan in 1, 5 and 20 s: ours beside each peer, on one core, in one run.

Every engine gets the same numbers and the same seconds, one after the other, and every plan is judged by the
referee (`bench.vrp_check`), which also says what it costs. A gap is in percent of the best cost known; null
where nothing feasible was found or a rule is broken, and the note says which.
"""

from __future__ import annotations

import os
import statistics
import time

from bench.network import say
from bench.rows import Row
from bench.solvers import CLOCKS, AbsentError, SolverOf
from bench.solvers.or_tools import OrTools
from bench.solvers.ours import Vado
from bench.solvers.pyvrp_search import Pyvrp
from bench.solvers.vroom_exploration import Vroom
from bench.vrp import Instance, instance
from bench.vrp_check import judge

# As many of each kind as the reference measurements had; for those not in the samples, their neighbours.
INSTANCES = (
    "C101", "R101", "RC101", "R201", "RC208", "R1_2_5", "RC2_2_1", "RC1_4_3", "R2_4_3",
    "05362619", "a2f023f6", "57977bd6",
)  # fmt: skip
MORE = ("lc101", "lr204", "LR1_2_2", "LRC2_2_4")
BUDGETS = (1.0, 5.0, 20.0)
WANTED = {1.0: 1.5, 5.0: 0.8, 20.0: 0.5}  # mean gap in percent that the issue asks of ours
SEED = 1


def solvers() -> list[SolverOf]:
    """List all engines, ours first."""
    return [Vado(), OrTools("default"), OrTools("tuned"), Vroom(0), Vroom(5), Pyvrp()]


def measure(
    *,
    quick: bool,
    engines: tuple[str, ...] = (),
    instances: tuple[str, ...] = (),
    budgets: tuple[float, ...] = (),
    seeds: tuple[int, ...] = (SEED,),
    clock: tuple[str, ...] = ("wall",),
) -> list[Row]:
    """Measure; `quick`: five small instances for a second. Raises ValueError for what there is none of."""
    names = instances or (INSTANCES[:5] if quick else (*INSTANCES, *MORE))
    chosen = [one for one in solvers() if not engines or one.name in engines]
    strange = set(engines) - {one.name for one in solvers()}
    if set(clock) - set(CLOCKS):
        raise ValueError(f"no such clock; there are {', '.join(CLOCKS)}")
    if strange:
        known = ", ".join(one.name for one in solvers())
        raise ValueError(f"no such engine: {', '.join(sorted(strange))}; there are {known}")
    try:
        given = [instance(name) for name in names]
    except FileNotFoundError as wrong:
        raise ValueError(str(wrong)) from wrong
    rows = []
    reasons = {one.name: _prepared(one) for one in chosen}
    for budget_s in budgets or (BUDGETS[:1] if quick else BUDGETS):
        for asked in given:
            for one in chosen:
                for seed in seeds:
                    rows.append(_row(one, asked, budget_s, seed, clock[0], reasons[one.name]))
                    say(f"{budget_s:g} s {asked.name}: {one.name} {rows[-1]['gap']} {rows[-1]['note']}")
    return [*rows, *_summary(rows)]


def _prepared(one: SolverOf) -> str:
    try:
        one.prepare()
    except AbsentError as wrong:
        return str(wrong)
    return ""


def _row(one: SolverOf, asked: Instance, budget_s: float, seed: int, clock: str, reason: str) -> Row:
    """Run one engine once and let its plan be judged."""
    counted = "wall" if one.own_clock else clock
    line: Row = {
        "work": f"plan {asked.name}, {budget_s:g} s", "engine": one.name, "instance": asked.name,
        "family": asked.family, "budget_s": budget_s, "seed": seed, "clock": counted,
        "gap": None, "median_s": None, "note": reason,
    }  # fmt: skip
    if reason:
        return line
    started, cpu = time.perf_counter(), time.process_time()
    try:
        routes = one.solve(asked, budget_s, seed, CLOCKS[clock])
    except AbsentError as wrong:
        return {**line, "note": str(wrong)}
    took_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    problem = asked.problem()
    faults, cost = judge(problem, tuple(tuple(c - 1 for c in route) for route in routes))
    served = sum(map(len, routes))
    if not routes:
        faults = ["nothing feasible"]
    elif served < asked.customers:
        faults.append(f"{asked.customers - served} customers are not served")
    # Where the machine does other work too, an engine gets less than the seconds it counts.
    load = f"{cpu_s:.1f} s of a core"
    more = {"median_s": round(took_s, 3), "cpu_s": round(cpu_s, 3), "load": round(os.getloadavg()[0], 2)}
    if faults:
        return {**line, **more, "note": f"{faults[0]}; {load}"}
    gap = 100 * (cost - asked.best) / asked.best
    more |= {"gap": round(gap, 3), "cost": cost, "best": asked.best, "routes": len(routes)}
    return {**line, **more, "note": f"gap {gap:.2f} %, {len(routes)} routes, {load}"}


def _summary(rows: list[Row]) -> list[Row]:
    """Give mean and worst gaps by engine and budget; Li and Lim apart: their best have fewest vehicles."""
    found = []
    for title, wanted in (("distance", False), ("lilim", True)):
        groups: dict[tuple[float, str], list[Row]] = {}
        for line in rows:
            if (line["family"] == "lilim") == wanted:
                groups.setdefault((line["budget_s"], line["engine"]), []).append(line)
        for (budget_s, engine), lines in groups.items():
            gaps = [line["gap"] for line in lines if line["gap"] is not None]
            none = len(lines) - len(gaps)
            about = "nothing feasible on any"
            if gaps:
                about = f"mean {statistics.mean(gaps):.2f} %, worst {max(gaps):.2f} %; nothing on {none}"
            if engine == "vado" and not wanted and budget_s in WANTED:
                about += f" (wanted mean {WANTED[budget_s]} %)"
            found.append({
                "work": f"all {title}, {budget_s:g} s", "engine": engine, "budget_s": budget_s,
                "median_s": None, "mean_gap": round(statistics.mean(gaps), 3) if gaps else None,
                "worst_gap": max(gaps, default=None), "none": none, "note": about,
            })  # fmt: skip
    return found

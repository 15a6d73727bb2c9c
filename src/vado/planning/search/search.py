"""Search: a problem and a budget in, routes out.

Simulated annealing over ruin-and-recreate steps (`_steps`). The temperature falls with the share of the
budget that is spent: by count, which is the same to the byte wherever the kernels are, or by whatever clock
the caller looks at between chunks of steps (`pace`). Knows no clock itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vado.planning.search._ground import ground_of
from vado.planning.search._layout import (
    BEST,
    COST,
    FIELDS,
    IDLE,
    NODE,
    STEPS,
    Ground,
    Lines,
    lines_for,
)
from vado.planning.search._start import kept
from vado.planning.search._steps import begin, steps
from vado.planning.search.problem import Routes, SearchProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How the search goes about it; measured on the instances of `tests/bench/planner.py`."""

    hot: float = 1.0  # first temperature, in mean costs to a near neighbour
    cold: float = 0.01  # last
    mean_cut: float = 10.0  # jobs taken out in a step
    string_max: int = 10  # of one line
    split: float = 0.5  # how often a string leaves some of it where it is
    deeper: float = 0.99  # how often it leaves one more
    blink: float = 0.01  # how often a position is overlooked
    chunk: int = 200  # steps between two looks at the budget
    tries: int = 30  # of the jobs on no line, in one step


TUNING = Tuning()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a search stands between two chunks."""

    steps: int
    cost: int
    best: int
    idle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best routes met, by vehicle, with what they cost: travel, fixed costs, taxes, prices."""

    routes: Routes
    unassigned: tuple[int, ...]
    cost: int
    steps: int


Pace = Callable[[Standing], float]


def by_count(count: int) -> Pace:
    """Give the pace of a search of so many steps."""
    return lambda standing: standing.steps / count if count > 0 else 1.0


def search(
    problem: SearchProblem,
    pace: Pace,
    *,
    seed: int = 1,
    first: Routes = (),
    tuning: Tuning = TUNING,
) -> Found:
    """Search until `pace` says 1.0 or more; it gives the share of the budget that is spent.

    `first` (by vehicle) is where to begin: what it can't keep goes idle. Steps are done in chunks, so that a
    count that is no multiple of `tuning.chunk` is rounded up.
    """
    ground = ground_of(problem)
    lines = lines_for(ground, vehicles=len(problem.vehicles), alike=len(ground.alike_at) - 1, seed=seed)
    for v, route in enumerate(kept(problem, first)):
        lines.length[v] = len(route)
        for k, job in enumerate(route, start=1):
            lines.line[(v * ground.width + k) * FIELDS + NODE] = job
    begin(ground, lines)
    if problem.jobs and problem.vehicles:
        _anneal(ground, lines, pace, tuning)
    return _found(problem, ground, lines)


def _anneal(ground: Ground, lines: Lines, pace: Pace, tuning: Tuning) -> None:
    unit = _unit(ground)
    building = True
    while True:
        counters = lines.counters
        share = pace(
            Standing(
                steps=int(counters[STEPS]),
                cost=int(counters[COST]),
                best=int(counters[BEST]),
                idle=int(counters[IDLE]),
            )
        )
        if share >= 1:
            return
        heat = unit * tuning.hot * (tuning.cold / tuning.hot) ** max(0.0, share)
        # The first step is the construction: everything idle is tried.
        count, tries = (1, ground.jobs) if building else (tuning.chunk, tuning.tries)
        steps(
            ground, lines, count, heat, tries, tuning.mean_cut, tuning.string_max, tuning.split, tuning.deeper,
            tuning.blink,
        )  # fmt: skip
        building = False


def _unit(ground: Ground) -> float:
    """Give the mean cost to a near neighbour: what temperatures are counted in."""
    near = ground.near[:, 1:6]
    if not near.size:
        return 1.0
    links = ground.links.reshape(-1, ground.nodes, ground.nodes, 4)[0]
    return max(1.0, float(links[np.arange(ground.jobs)[:, None], near, 2].mean()))


def _found(problem: SearchProblem, ground: Ground, lines: Lines) -> Found:
    width = ground.width
    routes = tuple(
        tuple(int(job) for job in lines.best_node[v * width + 1 : v * width + 1 + lines.best_length[v]])
        for v in range(len(problem.vehicles))
    )
    served = {job for route in routes for job in route}
    return Found(
        routes=routes,
        unassigned=tuple(job for job in range(len(problem.jobs)) if job not in served),
        cost=int(lines.counters[BEST]),
        steps=int(lines.counters[STEPS]),
    )

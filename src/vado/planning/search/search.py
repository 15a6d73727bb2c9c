"""Search: a problem and a budget in, routes out.

Simulated annealing over ruin-and-recreate steps (`_steps`). The temperature falls with the share of the
budget that is spent: by count, which is the same to the byte wherever the kernels are, or by whatever clock
the caller looks at between chunks of steps (`pace`). Knows no clock itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vado.planning.search._ground import lay_out
from vado.planning.search._layout import (
    BEST,
    COST,
    COST_OUT,
    FIELDS,
    IDLE,
    LINES,
    LINKS,
    NEXT,
    NODE,
    STEPS,
    Memory,
)
from vado.planning.search._start import kept
from vado.planning.search._steps import begin, steps
from vado.planning.search.problem import COST_MAX, Routes, SearchProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How the search goes about it; measured on the instances of `tests/bench/planner.py`."""

    hot: float = 8.0  # first temperature, in mean costs to a near neighbour
    cold: float = 0.1  # last
    warm: float = 0.8  # first of each cooling after the first; those begin from the best routes met
    again: int = 10  # how many more there are at most
    again_steps: int = 1500  # and how many steps a job for each of them, in the whole search
    mean_cut: float = 10.0  # jobs taken out in a step
    string_max: int = 10  # of one line
    split: float = 0.5  # how often a string leaves some of it where it is
    deeper: float = 0.99  # how often it leaves one more
    blink: float = 0.01  # how often a position is overlooked
    opening: float = 0.1  # how often the first job put back begins a line of its own
    closing: float = 0.02  # how often the first line is taken out whole
    stale: int = 4  # after so many changes a job, what was far too dear is looked at again
    chunk: int = 200  # steps between two looks at the budget
    tries: int = 30  # of the jobs on no line, in one step


TUNING = Tuning()
FORESEEN = 0.02  # share of the budget after which the steps to come can be told


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
    memory = lay_out(problem, seed=seed)
    m, w, o = memory
    for v, route in enumerate(kept(problem, first)):
        m[o.length + v] = len(route)
        for k, job in enumerate(route, start=1):
            m[o.line + (v * o.width + k) * FIELDS + NODE] = job
    w[o.counters + NEXT] = 1
    w[o.counters + BEST] = np.iinfo(np.int64).max
    w[o.counters + LINES] = o.vehicles
    begin(*memory)
    if problem.jobs and problem.vehicles:
        _anneal(memory, pace, tuning)
    return _found(memory)


def _anneal(memory: Memory, pace: Pace, tuning: Tuning) -> None:
    _, w, o = memory
    unit = _unit(memory)
    building, again, turn = True, 0, _Turn()
    while True:
        standing = Standing(
            steps=int(w[o.counters + STEPS]),
            cost=int(w[o.counters + COST]),
            best=int(w[o.counters + BEST]),
            idle=int(w[o.counters + IDLE]),
        )
        share = max(0.0, pace(standing))
        if share >= 1:
            return
        if not again and share >= FORESEEN:
            again = _again(tuning, standing.steps / share / o.jobs)
        heat, number = _heat(tuning, share, again)
        if number != turn.number:
            turn = turn.after(number, standing.best)
            _back(memory, fewer=turn.fewer)
        # The first step is the construction: everything idle is tried.
        count, tries = (1, o.jobs) if building else (tuning.chunk, tuning.tries)
        steps(
            *memory, count, unit * heat, tries, tuning.mean_cut, tuning.string_max, tuning.split,
            tuning.deeper, tuning.blink, round(unit), tuning.stale * o.jobs, tuning.opening, tuning.closing,
        )  # fmt: skip
        building = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One cooling: its number, where it began, whether with a line less, how often that failed in a row."""

    number: int = 0
    best: int = 0
    fewer: bool = False
    failed: int = 0
    free: int = 0  # coolings since the last with a line less

    def after(self, number: int, best: int) -> _Turn:
        """Give the next: with a line less as long as that helps, and seldom where it does not."""
        failed = self.failed
        if self.fewer:
            failed = 0 if best < self.best else failed + 1
        free = 0 if self.fewer else self.free + 1
        fewer = free >= failed
        return _Turn(number=number, best=best, fewer=fewer, failed=failed, free=free)


def _again(tuning: Tuning, steps_a_job: float) -> int:
    """Give how many times to cool again in a search of so many steps a job."""
    return min(tuning.again, int(steps_a_job / tuning.again_steps))


def _heat(tuning: Tuning, share: float, again: int) -> tuple[float, int]:
    """Give the temperature at a share of the budget, and the number of the cooling that it belongs to.

    The first has as much of the budget as two others.
    """
    part = share * (2 + again) / 2
    if not again or part < 1:
        part = part if again else share
        return tuning.hot * (tuning.cold / tuning.hot) ** part, 0
    number, part = divmod(part * 2 - 2, 1)
    return tuning.warm * (tuning.cold / tuning.warm) ** part, 1 + int(number)


def _back(memory: Memory, *, fewer: bool) -> None:
    """Go back to the best routes met, or to them less one."""
    m, w, o = memory
    m[o.length : o.length + o.vehicles] = m[o.best_length : o.best_length + o.vehicles]
    for v in range(o.vehicles):
        size = m[o.length + v]
        best = m[o.best_node + v * o.width + 1 :][:size]
        m[o.line + (v * o.width + 1) * FIELDS + NODE :][: size * FIELDS : FIELDS] = best
    w[o.counters + LINES] = o.vehicles
    sizes = m[o.length : o.length + o.vehicles]
    used = np.flatnonzero(sizes)
    if fewer and len(used) > 1:
        sizes[used[np.argmin(sizes[used])]] = 0
        w[o.counters + LINES] = len(used) - 1
    begin(*memory)


def _unit(memory: Memory) -> float:
    """Give the mean cost to a near neighbour: what temperatures are counted in."""
    m, _, o = memory
    near = m[o.near : o.near + o.jobs * o.near_count].reshape(o.jobs, o.near_count)[:, 1:6]
    if not near.size:
        return 1.0
    cells = (np.arange(o.jobs)[:, None] * o.nodes + near) * LINKS
    costs = m[o.links + cells + COST_OUT]
    # What cannot be reached has no near neighbour: counted in, nothing would ever be cool.
    ways = costs[costs < COST_MAX]
    return max(1.0, float(ways.mean())) if ways.size else 1.0


def _found(memory: Memory) -> Found:
    m, w, o = memory
    routes = []
    for v in range(o.vehicles):
        at = o.best_node + v * o.width + 1
        routes.append(tuple(int(job) for job in m[at : at + m[o.best_length + v]]))
    served = {job for route in routes for job in route}
    return Found(
        routes=tuple(routes),
        unassigned=tuple(job for job in range(o.jobs) if job not in served),
        cost=int(w[o.counters + BEST]),
        steps=int(w[o.counters + STEPS]),
    )

"""Planners that are asked the same: one file each, one interface, one core, one budget.

A solver gets an `Instance` in memory and seconds; all it does with it is inside the budget, also making its
own model of it. Its routes are lists of customers; the referee judges them, whatever the solver says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from bench.vrp import Instance

Customers = list[list[int]]

# What a budget is counted by. `cpu`: on a machine that does other work too, an engine that looks at our clock
# gets all of its seconds; the others count their own, on the wall.
CLOCKS: Mapping[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}


class AbsentError(Exception):
    """A solver cannot be run here, or not on this kind of instance; the message says why, for its row."""


class SolverOf(Protocol):
    """A planner in the run."""

    name: str
    own_clock: bool  # counts the budget itself, on the wall

    def prepare(self) -> None:
        """Load and compile what is loaded and compiled once; AbsentError where that cannot be done."""

    def solve(self, instance: Instance, budget_s: float, seed: int, clock: Callable[[], float]) -> Customers:
        """Plan within the budget; no routes where none were found."""

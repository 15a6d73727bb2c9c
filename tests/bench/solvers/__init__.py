"""Planners that are asked the same: one file each, one interface, one core, one budget.

A solver gets an `Instance` in memory and seconds; all it does with it is inside the budget, also making its
own model of it. Its routes are lists of customers; the referee judges them, whatever the solver says.
"""

from __future__ import annotations

from typing import Protocol

from bench.vrp import Instance

Customers = list[list[int]]


class AbsentError(Exception):
    """A solver cannot be run here, or not on this kind of instance; the message says why, for its row."""


class SolverOf(Protocol):
    """A planner in the run."""

    name: str
    note: str

    def prepare(self) -> None:
        """Load and compile what is loaded and compiled once; AbsentError where that cannot be done."""

    def solve(self, instance: Instance, budget_s: float, seed: int) -> Customers:
        """Plan within the budget; no routes where none were found."""

"""What a matrix is checked against before anything of its engine is reported: scipy's Dijkstra.

Engines on our graph must agree in every cell that is compared. Those with a map and speeds of their own are
described instead: how far their durations go with ours, and by what factor they differ.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from bench.case import Case
from bench.peers import SHUT, Peer
from bench.peers.scipy_csgraph import Scipy

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

ORACLE_S = 8.0  # how long one state of a case may take to work out
ROWS_MIN = 20


class UnequalError(Exception):
    """An engine on our graph gave another duration than Dijkstra."""


class Oracle:
    """The first rows of a case's matrix in several states, each worked out once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.engine = Scipy()
        self.engine.prepare(case)
        self.known: dict[str, F64] = {}
        points = case.points[:500]
        started = time.perf_counter()
        self.engine.matrix(points, 4)
        each = (time.perf_counter() - started) / 4
        self.rows = int(np.clip(ORACLE_S / each, ROWS_MIN, len(points)))

    def rows_of(self, state: str, closed: I64) -> F64:
        """Give the first rows of the matrix while `closed` are shut."""
        if state not in self.known:
            points = self.case.points[:500]
            self.engine.change(closed, np.full(len(closed), SHUT, np.int32))
            self.known[state] = self.engine.table(self.engine.matrix(points, self.rows))
            self.engine.change(closed, self.case.ms[closed])
        return self.known[state]

    def check(self, peer: Peer, state: str, closed: I64, table: F64) -> str:
        """Compare a matrix and give a word for the note; UnequalError where it must agree and does not."""
        right = self.rows_of(state, closed)
        rows = min(len(right), len(table))
        right, table = right[:rows], table[:rows]
        if not peer.own_map:
            rounded = np.ceil(right / peer.step_ms) * peer.step_ms
            wrong = int((rounded != table).sum())
            if wrong:
                raise UnequalError(f"{wrong} of {right.size} cells differ from Dijkstra's ({state})")
            return f"{rows} rows equal scipy's"
        both = np.isfinite(right) & np.isfinite(table) & (right > 0)
        correlation = np.corrcoef(right[both], table[both])[0, 1]
        ratio = np.median(table[both] / right[both])
        return f"own map and speeds: correlation {correlation:.4f}, median ratio {ratio:.2f}"

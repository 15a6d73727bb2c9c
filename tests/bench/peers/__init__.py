"""Engines that are asked the same: one file each, one interface.

A peer gets a `Case`, is told of changed edges, and gives matrices. What it needs to take a change in, and to
hand the matrix over, is timed; reading the map and ordering it is not.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bench.case import Case, Ring
from vado.model.roads import NO_ENTRY_MS

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

SHUT = NO_ENTRY_MS


class AbsentError(Exception):
    """A peer cannot be run here; the message says why, for its row."""


class Peer(Protocol):
    """An engine in the run."""

    name: str
    # Reads the map itself and has speeds of its own: compared by correlation, not cell by cell.
    own_map: bool
    # Takes so long a source that few are measured, and scaled.
    by_source: bool
    note: str
    step_ms: int  # what its durations are rounded up to
    # Polygons it shuts by itself, to be filled and cleared; None where it must be told of edges.
    rings: list[Ring] | None

    def prepare(self, case: Case) -> None:
        """Read and order the map; AbsentError where that cannot be done."""

    def change(self, edges: I64, ms: I32) -> None:
        """Give edges other durations, `SHUT` for none; the next matrix knows."""

    def ready(self, nodes: I64) -> Any:
        """Do for these points what need not be done again after a change."""

    def matrix(self, ready: Any, count: int) -> Any:
        """Give the matrix from the first `count` points to all, in whatever form it comes."""

    def table(self, found: Any) -> F64:
        """Turn a matrix into milliseconds, `inf` where there is no way. Not timed."""

    def stop(self) -> None:
        """End what was started, remove what is no longer needed."""

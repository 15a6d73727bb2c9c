"""Travel from a caller's matrices, for problems that bring their own instead of roads (VROOM's `matrices`).

In: seconds and metres by profile and matrix row. Out: `ports.Times` with one slot in which nothing opens or
shuts. Knows nothing of vehicles: their speed factor is the planner's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vado.model.jobs import Location
from vado.model.roads import F64, I64
from vado.model.snapshot import NO_WAY_S, Drive, Matrix, Travel
from vado.model.when import FOREVER_S, NEVER_S, Interval


class MatrixTimes:
    """Times between the numbered stops of a problem, each of which names its row of the caller's matrix."""

    def __init__(self, stops: Sequence[Location], given: Mapping[str, tuple[I64 | F64, I64 | F64]]) -> None:
        """Take `problem.stops` and profile -> (seconds, metres); ValueError when a stop names no row."""
        if any(stop.index is None for stop in stops):
            raise ValueError("a location without index has no row in the matrix")
        self._rows = np.array([stop.index for stop in stops], np.int64)
        self._given = given
        self._matrices: dict[Travel, Matrix] = {}

    @property
    def slots(self) -> tuple[Interval, ...]:
        return (Interval(NEVER_S, FOREVER_S),)

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        """Give seconds and metres [S, S]; equipment changes nothing, for nothing is restricted."""
        if travel not in self._matrices:
            pick = np.ix_(self._rows, self._rows)
            seconds, metres = (np.asarray(table)[pick] for table in self._given[travel.profile])
            whole = np.minimum(np.ceil(seconds), NO_WAY_S).astype(np.int64)
            np.fill_diagonal(whole, 0)  # a stop is where it is, whatever the caller's diagonal says
            self._matrices[travel] = Matrix(
                slot=self.slots[slot], travel=travel, seconds=whole, metres=np.ceil(metres).astype(np.int64)
            )
        return self._matrices[travel]

    def matrices(self, travel: Travel, slots: Sequence[int]) -> list[Matrix]:
        """Give the one there is, so many times."""
        return [self.matrix(travel, slot) for slot in slots]

    def drive(self, travel: Travel, origin: int, target: int, depart_s: int) -> Drive | None:
        """Drive at once and without edges; None where the matrix knows no way."""
        matrix = self.matrix(travel, 0)
        seconds = int(matrix.seconds[origin, target])
        if seconds >= NO_WAY_S:
            return None
        metres = int(matrix.metres[origin, target])
        return Drive(edges=(), depart_s=depart_s, arrive_s=depart_s + seconds, distance_m=metres)

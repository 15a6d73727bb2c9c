"""Is there a way to where a shift ends? The referee's own searches, by one way of travelling, to one node.

Two questions. Is a way open at an instant, whatever comes later (`WayOut.is_open`); and does somebody who
leaves then get there, driving without a wait while roads shut and slow down (`WayOut.gets_out`). Both take no
road's opening for granted. Refuses to know routes and who is at fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from heapq import heappop, heappush

import numpy as np

from vado.model.jobs import Vehicle
from vado.model.roads import I32, I64, Bool
from vado.model.snapshot import Snapshot
from vado.planning.check._kernels import leading_to
from vado.planning.check.fits import may_drive
from vado.planning.check.roads import Rows, closures_of, leaves_ms


class WayOut:
    """Answers for the vehicles that travel alike and end at one node; searches are kept."""

    def __init__(self, snapshot: Snapshot, vehicle: Vehicle, end: int, whole: tuple[int, int]) -> None:
        roads, table = snapshot.roads, snapshot.closures[vehicle.travel]
        shuts = table.factor <= 0
        self._snapshot = snapshot
        self._travel = vehicle.travel
        self._end = end
        self._whole = whole  # first and last instant of all that is asked about
        self._from: I32 = np.ascontiguousarray(roads.edge_from)
        self._to: I32 = np.ascontiguousarray(roads.edge_to)
        self._may_drive = may_drive(roads, vehicle)
        self._edge: I32 = table.edge[shuts]
        self._start_s: I64 = table.start_s[shuts]
        self._end_s: I64 = table.end_s[shuts]
        self._known: dict[bytes, Bool] = {}

    def is_open(self, node: int, first_s: int, last_s: int | None = None) -> bool:
        """Tell whether a way is open at an instant; or one and the same throughout, until another instant."""
        return self._leads(node, (self._start_s <= (last_s or first_s)) & (self._end_s > first_s))

    def is_there(self, node: int) -> bool:
        """Tell whether there is a way when nothing is shut."""
        return self._leads(node, np.zeros(len(self._edge), np.bool_))

    def first_shut(self, node: int, from_s: int, until_s: int) -> int | None:
        """Find the first instant in [from_s, until_s), or from_s itself, at which no way is open."""
        if self.is_open(node, *self._whole):  # whatever shuts in all that time: nearly always the answer
            return None
        begins = self._start_s[(from_s < self._start_s) & (self._start_s < until_s)]
        # Between two of these roads only open.
        return self._first_shut(node, np.append(from_s, np.unique(begins)).tolist())

    def gets_out(self, vehicle: Vehicle, node: int, depart_s: int) -> bool:
        """Drive from a node; nobody waits on the road, or counts on one that is shut to open on the way."""
        roads = self._snapshot.roads
        first, order = self._onward
        best, todo = {node: depart_s * 1000}, [(depart_s * 1000, node)]
        while todo:
            at_ms, here = heappop(todo)
            if here == self._end:
                return True
            if at_ms > best[here]:
                continue
            for edge in order[first[here] : first[here + 1]].tolist():
                if not self._may_drive[edge]:
                    continue
                there, left_ms = int(self._to[edge]), leaves_ms(roads, vehicle, self._rows, edge, at_ms)
                is_shut = any(
                    row.factor <= 0 and row.start_ms < left_ms and depart_s * 1000 < row.end_ms
                    for row in self._rows.get(edge, ())
                )
                if not is_shut and (there not in best or left_ms < best[there]):
                    best[there] = left_ms
                    heappush(todo, (left_ms, there))
        return False

    @cached_property
    def _rows(self) -> Rows:
        return closures_of(self._snapshot, self._travel)

    @cached_property
    def _onward(self) -> tuple[I64, I64]:
        """Sort edges by where they begin: those of node x are order[first[x]:first[x + 1]]."""
        count = np.bincount(self._from, minlength=self._snapshot.roads.n_nodes)
        return np.append(0, np.cumsum(count)), np.argsort(self._from, kind="stable")

    def _first_shut(self, node: int, instants: Sequence[int]) -> int | None:
        if self.is_open(node, instants[0], instants[-1]):
            return None
        if len(instants) == 1:
            return instants[0]
        half = len(instants) // 2
        found = self._first_shut(node, instants[:half])
        return self._first_shut(node, instants[half:]) if found is None else found

    def _leads(self, node: int, shut: Bool) -> bool:
        key = np.packbits(shut).tobytes()
        if key not in self._known:
            open_ = self._may_drive.copy()
            open_[self._edge[shut]] = False
            self._known[key] = leading_to(
                self._end, self._from, self._to, open_, self._snapshot.roads.n_nodes
            )
        return bool(self._known[key][node])

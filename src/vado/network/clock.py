"""The clock on edges: when is one left that is entered now, and when entered at the latest to leave in time.

In: a snapshot and a way of travelling. Out: `Clock`. The rule: an edge entered at t takes its usual time
divided by the lowest factor of all closures that touch [t, leave); with a shut one among them it may not be
driven. All instants here are epoch milliseconds. Refuses to know paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool, Roads
from vado.model.snapshot import Snapshot, Travel
from vado.network import _clock_kernels as kernels
from vado.network import _search_kernels as searches
from vado.network.allowed import Kind, kind_of, usual_ms

FOREVER_MS: int = kernels.LONG_MS


class Space:
    """What one search works in, and its result until the next one; kept, so that a short one costs little."""

    def __init__(self, n_nodes: int) -> None:
        self.ms: I64 = np.empty(n_nodes, np.int64)  # of seen nodes: arrival, or latest departure
        self.by_edge: I32 = np.empty(n_nodes, np.int32)  # and the edge it came by; -1 at a start
        self.key: I64 = np.empty(n_nodes, np.int64)
        self.place: I32 = np.full(n_nodes, searches.NEW, np.int32)
        self.heap: I32 = np.empty(n_nodes, np.int32)
        self.seen: I32 = np.empty(n_nodes, np.int32)
        self.count = 0  # of seen nodes
        self.goal: Bool = np.zeros(n_nodes, np.bool_)

    @property
    def arrays(self) -> tuple[I64, I32, I64, I32, I32, I32]:
        return self.ms, self.by_edge, self.key, self.place, self.heap, self.seen

    def find(self, node: int) -> int | None:
        """Get what was found for a node; None when it was not settled."""
        return int(self.ms[node]) if self.place[node] == searches.DONE else None

    def settled(self) -> I32:
        """List the settled nodes, in the order they were seen."""
        seen = self.seen[: self.count]
        found: I32 = seen[self.place[seen] == searches.DONE]
        return found

    def clear(self) -> None:
        searches.clear(self.place, self.seen, self.count)
        self.count = 0


class Net:
    """Who leads where, for a kind of travel; and spaces to search in, one for each search that runs."""

    def __init__(self, roads: Roads, kind: Kind) -> None:
        usual = usual_ms(roads, kind)
        allowed = usual < NO_ENTRY_MS
        self.n_nodes = roads.n_nodes
        self.edge_from = fixed(roads.edge_from)
        self.edge_to = fixed(roads.edge_to)
        self.base_ms = fixed(usual.astype(np.int64))
        first, edge = searches.by_node(self.n_nodes, self.edge_from, allowed)
        self.out = fixed(first), fixed(edge), fixed(self.edge_to[edge])  # [N + 1], edges, where they lead
        first, edge = searches.by_node(self.n_nodes, self.edge_to, allowed)
        self.into = fixed(first), fixed(edge), fixed(self.edge_from[edge])
        self._spaces: list[Space] = []

    @contextmanager
    def space(self) -> Iterator[Space]:
        """Lend a clean space; one in which a search failed is not used again."""
        try:
            space = self._spaces.pop()  # whichever thread comes first: none is lent twice
        except IndexError:
            space = Space(self.n_nodes)
        yield space
        space.clear()
        self._spaces.append(space)


def fixed(array: Any) -> Any:
    """See an array as a read-only one, so that kernels are compiled for one kind only."""
    found = np.ascontiguousarray(array).view(np.ndarray)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=8)
def net(roads: Roads, kind: Kind) -> Net:
    """Get the arrays of a kind of travel; kept for the newest few roads."""
    return Net(roads, kind)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Closures by edge: those of edge e are rows first[e] to first[e + 1], each [start, end)."""

    first: I64  # [M + 1]
    start_ms: I64  # [K]
    end_ms: I64  # [K]
    factor: F64  # [K] 0 = shut

    @property
    def arrays(self) -> tuple[I64, I64, I64, F64]:
        return self.first, self.start_ms, self.end_ms, self.factor


class Clock:
    """Edges in time, for one way of travelling at `speed_factor` times the profile's speed."""

    def __init__(self, net: Net, rows: Rows, *, speed_factor: float = 1.0) -> None:
        self.net = net
        self.rows = rows
        self.speed_factor = speed_factor
        # Times when nothing binds; only edges that may be driven are ever asked for.
        self.base_ms: I64 = net.base_ms
        if speed_factor != 1.0:
            slower = np.minimum(np.ceil(net.base_ms / speed_factor), float(FOREVER_MS))
            self.base_ms = fixed(slower.astype(np.int64))

    def never_reopening(self, boundary_ms: int) -> Clock:
        """Make a clock on which nothing that is shut at the boundary, or later, ever opens again."""
        rows = self.rows
        lasting = (rows.factor <= 0) & (rows.end_ms > boundary_ms)
        end_ms = fixed(np.where(lasting, FOREVER_MS, rows.end_ms))
        return Clock(self.net, replace(rows, end_ms=end_ms), speed_factor=self.speed_factor)

    def leave(self, edge: int, enter_ms: int) -> int | None:
        """Say when an edge entered at `enter_ms` is left; None when it may not be driven then."""
        return _some(kernels.leave(*self._of(edge), enter_ms))

    def leave_waiting(self, edge: int, at_ms: int) -> int | None:
        """Say when an edge can be left at the earliest by who is there at `at_ms` and may wait."""
        return _some(kernels.leave_waiting(*self._of(edge), at_ms))

    def latest_enter(self, edge: int, leave_ms: int) -> int | None:
        """Say when an edge must be entered at the latest to leave it by `leave_ms`; ANY_MS: at any time."""
        return _some(kernels.latest_enter(*self._of(edge), leave_ms))

    def _of(self, edge: int) -> tuple[int, int, int, I64, I64, F64]:
        rows = self.rows
        low, high = int(rows.first[edge]), int(rows.first[edge + 1])
        return int(self.base_ms[edge]), low, high, rows.start_ms, rows.end_ms, rows.factor


def _some(instant_ms: int) -> int | None:
    return None if instant_ms == kernels.NEVER_MS else int(instant_ms)


def clock_of(snapshot: Snapshot, travel: Travel, *, speed_factor: float = 1.0) -> Clock:
    """Make the clock of a snapshot."""
    rows = _rows(snapshot, travel)
    return Clock(net(snapshot.roads, kind_of(snapshot.roads, travel)), rows, speed_factor=speed_factor)


@lru_cache(maxsize=8)
def _rows(snapshot: Snapshot, travel: Travel) -> Rows:
    table = snapshot.closures[travel]  # sorted by edge
    first = np.zeros(snapshot.roads.n_edges + 1, np.int64)
    np.cumsum(np.bincount(table.edge, minlength=snapshot.roads.n_edges), out=first[1:])
    return Rows(
        first=fixed(first),
        start_ms=fixed(table.start_s.astype(np.int64) * 1000),
        end_ms=fixed(table.end_s.astype(np.int64) * 1000),
        factor=fixed(table.factor.astype(np.float64)),
    )

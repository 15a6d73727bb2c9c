"""The clock on edges: when is one left that is entered now, and when entered at the latest to leave in time.

In: a snapshot and a way of travelling. Out: `Clock`. The rule: an edge entered at t takes its usual time
divided by the lowest factor of all closures that touch [t, leave); with a shut one among them it may not be
driven. All instants here are epoch milliseconds. Refuses to know paths.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np

from vado.model.roads import NO_ENTRY_MS, Roads
from vado.model.snapshot import Snapshot, Travel
from vado.network.allowed import Kind, kind_of
from vado.network.graph import graph

Row = tuple[int, int, float]  # [start, end) in ms, factor

Rows = dict[int, tuple[Row, ...]]  # by edge; edges without closures are absent

_NONE: tuple[Row, ...] = ()


class Net:
    """Who leads where, as plain lists: faster than arrays where a search in Python touches few edges."""

    def __init__(self, roads: Roads, kind: Kind) -> None:
        g = graph(roads, kind)
        n = roads.n_nodes
        driven = g.order[g.base_ms[g.order] < float("inf")]
        start = roads.edge_from[driven]
        self.edge_from: list[int] = roads.edge_from.tolist()
        self.edge_to: list[int] = roads.edge_to.tolist()
        self.base_ms: list[int] = np.minimum(g.base_ms, NO_ENTRY_MS).astype(np.int64).tolist()
        self._out: list[int] = driven.tolist()
        self._out_at: list[int] = start.searchsorted(range(n + 1)).tolist()
        back = driven[roads.edge_to[driven].argsort(kind="stable")]
        self._into: list[int] = back.tolist()
        self._into_at: list[int] = roads.edge_to[back].searchsorted(range(n + 1)).tolist()

    def out(self, node: int) -> list[int]:
        """List the edges that leave a node."""
        return self._out[self._out_at[node] : self._out_at[node + 1]]

    def into(self, node: int) -> list[int]:
        """List the edges that end in a node."""
        return self._into[self._into_at[node] : self._into_at[node + 1]]


@lru_cache(maxsize=8)
def net(roads: Roads, kind: Kind) -> Net:
    """Get the lists of a kind of travel; kept for the newest few roads."""
    return Net(roads, kind)


class Clock:
    """Edges in time, for one way of travelling at `speed_factor` times the profile's speed."""

    def __init__(self, net: Net, rows: Rows, *, speed_factor: float = 1.0) -> None:
        self.net = net
        self.rows = rows
        self.speed_factor = speed_factor
        # Times when nothing binds; only edges that may be driven are ever asked for.
        self.base_ms = net.base_ms if speed_factor == 1.0 else [ceil(ms / speed_factor) for ms in net.base_ms]

    def with_rows(self, rows: Rows) -> Clock:
        """Make a clock of other closures on the same edges."""
        return Clock(self.net, rows, speed_factor=self.speed_factor)

    def leave(self, edge: int, enter_ms: int) -> int | None:
        """Say when an edge entered at `enter_ms` is left; None when it may not be driven then."""
        base = self.base_ms[edge]
        rows = self.rows.get(edge, _NONE)
        duration = base
        while rows:  # the longer it takes, the more closures it meets: ends when no further one is met
            factor = min(
                (row[2] for row in rows if row[0] < enter_ms + duration and enter_ms < row[1]), default=1.0
            )
            if factor <= 0:
                return None
            longer = ceil(base / factor)
            if longer <= duration:
                break
            duration = longer
        return enter_ms + duration

    def leave_waiting(self, edge: int, at_ms: int) -> int | None:
        """Say when an edge can be left at the earliest by who is there at `at_ms` and may wait."""
        first = self.leave(edge, at_ms)
        rows = self.rows.get(edge, _NONE)
        later = [
            left
            for end_ms in {row[1] for row in rows if row[1] > at_ms}
            if (first is None or end_ms < first) and (left := self.leave(edge, end_ms)) is not None
        ]
        return min(later, default=first) if first is None else min([first, *later])

    def latest_enter(self, edge: int, leave_ms: float) -> float | None:
        """Say when an edge must be entered at the latest to leave it by `leave_ms`; inf: at any time.

        The latest instant is bound by the deadline itself or by the start of a closure, at one of the
        speeds that occur: these few are tried, latest first.
        """
        base = self.base_ms[edge]
        rows = self.rows.get(edge, _NONE)
        if not rows:
            return leave_ms - base
        durations = {base, *(ceil(base / row[2]) for row in rows if row[2] > 0)}
        bounds = {leave_ms, *(row[0] for row in rows)}
        for enter in sorted({bound - took for bound in bounds for took in durations}, reverse=True):
            if enter == float("inf"):
                if not any(row[2] <= 0 and row[1] >= FOREVER_MS for row in rows):
                    return enter
                continue
            left = self.leave(edge, int(enter))
            if left is not None and left <= leave_ms:
                return enter
        return None


FOREVER_MS = 2**40 * 1000  # model.when.FOREVER_S


def clock_of(snapshot: Snapshot, travel: Travel, *, speed_factor: float = 1.0) -> Clock:
    """Make the clock of a snapshot."""
    rows = _rows(snapshot, travel)
    return Clock(net(snapshot.roads, kind_of(snapshot.roads, travel)), rows, speed_factor=speed_factor)


@lru_cache(maxsize=8)
def _rows(snapshot: Snapshot, travel: Travel) -> Rows:
    table = snapshot.closures[travel]
    found: dict[int, list[Row]] = {}
    for edge, start, end, factor in zip(
        table.edge.tolist(), table.start_s.tolist(), table.end_s.tolist(), table.factor.tolist(), strict=True
    ):
        found.setdefault(edge, []).append((start * 1000, end * 1000, factor))
    return {edge: tuple(rows) for edge, rows in found.items()}

"""Slots: the horizon cut wherever an edge opens, shuts or changes its speed.

In: closures and a period. Out: intervals within which nothing changes, and the speed factors in each. Where
there are more changes than the limit, later slots are merged and take every closure that touches them:
slower and more shut than true, never less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vado.model.roads import F64, I64, Bool
from vado.model.snapshot import Closures
from vado.model.when import Interval
from vado.network import _way_kernels as kernels

SLOTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    intervals: tuple[Interval, ...]
    merged: tuple[bool, ...]  # something changes inside: the slot is more shut than true

    def __len__(self) -> int:
        return len(self.intervals)

    def at(self, instant_s: int) -> int:
        """Get the slot of an instant; the first or the last one for instants outside."""
        starts = [interval.start_s for interval in self.intervals]
        return max(0, int(np.searchsorted(starts, instant_s, side="right")) - 1)


def cut_slots(tables: Iterable[Closures], horizon: Interval, *, limit: int = SLOTS_MAX) -> Slots:
    """Cut the horizon where any of the tables changes an edge."""
    true = sorted({instant for table in tables for instant in changes(table, horizon)})
    kept = true if len(true) < limit else _thinned(true, limit - 1)
    edges = [horizon.start_s, *kept, horizon.end_s]
    inside = set(true) - set(kept)
    intervals = tuple(Interval(a, b) for a, b in pairwise(edges))
    merged = tuple(any(i.start_s < instant < i.end_s for instant in inside) for i in intervals)
    return Slots(intervals=intervals, merged=merged)


def _thinned(instants: list[int], count: int) -> list[int]:
    """Keep the nearer half as it is, and evenly chosen ones of what comes later."""
    near = count // 2
    far = instants[near:]
    step = len(far) / (count - near)
    return instants[:near] + [far[int(k * step)] for k in range(count - near)]


def changes(table: Closures, horizon: Interval) -> tuple[int, ...]:
    """List the instants inside the horizon at which the speed factor of some edge changes."""
    inside = (table.end_s > horizon.start_s) & (table.start_s < horizon.end_s)
    if not inside.any():
        return ()
    found = kernels.changing(
        table.edge[inside], table.start_s[inside], table.end_s[inside], table.factor[inside],
        horizon.start_s, horizon.end_s,
    )  # fmt: skip
    return tuple(sorted(found.tolist()))


def overlapping(table: Closures, period: Interval) -> Bool:
    """Mark the rows that touch the period at all; an empty period touches what holds at its start."""
    end_s = max(period.end_s, period.start_s + 1)
    return (table.start_s < end_s) & (period.start_s < table.end_s)


def factors(table: Closures, period: Interval, n_edges: int) -> F64:
    """Give the lowest speed factor of every edge [M] within a period."""
    result = np.ones(n_edges)
    rows = overlapping(table, period)
    np.minimum.at(result, table.edge[rows], table.factor[rows])
    return result


def always_shut(table: Closures, period: Interval) -> I64:
    """List edges that stay shut for the whole of a period, by one closure or several that join."""
    shut = overlapping(table, period) & (table.factor <= 0)
    whole = shut & (table.start_s <= period.start_s) & (table.end_s >= period.end_s)
    found = np.unique(table.edge[whole]).astype(np.int64)
    joined = []
    last_edge, until = -1, 0
    for k in np.flatnonzero(shut & ~np.isin(table.edge, found)).tolist():  # sorted by (edge, start)
        edge, start, end = int(table.edge[k]), int(table.start_s[k]), int(table.end_s[k])
        if edge != last_edge:
            last_edge, until = edge, period.start_s
        if until < period.end_s and start <= until:
            until = max(until, end)
            if until >= period.end_s:
                joined.append(edge)
    return np.sort(np.concatenate([found, np.array(joined, np.int64)]))

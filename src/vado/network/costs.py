"""Costs of edges: milliseconds, and metres to tell apart ways that take as long, in one whole number.

In: durations, lengths, the closures of a period. Out: int64 costs, `cost = ms << SHIFT | dm`; comparing them
compares milliseconds first and decimetres second, and sums of them are sums of both, as long as neither is
more than it has room for: 24 days (beyond, there is no way) and 107,374 km (no way is that long). Refuses to
know paths. `_way_kernels.DM_BITS` packs the same pair lower, for trees that are driven again on the clock;
neither's costs are compared with the other's.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vado.model.roads import F64, I32, I64, NO_ENTRY_MS, Bool, Roads
from vado.model.snapshot import NO_WAY_S, Closures
from vado.model.when import Interval
from vado.network import _cost_kernels as kernels
from vado.network._cost_kernels import PER_M, SHIFT
from vado.network.allowed import Kind, usual_ms
from vado.network.crew import in_parallel
from vado.network.metric import NO_WAY_64
from vado.network.slots import overlapping

ROWS = 64  # of a matrix, told at a time


def pack(ms: F64 | I32, length_mm: I32) -> I64:
    """Pack durations and lengths of edges; what takes NO_ENTRY_MS or more, or is inf, is `NO_WAY_64`."""
    whole = np.minimum(ms, NO_ENTRY_MS).astype(np.int64)
    dm = np.rint(length_mm / 100.0).astype(np.int64)
    return np.where(whole < NO_ENTRY_MS, (whole << SHIFT) | dm, NO_WAY_64)


def milliseconds(cost: I64) -> I64:
    """Take the milliseconds out of costs; meaningless for `NO_WAY_64`."""
    return cost >> SHIFT


def metres(cost: I64) -> I64:
    """Take the metres out of costs, rounded; meaningless for `NO_WAY_64`."""
    return ((cost & ((1 << SHIFT) - 1)) + PER_M // 2) // PER_M


def told(cost: I64, stop: I64) -> tuple[I64, I64]:
    """Give seconds, rounded up, and metres [S, S] between stops; `NO_WAY_S` where there is no way.

    `stop` [S] says which row and column of `cost` a stop is, negative for one that is nowhere.
    """
    size = len(stop)
    seconds, metres_ = np.empty((size, size), np.int64), np.empty((size, size), np.int64)

    def run(low: int, high: int) -> None:
        kernels.tell(cost, stop, NO_WAY_64, NO_WAY_S, low, high, seconds, metres_)

    in_parallel(lambda: run, size, of=ROWS, work=size * size)
    return seconds, metres_


@lru_cache(maxsize=8)
def usual_costs(roads: Roads, kind: Kind) -> I64:
    """Get what each edge [M] costs with nothing closed; no edge takes less than a millisecond."""
    found = pack(usual_ms(roads, kind), roads.edge_length_mm)
    found.flags.writeable = False
    return found


def slowest(table: Closures, period: Interval) -> tuple[I64, F64]:
    """List the edges that closures touch in a period, sorted, and the lowest factor of each."""
    rows = overlapping(table, period)
    edges, back = np.unique(table.edge[rows], return_inverse=True)
    factor = np.ones(len(edges))
    np.minimum.at(factor, back, table.factor[rows])
    return edges.astype(np.int64), factor


def costs_under(roads: Roads, kind: Kind, edges: I64, factor: F64) -> I64:
    """Give what the edges cost at factors of their usual speed, rounded up; 0 is shut."""
    usual: I32 = usual_ms(roads, kind)[edges]
    with np.errstate(divide="ignore"):
        ms = np.ceil(usual / factor)
    ms[usual >= NO_ENTRY_MS] = np.inf
    return pack(ms, roads.edge_length_mm[edges])


def is_way(cost: I64) -> Bool:
    return cost < NO_WAY_64

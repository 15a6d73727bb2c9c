"""Kernels of closures: rows of many hazards put in the order of their edges, without a sort."""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT


@njit(**JIT)
def settle(edges, edge, factor, begin, start, end, hazard):
    """Sort rows by edge, those of an edge in the order in which they stand: a counting sort, in linear time.

    Batch b has the rows begin[b]..begin[b + 1] of `edge` and `factor`, and for all of them start[b], end[b]
    and hazard[b]. `edges`: how many there are at all. Gives edge, start, end, factor, hazard of each row.
    """
    next_of = np.zeros(edges + 1, np.int64)
    for k in range(len(edge)):
        next_of[edge[k] + 1] += 1
    for e in range(edges):
        next_of[e + 1] += next_of[e]
    rows = len(edge)
    edge_of, hazard_of = np.empty(rows, np.int32), np.empty(rows, np.int32)
    start_of, end_of = np.empty(rows, np.int64), np.empty(rows, np.int64)
    factor_of = np.empty(rows, np.float64)
    for b in range(len(start)):
        for k in range(begin[b], begin[b + 1]):
            at = next_of[edge[k]]
            next_of[edge[k]] = at + 1
            edge_of[at], hazard_of[at], factor_of[at] = edge[k], hazard[b], factor[k]
            start_of[at], end_of[at] = start[b], end[b]
    return edge_of, start_of, end_of, factor_of, hazard_of

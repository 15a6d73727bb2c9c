"""Links by node: edges sorted by one of their ends. Arrays in, arrays out; no comparison, and stable."""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT


@njit(**JIT)
def group(n, ends):
    """Sort edges by one of their ends: (first [n + 1], order [M])."""
    first = np.zeros(n + 1, np.int64)
    for e in range(len(ends)):
        first[ends[e] + 1] += 1
    for x in range(n):
        first[x + 1] += first[x]
    at = first[:-1].copy()
    order = np.empty(len(ends), np.int32)
    for e in range(len(ends)):
        order[at[ends[e]]] = e
        at[ends[e]] += 1
    return first, order

"""The heap of searches: rows of (cost, node), least cost first. A node may be in it more than once."""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT


@njit(**JIT)
def push(heap, size, cost, node):
    """Put a node into a heap of `size` entries; give the heap, which may be a larger one."""
    if size >= len(heap):
        larger = np.empty((2 * len(heap), 2), np.int64)
        larger[:size] = heap
        heap = larger
    i = size
    while i > 0:
        p = (i - 1) >> 1
        if heap[p, 0] <= cost:
            break
        heap[i, 0] = heap[p, 0]
        heap[i, 1] = heap[p, 1]
        i = p
    heap[i, 0] = cost
    heap[i, 1] = node
    return heap


@njit(**JIT)
def pop(heap, size):
    """Take the least out of a heap of `size` entries, which then has one less."""
    cost = heap[0, 0]
    node = heap[0, 1]
    size -= 1
    i = 0
    while True:
        c = 2 * i + 1
        if c >= size:
            break
        if c + 1 < size and heap[c + 1, 0] < heap[c, 0]:
            c += 1
        if heap[size, 0] <= heap[c, 0]:
            break
        heap[i, 0] = heap[c, 0]
        heap[i, 1] = heap[c, 1]
        i = c
    heap[i, 0] = heap[size, 0]
    heap[i, 1] = heap[size, 1]
    return cost, node

"""Kernels of the clock: when an edge, or a path, is left; and when it must be entered to leave it in time.

Instants are int64 epoch milliseconds. Closures are rows sorted by edge: those of edge e are `first[e]` to
`first[e + 1]`, each [start, end) with a factor, 0 is shut. `base[e]` is what edge e takes when nothing binds.
Searches over these are `network._search_kernels` and `network._departure_kernels`.

Nothing here overflows: a drive that takes LONG_MS or more takes LONG_MS, instants stay within +-ANY_MS.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

LONG_MS = 2**40 * 1000  # model.when.FOREVER_S
ANY_MS = 2**62  # at any time at all; minus that: never
NEVER_MS = -(2**62)


@njit(**JIT)
def slowed(base, factor):
    """Say what takes `base` at a factor of its speed, rounded up; LONG_MS at most."""
    took = np.ceil(base / factor)
    return LONG_MS if took >= LONG_MS else np.int64(took)


@njit(**JIT)
def leave(base, low, high, start, end, factor, enter):
    """Say when an edge with rows low..high - 1 is left that is entered then; NEVER_MS: it may not be."""
    duration = base
    while True:  # the longer it takes, the more closures it meets: ends when no further one is met
        least = 1.0
        for k in range(low, high):
            if start[k] < enter + duration and enter < end[k] and factor[k] < least:
                least = factor[k]
        if least <= 0.0:
            return NEVER_MS
        longer = slowed(base, least)
        if longer <= duration:
            return min(enter + duration, ANY_MS)
        duration = longer


@njit(**JIT)
def leave_waiting(base, low, high, start, end, factor, at):
    """Say when an edge can be left at the earliest by who is there and may wait; NEVER_MS: never."""
    best = leave(base, low, high, start, end, factor, at)
    for k in range(low, high):
        if end[k] > at and (best == NEVER_MS or end[k] < best):
            left = leave(base, low, high, start, end, factor, end[k])
            if left != NEVER_MS and (best == NEVER_MS or left < best):
                best = left
    return best


@njit(**JIT)
def latest_enter(base, low, high, start, end, factor, left_by):
    """Say when an edge must be entered at the latest to leave it by then; ANY_MS and NEVER_MS as they say.

    The latest instant is bound by the deadline itself or by the start of a closure, at one of the speeds
    that occur: these few are tried, latest first.
    """
    if low == high:
        return left_by if left_by >= ANY_MS else max(left_by - base, NEVER_MS)
    if left_by >= ANY_MS:
        lasting = False
        for k in range(low, high):
            lasting |= factor[k] <= 0.0 and end[k] >= LONG_MS
        if not lasting:
            return ANY_MS
    size = high - low + 1
    tries = np.empty(size * size, np.int64)
    count = 0
    for d in range(size):
        if d < size - 1 and factor[low + d] <= 0.0:
            continue
        took = base if d == size - 1 else slowed(base, factor[low + d])
        if left_by < ANY_MS:
            tries[count] = max(left_by - took, NEVER_MS)
            count += 1
        for k in range(low, high):
            if start[k] < left_by:  # what is entered later is left later
                tries[count] = start[k] - took
                count += 1
    tries[:count].sort()
    for k in range(count - 1, -1, -1):
        if tries[k] > NEVER_MS:
            left = leave(base, low, high, start, end, factor, tries[k])
            if left != NEVER_MS and left <= left_by:
                return tries[k]
    return NEVER_MS


@njit(**JIT)
def drive(edges, base, first, start, end, factor, depart, enter):
    """Drive a path without a stop: fills `enter`, gives the arrival; NEVER_MS when an edge is shut."""
    at = depart
    for k in range(len(edges)):
        e = edges[k]
        enter[k] = at
        at = leave(base[e], first[e], first[e + 1], start, end, factor, at)
        if at == NEVER_MS:
            return NEVER_MS
    return at


@njit(**JIT)
def latest_start(edges, base, first, start, end, factor, arrive):
    """Say when a path must be begun at the latest by who may wait between its edges; NEVER_MS: never."""
    at = arrive
    for k in range(len(edges) - 1, -1, -1):
        e = edges[k]
        at = latest_enter(base[e], first[e], first[e + 1], start, end, factor, at)
        if at == NEVER_MS:
            return NEVER_MS
    return at

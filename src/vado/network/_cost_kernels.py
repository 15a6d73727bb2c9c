"""Kernels of packed costs: how they are packed, and seconds and metres out of a whole matrix at once."""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

# A cost is milliseconds << 30 | decimetres. 2**30 dm are 107,374 km: two and a half times round the Earth, so
# no fastest way is as long, and no sum of decimetres is carried into the milliseconds. 2**31 ms, up to
# `metric.NO_WAY_64`, are 24 days: what takes longer counts as no way.
SHIFT = 30
PER_M = 10


@njit(**JIT)
def tell(cost, stop, inf, none, low, high, seconds, metres):
    """Fill rows low..high - 1 of `seconds`, rounded up, and `metres` [S, S] from costs between points.

    `stop[s]` is a stop's row and column of `cost`; a negative one is nowhere, which no way leads to.
    """
    for a in range(low, high):
        seconds_a, metres_a = seconds[a], metres[a]
        if stop[a] < 0:
            seconds_a[:] = none
            metres_a[:] = none
            continue
        row = cost[stop[a]]
        for b in range(len(stop)):
            c = row[stop[b]] if stop[b] >= 0 else inf
            if c < inf:  # both fit 32 bits, and dividing those is much quicker
                seconds_a[b] = np.uint32((c >> SHIFT) + 999) // np.uint32(1000)
                metres_a[b] = np.uint32((c & ((1 << SHIFT) - 1)) + PER_M // 2) // np.uint32(PER_M)
            else:
                seconds_a[b] = none
                metres_a[b] = none

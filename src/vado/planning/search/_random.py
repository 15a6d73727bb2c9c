"""Random numbers of a search: its own, so that they are the same wherever it runs and however it is cut.

xorshift64*: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", ACM
Transactions on Mathematical Software 42(4), 2016, section 3 (shifts 12, 25, 27 and the multiplier).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._layout import SMALL


@njit(**SMALL)
def draw(w, o):
    """Draw from [0, 1)."""
    x = np.uint64(w[o.random])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    w[o.random] = np.int64(x)
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(**SMALL)
def below(w, o, count):
    """Draw a whole number from [0, count)."""
    return min(int(draw(w, o) * count), count - 1)

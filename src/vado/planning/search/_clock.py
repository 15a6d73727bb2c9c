"""When one arrives, and until when one may leave: after so many seconds, or by pieces (`_pieces`).

In: a time as links and lines hold it. Inlined by LLVM: numba itself inlines no loop without a warning, and
called, all steps took a third longer (measured). So inlined, pieces cost nothing where there are none.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._layout import JIT, NEVER, PIECE

_HEAD = np.uint64(3)  # numbers of a record before its pieces


@njit(**JIT, forceinline=True)
def arrival(m, o, leg, t):
    """Say when one arrives who starts service at t: at once, or in the piece that gets there first."""
    if leg >= 0:
        return t + np.int64(leg)
    there = np.int64(NEVER)
    at = np.uint64(o.pieces - np.int64(leg) - 1)
    leave = t + m[at + np.uint64(1)]
    piece = at + _HEAD
    for _ in range(m[at]):
        if leave <= m[piece + np.uint64(1)]:
            there = min(
                there, max(leave, np.int64(m[piece])) + m[piece + np.uint64(2)] + m[at + np.uint64(2)]
            )
        piece += np.uint64(PIECE)
    return there


@njit(**JIT, forceinline=True)
def departure(m, o, leg, t):
    """Say until when service may start for who must arrive by t."""
    if leg >= 0:
        return t - np.int64(leg)
    here = np.int64(-NEVER)
    at = np.uint64(o.pieces - np.int64(leg) - 1)
    by = t - m[at + np.uint64(2)]
    piece = at + _HEAD
    for _ in range(m[at]):
        latest = min(np.int64(m[piece + np.uint64(1)]), by - m[piece + np.uint64(2)])
        if latest >= m[piece]:
            here = max(here, latest - m[at + np.uint64(1)])
        piece += np.uint64(PIECE)
    return here

"""Kernels of rings: how often they cross. Flat arrays in, a number out, no Python objects."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, boundscheck=False)
def crossings(ax, ay, bx, by, most, looks):
    """Count pairs of straight pieces that meet, other than at the end of one and the start of the next.

    Stops beyond `most`, and says so many and one more where it would take more than some `looks`.
    """
    swept = np.abs(ax - bx).sum() > np.abs(ay - by).sum()
    # Along the axis on which the pieces are short.
    low, high = (
        (np.minimum(ay, by), np.maximum(ay, by)) if swept else (np.minimum(ax, bx), np.maximum(ax, bx))
    )
    order = np.argsort(low)
    found = 0
    for i in range(len(order)):
        p = order[i]
        for j in range(i + 1, len(order)):
            q = order[j]
            if low[q] > high[p]:
                break
            looks -= 1
            if looks < 0:
                return most + 1
            if (ax[q] == bx[p] and ay[q] == by[p]) or (ax[p] == bx[q] and ay[p] == by[q]):
                continue
            if max(ax[p], bx[p]) < min(ax[q], bx[q]) or max(ax[q], bx[q]) < min(ax[p], bx[p]):
                continue
            if max(ay[p], by[p]) < min(ay[q], by[q]) or max(ay[q], by[q]) < min(ay[p], by[p]):
                continue
            if _apart(ax[p], ay[p], bx[p], by[p], ax[q], ay[q], bx[q], by[q]):
                continue
            if _apart(ax[q], ay[q], bx[q], by[q], ax[p], ay[p], bx[p], by[p]):
                continue
            found += 1
            if found > most:
                return found
    return found


@njit(cache=True, nogil=True, boundscheck=False)
def _apart(ax, ay, bx, by, cx, cy, dx, dy):
    """Say whether both ends of the second piece lie to one side of the first."""
    c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    return (c > 0 and d > 0) or (c < 0 and d < 0)

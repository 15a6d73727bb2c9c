"""Kernels of the footprint: flat arrays in, flat arrays out, no Python objects."""

from __future__ import annotations

import numpy as np
from numba import njit

OUT, IN, ASK = 0, 1, 2  # what `sift` says of a pair
# A grid pays from this many pairs of a shape on; with fewer, the exact test is as quick.
PAIRS_MIN = 24
CELLS_MIN, CELLS_MAX = 8, 256  # cells to a side; twice as many as edges side by side
# Degrees, about a metre: in the grid of a narrower shape rounding would come near to SLACK.
SIDE_MIN = 1e-5
# Cells by which the rim is drawn wider than it is. Degrees round at 3e-14, a cell is at least 4e-8 wide.
SLACK = 1e-3


@njit(cache=True, nogil=True, boundscheck=False)
def sift(shape_ring, ring_first, x, y, shape_box, pair_first, pair_edge, edge_box, edge_first, lon, lat):
    """Say of each pair of a polygon and an edge: IN or OUT for certain, or ASK for an exact test.

    Shape s has the rings shape_ring[s]..shape_ring[s + 1], ring r the closed points ring_first[r]..; a
    shape without rings is all ASK. The pairs of shape s are pair_first[s]..pair_first[s + 1]. Boxes are
    west, south, east, north. The points of edge e are edge_first[e]..edge_first[e + 1] of lon and lat.

    Cells that the rim may meet are marked; all others are inside or outside as their centre is (even and odd,
    which for valid polygons is the inside). An edge whose box meets no marked cell is as these cells are; one
    that has a point in a cell inside is IN.
    """
    found = np.full(len(pair_edge), ASK, np.uint8)
    for s in range(len(shape_ring) - 1):
        pairs = pair_first[s + 1] - pair_first[s]
        west, south = shape_box[s, 0], shape_box[s, 1]
        wide, high = shape_box[s, 2] - west, shape_box[s, 3] - south
        if pairs < PAIRS_MIN or shape_ring[s + 1] == shape_ring[s] or not min(wide, high) > SIDE_MIN:
            continue
        n = min(max(int(2 * np.sqrt(pairs)), CELLS_MIN), CELLS_MAX)
        per_x, per_y = n / wide, n / high
        rim = np.zeros((n, n), np.uint8)
        flips = np.zeros((n, n + 1), np.uint8)
        for r in range(shape_ring[s], shape_ring[s + 1]):
            for k in range(ring_first[r], ring_first[r + 1] - 1):
                ax, ay = (x[k] - west) * per_x, (y[k] - south) * per_y
                bx, by = (x[k + 1] - west) * per_x, (y[k + 1] - south) * per_y
                _draw(rim, flips, n, ax, ay, bx, by)
        inside = np.zeros((n, n), np.uint8)
        marked = np.zeros((n + 1, n + 1), np.int32)
        for row in range(n):
            parity = 0
            for column in range(n):
                parity ^= flips[row, column]
                inside[row, column] = parity
                marked[row + 1, column + 1] = (
                    rim[row, column] + marked[row, column + 1] + marked[row + 1, column] - marked[row, column]
                )
        for p in range(pair_first[s], pair_first[s + 1]):
            e = pair_edge[p]
            left, right = (
                _cell((edge_box[e, 0] - west) * per_x - SLACK, n),
                _cell((edge_box[e, 2] - west) * per_x + SLACK, n),
            )
            low, top = (
                _cell((edge_box[e, 1] - south) * per_y - SLACK, n),
                _cell((edge_box[e, 3] - south) * per_y + SLACK, n),
            )
            near = (
                marked[top + 1, right + 1]
                - marked[low, right + 1]
                - marked[top + 1, left]
                + marked[low, left]
            )
            if near == 0:
                found[p] = inside[low, left]
                continue
            for k in range(edge_first[e], edge_first[e + 1]):
                u, v = (lon[k] - west) * per_x, (lat[k] - south) * per_y
                if 0 <= u < n and 0 <= v < n:
                    row, column = int(v), int(u)
                    if inside[row, column] == 1 and rim[row, column] == 0:
                        found[p] = IN
                        break
    return found


@njit(cache=True, nogil=True, boundscheck=False)
def _draw(rim, flips, n, ax, ay, bx, by):
    """Mark the cells that a piece of the rim may meet, and flip the rows whose centre line it crosses."""
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    slope = (bx - ax) / (by - ay) if by > ay else 0.0
    for row in range(_cell(ay - SLACK, n), _cell(by + SLACK, n) + 1):
        if by - ay > SLACK:
            x0 = ax + slope * (max(ay, row - SLACK) - ay)
            x1 = ax + slope * (min(by, row + 1 + SLACK) - ay)
        else:
            x0, x1 = ax, bx
        for column in range(_cell(min(x0, x1) - SLACK, n), _cell(max(x0, x1) + SLACK, n) + 1):
            rim[row, column] = 1
        centre = row + 0.5
        if ay <= centre < by:
            # The first cell whose centre lies right of the crossing, and with it all that follow.
            at = int(np.ceil(ax + slope * (centre - ay) - 0.5))
            flips[row, min(max(at, 0), n)] ^= 1


@njit(cache=True, nogil=True, boundscheck=False)
def _cell(at, n):
    return min(max(int(np.floor(at)), 0), n - 1)

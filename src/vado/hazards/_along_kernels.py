"""Kernels of lines: which edges run along one. Flat arrays in, flat arrays out, no Python objects.

Metres of a plane. Every question about an edge is asked of the legs of the line beside it, found by a grid,
so that the work grows with what lies side by side and not with the one times the other. Where even that is
too much, of a line that leads to and fro over the same roads thousands of times, all edges beside it are said
to run along it: rather shut than open.
"""

from __future__ import annotations

from math import hypot

import numpy as np
from numba import njit

CELLS_MAX = 512  # to a side of the grid
SAME_M = 1e-6  # what rounding may do to a length


@njit(cache=True, nogil=True, boundscheck=False)
def running_along(x, y, first, line_x, line_y, wide, along_m, share, cosine, pairs_max, steps_max):
    """Say of each edge whether it runs along a line, [K].

    The points of edge k are first[k]..first[k + 1] of x and y; no two that follow each other on the line are
    alike. An edge does when the part of it in the corridor, `wide` to either side and flat at both ends,
    leads `along_m` metres along, or a `share` of the shorter of the two, and no less than `cosine` of its own
    length. Pieces of edges with legs beside them are kept up to `pairs_max`, and then about `steps_max`
    distances are measured; where there are more, what is beside the line runs along it.
    """
    count = len(first) - 1
    found = np.zeros(count, np.bool_)
    legs = len(line_x) - 1
    if legs < 1 or not len(x):
        return found
    at = np.zeros(legs + 1)
    for i in range(legs):
        at[i + 1] = at[i] + hypot(line_x[i + 1] - line_x[i], line_y[i + 1] - line_y[i])
    edge_of = np.empty(len(x), np.int32)
    for k in range(count):
        edge_of[first[k] : first[k + 1]] = k
    box = _box(x, y, line_x, line_y, wide)
    if box[0] > box[2] or box[1] > box[3]:
        return found
    side, columns, rows = _grid_size(box, len(x), wide)
    cell_first, cell_piece = _fill(x, y, edge_of, box, side, columns, rows)
    beside_first, beside = _beside(
        x, y, edge_of, line_x, line_y, wide, box, side, columns, rows, cell_first, cell_piece,
        found, pairs_max,
    )  # fmt: skip
    if beside_first[-1] > pairs_max:
        return found
    steps = 0
    for k in range(count):
        if beside_first[first[k]] == beside_first[first[k + 1]]:
            continue
        if steps > steps_max:
            found[k] = True
            continue
        found[k], more = _runs(
            x,
            y,
            first[k],
            first[k + 1],
            line_x,
            line_y,
            at,
            wide,
            along_m,
            share,
            cosine,
            beside_first,
            beside,
        )
        steps += more
    return found


@njit(cache=True, nogil=True, boundscheck=False)
def beside(x, y, first, line_x, line_y, wide):
    """Mark the edges that come within `wide` of a line, [K]; of the points as `running_along` has them."""
    # With no pair to be looked at closely, being near is all that is asked.
    return running_along(x, y, first, line_x, line_y, wide, 0.0, 0.0, 0.0, 0, 0)


@njit(cache=True, nogil=True, boundscheck=False)
def _box(x, y, line_x, line_y, wide):
    """Give the box around what both reach: west, south, east, north."""
    return (
        max(x.min(), line_x.min() - wide),
        max(y.min(), line_y.min() - wide),
        min(x.max(), line_x.max() + wide),
        min(y.max(), line_y.max() + wide),
    )


@njit(cache=True, nogil=True, boundscheck=False)
def _grid_size(box, pieces, wide):
    """Choose cells so that there are about as many as pieces: (side in metres, columns, rows)."""
    across, up = box[2] - box[0], box[3] - box[1]
    side = max(2 * wide, np.sqrt(across * up / pieces), max(across, up) / CELLS_MAX)
    return side, int(across / side) + 1, int(up / side) + 1


@njit(cache=True, nogil=True, boundscheck=False)
def _rows(ay, by, box, side, rows, margin):
    """Give the first and last row that a straight piece comes near to; none when the first is larger."""
    low = int(np.floor((min(ay, by) - margin - box[1]) / side))
    high = int(np.floor((max(ay, by) + margin - box[1]) / side))
    return max(low, 0), min(high, rows - 1)


@njit(cache=True, nogil=True, boundscheck=False)
def _columns(ax, ay, bx, by, row, box, side, columns, margin):
    """Give the first and last column that a straight piece comes near to in a row."""
    low, high = min(ax, bx), max(ax, bx)
    if ay != by:
        bottom = box[1] + row * side - margin
        t0, t1 = (bottom - ay) / (by - ay), (bottom + side + 2 * margin - ay) / (by - ay)
        t0, t1 = min(max(min(t0, t1), 0.0), 1.0), max(min(max(t0, t1), 1.0), 0.0)
        x0, x1 = ax + t0 * (bx - ax), ax + t1 * (bx - ax)
        low, high = min(x0, x1), max(x0, x1)
    left = int(np.floor((low - margin - box[0]) / side))
    right = int(np.floor((high + margin - box[0]) / side))
    return max(left, 0), min(right, columns - 1)


@njit(cache=True, nogil=True, boundscheck=False)
def _fill(x, y, edge_of, box, side, columns, rows):
    """Put the pieces of edges into cells, each by the number of its first point: (first, pieces)."""
    first = np.zeros(columns * rows + 1, np.int64)
    piece = np.empty(0, np.int32)
    for turn in range(2):
        for p in range(len(x) - 1):
            if edge_of[p] != edge_of[p + 1]:
                continue
            low, high = _rows(y[p], y[p + 1], box, side, rows, SAME_M)
            for row in range(low, high + 1):
                left, right = _columns(
                    x[p], y[p], x[p + 1], y[p + 1], row, box, side, columns, SAME_M
                )  # fmt: skip
                for cell in range(row * columns + left, row * columns + right + 1):
                    if turn == 0:
                        first[cell + 1] += 1
                    else:
                        first[cell] -= 1
                        piece[first[cell]] = p
        if turn == 0:
            for cell in range(columns * rows):
                first[cell + 1] += first[cell]
            piece = np.empty(first[-1], np.int32)
            # Filled from behind: while filling, first[cell] is where the cell ends.
            first[:-1] = first[1:]
    return first, piece


@njit(cache=True, nogil=True, boundscheck=False)
def _beside(
    x, y, edge_of, line_x, line_y, wide, box, side, columns, rows, cell_first, cell_piece, found,
    pairs_max,
):  # fmt: skip
    """List the legs beside each piece, in their order: (first, legs).

    Where there are more than `pairs_max` none are listed, but `found` has all edges beside the line.
    """
    legs = len(line_x) - 1
    first = np.zeros(len(x) + 1, np.int64)
    leg_of = np.empty(0, np.int32)
    seen = np.full(len(x), -1, np.int32)
    pairs = 0
    for turn in range(2):
        for leg in range(legs):
            ax, ay, bx, by = line_x[leg], line_y[leg], line_x[leg + 1], line_y[leg + 1]
            low, high = _rows(ay, by, box, side, rows, wide + SAME_M)
            for row in range(low, high + 1):
                left, right = _columns(ax, ay, bx, by, row, box, side, columns, wide + SAME_M)
                if left > right:
                    continue
                for i in range(cell_first[row * columns + left], cell_first[row * columns + right + 1]):
                    p = cell_piece[i]
                    if seen[p] == leg or (pairs > pairs_max and found[edge_of[p]]):
                        continue
                    seen[p] = leg
                    if not _near(x[p], y[p], x[p + 1], y[p + 1], ax, ay, bx, by, wide):
                        continue
                    if turn == 1:
                        leg_of[first[p]] = leg
                        first[p] += 1
                        continue
                    pairs += 1
                    first[p + 1] += 1
                    if pairs > pairs_max:
                        found[edge_of[p]] = True
        if pairs > pairs_max:
            # Those met before the limit have been counted.
            for p in range(len(x) - 1):
                if first[p + 1] > 0:
                    found[edge_of[p]] = True
            first[-1] = pairs
            return first, leg_of
        if turn == 0:
            for p in range(len(x)):
                first[p + 1] += first[p]
            leg_of = np.empty(first[-1], np.int32)
            seen[:] = -1
    # Each has moved on to where the next one begins.
    for p in range(len(x), 0, -1):
        first[p] = first[p - 1]
    first[0] = 0
    return first, leg_of


@njit(cache=True, nogil=True, boundscheck=False)
def _near(px, py, qx, qy, ax, ay, bx, by, wide):
    """Say whether a piece comes within `wide` of a leg."""
    if (
        max(px, qx) < min(ax, bx) - wide
        or min(px, qx) > max(ax, bx) + wide
        or max(py, qy) < min(ay, by) - wide
        or min(py, qy) > max(ay, by) + wide
    ):
        return False
    begin, end = _in_band(px, py, qx, qy, ax, ay, bx, by, wide)
    if begin <= end:
        return True
    begin, end = _in_disc(px, py, qx, qy, ax, ay, wide)
    if begin <= end:
        return True
    begin, end = _in_disc(px, py, qx, qy, bx, by, wide)
    return begin <= end


@njit(cache=True, nogil=True, boundscheck=False)
def _in_band(px, py, qx, qy, ax, ay, bx, by, wide):
    """Give the part of a piece, from 0 to 1, that lies beside a leg; none when it ends before it begins."""
    length = hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / length, (by - ay) / length
    begin, end = 0.0, 1.0
    for way in range(2):
        if way == 0:
            start, step, low, high = (
                (px - ax) * ux + (py - ay) * uy,
                (qx - px) * ux + (qy - py) * uy,
                0.0,
                length,
            )
        else:
            start, step, low, high = (
                (py - ay) * ux - (px - ax) * uy,
                (qy - py) * ux - (qx - px) * uy,
                -wide,
                wide,
            )
        if step == 0:
            if start < low or start > high:
                return 1.0, 0.0
            continue
        t0, t1 = (low - start) / step, (high - start) / step
        begin, end = max(begin, min(t0, t1)), min(end, max(t0, t1))
    return begin, end


@njit(cache=True, nogil=True, boundscheck=False)
def _in_disc(px, py, qx, qy, ax, ay, wide):
    """Give the part of a piece, from 0 to 1, that lies around a corner of the line."""
    dx, dy = qx - px, qy - py
    square = dx * dx + dy * dy
    if square == 0:
        return 1.0, 0.0
    middle = ((ax - px) * dx + (ay - py) * dy) / square
    away = (px + middle * dx - ax) ** 2 + (py + middle * dy - ay) ** 2
    if away > wide * wide:
        return 1.0, 0.0
    half = np.sqrt((wide * wide - away) / square)
    return max(0.0, middle - half), min(1.0, middle + half)


@njit(cache=True, nogil=True, boundscheck=False)
def _runs(x, y, begin, end, line_x, line_y, at, wide, along_m, share, cosine, beside_first, beside):
    """Say whether one edge runs along the line, and how many distances were measured."""
    legs = len(line_x) - 1
    closed = line_x[0] == line_x[legs] and line_y[0] == line_y[legs]
    length = 0.0
    for p in range(begin, end - 1):
        length += hypot(x[p + 1] - x[p], y[p + 1] - y[p])
    needed = min(along_m, share * min(length, at[legs]))
    inside, low, high = 0.0, np.inf, -np.inf
    steps = 0
    for p in range(begin, end - 1):
        near = beside[beside_first[p] : beside_first[p + 1]]
        dx, dy = x[p + 1] - x[p], y[p + 1] - y[p]
        metres = hypot(dx, dy)
        if not len(near) or metres == 0:
            continue
        parts = np.empty((2 * len(near), 2))
        n = 0
        for leg in near:
            a, b = _in_band(
                x[p],
                y[p],
                x[p + 1],
                y[p + 1],
                line_x[leg],
                line_y[leg],
                line_x[leg + 1],
                line_y[leg + 1],
                wide,
            )
            if a <= b:
                parts[n, 0], parts[n, 1] = a, b
                n += 1
            if leg > 0 or closed:
                a, b = _in_disc(x[p], y[p], x[p + 1], y[p + 1], line_x[leg], line_y[leg], wide)
                if a <= b and not closed:
                    a, b = _before_ends(a, b, x[p], y[p], dx, dy, leg, line_x, line_y, at, wide)
                if a <= b:
                    parts[n, 0], parts[n, 1] = a, b
                    n += 1
        steps += len(near)
        order = np.argsort(parts[:n, 0])
        i = 0
        while i < n:
            a, b = parts[order[i], 0], parts[order[i], 1]
            i += 1
            while i < n and parts[order[i], 0] <= b + SAME_M / metres:
                b = max(b, parts[order[i], 1])
                i += 1
            inside += (b - a) * metres
            for t in (a, b):
                where = _locate(x[p] + t * dx, y[p] + t * dy, near, line_x, line_y, at)
                low, high = min(low, where), max(high, where)
                steps += len(near)
            # What lies inside is never more than the whole edge.
            if inside > SAME_M and high - low >= needed and high - low >= cosine * length:
                return True, steps
    return inside > SAME_M and high - low >= needed and high - low >= cosine * inside, steps


@njit(cache=True, nogil=True, boundscheck=False)
def _before_ends(a, b, px, py, dx, dy, corner, line_x, line_y, at, wide):
    """Take from a part around a corner what lies beyond an end of the line that is as near: ends are flat."""
    last = len(line_x) - 1
    for end in range(2):
        if (at[last] - at[corner] if end else at[corner]) >= wide:
            continue
        at_end, inner = (last, last - 1) if end else (0, 1)
        ux, uy = line_x[inner] - line_x[at_end], line_y[inner] - line_y[at_end]
        start = (px - line_x[at_end]) * ux + (py - line_y[at_end]) * uy
        step = dx * ux + dy * uy
        if step > 0:
            a = max(a, -start / step)
        elif step < 0:
            b = min(b, -start / step)
        elif start < 0:
            return 1.0, 0.0
    return a, b


@njit(cache=True, nogil=True, boundscheck=False)
def _locate(px, py, near, line_x, line_y, at):
    """Give how far along the line its nearest point is; of several as near, the first."""
    best, where = np.inf, 0.0
    for leg in near:
        ax, ay = line_x[leg], line_y[leg]
        dx, dy = line_x[leg + 1] - ax, line_y[leg + 1] - ay
        square = dx * dx + dy * dy
        t = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / square))
        away = hypot(ax + t * dx - px, ay + t * dy - py)
        if away < best - SAME_M:
            best, where = away, at[leg] + t * np.sqrt(square)
    return where

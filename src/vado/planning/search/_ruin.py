"""Kernels that take strings of neighbouring jobs out of a few lines.

Christiaens, Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems", Transportation
Science 54(2), 2020, section 5.2. Of a shipment both halves are taken.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._layout import FIELDS, JIT, NODE, USED
from vado.planning.search._lines import cut, is_sound, listed, touch
from vado.planning.search._random import below, draw


@njit(**JIT)
def ruin(m, w, o, mean_cut, string_max, split, deeper, closes):
    """Take strings out of lines near a random job; give how many jobs are out and how many lines touched.

    `closes`: the first line is taken out whole. Strings alone never end a line of twice their length, and the
    search stayed with more lines than the best plans have.
    """
    on_lines = 0
    for k in range(w[o.counters + USED]):
        on_lines += m[o.length + m[o.used + k]]
    longest = min(float(string_max), on_lines / max(1, w[o.counters + USED]))
    strings = int(draw(w, o) * (4.0 * mean_cut / (1.0 + longest) - 1.0) + 1.0)
    seed = below(w, o, o.jobs)
    out, touched = np.int64(0), np.int64(0)
    for k in range(o.near_count):
        if touched >= strings:
            break
        node = np.int64(m[o.near + seed * o.near_count + k])
        v = np.int64(m[o.where + node])
        if v < 0 or m[o.is_touched + v]:
            continue
        touched = touch(m, w, o, v, touched)
        size = m[o.length + v]
        number = min(size, int(draw(w, o) * min(float(size), longest) + 1.0))
        if closes and touched == 1:
            number = size
        at = 1
        while m[o.line + (v * o.width + at) * FIELDS + NODE] != node:
            at += 1
        # A split string leaves `stay` jobs inside it where they are.
        stay = 0
        if number < size and draw(w, o) < split:
            stay = 1
            while number + stay < size and draw(w, o) < deeper:
                stay += 1
        whole = number + stay
        low = max(1, at - whole + 1)
        high = min(at, size - whole + 1)
        begins = low + below(w, o, high - low + 1)
        ahead = below(w, o, number + 1) if stay > 0 else number
        if o.paired:
            out = _take_by_node(m, w, o, v, begins, ahead, stay, number - ahead, out)
        else:
            if number > ahead:
                out = _take(m, w, o, v, begins + ahead + stay, number - ahead, out)
            if ahead > 0:
                out = _take(m, w, o, v, begins, ahead, out)
        out = settle(m, w, o, v, begins, out)
    return out, touched


@njit(**JIT)
def _take_by_node(m, w, o, v, begins, ahead, stay, behind, out):
    """Cut a string, split or not, with all mates of it; those shift positions, so job by job."""
    count = 0
    for i in range(begins, begins + ahead + stay + behind):
        if i < begins + ahead or i >= begins + ahead + stay:
            m[o.trial + count] = m[o.line + (v * o.width + i) * FIELDS + NODE]
            count += 1
    for k in range(o.trial, o.trial + count):
        node = np.int64(m[k])
        if m[o.where + node] == v:
            for i in range(1, m[o.length + v] + 1):
                if m[o.line + (v * o.width + i) * FIELDS + NODE] == node:
                    out = _take(m, w, o, v, i, np.int64(1), out)
                    break
            if m[o.mate + node] >= 0:
                out = _take_mate(m, w, o, v, node, out)
    return out


@njit(**JIT)
def _take(m, w, o, v, at, number, count):
    """Cut jobs out and note their leads; mates stay, the caller sees to them."""
    for i in range(at, at + number):
        node = np.int64(m[o.line + (v * o.width + i) * FIELDS + NODE])
        if m[o.lead + node]:
            m[o.todo + count] = node
            count += 1
    cut(m, w, o, v, at, number)
    return count


@njit(**JIT)
def _take_mate(m, w, o, v, node, count):
    """Cut the other half of a shipment out of the same line, where it is still on it."""
    mate = np.int64(m[o.mate + node])
    if m[o.where + mate] == v:
        for i in range(1, m[o.length + v] + 1):
            if m[o.line + (v * o.width + i) * FIELDS + NODE] == mate:
                return _take(m, w, o, v, i, np.int64(1), count)
    return count


@njit(**JIT)
def settle(m, w, o, v, at, count):
    """Take more jobs out of a line until it is sound; give how many jobs are then to be put back.

    Without the triangle inequality a line may grow longer by a stop less. The first to go is the one after
    the seam, at position `at`.
    """
    while m[o.length + v] > 0 and not is_sound(m, o, v):
        size = m[o.length + v]
        here = min(max(at, 1), size)
        node = np.int64(m[o.line + (v * o.width + here) * FIELDS + NODE])
        count = _take(m, w, o, v, here, np.int64(1), count)
        if m[o.mate + node] >= 0:
            count = _take_mate(m, w, o, v, node, count)
    listed(m, w, o, v)
    return count

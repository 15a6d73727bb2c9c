"""The kernel of the search: take jobs out, put them back, keep or undo, by simulated annealing."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vado.planning.search._layout import (
    BEST,
    COST,
    FIELDS,
    IDLE,
    JIT,
    KNOWN,
    NEXT,
    NODE,
    OUTER,
    STEPS,
    TAKEN,
)
from vado.planning.search._lines import listed, measure, move
from vado.planning.search._places import open_all
from vado.planning.search._random import draw
from vado.planning.search._recreate import choose_idle, recreate, sort
from vado.planning.search._ruin import ruin, settle

VERSIONS_MAX = (1 << 31) - (1 << 24)  # then all that is known is forgotten and counting starts again


@njit(**OUTER)
def begin(m, w, o):
    """Make a start from what `line` and `length` hold; jobs that make a line unsound go idle."""
    for v in range(o.vehicles):
        m[o.kept_length + v] = m[o.length + v]
        for i in range(1, m[o.length + v] + 1):
            k = (v * o.width + i) * FIELDS + NODE
            m[o.kept_line + k] = m[o.line + k]
        m[o.length + v] = 0
    for node in range(o.jobs):
        m[o.where + node] = -1
    open_all(m, o)
    total = 0
    for v in range(o.vehicles):
        for i in range(1, m[o.kept_length + v] + 1):
            k = (v * o.width + i) * FIELDS + NODE
            m[o.line + k] = m[o.kept_line + k]
            m[o.where + m[o.line + k]] = v
        m[o.length + v] = m[o.kept_length + v]
        measure(m, w, o, v)
        listed(m, w, o, v)
    for v in range(o.vehicles):
        settle(m, w, o, v, np.int64(1), np.int64(0))
    count = 0
    for node in range(o.jobs):
        if m[o.lead + node] and m[o.where + node] < 0:
            m[o.idle + count] = node
            count += 1
            total += w[o.price + node]
    for v in range(o.vehicles):
        total += w[o.cost + v]
    w[o.counters + IDLE] = count
    w[o.counters + COST] = total
    if total < w[o.counters + BEST]:
        _keep_best(m, w, o)


@njit(**OUTER)
def steps(
    m, w, o, count, heat, tries, mean_cut, string_max, split, deeper, blink, slack, stale, opening, closing
):
    """Do steps at one temperature. `tries`: how many of those on no line are tried in each."""
    for _ in range(count):
        if w[o.counters + NEXT] > VERSIONS_MAX:
            for k in range(o.known, o.known + o.jobs * o.vehicles * KNOWN):
                m[k] = 0
            w[o.counters + NEXT] = 1
            for v in range(o.vehicles):
                m[o.version + v] = w[o.counters + NEXT]
                w[o.counters + NEXT] += 1
        idle = w[o.counters + IDLE]
        out, touched = ruin(m, w, o, mean_cut, string_max, split, deeper, draw(w, o) < closing)
        change = 0
        for k in range(idle):
            change -= w[o.price + m[o.idle + k]]
        out = choose_idle(m, w, o, tries, out)
        for k in range(w[o.counters + IDLE]):
            change += w[o.price + m[o.idle + k]]
        for k in range(touched):
            v = np.int64(m[o.touched + k])
            change += w[o.cost + v] - w[o.kept_cost + v]
        sort(m, w, o, out)
        most = -heat * math.log(1.0 - draw(w, o))
        opens = draw(w, o) < opening
        touched, change = recreate(m, w, o, out, touched, change, most, blink, slack, stale, opens)
        w[o.counters + STEPS] += 1
        if change == 0 and _is_same(m, o, touched):
            # Nearly half of all steps put everything back where it was: what is known stays known.
            _undo(m, w, o, touched, idle)
        elif change <= most:
            w[o.counters + TAKEN] += 1
            w[o.counters + COST] += change
            if w[o.counters + COST] < w[o.counters + BEST]:
                _keep_best(m, w, o)
        else:
            _undo(m, w, o, touched, idle)
        for k in range(touched):
            m[o.is_touched + m[o.touched + k]] = False


@njit(**JIT)
def _is_same(m, o, touched):
    """Say whether the touched lines hold what they held."""
    for k in range(touched):
        v = np.int64(m[o.touched + k])
        if m[o.length + v] != m[o.kept_length + v]:
            return False
        base = v * o.width * FIELDS
        for i in range(base, base + m[o.length + v] * FIELDS, FIELDS):
            if m[o.line + i + FIELDS + NODE] != m[o.kept_line + i + FIELDS + NODE]:
                return False
    return True


@njit(**JIT)
def _undo(m, w, o, touched, idle):
    """Put the touched lines and the idle back as they were; what is known of them is true again."""
    for k in range(touched):
        v = np.int64(m[o.touched + k])
        for i in range(1, m[o.length + v] + 1):
            m[o.where + m[o.line + (v * o.width + i) * FIELDS + NODE]] = -1
    for k in range(touched):
        v = np.int64(m[o.touched + k])
        size = m[o.kept_length + v]
        base = v * o.width * FIELDS
        for i in range(base, base + (size + 2) * FIELDS, FIELDS):
            move(m, o.line + i, o.kept_line + i)
        for i in range(1, size + 1):
            m[o.where + m[o.line + base + i * FIELDS + NODE]] = v
        m[o.length + v] = size
        w[o.cost + v] = w[o.kept_cost + v]
        m[o.version + v] = m[o.kept_version + v]
        for d in range(o.dimensions):
            w[o.amount + v * o.dimensions + d] = w[o.kept_amount + v * o.dimensions + d]
        if o.mixed:
            base = v * o.width * o.dimensions * 3
            for i in range(base, base + (size + 2) * o.dimensions * 3):
                w[o.aboard + i] = w[o.kept_aboard + i]
        listed(m, w, o, v)
    for k in range(idle):
        m[o.idle + k] = m[o.kept_idle + k]
    w[o.counters + IDLE] = idle


@njit(**JIT)
def _keep_best(m, w, o):
    """Note where the search stands as the best it has met."""
    w[o.counters + BEST] = w[o.counters + COST]
    for v in range(o.vehicles):
        m[o.best_length + v] = m[o.length + v]
        for i in range(1, m[o.length + v] + 1):
            m[o.best_node + v * o.width + i] = m[o.line + (v * o.width + i) * FIELDS + NODE]

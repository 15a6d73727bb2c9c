"""Kernels that put jobs back one by one, each where it costs least.

Christiaens and Vanden Berghe 2020 (`_ruin`), section 5.3: recreate with blinks. Different here: what is known
of a job on a line is kept as long as the line is the same, also over steps, and a line that is put back is
the same again. Most steps are undone, so that nearly all lines are known and a step costs what its few
touched lines cost.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._layout import (
    AT_1,
    AT_2,
    COST_1,
    COST_2,
    IDLE,
    JIT,
    KNOWN,
    LINES,
    NONE,
    SPOTS,
    USED,
    VERSION,
)
from vado.planning.search._lines import get, listed, put, touch
from vado.planning.search._places import place, place_both
from vado.planning.search._random import below, draw

# Orders in which jobs are put back, after a random one: demand, far, close, window length, start, end.
ORDERS = 6
_WEIGHTS = (4.0, 4.0, 2.0, 1.0, 2.0, 2.0, 2.0)  # of the random one first; section 5.3 of the paper
_WEIGHTS_SUM = 17.0


@njit(**JIT)
def choose_idle(m, w, o, tries, out):
    """Take up to `tries` of the idle, from a random one on, to be put back too; give how many are out."""
    idle = w[o.counters + IDLE]
    for k in range(idle):
        m[o.kept_idle + k] = m[o.idle + k]
    take = min(idle, tries)
    if take == 0:
        return out
    begins = below(w, o, idle) if take < idle else 0
    left = 0
    for k in range(idle):
        if (k - begins) % idle < take:
            m[o.todo + out] = m[o.kept_idle + k]
            out += 1
        else:
            m[o.idle + left] = m[o.kept_idle + k]
            left += 1
    w[o.counters + IDLE] = left
    return out


@njit(**JIT)
def sort(m, w, o, count):
    """Sort what is to be put back in one of the orders, drawn by their weights."""
    u = draw(w, o) * _WEIGHTS_SUM
    order = 0
    while order < ORDERS and u >= _WEIGHTS[order]:
        u -= _WEIGHTS[order]
        order += 1
    for i in range(count):
        node = np.int64(m[o.todo + i])
        if order == 0:
            key = int(draw(w, o) * 9007199254740992.0)
        else:
            key = np.int64(m[o.ranks + (order - 1) * o.jobs + node])
        j = i
        while j > 0 and w[o.sort_key + j - 1] > key:
            w[o.sort_key + j] = w[o.sort_key + j - 1]
            m[o.todo + j] = m[o.todo + j - 1]
            j -= 1
        w[o.sort_key + j] = key
        m[o.todo + j] = node


@njit(**JIT)
def recreate(m, w, o, count, touched, change, most, blink, slack, stale, opens):
    """Put jobs back one by one, each where it costs least; give how many lines are touched, and the change.

    `change`: of cost, until now; a job put back makes it no less, so that once it is above `most` the step is
    given up, and undone by the caller.

    `opens`: the first gets a line of its own; with long lines that is never the cheapest for one job, and
    still may be for the ten after it.
    """
    for k in range(count):
        node = np.int64(m[o.todo + k])
        paired = m[o.mate + node] >= 0
        price = min(np.int64(NONE), w[o.price + node])
        best, at, who = price, np.int64(0), np.int64(-1)
        if k == 0 and opens:
            # Whatever it is worth: a second job may pay for the vehicle too.
            best, who = _open(m, w, o, node, np.int64(NONE), who)
        if who < 0:
            best, at, who = _look(m, w, o, node, price, blink, slack, stale)
            best, new = _open(m, w, o, node, best, who)
            if new != who:
                at, who = np.int64(0), new
        change += best if who >= 0 else w[o.price + node]
        if change > most:
            break
        if who < 0:
            m[o.idle + w[o.counters + IDLE]] = node
            w[o.counters + IDLE] += 1
            continue
        touched = touch(m, w, o, who, touched)
        if paired:
            first, second = at // o.width, at % o.width
            put(m, w, o, who, node, first, np.int64(0))
            put(m, w, o, who, np.int64(m[o.mate + node]), second + 1, best)
        else:
            put(m, w, o, who, node, at, best)
        listed(m, w, o, who)
    return touched, change


@njit(**JIT)
def _look(m, w, o, node, price, blink, slack, stale):
    """Find the line where a job costs least and less than its price: cost, position, vehicle or -1."""
    best, at, who = price, np.int64(0), np.int64(-1)
    # First the line it was last put on: most often that, or one as cheap, is where it goes.
    home = np.int64(m[o.home + node])
    for q in range(-1, w[o.counters + USED]):
        v = home if q < 0 else np.int64(get(m, o.used + q))
        if (q < 0 and (v < 0 or m[o.slot + v] < 0)) or (q >= 0 and v == home):
            continue
        row = o.known + (node * o.vehicles + v) * KNOWN
        version = get(m, o.version + v)
        if get(m, row + VERSION) != version:
            # What was far too dear not long before the line changed is not looked at again.
            before = get(m, row + COST_1)
            if before < NONE and before > 2 * best + slack and version - get(m, row + VERSION) < stale:
                continue
            if m[o.mate + node] >= 0:
                place_both(m, w, o, v, node)
            else:
                place(m, w, o, v, node)
        if get(m, row + COST_1) < best:
            spot = o.spots + (node * o.vehicles + v) * SPOTS
            if draw(w, o) >= blink:
                best, at, who = np.int64(m[row + COST_1]), np.int64(m[spot + AT_1]), v
            elif m[spot + COST_2] < best:
                best, at, who = np.int64(m[spot + COST_2]), np.int64(m[spot + AT_2]), v
    return best, at, who


@njit(**JIT)
def _open(m, w, o, node, best, who):
    """Find an unused vehicle whose line with only this job costs less than `best`; give its cost and it."""
    if w[o.counters + USED] >= w[o.counters + LINES]:
        return best, who
    for a in range(o.alikes):
        cost = np.int64(m[o.opening + a * o.jobs + node])
        if cost < best and m[o.opened + a] < m[o.alike_at + a + 1] - m[o.alike_at + a]:
            q = m[o.alike_at + a]
            while m[o.length + m[o.alike_order + q]] > 0:
                q += 1
            best, who = cost, np.int64(m[o.alike_order + q])
    return best, who

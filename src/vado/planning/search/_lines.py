"""Kernels on one line: its times, what taking jobs out and putting one in changes, how long it lasts.

Times are kept from both ends: at a position the earliest start, and the latest arrival from which the rest
can still be done. Whether a job fits between two positions is then three looks, whatever the line's length;
with several windows a job too, for to be earlier is never worse. What the numbers are is in `_layout`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.planning.search._clock import arrival, departure
from vado.planning.search._layout import (
    ARC,
    COST_OUT,
    EARLY,
    FIELDS,
    JIT,
    LATE,
    LEG,
    LINKS,
    NEVER,
    NEXT,
    NODE,
    SMALL,
    TIME_OUT,
    USED,
)


@njit(**SMALL)
def get(m, k):
    """Read without asking whether the index is below nought: in the innermost loops that is half the work."""
    return m[np.uint64(k)]


@njit(**SMALL)
def move(m, to, at):
    """Copy a record of a line."""
    a, b = np.uint64(to), np.uint64(at)
    m[a] = m[b]
    m[a + np.uint64(EARLY)] = m[b + np.uint64(EARLY)]
    m[a + np.uint64(LATE)] = m[b + np.uint64(LATE)]
    m[a + np.uint64(ARC)] = m[b + np.uint64(ARC)]
    m[a + np.uint64(LEG)] = m[b + np.uint64(LEG)]


@njit(**SMALL)
def not_before(m, o, node, t):
    """Give the earliest start at a node from t on, NEVER after its last window.

    `node` counts in the vehicle's row of windows: `hours_of` it and the node.
    """
    start = max(t, np.int64(get(m, o.first + node)))
    if start > get(m, o.last + node):
        start = np.int64(NEVER)
    if o.several:
        low, high = get(m, o.window_at + node), get(m, o.window_at + node + 1)
        if high > low:
            start = np.int64(NEVER)
            for k in range(o.windows + low, o.windows + high, 2):
                if t <= get(m, k + 1):
                    start = max(t, np.int64(get(m, k)))
                    break
    return start


@njit(**SMALL)
def not_after(m, o, node, t):
    """Give the latest start at a node until t, -NEVER before its first window."""
    start = min(t, np.int64(get(m, o.last + node)))
    if start < get(m, o.first + node):
        start = np.int64(-NEVER)
    if o.several:
        low, high = get(m, o.window_at + node), get(m, o.window_at + node + 1)
        if high > low:
            start = np.int64(-NEVER)
            for k in range(o.windows + high - 2, o.windows + low - 1, -2):
                if t >= get(m, k):
                    start = min(t, np.int64(get(m, k + 1)))
                    break
    return start


@njit(**SMALL)
def hours_of(m, o, v):
    """Give where a vehicle's row of windows begins."""
    return np.int64(get(m, o.hours + v)) * o.nodes


@njit(**JIT)
def measure(m, w, o, v):
    """Work out a line anew from its nodes: arcs, legs, times, cost, load."""
    base = o.line + v * o.width * FIELDS
    size = m[o.length + v]
    row = m[o.kind + v] * o.nodes
    end = base + (size + 1) * FIELDS
    m[base + NODE] = m[o.start + v]
    m[end + NODE] = m[o.end + v]
    m[base + EARLY] = m[o.open_s + v]
    m[end + LATE] = m[o.shut_s + v]
    cost = 0
    hours = hours_of(m, o, v)
    for d in range(o.dimensions):
        w[o.amount + v * o.dimensions + d] = 0
    for at in range(base, end, FIELDS):
        a, b = m[at + NODE], m[at + FIELDS + NODE]
        link = ((row + a) * o.nodes + b) * LINKS
        m[at + ARC] = m[o.links + link + COST_OUT]
        m[at + LEG] = m[o.links + link + TIME_OUT]
        cost += m[at + ARC]
        t = arrival(m, o, m[at + LEG], np.int64(m[at + EARLY]))
        if at + FIELDS < end:
            cost += m[o.tax + v * o.jobs + b]
            t = not_before(m, o, hours + b, t)
            for d in range(o.dimensions):
                w[o.amount + v * o.dimensions + d] += (
                    m[o.drop + b * o.dimensions + d] + m[o.load + b * o.dimensions + d]
                )
        m[at + FIELDS + EARLY] = min(t, NEVER)
    _backwards(m, o, hours, end - FIELDS, base)
    w[o.cost + v] = cost + m[o.fixed + v] if size > 0 else 0
    if o.mixed:
        weigh(m, w, o, v)
    m[o.version + v] = w[o.counters + NEXT]
    w[o.counters + NEXT] += 1


@njit(**SMALL)
def _backwards(m, o, hours, at, base):
    """Set the latest arrivals from a record down to the start."""
    for k in range(at, base, -FIELDS):
        t = departure(m, o, m[k + LEG], np.int64(m[k + FIELDS + LATE]))
        m[k + LATE] = not_after(m, o, hours + m[k + NODE], t)
    m[base + LATE] = max(-NEVER, departure(m, o, m[base + LEG], np.int64(m[base + FIELDS + LATE])))


@njit(**JIT)
def weigh(m, w, o, v):
    """Work out what is on board after each position, and the highest before and behind it."""
    size, dims = m[o.length + v], o.dimensions
    base = v * o.width
    for d in range(dims):
        now = 0
        for i in range(1, size + 1):
            now += m[o.drop + m[o.line + (base + i) * FIELDS + NODE] * o.dimensions + d]
        high = now
        for i in range(size + 1):
            if i > 0:
                now += m[o.change + m[o.line + (base + i) * FIELDS + NODE] * o.dimensions + d]
            high = max(high, now)
            w[o.aboard + ((base + i) * dims + d) * 3] = now
            w[o.aboard + ((base + i) * dims + d) * 3 + 1] = high
        high = 0
        for i in range(size, -1, -1):
            high = max(high, w[o.aboard + ((base + i) * dims + d) * 3])
            w[o.aboard + ((base + i) * dims + d) * 3 + 2] = high


@njit(**SMALL)
def _retime(m, o, v, seam, size):
    """Renew times around a leg that is new: from position `seam` to the next; as far as anything changes."""
    base = o.line + v * o.width * FIELDS
    end = base + (size + 1) * FIELDS
    at = base + seam * FIELDS
    hours = hours_of(m, o, v)
    t = arrival(m, o, get(m, at + LEG), np.int64(get(m, at + EARLY)))
    k = at + FIELDS
    while k < end:
        t = not_before(m, o, hours + get(m, k + NODE), t)
        if get(m, k + EARLY) == t:
            break
        m[k + EARLY] = t
        t = arrival(m, o, get(m, k + LEG), t)
        k += FIELDS
    if k == end:
        m[end + EARLY] = min(t, NEVER)
    k = at
    while k > base:
        t = departure(m, o, get(m, k + LEG), np.int64(get(m, k + FIELDS + LATE)))
        t = not_after(m, o, hours + get(m, k + NODE), t)
        if get(m, k + LATE) == t:
            break
        m[k + LATE] = t
        k -= FIELDS
    if k == base:
        t = departure(m, o, get(m, base + LEG), np.int64(get(m, base + FIELDS + LATE)))
        m[base + LATE] = max(-NEVER, t)


@njit(**JIT)
def touch(m, w, o, v, count):
    """Keep a line as it is before it is first changed in a step; give how many are touched."""
    if not m[o.is_touched + v]:
        _keep(m, w, o, v)
        m[o.touched + count] = v
        count += 1
    return count


@njit(**SMALL)
def _keep(m, w, o, v):
    m[o.is_touched + v] = True
    base = v * o.width * FIELDS
    for k in range(base, base + (m[o.length + v] + 2) * FIELDS, FIELDS):
        move(m, o.kept_line + k, o.line + k)
    m[o.kept_length + v] = m[o.length + v]
    w[o.kept_cost + v] = w[o.cost + v]
    m[o.kept_version + v] = m[o.version + v]
    for d in range(o.dimensions):
        w[o.kept_amount + v * o.dimensions + d] = w[o.amount + v * o.dimensions + d]
    if o.mixed:
        base = v * o.width * o.dimensions * 3
        for k in range(base, base + (m[o.length + v] + 2) * o.dimensions * 3):
            w[o.kept_aboard + k] = w[o.aboard + k]


@njit(**JIT)
def listed(m, w, o, v):
    """Bring the list of used lines up to date after a line's length has changed."""
    used = m[o.slot + v] >= 0
    if used and m[o.length + v] == 0:
        last = m[o.used + w[o.counters + USED] - 1]
        m[o.used + m[o.slot + v]] = last
        m[o.slot + last] = m[o.slot + v]
        m[o.slot + v] = -1
        w[o.counters + USED] -= 1
        m[o.opened + m[o.alike + v]] -= 1
    elif not used and m[o.length + v] > 0:
        m[o.used + w[o.counters + USED]] = v
        m[o.slot + v] = w[o.counters + USED]
        w[o.counters + USED] += 1
        m[o.opened + m[o.alike + v]] += 1


@njit(**JIT)
def cut(m, w, o, v, at, count):
    """Take `count` jobs out of a line, the first at position `at` (1 is the first job)."""
    size = m[o.length + v]
    base = o.line + v * o.width * FIELDS
    less = 0
    for i in range(at - 1, at + count):
        less += m[base + i * FIELDS + ARC]
    for i in range(at, at + count):
        node = np.int64(m[base + i * FIELDS + NODE])
        m[o.where + node] = -1
        less += m[o.tax + v * o.jobs + node]
        for d in range(o.dimensions):
            w[o.amount + v * o.dimensions + d] -= (
                m[o.drop + node * o.dimensions + d] + m[o.load + node * o.dimensions + d]
            )
    for k in range(base + at * FIELDS, base + (size + 2 - count) * FIELDS, FIELDS):
        move(m, k, k + count * FIELDS)
    size -= count
    m[o.length + v] = size
    seam = base + (at - 1) * FIELDS
    link = ((m[o.kind + v] * o.nodes + m[seam + NODE]) * o.nodes + m[seam + FIELDS + NODE]) * LINKS
    m[seam + ARC] = m[o.links + link + COST_OUT]
    m[seam + LEG] = m[o.links + link + TIME_OUT]
    w[o.cost + v] = w[o.cost + v] + m[seam + ARC] - less if size > 0 else 0
    _retime(m, o, v, at - 1, size)
    if o.mixed:
        weigh(m, w, o, v)
    m[o.version + v] = w[o.counters + NEXT]
    w[o.counters + NEXT] += 1


@njit(**JIT)
def put(m, w, o, v, node, at, more):
    """Put a job behind position `at` of a line, at a cost of `more` that is known."""
    size = get(m, o.length + v)
    base = o.line + v * o.width * FIELDS
    for k in range(base + (size + 1) * FIELDS, base + at * FIELDS, -FIELDS):
        move(m, k + FIELDS, k)
    here = base + (at + 1) * FIELDS
    row = get(m, o.kind + v) * o.nodes
    hours = hours_of(m, o, v)
    m[here + NODE] = node
    link = ((row + node) * o.nodes + get(m, here - FIELDS + NODE)) * LINKS
    m[here - FIELDS + ARC] = get(m, o.links + link)
    m[here - FIELDS + LEG] = get(m, o.links + link + 1)
    link = ((row + node) * o.nodes + get(m, here + FIELDS + NODE)) * LINKS
    m[here + ARC] = get(m, o.links + link + COST_OUT)
    m[here + LEG] = get(m, o.links + link + TIME_OUT)
    t = departure(m, o, get(m, here + LEG), np.int64(get(m, here + FIELDS + LATE)))
    m[here + LATE] = not_after(m, o, hours + node, t)
    t = arrival(m, o, get(m, here - FIELDS + LEG), np.int64(get(m, here - FIELDS + EARLY)))
    m[here + EARLY] = not_before(m, o, hours + node, t)
    size += 1
    m[o.length + v] = size
    m[o.where + node] = v
    m[o.home + node] = v
    for d in range(o.dimensions):
        w[o.amount + v * o.dimensions + d] += get(m, o.drop + node * o.dimensions + d) + get(
            m, o.load + node * o.dimensions + d
        )
    w[o.cost + v] += more
    # Earlier ones may have to start sooner, later ones start later: from the new job both ways.
    k = here - FIELDS
    while k >= base:
        t = departure(m, o, get(m, k + LEG), np.int64(get(m, k + FIELDS + LATE)))
        if k > base:
            t = not_after(m, o, hours + get(m, k + NODE), t)
        t = max(-NEVER, t)
        if get(m, k + LATE) == t:
            break
        m[k + LATE] = t
        k -= FIELDS
    k = here + FIELDS
    end = base + (size + 1) * FIELDS
    while k <= end:
        t = arrival(m, o, get(m, k - FIELDS + LEG), np.int64(get(m, k - FIELDS + EARLY)))
        if k < end:
            t = not_before(m, o, hours + get(m, k + NODE), t)
        if get(m, k + EARLY) == t:
            break
        m[k + EARLY] = t
        k += FIELDS
    if o.mixed:
        weigh(m, w, o, v)
    m[o.version + v] = w[o.counters + NEXT]
    w[o.counters + NEXT] += 1


@njit(**JIT)
def lasts(m, o, v, at, node, behind, mate):
    """Give the shortest duration of a line with `node` behind position `at`, `mate` behind `behind`.

    -1 for a node: none. Leaving later shortens a line until its end would be later too; with several windows
    a job a still later start may be shorter again, so each is tried. NEVER where no start works.
    """
    size = m[o.length + v]
    base = v * o.width
    count = 0
    for i in range(size + 2):
        m[o.trial + count] = m[o.line + (base + i) * FIELDS + NODE]
        count += 1
        if node >= 0 and i == at:
            m[o.trial + count] = node
            count += 1
        if mate >= 0 and i == behind:
            m[o.trial + count] = mate
            count += 1
    row = m[o.kind + v] * o.nodes
    hours = hours_of(m, o, v)
    several = 0
    for i in range(1, count - 1):
        cell = hours + m[o.trial + i]
        several += (m[o.window_at + cell + 1] - m[o.window_at + cell]) // 2
    best = NEVER
    t0 = m[o.open_s + v]
    for _ in range(1 + several):
        t = t0
        for i in range(1, count):
            link = ((row + m[o.trial + i - 1]) * o.nodes + m[o.trial + i]) * LINKS
            t = arrival(m, o, m[o.links + link + TIME_OUT], np.int64(t))
            if i < count - 1:
                t = not_before(m, o, hours + m[o.trial + i], t)
                if t > m[o.last + hours + m[o.trial + i]]:
                    return best
        if t > m[o.shut_s + v]:
            return best
        end = t
        for i in range(count - 2, -1, -1):
            link = ((row + m[o.trial + i]) * o.nodes + m[o.trial + i + 1]) * LINKS
            t = departure(m, o, m[o.links + link + TIME_OUT], np.int64(t))
            if i > 0:
                t = not_after(m, o, hours + m[o.trial + i], t)
        best = min(best, end - t)
        t0 = t + 1
    return best


@njit(**JIT)
def is_sound(m, o, v):
    """Say whether a line can be driven in time and is not too long (or holds nothing)."""
    size = m[o.length + v]
    if size == 0:
        return True
    base = o.line + v * o.width * FIELDS
    if m[base + EARLY] > m[base + LATE]:
        return False
    none = np.int64(-1)
    return m[o.limit_s + v] >= NEVER or lasts(m, o, v, none, none, none, none) <= m[o.limit_s + v]

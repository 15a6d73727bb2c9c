"""Kernels on one line: its times, what taking jobs out and putting one in changes, how long it lasts.

Times are kept from both ends: at a position the earliest start, and the latest arrival from which the rest can
still be done. Whether a job fits between two positions is then three looks, whatever the line's length; with
several windows a job too, for to be earlier is never worse. What is told apart is in `_layout`.
"""

from __future__ import annotations

from numba import njit

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
def not_before(node, t, first, last, window_at, windows):
    """Give the earliest start at a node from t on, NEVER after its last window."""
    start = max(t, first[node])
    if start > last[node]:
        start = NEVER
    low, high = window_at[node], window_at[node + 1]
    if high > low:
        start = NEVER
        for k in range(low, high, 2):
            if t <= windows[k + 1]:
                start = max(t, windows[k])
                break
    return start


@njit(**SMALL)
def not_after(node, t, first, last, window_at, windows):
    """Give the latest start at a node until t, -NEVER before its first window."""
    start = min(t, last[node])
    if start < first[node]:
        start = -NEVER
    low, high = window_at[node], window_at[node + 1]
    if high > low:
        start = -NEVER
        for k in range(high - 2, low - 1, -2):
            if t >= windows[k]:
                start = min(t, windows[k + 1])
                break
    return start


@njit(**JIT)
def measure(g, s, v):
    """Work out a line anew from its nodes: arcs, legs, times, cost, load."""
    line = s.line
    base = v * g.width * FIELDS
    size = s.length[v]
    row = g.kind[v] * g.nodes
    end = base + (size + 1) * FIELDS
    line[base + NODE] = g.start[v]
    line[end + NODE] = g.end[v]
    line[base + EARLY] = g.open_s[v]
    line[end + LATE] = g.shut_s[v]
    cost = 0
    for d in range(g.dimensions):
        s.amount[v, d] = 0
    for at in range(base, end, FIELDS):
        a, b = line[at + NODE], line[at + FIELDS + NODE]
        link = ((row + a) * g.nodes + b) * LINKS
        line[at + ARC] = g.links[link + COST_OUT]
        line[at + LEG] = g.links[link + TIME_OUT]
        cost += line[at + ARC]
        t = line[at + EARLY] + line[at + LEG]
        if at + FIELDS < end:
            cost += g.tax[v, b]
            t = not_before(b, t, g.first, g.last, g.window_at, g.windows)
            for d in range(g.dimensions):
                s.amount[v, d] += g.drop[b, d] + g.load[b, d]
        line[at + FIELDS + EARLY] = min(t, NEVER)
    _backwards(g, s, v, end - FIELDS, base)
    s.cost[v] = cost + (g.fixed[v] if size > 0 else 0)
    if g.mixed:
        weigh(g, s, v)
    s.version[v] = s.counters[NEXT]
    s.counters[NEXT] += 1


@njit(**SMALL)
def _backwards(g, s, v, at, base):
    """Set the latest arrivals from a record down to the start."""
    line = s.line
    for k in range(at, base, -FIELDS):
        t = line[k + FIELDS + LATE] - line[k + LEG]
        line[k + LATE] = not_after(line[k + NODE], t, g.first, g.last, g.window_at, g.windows)
    line[base + LATE] = line[base + FIELDS + LATE] - line[base + LEG]


@njit(**JIT)
def weigh(g, s, v):
    """Work out what is on board after each position, and the highest before and behind it."""
    size, dims = s.length[v], g.dimensions
    base = v * g.width
    for d in range(dims):
        now = 0
        for i in range(1, size + 1):
            now += g.drop[s.line[(base + i) * FIELDS + NODE], d]
        high = now
        for i in range(size + 1):
            if i > 0:
                now += g.change[s.line[(base + i) * FIELDS + NODE], d]
            high = max(high, now)
            s.aboard[((base + i) * dims + d) * 3] = now
            s.aboard[((base + i) * dims + d) * 3 + 1] = high
        high = 0
        for i in range(size, -1, -1):
            high = max(high, s.aboard[((base + i) * dims + d) * 3])
            s.aboard[((base + i) * dims + d) * 3 + 2] = high


@njit(**SMALL)
def _retime(g, s, v, seam, size):
    """Renew times around a leg that is new: from position `seam` to the next; as far as anything changes."""
    line = s.line
    base = v * g.width * FIELDS
    end = base + (size + 1) * FIELDS
    at = base + seam * FIELDS
    t = line[at + EARLY] + line[at + LEG]
    k = at + FIELDS
    while k < end:
        t = not_before(line[k + NODE], t, g.first, g.last, g.window_at, g.windows)
        if line[k + EARLY] == t:
            break
        line[k + EARLY] = t
        t += line[k + LEG]
        k += FIELDS
    if k == end:
        line[end + EARLY] = min(t, NEVER)
    k = at
    while k > base:
        t = not_after(line[k + NODE], line[k + FIELDS + LATE] - line[k + LEG], g.first, g.last, g.window_at, g.windows)
        if line[k + LATE] == t:
            break
        line[k + LATE] = t
        k -= FIELDS
    if k == base:
        line[base + LATE] = line[base + FIELDS + LATE] - line[base + LEG]


@njit(**JIT)
def touch(g, s, v, count):
    """Keep a line as it is before it is first changed in a step; give how many are touched."""
    if s.is_touched[v]:
        return count
    s.is_touched[v] = True
    s.touched[count] = v
    base = v * g.width * FIELDS
    for k in range(base, base + (s.length[v] + 2) * FIELDS):
        s.kept_line[k] = s.line[k]
    s.kept_length[v] = s.length[v]
    s.kept_cost[v] = s.cost[v]
    s.kept_version[v] = s.version[v]
    for d in range(g.dimensions):
        s.kept_amount[v, d] = s.amount[v, d]
    if g.mixed:
        base = v * g.width * g.dimensions * 3
        for k in range(base, base + (s.length[v] + 2) * g.dimensions * 3):
            s.kept_aboard[k] = s.aboard[k]
    return count + 1


@njit(**JIT)
def listed(g, s, v):
    """Bring the list of used lines up to date after a line's length has changed."""
    used = s.slot[v] >= 0
    if used == (s.length[v] > 0):
        return
    if used:
        last = s.used[s.counters[USED] - 1]
        s.used[s.slot[v]] = last
        s.slot[last] = s.slot[v]
        s.slot[v] = -1
        s.counters[USED] -= 1
        s.opened[g.alike[v]] -= 1
    else:
        s.used[s.counters[USED]] = v
        s.slot[v] = s.counters[USED]
        s.counters[USED] += 1
        s.opened[g.alike[v]] += 1


@njit(**JIT)
def cut(g, s, v, at, count):
    """Take `count` jobs out of a line, the first at position `at` (1 is the first job)."""
    line = s.line
    size = s.length[v]
    base = v * g.width * FIELDS
    less = 0
    for i in range(at - 1, at + count):
        less += line[base + i * FIELDS + ARC]
    for i in range(at, at + count):
        node = line[base + i * FIELDS + NODE]
        s.where[node] = -1
        less += g.tax[v, node]
        for d in range(g.dimensions):
            s.amount[v, d] -= g.drop[node, d] + g.load[node, d]
    for k in range(base + at * FIELDS, base + (size + 2 - count) * FIELDS):
        line[k] = line[k + count * FIELDS]
    size -= count
    s.length[v] = size
    seam = base + (at - 1) * FIELDS
    link = ((g.kind[v] * g.nodes + line[seam + NODE]) * g.nodes + line[seam + FIELDS + NODE]) * LINKS
    line[seam + ARC] = g.links[link + COST_OUT]
    line[seam + LEG] = g.links[link + TIME_OUT]
    s.cost[v] += line[seam + ARC] - less - (g.fixed[v] if size == 0 else 0)
    _retime(g, s, v, at - 1, size)
    if g.mixed:
        weigh(g, s, v)
    s.version[v] = s.counters[NEXT]
    s.counters[NEXT] += 1


@njit(**JIT)
def put(g, s, v, node, at, more):
    """Put a job behind position `at` of a line, at a cost of `more` that is known."""
    line = s.line
    size = s.length[v]
    base = v * g.width * FIELDS
    for k in range(base + (size + 2) * FIELDS - 1, base + (at + 1) * FIELDS - 1, -1):
        line[k + FIELDS] = line[k]
    here = base + (at + 1) * FIELDS
    row = g.kind[v] * g.nodes
    line[here + NODE] = node
    link = ((row + node) * g.nodes + line[here - FIELDS + NODE]) * LINKS
    line[here - FIELDS + ARC] = g.links[link]
    line[here - FIELDS + LEG] = g.links[link + 1]
    link = ((row + node) * g.nodes + line[here + FIELDS + NODE]) * LINKS
    line[here + ARC] = g.links[link + COST_OUT]
    line[here + LEG] = g.links[link + TIME_OUT]
    line[here + LATE] = not_after(
        node, line[here + FIELDS + LATE] - line[here + LEG], g.first, g.last, g.window_at, g.windows
    )
    line[here + EARLY] = not_before(
        node, line[here - FIELDS + EARLY] + line[here - FIELDS + LEG], g.first, g.last, g.window_at, g.windows
    )
    size += 1
    s.length[v] = size
    s.where[node] = v
    for d in range(g.dimensions):
        s.amount[v, d] += g.drop[node, d] + g.load[node, d]
    s.cost[v] += more
    # Earlier ones may have to start sooner, later ones start later: from the new job both ways.
    k = here - FIELDS
    while k >= base:
        t = line[k + FIELDS + LATE] - line[k + LEG]
        if k > base:
            t = not_after(line[k + NODE], t, g.first, g.last, g.window_at, g.windows)
        if line[k + LATE] == t:
            break
        line[k + LATE] = t
        k -= FIELDS
    k = here + FIELDS
    end = base + (size + 1) * FIELDS
    while k <= end:
        t = line[k - FIELDS + EARLY] + line[k - FIELDS + LEG]
        if k < end:
            t = not_before(line[k + NODE], t, g.first, g.last, g.window_at, g.windows)
        if line[k + EARLY] == t:
            break
        line[k + EARLY] = t
        k += FIELDS
    if g.mixed:
        weigh(g, s, v)
    s.version[v] = s.counters[NEXT]
    s.counters[NEXT] += 1


@njit(**JIT)
def lasts(g, s, v, at, node, behind, mate):
    """Give the shortest duration of a line with `node` behind position `at`, `mate` behind `behind`.

    -1 for a node: none. Leaving later shortens a line until its end would be later too; with several windows
    a job a still later start may be shorter again, so each is tried. NEVER where no start works.
    """
    size = s.length[v]
    base = v * g.width
    trial = s.trial
    count = 0
    for i in range(size + 2):
        trial[count] = s.line[(base + i) * FIELDS + NODE]
        count += 1
        if node >= 0 and i == at:
            trial[count] = node
            count += 1
        if mate >= 0 and i == behind:
            trial[count] = mate
            count += 1
    row = g.kind[v] * g.nodes
    several = 0
    for i in range(1, count - 1):
        several += (g.window_at[trial[i] + 1] - g.window_at[trial[i]]) // 2
    best = NEVER
    t0 = g.open_s[v]
    for _ in range(1 + several):
        t = t0
        for i in range(1, count):
            t += g.links[((row + trial[i - 1]) * g.nodes + trial[i]) * LINKS + TIME_OUT]
            if i < count - 1:
                t = not_before(trial[i], t, g.first, g.last, g.window_at, g.windows)
                if t > g.last[trial[i]]:
                    return best
        if t > g.shut_s[v]:
            return best
        end = t
        for i in range(count - 2, -1, -1):
            t -= g.links[((row + trial[i]) * g.nodes + trial[i + 1]) * LINKS + TIME_OUT]
            if i > 0:
                t = not_after(trial[i], t, g.first, g.last, g.window_at, g.windows)
        best = min(best, end - t)
        t0 = t + 1
    return best


@njit(**JIT)
def is_sound(g, s, v):
    """Say whether a line can be driven in time and is not too long (or holds nothing)."""
    size = s.length[v]
    if size == 0:
        return True
    base = v * g.width * FIELDS
    if s.line[base + EARLY] > s.line[base + LATE]:
        return False
    return g.limit_s[v] >= NEVER or lasts(g, s, v, -1, -1, -1, -1) <= g.limit_s[v]

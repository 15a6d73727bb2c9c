"""The kernel of the search: take strings of neighbours out, put them back where they cost least, keep or undo.

Slack induction by string removals: Christiaens, Vanden Berghe, "Slack Induction by String Removals for
Vehicle Routing Problems", Transportation Science 54(2), 2020, sections 5.2 (ruin) and 5.3 (recreate with
blinks). Different here: what is known of a job on a line is kept as long as the line is the same, also over
steps, and a line that is put back is the same again. Most steps are undone, so that nearly all lines are
known and a step costs what its few touched lines cost.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vado.planning.search._layout import (
    AT_1,
    AT_2,
    BEST,
    COST,
    COST_1,
    COST_2,
    FIELDS,
    IDLE,
    JIT,
    KNOWN,
    NEXT,
    NODE,
    NONE,
    OUTER,
    SMALL,
    STEPS,
    TAKEN,
    USED,
    VERSION,
)
from vado.planning.search._lines import cut, is_sound, listed, measure, put, touch
from vado.planning.search._places import open_all, place, place_both

VERSIONS_MAX = (1 << 31) - (1 << 24)  # then all that is known is forgotten and counting starts again
# Weights of the orders in which jobs are put back: section 5.3 of the paper, and for windows (random, demand,
# far, close; length, start and end of the window).
ORDERS = 6  # in Ground.ranks: demand, far, close, window length, start, end
_WEIGHTS = (4.0, 4.0, 2.0, 1.0, 2.0, 2.0, 2.0)


@njit(**SMALL)
def _draw(random):
    """Draw from [0, 1): xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(**SMALL)
def _below(random, count):
    return min(int(_draw(random) * count), count - 1)


@njit(**OUTER)
def begin(g, s):
    """Make a start from what `line` and `length` hold; jobs that make a line unsound go idle with their mates."""
    s.counters[NEXT] = 1
    lengths = s.length.copy()
    s.length[:] = 0
    nodes = s.line.copy()
    open_all(g, s)
    s.where[:] = -1
    total = 0
    for v in range(len(s.length)):
        size = 0
        for i in range(1, lengths[v] + 1):
            node = nodes[(v * g.width + i) * FIELDS + NODE]
            size += 1
            s.line[(v * g.width + size) * FIELDS + NODE] = node
            s.where[node] = v
        s.length[v] = size
        measure(g, s, v)
        listed(g, s, v)
    for v in range(len(s.length)):
        _settle(g, s, v, 1, 0)
    count = 0
    for node in range(g.jobs):
        if g.lead[node] and s.where[node] < 0:
            s.idle[count] = node
            count += 1
            total += g.price[node]
    for v in range(len(s.length)):
        total += s.cost[v]
    s.counters[IDLE] = count
    s.counters[COST] = total
    _keep_best(g, s)


@njit(**JIT)
def _settle(g, s, v, at, count):
    """Take more jobs out of a line until it is sound; give how many jobs are then to be put back.

    Without the triangle inequality a line may grow longer by a stop less. The first to go is the one after
    the seam, at position `at`.
    """
    while s.length[v] > 0 and not is_sound(g, s, v):
        size = s.length[v]
        here = min(max(at, 1), size)
        node = s.line[(v * g.width + here) * FIELDS + NODE]
        count = _take(g, s, v, here, 1, count)
        if g.mate[node] >= 0:
            count = _take_mate(g, s, v, node, count)
    listed(g, s, v)
    return count


@njit(**JIT)
def _take(g, s, v, at, number, count):
    """Cut jobs out and note their leads; mates stay, the caller sees to them."""
    for i in range(at, at + number):
        node = s.line[(v * g.width + i) * FIELDS + NODE]
        if g.lead[node]:
            s.todo[count] = node
            count += 1
    cut(g, s, v, at, number)
    return count


@njit(**JIT)
def _take_mate(g, s, v, node, count):
    """Cut the other half of a shipment out of the same line, where it is still on it."""
    mate = g.mate[node]
    if s.where[mate] == v:
        for i in range(1, s.length[v] + 1):
            if s.line[(v * g.width + i) * FIELDS + NODE] == mate:
                return _take(g, s, v, i, 1, count)
    return count


@njit(**JIT)
def _ruin(g, s, mean_cut, string_max, split, deeper):
    """Take strings out of lines near a random job; give how many jobs are out and how many lines touched."""
    on_lines = 0
    for k in range(s.counters[USED]):
        on_lines += s.length[s.used[k]]
    longest = min(float(string_max), on_lines / max(1, s.counters[USED]))
    strings = int(_draw(s.random) * (4.0 * mean_cut / (1.0 + longest) - 1.0) + 1.0)
    seed = _below(s.random, g.near.shape[0])
    out, touched = 0, 0
    for k in range(g.near.shape[1]):
        if touched >= strings:
            break
        node = g.near[seed, k]
        v = s.where[node]
        if v < 0 or s.is_touched[v]:
            continue
        touched = touch(g, s, v, touched)
        size = s.length[v]
        number = min(size, int(_draw(s.random) * min(float(size), longest) + 1.0))
        at = 1
        while s.line[(v * g.width + at) * FIELDS + NODE] != node:
            at += 1
        # A split string leaves `stay` jobs inside it where they are.
        stay = 0
        if number < size and _draw(s.random) < split:
            stay = 1
            while number + stay < size and _draw(s.random) < deeper:
                stay += 1
        whole = number + stay
        low = max(1, at - whole + 1)
        high = min(at, size - whole + 1)
        begins = low + _below(s.random, high - low + 1)
        ahead = _below(s.random, number + 1) if stay > 0 else number
        if g.paired:
            out = _take_by_node(g, s, v, begins, ahead, stay, number - ahead, out)
        else:
            if number > ahead:
                out = _take(g, s, v, begins + ahead + stay, number - ahead, out)
            if ahead > 0:
                out = _take(g, s, v, begins, ahead, out)
        out = _settle(g, s, v, begins, out)
    return out, touched


@njit(**JIT)
def _take_by_node(g, s, v, begins, ahead, stay, behind, out):
    """Cut a string, split or not, with all mates of it; those shift positions, so job by job."""
    count = 0
    for i in range(begins, begins + ahead + stay + behind):
        if i < begins + ahead or i >= begins + ahead + stay:
            s.trial[count] = s.line[(v * g.width + i) * FIELDS + NODE]
            count += 1
    nodes = s.trial[:count].copy()
    for node in nodes:
        if s.where[node] == v:
            for i in range(1, s.length[v] + 1):
                if s.line[(v * g.width + i) * FIELDS + NODE] == node:
                    out = _take(g, s, v, i, 1, out)
                    break
            if g.mate[node] >= 0:
                out = _take_mate(g, s, v, node, out)
    return out


@njit(**JIT)
def _sort(g, s, count):
    """Sort what is to be put back in one of the orders, drawn by their weights."""
    u = _draw(s.random) * 17.0
    order = 0
    while order < ORDERS and u >= _WEIGHTS[order]:
        u -= _WEIGHTS[order]
        order += 1
    for i in range(count):
        node = s.todo[i]
        if order == 0:
            key = int(_draw(s.random) * 9007199254740992.0)
        else:
            key = np.int64(g.ranks[order - 1, node])
        j = i
        while j > 0 and s.sort_key[j - 1] > key:
            s.sort_key[j] = s.sort_key[j - 1]
            s.todo[j] = s.todo[j - 1]
            j -= 1
        s.sort_key[j] = key
        s.todo[j] = node


@njit(**JIT)
def _recreate(g, s, count, touched, blink):
    """Put jobs back one by one, each where it costs least; give how many lines are touched."""
    vehicles = len(s.length)
    for k in range(count):
        node = s.todo[k]
        paired = g.mate[node] >= 0
        best, at, who = min(np.int64(NONE), g.price[node]), 0, -1
        for q in range(s.counters[USED]):
            v = s.used[q]
            row = (node * vehicles + v) * KNOWN
            if s.known[row + VERSION] != s.version[v]:
                if paired:
                    place_both(g, s, v, node)
                else:
                    place(g, s, v, node)
            if s.known[row + COST_1] < best:
                if _draw(s.random) >= blink:
                    best, at, who = np.int64(s.known[row + COST_1]), s.known[row + AT_1], v
                elif s.known[row + COST_2] < best:
                    best, at, who = np.int64(s.known[row + COST_2]), s.known[row + AT_2], v
        for a in range(len(s.opened)):
            if s.opening[a, node] < best and s.opened[a] < g.alike_at[a + 1] - g.alike_at[a]:
                q = g.alike_at[a]
                while s.length[g.alike_order[q]] > 0:
                    q += 1
                best, at, who = np.int64(s.opening[a, node]), 0, g.alike_order[q]
        if who < 0:
            s.idle[s.counters[IDLE]] = node
            s.counters[IDLE] += 1
            continue
        touched = touch(g, s, who, touched)
        if paired:
            first, second = at // g.width, at % g.width
            put(g, s, who, node, first, 0)
            put(g, s, who, g.mate[node], second + 1, best)
        else:
            put(g, s, who, node, at, best)
        listed(g, s, who)
    return touched


@njit(**JIT)
def _undo(g, s, touched, idle):
    """Put the touched lines and the idle back as they were; what is known of them is true again."""
    for k in range(touched):
        v = s.touched[k]
        for i in range(1, s.length[v] + 1):
            s.where[s.line[(v * g.width + i) * FIELDS + NODE]] = -1
    for k in range(touched):
        v = s.touched[k]
        size = s.kept_length[v]
        base = v * g.width * FIELDS
        for i in range(base, base + (size + 2) * FIELDS):
            s.line[i] = s.kept_line[i]
        for i in range(1, size + 1):
            s.where[s.line[base + i * FIELDS + NODE]] = v
        s.length[v] = size
        s.cost[v] = s.kept_cost[v]
        s.version[v] = s.kept_version[v]
        for d in range(g.dimensions):
            s.amount[v, d] = s.kept_amount[v, d]
        if g.mixed:
            base = v * g.width * g.dimensions * 3
            for i in range(base, base + (size + 2) * g.dimensions * 3):
                s.aboard[i] = s.kept_aboard[i]
        listed(g, s, v)
    for k in range(idle):
        s.idle[k] = s.kept_idle[k]
    s.counters[IDLE] = idle


@njit(**JIT)
def _keep_best(g, s):
    s.counters[BEST] = s.counters[COST]
    for v in range(len(s.length)):
        s.best_length[v] = s.length[v]
        for i in range(1, s.length[v] + 1):
            s.best_node[v * g.width + i] = s.line[(v * g.width + i) * FIELDS + NODE]


@njit(**JIT)
def _choose_idle(s, tries, out):
    """Take up to `tries` of the idle, from a random one on, to be put back too; give how many are out."""
    idle = s.counters[IDLE]
    for k in range(idle):
        s.kept_idle[k] = s.idle[k]
    take = min(idle, tries)
    if take == 0:
        return out
    begins = _below(s.random, idle) if take < idle else 0
    left = 0
    for k in range(idle):
        if (k - begins) % idle < take:
            s.todo[out] = s.kept_idle[k]
            out += 1
        else:
            s.idle[left] = s.kept_idle[k]
            left += 1
    s.counters[IDLE] = left
    return out


@njit(**OUTER)
def steps(g, s, count, heat, tries, mean_cut, string_max, split, deeper, blink):
    """Do steps at one temperature. `tries`: how many of those on no line are tried in each."""
    for _ in range(count):
        if s.counters[NEXT] > VERSIONS_MAX:
            s.known[:] = 0
            s.counters[NEXT] = 1
            for v in range(len(s.length)):
                s.version[v] = s.counters[NEXT]
                s.counters[NEXT] += 1
        idle = s.counters[IDLE]
        out, touched = _ruin(g, s, mean_cut, string_max, split, deeper)
        prices = 0
        for k in range(idle):
            prices -= g.price[s.idle[k]]
        out = _choose_idle(s, tries, out)
        _sort(g, s, out)
        touched = _recreate(g, s, out, touched, blink)
        for k in range(s.counters[IDLE]):
            prices += g.price[s.idle[k]]
        change = prices
        for k in range(touched):
            v = s.touched[k]
            change += s.cost[v] - s.kept_cost[v]
        s.counters[STEPS] += 1
        if change <= 0 or change < -heat * math.log(1.0 - _draw(s.random)):
            s.counters[TAKEN] += 1
            s.counters[COST] += change
            if s.counters[COST] < s.counters[BEST]:
                _keep_best(g, s)
        else:
            _undo(g, s, touched, idle)
        for k in range(touched):
            s.is_touched[s.touched[k]] = False

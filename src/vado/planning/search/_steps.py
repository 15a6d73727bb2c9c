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
from vado.planning.search._lines import cut, get, is_sound, listed, measure, move, put, touch
from vado.planning.search._places import open_all, place, place_both

VERSIONS_MAX = (1 << 31) - (1 << 24)  # then all that is known is forgotten and counting starts again
# Weights of the orders in which jobs are put back: section 5.3 of the paper, and for windows (random, demand,
# far, close; length, start and end of the window).
ORDERS = 6  # in Ground.ranks: demand, far, close, window length, start, end
_WEIGHTS = (4.0, 4.0, 2.0, 1.0, 2.0, 2.0, 2.0)


@njit(**SMALL)
def _draw(w, o):
    """Draw from [0, 1): xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016)."""
    x = np.uint64(w[o.random])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    w[o.random] = np.int64(x)
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(**SMALL)
def _below(w, o, count):
    return min(int(_draw(w, o) * count), count - 1)


@njit(**OUTER)
def begin(m, w, o):
    """Make a start from what `line` and `length` hold; jobs that make a line unsound go idle with their mates."""
    w[o.counters + NEXT] = 1
    lengths = m[o.length : o.length + o.vehicles].copy()
    nodes = m[o.line : o.line + o.vehicles * o.width * FIELDS].copy()
    m[o.length : o.length + o.vehicles] = 0
    m[o.where : o.where + o.jobs] = -1
    open_all(m, w, o)
    total = 0
    for v in range(o.vehicles):
        size = 0
        for i in range(1, lengths[v] + 1):
            node = nodes[(v * o.width + i) * FIELDS + NODE]
            size += 1
            m[o.line + (v * o.width + size) * FIELDS + NODE] = node
            m[o.where + node] = v
        m[o.length + v] = size
        measure(m, w, o, v)
        listed(m, w, o, v)
    for v in range(o.vehicles):
        _settle(m, w, o, v, 1, 0)
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
    _keep_best(m, w, o)


@njit(**JIT)
def _settle(m, w, o, v, at, count):
    """Take more jobs out of a line until it is sound; give how many jobs are then to be put back.

    Without the triangle inequality a line may grow longer by a stop less. The first to go is the one after
    the seam, at position `at`.
    """
    while m[o.length + v] > 0 and not is_sound(m, w, o, v):
        size = m[o.length + v]
        here = min(max(at, 1), size)
        node = m[o.line + (v * o.width + here) * FIELDS + NODE]
        count = _take(m, w, o, v, here, 1, count)
        if m[o.mate + node] >= 0:
            count = _take_mate(m, w, o, v, node, count)
    listed(m, w, o, v)
    return count


@njit(**JIT)
def _take(m, w, o, v, at, number, count):
    """Cut jobs out and note their leads; mates stay, the caller sees to them."""
    for i in range(at, at + number):
        node = m[o.line + (v * o.width + i) * FIELDS + NODE]
        if m[o.lead + node]:
            m[o.todo + count] = node
            count += 1
    cut(m, w, o, v, at, number)
    return count


@njit(**JIT)
def _take_mate(m, w, o, v, node, count):
    """Cut the other half of a shipment out of the same line, where it is still on it."""
    mate = m[o.mate + node]
    if m[o.where + mate] == v:
        for i in range(1, m[o.length + v] + 1):
            if m[o.line + (v * o.width + i) * FIELDS + NODE] == mate:
                return _take(m, w, o, v, i, 1, count)
    return count


@njit(**JIT)
def _ruin(m, w, o, mean_cut, string_max, split, deeper):
    """Take strings out of lines near a random job; give how many jobs are out and how many lines touched."""
    on_lines = 0
    for k in range(w[o.counters + USED]):
        on_lines += m[o.length + m[o.used + k]]
    longest = min(float(string_max), on_lines / max(1, w[o.counters + USED]))
    strings = int(_draw(w, o) * (4.0 * mean_cut / (1.0 + longest) - 1.0) + 1.0)
    seed = _below(w, o, o.jobs)
    out, touched = 0, 0
    for k in range(o.near_count):
        if touched >= strings:
            break
        node = m[o.near + seed * o.near_count + k]
        v = m[o.where + node]
        if v < 0 or m[o.is_touched + v]:
            continue
        touched = touch(m, w, o, v, touched)
        size = m[o.length + v]
        number = min(size, int(_draw(w, o) * min(float(size), longest) + 1.0))
        at = 1
        while m[o.line + (v * o.width + at) * FIELDS + NODE] != node:
            at += 1
        # A split string leaves `stay` jobs inside it where they are.
        stay = 0
        if number < size and _draw(w, o) < split:
            stay = 1
            while number + stay < size and _draw(w, o) < deeper:
                stay += 1
        whole = number + stay
        low = max(1, at - whole + 1)
        high = min(at, size - whole + 1)
        begins = low + _below(w, o, high - low + 1)
        ahead = _below(w, o, number + 1) if stay > 0 else number
        if o.paired:
            out = _take_by_node(m, w, o, v, begins, ahead, stay, number - ahead, out)
        else:
            if number > ahead:
                out = _take(m, w, o, v, begins + ahead + stay, number - ahead, out)
            if ahead > 0:
                out = _take(m, w, o, v, begins, ahead, out)
        out = _settle(m, w, o, v, begins, out)
    return out, touched


@njit(**JIT)
def _take_by_node(m, w, o, v, begins, ahead, stay, behind, out):
    """Cut a string, split or not, with all mates of it; those shift positions, so job by job."""
    count = 0
    for i in range(begins, begins + ahead + stay + behind):
        if i < begins + ahead or i >= begins + ahead + stay:
            m[o.trial + count] = m[o.line + (v * o.width + i) * FIELDS + NODE]
            count += 1
    nodes = m[o.trial : o.trial + count].copy()
    for node in nodes:
        if m[o.where + node] == v:
            for i in range(1, m[o.length + v] + 1):
                if m[o.line + (v * o.width + i) * FIELDS + NODE] == node:
                    out = _take(m, w, o, v, i, 1, out)
                    break
            if m[o.mate + node] >= 0:
                out = _take_mate(m, w, o, v, node, out)
    return out


@njit(**JIT)
def _sort(m, w, o, count):
    """Sort what is to be put back in one of the orders, drawn by their weights."""
    u = _draw(w, o) * 17.0
    order = 0
    while order < ORDERS and u >= _WEIGHTS[order]:
        u -= _WEIGHTS[order]
        order += 1
    for i in range(count):
        node = m[o.todo + i]
        if order == 0:
            key = int(_draw(w, o) * 9007199254740992.0)
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
def _recreate(m, w, o, count, touched, blink, slack, stale, opens):
    """Put jobs back one by one, each where it costs least; give how many lines are touched.

    `opens`: the first gets a line of its own; with long lines that is never the cheapest for one job, and
    still may be for the ten after it.
    """
    vehicles = o.vehicles
    for k in range(count):
        node = m[o.todo + k]
        paired = m[o.mate + node] >= 0
        best, at, who = min(np.int64(NONE), w[o.price + node]), 0, -1
        # First the line it was last put on: most often that, or one as cheap, is where it goes.
        home = m[o.home + node]
        for q in range(-1, w[o.counters + USED]):
            v = home if q < 0 else get(m, o.used + q)
            if (q < 0 and (v < 0 or m[o.slot + v] < 0)) or (q >= 0 and v == home):
                continue
            row = (node * vehicles + v) * KNOWN
            if get(m, o.known + row + VERSION) != get(m, o.version + v):
                # What was far too dear not long before the line changed is not looked at again.
                before = get(m, o.known + row + COST_1)
                age = get(m, o.version + v) - get(m, o.known + row + VERSION)
                if before < NONE and before > 2 * best + slack and age < stale:
                    continue
                if paired:
                    place_both(m, w, o, v, node)
                else:
                    place(m, w, o, v, node)
            if get(m, o.known + row + COST_1) < best:
                if _draw(w, o) >= blink:
                    best, at, who = np.int64(m[o.known + row + COST_1]), m[o.known + row + AT_1], v
                elif m[o.known + row + COST_2] < best:
                    best, at, who = np.int64(m[o.known + row + COST_2]), m[o.known + row + AT_2], v
        if k == 0 and opens:
            best, who = min(np.int64(NONE), w[o.price + node]), -1
        for a in range(o.alikes):
            if (
                m[o.opening + a * o.jobs + node] < best
                and m[o.opened + a] < m[o.alike_at + a + 1] - m[o.alike_at + a]
            ):
                q = m[o.alike_at + a]
                while m[o.length + m[o.alike_order + q]] > 0:
                    q += 1
                best, at, who = np.int64(m[o.opening + a * o.jobs + node]), 0, m[o.alike_order + q]
        if who < 0:
            m[o.idle + w[o.counters + IDLE]] = node
            w[o.counters + IDLE] += 1
            continue
        touched = touch(m, w, o, who, touched)
        if paired:
            first, second = at // o.width, at % o.width
            put(m, w, o, who, node, first, 0)
            put(m, w, o, who, m[o.mate + node], second + 1, best)
        else:
            put(m, w, o, who, node, at, best)
        listed(m, w, o, who)
    return touched


@njit(**JIT)
def _is_same(m, o, touched):
    """Say whether the touched lines hold what they held."""
    for k in range(touched):
        v = m[o.touched + k]
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
        v = m[o.touched + k]
        for i in range(1, m[o.length + v] + 1):
            m[o.where + m[o.line + (v * o.width + i) * FIELDS + NODE]] = -1
    for k in range(touched):
        v = m[o.touched + k]
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
    w[o.counters + BEST] = w[o.counters + COST]
    for v in range(o.vehicles):
        m[o.best_length + v] = m[o.length + v]
        for i in range(1, m[o.length + v] + 1):
            m[o.best_node + v * o.width + i] = m[o.line + (v * o.width + i) * FIELDS + NODE]


@njit(**JIT)
def _choose_idle(m, w, o, tries, out):
    """Take up to `tries` of the idle, from a random one on, to be put back too; give how many are out."""
    idle = w[o.counters + IDLE]
    for k in range(idle):
        m[o.kept_idle + k] = m[o.idle + k]
    take = min(idle, tries)
    if take == 0:
        return out
    begins = _below(w, o, idle) if take < idle else 0
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


@njit(**OUTER)
def steps(m, w, o, count, heat, tries, mean_cut, string_max, split, deeper, blink, slack, stale, opening):
    """Do steps at one temperature. `tries`: how many of those on no line are tried in each."""
    for _ in range(count):
        if w[o.counters + NEXT] > VERSIONS_MAX:
            m[o.known : o.known + o.jobs * o.vehicles * KNOWN] = 0
            w[o.counters + NEXT] = 1
            for v in range(o.vehicles):
                m[o.version + v] = w[o.counters + NEXT]
                w[o.counters + NEXT] += 1
        idle = w[o.counters + IDLE]
        out, touched = _ruin(m, w, o, mean_cut, string_max, split, deeper)
        prices = 0
        for k in range(idle):
            prices -= w[o.price + m[o.idle + k]]
        out = _choose_idle(m, w, o, tries, out)
        _sort(m, w, o, out)
        touched = _recreate(m, w, o, out, touched, blink, slack, stale, _draw(w, o) < opening)
        for k in range(w[o.counters + IDLE]):
            prices += w[o.price + m[o.idle + k]]
        change = prices
        for k in range(touched):
            v = m[o.touched + k]
            change += w[o.cost + v] - w[o.kept_cost + v]
        w[o.counters + STEPS] += 1
        if change == 0 and _is_same(m, o, touched):
            # Nearly half of all steps put everything back where it was: what is known stays known.
            _undo(m, w, o, touched, idle)
        elif change <= 0 or change < -heat * math.log(1.0 - _draw(w, o)):
            w[o.counters + TAKEN] += 1
            w[o.counters + COST] += change
            if w[o.counters + COST] < w[o.counters + BEST]:
                _keep_best(m, w, o)
        else:
            _undo(m, w, o, touched, idle)
        for k in range(touched):
            m[o.is_touched + m[o.touched + k]] = False

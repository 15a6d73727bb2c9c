"""Kernels of ways: the usual ones as trees, and drives on the clock among closures.

Arrays in, arrays out. Links are in CSR form: node x's edges are `order[first[x]:first[x + 1]]`. The rows of
closures are sorted by edge, edge e's are `row_first[e]:row_first[e + 1]`; instants are milliseconds.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._heap import pop, push
from vado.network._jit import JIT

NEVER_MS = 1 << 60  # later than anything, far from overflow when durations are added
DM_BITS = 24  # a cost is milliseconds << 24 | decimetres: of equally fast ways the shortest, up to 1,677 km


@njit(**JIT)
def tree(first, order, other, cost, open_, starts):
    """Grow the cheapest ways from the starts: cost [N] and the edge each node came by, -1 where by none."""
    n = len(first) - 1
    best = np.full(n, NEVER_MS, np.int64)
    by = np.full(n, -1, np.int32)
    heap = np.empty((1024, 2), np.int64)
    size = 0
    for s in starts:
        if best[s] > 0:
            best[s] = 0
            heap = push(heap, size, 0, s)
            size += 1
    while size > 0:
        at, x = pop(heap, size)
        size -= 1
        if at > best[x]:
            continue
        for k in range(first[x], first[x + 1]):
            e = order[k]
            if open_[e]:
                y = other[e]
                there = at + cost[e]
                if there < best[y]:
                    best[y] = there
                    by[y] = e
                    heap = push(heap, size, there, y)
                    size += 1
    return best, by


@njit(**JIT)
def toward(first, order, other, cost, open_, start, goal, rest):
    """Find the cheapest way from a node to some goal: its edges, the start's own first; none where no way is.

    `rest` [N] never exceeds what is still to go, by as much at one end of an edge as its cost at the other.
    """
    n = len(first) - 1
    best = np.full(n, NEVER_MS, np.int64)
    by = np.full(n, -1, np.int32)
    came = np.full(n, -1, np.int32)
    heap = np.empty((1024, 2), np.int64)
    size = 0
    if rest[start] < NEVER_MS:
        best[start] = 0
        heap = push(heap, 0, rest[start], start)
        size = 1
    x = -1
    while size > 0:
        at, x = pop(heap, size)
        size -= 1
        if goal[x]:
            break
        if at <= best[x] + rest[x]:
            for k in range(first[x], first[x + 1]):
                e = order[k]
                y = other[e]
                if open_[e] and rest[y] < NEVER_MS:
                    there = best[x] + cost[e]
                    if there < best[y]:
                        best[y] = there
                        by[y] = e
                        came[y] = x
                        heap = push(heap, size, there + rest[y], y)
                        size += 1
        x = -1
    count = 0
    y = x
    while y >= 0 and by[y] >= 0:
        count += 1
        y = came[y]
    found = np.empty(count, np.int32)
    while count > 0:
        count -= 1
        found[count] = by[x]
        x = came[x]
    return found


@njit(**JIT)
def path(by, near, node):
    """Follow a tree from a node to its start: the edges, the node's own first."""
    count = 0
    x = node
    while by[x] >= 0:
        count += 1
        x = near[by[x]]
    found = np.empty(count, np.int32)
    x = node
    for i in range(count):
        found[i] = by[x]
        x = near[by[x]]
    return found


@njit(**JIT)
def leave(base_ms, row_first, row_start, row_end, row_factor, edge, enter_ms):
    """Say when an edge entered then is left; -1: it may not be driven then (`network.clock` has the rule)."""
    base = base_ms[edge]
    duration = base
    while True:
        factor = 1.0
        for k in range(row_first[edge], row_first[edge + 1]):
            if row_start[k] < enter_ms + duration and enter_ms < row_end[k] and row_factor[k] < factor:
                factor = row_factor[k]
        if factor <= 0.0:
            return np.int64(-1)
        longer = np.int64(np.ceil(base / factor))
        if longer <= duration:
            return enter_ms + duration
        duration = longer


@njit(**JIT)
def along_tree(towns, by, near, inward, base_ms, row_first, row_start, row_end, row_factor, at_ms):
    """Drive the usual way between each town and its start on the clock: True where it is open all the while.

    `near[e]` is the end of an edge that lies towards the start.
    """
    ok = np.zeros(len(towns), np.bool_)
    path = np.empty(len(by) + 1, np.int32)
    for t in range(len(towns)):
        size = 0
        x = towns[t]
        bound = False
        while by[x] >= 0:
            path[size] = by[x]
            bound = bound or row_first[by[x] + 1] > row_first[by[x]]
            size += 1
            x = near[by[x]]
        ok[t] = True
        if not bound:
            continue
        now = at_ms
        for i in range(size):
            e = path[size - 1 - i] if inward else path[i]
            now = leave(base_ms, row_first, row_start, row_end, row_factor, e, now)
            if now < 0:
                ok[t] = False
                break
    return ok


@njit(**JIT)
def search(
    first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, starts, at_ms, rest_ms,
    goal, wanted, best, touched,
):  # fmt: skip
    """Drive on the clock from all starts at once until `wanted` goals are settled; count the `touched`.

    `best` [N] must be NEVER_MS throughout; arrivals are written to it, and the nodes written to `touched`.
    Once an arrival is final it is noted as -1 - arrival. `rest_ms` [N] never exceeds the way still to go.
    """
    heap = np.empty((1024, 2), np.int64)
    size = 0
    written = 0
    for s in starts:
        if best[s] == NEVER_MS and rest_ms[s] < NEVER_MS:
            best[s] = at_ms
            touched[written] = s
            written += 1
            heap = push(heap, size, at_ms + rest_ms[s], s)
            size += 1
    while size > 0:
        _, x = pop(heap, size)
        size -= 1
        at = best[x]
        if at < 0:
            continue
        best[x] = -1 - at
        if goal[x]:
            wanted -= 1
            if wanted <= 0:
                break
        for k in range(first[x], first[x + 1]):
            e = order[k]
            y = head[e]
            if not open_[e] or best[y] < 0 or rest_ms[y] >= NEVER_MS:
                continue
            if row_first[e + 1] > row_first[e]:
                there = leave(base_ms, row_first, row_start, row_end, row_factor, e, at)
                if there < 0:
                    continue
            else:
                there = at + base_ms[e]
            if there < best[y]:
                if best[y] == NEVER_MS:
                    touched[written] = y
                    written += 1
                best[y] = there
                heap = push(heap, size, there + rest_ms[y], y)
                size += 1
    return written


@njit(**JIT)
def may_open(
    first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, rest_ms, best, touched,
    count, late_ms
):  # fmt: skip
    """Say whether who comes up to `late_ms` later than a search did might pass where it could not.

    The search has come to its end. Where no closure that it met ends in that time, later is never better.
    """
    for i in range(count):
        x = touched[i]
        at = -1 - best[x]
        for k in range(first[x], first[x + 1]):
            e = order[k]
            if not open_[e] or rest_ms[head[e]] >= NEVER_MS:
                continue
            ends = False
            for q in range(row_first[e], row_first[e + 1]):
                ends = ends or at < row_end[q] <= at + late_ms
            if not ends:
                continue
            if leave(base_ms, row_first, row_start, row_end, row_factor, e, at) != at + base_ms[e]:
                return True
    return False


@njit(**JIT)
def search_each(
    first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, towns, at_ms, rest_ms,
    goal, late_ms
):  # fmt: skip
    """Drive from each town on its own: does it get to some goal, and if not, might it if it came later?"""
    n = len(first) - 1
    best = np.full(n, NEVER_MS, np.int64)
    touched = np.empty(n, np.int32)
    ok = np.zeros(len(towns), np.bool_)
    later = np.zeros(len(towns), np.bool_)
    for t in range(len(towns)):
        count = search(
            first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, towns[t : t + 1],
            at_ms, rest_ms, goal, 1, best, touched,
        )  # fmt: skip
        for i in range(count):
            ok[t] = ok[t] or (goal[touched[i]] and best[touched[i]] < 0)
        if not ok[t]:
            later[t] = may_open(
                first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, rest_ms, best,
                touched, count, late_ms,
            )  # fmt: skip
        for i in range(count):
            best[touched[i]] = NEVER_MS
    return ok, later


@njit(**JIT)
def changing(edge, start_s, end_s, factor, from_s, until_s):
    """List, in no order, the instants inside a period at which some edge's factor changes; rows by edge."""
    found = np.empty(256, np.int64)
    count = 0
    seen = {np.int64(from_s)}  # so that its type is known
    i = 0
    while i < len(edge):
        j = i
        while j < len(edge) and edge[j] == edge[i]:
            j += 1
        for q in range(i, j):
            for side in range(2):
                b = start_s[q] if side == 0 else end_s[q]
                if b <= from_s or b >= until_s or b in seen:
                    continue
                before = 1.0
                after = 1.0
                for p in range(i, j):
                    if start_s[p] <= b - 1 and b - 1 < end_s[p]:
                        before = min(before, factor[p])
                    if start_s[p] <= b and b < end_s[p]:
                        after = min(after, factor[p])
                if before != after:
                    seen.add(b)
                    if count == len(found):
                        larger = np.empty(2 * count, np.int64)
                        larger[:count] = found
                        found = larger
                    found[count] = b
                    count += 1
        i = j
    return found[:count]

"""Kernels of reach: what leads where, in which pieces the roads hang together, when one gets through.

Arrays in, arrays out. Links are in CSR form: node x's edges are `order[first[x]:first[x + 1]]`. A closure's
rows are sorted by edge, edge e's are `row_first[e]:row_first[e + 1]`; instants are milliseconds. Refuses to
know what a hazard or a town is; a hazard here is a number that blocks.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_JIT = {"cache": True, "nogil": True}
NEVER_MS = 1 << 60  # later than anything, far from overflow when durations are added
DM_BITS = 24  # a cost is milliseconds << 24 | decimetres: of equally fast ways the shortest, up to 1,677 km


@njit(**_JIT)
def group(n, ends):
    """Sort edges by one of their ends: (first [n + 1], order [M])."""
    first = np.zeros(n + 1, np.int64)
    for e in range(len(ends)):
        first[ends[e] + 1] += 1
    for x in range(n):
        first[x + 1] += first[x]
    at = first[:-1].copy()
    order = np.empty(len(ends), np.int32)
    for e in range(len(ends)):
        order[at[ends[e]]] = e
        at[ends[e]] += 1
    return first, order


@njit(**_JIT)
def strong(first, order, head, open_):
    """Label the strongly connected parts by the edges that are open (Tarjan): ([N], how many)."""
    n = len(first) - 1
    label = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    at = np.empty(n, np.int64)
    stack = np.empty(n, np.int32)
    call = np.empty(n, np.int32)
    clock = 0
    height = 0
    parts = 0
    for root in range(n):
        if seen[root] >= 0:
            continue
        depth = 1
        call[0] = root
        seen[root] = low[root] = clock
        clock += 1
        at[root] = first[root]
        stack[height] = root
        height += 1
        while depth > 0:
            x = call[depth - 1]
            if at[x] < first[x + 1]:
                e = order[at[x]]
                at[x] += 1
                if not open_[e]:
                    continue
                y = head[e]
                if seen[y] < 0:
                    seen[y] = low[y] = clock
                    clock += 1
                    at[y] = first[y]
                    stack[height] = y
                    height += 1
                    call[depth] = y
                    depth += 1
                elif label[y] < 0 and seen[y] < low[x]:
                    low[x] = seen[y]
                continue
            depth -= 1
            if depth > 0 and low[x] < low[call[depth - 1]]:
                low[call[depth - 1]] = low[x]
            if low[x] == seen[x]:
                while True:
                    height -= 1
                    label[stack[height]] = parts
                    if stack[height] == x:
                        break
                parts += 1
    return label, parts


@njit(**_JIT)
def links_between(label, tail, head, open_, need):
    """List what leads from one piece to another: (from, to, need), each once.

    `need[e]` is -1 where the edge needs nothing lifted. Of two links between the same pieces the one that
    needs nothing makes the others needless.
    """
    count = 0
    for e in range(len(tail)):
        if open_[e] and label[tail[e]] != label[head[e]]:
            count += 1
    at = np.empty(count, np.int32)
    key = np.empty(count, np.int64)
    k = 0
    for e in range(len(tail)):
        if open_[e] and label[tail[e]] != label[head[e]]:
            at[k] = e
            key[k] = (np.int64(label[tail[e]]) << 32) | np.int64(label[head[e]])
            k += 1
    order = np.argsort(key)
    source = np.empty(count, np.int32)
    target = np.empty(count, np.int32)
    needs = np.empty(count, np.int32)
    k = 0
    i = 0
    while i < count:
        j = i
        free = False
        while j < count and key[order[j]] == key[order[i]]:
            free = free or need[at[order[j]]] < 0
            j += 1
        start = k
        for q in range(i, j):
            e = at[order[q]]
            if free and k > start:
                break
            this = -1 if free else need[e]
            known = False
            for p in range(start, k):
                known = known or needs[p] == this
            if not known:
                source[k] = label[tail[e]]
                target[k] = label[head[e]]
                needs[k] = this
                k += 1
        i = j
    return source[:k], target[:k], needs[:k]


@njit(**_JIT)
def spread(first, order, other, need, need_first, need_hazard, blocking, starts):
    """Mark what the starts lead to: a link is passed when no hazard it needs lifted is blocking."""
    n = len(first) - 1
    passed = np.zeros(len(need_first), np.bool_)  # one more than there are needs: need -1 is the last
    passed[-1] = True
    for q in range(len(need_first) - 1):
        passed[q] = True
        for i in range(need_first[q], need_first[q + 1]):
            if blocking[need_hazard[i]]:
                passed[q] = False
                break
    marked = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int32)
    size = 0
    for s in starts:
        if not marked[s]:
            marked[s] = True
            stack[size] = s
            size += 1
    while size > 0:
        size -= 1
        x = stack[size]
        for k in range(first[x], first[x + 1]):
            y = other[order[k]]
            if not marked[y] and passed[need[order[k]]]:
                marked[y] = True
                stack[size] = y
                size += 1
    return marked


@njit(**_JIT)
def rim(first, order, other, need, marked, useful, n_needs):
    """Mark the needs of links that lead from what is marked to something useful that is not."""
    found = np.zeros(n_needs, np.bool_)
    for x in range(len(first) - 1):
        if marked[x]:
            for k in range(first[x], first[x + 1]):
                y = other[order[k]]
                if not marked[y] and useful[y] and need[order[k]] >= 0:
                    found[need[order[k]]] = True
    return found


@njit(**_JIT)
def layers(first, order, other, need, need_first, need_hazard, blocking, starts, goal, useful):
    """Count hazards that must be lifted at least to reach a piece; -1 when no lifting helps.

    All that stands at the rim of what is reached is lifted at once, again and again. Whoever gets through
    must lift at least the fewest of one way through each rim, and no hazard stands at two of them.
    """
    blocked = blocking.copy()
    count = 0
    while True:
        marked = spread(first, order, other, need, need_first, need_hazard, blocked, starts)
        if marked[goal]:
            return count
        at_rim = rim(first, order, other, need, marked, useful, len(need_first) - 1)
        fewest = -1
        for q in range(len(at_rim)):
            if at_rim[q]:
                asks = 0
                for i in range(need_first[q], need_first[q + 1]):
                    if blocked[need_hazard[i]]:
                        asks += 1
                if fewest < 0 or asks < fewest:
                    fewest = asks
        if fewest < 0:
            return -1
        count += fewest
        for q in range(len(at_rim)):
            if at_rim[q]:
                for i in range(need_first[q], need_first[q + 1]):
                    blocked[need_hazard[i]] = False


@njit(**_JIT)
def _push(heap, size, cost, node):
    if size >= len(heap):
        larger = np.empty((2 * len(heap), 2), np.int64)
        larger[:size] = heap
        heap = larger
    i = size
    while i > 0:
        p = (i - 1) >> 1
        if heap[p, 0] <= cost:
            break
        heap[i, 0] = heap[p, 0]
        heap[i, 1] = heap[p, 1]
        i = p
    heap[i, 0] = cost
    heap[i, 1] = node
    return heap


@njit(**_JIT)
def _pop(heap, size):
    """Take the least out of a heap of `size` entries, which then has one less."""
    cost = heap[0, 0]
    node = heap[0, 1]
    size -= 1
    i = 0
    while True:
        c = 2 * i + 1
        if c >= size:
            break
        if c + 1 < size and heap[c + 1, 0] < heap[c, 0]:
            c += 1
        if heap[size, 0] <= heap[c, 0]:
            break
        heap[i, 0] = heap[c, 0]
        heap[i, 1] = heap[c, 1]
        i = c
    heap[i, 0] = heap[size, 0]
    heap[i, 1] = heap[size, 1]
    return cost, node


@njit(**_JIT)
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
            heap = _push(heap, size, 0, s)
            size += 1
    while size > 0:
        at, x = _pop(heap, size)
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
                    heap = _push(heap, size, there, y)
                    size += 1
    return best, by


@njit(**_JIT)
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


@njit(**_JIT)
def leave(base_ms, row_first, row_start, row_end, row_factor, edge, enter_ms):
    """Say when an edge entered then is left; -1 when it may not be driven then (`network.clock` has the rule)."""
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


@njit(**_JIT)
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


@njit(**_JIT)
def search(
    first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, starts, at_ms, rest_ms,
    goal, wanted, best, touched,
):  # fmt: skip
    """Drive on the clock from all starts at once until `wanted` goals are settled; gives the count of `touched`.

    `best` [N] must be NEVER_MS throughout; arrivals are written to it, and the nodes written to `touched`.
    A goal is settled when its arrival is final, which is noted as -1 - arrival. `rest_ms` [N] never exceeds the
    way still to go.
    """
    heap = np.empty((1024, 2), np.int64)
    size = 0
    written = 0
    for s in starts:
        if best[s] == NEVER_MS and rest_ms[s] < NEVER_MS:
            best[s] = at_ms
            touched[written] = s
            written += 1
            heap = _push(heap, size, at_ms + rest_ms[s], s)
            size += 1
    while size > 0:
        _, x = _pop(heap, size)
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
                heap = _push(heap, size, there + rest_ms[y], y)
                size += 1
    return written


@njit(**_JIT)
def search_each(
    first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, towns, at_ms, rest_ms, goal
):  # fmt: skip
    """Drive from each town on its own: True where some goal is got to."""
    n = len(first) - 1
    best = np.full(n, NEVER_MS, np.int64)
    touched = np.empty(n, np.int32)
    ok = np.zeros(len(towns), np.bool_)
    for t in range(len(towns)):
        count = search(
            first, order, head, open_, base_ms, row_first, row_start, row_end, row_factor, towns[t : t + 1], at_ms,
            rest_ms, goal, 1, best, touched,
        )  # fmt: skip
        for i in range(count):
            ok[t] = ok[t] or (goal[touched[i]] and best[touched[i]] < 0)
            best[touched[i]] = NEVER_MS
    return ok


@njit(**_JIT)
def changing(edge, start_s, end_s, factor, from_s, until_s):
    """List, in no order, the instants inside a period at which some edge's factor changes; rows by edge."""
    found = np.empty(256, np.int64)
    count = 0
    seen = set([np.int64(0)])
    seen.clear()
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


@njit(**_JIT)
def dominators(first, order, head, back_first, back_order, tail, open_, starts):
    """Find for each node the one edge by which every way from the starts enters it, -1 where ways differ.

    With it goes the nearest node that every way there passes (-2: not reached; -1: only the starts
    themselves). Immediate dominators after Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm"
    (2001); an edge is on every way into y when all others that enter y come from beyond y.
    """
    n = len(first) - 1
    root = n
    number = np.full(n + 1, -1, np.int32)  # postorder
    node_of = np.empty(n + 1, np.int32)
    at = first[:-1].copy()
    seen = np.zeros(n, np.bool_)
    is_start = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int32)
    clock = 0
    for s in starts:
        is_start[s] = True
    for s in starts:
        if seen[s]:
            continue
        seen[s] = True
        stack[0] = s
        depth = 1
        while depth > 0:
            x = stack[depth - 1]
            if at[x] < first[x + 1]:
                e = order[at[x]]
                at[x] += 1
                if open_[e] and not seen[head[e]]:
                    seen[head[e]] = True
                    stack[depth] = head[e]
                    depth += 1
                continue
            depth -= 1
            number[x] = clock
            node_of[clock] = x
            clock += 1
    number[root] = clock
    node_of[clock] = root
    above = np.full(n + 1, -2, np.int32)
    above[root] = root
    changed = True
    while changed:
        changed = False
        for c in range(clock - 1, -1, -1):
            x = node_of[c]
            new = -1
            if is_start[x]:
                new = root
            for k in range(back_first[x], back_first[x + 1]):
                e = back_order[k]
                a = tail[e]
                if not open_[e] or above[a] < 0:
                    continue
                if new < 0:
                    new = a
                    continue
                b = new
                while a != b:
                    while number[a] < number[b]:
                        a = above[a]
                    while number[b] < number[a]:
                        b = above[b]
                new = a
            if above[x] != new:
                above[x] = new
                changed = True
    # Who lies below whom: entry and exit times of the dominator tree, by parents before children.
    by = np.full(n, -1, np.int32)
    for c in range(clock):
        x = node_of[c]
        if is_start[x] or above[x] == root:
            continue
        only = -1
        several = False
        for k in range(back_first[x], back_first[x + 1]):
            e = back_order[k]
            a = tail[e]
            if not open_[e] or above[a] < 0:
                continue
            while number[a] < number[x]:  # climb until at x or above it
                a = above[a]
            if a == x:
                continue  # comes from beyond x
            if only >= 0:
                several = True
                break
            only = e
        if not several:
            by[x] = only
    result = above[:n].copy()
    for x in range(n):
        if result[x] == root:
            result[x] = -1
    return result, by


@njit(**_JIT)
def last_edges(towns, above, by, usual_above, usual_by, weight):
    """Find for each town the heaviest edge on every way there that is not on every usual way; -1: none."""
    on_usual = np.full(len(weight), -1, np.int32)
    found = np.full(len(towns), -1, np.int32)
    for t in range(len(towns)):
        x = towns[t]
        if above[x] == -2:
            continue
        while x >= 0:
            if usual_by[x] >= 0:
                on_usual[usual_by[x]] = t
            x = usual_above[x]
        x = towns[t]
        while x >= 0:
            e = by[x]
            if e >= 0 and on_usual[e] != t and (found[t] < 0 or weight[e] > weight[found[t]]):
                found[t] = e
            x = above[x]
    return found

"""Kernels of reach: in which pieces roads hang together, what leads where, what hazards are in the way.

Arrays in, arrays out. Links are in CSR form: node x's edges are `order[first[x]:first[x + 1]]`, and `other`
is where each leads. Refuses to know what a hazard or a town is; a hazard here is a number that blocks.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._csr import group
from vado.network._jit import JIT


@njit(**JIT)
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


@njit(**JIT)
def links_between(label, tail, head, open_, need):
    """List what leads from one piece to another: (from, to, need), each once.

    `need[e]` is -1 where the edge needs nothing lifted. Of two links between the same pieces the one that
    needs nothing makes the others needless.
    """
    n = 0
    for x in range(len(label)):
        n = max(n, label[x] + 1)
    count = 0
    at = np.empty(len(tail), np.int32)
    for e in range(len(tail)):
        if open_[e] and label[tail[e]] != label[head[e]]:
            at[count] = e
            count += 1
    at = at[:count]
    at = at[group(n, label[head[at]])[1]]  # sorted by where they lead to, then by where from
    at = at[group(n, label[tail[at]])[1]]
    source = np.empty(count, np.int32)
    target = np.empty(count, np.int32)
    needs = np.empty(count, np.int32)
    k = 0
    i = 0
    while i < count:
        j = i
        free = False
        a = label[tail[at[i]]]
        b = label[head[at[i]]]
        while j < count and label[tail[at[j]]] == a and label[head[at[j]]] == b:
            free = free or need[at[j]] < 0
            j += 1
        start = k
        for q in range(i, j):
            e = at[q]
            if free and k > start:
                break
            this = -1 if free else need[e]
            known = False
            for p in range(start, k):
                known = known or needs[p] == this
            if not known:
                source[k] = a
                target[k] = b
                needs[k] = this
                k += 1
        i = j
    return source[:k], target[:k], needs[:k]


@njit(**JIT)
def same_sets(begin, member):
    """Number the sets of some rows, `member[begin[i]:begin[i + 1]]`, sorted: (number [n], a row of each)."""
    n = len(begin) - 1
    mask = 1
    while mask < 2 * n:
        mask *= 2
    mask -= 1
    slot = np.full(mask + 1, -1, np.int32)
    number = np.empty(n, np.int32)
    row = np.empty(n, np.int32)
    count = 0
    for i in range(n):
        size = begin[i + 1] - begin[i]
        h = np.int64(size)
        for k in range(begin[i], begin[i + 1]):
            h = (h * 1_000_003 + member[k]) & 0x7FFF_FFFF_FFFF
            h ^= h >> 17
        at = h & mask
        while slot[at] >= 0:
            j = row[slot[at]]
            same = begin[j + 1] - begin[j] == size
            k = 0
            while same and k < size:
                same = member[begin[j] + k] == member[begin[i] + k]
                k += 1
            if same:
                break
            at = (at + 1) & mask
        if slot[at] < 0:
            slot[at] = count
            row[count] = i
            count += 1
        number[i] = slot[at]
    return number, row[:count].copy()


@njit(**JIT)
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


@njit(**JIT)
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


@njit(**JIT)
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

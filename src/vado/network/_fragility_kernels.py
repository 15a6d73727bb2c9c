"""Kernels of fragility: which one segment, and which two together, every way to a node comes by.

Arrays in, arrays out. Links are in CSR form as in `_forced_kernels`; `segment` [M] numbers what is shut
together. A way in is looked for along the links, a way out by handing the links over turned round.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

_NEVER = 2**30


@njit(**JIT)
def entries(above, back_first, back_order, tail, open_, segment, starts):
    """Find for each node the one segment it is entered by, -1 where there are several: ([N], size [N]).

    `above` [N] is the dominator tree, -1 below the root, -2 not reached. Entered means from a node that is
    not itself reached by this one only. Size counts what is reached by a node only, itself included.
    """
    n = len(above)
    below = np.zeros(n + 2, np.int64)
    for x in range(n):
        if above[x] != -2:
            below[(above[x] if above[x] >= 0 else n) + 1] += 1
    for x in range(n + 1):
        below[x + 1] += below[x]
    child = np.empty(below[n + 1], np.int32)
    at = below[:-1].copy()
    for x in range(n):
        if above[x] != -2:
            p = above[x] if above[x] >= 0 else n
            child[at[p]] = x
            at[p] += 1
    enter = np.full(n + 1, -1, np.int32)
    found = np.empty(len(child) + 1, np.int32)
    stack = np.empty(len(child) + 1, np.int32)
    stack[0] = n
    depth, count = 1, 0
    while depth > 0:
        depth -= 1
        x = stack[depth]
        enter[x] = count
        found[count] = x
        count += 1
        for k in range(below[x], below[x + 1]):
            stack[depth] = child[k]
            depth += 1
    size = np.ones(n + 1, np.int32)
    for k in range(count - 1, 0, -1):
        x = found[k]
        size[above[x] if above[x] >= 0 else n] += size[x]
    by = np.full(n, -1, np.int32)
    is_start = np.zeros(n, np.bool_)
    for s in starts:
        is_start[s] = True
    for k in range(1, count):
        x = found[k]
        if is_start[x]:
            continue
        only = -1
        for j in range(back_first[x], back_first[x + 1]):
            e = back_order[j]
            v = tail[e]
            if not open_[e] or above[v] == -2 or enter[x] <= enter[v] < enter[x] + size[x]:
                continue
            if only >= 0 and segment[e] != only:
                only = -2
                break
            only = segment[e]
        if only >= 0:
            by[x] = only
    return by, size[:n]


@njit(**JIT)
def chains(targets, above, by):
    """List (number of the target, segment) for all segments that every way to a target comes by."""
    total = 0
    for t in range(len(targets)):
        x = targets[t]
        while x >= 0 and above[x] != -2:
            total += by[x] >= 0
            x = above[x]
    rows = np.empty((total, 2), np.int32)
    count = 0
    for t in range(len(targets)):
        x = targets[t]
        while x >= 0 and above[x] != -2:
            if by[x] >= 0:
                rows[count, 0], rows[count, 1] = t, by[x]
                count += 1
            x = above[x]
    return rows


@njit(**JIT)
def tried(first, order, head, tail, open_, segment, shut, starts, targets):
    """List the same for some segments by shutting each of them: those that dominators cannot speak for.

    Only those are tried that one way to a target comes by, whichever way that is.
    """
    n = len(first) - 1
    marked = np.full(n, -1, np.int32)
    by = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    on_way = np.zeros(len(segment), np.bool_)
    lost = np.zeros((len(shut), len(targets)), np.bool_)
    for k in range(-1, len(shut)):
        if k >= 0 and not on_way[shut[k]]:
            continue
        done, got = 0, 0
        for s in starts:
            if marked[s] != k + 1:
                marked[s] = k + 1
                stack[got] = s
                got += 1
        while done < got:
            x = stack[done]
            done += 1
            for j in range(first[x], first[x + 1]):
                e = order[j]
                y = head[e]
                if open_[e] and marked[y] != k + 1 and (k < 0 or segment[e] != shut[k]):
                    marked[y] = k + 1
                    stack[got] = y
                    got += 1
                    if k < 0:
                        by[y] = e
        if k < 0:
            for x in targets:
                while x >= 0 and by[x] >= 0:
                    on_way[segment[by[x]]] = True
                    x = tail[by[x]]
            continue
        for t in range(len(targets)):
            x = targets[t]
            lost[k, t] = x >= 0 and marked[x] >= 0 and marked[x] != k + 1
    rows = np.empty((lost.sum(), 2), np.int32)
    count = 0
    for k in range(len(shut)):
        for t in range(len(targets)):
            if lost[k, t]:
                rows[count, 0], rows[count, 1] = t, shut[k]
                count += 1
    return rows


@njit(**JIT)
def _augment(
    first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, target, by, queue
):
    """Send one more unit to the target where there is a way left; `by` is scratch [N]."""
    by[:] = -1
    got = 0
    for s in starts:
        if by[s] == -1:
            by[s] = _NEVER
            queue[got] = s
            got += 1
    done = 0
    while done < got and by[target] == -1:
        x = queue[done]
        done += 1
        for k in range(first[x], first[x + 1]):
            e = order[k]
            y = head[e]
            if open_[e] and by[y] == -1 and not (narrow[e] and flow[e] > 0):
                by[y] = e
                queue[got] = y
                got += 1
        for k in range(back_first[x], back_first[x + 1]):
            e = back_order[k]
            y = tail[e]
            if flow[e] > 0 and by[y] == -1:
                by[y] = -2 - e
                queue[got] = y
                got += 1
    if by[target] == -1:
        return False
    x = target
    while by[x] != _NEVER:
        if by[x] >= 0:
            flow[by[x]] += 1
            x = tail[by[x]]
        else:
            e = -2 - by[x]
            flow[e] -= 1
            x = head[e]
    return True


@njit(**JIT)
def _path(back_first, back_order, tail, narrow, left, is_start, target):
    """Take one unit out of a flow: its narrow edges in driving order."""
    found = np.empty(len(tail), np.int32)
    count = 0
    x = target
    while not is_start[x]:
        used = -1
        for k in range(back_first[x], back_first[x + 1]):
            if left[back_order[k]] > 0:
                used = back_order[k]
                break
        if used < 0:
            break
        left[used] -= 1
        if narrow[used]:
            found[count] = used
            count += 1
        x = tail[used]
    return found[:count][::-1].copy()


@njit(**JIT)
def _when(first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, path, mark, stack):
    """Mark each node with the first edge of a path whose tail leads to it in what the flow leaves open."""
    mark[:] = _NEVER
    for i in range(-1, len(path)):
        depth = 0
        if i < 0:
            for s in starts:
                if mark[s] == _NEVER:
                    mark[s] = i
                    stack[depth] = s
                    depth += 1
        elif mark[tail[path[i]]] == _NEVER:
            mark[tail[path[i]]] = i
            stack[depth] = tail[path[i]]
            depth += 1
        while depth > 0:
            depth -= 1
            x = stack[depth]
            for k in range(first[x], first[x + 1]):
                e = order[k]
                y = head[e]
                if open_[e] and mark[y] == _NEVER and not (narrow[e] and flow[e] > 0):
                    mark[y] = i
                    stack[depth] = y
                    depth += 1
            for k in range(back_first[x], back_first[x + 1]):
                e = back_order[k]
                y = tail[e]
                if flow[e] > 0 and mark[y] == _NEVER:
                    mark[y] = i
                    stack[depth] = y
                    depth += 1


@njit(**JIT)
def two_cuts(first, order, head, back_first, back_order, tail, open_, narrow, starts, target, limit):
    """List all pairs of narrow edges without which nothing leads from the starts to the target.

    Gives (edges [C, 2], how many there are, the narrow edges of two ways that share none); there are none
    where three ways share none. Two units
    are sent (Ford, Fulkerson); every smallest cut takes one edge of each unit's path, and a pair is a cut
    when what the residual graph leads to from their tails holds neither of their heads (Picard, Queyranne,
    "On the structure of all minimum cuts in a network", 1980).
    """
    n = len(first) - 1
    flow = np.zeros(len(head), np.int8)
    by = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    none = np.empty((0, 2), np.int32)
    nothing = np.empty(0, np.int32)
    is_start = np.zeros(n, np.bool_)
    for s in starts:
        is_start[s] = True
    if is_start[target]:
        return none, 0, nothing, nothing
    for _ in range(2):
        if not _augment(
            first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, target, by, queue
        ):
            return none, 0, nothing, nothing
    left = flow.copy()
    one = _path(back_first, back_order, tail, narrow, left, is_start, target)
    two = _path(back_first, back_order, tail, narrow, left, is_start, target)
    if _augment(
        first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, target, by, queue
    ):
        return none, 0, one, two
    mark_one = np.empty(n, np.int32)
    mark_two = np.empty(n, np.int32)
    _when(first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, one, mark_one, queue)
    _when(first, order, head, back_first, back_order, tail, open_, narrow, flow, starts, two, mark_two, queue)
    rows = np.empty((limit, 2), np.int32)
    count = 0
    for i in range(len(one)):
        a = head[one[i]]
        if mark_one[a] <= i:
            continue
        for j in range(len(two)):
            b = head[two[j]]
            if mark_two[b] > j and mark_two[a] > j and mark_one[b] > i:
                if count < limit:
                    rows[count, 0], rows[count, 1] = one[i], two[j]
                count += 1
    return rows[: min(count, limit)].copy(), count, one, two

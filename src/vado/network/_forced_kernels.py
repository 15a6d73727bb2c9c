"""Kernels of what cannot be gone around: the node and the edge that every way comes by.

Arrays in, arrays out. Links are in CSR form: node x's edges are `order[first[x]:first[x + 1]]`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._heap import pop, push
from vado.network._jit import JIT

NEVER = 1 << 60  # more than any cost


@njit(**JIT)
def _walk(first, order, head, open_, starts):
    """Number what the starts lead to in the order a depth-first walk finds it; 0 is a root above them.

    Gives (number [N] or -1, node [C], parent's number [C], how many).
    """
    n = len(first) - 1
    number = np.full(n, -1, np.int32)
    node = np.full(n + 1, -1, np.int32)
    parent = np.zeros(n + 1, np.int32)
    at = first[:-1].copy()
    stack = np.empty(n, np.int32)
    count = 1
    for s in starts:
        if number[s] >= 0:
            continue
        number[s] = count
        node[count] = s
        count += 1
        stack[0] = s
        depth = 1
        while depth > 0:
            x = stack[depth - 1]
            if at[x] >= first[x + 1]:
                depth -= 1
                continue
            e = order[at[x]]
            at[x] += 1
            y = head[e]
            if open_[e] and number[y] < 0:
                number[y] = count
                node[count] = y
                parent[count] = number[x]
                count += 1
                stack[depth] = y
                depth += 1
    return number, node, parent, count


@njit(**JIT)
def dominators(first, order, head, back_first, back_order, tail, open_, starts):
    """Find for each node the node and the edge that every way from the starts comes by last: above, by [N].

    Above: -2 not reached, -1 nothing but the start itself; by: -1 where ways differ. Immediate dominators by
    Semi-NCA: Georgiadis, Tarjan, Werneck, "Finding Dominators in Practice", JGAA 10 (2006). An edge is on
    every way into y when all others that enter y come from where one only gets by y.
    """
    n = len(first) - 1
    number, node, parent, count = _walk(first, order, head, open_, starts)
    is_start = np.zeros(n, np.bool_)
    for s in starts:
        is_start[s] = True
    semi = np.arange(count).astype(np.int32)
    label = semi.copy()
    forest = np.full(count, -1, np.int32)  # linked part of the walk's tree, compressed as it is asked
    stack = np.empty(count, np.int32)
    for w in range(count - 1, 0, -1):
        x = node[w]
        if is_start[x]:
            semi[w] = 0
        for k in range(back_first[x], back_first[x + 1]):
            e = back_order[k]
            if not open_[e] or number[tail[e]] < 0:
                continue
            v = number[tail[e]]
            if forest[v] >= 0:  # the least of the path above v, which is then made short
                depth = 0
                u = v
                while forest[forest[u]] >= 0:
                    stack[depth] = u
                    depth += 1
                    u = forest[u]
                while depth > 0:
                    depth -= 1
                    y = stack[depth]
                    if semi[label[forest[y]]] < semi[label[y]]:
                        label[y] = label[forest[y]]
                    forest[y] = forest[forest[y]]
            if semi[label[v]] < semi[w]:
                semi[w] = semi[label[v]]
        forest[w] = parent[w]
    above = parent[:count].copy()
    for w in range(1, count):
        while above[w] > semi[w]:
            above[w] = above[above[w]]
    size = np.ones(count, np.int32)
    for w in range(count - 1, 0, -1):
        size[above[w]] += size[w]
    enter = np.zeros(count, np.int32)  # what is reached only by w is enter[w] to enter[w] + size[w]
    free = np.ones(count, np.int32)
    for w in range(1, count):
        enter[w] = enter[above[w]] + free[above[w]]
        free[above[w]] += size[w]
    nodes_above = np.full(n, -2, np.int32)
    by = np.full(n, -1, np.int32)
    for w in range(1, count):
        x = node[w]
        nodes_above[x] = node[above[w]]
        if above[w] == 0:
            continue
        only = -1
        for k in range(back_first[x], back_first[x + 1]):
            e = back_order[k]
            if not open_[e] or number[tail[e]] < 0:
                continue
            v = number[tail[e]]
            if enter[w] <= enter[v] < enter[w] + size[w]:
                continue
            if only >= 0:
                only = -2
                break
            only = e
        if only >= 0:
            by[x] = only
    return nodes_above, by


@njit(**JIT)
def two_ways(towns, first, order, far, near, cost, open_, rest, by, above, forced_by, is_start):
    """List each town's edges of two ways that share only what cannot be gone around: (first [T + 1], edges).

    `by` and `rest` [N] are the cheapest way of each node and its cost, `far` the end of an edge towards the
    start; `above` and `forced_by` are what `dominators` gave for the same starts and open edges. As long as
    none of a town's edges shuts, nothing new is on every way there. A second unit of flow is sent around the
    first way (Ford, Fulkerson), what cannot be gone around counting twice. Nothing for what is not reached;
    [-1] where a second way was not found.
    """
    n = len(first) - 1
    best = np.full(n, NEVER, np.int64)
    came = np.full(n, -1, np.int32)
    arc = np.full(n, -1, np.int64)  # the edge by which it was come to; against its direction: -2 - edge
    onward = np.full(n, -1, np.int32)  # the edge of the first way that goes on from a node to the town
    state = np.zeros(len(cost), np.int8)  # 1 on the first way, 2 and cannot be gone around, 3 added
    touched = np.empty(n, np.int32)
    heap = np.empty((1024, 2), np.int64)
    begin = np.zeros(len(towns) + 1, np.int64)
    found = np.empty(1024, np.int32)
    count = 0
    for t in range(len(towns)):
        town = towns[t]
        if above[town] == -2 or by[town] < 0:
            begin[t + 1] = count
            continue
        x = town
        while x >= 0:
            if forced_by[x] >= 0:
                state[forced_by[x]] = 2
            x = above[x]
        x = town
        length = 0
        while by[x] >= 0:
            e = by[x]
            if state[e] == 0:
                state[e] = 1
            x = far[e]
            onward[x] = e
            length += 1
        best[town] = 0
        touched[0] = town
        n_touched = 1
        heap = push(heap, 0, rest[town], town)
        size = 1
        end = -1
        while size > 0:
            at, x = pop(heap, size)
            size -= 1
            if is_start[x]:
                end = x
                break
            if at > best[x] + rest[x]:
                continue
            last = first[x + 1]
            for k in range(first[x], last + 1):
                if k < last:
                    e = order[k]
                    y = far[e]
                    there = best[x] + cost[e]
                    via = np.int64(e)
                    if not open_[e] or state[e] == 1 or rest[y] >= NEVER:
                        continue
                else:
                    e = onward[x]
                    if e < 0:
                        continue
                    y = near[e]
                    there = best[x]
                    via = np.int64(-2 - e)
                if there < best[y]:
                    if best[y] == NEVER:
                        touched[n_touched] = y
                        n_touched += 1
                    best[y] = there
                    came[y] = x
                    arc[y] = via
                    heap = push(heap, size, there + rest[y], y)
                    size += 1
        if count + length + n_touched + 1 > len(found):
            larger = np.empty(2 * (count + length + n_touched + 1), np.int32)
            larger[:count] = found[:count]
            found = larger
        if end < 0:
            found[count] = -1
            count += 1
        else:
            x = end
            while x != town:
                if arc[x] < 0:
                    if state[-2 - arc[x]] == 1:
                        state[-2 - arc[x]] = 0
                elif state[arc[x]] == 0:
                    found[count] = arc[x]
                    count += 1
                x = came[x]
        x = town
        while by[x] >= 0:
            e = by[x]
            if state[e] != 0 and end >= 0:
                found[count] = e
                count += 1
            state[e] = 0
            x = far[e]
            onward[x] = -1
        for i in range(n_touched):
            best[touched[i]] = NEVER
        begin[t + 1] = count
    return begin, found[:count].copy()


@njit(**JIT)
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

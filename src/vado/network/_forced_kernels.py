"""Kernels of what cannot be gone around: the node and the edge that every way comes by.

Arrays in, arrays out. Links are in CSR form: node x's edges are `order[first[x]:first[x + 1]]`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT


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

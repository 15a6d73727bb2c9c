"""Kernels of detours: who comes too early to a road that opens, may they drive about until then?

Arrays in, arrays out. Closures and instants are those of `network._clock_kernels`, edges at a node those of
`network._search_kernels`. Refuses to know towns.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._clock_kernels import ANY_MS, NEVER_MS
from vado.network._departure_kernels import covered, longer, spans
from vado.network._heap import pop, push
from vado.network._jit import JIT
from vado.network._way_kernels import DM_BITS
from vado.network._way_kernels import NEVER_MS as UNKNOWN_MS


@njit(**JIT)
def in_time(
    in_first, in_edge, in_from, base, first, start, end, factor, soonest, late, goals, is_start, at, most
):  # fmt: skip
    """Say whether who is at a start at `at` gets to a goal without a wait: (does, whether that is proven).

    `soonest` [N] is the arrival of who may wait at every junction, ANY_MS where there is none. Drives are
    looked for that come to no node more than `late` ms after it, circles included. Searched backwards: for
    each node the instants from which one gets to a goal, as intervals; those that need least lateness first.
    Gives up, unproven, after `most` intervals.
    """
    n = len(in_first) - 1
    head = np.full(n, -1, np.int32)
    room = 1024
    node = np.empty(room, np.int32)
    lo = np.empty(room, np.int64)
    hi = np.empty(room, np.int64)
    cover_lo = np.empty(room, np.int64)
    cover_hi = np.empty(room, np.int64)
    cover_next = np.empty(room, np.int32)
    heap = np.empty((room, 2), np.int64)
    widest = 0
    for e in range(len(base)):
        widest = max(widest, first[e + 1] - first[e])
    begin = np.empty((widest + 2) ** 2, np.int64)
    took = np.empty((widest + 2) ** 2, np.int64)
    labels = 0
    covers = 0
    size = 0
    for g in goals:
        if soonest[g] < ANY_MS:
            if labels == len(node):
                node = longer(node, labels)
                lo = longer(lo, labels)
                hi = longer(hi, labels)
            node[labels] = g
            lo[labels] = soonest[g]
            hi[labels] = soonest[g] + late
            heap = push(heap, size, 0, labels)
            size += 1
            labels += 1
    while size > 0:
        _, label = pop(heap, size)
        size -= 1
        x = node[label]
        low = lo[label]
        high = hi[label]
        if is_start[x] and low <= at <= high:
            return True, True
        if covered(head[x], low, high, cover_hi, cover_lo, cover_next):
            continue
        # The new cover takes in all that it touches.
        before = -1
        k = head[x]
        while k >= 0 and cover_hi[k] < low - 1:
            before = k
            k = cover_next[k]
        new_lo = low
        new_hi = high
        while k >= 0 and cover_lo[k] <= high + 1:
            new_lo = min(new_lo, cover_lo[k])
            new_hi = max(new_hi, cover_hi[k])
            k = cover_next[k]
        if covers == len(cover_lo):
            cover_lo = longer(cover_lo, covers)
            cover_hi = longer(cover_hi, covers)
            cover_next = longer(cover_next, covers)
        cover_lo[covers] = new_lo
        cover_hi[covers] = new_hi
        cover_next[covers] = k
        if before < 0:
            head[x] = covers
        else:
            cover_next[before] = covers
        covers += 1
        for q in range(in_first[x], in_first[x + 1]):
            u = in_from[q]
            if soonest[u] >= ANY_MS:
                continue
            e = in_edge[q]
            if first[e] == first[e + 1]:
                begin[0] = soonest[u]
                took[0] = base[e]
                pieces = 1
            else:
                pieces = spans(
                    base[e], first[e], first[e + 1], start, end, factor, soonest[u], soonest[u] + late,
                    begin, took,
                )  # fmt: skip
            for p in range(pieces):
                if took[p] == NEVER_MS:
                    continue
                until = begin[p + 1] - 1 if p + 1 < pieces else soonest[u] + late
                a = max(begin[p], low - took[p])
                b = min(until, high - took[p])
                if a > b or covered(head[u], a, b, cover_hi, cover_lo, cover_next):
                    continue
                if labels >= most:
                    return False, False
                if labels == len(node):
                    node = longer(node, labels)
                    lo = longer(lo, labels)
                    hi = longer(hi, labels)
                node[labels] = u
                lo[labels] = a
                hi[labels] = b
                heap = push(heap, size, a - soonest[u], labels)
                size += 1
                labels += 1
    return False, True


@njit(**JIT)
def _is_free(x, cost, by, near, row_first, state):
    """Say whether no closure lies on a node's way to the start of a tree; `state` keeps it: 1 yes, 2 no."""
    free = cost[x] < UNKNOWN_MS
    y = x
    while free and by[y] >= 0 and state[y] == 0:
        free = row_first[by[y] + 1] == row_first[by[y]]
        y = near[by[y]]
    free = free and state[y] != 2
    found = 1 if free else 2
    while state[x] == 0:
        state[x] = found
        if x == y or by[x] < 0:
            break
        x = near[by[x]]
        if x == y and not free:
            break
    return free


@njit(**JIT)
def not_later(nodes, in_first, in_order, tail, open_, base_ms, row_first, cost, by):
    """Give for each node how many ms after setting out one is surely there, UNKNOWN_MS where not known.

    By a way without any closure on it: back from the node on such edges to one whose usual way is free, which
    is where `cost` and `by` [N], a tree of usual ways, take over. Usually that is a few steps.
    """
    n = len(in_first) - 1
    state = np.zeros(n, np.int8)
    known = np.full(n, UNKNOWN_MS, np.int64)
    seen = np.zeros(n, np.int32)
    far = np.empty(n, np.int64)
    queue = np.empty(n, np.int32)
    found = np.full(len(nodes), UNKNOWN_MS, np.int64)
    for i in range(len(nodes)):
        queue[0] = nodes[i]
        seen[nodes[i]] = i + 1
        far[nodes[i]] = 0
        done = 0
        size = 1
        while done < size:
            x = queue[done]
            done += 1
            if known[x] < UNKNOWN_MS:
                found[i] = known[x] + far[x]
                break
            if _is_free(x, cost, by, tail, row_first, state):
                found[i] = (cost[x] >> DM_BITS) + far[x]
                break
            for k in range(in_first[x], in_first[x + 1]):
                e = in_order[k]
                y = tail[e]
                if open_[e] and seen[y] != i + 1 and row_first[e + 1] == row_first[e]:
                    seen[y] = i + 1
                    far[y] = far[x] + base_ms[e]
                    queue[size] = y
                    size += 1
        known[nodes[i]] = found[i]
        if found[i] >= UNKNOWN_MS:
            break  # who asks wants all of them
    return found

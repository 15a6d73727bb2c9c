"""Kernels that search in time, one departure at a time: earliest arrivals, latest departures, ways.

Closures and instants are those of `network._clock_kernels`. Edges at a node are rows too:
`out_edge[out_first[n]:out_first[n + 1]]` leave node n, for the nodes `out_to`. Nothing is kept: whoever
calls brings the arrays that a search works in (`network.clock.Space`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._clock_kernels import (
    ANY_MS,
    LONG_MS,
    NEVER_MS,
    drive,
    latest_enter,
    latest_start,
    leave,
    leave_waiting,
)  # fmt: skip
from vado.network._jit import JIT

NEW, DONE = -1, -2  # a node's place in the heap before it is seen, after it is settled


@njit(**JIT)
def by_node(n, ends, allowed):
    """List the allowed edges by the node they have at one end: (first [n + 1], edges), in order of number."""
    first = np.zeros(n + 1, np.int64)
    for e in range(len(ends)):
        if allowed[e]:
            first[ends[e] + 1] += 1
    for x in range(n):
        first[x + 1] += first[x]
    at = first[:-1].copy()
    edges = np.empty(first[n], np.int32)
    for e in range(len(ends)):
        if allowed[e]:
            edges[at[ends[e]]] = e
            at[ends[e]] += 1
    return first, edges


@njit(**JIT)
def rise(heap, key, place, i, x, value):
    """Put node x with its key into the heap, from place i up to where it belongs; ties by the lower node."""
    while i > 0:
        p = (i - 1) >> 2
        if key[p] < value or (key[p] == value and heap[p] < x):
            break
        heap[i] = heap[p]
        key[i] = key[p]
        place[heap[i]] = i
        i = p
    heap[i] = x
    key[i] = value
    place[x] = i


@njit(**JIT)
def pop(heap, key, place, size):
    """Take the first node off a heap of that size and mark it as done."""
    top = heap[0]
    place[top] = DONE
    size -= 1
    if size == 0:
        return top
    x = heap[size]
    value = key[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least = child
        for c in range(child + 1, min(child + 4, size)):
            if key[c] < key[least] or (key[c] == key[least] and heap[c] < heap[least]):
                least = c
        if value < key[least] or (value == key[least] and x < heap[least]):
            break
        heap[i] = heap[least]
        key[i] = key[least]
        place[heap[i]] = i
        i = least
    heap[i] = x
    key[i] = value
    place[x] = i
    return top


@njit(**JIT)
def search(
    out_first, out_edge, out_to, base, first, start, end, factor, start_node, start_ms, remaining, scale,
    goal, wanted, waiting, best, by_edge, key, place, heap, seen,
):  # fmt: skip
    """Find earliest arrivals from the starts until `wanted` goals are settled: how many nodes were seen.

    `best` and `by_edge` hold arrival and edge of the nodes in `seen`; settled ones have place DONE. An empty
    `remaining` [N] is none; else arrival + remaining * scale draws the search to the nodes marked
    `goal`, inf: no way.
    """
    size = 0
    count = 0
    drawn = len(remaining) > 0
    for q in range(len(start_node)):
        node = start_node[q]
        arrive = start_ms[q]
        if (place[node] != NEW and arrive >= best[node]) or arrive >= LONG_MS:
            continue
        ahead = remaining[node] * scale if drawn else 0.0
        if ahead == np.inf:
            continue
        at = place[node]
        if at == NEW:
            seen[count] = node
            count += 1
            at = size
            size += 1
        best[node] = arrive
        by_edge[node] = -1
        rise(heap, key, place, at, node, arrive + np.int64(ahead))
    left = wanted
    while size > 0:
        node = pop(heap, key, place, size)
        size -= 1
        arrive = best[node]
        if left > 0 and goal[node]:
            left -= 1
            if left == 0:
                break
        for q in range(out_first[node], out_first[node + 1]):
            head = out_to[q]
            at = place[head]
            if at != NEW and best[head] <= arrive:
                continue
            e = out_edge[q]
            low = first[e]
            high = first[e + 1]
            if low == high:
                there = arrive + base[e]
            elif waiting:
                there = leave_waiting(base[e], low, high, start, end, factor, arrive)
            else:
                there = leave(base[e], low, high, start, end, factor, arrive)
            if there == NEVER_MS or there >= LONG_MS:
                continue
            if at != NEW and there >= best[head]:
                continue
            ahead = remaining[head] * scale if drawn else 0.0
            if ahead == np.inf:
                continue
            if at < 0:  # new, or settled too early because `remaining` was rounded: then once more
                if at == NEW:
                    seen[count] = head
                    count += 1
                at = size
                size += 1
            best[head] = there
            by_edge[head] = e
            rise(heap, key, place, at, head, there + np.int64(ahead))
    return count


@njit(**JIT)
def search_back(
    in_first, in_edge, in_from, edge_from, base, first, start, end, factor, open_, goal_node, goal_ms,
    last_edge, latest, onward, key, place, heap, seen,
):  # fmt: skip
    """Find the latest departures that still come to a goal in time, waiting allowed: how many were seen.

    Goals are nodes with the instant one must be there. The edges `last_edge` may be left at any time. Nodes
    marked `open_` are not asked. `latest` and `onward` (edge, -1 at a goal) hold what was found of `seen`.
    """
    size = 0
    count = 0
    for q in range(len(goal_node) + len(last_edge)):
        e = -1 if q < len(goal_node) else last_edge[q - len(goal_node)]
        if e < 0:
            node = goal_node[q]
            enter = goal_ms[q]
        else:
            node = edge_from[e]
            enter = latest_enter(base[e], first[e], first[e + 1], start, end, factor, ANY_MS)
        if enter == NEVER_MS or open_[node] or (place[node] != NEW and enter <= latest[node]):
            continue
        at = place[node]
        if at == NEW:
            seen[count] = node
            count += 1
            at = size
            size += 1
        latest[node] = enter
        onward[node] = e
        rise(heap, key, place, at, node, -enter)
    while size > 0:
        head = pop(heap, key, place, size)
        size -= 1
        for q in range(in_first[head], in_first[head + 1]):
            node = in_from[q]
            at = place[node]
            if at == DONE or open_[node]:
                continue
            e = in_edge[q]
            enter = latest_enter(base[e], first[e], first[e + 1], start, end, factor, latest[head])
            if enter == NEVER_MS or (at != NEW and enter <= latest[node]):
                continue
            if at == NEW:
                seen[count] = node
                count += 1
                at = size
                size += 1
            latest[node] = enter
            onward[node] = e
            rise(heap, key, place, at, node, -enter)
    return count


@njit(**JIT)
def way_to(node, by_edge, edge_from):
    """List the edges that a search came by to a node, in driving order."""
    count = 0
    at = node
    while by_edge[at] >= 0:
        at = edge_from[by_edge[at]]
        count += 1
    edges = np.empty(count, np.int64)
    at = node
    for k in range(count - 1, -1, -1):
        edges[k] = by_edge[at]
        at = edge_from[by_edge[at]]
    return edges


@njit(**JIT)
def prove(targets, best, by_edge, place, edge_from, base, first, start, end, factor, depart, until, arrive):
    """Drive, without a stop, the ways that a search with waits has found, leaving at depart or later.

    Fills `arrive` with the earlier arrival of leaving at once and of leaving, on a whole second until then,
    so late that one need not wait; LONG_MS where neither goes through.
    """
    for t in range(len(targets)):
        arrive[t] = LONG_MS
        if place[targets[t]] != DONE:
            continue
        bound = best[targets[t]]
        path = way_to(targets[t], by_edge, edge_from)
        enter = np.empty(len(path), np.int64)
        found = drive(path, base, first, start, end, factor, depart, enter)
        if found != NEVER_MS:
            arrive[t] = found
        if found == bound:
            continue
        at = latest_start(path, base, first, start, end, factor, bound)
        if at == NEVER_MS:
            continue
        for second in (at // 1000, -(-at // 1000)):
            if depart <= second * 1000 <= until:
                found = drive(path, base, first, start, end, factor, second * 1000, enter)
                if found != NEVER_MS and found < arrive[t]:
                    arrive[t] = found


@njit(**JIT)
def clear(place, seen, count):
    """Make a space as new: only what a search has seen is touched."""
    for k in range(count):
        place[seen[k]] = NEW

"""Kernels of the clock: when an edge is left, and exact searches in time. Flat arrays in, flat arrays out.

Instants are int64 epoch milliseconds. Closures are rows sorted by edge: those of edge e are `first[e]` to
`first[e + 1]`, each [start, end) with a factor, 0 is shut. `base[e]` is what edge e takes when nothing binds.
Edges at a node are rows too: `out_edge[out_first[n]:out_first[n + 1]]` leave node n, for the nodes `out_to`.

Nothing here overflows: a drive that takes LONG_MS or more takes LONG_MS, instants stay within +-ANY_MS.
Nothing is kept: whoever calls brings the arrays that a search works in (`network.clock.Space`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

LONG_MS = 2**40 * 1000  # model.when.FOREVER_S
ANY_MS = 2**62  # at any time at all; minus that: never
NEVER_MS = -(2**62)

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
def slowed(base, factor):
    """Say what takes `base` at a factor of its speed, rounded up; LONG_MS at most."""
    took = np.ceil(base / factor)
    return LONG_MS if took >= LONG_MS else np.int64(took)


@njit(**JIT)
def leave(base, low, high, start, end, factor, enter):
    """Say when an edge with rows low..high - 1 is left that is entered then; NEVER_MS: it may not be."""
    duration = base
    while True:  # the longer it takes, the more closures it meets: ends when no further one is met
        least = 1.0
        for k in range(low, high):
            if start[k] < enter + duration and enter < end[k] and factor[k] < least:
                least = factor[k]
        if least <= 0.0:
            return NEVER_MS
        longer = slowed(base, least)
        if longer <= duration:
            return min(enter + duration, ANY_MS)
        duration = longer


@njit(**JIT)
def leave_waiting(base, low, high, start, end, factor, at):
    """Say when an edge can be left at the earliest by who is there and may wait; NEVER_MS: never."""
    best = leave(base, low, high, start, end, factor, at)
    for k in range(low, high):
        if end[k] > at and (best == NEVER_MS or end[k] < best):
            left = leave(base, low, high, start, end, factor, end[k])
            if left != NEVER_MS and (best == NEVER_MS or left < best):
                best = left
    return best


@njit(**JIT)
def latest_enter(base, low, high, start, end, factor, left_by):
    """Say when an edge must be entered at the latest to leave it by then; ANY_MS and NEVER_MS as they say.

    The latest instant is bound by the deadline itself or by the start of a closure, at one of the speeds
    that occur: these few are tried, latest first.
    """
    if low == high:
        return left_by if left_by >= ANY_MS else max(left_by - base, NEVER_MS)
    if left_by >= ANY_MS:
        lasting = False
        for k in range(low, high):
            lasting |= factor[k] <= 0.0 and end[k] >= LONG_MS
        if not lasting:
            return ANY_MS
    size = high - low + 1
    tries = np.empty(size * size, np.int64)
    count = 0
    for d in range(size):
        if d < size - 1 and factor[low + d] <= 0.0:
            continue
        took = base if d == size - 1 else slowed(base, factor[low + d])
        if left_by < ANY_MS:
            tries[count] = max(left_by - took, NEVER_MS)
            count += 1
        for k in range(low, high):
            if start[k] < left_by:  # what is entered later is left later
                tries[count] = start[k] - took
                count += 1
    tries[:count].sort()
    for k in range(count - 1, -1, -1):
        if tries[k] > NEVER_MS:
            left = leave(base, low, high, start, end, factor, tries[k])
            if left != NEVER_MS and left <= left_by:
                return tries[k]
    return NEVER_MS


@njit(**JIT)
def drive(edges, base, first, start, end, factor, depart, enter):
    """Drive a path without a stop: fills `enter`, gives the arrival; NEVER_MS when an edge is shut."""
    at = depart
    for k in range(len(edges)):
        e = edges[k]
        enter[k] = at
        at = leave(base[e], first[e], first[e + 1], start, end, factor, at)
        if at == NEVER_MS:
            return NEVER_MS
    return at


@njit(**JIT)
def latest_start(edges, base, first, start, end, factor, arrive):
    """Say when a path must be begun at the latest by who may wait between its edges; NEVER_MS: never."""
    at = arrive
    for k in range(len(edges) - 1, -1, -1):
        e = edges[k]
        at = latest_enter(base[e], first[e], first[e + 1], start, end, factor, at)
        if at == NEVER_MS:
            return NEVER_MS
    return at


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

"""Kernels that search for every departure of a window at once: whole seconds, no wait on the way.

Closures, instants and edges at nodes are those of `network._clock_kernels` and `network._search_kernels`.

A label says: who leaves the origin at any second of lo..hi is at `node` exactly `cost` ms later. Labels are
settled in order of cost, and each settles those departures at its node that none has settled before: for
every single departure that is Dijkstra's order, so a settled cost is the least. On an edge the departures
of a label part where the closures met by them change (`spans`): between two such instants all of them take
the same time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._clock_kernels import LONG_MS, NEVER_MS, leave, slowed
from vado.network._jit import JIT
from vado.network._search_kernels import DONE, NEW, pop, rise

FIRST_ROOM = 4096  # labels; doubled as needed


@njit(**JIT)
def spans(base, low, high, start, end, factor, enter, enter_last, begin, took):
    """Cut the instants enter..enter_last where what an edge takes changes: how many spans there are.

    Whoever enters from begin[i] until before begin[i + 1] takes took[i]; NEVER_MS: they may not enter. Room
    for (high - low + 2)**2 is enough.
    """
    # A closure is met by who enters after start - took and before end, for one of the times it can take.
    begin[0] = enter
    count = 1
    for k in range(low, high):
        if enter < end[k] <= enter_last:
            begin[count] = end[k]
            count += 1
        for d in range(low - 1, high):
            if d >= low and factor[d] <= 0.0:
                continue
            at = start[k] - (base if d < low else slowed(base, factor[d])) + 1
            if enter < at <= enter_last:
                begin[count] = at
                count += 1
    begin[1:count].sort()
    kept = 0
    for i in range(count):
        left = leave(base, low, high, start, end, factor, begin[i])
        takes = NEVER_MS if left == NEVER_MS or left >= LONG_MS else left - begin[i]
        if kept > 0 and took[kept - 1] == takes:
            continue
        begin[kept] = begin[i]
        took[kept] = takes
        kept += 1
    return kept


@njit(**JIT)
def covered(first, lo, hi, cover_hi, cover_lo, cover_next):
    """Say whether one of a node's covers, joined wherever they touch, holds all departures lo..hi."""
    c = first
    while c >= 0 and cover_hi[c] < lo:
        c = cover_next[c]
    return c >= 0 and cover_lo[c] <= lo and hi <= cover_hi[c]


@njit(**JIT)
def longer(array, count):
    """Copy an array into one twice as long."""
    found = np.empty(2 * len(array), array.dtype)
    found[:count] = array[:count]
    return found


@njit(**JIT)
def first_departure(
    out_first, out_edge, out_to, base, first, start, end, factor, origin, target, low, high, remaining, scale,
    enough, limit, most, cover_first, place, seen,
):  # fmt: skip
    """Find the departure, of the seconds low..high, that is first at the target, before `limit` ms.

    Gives (arrival or NEVER_MS, departure in seconds, edges, nodes seen, whether that is proven). An arrival
    by `enough` ends the search; so does the label after `most`: then what was found is a drive, but perhaps
    not the first. Of drives that arrive together it is the shortest. `remaining` [N] as for `search`.
    """
    room = FIRST_ROOM
    node = np.empty(room, np.int32)
    lo = np.empty(room, np.int64)
    hi = np.empty(room, np.int64)
    cost = np.empty(room, np.int64)
    parent = np.empty(room, np.int32)
    by = np.empty(room, np.int32)
    heap = np.empty(room, np.int32)
    heap_key = np.empty(room, np.int64)
    heap_place = np.empty(room, np.int32)
    cover_lo = np.empty(room, np.int64)
    cover_hi = np.empty(room, np.int64)
    cover_next = np.empty(room, np.int32)
    widest = 0
    for e in range(len(base)):
        widest = max(widest, first[e + 1] - first[e])
    begin = np.empty((widest + 2) ** 2, np.int64)
    took = np.empty((widest + 2) ** 2, np.int64)
    gap_lo = np.empty(16, np.int64)
    gap_hi = np.empty(16, np.int64)

    labels = 0
    covers = 0
    size = 0
    count = 0
    best = -1  # label at the target
    arrival = NEVER_MS
    proven = True
    if low <= high and remaining[origin] < np.inf:
        node[0] = origin
        lo[0] = low
        hi[0] = high
        cost[0] = 0
        parent[0] = -1
        by[0] = -1
        labels = 1
        rise(heap, heap_key, heap_place, 0, 0, 0)
        size = 1
    while size > 0 and proven:
        at = pop(heap, heap_key, heap_place, size)
        size -= 1
        x = node[at]
        c = cost[at]
        # Later than this, no departure of the label can be at the target before the limit.
        last = min(hi[at], (limit - 1 - c - np.int64(remaining[x] * scale)) // 1000)
        if last < lo[at]:
            continue

        # What none has settled before is settled now: gaps between the covers, which then join.
        if place[x] == NEW:
            place[x] = DONE
            cover_first[x] = -1
            seen[count] = x
            count += 1
        before = -1
        k = cover_first[x]
        while k >= 0 and cover_hi[k] < lo[at] - 1:
            before = k
            k = cover_next[k]
        gaps = 0
        free = lo[at]
        new_lo = lo[at]
        new_hi = last
        while k >= 0 and cover_lo[k] <= last + 1:
            if free < cover_lo[k]:
                if gaps == len(gap_lo):
                    gap_lo = longer(gap_lo, gaps)
                    gap_hi = longer(gap_hi, gaps)
                gap_lo[gaps] = free
                gap_hi[gaps] = min(cover_lo[k] - 1, last)
                gaps += 1
            free = max(free, cover_hi[k] + 1)
            new_lo = min(new_lo, cover_lo[k])
            new_hi = max(new_hi, cover_hi[k])
            k = cover_next[k]
        if free <= last:
            if gaps == len(gap_lo):
                gap_lo = longer(gap_lo, gaps)
                gap_hi = longer(gap_hi, gaps)
            gap_lo[gaps] = free
            gap_hi[gaps] = last
            gaps += 1
        if gaps == 0:
            continue
        if covers == len(cover_lo):
            cover_lo = longer(cover_lo, covers)
            cover_hi = longer(cover_hi, covers)
            cover_next = longer(cover_next, covers)
        cover_lo[covers] = new_lo
        cover_hi[covers] = new_hi
        cover_next[covers] = k
        if before < 0:
            cover_first[x] = covers
        else:
            cover_next[before] = covers
        covers += 1

        for g in range(gaps):
            for q in range(out_first[x], out_first[x + 1]):
                y = out_to[q]
                if remaining[y] == np.inf:
                    continue
                e = out_edge[q]
                rest = np.int64(remaining[y] * scale)
                from_ms = gap_lo[g] * 1000 + c
                last_ms = gap_hi[g] * 1000 + c
                if first[e] == first[e + 1]:
                    begin[0] = from_ms
                    took[0] = base[e]
                    pieces = 1
                else:
                    pieces = spans(
                        base[e], first[e], first[e + 1], start, end, factor, from_ms, last_ms, begin, took
                    )
                for p in range(pieces):
                    if took[p] == NEVER_MS:
                        continue
                    until = begin[p + 1] - 1 if p + 1 < pieces else last_ms
                    there = c + took[p]
                    a = -((c - begin[p]) // 1000)  # the first whole second from begin on
                    b = min((until - c) // 1000, (limit - 1 - there - rest) // 1000)
                    if a > b:
                        continue
                    if y == target:
                        came = a * 1000 + there
                        if came > arrival and arrival != NEVER_MS:
                            continue
                        if came == arrival and there >= cost[best]:
                            continue
                    elif place[y] != NEW and covered(cover_first[y], a, b, cover_hi, cover_lo, cover_next):
                        continue
                    if labels >= most:
                        proven = False
                        break
                    if labels == len(node):
                        node = longer(node, labels)
                        lo = longer(lo, labels)
                        hi = longer(hi, labels)
                        cost = longer(cost, labels)
                        parent = longer(parent, labels)
                        by = longer(by, labels)
                        heap_place = longer(heap_place, labels)
                        heap = longer(heap, size)
                        heap_key = longer(heap_key, labels)
                    node[labels] = y
                    lo[labels] = a
                    hi[labels] = b
                    cost[labels] = there
                    parent[labels] = at
                    by[labels] = e
                    if y == target:
                        best = labels
                        arrival = a * 1000 + there
                        limit = min(limit, arrival + 1)  # as early, but shorter, may still come
                    else:
                        rise(heap, heap_key, heap_place, size, labels, there)
                        size += 1
                    labels += 1
        if best >= 0 and arrival <= enough:
            break

    hops = 0
    k = best
    while k > 0:
        hops += 1
        k = parent[k]
    edges = np.empty(hops, np.int64)
    k = best
    for i in range(hops - 1, -1, -1):
        edges[i] = by[k]
        k = parent[k]
    departure = lo[best] if best >= 0 else np.int64(0)
    return arrival, departure, edges, count, proven

"""Kernels of the customizable contraction hierarchy: flat arrays in, flat arrays out, no Python objects.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", ACM JEA 21 (2016), 1.5.

Nodes are known by rank, 0 is contracted first. Arc k leads from `tail[k]` to `head[k]`, tail < head, sorted
by (tail, head); `up[k]` is the cost of driving it upwards, `down[k]` downwards. The parent of a node is the
least head of its arcs, and all of its heads are ancestors. Costs are int32 milliseconds, or int64 with metres
packed below them; `inf` is the cost of no way, of the same type, and twice `inf` must fit. Nothing here
overflows: what would cost `inf` or more stays `inf`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._contract_kernels import find_arc
from vado.network._jit import JIT

# Metrics customised side by side: all lanes of an arc are 64 bytes, a cache line, in int64 costs.
LANES = 4


@njit(**JIT)
def respect(edge_arc, cost, up, down, inf):
    """Lay the edges' costs on their arcs: the cheapest of parallel ones; no edge is no way."""
    up[:] = inf
    down[:] = inf
    for e in range(len(edge_arc)):
        k = edge_arc[e]
        if k < 0:
            continue
        c = min(cost[e], inf)
        if k & 1:
            if c < up[k >> 1]:
                up[k >> 1] = c
        elif c < down[k >> 1]:
            down[k >> 1] = c


@njit(**JIT)
def customize(first, head, up, down):
    """Make every arc as cheap as the cheapest way over lower nodes: all lower triangles, bottom up."""
    kind = up.dtype.type
    for x in range(len(first) - 1):
        end = first[x + 1]
        for i in range(first[x], end):
            up_i = up[i]
            down_i = down[i]
            j = first[head[i]]
            for k in range(i + 1, end):
                z = head[k]
                while head[j] != z:
                    j += 1
                c = kind(down_i + up[k])
                if c < up[j]:
                    up[j] = c
                c = kind(down[k] + up_i)
                if c < down[j]:
                    down[j] = c


@njit(**JIT)
def customize_lanes(first, head, up, down):
    """Customise LANES metrics at once: `up` and `down` are [A, LANES], each lane as `customize` makes it."""
    kind = up.dtype.type
    for x in range(len(first) - 1):
        end = first[x + 1]
        for i in range(first[x], end):
            j = first[head[i]]
            for k in range(i + 1, end):
                z = head[k]
                while head[j] != z:
                    j += 1
                for lane in range(LANES):
                    up[j, lane] = min(up[j, lane], kind(down[i, lane] + up[k, lane]))
                    down[j, lane] = min(down[j, lane], kind(down[k, lane] + up[i, lane]))


@njit(**JIT)
def _push(heap, size, value):
    if size >= len(heap):
        larger = np.empty(2 * len(heap), np.int64)
        larger[:size] = heap
        heap = larger
    i = size
    while i > 0:
        p = (i - 1) >> 1
        if heap[p] <= value:
            break
        heap[i] = heap[p]
        i = p
    heap[i] = value
    return heap


@njit(**JIT)
def _pop(heap, size):
    """Take the least out of a heap of `size` entries, which then has one less."""
    least = heap[0]
    last = heap[size - 1]
    size -= 1
    i = 0
    while True:
        c = 2 * i + 1
        if c >= size:
            break
        if c + 1 < size and heap[c + 1] < heap[c]:
            c += 1
        if last <= heap[c]:
            break
        heap[i] = heap[c]
        i = c
    heap[i] = last
    return least


@njit(**JIT)
def _below(first, head, from_first, from_tail, from_arc, up, down, y, z, new_up, new_down):
    """Make an arc y-z as cheap as the cheapest way over a node below both, or leave it as cheap as it is."""
    kind = up.dtype.type
    i = from_first[y]
    i_end = from_first[y + 1]
    j = from_first[z]
    j_end = from_first[z + 1]
    if i_end - i < (j_end - j) // 16:  # few lie below y: look for their arcs to z one by one
        while i < i_end:
            x = from_tail[i]
            k = find_arc(first, head, x, z)
            if k < first[x + 1] and head[k] == z:
                p = from_arc[i]
                new_up = min(new_up, kind(down[p] + up[k]))
                new_down = min(new_down, kind(down[k] + up[p]))
            i += 1
    else:
        while i < i_end and j < j_end:
            if from_tail[i] < from_tail[j]:
                i += 1
            elif from_tail[i] > from_tail[j]:
                j += 1
            else:
                p = from_arc[i]
                k = from_arc[j]
                new_up = min(new_up, kind(down[p] + up[k]))
                new_down = min(new_down, kind(down[k] + up[p]))
                i += 1
                j += 1
    return new_up, new_down


@njit(**JIT)
def customize_part(
    first, head, tail, from_first, from_tail, from_arc, edge_first, edge_of, edge_arc, cost, up, down,
    changed, waiting, inf, most,
):  # fmt: skip
    """Customise anew what depends on the `changed` edges; `waiting` [A] is False before and after.

    Gives how many arcs were worked out again, or -1 when that came to more than `most`: then arcs are half
    old and half new, and only a full pass over all of them makes sense of it.
    """
    kind = up.dtype.type
    heap = np.empty(1024, np.int64)
    size = 0
    done = 0
    for e in changed:
        k = edge_arc[e] >> 1
        if edge_arc[e] >= 0 and not waiting[k]:
            waiting[k] = True
            heap = _push(heap, size, k)
            size += 1
    while size > 0:
        a = _pop(heap, size)
        size -= 1
        waiting[a] = False
        done += 1
        if done > most:
            for i in range(size):
                waiting[heap[i]] = False
            return -1
        y = tail[a]
        z = head[a]
        new_up = inf
        new_down = inf
        for i in range(edge_first[a], edge_first[a + 1]):
            c = min(cost[edge_of[i]], inf)
            if edge_arc[edge_of[i]] & 1:
                if c < new_up:
                    new_up = c
            elif c < new_down:
                new_down = c
        new_up, new_down = _below(
            first, head, from_first, from_tail, from_arc, up, down, y, z, new_up, new_down
        )
        old_up = up[a]
        old_down = down[a]
        if new_up == old_up and new_down == old_down:
            continue
        up[a] = new_up
        down[a] = new_down
        # An arc z-v above depends on this one by the triangle y-z-v: when it gets cheaper by it, or when it
        # may have been as cheap as it was because of it.
        for k in range(first[y], first[y + 1]):
            if k == a:
                continue
            v = head[k]
            if v > z:
                t = find_arc(first, head, z, v)
                was_up = kind(old_down + up[k])
                was_down = kind(down[k] + old_up)
                is_up = kind(new_down + up[k])
                is_down = kind(down[k] + new_up)
            else:
                t = find_arc(first, head, v, z)
                was_up = kind(down[k] + old_up)
                was_down = kind(old_down + up[k])
                is_up = kind(down[k] + new_up)
                is_down = kind(new_down + up[k])
            if waiting[t]:
                continue
            if (
                is_up < up[t]
                or is_down < down[t]
                or (was_up != is_up and was_up == up[t] and was_up < inf)
                or (was_down != is_down and was_down == down[t] and was_down < inf)
            ):
                waiting[t] = True
                heap = _push(heap, size, t)
                size += 1
    return done


@njit(**JIT)
def ancestors(parent, ranks):
    """List the nodes on the way up from any of `ranks`, highest first, and each one's place (-1: none)."""
    n = len(parent)
    place = np.full(n, -1, np.int32)
    count = 0
    for r in ranks:
        x = r
        while x >= 0 and place[x] < 0:
            place[x] = 0
            count += 1
            x = parent[x]
    found = np.empty(count, np.int32)
    count = 0
    for x in range(n - 1, -1, -1):
        if place[x] >= 0:
            found[count] = x
            place[x] = count
            count += 1
    return found, place


@njit(**JIT)
def part_arcs(nodes, place, first, head):
    """Cut out the arcs of a set that holds all ancestors of its nodes: (first, head by place, arc)."""
    begin = np.zeros(len(nodes) + 1, np.int64)
    for i in range(len(nodes)):
        begin[i + 1] = begin[i] + first[nodes[i] + 1] - first[nodes[i]]
    to = np.empty(begin[-1], np.int32)
    arc = np.empty(begin[-1], np.int32)
    for i in range(len(nodes)):
        q = begin[i]
        for k in range(first[nodes[i]], first[nodes[i] + 1]):
            to[q] = place[head[k]]
            arc[q] = k
            q += 1
    return begin, to, arc


@njit(**JIT)
def compact(first, to, arc, cost, inf):
    """Keep the arcs of a part that can be driven: (first, to, cost)."""
    begin = np.empty(len(first), np.int64)
    where = np.empty(len(to), np.int32)
    what = np.empty(len(to), cost.dtype)
    q = 0
    begin[0] = 0
    for i in range(len(first) - 1):
        for k in range(first[i], first[i + 1]):
            c = cost[arc[k]]
            where[q] = to[k]  # overwritten by the next when it cannot be driven: quicker than to branch
            what[q] = c
            q += c < inf
        begin[i + 1] = q
    return begin, where[:q], what[:q]

"""Kernels that ask a customised hierarchy: matrices, one to all, paths. Arrays in, arrays out.

What arcs, ranks, `up`, `down` and `inf` are: `network._kernels`. A part is a set of nodes that holds all
ancestors of its nodes, highest first, with its arcs compacted (`_kernels.part_arcs`, `_kernels.compact`);
nodes of a part are known by their place in it. Sources and targets are sets of (place, cost) entries, so that
a stop inside an edge is one without being a node: it enters the network at the ends of its edge.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._jit import JIT

# Sources swept side by side. Of 16, 32, 64 and 128 the best for int64 costs on Porto: the rows of a node's
# ancestors still fit a core's second cache, and the loop over the lanes is long enough to pay for itself.
LANES = 64
LINE = 8  # int64 costs a cache line


def room(nodes, targets, kind):
    """Make what `sweep` writes on: costs at the nodes of a part and at targets, which nodes were reached."""
    return np.empty((nodes, LANES), kind), np.empty((targets, LANES), kind), np.empty(nodes, np.bool_)


@njit(**JIT)
def sweep(
    up_first, up_to, up_cost, down_first, down_to, down_cost,
    source_first, source_at, source_cost, source_row, target_first, target_at, target_cost, low, high, inf,
    d, near, reached, out,
):  # fmt: skip
    """Fill `out[source_row[s], t]` with the cost from source s to target t, for the sources low..high - 1.

    Upwards only the ancestors of the block's sources are visited, downwards the whole part; LANES sources
    side by side, so that the inner loops run over neighbours in memory. `d`, `near` and `reached` are `room`:
    a row of `d` holds what an earlier block left there until it is reached, nothing is cleared in between.
    """
    kind = out.dtype.type
    n = len(up_first) - 1
    for block in range(low, high, LANES):
        size = min(LANES, high - block)
        reached[:] = False
        lowest = -1
        for lane in range(size):
            for q in range(source_first[block + lane], source_first[block + lane + 1]):
                i = source_at[q]
                if not reached[i]:
                    reached[i] = True
                    d[i] = inf
                d[i, lane] = min(d[i, lane], source_cost[q])
                lowest = max(lowest, i)
        for i in range(lowest, -1, -1):
            if reached[i]:
                here = d[i]
                for k in range(up_first[i], up_first[i + 1]):
                    _relax(d[up_to[k]], here, up_cost[k], inf, reached[up_to[k]])
                    reached[up_to[k]] = True
        for i in range(n):
            here = d[i]
            k = down_first[i]
            end = down_first[i + 1]
            if not reached[i]:
                if k == end:
                    here[:] = inf
                    continue
                _relax(here, d[down_to[k]], down_cost[k], inf, False)
                k += 1
            while k + 3 < end:  # four arcs at a time: the row is read and written once for all of them
                c0 = down_cost[k]
                c1 = down_cost[k + 1]
                c2 = down_cost[k + 2]
                c3 = down_cost[k + 3]
                d0 = d[down_to[k]]
                d1 = d[down_to[k + 1]]
                d2 = d[down_to[k + 2]]
                d3 = d[down_to[k + 3]]
                for lane in range(LANES):
                    a = min(kind(d0[lane] + c0), kind(d1[lane] + c1))
                    b = min(kind(d2[lane] + c2), kind(d3[lane] + c3))
                    here[lane] = min(here[lane], min(a, b))
                k += 4
            while k < end:
                _relax(here, d[down_to[k]], down_cost[k], inf, True)
                k += 1
        for t in range(len(near)):
            near[t] = inf
            for q in range(target_first[t], target_first[t + 1]):
                _relax(near[t], d[target_at[q]], target_cost[q], inf, True)
        for t in range(0, len(near), LINE):  # whole cache lines of `out`
            for lane in range(size):
                row = out[source_row[block + lane]]
                for u in range(t, min(t + LINE, len(near))):
                    row[u] = near[u, lane]


@njit(inline="always", **JIT)
def _relax(there, here, c, inf, reached):
    """Bring a row down to another's and what an arc costs; one that was not reached counts as `inf`."""
    kind = there.dtype.type
    if reached:
        for lane in range(LANES):
            there[lane] = min(there[lane], kind(here[lane] + c))
    else:
        for lane in range(LANES):
            there[lane] = min(inf, kind(here[lane] + c))


@njit(**JIT)
def one_to_all(first, head, up, down, starts, offsets, inf):
    """Give the cost from the cheapest of the starts (by rank, each with an offset) to every node, by rank."""
    kind = up.dtype.type
    n = len(first) - 1
    d = np.full(n, inf, up.dtype)
    for s in range(len(starts)):
        d[starts[s]] = min(d[starts[s]], offsets[s])
    for x in range(n):
        if d[x] < inf:
            for k in range(first[x], first[x + 1]):
                c = kind(d[x] + up[k])
                if c < d[head[k]]:
                    d[head[k]] = c
    for x in range(n - 1, -1, -1):
        best = d[x]
        for k in range(first[x], first[x + 1]):
            best = min(best, kind(d[head[k]] + down[k]))
        d[x] = best
    return d


@njit(**JIT)
def _climb(first, head, parent, depth, cost, start, inf):
    """Search upwards from a node: its ancestors by depth, the cost of each, the arc it was reached by."""
    kind = cost.dtype.type
    size = depth[start] + 1
    node = np.empty(size, np.int32)
    d = np.full(size, inf, cost.dtype)
    by = np.full(size, -1, np.int64)
    d[size - 1] = 0
    x = start
    while x >= 0:
        at = depth[x]
        node[at] = x
        if d[at] < inf:
            for k in range(first[x], first[x + 1]):
                c = kind(d[at] + cost[k])
                to = depth[head[k]]  # all heads are ancestors, so depth tells them apart
                if c < d[to]:
                    d[to] = c
                    by[to] = k
        x = parent[x]
    return node, d, by


@njit(**JIT)
def query(first, head, tail, parent, depth, up, down, source, target, inf):
    """Find the cheapest way between two ranks: (cost, arcs driven upwards, then those downwards)."""
    kind = up.dtype.type
    node_s, d_s, by_s = _climb(first, head, parent, depth, up, source, inf)
    node_t, d_t, by_t = _climb(first, head, parent, depth, down, target, inf)
    best = inf
    meet = -1
    for at in range(min(len(d_s), len(d_t))):
        if node_s[at] != node_t[at]:
            break
        c = kind(d_s[at] + d_t[at])
        if c < best:
            best = c
            meet = at
    ups = np.empty(0, np.int64)
    downs = np.empty(0, np.int64)
    if meet >= 0:
        count = 0
        at = meet
        while by_s[at] >= 0:
            count += 1
            at = depth[tail[by_s[at]]]
        ups = np.empty(count, np.int64)
        at = meet
        while by_s[at] >= 0:
            count -= 1
            ups[count] = by_s[at]
            at = depth[tail[by_s[at]]]
        at = meet
        while by_t[at] >= 0:
            count += 1
            at = depth[tail[by_t[at]]]
        downs = np.empty(count, np.int64)
        at = meet
        count = 0
        while by_t[at] >= 0:
            downs[count] = by_t[at]
            count += 1
            at = depth[tail[by_t[at]]]
    return best, ups, downs


@njit(**JIT)
def unpack(
    from_first, from_tail, from_arc, tail, head, edge_first, edge_of, edge_arc, cost, up, down, ups, downs
):  # fmt: skip
    """Write arcs out as the edges they stand for, in driving order."""
    kind = up.dtype.type
    stack = np.empty(len(ups) + len(downs) + 64, np.int64)  # 2 * arc + (1 when driven upwards)
    size = 0
    for i in range(len(downs) - 1, -1, -1):
        stack[size] = 2 * downs[i]
        size += 1
    for i in range(len(ups) - 1, -1, -1):
        stack[size] = 2 * ups[i] + 1
        size += 1
    edges = np.empty(256, np.int64)
    count = 0
    while size > 0:
        size -= 1
        a = stack[size] >> 1
        upwards = stack[size] & 1
        want = up[a] if upwards else down[a]
        found = False
        for i in range(edge_first[a], edge_first[a + 1]):
            e = edge_of[i]
            if edge_arc[e] & 1 == upwards and cost[e] == want:
                if count >= len(edges):
                    larger = np.empty(2 * count, np.int64)
                    larger[:count] = edges
                    edges = larger
                edges[count] = e
                count += 1
                found = True
                break
        if found:
            continue
        i = from_first[tail[a]]
        j = from_first[head[a]]
        i_end = from_first[tail[a] + 1]
        j_end = from_first[head[a] + 1]
        while i < i_end and j < j_end:
            if from_tail[i] < from_tail[j]:
                i += 1
            elif from_tail[i] > from_tail[j]:
                j += 1
            else:
                p = from_arc[i]  # x-tail
                q = from_arc[j]  # x-head
                if upwards and kind(down[p] + up[q]) == want:
                    lower, higher = 2 * p, 2 * q + 1
                    found = True
                elif not upwards and kind(down[q] + up[p]) == want:
                    lower, higher = 2 * q, 2 * p + 1
                    found = True
                if found:
                    if size + 2 > len(stack):
                        larger = np.empty(2 * len(stack), np.int64)
                        larger[:size] = stack[:size]
                        stack = larger
                    stack[size] = higher
                    stack[size + 1] = lower
                    size += 2
                    break
                i += 1
                j += 1
        if not found:
            return edges[:0]  # not customised: no arc may cost what nothing below it does
    return edges[:count]

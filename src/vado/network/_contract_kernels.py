"""Kernels that contract a hierarchy: once a region, without any costs. Flat arrays in, flat arrays out.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", ACM JEA 21 (2016), 1.5. Nodes and
arcs are those of `network._kernels`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.network._csr import group
from vado.network._jit import JIT


@njit(**JIT)
def contract(n, first, adjacent):
    """Eliminate nodes in order: `adjacent[first[x]:first[x + 1]]` are x's neighbours of higher rank, sorted.

    Gives the arcs as (first [n + 1], head [A]). A node's arcs pass to its parent alone: each is merged once.
    """
    room = 4 * len(adjacent) + 16
    head = np.empty(room, np.int32)
    begin = np.zeros(n + 1, np.int64)
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    m = 0
    for x in range(n):
        begin[x] = m
        need = first[x + 1] - first[x]
        c = child[x]
        while c >= 0:
            need += begin[c + 1] - begin[c]
            c = sibling[c]
        if m + need > room:
            room = 2 * (m + need)
            larger = np.empty(room, np.int32)
            larger[:m] = head[:m]
            head = larger
        seen[x] = x
        for i in range(first[x], first[x + 1]):
            y = adjacent[i]
            if seen[y] != x:
                seen[y] = x
                head[m] = y
                m += 1
        c = child[x]
        while c >= 0:
            for i in range(begin[c], begin[c + 1]):
                y = head[i]
                if seen[y] != x:
                    seen[y] = x
                    head[m] = y
                    m += 1
            c = sibling[c]
        begin[x + 1] = m
        if m > begin[x]:
            head[begin[x] : m] = np.sort(head[begin[x] : m])
            p = head[begin[x]]
            sibling[x] = child[p]
            child[p] = x
    return begin, head[:m].copy()


@njit(**JIT)
def find_arc(first, head, a, b):
    """Find the arc from a up to b; where there is none, where it would stand."""
    low = first[a]
    high = first[a + 1]
    while low < high:
        middle = (low + high) >> 1
        if head[middle] < b:
            low = middle + 1
        else:
            high = middle
    return low


@njit(**JIT)
def arcs_of_edges(first, head, edge_tail, edge_head):
    """Map each edge (by the ranks of its ends) to 2 * arc + (1 when it leads upwards); -1 for a loop."""
    found = np.empty(len(edge_tail), np.int64)
    for e in range(len(edge_tail)):
        a = edge_tail[e]
        b = edge_head[e]
        if a == b:
            found[e] = -1
        elif a < b:
            found[e] = 2 * find_arc(first, head, a, b) + 1
        else:
            found[e] = 2 * find_arc(first, head, b, a)
    return found


@njit(**JIT)
def downward(first, head):
    """List each node's arcs from below, by their tails: (first [n + 1], tail [A], arc [A])."""
    begin, arc = group(len(first) - 1, head)
    tail = np.empty(len(head), np.int32)
    for x in range(len(first) - 1):
        tail[first[x] : first[x + 1]] = x
    return begin, tail[arc], arc


@njit(**JIT)
def depths(parent):
    """Count each node's ancestors."""
    depth = np.zeros(len(parent), np.int32)
    for x in range(len(parent) - 1, -1, -1):
        if parent[x] >= 0:
            depth[x] = depth[parent[x]] + 1
    return depth

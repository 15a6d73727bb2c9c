"""The referee's own search: what leads to a node. Arrays in, arrays out; refuses to know closures."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, boundscheck=False)
def leading_to(goal, edge_from, edge_to, open_, n_nodes):
    """Mark the nodes [N] from which open edges lead to the goal, itself too."""
    newest = np.full(n_nodes, -1, np.int32)  # of the edges into a node; `before` are the others
    before = np.empty(len(edge_to), np.int32)
    for edge in range(len(edge_to)):
        if open_[edge]:
            before[edge] = newest[edge_to[edge]]
            newest[edge_to[edge]] = edge
    marked = np.zeros(n_nodes, np.bool_)
    marked[goal] = True
    todo = np.empty(n_nodes, np.int32)
    todo[0] = goal
    size = 1
    while size > 0:
        size -= 1
        edge = newest[todo[size]]
        while edge >= 0:
            node = edge_from[edge]
            if not marked[node]:
                marked[node] = True
                todo[size] = node
                size += 1
            edge = before[edge]
    return marked

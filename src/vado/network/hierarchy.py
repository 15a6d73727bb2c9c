"""The hierarchy of a region: node order by nested dissection, arcs by contraction. Made once, for all costs.

In: who leads where. Out: `Hierarchy`. Refuses to know durations, closures and stops: a stop inside an edge is
no node here (`network.links`).

The order comes from METIS (pymetis): it needs no coordinates, takes 0.3 s for Porto and is as good as
inertial flow, see docs/decisions/0009.
"""

from __future__ import annotations

import warnings

import numpy as np

from vado.model.hierarchy import Hierarchy
from vado.model.roads import I32, I64
from vado.network import _contract_kernels as contraction

# METIS leaves very small graphs in the order they came; nothing is lost by that.
_METIS_NODES_MIN = 3


def build_hierarchy(n_nodes: int, edge_from: I32, edge_to: I32, *, order: I64 | None = None) -> Hierarchy:
    """Build the hierarchy of N nodes and M directed edges, parallel ones and loops among them.

    `order` [N] gives the nodes as they are to be contracted; without it nested dissection orders them.
    """
    low, high = _pairs(n_nodes, edge_from, edge_to)
    order = nested_dissection(n_nodes, low, high) if order is None else order
    rank = np.empty(n_nodes, np.int64)
    rank[order] = np.arange(n_nodes)
    below, above = np.minimum(rank[low], rank[high]), np.maximum(rank[low], rank[high])
    sorted_ = np.lexsort((above, below))
    begin = np.searchsorted(below[sorted_], np.arange(n_nodes + 1)).astype(np.int64)
    first, head = contraction.contract(n_nodes, begin, above[sorted_].astype(np.int32))
    parent = np.full(n_nodes, -1, np.int32)
    inner = np.diff(first) > 0
    parent[inner] = head[first[:-1][inner]]
    from_first, from_tail, from_arc = contraction.downward(first, head)
    edge_arc = contraction.arcs_of_edges(first, head, rank[edge_from], rank[edge_to]).astype(np.int32)
    by_arc = np.argsort(edge_arc >> 1, kind="stable")
    by_arc = by_arc[edge_arc[by_arc] >= 0]
    edge_first = np.searchsorted(edge_arc[by_arc] >> 1, np.arange(len(head) + 1)).astype(np.int64)
    hierarchy = Hierarchy(
        rank=rank.astype(np.int32),
        first=first,
        head=head,
        tail=np.repeat(np.arange(n_nodes, dtype=np.int32), np.diff(first)),
        parent=parent,
        depth=contraction.depths(parent),
        from_first=from_first,
        from_tail=from_tail,
        from_arc=from_arc,
        edge_arc=edge_arc,
        edge_first=edge_first,
        edge_of=by_arc.astype(np.int32),
    )
    for name in Hierarchy.__slots__:
        getattr(hierarchy, name).flags.writeable = False
    return hierarchy


def nested_dissection(n_nodes: int, low: I64, high: I64) -> I64:
    """Order nodes so that few arcs arise: halves first, what separates them last. The same each time."""
    if n_nodes < _METIS_NODES_MIN or not len(low):
        return np.arange(n_nodes, dtype=np.int64)
    import pymetis

    ends = np.concatenate([low, high])
    by_node = np.argsort(ends, kind="stable")
    begin = np.searchsorted(ends[by_node], np.arange(n_nodes + 1))
    adjacency = pymetis.CSRAdjacency(begin, np.concatenate([high, low])[by_node])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        order, _ = pymetis.nested_dissection(adjacency)
    return np.asarray(order, np.int64)


def _pairs(n_nodes: int, edge_from: I32, edge_to: I32) -> tuple[I64, I64]:
    """List who is joined to whom, each pair once, without loops."""
    low = np.minimum(edge_from, edge_to).astype(np.int64)
    high = np.maximum(edge_from, edge_to).astype(np.int64)
    apart = low != high
    key = np.unique(low[apart] * n_nodes + high[apart])
    return key // max(1, n_nodes), key % max(1, n_nodes)

"""Delays: what is lost by who passes all of a closure, as a factor of speed on its edges.

In: roads, the edges of one hazard, how long they usually take. Out: a factor for each edge: who drives half
of the way loses half of the delay. All of the way is the longest that leads through these edges; each piece
of them that hangs together by itself has all of the delay, as each carriageway of a motorway. Where it is
not certain how far one drives through, it is taken to be less: nobody loses less than is told. Refuses to
shut a road: who waits long gets through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vado.model.roads import F64, I32, I64, Bool, Roads
from vado.network.chunks import distance_m

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def delay_factors(roads: Roads, on: I32, usual: I32, delay_s: int) -> F64:
    """Give the factor [k] of each of the edges `on`; `usual` [k] is how many milliseconds they take."""
    whole_ms = _longest_ms(roads, on, np.maximum(usual, 1))
    factors: F64 = whole_ms / (whole_ms + 1000.0 * delay_s)
    return factors


def _longest_ms(roads: Roads, on: I32, usual: I32) -> F64:
    """Give for each edge how long the longest way takes through the piece that it is of, or a little less.

    Looked for from one node of each piece to the end and back from there, so it may be missed among branches.
    Copies of a junction, made for its turns, are one.
    """
    from scipy.sparse.csgraph import connected_components, dijkstra

    graph_nodes = np.stack([roads.edge_from[on], roads.edge_to[on]])
    _, first, ends = np.unique(roads.node_osm[graph_nodes], return_index=True, return_inverse=True)
    tail, head = ends.reshape(2, -1)
    lonlat = _places(roads, graph_nodes.reshape(-1)[first])
    counted = _counted(roads, on)
    matrix = _matrix(tail[counted], head[counted], usual[counted], len(first))
    _, piece = connected_components(matrix, directed=True, connection="weak")

    def sweep(starts: I64, *, backwards: bool) -> tuple[I64, F64]:
        """Find for each piece the node that is farthest from its start, and how far it is."""
        away = dijkstra(matrix.T if backwards else matrix, indices=starts, min_only=True)
        away[~np.isfinite(away)] = -1.0
        order = np.lexsort((away, piece))
        last = np.append(np.flatnonzero(np.diff(piece[order])), len(order) - 1)
        farthest = order[last].astype(np.int64)
        return farthest, away[farthest]

    some = np.unique(piece, return_index=True)[1].astype(np.int64)
    end, to_end = sweep(some, backwards=False)
    begin, from_begin = sweep(some, backwards=True)
    start_of_end, before_end = sweep(end, backwards=True)
    end_of_begin, after_begin = sweep(begin, backwards=False)
    took = np.stack([to_end, from_begin, before_end, after_begin])
    best, each = took.argmax(0), np.arange(took.shape[1])
    start = np.stack([some, begin, start_of_end, begin])[best, each]
    goal = np.stack([end, some, end, end_of_begin])[best, each]
    longest = took[best, each] * _not_back(lonlat, piece, start, goal)
    found: F64 = np.maximum(longest, 1.0)[piece[tail]]
    # A whole edge beside its parts is driven part by part where that is quicker.
    return np.where(counted, found, np.minimum(found, usual))


def _not_back(lonlat: F64, piece: I32, start: I64, goal: I64) -> F64:
    """Give for each piece the share of its longest way that does not lead back to where it began.

    Out on one carriageway and home on the other is twice the way, but nobody passes the closure so.
    """
    away = distance_m(*lonlat[start[piece]].T, *lonlat.T)
    extent = np.zeros(len(start))
    np.maximum.at(extent, piece, away)
    apart = distance_m(*lonlat[start].T, *lonlat[goal].T)
    return np.clip(apart / np.maximum(extent, 1e-3), 0.5, 1.0)


def _places(roads: Roads, nodes: I32) -> F64:
    """Give [n, 2] degrees lon, lat."""
    return np.stack([roads.node_lon[nodes], roads.node_lat[nodes]], axis=1)


def _counted(roads: Roads, on: I32) -> Bool:
    """Mark the edges that are not there a second time, as parts that stops have cut them into."""
    counted: Bool = ~np.isin(on, roads.split_from)
    return counted if counted.any() else ~counted


def _matrix(tail: I64, head: I64, ms: I32, n: int) -> csr_array:
    """Make the matrix scipy wants; of parallel edges the quickest."""
    from scipy.sparse import csr_array

    order = np.lexsort((ms, head, tail))
    tail, head = tail[order], head[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    return csr_array((ms[order][first].astype(np.float64), (tail[first], head[first])), shape=(n, n))

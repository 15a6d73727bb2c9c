"""Links: how stops inside edges hang on the nodes of the hierarchy.

In: roads, anchored or not. Out: `Links`. A stop inside an edge is a node the hierarchy does not know: the
edge was split there (`network.split`), its parts stand side by side behind the region's edges, in driving
order. So every way from such a stop into the network is a range of parts, and so is every way between two
stops on one edge. Refuses to know costs and closures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vado.model.hierarchy import Hierarchy
from vado.model.roads import I32, I64, Roads
from vado.network.hierarchy import build_hierarchy
from vado.network.metric import NO_WAY_64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranges:
    """Chains of parts: R rows sorted by `at`; the parts of row r are `low[r]` to `high[r]`, both included."""

    at: I64  # [R] the node inside an edge that the chain starts at (or ends at)
    node: I64  # [R] the node at its other end
    low: I64  # [R] edge
    high: I64  # [R] edge
    first: I64  # [X + 1] rows of the x-th node inside edges

    def rows(self, inner: int) -> range:
        return range(int(self.first[inner]), int(self.first[inner + 1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """Of X nodes inside edges: how one leaves and enters the network, and gets from one to another."""

    hierarchy: Hierarchy
    exits: Ranges  # from a node inside an edge to the end of that edge
    entries: Ranges  # from the beginning of an edge to a node inside it
    direct: Ranges  # from a node inside an edge to a later one on it
    whole: I64  # [W] edges that were split ...
    whole_low: I64  # [W] ... and their first and last part
    whole_high: I64

    def inner(self, node: int) -> int:
        """Number a node among those inside edges; negative for a node of the hierarchy."""
        return node - self.hierarchy.n_nodes


@lru_cache(maxsize=4)
def _built(roads: Roads) -> Hierarchy:
    return build_hierarchy(roads.n_nodes, roads.edge_from, roads.edge_to)


def hierarchy_of(roads: Roads) -> Hierarchy:
    """Get the hierarchy that came with the region; roads without one are contracted once."""
    return roads.hierarchy or _built(roads)


@lru_cache(maxsize=4)
def links(roads: Roads) -> Links:
    """Find the links of all nodes inside edges."""
    hierarchy = hierarchy_of(roads)
    m, n = hierarchy.n_edges, hierarchy.n_nodes
    part = np.arange(m, roads.n_edges, dtype=np.int64)
    of = roads.split_from[: len(part)].astype(np.int64)  # none where the hierarchy holds parts and all
    begins = np.ones(len(part), np.bool_)
    begins[1:] = of[1:] != of[:-1]
    start = np.flatnonzero(begins)
    low = m + start
    high = m + np.append(start[1:], len(part)).astype(np.int64) - 1
    group = np.cumsum(begins) - 1
    tail, head = roads.edge_from[m:].astype(np.int64), roads.edge_to[m:].astype(np.int64)
    count = roads.n_nodes - n
    leaves, enters = np.flatnonzero(tail >= n), np.flatnonzero(head >= n)
    last, first = high[group], low[group]
    return Links(
        hierarchy=hierarchy,
        exits=_ranges(tail[leaves], roads.edge_to[last[leaves]], part[leaves], last[leaves], n, count),
        entries=_ranges(head[enters], roads.edge_from[first[enters]], first[enters], part[enters], n, count),
        direct=_direct(tail, head, part, last, n, count),
        whole=of[start],
        whole_low=low,
        whole_high=high,
    )


def _ranges(at: I64, node: I32 | I64, low: I64, high: I64, n: int, count: int) -> Ranges:
    order = np.argsort(at, kind="stable")
    at = at[order]
    return Ranges(
        at=at,
        node=node[order].astype(np.int64),
        low=low[order],
        high=high[order],
        first=np.searchsorted(at, n + np.arange(count + 1)).astype(np.int64),
    )


def _direct(tail: I64, head: I64, part: I64, last: I64, n: int, count: int) -> Ranges:
    """Pair each part that starts inside an edge with all that follow it there and end inside it."""
    follow = np.where(tail >= n, last - part, 0)  # the last part ends at the edge's end
    low = np.repeat(np.arange(len(part)), follow)
    step = np.arange(len(low)) - np.repeat(np.cumsum(follow) - follow, follow)
    high = low + step
    return _ranges(tail[low], head[high], part[low], part[high], n, count)


@dataclass(frozen=True, slots=True, eq=False)
class PartCosts:
    """What ranges of parts cost, by sums that are made once."""

    offset: int
    total: I64  # [parts + 1]
    shut: I64  # [parts + 1]

    @classmethod
    def of(cls, links: Links, own: I64) -> PartCosts:
        """Sum up; `own` [parts] of the parts of edges."""
        shut = own >= NO_WAY_64
        zero = np.zeros(1, np.int64)
        return cls(
            offset=links.hierarchy.n_edges,
            total=np.concatenate([zero, np.cumsum(np.where(shut, 0, own))]),
            shut=np.concatenate([zero, np.cumsum(shut)]),
        )

    def between(self, low: I64, high: I64) -> I64:
        """Give what each range costs, `NO_WAY_64` where a part is shut."""
        a, b = low - self.offset, high - self.offset + 1
        open_ = self.shut[a] == self.shut[b]
        return np.where(open_, self.total[b] - self.total[a], NO_WAY_64)

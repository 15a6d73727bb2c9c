"""Setting out: whoever leaves now, do they get through on roads that are open while they are on them?

In: a snapshot, a way of travelling, its `Passage`, towns' nodes, an instant. Out: for each town whether it
can be driven to, and an origin from it, by who leaves now and waits nowhere. Refuses to know hazards.

How: the usual ways are driven on the clock first; they were found once for all closures. Where no way is
open at any time the answer is no. Only what is left is searched for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I64, Bool
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.model.when import FOREVER_S
from vado.network import _way_kernels as kernels
from vado.network.allowed import kind_of
from vado.network.ground import Ground, ground, trees, usual
from vado.network.passage import Passage

# What a kernel drives by: edges that may be driven, how long they take, the closures on them.
Drive = tuple[Bool, I64, I64, I64, I64, F64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Closures by edge, in milliseconds: edge e's are first[e] to first[e + 1]."""

    first: I64  # [M + 1]
    start_ms: I64
    end_ms: I64
    factor: F64


def setting_out(
    snapshot: Snapshot, travel: Travel, ways: Passage, towns: I64, at_s: int
) -> tuple[Bool, Bool]:
    """Decide for each town whether one who leaves now gets in, and whether one gets out."""
    rows = _rows(snapshot.closures[travel], snapshot.roads.n_edges)
    at_ms = at_s * 1000
    kind = kind_of(snapshot.roads, travel)
    g, u = ground(snapshot.roads), usual(snapshot.roads, kind)
    grown = trees(snapshot.roads, kind, ways.origins)
    clock = u.base_ms, rows.first, rows.start_ms, rows.end_ms, rows.factor
    reachable = (grown.in_cost[towns] < kernels.NEVER_MS) & kernels.along_tree(
        towns, grown.in_by, g.tail, True, *clock, at_ms
    )
    leavable = (grown.out_cost[towns] < kernels.NEVER_MS) & kernels.along_tree(
        towns, grown.out_by, g.head, False, *clock, at_ms
    )
    if reachable.all() and leavable.all():
        return reachable, leavable
    for_good = _for_good(snapshot.closures[travel], ways.pieces.hazards, at_s)
    drive = (u.drivable, *clock)
    asked = ~reachable & ways.pieces.side(ways.starts, for_good, inward=True)[ways.pieces.label[towns]]
    if asked.any():
        reachable[asked] = _search_in(g, drive, ways.origins, towns[asked], at_ms)
    asked = ~leavable & ways.pieces.side(ways.starts, for_good, inward=False)[ways.pieces.label[towns]]
    if asked.any():
        out = grown.out_cost
        rest_ms = np.where(out < kernels.NEVER_MS, out >> kernels.DM_BITS, kernels.NEVER_MS)
        goal = np.zeros(g.n_nodes, np.bool_)
        goal[ways.origins] = True
        leavable[asked] = kernels.search_each(
            g.out_first, g.out_order, g.head, *drive, towns[asked], at_ms, rest_ms, goal
        )
    return reachable, leavable


def _search_in(g: Ground, drive: Drive, origins: I64, towns: I64, at_ms: int) -> Bool:
    """Drive from all origins at once until every town is settled."""
    goal = np.zeros(g.n_nodes, np.bool_)
    goal[towns] = True
    best = np.full(g.n_nodes, kernels.NEVER_MS, np.int64)
    kernels.search(
        g.out_first, g.out_order, g.head, *drive, origins, at_ms, np.zeros(g.n_nodes, np.int64), goal,
        int(goal.sum()), best, np.empty(g.n_nodes, np.int32),
    )  # fmt: skip
    return best[towns] < 0


def _for_good(table: Closures, hazards: int, at_s: int) -> Bool:
    """Mark the hazards that shut roads now and open none again."""
    marked = np.zeros(hazards, np.bool_)
    marked[table.hazard[(table.factor <= 0) & (table.start_s <= at_s) & (table.end_s >= FOREVER_S)]] = True
    return marked


def _rows(table: Closures, n_edges: int) -> Rows:
    first = np.zeros(n_edges + 1, np.int64)
    np.cumsum(np.bincount(table.edge, minlength=n_edges), out=first[1:])
    return Rows(first=first, start_ms=table.start_s * 1000, end_ms=table.end_s * 1000, factor=table.factor)

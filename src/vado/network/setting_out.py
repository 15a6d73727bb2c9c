"""Setting out: whoever leaves now, do they get through on roads that are open while they are on them?

In: a snapshot, a way of travelling, a group's `Passage`, towns' nodes, an instant. Out: for each town whether
it can be driven to, and the group's end from it, by who leaves now and waits nowhere. Refuses to know
hazards.

How: the usual ways are driven on the clock first; they were found once for all closures. Where roads that are
shut do not open before whoever leaves now has come to them (`_shut_too_long`), the answer is no. Only what is
left is searched for: first so that each junction is passed by who comes there first, then by who comes later
(`network.detours`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I32, I64, Bool
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.model.when import FOREVER_S
from vado.network import _detour_kernels as detour_kernels
from vado.network import _way_kernels as kernels
from vado.network.allowed import kind_of
from vado.network.detours import LATE_S, drives_in, drives_out
from vado.network.ground import Ground, Trees, Usual, ground, trees, usual
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
    grown = trees(snapshot.roads, kind, ways.sources, ways.targets)
    clock = u.base_ms, rows.first, rows.start_ms, rows.end_ms, rows.factor
    reachable = (grown.in_cost[towns] < kernels.NEVER_MS) & kernels.along_tree(
        towns, grown.in_by, g.tail, True, *clock, at_ms
    )
    leavable = (grown.out_cost[towns] < kernels.NEVER_MS) & kernels.along_tree(
        towns, grown.out_by, g.head, False, *clock, at_ms
    )
    if reachable.all() and leavable.all():
        return reachable, leavable
    hazard, start_s, end_s = ways.spells
    for_good = np.zeros(ways.pieces.hazards, np.bool_)
    for_good[hazard[(start_s <= at_s) & (end_s >= FOREVER_S)]] = True
    label = ways.pieces.label[towns]
    drive = (u.drivable, *clock)
    asked = ~reachable & ways.pieces.side(ways.starts, for_good, inward=True)[label]
    cut = asked & ~ways.piece_in[0, label]
    if cut.any() and _shut_too_long(g, u, ways, label[cut], for_good, grown, rows, at_s):
        asked &= ~cut
    if asked.any():
        reachable[asked], later = _search_in(g, drive, ways.sources, towns[asked], at_ms)
        asked &= ~reachable & later
    if asked.any():
        reachable[asked] = drives_in(snapshot, travel, ways.sources, towns[asked], at_s)
    asked = ~leavable & ways.pieces.side(ways.goals, for_good, inward=False)[label]
    if asked.any():
        out = grown.out_cost
        rest_ms = np.where(out < kernels.NEVER_MS, out >> kernels.DM_BITS, kernels.NEVER_MS)
        goal = np.zeros(g.n_nodes, np.bool_)
        goal[ways.targets] = True
        of_asked = asked.copy()
        leavable[of_asked], asked[of_asked] = kernels.search_each(
            g.out_first, g.out_order, g.head, *drive, towns[asked], at_ms, rest_ms, goal, LATE_S * 1000
        )
    if asked.any():
        leavable[asked] = drives_out(snapshot, travel, ways.targets, towns[asked], at_s)
    return reachable, leavable


def _search_in(g: Ground, drive: Drive, sources: I64, towns: I64, at_ms: int) -> tuple[Bool, bool]:
    """Drive from all sources at once until every town is settled, and say whether coming later might help."""
    goal = np.zeros(g.n_nodes, np.bool_)
    goal[towns] = True
    best = np.full(g.n_nodes, kernels.NEVER_MS, np.int64)
    touched, rest_ms = np.empty(g.n_nodes, np.int32), np.zeros(g.n_nodes, np.int64)
    clock = g.out_first, g.out_order, g.head, *drive
    count = kernels.search(*clock, sources, at_ms, rest_ms, goal, int(goal.sum()), best, touched)
    found: Bool = best[towns] < 0
    if found.all():
        return found, False
    return found, bool(kernels.may_open(*clock, rest_ms, best, touched, count, LATE_S * 1000))


def _shut_too_long(
    g: Ground, u: Usual, ways: Passage, goals: I32, for_good: Bool, grown: Trees, rows: Rows, at_s: int
) -> bool:
    """Say whether all roads that might let in who is cut off open later than anybody waits for.

    Where one is surely at each of them so long before, nobody who drives on comes to it late enough. Goals
    are the towns' pieces.
    """
    p = ways.pieces
    there = ways.piece_in[0]
    useful = p.side(np.unique(goals), for_good, inward=False)
    gate = there[p.label[g.tail[p.edge]]] & ~there[p.label[g.head[p.edge]]] & useful[p.label[g.head[p.edge]]]
    edge, need = p.edge[gate], p.edge_need[gate]
    # Of one that shuts roads again and again the first end counts: then they are open for a while.
    hazard, _, end_s = ways.spells
    first_end_s = np.full(p.hazards, FOREVER_S, np.int64)
    np.minimum.at(first_end_s, hazard[end_s > at_s], end_s[end_s > at_s])
    ends_s = np.where(ways.blocking[0], first_end_s, at_s)[p.need_hazard]
    opens_s = np.maximum.reduceat(ends_s, p.need_first[:-1])[need]  # a need has at least one hazard
    took_ms = detour_kernels.not_later(
        g.tail[edge], g.in_first, g.in_order, g.tail, u.drivable, u.base_ms, rows.first, grown.in_cost,
        grown.in_by,
    )  # fmt: skip
    return bool((at_s * 1000 + took_ms + LATE_S * 1000 < opens_s * 1000).all())


def _rows(table: Closures, n_edges: int) -> Rows:
    first = np.zeros(n_edges + 1, np.int64)
    np.cumsum(np.bincount(table.edge, minlength=n_edges), out=first[1:])
    return Rows(first=first, start_ms=table.start_s * 1000, end_ms=table.end_s * 1000, factor=table.factor)

"""Last roads: where hazards have left exactly one way in, or out, which road is that?

In: a snapshot, a way of travelling, its `Passage`, towns' nodes, a slot. Out: the edge that every open way
uses and not every usual one, the longest where there are several in a row. A town that always hangs on one
road has none: that is the network's doing, not a hazard's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vado.model.ids import EdgeId
from vado.model.roads import I32, I64, Bool
from vado.model.snapshot import LastRoad, Snapshot, Travel
from vado.network import _forced_kernels as kernels
from vado.network.allowed import kind_of
from vado.network.ground import Kept, ground, trees, usual
from vado.network.passage import Passage


class _Two(NamedTuple):
    """Edges of two ways to each town, with nothing in common that can be gone around."""

    first: I64
    edge: I32


class _Forced(NamedTuple):
    """Which node, and by which edge, every way to a node comes last."""

    above: I32
    by: I32


_FORCED, _TWO = Kept(24), Kept(24)


def last_roads(
    snapshot: Snapshot, travel: Travel, ways: Passage, towns: I64, slot: int, *, inward: bool
) -> list[LastRoad | None]:
    """Name the last road left of each town in a slot; None where there are others, none, or always one."""
    roads, p = snapshot.roads, ways.pieces
    u = usual(roads, kind_of(roads, travel))
    shut_needs = np.zeros(len(p.need_first) - 1, np.bool_)
    owner = np.repeat(np.arange(len(shut_needs)), np.diff(p.need_first))
    shut_needs[owner[ways.blocking[slot][p.need_hazard]]] = True
    shut = p.edge[shut_needs[p.edge_need]]
    shut = shut[u.drivable[shut]]
    if not len(shut):
        return [None] * len(towns)
    roots = ways.sources if inward else ways.targets
    met = _met(snapshot, travel, ways, towns, shut, inward=inward)
    open_now = ways.inward(towns)[slot] if inward else ways.outward(towns)[slot]
    if not (met & open_now).any():
        return [None] * len(towns)
    open_ = u.drivable.copy()
    open_[shut] = False
    now = _forced(snapshot, open_, roots, inward=inward)
    usually = _forced(snapshot, u.drivable, roots, inward=inward)
    edges = kernels.last_edges(towns, now.above, now.by, usually.above, usually.by, u.cost)
    return [None if e < 0 else LastRoad(road=roads.road(e), edge=EdgeId(e)) for e in edges.tolist()]


def _forced(snapshot: Snapshot, open_: Bool, roots: I64, *, inward: bool) -> _Forced:
    g = ground(snapshot.roads)

    def make() -> _Forced:
        onward, back = (g.out_first, g.out_order, g.head), (g.in_first, g.in_order, g.tail)
        ways = (*onward, *back) if inward else (*back, *onward)
        return _Forced(*kernels.dominators(*ways, open_, roots))

    return _FORCED.get((snapshot.roads, np.packbits(open_).tobytes(), roots.tobytes(), inward), make)


def _met(snapshot: Snapshot, travel: Travel, ways: Passage, towns: I64, shut: I32, *, inward: bool) -> Bool:
    """Mark the towns [T] for which something shut may have left a last road; for the others nothing has."""
    roads = snapshot.roads
    kind = kind_of(roads, travel)
    roots = ways.sources if inward else ways.targets

    def make() -> _Two:
        g, u, grown = ground(roads), usual(roads, kind), trees(roads, kind, ways.sources, ways.targets)
        usually = _forced(snapshot, u.drivable, roots, inward=inward)
        is_start = np.zeros(g.n_nodes, np.bool_)
        is_start[roots] = True
        if inward:
            back = g.in_first, g.in_order, g.tail, g.head, u.cost, u.drivable, grown.in_cost, grown.in_by
        else:
            back = g.out_first, g.out_order, g.head, g.tail, u.cost, u.drivable, grown.out_cost, grown.out_by
        return _Two(*kernels.two_ways(towns, *back, usually.above, usually.by, is_start))

    two = _TWO.get((roads, kind, roots.tobytes(), towns.tobytes(), inward), make)
    is_shut = np.zeros(roads.n_edges + 1, np.bool_)  # the last one stands for a second way not found
    is_shut[shut] = is_shut[-1] = True
    owner = np.repeat(np.arange(len(towns)), np.diff(two.first))
    met = np.zeros(len(towns), np.bool_)
    met[owner[is_shut[two.edge]]] = True
    return met

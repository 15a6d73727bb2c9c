"""Pieces: the roads melted down to what hazards can part, and which pieces lead where under which of them.

In: a snapshot, a way of travelling, a period. Out: `Pieces`: nodes that can drive to each other on edges that
nothing shuts in the period are one piece, and between pieces stand links, each with the hazards that must be
lifted to pass it. Who asks for slots, cuts or what-ifs asks this small graph, not the roads. Ways of
travelling that may drive the same edges and meet the same closures share one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import I32, I64, Bool
from vado.model.snapshot import Closures, Snapshot, Travel
from vado.model.when import Interval
from vado.network import _reach_kernels as kernels
from vado.network._csr import group
from vado.network.allowed import kind_of
from vado.network.ground import Kept, ground, usual
from vado.network.slots import overlapping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """P pieces, L links, Q needs (sets of hazards); a link's need is -1 when nothing must be lifted."""

    label: I32  # [N] the piece of a node
    count: int  # P
    first: I64  # [P + 1] links by where they lead from
    order: I32  # [L]
    back_first: I64  # [P + 1] links by where they lead to
    back_order: I32
    source: I32  # [L]
    target: I32
    need: I32
    need_first: I64  # [Q + 1]
    need_hazard: I32  # hazards of a need; numbers in the snapshot
    edge: I32  # [E] edges that some hazard shuts, sorted
    edge_need: I32  # [E] the need of each
    hazards: int  # H, of the snapshot

    def side(self, starts: I32, blocking: Bool, *, inward: bool) -> Bool:
        """Mark what the starts lead to (`inward`), or what leads to them, while these hazards [H] block."""

        def make() -> Bool:
            first, order, other = self.way(inward=inward)
            found: Bool = kernels.spread(
                first, order, other, self.need, self.need_first, self.need_hazard, blocking, starts
            )
            return found

        return _SIDES.get((self, starts.tobytes(), np.packbits(blocking).tobytes(), inward), make)

    def way(self, *, inward: bool) -> tuple[I64, I32, I32]:
        """Give the links to follow from the origins on, or against their direction."""
        if inward:
            return self.first, self.order, self.target
        return self.back_first, self.back_order, self.source


_PIECES, _SIDES = Kept(16), Kept(512)


def pieces(snapshot: Snapshot, travel: Travel, period: Interval) -> Pieces:
    """Melt the roads for a period; what shuts only before or after it does not count."""
    table = snapshot.table(travel)
    roads = snapshot.roads
    rows = overlapping(table, period) & (table.factor <= 0)
    edge, hazard = table.edge[rows].astype(np.int32), table.hazard[rows].astype(np.int32)
    open_ = usual(roads, kind_of(roads, travel))
    key = roads, open_.key, edge.tobytes(), hazard.tobytes(), len(snapshot.hazards)

    def make() -> Pieces:
        g = ground(roads)
        shut, edge_need, need_first, need_hazard = _needs(edge, hazard)
        need_of = np.full(roads.n_edges, -1, np.int32)
        need_of[shut] = edge_need
        always = open_.drivable & (need_of < 0)
        label, count = kernels.strong(g.out_first, g.out_order, g.head, always)
        source, target, need = kernels.links_between(label, g.tail, g.head, open_.drivable, need_of)
        first, order = group(count, source)
        back_first, back_order = group(count, target)
        return Pieces(
            label=label, count=count, first=first, order=order, back_first=back_first, back_order=back_order,
            source=source, target=target, need=need, need_first=need_first, need_hazard=need_hazard,
            edge=shut, edge_need=edge_need, hazards=len(snapshot.hazards),
        )  # fmt: skip

    return _PIECES.get(key, make)


def _needs(edge: I32, hazard: I32) -> tuple[I32, I32, I64, I32]:
    """Number the sets of hazards that shut an edge: (edges, need of each, needs' first, their hazards)."""
    order = np.lexsort((hazard, edge))
    edge, hazard = edge[order], hazard[order]
    new = np.ones(len(edge), np.bool_)
    new[1:] = (edge[1:] != edge[:-1]) | (
        hazard[1:] != hazard[:-1]
    )  # a hazard may shut an edge more than once
    edge, hazard = edge[new], hazard[new]
    begin = np.flatnonzero(np.r_[True, edge[1:] != edge[:-1]]) if len(edge) else np.zeros(0, np.int64)
    first = np.append(begin, len(edge)).astype(np.int64)
    of_edge, row = kernels.same_sets(first, hazard)
    sizes = np.diff(first)[row]
    need_first = np.append(0, np.cumsum(sizes)).astype(np.int64)
    flat = np.arange(need_first[-1]) + np.repeat(first[row] - need_first[:-1], sizes)
    return edge[begin], of_edge, need_first, hazard[flat]


def active(table: Closures, hazards: int, period: Interval) -> Bool:
    """Mark the hazards [H] that shut something in a period."""
    marked = np.zeros(hazards, np.bool_)
    marked[table.hazard[overlapping(table, period) & (table.factor <= 0)]] = True
    return marked

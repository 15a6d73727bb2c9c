"""Cut: the fewest hazards whose lifting opens the way in and out again, and the roads they do it on.

Hazards that are one event, told by several, count once and make one line.

In: a snapshot, a way of travelling, its `Passage`, the hazards that block together. Out: `CutRoad` lines of
a node. With these lifted both ways exist, with any one of them left they do not. That no fewer would do is
proven wherever the search comes to an end under its bound (`network.fewest`), and is said for each node.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vado.model.ids import EdgeId
from vado.model.roads import I32, Bool
from vado.model.snapshot import CutRoad, Snapshot, Told, Travel
from vado.network import _way_kernels as way_kernels
from vado.network.allowed import kind_of
from vado.network.fewest import Fewest, Lifted
from vado.network.ground import Kept, Trees, ground, trees, usual
from vado.network.passage import Passage


class Cutter:
    """Answers for the nodes of one moment; what one answer needed is kept for the next."""

    def __init__(self, snapshot: Snapshot, travel: Travel, ways: Passage, fewest: Fewest) -> None:
        self._snapshot = snapshot
        self._travel = travel
        self._pieces = ways.pieces
        self._ends = ways.sources, ways.targets  # of what leads in, of what leads out
        self._fewest = fewest
        self._event = {k: group[0] for group in snapshot.events for k in group}  # others stand alone
        self._grown: Trees | None = None
        # By node, for neighbours know different roads: of each event, where it is met and who shuts it there.
        self._met: dict[int, dict[int, tuple[int, int]]] = {}

    def of(self, node: int, later: Lifted = frozenset()) -> tuple[CutRoad, ...]:
        """Give the cut of a node; empty when it is not cut, or when no hazard does it.

        Lines tell of those that shut it `later` too, where they are the same event.
        """
        lifted = self.lifted(node)
        if node not in self._met:
            self._met[node] = {} if not lifted else self._meet(lifted, node)
        members = self._members(lifted | later)
        return tuple(
            self._line(edge, number, members[event]) for event, (edge, number) in self._met[node].items()
        )

    def lifted(self, node: int) -> Lifted:
        """Give the hazards that the cut of a node names; no road is looked for."""
        return self._fewest.of(int(self._pieces.label[node]))[0]

    def causes(self, node: int) -> Lifted:
        """Give them with each event by its first, so that the same cause is the same set."""
        return frozenset(self._event.get(number, number) for number in self.lifted(node))

    def proven(self, node: int) -> bool:
        """Say whether it is proven that no fewer hazards would do for a node."""
        return self._fewest.of(int(self._pieces.label[node]))[1]

    def _members(self, lifted: Lifted) -> dict[int, list[int]]:
        members: dict[int, list[int]] = {}
        for number in sorted(lifted):
            members.setdefault(self._event.get(number, number), []).append(number)
        return members

    def _meet(self, lifted: Lifted, node: int) -> dict[int, tuple[int, int]]:
        """Find a road for each event: where the usual way in, or else out, first meets it."""
        events = self.causes(node)
        met: dict[int, tuple[int, int]] = {}
        for known in (True, False):  # people know the usual way; it need not meet all of the cut
            for inward in (True, False):
                for edge, asks in self._shut_on_way(None if known else lifted, node, inward=inward):
                    if asks <= lifted:
                        here = self._shutting(edge)
                        for number in sorted(asks & here):
                            met.setdefault(self._event.get(number, number), (edge, number))
            if met.keys() >= events:
                break
        return met

    def _line(self, edge: int, number: int, members: Sequence[int]) -> CutRoad:
        snapshot = self._snapshot
        hazard = snapshot.hazards[number]
        others = [snapshot.hazards[k] for k in members if k != number]
        return CutRoad(
            hazard=hazard.id,
            alert=hazard.alert,
            road=snapshot.roads.road(edge),
            edge=EdgeId(edge),
            kind=hazard.kind,
            headline=hazard.evidence[0].headline,
            also=tuple(
                Told(hazard=other.id, alert=other.alert, source=other.evidence[0].source) for other in others
            ),
        )

    def _shutting(self, edge: int) -> Lifted:
        """List the hazards that shut an edge at any time of the period."""
        p = self._pieces
        need = int(p.edge_need[np.searchsorted(p.edge, edge)])
        return frozenset(p.need_hazard[p.need_first[need] : p.need_first[need + 1]].tolist())

    def _shut_on_way(self, lifted: Lifted | None, node: int, *, inward: bool) -> list[tuple[int, Lifted]]:
        """List the edges that hazards shut on the fastest way between a base and a node, from the base on.

        The way is the usual one, or the fastest when only these hazards are lifted; with each what
        it asks to be lifted. Those that ask the same are listed once.
        """
        p = self._pieces
        path = (
            self._usual_way(node, inward=inward) if lifted is None else self._way(lifted, node, inward=inward)
        )
        at = np.searchsorted(p.edge, path)
        at[at == len(p.edge)] = 0
        path, need = path[p.edge[at] == path], p.edge_need[at[p.edge[at] == path]]
        first = np.sort(np.unique(need, return_index=True)[1])  # where each need is met first
        asked = [self._fewest.needs(one) for one in need[first].tolist()]
        return [(edge, asks) for edge, asks in zip(path[first].tolist(), asked, strict=True) if asks]

    def _usual_way(self, node: int, *, inward: bool) -> I32:
        """Give the edges of the usual way, from the base on."""
        g, grown = ground(self._snapshot.roads), self._trees()
        near, by = (g.tail, grown.in_by) if inward else (g.head, grown.out_by)
        path: I32 = way_kernels.path(by, near, node)[::-1]
        return path

    def _trees(self) -> Trees:
        if self._grown is None:
            roads = self._snapshot.roads
            self._grown = trees(roads, kind_of(roads, self._travel), *self._ends)
        return self._grown

    def _way(self, lifted: Lifted, node: int, *, inward: bool) -> I32:
        """Give the edges of the fastest way when only these hazards are lifted, from the base on."""
        roads, p = self._snapshot.roads, self._pieces
        kind = kind_of(roads, self._travel)
        g, u, grown = ground(roads), usual(roads, kind), self._trees()
        open_ = u.drivable.copy()
        stays: Bool = np.any(self._fewest.asks & ~self._fewest.as_set(lifted), axis=1)
        open_[p.edge[stays[p.edge_need]]] = False
        goal = np.zeros(g.n_nodes, np.bool_)
        goal[self._ends[0] if inward else self._ends[1]] = True
        # The usual cost is never more than what is still to go, so few nodes are looked at.
        path: I32
        if inward:
            path = way_kernels.toward(
                g.in_first, g.in_order, g.tail, u.cost, open_, node, goal, grown.in_cost
            )[::-1]
        else:
            path = way_kernels.toward(
                g.out_first, g.out_order, g.head, u.cost, open_, node, goal, grown.out_cost
            )[::-1]
        return path


# A moment has one cutter for each way of travelling, and one search for those that share their pieces.
_CUTTERS, _FEWEST = Kept(48), Kept(256)


def cutter(snapshot: Snapshot, travel: Travel, ways: Passage, blocking: Bool) -> Cutter:
    """Get the cutter of a moment's hazards; slots that differ in speed only, reach and access share them."""
    ends = ways.sources.tobytes(), ways.targets.tobytes()
    key = snapshot, travel, ways.pieces, *ends, np.packbits(blocking).tobytes()
    return _CUTTERS.get(
        key,
        lambda: Cutter(snapshot, travel, ways, _fewest(snapshot, ways, blocking)),
    )


def _fewest(snapshot: Snapshot, ways: Passage, blocking: Bool) -> Fewest:
    """Get the search of a moment's hazards; what is one event is part of the question, not of the pieces."""
    ends = ways.starts.tobytes(), ways.goals.tobytes()
    key = ways.pieces, *ends, np.packbits(blocking).tobytes(), snapshot.events
    return _FEWEST.get(key, lambda: Fewest(ways.pieces, ways.starts, ways.goals, blocking, snapshot.events))

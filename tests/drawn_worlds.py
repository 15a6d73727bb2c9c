"""Random small worlds for the network's properties, and the plainest possible drives in them.

Closures begin and end on tens of minutes, roads take whole minutes. Nothing here is shared with
`vado.network` but the snapshot it judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from hypothesis import strategies as st

from drawn import HOUR, MINUTE, NOON, hazard, roads, touched
from vado import network
from vado.model.alert import Action
from vado.model.hazard import Hazard
from vado.model.roads import Roads
from vado.model.snapshot import Snapshot, Travel
from vado.model.when import FOREVER_S, Interval, clock

CAR = Travel("car")
HORIZON = Interval(NOON, NOON + 4 * HOUR)
LETTERS = "ABCDEFG"
# Letters off any line with one another, so that shape points never coincide.
MAP = "A  B   C\n\n  D     E\n\n F    G"


@dataclass(frozen=True, repr=False)
class World:
    town: Roads
    hazards: tuple[Hazard, ...]

    def __repr__(self) -> str:
        """Write it short enough to read when a property fails."""
        t = self.town
        ends = zip(t.node_osm[t.edge_from].tolist(), t.node_osm[t.edge_to].tolist(), strict=True)
        minutes = (t.edge_duration_ms[0] // 60_000).tolist()
        edges = " ".join(f"{chr(a)}{chr(b)}:{m}" for (a, b), m in zip(ends, minutes, strict=True))
        hazards = " ".join(
            f"{h.id}:{h.effects[0].action}[{clock(h.interval.start_s)},{clock(h.interval.end_s)})"
            for h in self.hazards
        )
        return f"World({edges} | {hazards})"

    @property
    def snapshot(self) -> Snapshot:
        return network.snapshot(self.town, self.hazards, touched(self.town, self.hazards), travels=(CAR,))


@st.composite
def towns(draw: st.DrawFn) -> Roads:
    pairs = [a + b for i, a in enumerate(LETTERS) for b in LETTERS[i + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=6, max_size=12, unique=True))
    ways = {}
    for pair in chosen:
        way = pair if draw(st.booleans()) else pair[::-1]
        ways[way] = {"minutes": draw(st.integers(1, 40)), "oneway": draw(st.integers(0, 3)) == 0}
    return roads(MAP, ways=ways)


@st.composite
def worlds(
    draw: st.DrawFn,
    *,
    actions: tuple[Action, ...] = (Action.SHUT, Action.SHUT, Action.SLOW),
    reopening: bool = True,
) -> World:
    town = draw(towns())
    ends = zip(town.node_osm[town.edge_from].tolist(), town.node_osm[town.edge_to].tolist(), strict=True)
    pairs = sorted({"".join(sorted(chr(a) + chr(b))) for a, b in ends})
    hazards = []
    for k in range(draw(st.integers(0, 4))):
        start = NOON + draw(st.integers(-6, 24)) * 10 * MINUTE
        tens = draw(st.integers(1, 13)) if reopening else 13
        length = FOREVER_S if tens > 12 else tens * 10 * MINUTE
        on = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=3, unique=True))
        hazards.append(
            hazard(
                town,
                " ".join(on),
                start,
                FOREVER_S if length == FOREVER_S else start + length,
                action=draw(st.sampled_from(actions)),
                alert=f"A{k}",
                speed_factor=draw(st.sampled_from([0.25, 0.5, 0.8])),
            )
        )
    return World(town, tuple(hazards))


def slowest(snapshot: Snapshot, edge: int, start_ms: int, end_ms: int) -> float:
    """Give the lowest factor of an edge in [start, end), looking at one row after the other."""
    table = snapshot.closures[CAR]
    factor = 1.0
    for k in range(len(table)):
        if table.edge[k] == edge and table.start_s[k] * 1000 < end_ms and start_ms < table.end_s[k] * 1000:
            factor = min(factor, float(table.factor[k]))
    return factor


def leave(snapshot: Snapshot, edge: int, enter_ms: int) -> int | None:
    """Drive one edge, minute by minute of what it meets: None when it is shut while driven."""
    base = int(snapshot.roads.edge_duration_ms[0, edge])
    took = base
    while True:
        factor = slowest(snapshot, edge, enter_ms, enter_ms + took)
        if factor <= 0:
            return None
        if ceil(base / factor) == took:
            return enter_ms + took
        took = ceil(base / factor)


def simple_dijkstra(snapshot: Snapshot, origin: int, depart_ms: int) -> dict[int, int]:
    """Settle the earliest node, look at all edges: no heap, no bounds, no waiting."""
    roads = snapshot.roads
    best, done = {origin: depart_ms}, set[int]()
    while left := [node for node in best if node not in done]:
        node = min(left, key=lambda n: best[n])
        done.add(node)
        for edge in np.flatnonzero(roads.edge_from == node).tolist():
            there = leave(snapshot, edge, best[node])
            head = int(roads.edge_to[edge])
            if there is not None and there < best.get(head, there + 1):
                best[head] = there
    return best

"""Times: travel between stops, slot by slot, and drives on the clock. The network's half of `ports.Times`.

In: a snapshot and the stops' nodes. Out: matrices by scipy's Dijkstra, each computed when first asked for,
and exact drives. Refuses to know what the stops are for.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vado.model.roads import F64, I32, I64
from vado.model.snapshot import NO_WAY_S, Drive, Matrix, Snapshot, Travel
from vado.model.when import Interval
from vado.network.clock import Clock, clock_of
from vado.network.drive import as_drive, find_run, run
from vado.network.graph import graph, metres, milliseconds, shortest
from vado.network.slots import SLOTS_MAX, always_shut, cut_slots, factors

TREES_BYTES_MAX = 192 * 2**20  # shortest-path trees kept for drives
POTENTIALS_MAX = 64
# Nobody waits for a road that opens later than this after the horizon: longer than any shift is driven.
TRIP_MAX_S = 24 * 3600
SOURCES_PER_RUN = 64  # bounds what one run of Dijkstra needs: N * this * 12 bytes


def times(
    snapshot: Snapshot, nodes: Sequence[int], *, horizon: Interval, slots_max: int = SLOTS_MAX
) -> NetworkTimes:
    """Make `ports.Times` for stops at these nodes (-1: nowhere)."""
    return NetworkTimes(snapshot, nodes, horizon=horizon, slots_max=slots_max)


class NetworkTimes:
    """Travel between S stops. Keeps what it computed; asks for nothing but its snapshot."""

    def __init__(
        self, snapshot: Snapshot, nodes: Sequence[int], *, horizon: Interval, slots_max: int = SLOTS_MAX
    ) -> None:
        self._snapshot = snapshot
        self._nodes = tuple(int(node) for node in nodes)
        self._horizon = horizon
        self._slots = cut_slots(snapshot.closures.values(), horizon, limit=slots_max)
        self._matrices: dict[tuple[Travel, int], Matrix] = {}
        self._computed: dict[tuple[str, bytes], Matrix] = {}
        self._weights: OrderedDict[tuple[Travel, int], F64] = OrderedDict()
        self._trees: OrderedDict[tuple[Travel, int, int], I32] = OrderedDict()
        self._remaining: OrderedDict[tuple[Travel, int, bytes], F64] = OrderedDict()
        self._shut_on: dict[tuple[Travel, int], I64] = {}
        self._clocks: dict[tuple[Travel, float], Clock] = {}

    @property
    def slots(self) -> tuple[Interval, ...]:
        return self._slots.intervals

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        """Give seconds and metres [S, S] with exactly the closures of that slot; computed once."""
        key = travel, slot
        if key not in self._matrices:
            factor = factors(
                self._snapshot.closures[travel], self._slots.intervals[slot], self._snapshot.roads.n_edges
            )
            # Slots are cut for all ways of travelling: one often finds in them the roads it knows already.
            same = travel.profile, hashlib.sha256(factor.tobytes()).digest()
            if same not in self._computed:
                self._computed[same] = self._matrix(travel, slot)
            self._matrices[key] = replace(
                self._computed[same], slot=self._slots.intervals[slot], travel=travel
            )
        return self._matrices[key]

    def drive(
        self, travel: Travel, origin: int, target: int, depart_s: int, *, speed_factor: float = 1.0
    ) -> Drive | None:
        """Drive on the real clock, leaving at depart_s or, where a road opens later, as soon as that helps.

        `speed_factor` is the vehicle's own: 0.8 takes a quarter longer everywhere.
        """
        a, b = self._nodes[origin], self._nodes[target]
        if a < 0 or b < 0:
            return None
        if a == b:
            return Drive(edges=(), depart_s=depart_s, arrive_s=depart_s, distance_m=0)
        clock = self._clock(travel, speed_factor)
        slot = self._slots.at(depart_s)
        interval = self._slots.intervals[slot]
        roads = self._snapshot.roads
        if not self._slots.merged[slot] and interval.start_s <= depart_s:
            path = self._path(travel, slot, origin, b)
            easy = run(clock, path, depart_s * 1000) if path else None
            if easy is not None and easy.arrive_ms <= interval.end_s * 1000:
                return as_drive(roads, easy, depart_s=depart_s)
        found = find_run(
            clock,
            a,
            b,
            depart_ms=depart_s * 1000,
            until_ms=max(self._horizon.end_s, depart_s) * 1000,
            remaining_ms=self._remaining_to(travel, b, depart_s),
        )
        return None if found is None else as_drive(roads, found, depart_s=depart_s)

    def _clock(self, travel: Travel, speed_factor: float) -> Clock:
        key = travel, speed_factor
        if key not in self._clocks:
            self._clocks[key] = clock_of(self._snapshot, travel, speed_factor=speed_factor)
        return self._clocks[key]

    def _weigh(self, travel: Travel, slot: int) -> F64:
        """Weigh the edges in a slot; the newest few are kept."""
        key = travel, slot
        if key not in self._weights:
            closures = self._snapshot.closures[travel]
            roads = self._snapshot.roads
            factor = factors(closures, self._slots.intervals[slot], roads.n_edges)
            self._weights[key] = graph(roads, travel.profile).weights(factor)
            if len(self._weights) > 8:
                self._weights.popitem(last=False)
        return self._weights[key]

    def _matrix(self, travel: Travel, slot: int) -> Matrix:
        real = [k for k, node in enumerate(self._nodes) if node >= 0]
        distinct, back = np.unique(np.array([self._nodes[k] for k in real], np.int64), return_inverse=True)
        sparse = graph(self._snapshot.roads, travel.profile).sparse(self._weigh(travel, slot))
        between = np.full((len(distinct), len(distinct)), np.inf)
        for low in range(0, len(distinct), SOURCES_PER_RUN):
            sources = distinct[low : low + SOURCES_PER_RUN]
            dist, before = shortest(sparse, sources)
            between[low : low + len(sources)] = dist[:, distinct]
            for node, tree in zip(sources.tolist(), before, strict=True):
                self._keep_tree((travel, slot, node), tree)
        seconds = np.full((len(self._nodes),) * 2, NO_WAY_S, np.int64)
        length = seconds.copy()
        at = np.ix_(real, real)
        open_ = np.isfinite(between)
        whole_s = np.where(open_, np.ceil(milliseconds(between) / 1000.0), NO_WAY_S)
        seconds[at] = whole_s[np.ix_(back, back)]
        length[at] = np.where(open_, metres(between), NO_WAY_S)[np.ix_(back, back)]
        seconds.flags.writeable = length.flags.writeable = False
        return Matrix(slot=self._slots.intervals[slot], travel=travel, seconds=seconds, metres=length)

    def _keep_tree(self, key: tuple[Travel, int, int], tree: I32) -> None:
        limit = max(1, TREES_BYTES_MAX // max(1, tree.nbytes))
        self._trees[key] = np.array(tree, np.int32)  # a copy: the block it is a row of can go
        while len(self._trees) > limit:
            self._trees.popitem(last=False)

    def _path(self, travel: Travel, slot: int, origin: int, target: int) -> list[int]:
        """Give the fastest path of a slot as edges; empty when there is none."""
        node = self._nodes[origin]
        g = graph(self._snapshot.roads, travel.profile)
        weights = self._weigh(travel, slot)
        key = travel, slot, node
        if key not in self._trees:
            _, before = shortest(g.sparse(weights), [node])
            self._keep_tree(key, before[0])
        return g.path(self._trees[key], target, weights)

    def _remaining_to(self, travel: Travel, target: int, depart_s: int) -> F64:
        """Give a bound no drive from depart_s on can beat, ms [N]: all roads that are not shut for good."""
        since_s = min(depart_s, self._slots.intervals[self._slots.at(depart_s)].start_s)
        if (travel, since_s) not in self._shut_on:
            closures = self._snapshot.closures[travel]
            until_s = max(self._horizon.end_s, depart_s) + TRIP_MAX_S
            self._shut_on[travel, since_s] = always_shut(closures, Interval(since_s, until_s))
        shut = self._shut_on[travel, since_s]
        key = travel, target, shut.tobytes()
        if key not in self._remaining:
            g = graph(self._snapshot.roads, travel.profile)
            factor = np.ones(self._snapshot.roads.n_edges)
            factor[shut] = 0.0
            backwards = g.sparse(g.weights(factor)).T.tocsr()
            dist, _ = shortest(backwards, [target])
            self._remaining[key] = milliseconds(dist[0])
            if len(self._remaining) > POTENTIALS_MAX:
                self._remaining.popitem(last=False)
        self._remaining.move_to_end(key)
        return self._remaining[key]

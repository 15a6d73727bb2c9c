"""Times: travel between stops, slot by slot, and drives on the clock. The network's half of `ports.Times`.

In: a snapshot and the stops' nodes. Out: matrices by the region's hierarchy, each computed when first asked
for, and exact drives. Refuses to know what the stops are for.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vado.model.roads import F64, I64
from vado.model.snapshot import Drive, Matrix, Snapshot, Travel
from vado.model.when import Interval
from vado.network.allowed import Kind, kind_of
from vado.network.clock import Clock, clock_of
from vado.network.costs import slowest, told
from vado.network.drive import as_drive, run
from vado.network.first import Wish, first_run
from vado.network.metric import LANES
from vado.network.router import State, path, prepare, remaining_ms, router, state, states
from vado.network.slots import SLOTS_MAX, always_shut, cut_slots

STATES_MAX = 8  # customised roads kept: one of a region of a million edges is 45 MB
POTENTIALS_MAX = 64
# Nobody waits for a road that opens later than this after the horizon: longer than any shift is driven.
TRIP_MAX_S = 24 * 3600


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
        self._computed: dict[tuple[Kind, bytes], Matrix] = {}
        distinct, stops = np.unique(np.array(self._nodes, np.int64), return_inverse=True)
        nowhere = int((distinct < 0).sum())  # -1 sorts first
        self._stops: I64 = stops.astype(np.int64) - nowhere  # number of each node in the router, or -1
        self._router = router(snapshot.roads, distinct[nowhere:])
        self._states: OrderedDict[tuple[Travel, int], State] = OrderedDict()
        self._hopeful: OrderedDict[tuple[Travel, bytes], State] = OrderedDict()
        self._remaining: OrderedDict[tuple[Travel, int, bytes], F64] = OrderedDict()
        self._shut_on: dict[tuple[Travel, int], I64] = {}
        self._clocks: dict[tuple[Travel, float], Clock] = {}

    @property
    def slots(self) -> tuple[Interval, ...]:
        return self._slots.intervals

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        """Give seconds and metres [S, S] with exactly the closures of that slot; computed once."""
        return self.matrices(travel, [slot])[0]

    def matrices(self, travel: Travel, slots: Sequence[int]) -> list[Matrix]:
        """Give the matrices of several slots; what has to be customised for them is so together."""
        # Slots are cut for all ways of travelling: one often finds in them the roads it knows already.
        kind = kind_of(self._snapshot.roads, travel)
        unknown = [slot for slot in slots if (travel, slot) not in self._matrices]
        same = {slot: (kind, self._digest(travel, slot)) for slot in unknown}
        new = {key: slot for slot, key in same.items() if key not in self._computed}
        asked = list(new.items())
        for at in range(0, len(asked), LANES):
            group = asked[at : at + LANES]
            for (key, slot), state_ in zip(
                group, self._states_of(travel, [s for _, s in group]), strict=True
            ):
                self._computed[key] = self._matrix(travel, slot, state_)
        for slot, key in same.items():
            self._matrices[travel, slot] = replace(
                self._computed[key], slot=self._slots.intervals[slot], travel=travel
            )
        return [self._matrices[travel, slot] for slot in slots]

    def _digest(self, travel: Travel, slot: int) -> bytes:
        edges, factor = slowest(self._snapshot.closures[travel], self._slots.intervals[slot])
        return hashlib.sha256(edges.tobytes() + factor.tobytes()).digest()

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
            likely = self._path(travel, slot, a, b)
            easy = run(clock, likely, depart_s * 1000) if likely else None
            if easy is not None and easy.arrive_ms <= interval.end_s * 1000:
                return as_drive(roads, easy, depart_s=depart_s)
        wish = Wish(
            clock=clock,
            origin=a,
            target=b,
            depart_ms=depart_s * 1000,
            until_ms=max(self._horizon.end_s, depart_s) * 1000,
            remaining_ms=self._remaining_to(travel, b, depart_s),
        )
        found = first_run(wish).run
        return None if found is None else as_drive(roads, found, depart_s=depart_s)

    def _clock(self, travel: Travel, speed_factor: float) -> Clock:
        key = travel, speed_factor
        if key not in self._clocks:
            self._clocks[key] = clock_of(self._snapshot, travel, speed_factor=speed_factor)
        return self._clocks[key]

    def _states_of(self, travel: Travel, slots: Sequence[int]) -> list[State]:
        """Get the roads as they are in some slots, STATES_MAX at most; the newest few are kept."""
        new = [slot for slot in slots if (travel, slot) not in self._states]
        if new:
            roads, tables = self._snapshot.roads, self._snapshot.closures
            prepare(roads, (kind_of(roads, each) for each in tables))
            shut = [slowest(tables[travel], self._slots.intervals[slot]) for slot in new]
            made = states(roads, kind_of(roads, travel), shut)
            self._states.update({(travel, slot): state_ for slot, state_ in zip(new, made, strict=True)})
        for slot in slots:
            self._states.move_to_end((travel, slot))
        while len(self._states) > STATES_MAX:
            self._states.popitem(last=False)
        return [self._states[travel, slot] for slot in slots]

    def _matrix(self, travel: Travel, slot: int, at_: State) -> Matrix:
        seconds, metres_ = told(self._router.matrix(at_), self._stops)
        seconds.flags.writeable = metres_.flags.writeable = False
        return Matrix(slot=self._slots.intervals[slot], travel=travel, seconds=seconds, metres=metres_)

    def _path(self, travel: Travel, slot: int, origin: int, target: int) -> list[int]:
        """Give the fastest path of a slot as edges; empty when there is none."""
        return path(self._states_of(travel, [slot])[0], origin, target)

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
            hopeful = travel, shut.tobytes()
            if hopeful not in self._hopeful:
                roads = self._snapshot.roads
                self._hopeful[hopeful] = state(roads, kind_of(roads, travel), shut, np.zeros(len(shut)))
                if len(self._hopeful) > STATES_MAX:
                    self._hopeful.popitem(last=False)
            self._remaining[key] = remaining_ms(self._hopeful[hopeful], target)
            if len(self._remaining) > POTENTIALS_MAX:
                self._remaining.popitem(last=False)
        self._remaining.move_to_end(key)
        return self._remaining[key]

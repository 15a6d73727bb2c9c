"""Detours: who comes to a road too early finds it shut; do they get through by driving about meanwhile?

In: a snapshot, a way of travelling, nodes, an instant. Out: for each town whether some drive from, or to, the
origins comes through. Of all drives without a wait, circles too, none is overlooked that comes to no junction
more than `LATE_S` after the first who could be there, if need be by waiting on the way. Refuses to know
pieces, and to judge whether an earlier drive would do.
"""

from __future__ import annotations

import numpy as np

from vado.model.roads import I64, Bool
from vado.model.snapshot import Snapshot, Travel
from vado.network import _clock_kernels as clock_kernels
from vado.network import _detour_kernels as kernels
from vado.network.clock import Clock, clock_of
from vado.network.drive import search_in

# Somebody sent out now may come to a road a little before it opens. Nobody drives about for longer than this.
LATE_S = 900
INTERVALS_MAX = 100_000  # of one search, 40 bytes each, some ten milliseconds; then the answer is no


def drives_in(snapshot: Snapshot, travel: Travel, origins: I64, towns: I64, at_s: int) -> Bool:
    """Say for each town whether somebody who leaves an origin now gets there, be it by driving about."""
    clock = clock_of(snapshot, travel)
    soonest = _soonest(clock, origins, at_s)
    return np.array([_in_time(clock, soonest, origins, towns[k : k + 1], at_s) for k in range(len(towns))])


def drives_out(snapshot: Snapshot, travel: Travel, origins: I64, towns: I64, at_s: int) -> Bool:
    """Say for each town whether somebody who leaves it now gets to an origin, be it by driving about."""
    clock = clock_of(snapshot, travel)
    starts = [towns[k : k + 1] for k in range(len(towns))]
    return np.array([_in_time(clock, _soonest(clock, one, at_s), one, origins, at_s) for one in starts])


def _soonest(clock: Clock, starts: I64, at_s: int) -> I64:
    """Give when one who may wait at junctions is at each node [N], ms; ANY_MS: never."""
    found = np.full(clock.net.n_nodes, clock_kernels.ANY_MS, np.int64)
    begin = np.full(len(starts), at_s * 1000, np.int64)
    with clock.net.space() as space:
        search_in(space, clock, starts, begin, goals=np.zeros(0, np.int64), waiting=True)
        nodes = space.settled()
        found[nodes] = space.ms[nodes]
    return found


def _in_time(clock: Clock, soonest: I64, starts: I64, goals: I64, at_s: int) -> bool:
    is_start = np.zeros(clock.net.n_nodes, np.bool_)
    is_start[starts] = True
    does, _ = kernels.in_time(
        *clock.net.into, clock.base_ms, *clock.rows.arrays, soonest, LATE_S * 1000, goals, is_start,
        at_s * 1000, INTERVALS_MAX,
    )  # fmt: skip
    return bool(does)

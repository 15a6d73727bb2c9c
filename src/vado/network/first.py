"""First: the drive that arrives first, whenever it leaves within the time it has.

In: a clock, two nodes, from when until when one may leave. Out: the drive, and whether that is proven.
Nobody waits on the road: who has to wait for a road to open waits at the stop it departs from. Nor does
anybody kill time there: of all departures, each driven so that it comes to every junction as early as it can,
none is earlier than what is found. (To come late on purpose, by a detour or in circles, might be earlier
still. The first of all such walks is hard to find, and nobody is sent on one; `Arrivals.bound_ms` bounds it.)
Refuses to know slots and matrices.

How: first as if waiting were allowed at every junction; then earlier is never worse and Dijkstra is exact,
and its arrival is a bound no drive can beat. If that path, departed from late enough, needs no wait on the
way, it is the answer. If it does (one road shuts before the next one opens), one search settles all
departures together (`network._departure_kernels`). It has a limit; beyond it a few departures are tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I64
from vado.network import _clock_kernels as kernels
from vado.network import _departure_kernels as every
from vado.network.clock import FOREVER_MS, Clock, Space, fixed
from vado.network.drive import Run, run, run_late, search_in, way_to

SECOND_MS = 1000  # departures are whole seconds: that much later than its bound an arrival is still first
# So much later than their bound arrivals are looked for, one search after the other. Most first arrivals are
# near it, and finding them there takes a tenth of looking for them at any time (measured on Andorra).
SLACKS_MS = (120_000, 1_800_000, FOREVER_MS)
LABELS_MAX = 1_000_000  # of one search, 60 bytes each
DEPARTURES_MAX = 48  # tried where the search of all of them came to its limit
# What is left of a bound after it was scaled in floating point: never more than true.
ROUNDED_DOWN = 1.0 - 1e-12


@dataclass(frozen=True, slots=True)
class First:
    """The run that arrives first, None when there is none; not proven: another departure may be earlier."""

    run: Run | None
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """To be driven from one node to another, leaving on a whole second in [depart_ms, until_ms].

    `remaining_ms` [N] must never exceed the true time to the target (inf: there is no way).
    """

    clock: Clock
    origin: int
    target: int
    depart_ms: int
    until_ms: int
    remaining_ms: F64


def first_run(wish: Wish, *, labels_max: int = LABELS_MAX) -> First:
    """Find the run that arrives first; if that is proven, no departure is earlier by a second."""
    clock, depart_ms = wish.clock, wish.depart_ms
    with clock.net.space() as space:
        bound_ms = _arrive(space, wish, depart_ms, waiting=True)
        if bound_ms is None:
            return First(None, proven=True)
        path = way_to(space, clock, wish.target)
    late = run_late(clock, path, not_before_ms=depart_ms, arrive_ms=bound_ms)
    now = run(clock, path, -(-depart_ms // SECOND_MS) * SECOND_MS)
    runs = [one for one in (late, now) if one is not None and one.enter_ms[0] <= wish.until_ms]
    best = min(runs, key=lambda one: one.arrive_ms, default=None)
    if best is not None and best.arrive_ms < bound_ms + SECOND_MS:
        return First(best, proven=True)
    before_ms = FOREVER_MS if best is None else best.arrive_ms
    found = of_all(wish, bound_ms=bound_ms, before_ms=before_ms, labels_max=labels_max)
    best = found.run or best
    if not found.proven:
        best = _of_some(wish, path, bound_ms, best)
    return First(best, found.proven)


def of_all(wish: Wish, *, bound_ms: int, before_ms: int, labels_max: int = LABELS_MAX) -> First:
    """Search all departures at once for the first run, if it arrives before an instant.

    Who arrives less than a second after `bound_ms` is first. Unproven, a run is one that was found so far.
    """
    for slack_ms in SLACKS_MS:
        limit_ms = min(before_ms, bound_ms + slack_ms)
        found = _before(wish, bound_ms, limit_ms, labels_max)
        if found.run is not None or not found.proven or limit_ms == before_ms:
            break
    return found


def _before(wish: Wish, bound_ms: int, limit_ms: int, labels_max: int) -> First:
    clock = wish.clock
    with clock.net.space() as space:
        arrive, depart_s, edges, space.count, proven = every.first_departure(
            *clock.net.out, clock.base_ms, *clock.rows.arrays, wish.origin, wish.target,
            -(-wish.depart_ms // SECOND_MS), wish.until_ms // SECOND_MS, fixed(wish.remaining_ms),
            ROUNDED_DOWN / clock.speed_factor, bound_ms + SECOND_MS - 1, limit_ms, labels_max,
            space.by_edge, space.place, space.seen,
        )  # fmt: skip
    if arrive == kernels.NEVER_MS:
        return First(None, proven)
    return First(run(clock, edges, depart_s * SECOND_MS), proven)


def _arrive(space: Space, wish: Wish, at_ms: int, *, waiting: bool) -> int | None:
    """Search from one departure: the arrival, None without one; the way is left in the space."""
    start, goal = np.array([wish.origin], np.int64), np.array([wish.target], np.int64)
    search_in(
        space, wish.clock, start, np.array([at_ms], np.int64), goals=goal, remaining_ms=wish.remaining_ms,
        waiting=waiting,
    )  # fmt: skip
    return space.find(wish.target)


def _of_some(wish: Wish, path: I64, bound_ms: int, best: Run | None) -> Run | None:
    """Try a few departures, one by one, for a run that is earlier than the best."""
    with wish.clock.net.space() as space:
        for depart in departures(wish, path):
            if best is not None and best.arrive_ms <= max(bound_ms, depart):
                break
            arrive = _arrive(space, wish, depart, waiting=False)
            if arrive is not None and (best is None or arrive < best.arrive_ms):
                best = run(wish.clock, way_to(space, wish.clock, wish.target), depart)
    return best


def departures(wish: Wish, path: I64) -> list[int]:
    """List departures worth a try: now, as roads open, and such that one comes to them as they open."""
    clock, rows = wish.clock, wish.clock.rows
    of_edge = rows.first[path + 1] - rows.first[path]
    ahead = np.cumsum(clock.base_ms[path]) - clock.base_ms[path]
    on_path = np.repeat(rows.first[path] - np.cumsum(of_edge) + of_edge, of_edge) + np.arange(of_edge.sum())
    own = rows.end_ms[on_path] - np.repeat(ahead, of_edge)
    instants = np.concatenate([[wish.depart_ms], rows.end_ms, own]).astype(np.int64)
    inside = instants[(instants >= wish.depart_ms) & (instants <= wish.until_ms)]
    whole: list[int] = np.unique(-(-inside // SECOND_MS) * SECOND_MS).tolist()
    return whole[:DEPARTURES_MAX]

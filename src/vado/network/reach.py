"""Reach: which towns can be driven to and left at an instant, until when, and what cuts them off.

In: a snapshot, the origins' nodes, an instant, how far to look. Out: `PlaceReach` for each town and way of
travelling. Refuses to know jobs and vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vado.model.roads import F64, I64, Bool
from vado.model.snapshot import CutRoad, PlaceReach, Snapshot, Travel
from vado.model.when import FOREVER_S, Interval
from vado.network.allowed import kind_of
from vado.network.clock import Clock, clock_of
from vado.network.cut import Cutter, cutter
from vado.network.drive import run, search
from vado.network.graph import graph, milliseconds, nearest
from vado.network.passage import Passage, passage
from vado.network.slots import always_shut, changes, factors


def reach(
    snapshot: Snapshot,
    origins: Sequence[int],
    *,
    travels: Iterable[Travel],
    at_s: int,
    until_s: int,
) -> tuple[PlaceReach, ...]:
    """Judge every town, for each way of travelling; towns in their order, travels in theirs.

    No origins at all: the towns' connection with the main network is judged.
    """
    key = tuple(sorted({int(node) for node in origins})) if len(origins) else None
    judged = [
        _reach(snapshot, travel, passage(snapshot, travel, key, Interval(at_s, max(until_s, at_s + 1))), at_s)
        for travel in travels
    ]
    return tuple(of_town for town in zip(*judged, strict=True) for of_town in town)


def _reach(snapshot: Snapshot, travel: Travel, ways: Passage, at_s: int) -> list[PlaceReach]:
    places = snapshot.roads.places
    town = places.node.astype(np.int64)
    now = _Now(snapshot, travel, ways.origins, town, at_s)
    reachable, leavable = _now(now, ways.slots.intervals[0])
    both = ways.inward[:, town] & ways.outward[:, town]
    result = []
    for k in range(len(places)):
        open_now = bool(reachable[k] and leavable[k])
        shut_at = _first(~both[:, k], 1 if open_now else 0)
        again_at = None if shut_at is None else _first(both[:, k], shut_at + 1)
        cut: tuple[CutRoad, ...] = ()
        if shut_at is not None:
            cut = cutter(snapshot, travel, ways, shut_at).of(int(town[k]))
        elif not open_now:
            cut, again_at = _on_the_way(snapshot, travel, ways, int(town[k]))
        starts = [interval.start_s for interval in ways.slots.intervals]
        result.append(
            PlaceReach(
                place=k,
                name=places.name[k],
                lon=float(places.lon[k]),
                lat=float(places.lat[k]),
                travel=travel,
                reachable=bool(reachable[k]),
                leavable=bool(leavable[k]),
                until_s=starts[shut_at] if open_now and shut_at is not None else None,
                again_s=None if again_at is None else starts[again_at],
                cut=cut,
            )
        )
    return result


def _first(flags: Bool, start: int) -> int | None:
    found = np.flatnonzero(flags[start:])
    return start + int(found[0]) if len(found) else None


def _on_the_way(
    snapshot: Snapshot, travel: Travel, ways: Passage, node: int
) -> tuple[tuple[CutRoad, ...], int | None]:
    """Explain a town that has ways in every slot, but none that stays open while it is driven."""
    first = ways.slots.intervals[0].start_s
    for k, interval in enumerate(ways.slots.intervals[1:], start=1):
        cut = Cutter(snapshot, travel, ways.origins, Interval(first, interval.end_s)).of(node)
        if cut:
            return cut, k
    return (), None


@dataclass(frozen=True, slots=True, eq=False)
class _Now:
    """What is asked of the clock: towns, seen from the origins, at one instant."""

    snapshot: Snapshot
    travel: Travel
    origins: I64
    town: I64
    at_s: int


def _now(now: _Now, first_slot: Interval) -> tuple[Bool, Bool]:
    """Decide for each town whether one who leaves now gets in, and gets out, on roads open while driven.

    Who arrives before anything changes is decided by the first slot alone; who cannot arrive even if every
    road were open that ever opens, too. Then the way of the first slot is tried, and only what is left is
    searched for on the clock.
    """
    roads, table = now.snapshot.roads, now.snapshot.closures[now.travel]
    g = graph(roads, kind_of(roads, now.travel))
    weights = g.weights(factors(table, first_slot, roads.n_edges))
    best = np.ones(roads.n_edges)
    best[always_shut(table, Interval(now.at_s, FOREVER_S))] = 0.0
    open_, hopeful = g.sparse(weights), g.sparse(g.weights(best))
    next_s = next(iter(changes(table, Interval(now.at_s, FOREVER_S))), FOREVER_S)
    clock = clock_of(now.snapshot, now.travel)
    answers = []
    for inward in (True, False):
        dist, before = nearest(open_ if inward else open_.T.tocsr(), now.origins)
        took_ms = milliseconds(dist)[now.town]
        ok = np.isfinite(took_ms) & (now.at_s * 1000 + took_ms <= next_s * 1000)
        rest, _ = nearest(hopeful if inward else hopeful.T.tocsr(), now.origins)
        for k in np.flatnonzero(~ok & np.isfinite(took_ms)).tolist():
            path = g.path(before, int(now.town[k]), weights, backwards=not inward)
            ok[k] = run(clock, path, now.at_s * 1000) is not None
        asked = np.flatnonzero(~ok & np.isfinite(rest[now.town]))
        if len(asked):
            ok[asked] = _search_in(now, clock, asked) if inward else _search_out(now, clock, asked, rest)
        answers.append(ok)
    return answers[0], answers[1]


def _search_in(now: _Now, clock: Clock, asked: I64) -> list[bool]:
    """Drive from all origins at once."""
    goals = now.town[asked].tolist()
    starts = [(node, now.at_s * 1000) for node in now.origins.tolist()]
    found = search(clock, starts, goals=frozenset(goals), wanted=len(set(goals)))
    return [goal in found.arrive_ms for goal in goals]


def _search_out(now: _Now, clock: Clock, asked: I64, rest: F64) -> list[bool]:
    """Drive from each town, drawn towards the origins."""
    goals, remaining = frozenset(now.origins.tolist()), milliseconds(rest)
    starts = now.town[asked].tolist()
    found = [
        search(clock, [(start, now.at_s * 1000)], goals=goals, remaining_ms=remaining) for start in starts
    ]
    return [not goals.isdisjoint(one.arrive_ms) for one in found]

"""Drive: the exact way between two nodes on the clock.

In: a clock, two nodes, when one would leave. Out: the edges with the instants they are entered, or nothing.
Nobody waits on the road: who has to wait for a road to open waits at the stop it departs from. Refuses to
know slots and matrices; whoever has a likely path may offer it.

How: first as if waiting were allowed at every junction; then earlier is never worse and Dijkstra is exact,
and its arrival is a bound no drive can beat. If that path, departed from late enough, needs no wait on the
way, it is the answer. If it does (one road shuts before the next one opens), a few departures are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from vado.model.ids import EdgeId
from vado.model.roads import F64, Roads
from vado.model.snapshot import Drive, LegEdge
from vado.network.clock import FOREVER_MS, Clock

DEPARTURES_MAX = 24  # tried when no path goes through without a wait on the way


@dataclass(frozen=True, slots=True)
class Run:
    """Edges driven one after another without a stop: enter[k] is when edges[k] is entered, ms."""

    edges: tuple[int, ...]
    enter_ms: tuple[int, ...]
    arrive_ms: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has settled: arrival, ms, and the edge it came by (-1 at a start)."""

    arrive_ms: Mapping[int, int]
    by_edge: Mapping[int, int]

    def path(self, clock: Clock, node: int) -> list[int]:
        """List the edges to a settled node."""
        edges = []
        while (edge := self.by_edge[node]) >= 0:
            edges.append(edge)
            node = clock.net.edge_from[edge]
        return edges[::-1]


def search(
    clock: Clock,
    starts: Iterable[tuple[int, int]],
    *,
    goals: frozenset[int] = frozenset(),
    remaining_ms: F64 | None = None,
    waiting: bool = False,
    wanted: int = 1,
) -> Found:
    """Find earliest arrivals from (node, ms) starts; ends when `wanted` of the goals are settled.

    `remaining_ms` [N] must never exceed the true time to the nearest goal (inf: there is no way); it draws
    the search there. Without waiting every arrival is one of a real drive, but a later arrival that might
    pass where the earliest one is stopped is not followed.
    """
    net = clock.net
    scale = 1.0 / clock.speed_factor
    rest = None if remaining_ms is None else remaining_ms
    best: dict[int, int] = {}
    by_edge: dict[int, int] = {}
    heap: list[tuple[float, int, int]] = []  # arrival + remaining, node, arrival

    def offer(node: int, arrive: int, edge: int) -> None:
        if arrive < best.get(node, FOREVER_MS):
            ahead = 0.0 if rest is None else float(rest[node]) * scale
            if ahead < float("inf"):
                best[node], by_edge[node] = arrive, edge
                heappush(heap, (arrive + ahead, node, arrive))

    for node, at_ms in starts:
        offer(node, at_ms, -1)
    settled: set[int] = set()
    left = wanted
    while heap:
        _, node, arrive = heappop(heap)
        if node in settled or arrive > best[node]:
            continue
        settled.add(node)
        if node in goals:
            left -= 1
            if left <= 0:
                break
        for edge in net.out(node):
            head = net.edge_to[edge]
            if head in settled:
                continue
            there: int | None = arrive + clock.base_ms[edge]
            if edge in clock.rows:
                there = clock.leave_waiting(edge, arrive) if waiting else clock.leave(edge, arrive)
            if there is not None:
                offer(head, there, edge)
    return Found({node: best[node] for node in settled}, by_edge)


def run(clock: Clock, edges: Sequence[int], depart_ms: int) -> Run | None:
    """Drive a path without a stop; None when an edge is shut as it is driven."""
    enter = []
    at = depart_ms
    for edge in edges:
        enter.append(at)
        left = clock.leave(edge, at)
        if left is None:
            return None
        at = left
    return Run(tuple(edges), tuple(enter), at)


def run_late(clock: Clock, edges: Sequence[int], *, not_before_ms: int, arrive_ms: int) -> Run | None:
    """Drive a path so late that it needs no wait and yet arrives by `arrive_ms`, from a whole second on."""
    at: float = arrive_ms
    for edge in reversed(edges):
        enter = clock.latest_enter(edge, at)
        if enter is None:
            return None
        at = enter
    seconds = {-(-int(at) // 1000), int(at) // 1000}
    runs = (run(clock, edges, s * 1000) for s in sorted(seconds) if s * 1000 >= not_before_ms)
    return min((r for r in runs if r is not None), key=lambda r: r.arrive_ms, default=None)


def find_run(
    clock: Clock,
    origin: int,
    target: int,
    *,
    depart_ms: int,
    until_ms: int,
    remaining_ms: F64,
) -> Run | None:
    """Find the run that arrives first, departing in [depart_ms, until_ms]; None when there is none.

    Exact whenever the fastest way needs no wait between two roads of which one shuts before the other
    opens; else the best of some departures. Arrivals are exact to the second that departures are whole in.
    """
    goal = frozenset([target])
    free = search(clock, [(origin, depart_ms)], goals=goal, remaining_ms=remaining_ms, waiting=True)
    if target not in free.arrive_ms:
        return None
    bound = free.arrive_ms[target]
    path = free.path(clock, target)
    best = run_late(clock, path, not_before_ms=depart_ms, arrive_ms=bound)
    if best is not None and best.enter_ms[0] > until_ms:
        best = None  # as fast as any, but not within the time: another way may be
    if best is not None and best.arrive_ms <= bound + 1000:
        return best
    for depart in _departures(clock, path, depart_ms, until_ms):
        if best is not None and best.arrive_ms <= max(bound, depart):
            break
        found = search(clock, [(origin, depart)], goals=goal, remaining_ms=remaining_ms)
        if target in found.arrive_ms and (best is None or found.arrive_ms[target] < best.arrive_ms):
            best = run(clock, found.path(clock, target), depart)
    return best


def _departures(clock: Clock, path: Sequence[int], depart_ms: int, until_ms: int) -> list[int]:
    """List departures worth a try: now, as roads open, and such that one comes to them as they open."""
    ends = sorted({row[1] for rows in clock.rows.values() for row in rows if depart_ms < row[1] <= until_ms})
    instants = {depart_ms, *ends}
    ahead = 0
    for edge in path:
        instants |= {row[1] - ahead for row in clock.rows.get(edge, ())}
        ahead += clock.base_ms[edge]
    whole = {-(-instant // 1000) * 1000 for instant in instants if depart_ms <= instant <= until_ms}
    return sorted(whole)[:DEPARTURES_MAX]


def as_drive(roads: Roads, run_: Run, *, depart_s: int) -> Drive:
    """Write a run down; an empty one is a drive that goes nowhere."""
    edges = np.array(run_.edges, np.int64)
    return Drive(
        edges=tuple(
            LegEdge(edge=EdgeId(edge), enter_ms=enter)
            for edge, enter in zip(run_.edges, run_.enter_ms, strict=True)
        ),
        depart_s=run_.enter_ms[0] // 1000 if run_.enter_ms else depart_s,
        arrive_s=-(-run_.arrive_ms // 1000),
        distance_m=round(int(roads.edge_length_mm[edges].sum(dtype=np.int64)) / 1000),
    )

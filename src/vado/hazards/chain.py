"""The cheapest chain of edges through some places on the roads, one after the other, among the edges nearby.

In: edges with what a metre of each costs, and for each place where on which edges it may be. Out: the chain.
Refuses to know names, lines and directions: whoever sets the costs does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from vado.model.roads import F64, I32, Bool, Roads


class Spot(NamedTuple):
    """Where on an edge a place may be."""

    step: int  # index into the edges nearby
    at_m: float  # from the edge's start
    extra: float  # what it costs that the place is there


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearby:
    """Edges that may be driven, and what that costs."""

    roads: Roads
    edges: I32
    length: F64  # metres
    cost: F64  # a metre
    inside: Bool  # which of them may be driven

    def leaving(self) -> dict[int, list[int]]:
        """Give the edges out of each node."""
        out: dict[int, list[int]] = {}
        start = self.roads.edge_from[self.edges]
        for step in self.inside.nonzero()[0].tolist():
            out.setdefault(int(start[step]), []).append(step)
        return out


class _Reached(NamedTuple):
    cost: float
    begin: int  # edge of the place before
    steps: tuple[int, ...]  # driven to get here, without that edge; () when it is the same


def chain(
    nearby: Nearby, places: Sequence[Sequence[Spot]], *, apart_m: float, dearest: float
) -> tuple[list[int], float, float] | None:
    """Find the cheapest chain through all places: its edges, metres from the start of its first and last.

    The places are `apart_m` from each other along the road, at least: a shorter way between two costs what it
    lacks twice over. None where none leads through them for less than `dearest` between two places. This is a
    Viterbi search, with one run of Dijkstra's algorithm over edges between a place and the next.
    """
    if not all(places):
        return None
    out = nearby.leaving()
    now = {spot.step: spot for spot in places[0]}
    layers: list[dict[int, _Reached]] = []
    for spots in places[1:]:
        found = _onward(nearby, out, now, spots, apart_m=apart_m, dearest=dearest)
        if not found:
            return None
        layers.append(found)
        now = {s.step: Spot(s.step, s.at_m, found[s.step].cost) for s in spots if s.step in found}
    last = min(now.values(), key=lambda spot: (spot.extra, spot.step))
    steps: list[int] = []
    step = last.step
    for found in reversed(layers):
        steps[:0] = found[step].steps
        step = found[step].begin
    start = next(spot for spot in places[0] if spot.step == step)
    return [step, *steps], start.at_m, last.at_m


def _onward(
    nearby: Nearby,
    out: dict[int, list[int]],
    begins: dict[int, Spot],
    ends: Sequence[Spot],
    *,
    apart_m: float,
    dearest: float,
) -> dict[int, _Reached]:
    """Find the cheapest way from any begin to each end."""
    length, cost = nearby.length, nearby.cost
    start, to = nearby.roads.edge_from[nearby.edges], nearby.roads.edge_to[nearby.edges]
    goals = {spot.step: spot for spot in ends}
    found: dict[int, _Reached] = {}
    reached: dict[int, float] = {}  # edge driven to its end -> cost
    driven: dict[int, float] = {}  # and metres
    came: dict[int, int] = {}  # -1: a begin
    heap: list[tuple[float, int]] = []
    floor = min(spot.extra for spot in begins.values())
    for step, spot in begins.items():
        goal = goals.get(step)
        if goal is not None and goal.at_m >= spot.at_m:
            metres = goal.at_m - spot.at_m
            total = spot.extra + goal.extra + metres * float(cost[step]) + 2 * max(0.0, apart_m - metres)
            found[step] = _Reached(total, step, ())
        driven[step] = float(length[step]) - spot.at_m
        reached[step] = spot.extra + driven[step] * float(cost[step])
        came[step] = -1
        heappush(heap, (reached[step], step))
    arrived: dict[int, tuple[float, int]] = {}
    done: set[int] = set()
    while heap:
        so_far, step = heappop(heap)
        if step in done:
            continue
        if so_far - floor > dearest:
            break
        done.add(step)
        for onward in out.get(int(to[step]), ()):
            if to[onward] == start[step] and length[onward] == length[step]:
                continue  # to turn round is no way along anything
            goal = goals.get(onward)
            if goal is not None:
                short = 2 * max(0.0, apart_m - driven[step] - goal.at_m)
                total = so_far + goal.extra + goal.at_m * float(cost[onward]) + short
                if total < arrived.get(onward, (float("inf"), 0))[0]:
                    arrived[onward] = total, step
            total = so_far + float(length[onward]) * float(cost[onward])
            if onward not in done and total < reached.get(onward, float("inf")):
                reached[onward], came[onward] = total, step
                driven[onward] = driven[step] + float(length[onward])
                heappush(heap, (total, onward))
    for goal_step, (total, step) in arrived.items():
        if goal_step in found and found[goal_step].cost <= total:
            continue
        steps = [goal_step]
        while came[step] >= 0:
            steps.append(step)
            step = came[step]
        found[goal_step] = _Reached(total, step, tuple(reversed(steps)))
    return found

"""Find edges of our arrays for roads as OSM names them: (way, node, node) triples of a plan file.

Several edges may carry one name: a junction with a turn restriction is split, its copies share an OSM node.
The chain that hangs together and leads from stop to stop is taken. A triple may also span several of our
edges on its way, when the file was made with other stops: it is filled in, its time shared among them as the
profile's free-flow times are.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vado.model.roads import NO_ENTRY_MS, Roads

SPAN_MAX = 2000  # edges of one way that one triple may span


@dataclass(frozen=True, slots=True)
class Triple:
    """A piece of road as a file names it."""

    way: int
    start: int  # OSM node
    end: int
    enter_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    roads: Roads
    exact: dict[tuple[int, int, int], list[int]]  # (way, OSM node, OSM node) -> edges
    of_way: dict[int, list[int]]


def index_edges(roads: Roads, ways: set[int]) -> Index:
    """Index the edges of some ways."""
    exact: dict[tuple[int, int, int], list[int]] = {}
    of_way: dict[int, list[int]] = {}
    wanted = np.isin(roads.edge_way, np.fromiter(ways, np.int64, len(ways)))
    for edge in np.flatnonzero(wanted).tolist():
        way = int(roads.edge_way[edge])
        a, b = (int(roads.node_osm[n]) for n in (roads.edge_from[edge], roads.edge_to[edge]))
        exact.setdefault((way, a, b), []).append(edge)
        of_way.setdefault(way, []).append(edge)
    return Index(roads, exact, of_way)


def chain(
    index: Index,
    triples: list[Triple],
    profile: str,
    *,
    origin: int | None,
    target: int | None,
    arrive_ms: int,
) -> tuple[list[tuple[int, int]], list[int]]:
    """Give (edge, enter_ms) for a leg, and the numbers of triples that name no road of ours.

    Where the triples do not hang together some edges are given all the same: the referee will say so.
    """
    choices = [_choices(index, triple) for triple in triples]
    unknown = [number for number, runs in enumerate(choices) if not runs]
    if unknown:
        return [], unknown
    # A way that meets itself has two edges of one name: the one whose time fits is meant.
    leaves_ms = [triple.enter_ms for triple in triples[1:]] + [arrive_ms]
    base_ms = index.roads.edge_duration_ms[index.roads.profile_index(profile)]
    for runs, triple, leave_ms in zip(choices, triples, leaves_ms, strict=True):
        runs.sort(
            key=lambda run: abs(int((base_ms[list(run)] % NO_ENTRY_MS).sum()) - (leave_ms - triple.enter_ms))
        )
    picked = _connect(index.roads, choices, origin, target)
    steps: list[tuple[int, int]] = []
    for number, run in enumerate(picked):
        leave_ms = triples[number + 1].enter_ms if number + 1 < len(triples) else arrive_ms
        steps += _spread(index.roads, profile, run, triples[number].enter_ms, leave_ms)
    return steps, []


Run = tuple[int, ...]  # edges that follow each other


def _choices(index: Index, triple: Triple) -> list[Run]:
    exact = index.exact.get((triple.way, triple.start, triple.end))
    if exact:
        return [(edge,) for edge in exact]
    return _spans(index, triple)


def _spans(index: Index, triple: Triple) -> list[Run]:
    """Walk along the way from one node to the other, fewest edges first."""
    roads, edges = index.roads, index.of_way.get(triple.way, [])[:SPAN_MAX]
    leaving: dict[int, list[int]] = {}
    for edge in edges:
        leaving.setdefault(int(roads.edge_from[edge]), []).append(edge)
    found: list[Run] = []
    for first in [node for node in leaving if int(roads.node_osm[node]) == triple.start]:
        came: dict[int, Run] = {first: ()}
        queue = deque([first])
        while queue:
            node = queue.popleft()
            for edge in leaving.get(node, ()):
                after = int(roads.edge_to[edge])
                if after in came:
                    continue
                came[after] = (*came[node], edge)
                queue.append(after)
        found += [run for node, run in came.items() if run and int(roads.node_osm[node]) == triple.end]
    return found


def _connect(roads: Roads, choices: list[list[Run]], origin: int | None, target: int | None) -> list[Run]:
    """Pick one run each so that as many as possible join, from origin to target."""
    # Cheapest way through the layers; a gap between two runs, or at an end, costs one.
    cost = [int(origin is not None and int(roads.edge_from[run[0]]) != origin) for run in choices[0]]
    back: list[list[int]] = []
    for before, after in pairwise(choices):
        best: list[int] = []
        total: list[int] = []
        for run in after:
            joins = [
                cost[k] + int(roads.edge_to[before[k][-1]] != roads.edge_from[run[0]])
                for k in range(len(before))
            ]
            best.append(int(np.argmin(joins)))
            total.append(min(joins))
        back.append(best)
        cost = total
    last = [
        cost[k] + int(target is not None and int(roads.edge_to[run[-1]]) != target)
        for k, run in enumerate(choices[-1])
    ]
    at = int(np.argmin(last))
    picked = [choices[-1][at]]
    for number in range(len(back) - 1, -1, -1):
        at = back[number][at]
        picked.append(choices[number][at])
    return picked[::-1]


def _spread(roads: Roads, profile: str, run: Run, enter_ms: int, leave_ms: int) -> list[tuple[int, int]]:
    """Share the time on a triple among its edges as their free-flow times are."""
    row = roads.profile_index(profile) if profile in roads.profiles else 0
    shares = [int(roads.edge_duration_ms[row, edge]) % NO_ENTRY_MS for edge in run]
    total, gone = max(1, sum(shares)), 0
    steps = []
    for edge, share in zip(run, shares, strict=True):
        steps.append((edge, enter_ms + (leave_ms - enter_ms) * gone // total))
        gone += share
    return steps

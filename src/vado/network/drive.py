"""Drive: searches on the clock, one departure at a time, and paths driven on it.

In: a clock, nodes, when one leaves. Out: arrivals, and the edges with the instants they are entered. Refuses
to know slots and matrices, and to choose when to leave: that is `network.first`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vado.model.ids import EdgeId
from vado.model.roads import F64, I64, Roads
from vado.model.snapshot import Drive, LegEdge
from vado.network import _clock_kernels as kernels
from vado.network import _search_kernels as searches
from vado.network.clock import Clock, Space, fixed

_NOTHING: F64 = fixed(np.zeros(0, np.float64))


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
            node = int(clock.net.edge_from[edge])
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
    start = np.array(list(starts), np.int64).reshape(-1, 2)
    with clock.net.space() as space:
        search_in(
            space, clock, start[:, 0].copy(), start[:, 1].copy(), goals=np.array(sorted(goals), np.int64),
            remaining_ms=remaining_ms, waiting=waiting, wanted=wanted,
        )  # fmt: skip
        nodes = space.settled()
        known = nodes.tolist()
        return Found(
            dict(zip(known, space.ms[nodes].tolist(), strict=True)),
            dict(zip(known, space.by_edge[nodes].tolist(), strict=True)),
        )


def search_in(
    space: Space,
    clock: Clock,
    start_node: I64,
    start_ms: I64,
    *,
    goals: I64,
    remaining_ms: F64 | None = None,
    waiting: bool = False,
    wanted: int = 1,
) -> None:
    """Search as `search` does, and leave what was found in the space; what was in it before is gone."""
    space.clear()
    space.goal[goals] = True
    space.count = searches.search(
        *clock.net.out, clock.base_ms, *clock.rows.arrays, start_node, start_ms,
        _NOTHING if remaining_ms is None else fixed(remaining_ms), 1.0 / clock.speed_factor,
        space.goal, wanted, waiting, *space.arrays,
    )  # fmt: skip
    space.goal[goals] = False


def run(clock: Clock, edges: Sequence[int] | I64, depart_ms: int) -> Run | None:
    """Drive a path without a stop; None when an edge is shut as it is driven."""
    path = np.asarray(edges, np.int64)
    enter = np.empty(len(path), np.int64)
    arrive = kernels.drive(path, clock.base_ms, *clock.rows.arrays, depart_ms, enter)
    if arrive == kernels.NEVER_MS:
        return None
    return Run(tuple(path.tolist()), tuple(enter.tolist()), int(arrive))


def run_late(clock: Clock, edges: Sequence[int] | I64, *, not_before_ms: int, arrive_ms: int) -> Run | None:
    """Drive a path so late that it needs no wait and yet arrives by `arrive_ms`, from a whole second on."""
    path = np.asarray(edges, np.int64)
    at = int(kernels.latest_start(path, clock.base_ms, *clock.rows.arrays, arrive_ms))
    if at == kernels.NEVER_MS:
        return None
    seconds = {-(-at // 1000), at // 1000}
    runs = (run(clock, path, s * 1000) for s in sorted(seconds) if s * 1000 >= not_before_ms)
    return min((r for r in runs if r is not None), key=lambda r: r.arrive_ms, default=None)


def way_to(space: Space, clock: Clock, node: int) -> I64:
    """List the edges to a node that the last search in this space has settled."""
    edges: I64 = searches.way_to(node, space.by_edge, clock.net.edge_from)
    return edges


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

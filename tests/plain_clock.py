"""The clock and its searches in plain Python: dictionaries, heaps, exact integers. What kernels are held to.

Nothing here is shared with `vado.network`. Edges are (from, to, ms); closures are rows (start, end, factor)
by edge, ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import ceil, inf

FOREVER_MS = 2**40 * 1000

Row = tuple[int, int, float]


def leave(base: int, rows: Sequence[Row], enter_ms: int) -> int | None:
    """Say when an edge entered then is left; None when it may not be driven then."""
    took = base
    while True:  # the longer it takes, the more closures it meets
        factor = min((f for start, end, f in rows if start < enter_ms + took and enter_ms < end), default=1.0)
        if factor <= 0:
            return None
        if ceil(base / factor) <= took:
            return enter_ms + took
        took = ceil(base / factor)


def leave_waiting(base: int, rows: Sequence[Row], at_ms: int) -> int | None:
    """Say when an edge can be left at the earliest by who may wait: now, or as one of its closures ends."""
    tries = [at_ms, *(end for _, end, _ in rows if end > at_ms)]
    return min((left for at in tries if (left := leave(base, rows, at)) is not None), default=None)


def latest_enter(base: int, rows: Sequence[Row], leave_ms: float) -> float | None:
    """Say when an edge must be entered at the latest to leave it by then; inf: at any time."""
    if not rows:
        return leave_ms - base
    took = {base, *(ceil(base / factor) for _, _, factor in rows if factor > 0)}
    bounds = {leave_ms, *(start for start, _, _ in rows)}
    for enter in sorted({bound - ms for bound in bounds for ms in took}, reverse=True):
        if enter == inf:
            if not any(factor <= 0 and end >= FOREVER_MS for _, end, factor in rows):
                return enter
            continue
        left = leave(base, rows, int(enter))
        if left is not None and left <= leave_ms:
            return enter
    return None


@dataclass(frozen=True)
class Plain:
    """Edges in time, searched one by one."""

    edges: tuple[tuple[int, int, int], ...]
    rows: Mapping[int, tuple[Row, ...]] = field(default_factory=dict)

    def of(self, edge: int) -> tuple[int, tuple[Row, ...]]:
        return self.edges[edge][2], self.rows.get(edge, ())

    def search(
        self,
        starts: Iterable[tuple[int, int]],
        *,
        waiting: bool,
        goals: frozenset[int] = frozenset(),
        wanted: int = 1,
        remaining: Callable[[int], float] = lambda _: 0.0,
    ) -> tuple[dict[int, int], dict[int, int]]:
        """Find earliest arrivals, and the edges they came by, until so many goals are settled."""
        best: dict[int, int] = {}
        by_edge: dict[int, int] = {}
        heap: list[tuple[float, int]] = []

        def offer(node: int, arrive: int, edge: int) -> None:
            if arrive < best.get(node, FOREVER_MS) and remaining(node) < inf:
                best[node], by_edge[node] = arrive, edge
                heappush(heap, (arrive + remaining(node), node))

        for node, at_ms in starts:
            offer(node, at_ms, -1)
        settled: dict[int, int] = {}
        while heap:
            _, node = heappop(heap)
            if node in settled:
                continue
            settled[node] = best[node]
            wanted -= node in goals
            if wanted <= 0:
                break
            for edge, (tail, head, _) in enumerate(self.edges):
                if tail == node and head not in settled:
                    there = (leave_waiting if waiting else leave)(*self.of(edge), best[node])
                    if there is not None:
                        offer(head, there, edge)
        return settled, {node: by_edge[node] for node in settled}

    def path(self, by_edge: Mapping[int, int], node: int) -> list[int]:
        edges: list[int] = []
        while (edge := by_edge[node]) >= 0:
            edges.append(edge)
            node = self.edges[edge][0]
        return edges[::-1]

    def latest(self, targets: Mapping[int, int]) -> dict[int, float]:
        """Find the latest departures to be at a target in time: over all edges until nothing improves."""
        best: dict[int, float] = dict(targets)
        changed = True
        while changed:
            changed = False
            for edge, (tail, head, _) in enumerate(self.edges):
                if head in best:
                    enter = latest_enter(*self.of(edge), best[head])
                    if enter is not None and enter > best.get(tail, -inf):
                        best[tail], changed = enter, True
        return best

    def run(self, path: Sequence[int], depart_ms: int) -> list[int] | None:
        """Drive a path without a stop: when each edge is entered, and the arrival."""
        at = [depart_ms]
        for edge in path:
            left = leave(*self.of(edge), at[-1])
            if left is None:
                return None
            at.append(left)
        return at

    def run_late(self, path: Sequence[int], *, not_before_ms: int, arrive_ms: int) -> list[int] | None:
        """Drive a path so late that it needs no wait and yet arrives in time, from a whole second on."""
        at: float = arrive_ms
        for edge in reversed(path):
            enter = latest_enter(*self.of(edge), at)
            if enter is None:
                return None
            at = enter
        seconds = sorted({-(-int(at) // 1000), int(at) // 1000})
        runs = [self.run(path, s * 1000) for s in seconds if s * 1000 >= not_before_ms]
        return min((one for one in runs if one is not None), key=lambda one: one[-1], default=None)

    def first(self, origin: int, *, depart_ms: int, until_ms: int) -> dict[int, int]:
        """Find the first arrivals at all nodes, without a wait on the way: every whole second is tried."""
        best: dict[int, int] = {}
        for at_ms in range(ceil(depart_ms / 1000) * 1000, until_ms + 1, 1000):
            for node, there in self.search([(origin, at_ms)], waiting=False)[0].items():
                best[node] = min(there, best.get(node, there))
        return best

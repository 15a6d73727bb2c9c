"""A metric: what every edge costs now, and the hierarchy customised for it. Closures in, matrices out.

In: a hierarchy and a cost for each edge. Out: matrices, paths, one-to-all costs; after `change` anew, without
working out again what did not change. Refuses to know what the costs mean: milliseconds (int32), or
milliseconds with metres below them (int64, `network.costs`).

    metric = Metric(hierarchy, ms)               all arcs, bottom up
    points = select(hierarchy, nodes)            which part of the hierarchy these nodes need; keep it
    metric.change(edges, NO_WAY)                 a closure: only the arcs that depend on it
    metric.matrix(points)                        exact, [S, S]

Several metrics (profiles, slots) of one hierarchy are customised side by side: `Metric.each`, `change_each`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.model.hierarchy import Hierarchy
from vado.model.roads import I32, I64, NO_ENTRY_MS, Bool
from vado.network import _kernels as kernels
from vado.network import _sweeps as sweeps
from vado.network.crew import Run, in_parallel

Costs = npt.NDArray[Any]  # int32 or int64
Arrays = tuple[Costs, Costs, Costs]  # costs of edges [M], of arcs upwards [A], downwards [A]

NO_WAY = NO_ENTRY_MS  # of int32 costs; twice that fits
NO_WAY_64 = 2**61  # of int64 costs; twice that fits

# Working more than this share of all arcs out again one by one, through a heap, takes longer than a full pass
# (measured on Porto and on a million synthetic edges: 0.03 to 0.06).
PART_MAX = 0.03
LANES: int = kernels.LANES  # metrics customised side by side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """S sources and T targets on one hierarchy, and the part of it that leads between them.

    A source is one or several entries (node and a cost up to it), so is a target: `source_first[s]` to
    `source_first[s + 1]`. Sources are swept in order of rank, neighbours together.
    """

    hierarchy: Hierarchy
    sweep_order: I64  # [S] sources as they are swept
    source_first: I64  # [S + 1] entries of the sources, as swept
    source_at: I32  # [Q] place in the part
    source_pick: I64  # [Q] number of the entry as given
    target_first: I64  # [T + 1]
    target_at: I32  # [R]
    part_first: I64  # arcs of the part: `network._kernels.part_arcs`
    part_to: I32
    part_arc: I32


def select(hierarchy: Hierarchy, nodes: Sequence[int] | I64) -> Points:
    """Select points that are nodes, all to all. The work is proportional to the part they need."""
    at = np.asarray(nodes, np.int64)
    first = np.arange(len(at) + 1, dtype=np.int64)
    return select_entries(hierarchy, first, at, first, at)


def select_entries(
    hierarchy: Hierarchy, source_first: I64, source_node: I64, target_first: I64, target_node: I64
) -> Points:
    """Select sources and targets that enter the network at several nodes each, or at none."""
    source_rank, target_rank = hierarchy.rank[source_node], hierarchy.rank[target_node]
    nodes, place = kernels.ancestors(hierarchy.parent, np.concatenate([source_rank, target_rank]))
    part_first, part_to, part_arc = kernels.part_arcs(nodes, place, hierarchy.first, hierarchy.head)
    count = np.diff(source_first)
    lowest = np.full(len(count), np.iinfo(np.int32).max, np.int64)
    owner = np.repeat(np.arange(len(count)), count)
    np.minimum.at(lowest, owner, source_rank)
    order = np.argsort(lowest, kind="stable")
    swept = np.concatenate([np.zeros(1, np.int64), np.cumsum(count[order])])
    pick = np.arange(swept[-1]) - np.repeat(swept[:-1] - source_first[:-1][order], count[order])
    return Points(
        hierarchy=hierarchy,
        sweep_order=order,
        source_first=swept,
        source_at=place[source_rank[pick]],
        source_pick=pick,
        target_first=np.asarray(target_first, np.int64),
        target_at=place[target_rank],
        part_first=part_first,
        part_to=part_to,
        part_arc=part_arc,
    )


class Metric:
    """Costs on a hierarchy. State worth guarding: arcs are always customised for the costs."""

    def __init__(self, hierarchy: Hierarchy, cost: Costs) -> None:
        """Customise all arcs; `cost` [M] is copied, int32 or int64, `no_way` and above is shut."""
        self._lay(hierarchy, cost)
        self._customize()

    @classmethod
    def each(cls, hierarchy: Hierarchy, costs: Sequence[Costs]) -> list[Metric]:
        """Make a metric for each of the costs, all of one type; much quicker than one by one."""
        found = [object.__new__(cls) for _ in costs]
        for metric, cost in zip(found, costs, strict=True):
            metric._lay(hierarchy, cost)
        _customize_each(found)
        return found

    def _lay(self, hierarchy: Hierarchy, cost: Costs) -> None:
        self.hierarchy = hierarchy
        self.cost: Costs = np.array(cost)
        self.no_way: Any = self.cost.dtype.type(NO_WAY if self.cost.dtype == np.int32 else NO_WAY_64)
        self._up: Costs = np.empty(hierarchy.n_arcs, self.cost.dtype)
        self._down: Costs = np.empty(hierarchy.n_arcs, self.cost.dtype)
        self._marks: list[Bool] = []  # [A] all False: lent to one `change` at a time, shared by all copies

    def copy(self) -> Metric:
        """Make a second one that changes by itself; much quicker than customising anew."""
        cost, up, down = self.arrays
        return self.over((cost.copy(), up.copy(), down.copy()))

    def over(self, arrays: Arrays) -> Metric:
        """Make a second one of the arrays of a third, of the same hierarchy, that is not there any more."""
        other = object.__new__(Metric)
        other.hierarchy, other.no_way, other._marks = self.hierarchy, self.no_way, self._marks
        other.cost, other._up, other._down = arrays
        return other

    @property
    def arrays(self) -> Arrays:
        """What it consists of: its own, not to be kept by who does not outlive it."""
        return self.cost, self._up, self._down

    @property
    def nbytes(self) -> int:
        return self.cost.nbytes + self._up.nbytes + self._down.nbytes

    def arcs(self) -> tuple[Costs, Costs]:
        """Copy what each arc costs upwards and downwards, to compare metrics with."""
        return self._up.copy(), self._down.copy()

    def change(self, edges: Sequence[int] | I64 | I32, cost: Costs | int) -> int:
        """Give edges other costs, dearer or cheaper; gives how many arcs were worked out again."""
        done = self._change_part(edges, cost)
        if done < 0:
            self._customize()
            return self.hierarchy.n_arcs
        return done

    def _change_part(self, edges: Sequence[int] | I64 | I32, cost: Costs | int) -> int:
        """Change costs and the arcs that depend on them; -1 when all arcs must be customised anew."""
        h = self.hierarchy
        at = np.asarray(edges, np.int64)
        new = np.broadcast_to(np.asarray(cost, self.cost.dtype), at.shape)
        differs = np.flatnonzero(self.cost[at] != new)
        self.cost[at[differs]] = new[differs]
        try:
            marks = self._marks.pop()  # whichever thread comes first: none is lent twice
        except IndexError:
            marks = np.zeros(h.n_arcs, np.bool_)
        done = kernels.customize_part(
            h.first, h.head, h.tail, h.from_first, h.from_tail, h.from_arc, h.edge_first, h.edge_of,
            h.edge_arc, self.cost, self._up, self._down, at[differs], marks,
            self.no_way, int(PART_MAX * h.n_arcs) + 1000,
        )  # fmt: skip
        self._marks.append(marks)  # the kernel has cleared it
        return int(done)

    def _customize(self) -> None:
        h = self.hierarchy
        kernels.respect(h.edge_arc, self.cost, self._up, self._down, self.no_way)
        kernels.customize(h.first, h.head, self._up, self._down)

    def matrix(
        self, points: Points, source_cost: Costs | None = None, target_cost: Costs | None = None
    ) -> Costs:
        """Give the cost [S, T] of the cheapest way between points; `no_way` where there is none.

        `source_cost` and `target_cost` add to each entry what it costs up to there, from there on.
        """
        kind = self.cost.dtype
        before = np.zeros(len(points.source_at), kind) if source_cost is None else source_cost
        after = np.zeros(len(points.target_at), kind) if target_cost is None else target_cost
        before, after = np.asarray(before, kind)[points.source_pick], np.asarray(after, kind)
        s, t = len(points.sweep_order), len(points.target_first) - 1
        down = self._compact(points, self._down)
        up = self._compact(points, self._up)
        found: Costs = np.empty((s, t), kind)

        def start() -> Run:
            room = sweeps.room(len(down[0]) - 1, t, kind)  # type: ignore[no-untyped-call]  # beside LANES

            def run(low: int, high: int) -> None:
                sweeps.sweep(
                    *up, *down, points.source_first, points.source_at, before, points.sweep_order,
                    points.target_first, points.target_at, after, low, high, self.no_way, *room, found,
                )  # fmt: skip

            return run

        in_parallel(start, s, of=sweeps.LANES, work=s * (len(up[1]) + len(down[1])))
        return found

    def _compact(self, points: Points, cost: Costs) -> tuple[I64, I32, Costs]:
        found: tuple[I64, I32, Costs] = kernels.compact(
            points.part_first, points.part_to, points.part_arc, cost, self.no_way
        )
        return found

    def path(self, origin: int, target: int) -> tuple[Any, list[int]]:
        """Give the cost of the cheapest way between two nodes and its edges; (`no_way`, []) without one."""
        h = self.hierarchy
        cost, ups, downs = sweeps.query(
            h.first, h.head, h.tail, h.parent, h.depth, self._up, self._down,
            h.rank[origin], h.rank[target], self.no_way,
        )  # fmt: skip
        edges = sweeps.unpack(
            h.from_first, h.from_tail, h.from_arc, h.tail, h.head, h.edge_first, h.edge_of, h.edge_arc,
            self.cost, self._up, self._down, ups, downs,
        )  # fmt: skip
        return cost, edges.tolist()

    def to_all(
        self, nodes: Sequence[int] | I64, offsets: Costs | int = 0, *, backwards: bool = False
    ) -> Costs:
        """Give the cost [N] from the nearest of the nodes to every node; `backwards`: to it from every node.

        `offsets` say what it costs to be at each of the nodes to begin with.
        """
        h = self.hierarchy
        up, down = (self._down, self._up) if backwards else (self._up, self._down)
        starts = h.rank[np.asarray(nodes, np.int64)]
        begin = np.minimum(np.broadcast_to(np.asarray(offsets, self.cost.dtype), starts.shape), self.no_way)
        by_rank = sweeps.one_to_all(h.first, h.head, up, down, starts, begin, self.no_way)
        found: Costs = by_rank[h.rank]
        return found


def change_each(metrics: Sequence[Metric], edges: Sequence[I64], costs: Sequence[Costs]) -> None:
    """Change several metrics of one hierarchy and type, each by its own; full passes they need are shared."""
    _customize_each(
        [
            metric
            for metric, at, cost in zip(metrics, edges, costs, strict=True)
            if metric._change_part(at, cost) < 0
        ]
    )


def _customize_each(metrics: Sequence[Metric]) -> None:
    """Customise all arcs of several metrics, some at a time in one pass; the last lanes may stay empty."""
    for low in range(0, len(metrics), LANES):
        group = metrics[low : low + LANES]
        if len(group) == 1:
            group[0]._customize()
            continue
        h, no_way = group[0].hierarchy, group[0].no_way
        up = np.full((h.n_arcs, LANES), no_way, group[0].cost.dtype)
        down = up.copy()
        for lane, metric in enumerate(group):
            kernels.respect(h.edge_arc, metric.cost, up[:, lane], down[:, lane], no_way)
        kernels.customize_lanes(h.first, h.head, up, down)
        for lane, metric in enumerate(group):
            metric._up[:], metric._down[:] = up[:, lane], down[:, lane]

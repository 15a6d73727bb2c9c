"""The hierarchy against plain searches: every cell, every path, after any sequence of changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from vado.model.roads import I32, I64
from vado.network import crew
from vado.network import metric as metric_module
from vado.network.hierarchy import build_hierarchy
from vado.network.metric import LANES, NO_WAY, NO_WAY_64, Metric, change_each, select, select_entries

COUNTS = st.integers(0, 2 * LANES + 1)
Graph = tuple[int, list[tuple[int, int, int]]]  # nodes, edges: from, to, cost


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw small directed graphs: loops, parallel edges, islands and nodes without any edge among them."""
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    cost = st.one_of(st.integers(0, 9), st.just(NO_WAY), st.integers(NO_WAY - 3, NO_WAY + 3))
    return n, draw(st.lists(st.tuples(node, node, cost), max_size=40))


def floyd(n: int, edges: list[tuple[int, int]], cost: list[int], no_way: int) -> list[list[int]]:
    """Work out all pairs in the plainest way there is; whatever costs `no_way` or more is no way."""
    d = [[0 if i == j else no_way for j in range(n)] for i in range(n)]
    for (a, b), c in zip(edges, cost, strict=True):
        d[a][b] = min(d[a][b], c)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                d[i][j] = min(d[i][j], d[i][k] + d[k][j])
    return [[min(c, no_way) for c in row] for row in d]


def arrays(edges: list[tuple[int, int, int]], kind: Any) -> tuple[I32, I32, Any]:
    table = np.array(edges, np.int64).reshape(-1, 3)
    return table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2].astype(kind)


@given(graphs(), st.data(), st.sampled_from([np.int32, np.int64]))
@settings(max_examples=200, deadline=None)
def test_every_cell_and_path_after_every_change(graph: Graph, data: st.DataObject, kind: Any) -> None:
    n, edges = graph
    tail, head, cost = arrays(edges, kind)
    order = np.array(data.draw(st.permutations(range(n))), np.int64) if data.draw(st.booleans()) else None
    hierarchy = build_hierarchy(n, tail, head, order=order)
    metric = Metric(hierarchy, cost)
    no_way = int(metric.no_way)
    points = select(hierarchy, np.arange(n))
    ends = list(zip(tail.tolist(), head.tolist(), strict=True))
    for _ in range(data.draw(st.integers(1, 4))):
        expected = floyd(n, ends, cost.tolist(), no_way)
        assert metric.matrix(points).tolist() == expected
        for origin in range(n):
            assert metric.to_all([origin]).tolist() == expected[origin]
            assert metric.to_all([origin], backwards=True).tolist() == [row[origin] for row in expected]
            for target in range(n):
                found, path = metric.path(origin, target)
                assert found == expected[origin][target]
                drivable(path, ends, cost.tolist(), origin, target, int(found), no_way)
        fresh = Metric(hierarchy, cost)
        for ours, theirs in zip(metric.arcs(), fresh.arcs(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        if not edges:
            return
        changed = data.draw(st.lists(st.integers(0, len(edges) - 1), max_size=6, unique=True))
        new = [data.draw(st.one_of(st.integers(0, 9), st.just(no_way))) for _ in changed]
        cost[changed] = new
        metric.change(changed, np.array(new, kind))


def drivable(
    path: list[int], ends: list[tuple[int, int]], cost: list[int], origin: int, target: int, total: int,
    no_way: int,
) -> None:  # fmt: skip
    """Judge a path: it leads where it should, hangs together and costs what was said."""
    if total >= no_way:
        assert path == []
        return
    nodes = [origin, *(ends[e][1] for e in path)]
    assert nodes[-1] == target
    assert all(ends[e] == (a, b) for e, (a, b) in zip(path, pairwise(nodes), strict=True))
    assert sum(cost[e] for e in path) == total


@given(graphs(), st.data())
@settings(max_examples=100, deadline=None)
def test_points_may_enter_at_several_nodes_or_at_none(graph: Graph, data: st.DataObject) -> None:
    n, edges = graph
    tail, head, cost = arrays(edges, np.int32)
    metric = Metric(build_hierarchy(n, tail, head), cost)
    entry = st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 9)), max_size=3)
    sources, targets = data.draw(st.lists(entry, max_size=4)), data.draw(st.lists(entry, max_size=4))
    between = floyd(n, list(zip(tail.tolist(), head.tolist(), strict=True)), cost.tolist(), NO_WAY)
    expected = [
        [min([NO_WAY, *(c + between[a][b] + d for a, c in s for b, d in t)]) for t in targets]
        for s in sources
    ]
    points = select_entries(metric.hierarchy, *entries(sources), *entries(targets))
    costs = [np.array([c for one in side for _, c in one], np.int32) for side in (sources, targets)]
    found = metric.matrix(points, *costs)
    assert found.shape == (len(sources), len(targets))
    assert found.tolist() == expected


def entries(side: list[list[tuple[int, int]]]) -> tuple[I64, I64]:
    first = np.cumsum([0, *(len(one) for one in side)]).astype(np.int64)
    return first, np.array([node for one in side for node, _ in one], np.int64)


def town(side: int, seed: int) -> tuple[int, I32, I32, I32]:
    """Make a grid of streets, some of them one-way or missing, with random durations."""
    random = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.stack([at[:-1].ravel(), at[1:].ravel()]),
        ],
        axis=1,
    )
    both = np.concatenate([pairs, pairs[::-1]], axis=1)
    both = both[:, random.random(both.shape[1]) < 0.85]
    ms = random.integers(1_000, 90_000, both.shape[1]).astype(np.int32)
    return side * side, both[0].astype(np.int32), both[1].astype(np.int32), ms


@pytest.mark.parametrize(
    ("share", "parallel"), [(1.0, False), (1.0, True), (0.0, False)], ids=["part", "threads", "gives up"]
)
def test_larger_towns_too(share: float, parallel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """More points than lanes, many changes at once, more than one thread, changes that end in a full pass."""
    monkeypatch.setattr(metric_module, "PART_MAX", share)
    monkeypatch.setattr(crew, "PARALLEL_MIN", 0 if parallel else 2**62)
    monkeypatch.setattr(crew, "CORES", 3)
    n, tail, head, ms = town(40, 7)
    random = np.random.default_rng(8)
    metric = Metric(build_hierarchy(n, tail, head), ms)
    nodes = random.choice(n, 300, replace=False)
    points = select(metric.hierarchy, nodes)
    for count in (5, 2000, 40):
        edges = random.choice(len(ms), count, replace=False)
        now = np.where(random.random(count) < 0.7, NO_WAY, ms[edges] * 3).astype(np.int32)
        recomputed = metric.change(edges, now)
        if count != 40:  # forty scattered edges may go either way
            assert (recomputed == metric.hierarchy.n_arcs) == (share == 0.0 and count == 2000)
        cost = ms.copy()
        cost[edges] = now
        np.testing.assert_array_equal(metric.matrix(points), by_scipy(n, tail, head, cost, nodes))
        metric.change(edges, ms[edges])
        for ours, theirs in zip(metric.arcs(), Metric(metric.hierarchy, ms).arcs(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def by_scipy(n: int, tail: I32, head: I32, cost: I32, nodes: I64) -> Any:
    open_ = cost < NO_WAY
    graph = csr_array((cost[open_].astype(float), (tail[open_], head[open_])), shape=(n, n))
    found = dijkstra(graph, indices=nodes)[:, nodes]
    return np.where(np.isfinite(found), found, NO_WAY).astype(np.int32)


def test_costs_that_would_overflow_are_no_way() -> None:
    """A line of edges each just short of no way: the first can be driven, two of them can't."""
    tail, head = np.arange(5, dtype=np.int32), np.arange(1, 6, dtype=np.int32)
    for kind, no_way in ((np.int32, NO_WAY), (np.int64, NO_WAY_64)):
        metric = Metric(build_hierarchy(6, tail, head), np.full(5, no_way - 1, kind))
        found = metric.matrix(select(metric.hierarchy, np.arange(6)))
        assert (found[np.arange(5), np.arange(1, 6)] == no_way - 1).all()
        assert (np.triu(found, 2)[np.triu_indices(6, 2)] == no_way).all()
        assert found.min() == 0


def test_the_same_order_every_time() -> None:
    n, tail, head, _ = town(30, 3)
    first, second = (build_hierarchy(n, tail, head) for _ in range(2))
    for name in ("rank", "head", "parent", "edge_arc"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_a_copy_changes_by_itself() -> None:
    n, tail, head, ms = town(10, 5)
    metric = Metric(build_hierarchy(n, tail, head), ms)
    other = metric.copy()
    other.change(np.arange(20), NO_WAY)
    np.testing.assert_array_equal(metric.cost, ms)
    for ours, theirs in zip(metric.arcs(), Metric(metric.hierarchy, ms).arcs(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_copies_may_change_at_the_same_time() -> None:
    """They share what a change works in, and lend it to one at a time."""
    n, tail, head, cost = town(12, seed=5)
    first = Metric(build_hierarchy(n, tail, head), cost)
    copies = [first.copy() for _ in range(8)]
    shut = [np.arange(k, len(cost), 97) for k in range(len(copies))]

    def play(metric: Metric, edges: I64) -> None:
        for _ in range(20):
            metric.change(edges, NO_WAY)
            metric.change(edges, cost[edges])
        metric.change(edges, NO_WAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(play, copies, shut))
    for metric, edges in zip(copies, shut, strict=True):
        expected = cost.copy()
        expected[edges] = NO_WAY
        for mine, anew in zip(metric.arcs(), Metric(metric.hierarchy, expected).arcs(), strict=True):
            assert (mine == anew).all()


@given(graphs(), st.data(), st.sampled_from([np.int32, np.int64]))
@settings(max_examples=60, deadline=None)
def test_metrics_made_together_are_those_made_one_by_one(
    graph: Graph, data: st.DataObject, kind: Any
) -> None:
    n, edges = graph
    tail, head, cost = arrays(edges, kind)
    hierarchy = build_hierarchy(n, tail, head)
    costs = [np.array(data.draw(st.permutations(cost.tolist())), kind) for _ in range(data.draw(COUNTS))]
    together = Metric.each(hierarchy, costs)
    assert len(together) == len(costs)
    for metric, own in zip(together, costs, strict=True):
        same(metric, Metric(hierarchy, own))
        metric.change(np.arange(len(own)), cost)
        same(metric, Metric(hierarchy, cost))


@pytest.mark.parametrize("share", [1.0, 0.0], ids=["part", "gives up"])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_metrics_changed_together_are_those_changed_alone(
    share: float, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that change little and those that change much, more of them than lanes."""
    monkeypatch.setattr(metric_module, "PART_MAX", share)
    n, tail, head, ms = town(40, 7)
    cost, random = ms.astype(kind), np.random.default_rng(8)
    usual = Metric(build_hierarchy(n, tail, head), cost)
    edges = [
        random.choice(len(cost), count, replace=False) for count in (3, 2000, 0, 2500, 2000, 1, 1800, 2100)
    ]
    costs = [np.where(random.random(len(at)) < 0.3, usual.no_way, cost[at] * 3).astype(kind) for at in edges]
    together = [usual.copy() for _ in edges]
    change_each(together, edges, costs)
    for metric, at, own in zip(together, edges, costs, strict=True):
        expected = cost.copy()
        expected[at] = own
        np.testing.assert_array_equal(metric.cost, expected)
        same(metric, Metric(usual.hierarchy, expected))
    same(usual, Metric(usual.hierarchy, cost))


def same(metric: Metric, other: Metric) -> None:
    for ours, theirs in zip(metric.arcs(), other.arcs(), strict=True):
        np.testing.assert_array_equal(ours, theirs)

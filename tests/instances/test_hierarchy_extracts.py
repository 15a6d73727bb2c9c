"""The hierarchy on every extract: cells equal those of Dijkstra, paths can be driven and are as long."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from samples import sample
from vado.feeds import osm_pbf
from vado.model.roads import I32, Roads
from vado.network.build import build
from vado.network.links import hierarchy_of
from vado.network.metric import NO_WAY, Metric, select
from vado.store.data import load_profiles

FILES = {
    "andorra": "andorra_geodude.osm.pbf",
    "malta": "malta_gh.osm.pbf",
    "monaco": "monaco_osrm.osm.pbf",
    "porto": "porto_portugal.osm.pbf",
}
pytestmark = pytest.mark.samples


@cache
def region(name: str) -> Roads:
    return build(osm_pbf.read(sample("osm", FILES[name])), load_profiles(), name=name)


def rows_by_dijkstra(roads: Roads, cost: I32, origins: Any) -> Any:
    """Let scipy search; of parallel edges the cheapest counts."""
    order = np.lexsort((cost, roads.edge_to, roads.edge_from))
    tail, head = roads.edge_from[order], roads.edge_to[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    kept = order[first & (cost[order] < NO_WAY)]
    ends = (roads.edge_from[kept], roads.edge_to[kept])
    graph = csr_array((cost[kept].astype(float), ends), shape=(roads.n_nodes,) * 2)
    found = dijkstra(graph, indices=origins)
    return np.where(np.isfinite(found), found, NO_WAY).astype(np.int32)


@pytest.mark.parametrize("profile", ["car", "truck"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_cells_and_paths_before_during_and_after_closures(name: str, profile: str) -> None:
    roads = region(name)
    random = np.random.default_rng(5)
    usual = np.minimum(np.maximum(roads.edge_duration_ms[roads.profile_index(profile)], 1), NO_WAY)
    metric = Metric(hierarchy_of(roads), usual.astype(np.int32))
    nodes = random.choice(roads.n_nodes, 150, replace=False)
    points = select(metric.hierarchy, nodes)
    before = metric.matrix(points)
    spot = int(random.integers(roads.n_edges))
    lon, lat = roads.node_lon[roads.edge_from], roads.node_lat[roads.edge_from]
    near = np.argsort(np.hypot(lon - lon[spot], lat - lat[spot]))[:300]
    slow = random.choice(roads.n_edges, 200, replace=False)
    cost = metric.cost.copy()
    cost[slow] = np.minimum(cost[slow].astype(np.int64) * 3, NO_WAY)
    cost[near] = NO_WAY
    changed = np.union1d(near, slow)
    metric.change(changed, cost[changed])
    during = metric.matrix(points)
    rows = rows_by_dijkstra(roads, cost, nodes[:6])
    np.testing.assert_array_equal(during[:6], rows[:, nodes])
    np.testing.assert_array_equal(metric.to_all([int(nodes[0])]), rows[0])
    for target in nodes[:40].tolist():
        found, path = metric.path(int(nodes[1]), target)
        assert found == rows[1, target]
        if found < NO_WAY:
            assert int(cost[path].sum()) == found
            way = [int(nodes[1]), *roads.edge_to[path].tolist()]
            assert way[-1] == target
            assert all(roads.edge_from[e] == a for e, (a, _) in zip(path, pairwise(way), strict=True))
    metric.change(changed, usual[changed].astype(np.int32))
    np.testing.assert_array_equal(metric.matrix(points), before)

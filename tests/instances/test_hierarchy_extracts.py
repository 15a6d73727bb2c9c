"""The hierarchy on every extract: cells equal those of Dijkstra, paths can be driven and are as long.

Once as a bare metric, once as the engine asks: hazards, a snapshot, slots, and stops inside edges too.
"""

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
from vado.model.alert import Action
from vado.model.hazard import Effect, Hazard
from vado.model.ids import HazardId
from vado.model.roads import F64, I32, Roads
from vado.model.snapshot import NO_WAY_S, Travel
from vado.model.when import Interval
from vado.network.build import build
from vado.network.links import hierarchy_of
from vado.network.metric import NO_WAY, Metric, select
from vado.network.snapshot import snapshot
from vado.network.split import Splitter, split
from vado.network.times import times
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
    """Let scipy search; `NO_WAY` where it finds nothing."""
    found = by_dijkstra(roads, np.where(cost < NO_WAY, cost, np.inf), origins)
    return np.where(np.isfinite(found), found, NO_WAY).astype(np.int32)


def by_dijkstra(roads: Roads, cost: F64, origins: Any) -> Any:
    """Let scipy search; of parallel edges the cheapest counts, inf is shut."""
    order = np.lexsort((cost, roads.edge_to, roads.edge_from))
    tail, head = roads.edge_from[order], roads.edge_to[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    kept = order[first & np.isfinite(cost[order])]
    ends = (roads.edge_from[kept], roads.edge_to[kept])
    graph = csr_array((cost[kept], ends), shape=(roads.n_nodes,) * 2)
    return dijkstra(graph, indices=origins)


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


DM = 2.0**22  # decimetres below the milliseconds: both are exact in a float up to 419 km and 24 days
HORIZON = Interval(0, 3 * 3600)
WHILE = Interval(3600, 2 * 3600)  # the hazards; so there are slots before, during and after


def harm(name: str, profile: str, factor: float) -> Hazard:
    action = Action.SLOW if factor else Action.SHUT
    effect = Effect(profile=profile, action=action, speed_factor=factor, requires="", source="test")
    return Hazard(id=HazardId(name), kind="flood", severity="Severe", certainty="Observed", footprint=(),
                  interval=WHILE, effects=(effect,), evidence=())  # fmt: skip


def with_stops(roads: Roads, random: np.random.Generator) -> tuple[Roads, list[int]]:
    """Split roads inside 40 edges; give as stops these points, junctions, one nowhere, and some twice."""
    inner = np.ones(len(roads.shape_osm), np.bool_)
    inner[roads.shape_offset[:-1]] = inner[roads.shape_offset[1:] - 1] = False
    few = random.choice(np.flatnonzero(inner), 30, replace=False)
    along = few[inner[few + 1]][:10] + 1  # so that two are on one edge
    osm = np.unique(roads.shape_osm[np.concatenate([few, along])])
    larger, node_of = split(Splitter(roads), osm)
    inside = [node_of[int(point)] for point in osm]
    return larger, [*inside, -1, *random.choice(roads.n_nodes, 60, replace=False).tolist(), *inside[:3]]


def expected(roads: Roads, profile: str, factor: F64, stops: list[int], rows: list[int]) -> tuple[Any, Any]:
    """Work out seconds and metres from some of the stops to all of them, `NO_WAY_S` for none."""
    usual = np.maximum(roads.edge_duration_ms[roads.profile_index(profile)], 1)
    with np.errstate(divide="ignore"):
        ms = np.where(usual < NO_WAY, np.ceil(usual / factor), np.inf)
    found = by_dijkstra(roads, ms * DM + np.rint(roads.edge_length_mm / 100), [stops[row] for row in rows])
    found = np.where(np.array(stops) >= 0, found[:, stops], np.inf)
    is_way = np.isfinite(found)
    took_ms, dm = np.divmod(np.where(is_way, found, 0), DM)
    return (np.where(is_way, np.ceil(took_ms / 1000), NO_WAY_S),
            np.where(is_way, np.floor((dm + 5) / 10), NO_WAY_S))  # fmt: skip


@pytest.mark.parametrize("profile", ["car", "truck"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_what_the_engine_asks_is_exact_in_every_slot(name: str, profile: str) -> None:
    random = np.random.default_rng(7)
    roads, stops = with_stops(region(name), random)
    spot = stops[0]
    lon, lat = roads.node_lon[roads.edge_from], roads.node_lat[roads.edge_from]
    near = np.argsort(np.hypot(lon - roads.node_lon[spot], lat - roads.node_lat[spot]))
    n_whole = roads.n_edges - len(roads.split_from)
    slow = random.choice(n_whole, 500, replace=False)
    slow = np.union1d(slow, roads.split_from[::3])  # some edges with stops inside, not all of their parts
    shut = near[40:300]  # a ring around the first stop
    touched = {HazardId("shut"): shut.astype(np.int32), HazardId("slow"): slow.astype(np.int32)}
    hazards = (harm("shut", profile, 0.0), harm("slow", profile, 0.4))
    travel = Travel(profile)
    asked = times(snapshot(roads, hazards, touched, travels=(travel,)), stops, horizon=HORIZON)
    assert [interval.start_s for interval in asked.slots] == [0, WHILE.start_s, WHILE.end_s]
    factor = np.ones(roads.n_edges)
    factor[slow] = 0.4
    factor[shut] = 0.0
    rows = [0, 1, len(stops) - 1, *range(38, 45)]
    rows = [row for row in rows if stops[row] >= 0]
    for slot, now in enumerate((np.ones(roads.n_edges), factor, np.ones(roads.n_edges))):
        matrix = asked.matrix(travel, slot)
        seconds, metres = expected(roads, profile, now, stops, rows)
        np.testing.assert_array_equal(matrix.seconds[rows], seconds)
        np.testing.assert_array_equal(matrix.metres[rows], metres)
        nowhere = stops.index(-1)
        assert (matrix.seconds[nowhere] == NO_WAY_S).all()
    assert (asked.matrix(travel, 0).seconds != asked.matrix(travel, 1).seconds).any()

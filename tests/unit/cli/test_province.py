"""The province is drawn well: always the same, whole; one bridge, one pass, one valley with a single road."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon

from vado.cli.demo import geography as land
from vado.cli.demo.fleet import JOBS, problem
from vado.cli.demo.province import Province, province
from vado.cli.demo.storm import GEOJSON_TYPE, storm
from vado.exchange.problem import list_locations, read_problem
from vado.model.roads import NO_ENTRY_MS, EdgeFlag, Roads
from vado.network.build import build
from vado.store.data import load_profiles

SEEDS = (1, 7, 20)


@cache
def drawn(seed: int) -> tuple[Province, Roads]:
    province_ = province(seed)
    return province_, build(province_.raw, load_profiles(), name=land.NAME)


def parts_without(roads: Roads, profile: str, shut: set[str]) -> dict[str, int]:
    """Say in which part each town is when the roads of these names are taken away."""
    names = [roads.strings[name] for name in roads.edge_name.tolist()]
    open_ = roads.edge_duration_ms[roads.profile_index(profile)] < NO_ENTRY_MS
    open_ &= np.array([name not in shut for name in names])
    ends = (roads.edge_from[open_], roads.edge_to[open_])
    graph = coo_array((np.ones(int(open_.sum())), ends), shape=(roads.n_nodes, roads.n_nodes))
    _, label = connected_components(graph, directed=True, connection="strong")
    return dict(zip(roads.places.name, label[roads.places.node].tolist(), strict=True))


def test_the_same_seed_draws_the_same_province_and_another_seed_another() -> None:
    hashes = {seed: drawn(seed)[1].content_hash for seed in SEEDS}
    assert len(set(hashes.values())) == len(SEEDS)
    assert build(province(7).raw, load_profiles(), name=land.NAME).content_hash == hashes[7]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_town_is_reached_by_every_profile_in_fair_weather(seed: int) -> None:
    _, roads = drawn(seed)
    assert set(roads.places.name) == {town.name for town in land.TOWNS}
    for profile in roads.profiles:
        assert len(set(parts_without(roads, profile, set()).values())) == 1, profile
    assert 500 <= roads.n_edges <= 3000


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_bridge_crosses_the_river(seed: int) -> None:
    province_, roads = drawn(seed)
    river = LineString(province_.river)
    wet = [e for e in range(roads.n_edges) if LineString(roads.shape(e)).intersects(river)]
    assert wet
    assert all(roads.edge_flags[e] & EdgeFlag.BRIDGE for e in wet)
    assert {roads.strings[roads.edge_name[e]] for e in wet} == {land.BRIDGE}


@pytest.mark.parametrize("seed", SEEDS)
def test_bridge_and_pass_hold_the_north_and_the_gorge_holds_its_valley(seed: int) -> None:
    _, roads = drawn(seed)
    north = {"Norvessa", "Sotomar", "Aldimar", "Ombrina", "Pinhora", "Cervola"}
    one = parts_without(roads, "van", {land.BRIDGE})
    assert len(set(one.values())) == 1, "the pass is the way round"
    both = parts_without(roads, "van", {land.BRIDGE, "Brumal Pass"})
    assert {town for town in both if both[town] != both["Castrel"]} == north
    gorge = parts_without(roads, "van", {"Secana Gorge Road"})
    assert {t for t in gorge if gorge[t] != gorge["Castrel"]} == {"Serafosca", "Lagunar", "Fonzara"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_day_is_a_problem_like_any_other(seed: int) -> None:
    province_, roads = drawn(seed)
    read = read_problem(json.dumps(problem(province_)).encode())
    assert read.notes == ()
    assert len(read.jobs) == sum(JOBS.values())
    assert 50 <= len(read.jobs) + 2 * len(read.shipments) <= 60
    for path, (lon, lat) in list_locations(read.jobs, read.shipments, read.vehicles):
        away = np.hypot(
            (roads.shape_lon - lon) * 111_320 * np.cos(np.radians(lat)), (roads.shape_lat - lat) * 111_320
        )
        assert away.min() < 100, path


@pytest.mark.parametrize("seed", SEEDS)
def test_the_storm_is_told_in_order_and_its_shapes_lie_where_it_says(seed: int) -> None:
    province_, _ = drawn(seed)
    messages = storm(province_)
    assert [m.at_s for m in messages] == sorted(m.at_s for m in messages)
    assert 10 <= len(messages) <= 14
    assert any(m.content_type == GEOJSON_TYPE for m in messages)
    flood = next(m for m in messages if "Flood of the Tamarel between" in m.headline)
    text = flood.body.decode()
    points = text.split("<polygon>")[1].split("</polygon>")[0].split()
    ring = Polygon([tuple(map(float, point.split(",")))[::-1] for point in points])
    assert ring.is_valid
    assert ring.intersects(LineString(province_.roads["Ribadel", "Ondrara"]))
    for a, b in set(province_.roads) - {("Ribadel", "Ondrara")}:
        assert not ring.intersects(LineString(province_.roads[a, b])), (a, b)

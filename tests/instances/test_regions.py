"""Real extracts become regions: quickly, and true to the file they were read from."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from samples import sample
from vado.feeds import osm_pbf
from vado.model.roads import NO_ENTRY_MS, EdgeFlag, Roads
from vado.network.build import build
from vado.store.data import load_profiles
from vado.store.regions import Regions

FILES = {
    "andorra": "andorra_geodude.osm.pbf",
    "malta": "malta_gh.osm.pbf",
    "monaco": "monaco_osrm.osm.pbf",
    "porto": "porto_portugal.osm.pbf",
}
pytestmark = pytest.mark.samples
every = pytest.mark.parametrize("name", sorted(FILES))


@cache
def region(name: str) -> Roads:
    return build(osm_pbf.read(sample("osm", FILES[name])), load_profiles(), name=name)


@cache
def ways(name: str) -> dict[int, tuple[tuple[int, ...], dict[str, str]]]:
    """Read ways again, by other means: what edges are compared with."""
    reader = osmium.FileProcessor(str(sample("osm", FILES[name])), osmium.osm.WAY)
    return {
        way.id: (tuple(node.ref for node in way.nodes), dict(way.tags))
        for way in reader
        if "highway" in way.tags
    }


def some_edges(roads: Roads, count: int) -> Iterator[int]:
    yield from random.Random(7).sample(range(roads.n_edges), min(count, roads.n_edges))


@every
def test_every_edge_drives_along_its_way(name: str) -> None:
    """Two nodes that follow each other in an edge do so in its way, in that direction or the other."""
    roads = region(name)
    for edge in some_edges(roads, 4_000):
        refs, tags = ways(name)[int(roads.edge_way[edge])]
        a, b = roads.shape_offset[edge : edge + 2]
        nodes = roads.shape_osm[a:b].tolist()
        assert nodes[0] == roads.node_osm[roads.edge_from[edge]]
        assert nodes[-1] == roads.node_osm[roads.edge_to[edge]]
        steps, forward = set(pairwise(nodes)), set(pairwise(refs))
        with_way = steps <= forward
        assert with_way or {(v, u) for u, v in steps} <= forward
        if tags.get("oneway") in ("yes", "1", "true"):
            assert with_way or any(key.startswith("oneway:") for key in tags)
        if tags.get("oneway") == "-1":
            assert not with_way


@every
def test_edges_agree_with_their_ways_tags(name: str) -> None:
    roads = region(name)
    row = {profile: roads.edge_duration_ms[index] for index, profile in enumerate(roads.profiles)}
    for edge in some_edges(roads, 4_000):
        _, tags = ways(name)[int(roads.edge_way[edge])]
        assert roads.classes[roads.edge_class[edge]] == tags["highway"]
        assert roads.strings[roads.edge_name[edge]] == tags.get("name", "")
        assert roads.strings[roads.edge_ref[edge]] == tags.get("ref", "")
        flags = EdgeFlag(int(roads.edge_flags[edge]))
        assert (EdgeFlag.TUNNEL in flags) == (tags.get("tunnel", "no") != "no")
        assert (EdgeFlag.BRIDGE in flags) == (tags.get("bridge", "no") != "no")
        if tags.get("access") in ("private", "no") and not {"vehicle", "motor_vehicle"} & set(tags):
            assert row["van"][edge] >= NO_ENTRY_MS or "motorcar" in tags or "goods" in tags
        if tags.get("hgv") == "no":
            assert row["truck"][edge] >= NO_ENTRY_MS


@every
def test_speeds_are_those_of_roads(name: str) -> None:
    roads = region(name)
    for row in roads.edge_duration_ms:
        open_ = (row < NO_ENTRY_MS) & (roads.edge_length_mm > 20_000)
        kmh = roads.edge_length_mm[open_] / row[open_] * 3.6
        assert kmh.min() > 4.9
        assert kmh.max() <= 130 * 0.9


@every
def test_no_forbidden_turn_is_an_edge_after_an_edge(name: str) -> None:
    """Each enforced restriction: from its way into its junction, no edge goes on where it may not."""
    roads = region(name)
    everybody = {kind for kind in roads.strings if kind.startswith(("no_", "only_")) and "(" not in kind}
    checked = 0
    for turn in np.flatnonzero(roads.turn_enforced & ~roads.turn_via_is_way).tolist():
        kind = roads.strings[roads.turn_kind[turn]]
        if kind not in everybody:
            continue
        arrivals = set(
            roads.edge_to[
                (roads.edge_way == roads.turn_from_way[turn])
                & (roads.node_osm[roads.edge_to] == roads.turn_via[turn])
            ].tolist()
        )
        on = {int(way) for node in arrivals for way in roads.edge_way[roads.edge_from == node]}
        if kind.startswith("no_"):
            assert int(roads.turn_to_way[turn]) not in on
        elif arrivals:
            # Several "only" at one junction allow each other's way.
            same = (roads.turn_from_way == roads.turn_from_way[turn]) & (
                roads.turn_via == roads.turn_via[turn]
            )
            assert on <= set(roads.turn_to_way[same].tolist())
        checked += 1
    assert checked > 20


@every
def test_parts_are_connected_both_ways(name: str) -> None:
    """Whatever is in a profile's largest part is reached from one of its nodes, and reaches it."""
    roads = region(name)
    for profile, row in enumerate(roads.edge_duration_ms):
        open_ = row < NO_ENTRY_MS
        shape = (roads.n_nodes, roads.n_nodes)
        ones = np.ones(int(open_.sum()))
        graph = csr_array((ones, (roads.edge_from[open_], roads.edge_to[open_])), shape=shape)
        main = roads.node_part[profile] == 0
        start = int(np.flatnonzero(main)[0])
        there = np.isfinite(dijkstra(graph, indices=start, unweighted=True))
        back = np.isfinite(dijkstra(graph.T.tocsr(), indices=start, unweighted=True))
        assert (main == (there & back)).all()
        assert main.sum() > 0.7 * (roads.node_part[profile] >= 0).sum()


@every
def test_towns_are_where_a_car_can_come_and_leave(name: str) -> None:
    roads = region(name)
    copies = np.unique(roads.node_osm, return_counts=True)
    with_copies = set(copies[0][copies[1] > 1].tolist())
    for place, node in enumerate(roads.places.node.tolist()):
        assert roads.node_part[0, node] >= 0, roads.places.name[place]
        assert int(roads.node_osm[node]) not in with_copies


@every
def test_building_twice_gives_the_same_hash(name: str, tmp_path: Path) -> None:
    roads = region(name)
    again = build(osm_pbf.read(sample("osm", FILES[name])), load_profiles(), name="again")
    assert again.content_hash == roads.content_hash
    regions = Regions(tmp_path)
    regions.save(roads)
    assert regions.load(name, verify=True).content_hash == roads.content_hash


def test_the_arinsal_valley_is_there_and_is_reached_by_its_road() -> None:
    roads = region("andorra")
    places = dict(zip(roads.places.name, roads.places.node.tolist(), strict=True))
    van = roads.edge_duration_ms[roads.profile_index("van")]
    open_ = np.flatnonzero(van < NO_ENTRY_MS)
    # Of parallel edges the quickest: a sparse matrix would add them up.
    quickest = open_[np.lexsort((van[open_], roads.edge_to[open_], roads.edge_from[open_]))]
    pair = roads.edge_from[quickest].astype(np.int64) * roads.n_nodes + roads.edge_to[quickest]
    kept = quickest[np.unique(pair, return_index=True)[1]]
    graph = csr_array(
        (van[kept].astype(float), (roads.edge_from[kept], roads.edge_to[kept])),
        shape=(roads.n_nodes, roads.n_nodes),
    )
    ms, before = dijkstra(graph, indices=places["La Massana"], return_predecessors=True)
    seconds = ms[places["Arinsal"]] / 1000
    assert 240 < seconds < 900  # 4.5 km of mountain road
    node, refs = places["Arinsal"], set()
    while node != places["La Massana"]:
        edges = np.flatnonzero((roads.edge_from == before[node]) & (roads.edge_to == node))
        refs |= {roads.strings[roads.edge_ref[edge]] for edge in edges}
        node = int(before[node])
    assert "CG-5" in refs


def test_gozo_is_an_island_and_said_to_be_one() -> None:
    """Its ferry is no road."""
    roads = region("malta")
    victoria = roads.places.name.index("Ir-Rabat (Victoria)")
    assert roads.node_part[0, roads.places.node[victoria]] == 1
    assert "Ir-Rabat (Victoria)" in roads.meta["profiles"]

"""Anchor: stops on the roads, and roads that stay what they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drawn import between, edge, edges, lonlat, node, roads
from vado import network
from vado.errors import BugError
from vado.model.roads import NO_ENTRY_MS, EdgeFlag, Roads
from vado.model.size import Load
from vado.model.snapshot import Travel
from vado.network.allowed import kind_of, usual_ms

CAR, TRUCK = Travel("car"), Travel("truck")
TOWN = roads(
    """
    A--------B--------C

    D------E
    """,
    ways={"AB": {"minutes": 9, "ref": "CG-4"}, "BC": {"not_for": ("truck",)}},
)


def test_a_stop_at_a_junction_is_that_junction() -> None:
    anchored = network.anchor(TOWN, (lonlat(TOWN, "B"),), travels=(CAR,))
    assert anchored.nodes == (node(TOWN, "B"),)
    assert anchored.snap_m[0] < 0.1
    assert anchored.places == ("B",)
    assert anchored.roads is TOWN


def test_a_stop_inside_a_road_splits_both_directions_at_one_node() -> None:
    stop = between(TOWN, "AB", 1 / 3)
    anchored = network.anchor(TOWN, (stop, stop), travels=(CAR,))
    larger = anchored.roads
    assert anchored.nodes == (TOWN.n_nodes, TOWN.n_nodes)
    parts = range(TOWN.n_edges, larger.n_edges)
    ends = {(int(larger.edge_from[e]), int(larger.edge_to[e])) for e in parts}
    a, b, new = node(TOWN, "A"), node(TOWN, "B"), TOWN.n_nodes
    assert ends == {(a, new), (new, b), (b, new), (new, a)}
    for e in parts:
        assert larger.road(e) == "CG-4"
        assert larger.edge_way[e] == TOWN.edge_way[edge(TOWN, "AB")]
        assert larger.edge_flags[e] & EdgeFlag.LIT_SPLIT
        near_a = a in (larger.edge_from[e], larger.edge_to[e])
        assert larger.edge_length_mm[e] == pytest.approx(300_000 if near_a else 600_000, abs=100)
        assert larger.edge_duration_ms[0, e] == pytest.approx(180_000 if near_a else 360_000, abs=100)
        assert larger.shape_osm[larger.shape_offset[e]] == larger.node_osm[larger.edge_from[e]]
        assert larger.shape_osm[larger.shape_offset[e + 1] - 1] == larger.node_osm[larger.edge_to[e]]
    assert larger.node_part[:, new].tolist() == [0, 0, 0, 0]


def test_several_stops_on_one_road_share_its_length_exactly() -> None:
    stops = tuple(between(TOWN, "AB", share) for share in (0.2, 0.5, 0.8))
    larger = network.anchor(TOWN, stops, travels=(CAR,)).roads
    assert larger.n_nodes == TOWN.n_nodes + 3
    for old in edges(TOWN, "AB"):
        forwards = larger.edge_from[old] < larger.edge_to[old]
        parts = [
            e
            for e in range(TOWN.n_edges, larger.n_edges)
            if (larger.shape_lon[larger.shape_offset[e]] < larger.shape_lon[larger.shape_offset[e + 1] - 1])
            == forwards
        ]
        assert len(parts) == 4
        assert larger.edge_length_mm[parts].sum() == TOWN.edge_length_mm[old]
        assert larger.edge_duration_ms[0, parts].sum() == TOWN.edge_duration_ms[0, old]


def test_what_is_closed_to_somebody_stays_closed_in_its_parts() -> None:
    larger = network.anchor(TOWN, (between(TOWN, "BC"),), travels=(CAR,)).roads
    truck = larger.profile_index("truck")
    assert (larger.edge_duration_ms[truck, TOWN.n_edges :] == NO_ENTRY_MS).all()
    assert larger.node_part[truck, TOWN.n_nodes] == -1


def test_parts_of_a_road_for_the_small_are_for_the_small_and_as_long_together() -> None:
    town = roads("A--------B--------C", ways={"BC": {"height_cm": 300, "minutes": 9}})
    low = Travel("truck", load=Load(height_cm=290))
    stop = between(town, "BC", 1 / 3)
    larger = network.anchor(town, (stop,), travels=(low,)).roads
    new = range(town.n_edges, larger.n_edges)
    small, own = (usual_ms(larger, kind_of(larger, travel)) for travel in (low, TRUCK))
    assert small[list(new)].sum() == 2 * 9 * 60_000  # there and back
    assert (own[list(new)] == NO_ENTRY_MS).all()


def test_a_stop_is_where_the_load_may_go() -> None:
    town = roads(
        """
        A--------B
        |        |
        C--------D
        """,
        ways={"AB": {"height_cm": 300}},
        metres_per_cell=50,
    )
    stop = between(town, "AB")
    [where] = network.anchor(town, (stop,), travels=(Travel("truck", load=Load(height_cm=290)),)).snap_m
    [away] = network.anchor(town, (stop,), travels=(TRUCK,)).snap_m
    assert where < 0.1
    assert away == pytest.approx(100, rel=0.05)  # the road on the other side


def test_a_stop_goes_where_all_can_drive_if_that_is_near() -> None:
    beside_b = between(TOWN, "BC", 0.1)  # 90 m into a road without trucks
    assert network.anchor(TOWN, (beside_b,), travels=(CAR, TRUCK)).nodes == (node(TOWN, "B"),)
    far_off = between(TOWN, "BC", 0.9)  # 800 m: better that at least the car gets there
    anchored = network.anchor(TOWN, (far_off,), travels=(CAR, TRUCK))
    assert anchored.nodes == (TOWN.n_nodes,)
    assert anchored.snap_m[0] < 0.1


def test_an_island_is_taken_only_where_nothing_else_is_near() -> None:
    at_d = lonlat(TOWN, "D")  # 200 m from A on the main network
    assert network.anchor(TOWN, (at_d,), travels=(CAR,)).nodes == (node(TOWN, "A"),)
    wide = roads("A--------B--------C\n\n\n\nD------E")
    assert network.anchor(wide, (lonlat(wide, "D"),), travels=(CAR,)).nodes == (node(wide, "D"),)


def test_a_stop_in_the_sea_is_nowhere() -> None:
    anchored = network.anchor(TOWN, ((0.0, 0.0), lonlat(TOWN, "A")), travels=(CAR,))
    assert anchored.nodes == (-1, node(TOWN, "A"))
    assert anchored.snap_m[0] > 1_000_000


def test_nodes_of_knows_the_points_and_refuses_others() -> None:
    anchored = network.anchor(TOWN, (lonlat(TOWN, "A"), (0.0, 0.0)), travels=(CAR,))
    assert anchored.nodes_of(((0.0, 0.0), lonlat(TOWN, "A"))) == (-1, node(TOWN, "A"))
    with pytest.raises(BugError, match="anchored"):
        anchored.nodes_of(((1.0, 1.0),))


def test_the_name_of_the_roads_says_where_they_were_split() -> None:
    one, two = between(TOWN, "AB", 0.2), between(TOWN, "AB", 0.8)
    cases = ((), (one,), (two,), (one, two))
    names = {network.anchor(TOWN, stops, travels=(CAR,)).roads.content_hash for stops in cases}
    assert len(names) == 4
    again = network.anchor(TOWN, (two, one), travels=(CAR,)).roads.content_hash
    assert again in names


def split_junction() -> Roads:
    """A cross whose junction B exists twice: who comes from A gets to a copy that does not lead to C."""
    town = roads("A----B----C\n     |\n     |\n     D")
    copy, b = town.n_nodes, node(town, "B")
    coming = edge(town, "AB")
    to = town.edge_to.copy()
    to[coming] = copy
    onward = [edge(town, "BA"), edge(town, "BD")]
    grown: dict[str, np.ndarray] = {
        name: np.append(getattr(town, name), getattr(town, name)[onward])
        for name in (
            "edge_way", "edge_length_mm", "edge_class", "edge_flags", "edge_surface", "edge_maxspeed_kmh",
            "edge_limit", "edge_name",
            "edge_ref",
        )
    }  # fmt: skip
    shapes = [np.arange(town.shape_offset[e], town.shape_offset[e + 1]) for e in onward]
    lengths = np.cumsum([len(s) for s in shapes])
    return replace(
        town,
        node_osm=np.append(town.node_osm, ord("B")),
        node_lon=np.append(town.node_lon, town.node_lon[b]),
        node_lat=np.append(town.node_lat, town.node_lat[b]),
        node_part=np.concatenate([town.node_part, town.node_part[:, [b]]], axis=1),
        edge_from=np.append(town.edge_from, [copy, copy]).astype(np.int32),
        edge_to=np.append(to, town.edge_to[onward]).astype(np.int32),
        edge_duration_ms=np.concatenate([town.edge_duration_ms, town.edge_duration_ms[:, onward]], axis=1),
        shape_offset=np.append(town.shape_offset, town.shape_offset[-1] + lengths),
        shape_lon=np.append(town.shape_lon, town.shape_lon[np.concatenate(shapes)]),
        shape_lat=np.append(town.shape_lat, town.shape_lat[np.concatenate(shapes)]),
        shape_osm=np.append(town.shape_osm, town.shape_osm[np.concatenate(shapes)]),
        node_ele_m=np.append(town.node_ele_m, town.node_ele_m[b]),
        shape_ele_m=np.append(town.shape_ele_m, town.shape_ele_m[np.concatenate(shapes)]),
        **grown,
    )


def test_a_split_junction_is_passed_over() -> None:
    town = split_junction()
    anchored = network.anchor(town, (lonlat(town, "B"),), travels=(CAR,))
    assert anchored.nodes == (town.n_nodes,)
    assert 99 < anchored.snap_m[0] < 101


def test_a_stop_beside_a_split_junction_is_no_place_to_turn_round() -> None:
    town = split_junction()
    stop = between(town, "BD")
    anchored = network.anchor(town, (stop,), travels=(CAR,))
    larger, new = anchored.roads, anchored.nodes[0]
    coming = {int(a) for a in larger.edge_from[larger.edge_to == new]}
    going = {int(b) for b in larger.edge_to[larger.edge_from == new]}
    assert coming
    assert going
    assert not coming & going
    assert {larger.node_osm[a] for a in coming}.isdisjoint({larger.node_osm[b] for b in going})


def test_the_same_stops_give_the_same_roads_whoever_asks_and_in_any_order() -> None:
    stops = tuple(between(TOWN, "AB", share) for share in (0.2, 0.5))
    first = network.anchor(TOWN, stops, travels=(CAR,))
    again = network.anchor(TOWN, stops[::-1], travels=(CAR, TRUCK))
    assert again.roads is first.roads
    assert again.nodes == first.nodes[::-1]
    other = network.anchor(TOWN, stops[:1], travels=(CAR,))
    assert other.roads is not first.roads

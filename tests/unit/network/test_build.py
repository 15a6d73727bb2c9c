"""Ways become edges: cut at junctions, with their shape, length, speed and what is known of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from little_map import LittleMap, drives, edge, kmh, walks
from vado.errors import RegionError
from vado.model.roads import EdgeFlag
from vado.model.size import NO_LIMITS, Limits, Load
from vado.model.snapshot import Travel
from vado.network import anchor
from vado.network.build import build
from vado.network.digest import content_hash
from vado.store.data import load_profiles

SQUARE = {"A": (0, 0), "B": (100, 0), "C": (200, 0), "D": (100, 100), "E": (100, 200)}


def town() -> LittleMap:
    """A - B - C, and D - E hanging on B."""
    return LittleMap().nodes(**SQUARE).way(1, "ABC", name="Main", ref="R1").way(2, "BDE")


def test_ways_are_cut_where_they_meet(tmp_path: Path) -> None:
    roads = town().roads(tmp_path)
    assert drives(roads) == {"AB", "BA", "BC", "CB", "BE", "EB"}
    assert roads.n_nodes == 4  # D is a bend, no junction


def test_an_edge_keeps_its_bends_in_driving_direction(tmp_path: Path) -> None:
    roads = town().roads(tmp_path)
    for letters, nodes in (("BE", "BDE"), ("EB", "EDB")):
        e = edge(roads, letters)
        a, b = roads.shape_offset[e : e + 2]
        assert "".join(map(chr, roads.shape_osm[a:b])) == nodes
        assert roads.shape(e)[0] == pytest.approx(town().lonlat(letters[0]))


def test_length_and_time(tmp_path: Path) -> None:
    roads = town().roads(tmp_path)
    e = edge(roads, "BE")
    assert roads.edge_length_mm[e] == pytest.approx(200_000, rel=0.003)
    assert kmh(roads, "BE") == 30
    assert roads.edge_duration_ms[0, e] >= roads.edge_length_mm[e] * 3.6 / 30


def test_roads_over_the_180th_meridian_are_as_long_as_elsewhere(tmp_path: Path) -> None:
    nodes, stop = {**SQUARE, "V": (130, 10)}, (160, 0)
    here = LittleMap().nodes(**nodes, S=stop).way(1, "ABC").way(2, "BDE")
    there = LittleMap(lon=179.9985).nodes(**nodes, S=stop).way(1, "ABC").way(2, "BDE")
    a, b = (each.tag("V", place="village", name="V").roads(tmp_path) for each in (here, there))
    assert b.node_lon.min() < -179 < 179 < b.node_lon.max()
    assert np.abs(a.edge_length_mm - b.edge_length_mm).max() <= 2  # OSM rounds degrees to seven places
    assert a.places.node.tolist() == b.places.node.tolist()
    assert a.places.snap_m == pytest.approx(b.places.snap_m, abs=0.02)
    found = [anchor(r, [m.lonlat("S")], travels=[Travel("car")]) for r, m in ((a, here), (b, there))]
    assert found[0].snap_m == pytest.approx(found[1].snap_m, abs=0.02)
    assert np.abs(found[0].roads.edge_length_mm - found[1].roads.edge_length_mm).max() <= 2


def test_what_is_known_of_a_way_is_on_its_edges(tmp_path: Path) -> None:
    roads = (
        LittleMap()
        .nodes(**SQUARE)
        .way(
            7, "AB", highway="primary", name="Rue", ref="N 7", bridge="yes", surface="gravel", maxspeed="70",
            maxheight="3.5", maxwidth="2.6", maxlength="13", maxweight="20",
        )
        .roads(tmp_path)
    )  # fmt: skip
    e = edge(roads, "BA")
    assert roads.edge_way[e] == 7
    assert roads.road(e) == "N 7 (Rue)"
    assert roads.classes[roads.edge_class[e]] == "primary"
    assert EdgeFlag(int(roads.edge_flags[e])) == EdgeFlag.BRIDGE | EdgeFlag.UNPAVED
    assert roads.strings[roads.edge_surface[e]] == "gravel"
    assert roads.edge_maxspeed_kmh[e] == 70
    signs = Limits(height_cm=350, width_cm=260, length_cm=1300, weight_kg=20_000)
    assert roads.limits == (NO_LIMITS, signs)
    assert roads.limits[roads.edge_limit[e]] == signs
    assert kmh(roads, "AB", "truck") == 0  # 4 m high


def test_one_ways_are_driven_one_way_only(tmp_path: Path) -> None:
    roads = LittleMap().nodes(**SQUARE).way(1, "AB", oneway="yes").way(2, "BC", oneway="-1").roads(tmp_path)
    assert drives(roads) == {"AB", "CB"}


def test_a_direction_open_to_some_is_shut_for_the_others(tmp_path: Path) -> None:
    roads = LittleMap().nodes(**SQUARE).way(1, "AB", oneway="yes", oneway__hgv="no").roads(tmp_path)
    assert drives(roads, "truck") == {"AB", "BA"}
    assert drives(roads, "car") == {"AB"}


def test_a_ring_is_cut_at_each_arm_and_where_it_closes(tmp_path: Path) -> None:
    ring = LittleMap().nodes(A=(0, 0), B=(50, 0), C=(50, 50), D=(0, 50), X=(100, 0), Y=(-50, 50))
    roads = ring.way(1, "ABCDA", junction="roundabout").way(2, "BX").way(3, "DY").roads(tmp_path)
    assert drives(roads) == {"AB", "BD", "DA", "BX", "XB", "DY", "YD"}


def test_a_ring_on_its_own_is_a_loop(tmp_path: Path) -> None:
    roads = LittleMap().nodes(A=(0, 0), B=(50, 0), C=(50, 50)).way(1, "ABCA").roads(tmp_path)
    assert drives(roads) == {"AA"}
    assert roads.n_edges == 2
    assert set(roads.node_part.ravel().tolist()) == {0}


def test_a_way_that_crosses_itself_is_cut_there(tmp_path: Path) -> None:
    roads = (
        LittleMap()
        .nodes(A=(0, 0), B=(100, 0), C=(200, 0), D=(150, 80), E=(100, -90))
        .way(1, "ABCDBE")
        .roads(tmp_path)
    )
    assert drives(roads) == {"AB", "BA", "BB", "BE", "EB"}


def test_a_node_given_twice_in_a_row_is_no_edge(tmp_path: Path) -> None:
    roads = LittleMap().nodes(**SQUARE).way(1, "ABBC").roads(tmp_path)
    assert drives(roads) <= {"AB", "BA", "BC", "CB"}
    assert walks(roads, 2) >= {"ABC"}


def test_a_way_ends_where_the_file_lacks_its_node(tmp_path: Path) -> None:
    roads = (
        LittleMap()
        .nodes(A=(0, 0), B=(100, 0), X=(200, 0), C=(300, 0), D=(400, 0))
        .way(1, "ABXCD")
        .roads(tmp_path, without_nodes="X")
    )
    assert drives(roads) == {"AB", "BA", "CD", "DC"}


def test_private_roads_are_not_there(tmp_path: Path) -> None:
    roads = town().way(3, "AE", access="private").roads(tmp_path)
    assert 3 not in roads.edge_way


def test_no_road_for_anybody_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RegionError) as caught:
        LittleMap().nodes(**SQUARE).way(1, "AB", access="no").roads(tmp_path)
    assert caught.value.code == "E1302"


def test_barriers_part_a_road_and_both_sides_stay(tmp_path: Path) -> None:
    roads = town().tag("B", barrier="bollard").roads(tmp_path)
    assert drives(roads) == {"AB", "BA", "BC", "CB", "BE", "EB"}
    assert not walks(roads, 2) & {"ABC", "CBA", "ABE", "EBC", "CBE", "EBA"}
    assert walks(roads, 2) >= {"ABA", "CBC", "EBE"}


def test_a_barrier_amid_a_way_parts_it(tmp_path: Path) -> None:
    roads = town().tag("D", barrier="gate", access="private").roads(tmp_path)
    assert drives(roads) >= {"BD", "DB", "DE", "ED"}
    assert not walks(roads, 2) & {"BDE", "EDB"}
    assert (roads.node_osm == ord("D")).sum() == 2  # one for each side, none for nobody


def test_a_low_barrier_stops_only_the_high(tmp_path: Path) -> None:
    roads = town().tag("D", barrier="height_restrictor", maxheight="2.2").roads(tmp_path)
    assert walks(roads, 2, "car") >= {"BDE", "EDB"}
    assert not walks(roads, 2, "van") & {"BDE", "EDB"}
    assert drives(roads, "van") >= {"BD", "DE"}


def test_a_low_barrier_lets_a_lower_load_pass_and_stops_a_higher_one(tmp_path: Path) -> None:
    roads = town().tag("D", barrier="height_restrictor", maxheight="2.2").roads(tmp_path)
    low, high = Travel("van", load=Load(height_cm=210)), Travel("car", load=Load(height_cm=230))
    assert walks(roads, 2, low) >= {"BDE", "EDB"}
    assert not walks(roads, 2, high) & {"BDE", "EDB"}
    assert drives(roads, high) >= {"BD", "DB", "DE", "ED"}  # up to the barrier, and back


def test_a_ford_on_a_node_stops_who_wades_less_deep(tmp_path: Path) -> None:
    roads = town().tag("D", ford="yes", depth="0.4").roads(tmp_path)
    assert "BDE" in walks(roads, 2, "4x4")
    assert "BDE" not in walks(roads, 2, "van")
    assert "BDE" in walks(roads, 2, Travel("van", load=Load(wading_cm=40)))


def test_a_one_way_behind_a_barrier_is_not_lost(tmp_path: Path) -> None:
    roads = LittleMap().nodes(**SQUARE).way(1, "ABC", oneway="yes").tag("B", barrier="block").roads(tmp_path)
    assert drives(roads) == {"AB", "BC"}
    assert "ABC" not in walks(roads, 2)


def test_a_one_way_behind_a_gate_is_not_lost_to_the_high(tmp_path: Path) -> None:
    little = LittleMap().nodes(**SQUARE).way(1, "ABC", oneway="yes")
    roads = little.tag("B", barrier="height_restrictor", maxheight="2.2").roads(tmp_path)
    for cm, passes in ((210, True), (230, False)):
        travel = Travel("van", load=Load(height_cm=cm))
        assert drives(roads, travel) == {"AB", "BC"}
        assert ("ABC" in walks(roads, 2, travel)) == passes


def test_a_ford_on_a_node_is_for_a_4x4_and_marks_the_road(tmp_path: Path) -> None:
    roads = town().tag("D", ford="yes").roads(tmp_path)
    assert "BDE" in walks(roads, 2, "4x4")
    assert "BDE" not in walks(roads, 2, "car")
    assert roads.edge_flags[edge(roads, "BD")] & EdgeFlag.FORD
    assert not roads.edge_flags[edge(roads, "AB")] & EdgeFlag.FORD


def test_islands_are_kept_and_told(tmp_path: Path) -> None:
    far = {"X": (5000, 0), "Y": (7000, 0)}
    roads = town().nodes(**far).way(9, "XY").tag("A", place="town", name="Alpha").roads(tmp_path)
    assert drives(roads) >= {"XY", "YX"}
    island = roads.edge_from[edge(roads, "XY")]
    assert roads.node_part[0, island] == 1
    assert '"islands": 1' in roads.meta["profiles"]
    assert '"near": "Alpha"' in roads.meta["profiles"]


def test_towns_that_no_vehicle_can_stop_at_are_told(tmp_path: Path) -> None:
    nodes = {**SQUARE, "V": (130, 10)}
    motorway = LittleMap().nodes(**nodes).way(1, "ABC", highway="motorway", oneway="no")
    roads = motorway.tag("V", place="village", name="Vila").roads(tmp_path)
    assert len(roads.places) == 0
    told = "1 town is not in the region, no road has a point where a vehicle may stop: Vila"
    assert told in json.loads(roads.meta["notes"])
    near = town().tag("D", place="village", name="Vila").roads(tmp_path)
    assert not any("town" in note for note in json.loads(near.meta["notes"]))


def test_parts_differ_by_profile(tmp_path: Path) -> None:
    roads = town().nodes(X=(300, 0), Y=(400, 0)).way(5, "CX", hgv="no").way(6, "XY").roads(tmp_path)
    x, y = (int(np.flatnonzero(roads.node_osm == ord(letter))[0]) for letter in "XY")
    car, truck = roads.profile_index("car"), roads.profile_index("truck")
    assert (roads.node_part[car, x], roads.node_part[car, y]) == (0, 0)
    assert (roads.node_part[truck, x], roads.node_part[truck, y]) == (1, 1)


def test_a_node_nobody_of_the_profile_reaches_has_no_part(tmp_path: Path) -> None:
    roads = town().nodes(X=(300, 0)).way(5, "CX", highway="track").roads(tmp_path)
    x = int(np.flatnonzero(roads.node_osm == ord("X"))[0])
    assert roads.node_part[roads.profile_index("car"), x] == -1
    assert roads.node_part[roads.profile_index("4x4"), x] == 0


def test_the_same_map_has_the_same_hash_whatever_its_name(tmp_path: Path) -> None:
    raw = town().raw(tmp_path)
    first = build(raw, load_profiles(), name="one")
    second = build(raw, load_profiles(), name="two")
    assert first.content_hash == second.content_hash == content_hash(second)
    assert first.content_hash.startswith("sha256:")
    assert first.content_hash != town().way(3, "AE").roads(tmp_path).content_hash


def test_the_hash_sees_every_array_and_every_place(tmp_path: Path) -> None:
    roads = town().tag("A", place="town", name="Alpha").roads(tmp_path)
    longer = roads.edge_length_mm.copy()
    longer[0] += 1
    renamed = replace(roads.places, name=("Beta",))
    hashes = {
        content_hash(roads),
        content_hash(replace(roads, edge_length_mm=longer)),
        content_hash(replace(roads, places=renamed)),
        content_hash(replace(roads, strings=(*roads.strings, "x"))),
    }
    assert len(hashes) == 4


def test_arrays_are_read_only(tmp_path: Path) -> None:
    roads = town().tag("A", place="town", name="Alpha").roads(tmp_path)
    for array in (roads.edge_from, roads.node_part, roads.shape_osm, roads.places.node):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_progress_comes_to_its_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    build(town().raw(tmp_path), load_profiles(), name="x", progress=lambda s, d, t: told.append((s, d, t)))
    assert told[-1] == ("done", 7, 7)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)

"""Fragility on drawn towns: single roads, both ways, and pairs that only together isolate."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from drawn import edge, edges, node, roads
from little_map import LittleMap
from vado.model.roads import Roads
from vado.network.fragility import IN, OUT, Hangs, fragility, hangs, heart, last_segments
from vado.network.segments import kind, road_name, segments

# A ring with a bridge to D, behind it a ring E-F-G that two roads would lead to.
TOWN = roads(
    """
    A------B------D------E
    |      |             |
    C------H             F
    """,
    ways={"BD": {"bridge": True, "ref": "CG-4"}},
)


def hub(town: Roads, letter: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([node(town, letter)], np.int64)


def drawn_hangs(town: Roads, found: Hangs) -> dict[str, str]:
    """Write what each town hangs on as letters: {"E": "BD DE"}; < for in, > for out where it is only one."""
    named: dict[str, list[str]] = {}
    for target, segment, ways in zip(found.target, found.segment, found.ways, strict=True):
        ends = sorted(chr(town.node_osm[x]) for x in (town.edge_from[segment], town.edge_to[segment]))
        sign = {IN: "<", OUT: ">", IN | OUT: ""}[int(ways)]
        named.setdefault(town.places.name[target], []).append("".join(ends) + sign)
    return {town_name: " ".join(sorted(lines)) for town_name, lines in named.items()}


def places(town: Roads) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return town.places.node.astype(np.int64)


def test_a_segment_is_both_directions_of_a_stretch() -> None:
    assert segments(TOWN)[edge(TOWN, "BD")] == segments(TOWN)[edge(TOWN, "DB")]
    assert len(np.unique(segments(TOWN))) == TOWN.n_edges // 2
    assert kind(TOWN, edge(TOWN, "BD")) == "bridge"


def test_what_lies_behind_a_bridge_hangs_on_it_and_the_ring_does_not() -> None:
    found = hangs(TOWN, "van", hub(TOWN, "A"), places(TOWN))
    assert drawn_hangs(TOWN, found) == {"D": "BD", "E": "BD DE", "F": "BD DE EF"}


def test_the_heart_is_where_no_single_segment_cuts_off_more_than_half() -> None:
    town = roads("""
        A---B---D---E
                |   |
                G---F
    """)
    # Towns of equal size: it starts at A, and crosses AB, then BD.
    assert [chr(town.node_osm[at]) for at in heart(town, "van")] == ["D"]


def test_a_one_way_ring_isolates_in_and_out_by_different_roads() -> None:
    town = roads("A---B\n|   |\nC---D", ways={
        "AB": {"oneway": True}, "BD": {"oneway": True}, "DC": {"oneway": True}, "CA": {"oneway": True},
    })  # fmt: skip
    found = hangs(town, "van", hub(town, "A"), places(town))
    assert drawn_hangs(town, found)["D"] == "AB< AC> BD< CD>"


def test_two_closures_that_only_together_isolate() -> None:
    town = roads("""
        A------B------E
        |      |      |
        C------D------F
    """)
    found = fragility(town, "van", hubs=hub(town, "A"))
    assert len(found.singles.target) == 0
    e = town.places.name.index("E")
    rows = zip(found.pairs.target, found.pairs.one, found.pairs.two, strict=True)
    named = {
        " ".join(sorted("".join(sorted(chr(town.node_osm[x]) for x in (town.edge_from[s], town.edge_to[s])))
                        for s in (one, two)))
        for target, one, two in rows if target == e
    }  # fmt: skip
    assert named == {"AB AC", "AB CD", "BE DF", "BE EF"}


def test_the_last_road_left_is_the_one_that_was_not_the_only_one_before() -> None:
    town = roads("""
        A------B------E
        |      |      |
        C------D------F
    """)
    shut = np.array(edges(town, "BE"), np.int32)
    now, new = last_segments(town, "van", hub(town, "A"), hub(town, "E"), shut)[0]
    both = {int(segments(town)[edge(town, pair)]) for pair in ("DF", "EF")}
    assert set(now.tolist()) == set(new.tolist()) == both


def test_a_pass_is_a_kind_of_its_own_and_goes_by_its_name(tmp_path: Path) -> None:
    little = LittleMap().nodes(A=(0, 0), B=(500, 0), C=(1000, 0), D=(1500, 0), E=(2000, 0), F=(1500, 300))
    little.nodes(G=(1000, 300)).tag("B", mountain_pass="yes", name="Port Alt")
    little.tag("C", natural="saddle").tag("D", natural="saddle", name="Coll Baix").tag("F", natural="tree")
    little.way(1, "ABC", highway="secondary", ref="CG-2").way(2, "CD", highway="secondary", name="Coll Baix")
    little.way(3, "DE", highway="secondary", ref="CG-3").way(4, "DF", highway="track")
    found = little.way(5, "CG", highway="residential").roads(tmp_path)
    assert found.pass_osm.tolist() == [ord(letter) for letter in "BCD"]
    said = {
        letters: (kind(found, number), road_name(found, number))
        for number in range(found.n_edges)
        for letters in [
            chr(found.node_osm[found.edge_from[number]]) + chr(found.node_osm[found.edge_to[number]])
        ]
    }
    assert said["AC"] == ("pass", "Port Alt (CG-2)"), "in the middle of a stretch"
    assert said["CD"][0] == "pass"
    assert said["DE"] == ("pass", "Coll Baix (CG-3)"), "where two stretches of it meet"
    assert said["DF"][0] == said["CG"][0] == "road", "what leaves a pass is none"
    assert said["CA"] == said["AC"], "both directions"


def test_a_bridge_on_a_pass_is_a_bridge(tmp_path: Path) -> None:
    little = LittleMap().nodes(A=(0, 0), B=(500, 0), C=(1000, 0)).tag("B", mountain_pass="yes", name="Port")
    found = little.way(1, "ABC", bridge="yes", name="Viaduct").roads(tmp_path)
    assert (kind(found, 0), road_name(found, 0)) == ("bridge", "Viaduct")

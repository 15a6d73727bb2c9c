"""Towns on the network: where a vehicle can stop and leave again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from little_map import LittleMap
from vado.model.roads import Roads


def road() -> LittleMap:
    """A long road with bends, and a town beside it."""
    return (
        LittleMap()
        .nodes(A=(0, 0), B=(300, 0), C=(600, 0), D=(900, 0), T=(310, 50))
        .way(1, "ABCD", highway="tertiary")
    )


def at(roads: Roads, town: int = 0) -> str:
    return chr(roads.node_osm[roads.places.node[town]])


def test_a_town_goes_to_the_nearest_point_of_the_road_and_cuts_it(tmp_path: Path) -> None:
    roads = road().tag("T", place="village", name="Tau").roads(tmp_path)
    assert at(roads) == "B"
    assert roads.places.snap_m[0] == pytest.approx(51, abs=0.5)
    assert roads.n_nodes == 3
    assert roads.places.kind == ("village",)


def test_names_by_language_and_population(tmp_path: Path) -> None:
    tags = {
        "place": "town", "name": "Città", "name:de": "Stadt", "name:zh-Hant": "城", "name:etymology": "x",
        "population": "12,300",
    }  # fmt: skip
    roads = road().tag("T", **tags).roads(tmp_path)
    assert roads.places.name == ("Città",)
    assert roads.places.names == ({"de": "Stadt", "zh-Hant": "城"},)
    assert roads.places.population.tolist() == [12_300]


@pytest.mark.parametrize("text", ["", "ca. 300", "-5", "1e9"])
def test_a_population_that_is_no_number_is_0(text: str, tmp_path: Path) -> None:
    roads = road().tag("T", place="town", name="T", population=text).roads(tmp_path)
    assert roads.places.population.tolist() == [0]


@pytest.mark.parametrize("kind", ["suburb", "isolated_dwelling", "locality"])
def test_other_kinds_are_no_towns(kind: str, tmp_path: Path) -> None:
    assert len(road().tag("T", place=kind, name="T").roads(tmp_path).places) == 0


def test_a_nameless_town_is_left_out(tmp_path: Path) -> None:
    assert len(road().tag("T", place="town").roads(tmp_path).places) == 0


def test_not_onto_a_motorway_or_into_a_tunnel(tmp_path: Path) -> None:
    roads = (
        road()
        .nodes(X=(300, 45), Y=(320, 45), P=(290, 40), Q=(330, 40))
        .way(8, "XY", highway="motorway", oneway="no")
        .way(9, "PQ", tunnel="yes")
        .way(10, "AX").way(11, "YD").way(12, "AP").way(13, "QD")
        .tag("T", place="town", name="T")
        .roads(tmp_path)
    )  # fmt: skip
    assert at(roads) in "XY"  # their ends are on other roads too; the points between are not taken
    assert roads.edge_way[roads.edge_from == roads.places.node[0]].tolist() != [8]


def test_not_onto_a_junction_with_copies(tmp_path: Path) -> None:
    junction = road().nodes(N=(300, 200), U=(300, 120)).way(2, "BUN").tag("T", place="town", name="T")
    assert at(junction.roads(tmp_path)) == "B"
    split = LittleMap().nodes(
        A=(0, 0), B=(300, 0), C=(600, 0), D=(900, 0), T=(310, 50), N=(300, 200), U=(300, 120)
    )
    split = split.way(1, "AB").way(3, "BCD").way(2, "BUN").tag("T", place="town", name="T")
    roads = split.turn(1, "B", 2, "no_left_turn").roads(tmp_path)
    assert (roads.node_osm == ord("B")).sum() == 2
    assert at(roads) == "U"
    assert (roads.node_osm == ord("U")).sum() == 1


def island(distance: float) -> LittleMap:
    """A road of three nodes on an island, `distance` metres north of the town, the mainland 51 m south."""
    return (
        road()
        .nodes(X=(300, 50 + distance), Y=(500, 50 + distance))
        .way(9, "XY")
        .tag("T", place="town", name="T")
    )


def test_a_town_near_the_mainland_goes_there_though_an_island_is_nearer(tmp_path: Path) -> None:
    assert at(island(10).roads(tmp_path)) == "B"


def test_a_town_clearly_on_an_island_goes_there(tmp_path: Path) -> None:
    far = island(10).nodes(T=(300, 1000), X=(300, 1010), Y=(500, 1010))
    roads = far.roads(tmp_path)
    assert at(roads) == "X"
    assert roads.node_part[0, roads.places.node[0]] == 1
    assert '"towns_on_islands": ["T"]' in roads.meta["profiles"]


def test_of_islands_about_as_near_the_largest_has_the_town(tmp_path: Path) -> None:
    far = (
        road()
        .nodes(T=(0, 5000), P=(10, 5000), Q=(60, 5000), X=(0, 5100), Y=(100, 5100), Z=(200, 5100))
        .way(8, "PQ").way(9, "XYZ").way(10, "YX").way(11, "ZX")
        .tag("T", place="town", name="T")
    )  # fmt: skip
    assert at(far.roads(tmp_path)) == "X"


def test_a_place_no_car_can_reach_goes_to_the_road_a_car_can_drive(tmp_path: Path) -> None:
    roads = (
        road()
        .nodes(X=(310, 40))
        .way(5, "BX", highway="track")
        .tag("T", place="town", name="T")
        .roads(tmp_path)
    )
    assert at(roads) == "B"


def test_every_town_has_one_node_and_a_distance(tmp_path: Path) -> None:
    roads = road().tag("T", place="town", name="T").tag("D", place="hamlet", name="D").roads(tmp_path)
    assert len(roads.places) == 2
    assert np.isfinite(roads.places.snap_m).all()
    assert roads.places.snap_m[roads.places.name.index("D")] == 0

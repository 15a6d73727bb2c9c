"""Fragile pieces as whole roads: one line for a road, its pieces keep their own towns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from little_map import LittleMap
from vado.exchange.fragility import kind_words, people_words, span_words
from vado.model.roads import Roads
from vado.network.fragile_roads import fragile_roads
from vado.network.fragility import fragility
from vado.network.whole_roads import WholeRoad, whole_roads


@pytest.fixture
def roads(tmp_path: Path) -> Roads:
    # One valley road of three ways, a bridge among them, towns along it; two lanes without a name.
    return (
        LittleMap()
        .nodes(A=(0, 0), B=(1000, 0), C=(2000, 0), D=(3000, 0), E=(3000, 900), F=(1000, 900), G=(1000, 1400))
        .way(1, "AB", highway="primary", ref="CG-5", name="Lower Road")
        .way(2, "BC", highway="primary", ref="CG-5", bridge="yes")
        .way(3, "CD", highway="primary", ref="CG-5", name="Upper Road")
        .way(4, "DE", highway="residential")
        .way(5, "BF", highway="residential")
        .way(6, "FG", highway="residential")
        .tag("A", place="town", name="Alpha", population="9000")
        .tag("B", place="village", name="Beta")
        .tag("D", place="village", name="Delta", population="300")
        .tag("E", place="hamlet", name="Epsilon")
        .tag("G", place="hamlet", name="Gamma")
        .roads(tmp_path)
    )


def found(roads: Roads) -> dict[str, WholeRoad]:
    hub = roads.places.node[roads.places.name.index("Alpha")]
    singles = fragility(roads, "van", hubs=np.array([hub])).singles
    return {one.road: one for one in whole_roads(roads, fragile_roads(roads, singles, None, {}))}


def names(roads: Roads, places: tuple[int, ...]) -> set[str]:
    return {roads.places.name[k] for k in places}


def test_a_road_is_one_line_and_its_pieces_keep_their_towns(roads: Roads) -> None:
    valley = found(roads)["CG-5"]
    assert (valley.kind, kind_words(valley), valley.segments, len(valley.pieces)) == (
        "bridge", "bridge, road", 3, 3,
    )  # fmt: skip
    assert set(span_words(valley).split(" to ")) == {"Alpha", "Delta"}
    assert valley.length_m == pytest.approx(3000, abs=30)
    assert names(roads, valley.places) == {"Beta", "Delta", "Epsilon", "Gamma"}
    own = {piece.road: names(roads, piece.places) for piece in valley.pieces}
    assert own["CG-5 (Upper Road)"] == {"Delta", "Epsilon"}
    assert own["CG-5"] == {"Delta", "Epsilon"}, "the bridge"
    assert own["CG-5 (Lower Road)"] == {"Beta", "Delta", "Epsilon", "Gamma"}


def test_roads_without_a_name_are_one_where_they_isolate_the_same(roads: Roads) -> None:
    lanes = [one for name, one in found(roads).items() if "residential" in name]
    assert sorted((lane.road, *names(roads, lane.places)) for lane in lanes) == [
        ("residential road", "Gamma"), ("residential road (way 4)", "Epsilon"),
    ]  # fmt: skip


def test_people_that_nobody_has_mapped_are_not_none(roads: Roads) -> None:
    at = {name: k for k, name in enumerate(roads.places.name)}
    assert people_words(roads, [at["Epsilon"], at["Gamma"]]) == "–"
    assert people_words(roads, [at["Delta"], at["Epsilon"]]) == "300+"
    assert people_words(roads, [at["Alpha"], at["Delta"]]) == "9,300"
    assert people_words(roads, []) == ""

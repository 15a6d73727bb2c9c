"""The drawn towns themselves: what is drawn is what comes out."""

from __future__ import annotations

import pytest
from shapely import LineString
from shapely import Polygon as ShapelyPolygon

from drawn import NOON, between, edge, edges, lonlat, node, roads, shut, touched
from vado.model.roads import EdgeFlag
from vado.model.when import rfc3339

TOWN = roads(
    r"""
    D------A------B
    |     /       |
    C----e--------F
    """,
    ways={
        "AB": {
            "oneway": True,
            "ref": "CG-4",
            "name": "Pont",
            "class": "primary",
            "bridge": True,
            "minutes": 10,
        },
        "CB": {"metres": 5000, "not_for": ("truck",)},
    },
)


def test_letters_are_nodes_and_upper_case_ones_are_places() -> None:
    assert TOWN.places.name == ("A", "B", "C", "D", "F")
    assert TOWN.node_osm[node(TOWN, "e")] == ord("e")
    assert lonlat(TOWN, "D") == (1.5, 42.5)
    assert rfc3339(NOON) == "2026-01-10T12:00:00Z"


def test_lines_are_roads_both_ways_unless_told_otherwise() -> None:
    assert len(edges(TOWN, "DA")) == 2
    assert edges(TOWN, "AB") == (edge(TOWN, "AB"),)
    with pytest.raises(KeyError):
        edge(TOWN, "BA")
    bridge = edge(TOWN, "AB")
    assert TOWN.road(bridge) == "CG-4 (Pont)"
    assert TOWN.edge_flags[bridge] == EdgeFlag.BRIDGE
    assert TOWN.edge_duration_ms[0, bridge] == 600_000
    assert TOWN.edge_length_mm[bridge] == 700_000
    assert len(TOWN.shape(bridge)) == 8
    assert TOWN.edge_duration_ms[2, edge(TOWN, "CB")] > 10**8
    assert TOWN.edge_length_mm[edge(TOWN, "BC")] == 5_000_000
    assert (TOWN.node_part == 0).all()


def test_a_hazard_covers_its_road_and_no_other() -> None:
    cut = shut(TOWN, "AB eF")
    assert set(touched(TOWN, [cut])[cut.id].tolist()) == {*edges(TOWN, "AB"), *edges(TOWN, "eF")}
    shapes = [ShapelyPolygon(area.polygons[0].outer) for area in cut.footprint]
    hit = {e for e in range(TOWN.n_edges) if any(s.intersects(LineString(TOWN.shape(e))) for s in shapes)}
    assert hit == {*edges(TOWN, "AB"), *edges(TOWN, "eF")}
    assert between(TOWN, "DA", 0.0) != lonlat(TOWN, "D")


@pytest.mark.parametrize("drawing", ["A--", "A-B-\n\n  C", "A--A"])
def test_a_wrong_drawing_is_refused(drawing: str) -> None:
    with pytest.raises(ValueError, match=r"twice|nowhere"):
        roads(drawing)

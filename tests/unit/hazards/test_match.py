"""Places on roads find the right carriageway, direction and stretch, on drawn towns: one cell is 100 m."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

import drawn
from vado.hazards import footprint
from vado.hazards.match import GOOD, Match, edges_of, match
from vado.hazards.road_names import refs
from vado.model.alert import Area, RoadPlace, Way
from vado.model.ids import Hash, LonLat
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network import anchor

# A motorway of two carriageways 100 m apart, AB eastward and DC westward; a service road EF between them;
# XY crosses over all of it; G leaves the motorway by a slip road.
MOTORWAY = drawn.roads(
    """
                X
    A---------------------B
    E---------------------F
    D---------------------C
                Y
    """,
    ways={
        "AB": {"oneway": True, "ref": "A-2", "class": "motorway"},
        "CD": {"oneway": True, "ref": "A-2", "class": "motorway"},
        "EF": {"class": "service"},
        "XY": {"bridge": True, "ref": "C-14"},
    },
)


def found(town: Roads, place: RoadPlace) -> set[str]:
    return pairs(town, match(town, place))


def pairs(town: Roads, made: Match) -> set[str]:
    """Write matched edges as the letters they lead between, in driving direction."""
    return {
        chr(int(town.node_osm[town.edge_from[e]])) + chr(int(town.node_osm[town.edge_to[e]]))
        for e in made.edges.tolist()
    }


def on(town: Roads, pair: str, *shares: float, aside_m: float = 0.0) -> tuple[LonLat, ...]:
    """Give points on the straight line from one letter to the next, moved south by some metres."""
    made = []
    for share in shares:
        lon, lat = drawn.between(town, pair, share)
        made.append((lon, lat - aside_m / 111_195.0))
    return tuple(made)


def test_a_line_takes_its_own_carriageway() -> None:
    line = RoadPlace(points=on(MOTORWAY, "AB", 0.1, 0.5, 0.9, aside_m=8), way=Way.ALONG)
    assert found(MOTORWAY, line) == {"AB"}


def test_where_a_line_is_too_much_work_what_is_around_it_is_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    line = RoadPlace(points=on(MOTORWAY, "AB", 0.1, 0.5, 0.9, aside_m=9), way=Way.ALONG)
    monkeypatch.setattr(import_module("vado.hazards.match"), "WORK_MAX", 0)
    other = replace(MOTORWAY, content_hash=Hash("so that no match is kept of it"))
    made = match(other, line)
    assert made.quality < GOOD
    assert "AB" in pairs(other, made)
    assert "both ways" in made.note


def test_a_line_drawn_against_the_traffic_of_its_carriageway_takes_the_road_by_its_name() -> None:
    # West along AB, where only eastward is driven, and 100 m beside DC: no way along it fits.
    made = match(MOTORWAY, RoadPlace(ref="A2", points=on(MOTORWAY, "AB", 0.9, 0.1), way=Way.ALONG))
    assert made.quality < GOOD
    assert pairs(MOTORWAY, made) == {"AB", "CD"}
    assert "both ways" in made.note


def test_a_service_road_beside_it_is_hit_only_when_it_is_meant() -> None:
    beside = on(MOTORWAY, "EF", 0.1, 0.9, aside_m=-30)  # nearer to EF than to AB
    assert found(MOTORWAY, RoadPlace(points=beside, way=Way.ALONG)) == {"EF"}
    named = RoadPlace(ref="A-2", points=on(MOTORWAY, "EF", 0.1, 0.9, aside_m=-60), way=Way.ALONG)
    assert found(MOTORWAY, named) == {"AB"}


@pytest.mark.parametrize(
    ("way", "expected"), [(Way.ALONG, {"AB"}), (Way.AGAINST, {"CD"}), (Way.BOTH, {"AB", "CD"})]
)
def test_two_ends_with_kilometres_take_the_direction_in_which_they_rise(way: Way, expected: set[str]) -> None:
    # As Spain's DGT writes: two points near the road, kilometres, and a direction.
    place = RoadPlace(
        ref="A-2", points=on(MOTORWAY, "EF", 0.2, 0.8), ends_only=True, from_km=503.0, to_km=504.3, way=way
    )
    assert found(MOTORWAY, place) == expected


def test_kilometres_that_fall_turn_the_direction_round() -> None:
    place = RoadPlace(
        ref="A-2",
        points=on(MOTORWAY, "EF", 0.2, 0.8),
        ends_only=True,
        from_km=504.3,
        to_km=503.0,
        way=Way.ALONG,
    )
    assert found(MOTORWAY, place) == {"CD"}


def test_a_point_under_a_bridge_does_not_shut_the_bridge() -> None:
    crossing = on(MOTORWAY, "AB", 12 / 22)
    assert found(MOTORWAY, RoadPlace(ref="A-2", points=crossing, heading_deg=90.0, way=Way.ALONG)) == {"AB"}
    assert found(MOTORWAY, RoadPlace(points=crossing, heading_deg=90.0, way=Way.ALONG)) == {"AB"}
    assert found(MOTORWAY, RoadPlace(ref="C-14", points=crossing)) == {"XY", "YX"}


def test_a_point_without_direction_shuts_both_carriageways_and_says_so() -> None:
    place = RoadPlace(ref="A-2", points=on(MOTORWAY, "EF", 0.5))
    made = match(MOTORWAY, place)
    assert pairs(MOTORWAY, made) == {"AB", "CD"}
    assert "direction is not said" in made.note


# Main line ABCD; from B a slip road to S and on to T.
JUNCTION = drawn.roads(
    """
    A-----B-----C-----D

            S----T
    """,
    ways={
        "ABCD": {"ref": "N-340", "class": "trunk"},
        "BS": {"ref": "N-340", "class": "trunk_link", "oneway": True},
    },
)


def test_slip_road_and_main_road_are_told_apart() -> None:
    near = on(JUNCTION, "BS", 0.2)
    assert found(JUNCTION, RoadPlace(ref="N-340", points=near, slip=True)) == {"BS"}
    assert "BS" not in found(JUNCTION, RoadPlace(ref="N-340", points=near, slip=False))


def test_a_stretch_over_junctions_is_a_chain_and_nothing_beside_it() -> None:
    place = RoadPlace(points=(*on(JUNCTION, "AB", 0.5), *on(JUNCTION, "CD", 0.5)), way=Way.ALONG)
    made = match(JUNCTION, place)
    assert pairs(JUNCTION, made) == {"AB", "BC", "CD"}
    assert made.quality > 0.8
    whole_m = JUNCTION.edge_length_mm[made.edges] / 1000
    assert (made.to_m - made.from_m).sum() == pytest.approx(whole_m.sum() * 2 / 3, rel=0.02)


def test_osm_ways_by_their_number_both_ways() -> None:
    way = 1000 * ord("A") + ord("B")
    made = match(JUNCTION, RoadPlace(ways=(way, 7)))
    assert pairs(JUNCTION, made) == {"AB", "BA", "BC", "CB", "CD", "DC"}
    assert "1 of 2 OSM ways" in made.note


def test_what_names_a_road_and_no_place_on_it_shuts_nothing_and_says_so() -> None:
    made = match(JUNCTION, RoadPlace(ref="N-340", from_km=3.0, to_km=4.0, within="Reus"))
    assert not len(made.edges)
    assert "N-340 Reus" in made.note


def test_points_that_are_nowhere_give_nothing() -> None:
    assert not len(match(JUNCTION, RoadPlace(points=((20.0, 10.0), (20.1, 10.0)))).edges)
    assert not len(match(JUNCTION, RoadPlace(points=((20.0, 10.0),))).edges)


@pytest.mark.parametrize("way", list(Way))
def test_the_same_point_twice_is_a_point(way: Way) -> None:
    twice = on(JUNCTION, "AB", 0.5) * 2
    assert {"AB", "BA"} >= found(JUNCTION, RoadPlace(ref="N-340", points=twice, way=way)) != set()


def test_stops_cut_edges_and_only_the_parts_that_are_meant_are_shut() -> None:
    stop = drawn.between(JUNCTION, "AB", 0.25)  # before the place that is shut
    anchored = anchor(JUNCTION, (stop,), travels=(Travel("van"),))
    place = RoadPlace(points=on(JUNCTION, "AB", 0.5, 0.8), way=Way.BOTH)
    edges = edges_of(anchored.roads, match(anchored.roads, place))
    parts = edges[edges >= JUNCTION.n_edges]
    ends = {
        (
            int(anchored.roads.node_osm[anchored.roads.edge_from[e]]),
            int(anchored.roads.node_osm[anchored.roads.edge_to[e]]),
        )
        for e in parts.tolist()
    }
    assert {ord("B")} < {osm for pair in ends for osm in pair}
    assert ord("A") not in {osm for pair in ends for osm in pair}
    hazard = replace(drawn.shut(JUNCTION, "AB"), footprint=(Area(roads=(place,)),))
    assert footprint(anchored.roads, (hazard,))[hazard.id].tolist() == sorted(edges.tolist())


@pytest.mark.parametrize(
    ("one", "other"), [("A-2", "A 2"), ("A-2;E-90", "e90"), ("N-340a", "N340A"), ("CG-4", "cg4 / N-1")]
)
def test_refs_are_compared_as_people_read_them(one: str, other: str) -> None:
    assert not refs(one).isdisjoint(refs(other))
    assert refs(one).isdisjoint(refs("A-22"))


def test_matching_is_kept_for_the_region() -> None:
    place = RoadPlace(points=on(JUNCTION, "AB", 0.5, 0.8))
    assert match(JUNCTION, place) is match(JUNCTION, place)
    assert np.all(np.diff(match(JUNCTION, place).edges) > 0)

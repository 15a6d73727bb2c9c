"""Roads as close as real ones: carriageways 15 m apart, a service road 45 m aside, a bridge over all of them.

What a source draws is off by metres: that must not put a closure on the opposite carriageway, the service
road or the road above.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

import drawn
from vado.hazards import footprint
from vado.hazards.match import GOOD, Match, match
from vado.model.alert import Area, RoadPlace, Way
from vado.model.ids import LonLat

# AB eastward, 15 m south of it CD westward, 45 m farther the service road EF; XY crosses above all of them.
CLOSE = drawn.roads(
    """
                              X

    A-------------------------+----------------------------B
    D-------------------------+----------------------------C


    E------------------------------------------------------F

                              Y
    """.replace("+", "-"),
    ways={
        "AB": {"oneway": True, "ref": "A-2", "class": "motorway"},
        "CD": {"oneway": True, "ref": "A-2", "class": "motorway"},
        "EF": {"class": "service", "name": "Via de servei"},
        "XY": {"bridge": True, "ref": "C-14"},
    },
    metres_per_cell=15,
)
EAST, WEST = (0.15, 0.5, 0.85), (0.85, 0.5, 0.15)


def found(place: RoadPlace) -> set[str]:
    return pairs(match(CLOSE, place))


def pairs(made: Match) -> set[str]:
    """Write matched edges as the letters they lead between, in driving direction."""
    ends = ((int(CLOSE.edge_from[e]), int(CLOSE.edge_to[e])) for e in made.edges.tolist())
    return {chr(int(CLOSE.node_osm[a])) + chr(int(CLOSE.node_osm[b])) for a, b in ends}


def on(pair: str, *shares: float, aside_m: float = 0.0) -> tuple[LonLat, ...]:
    """Give points on the straight line from one letter to the next, moved south by some metres."""
    at = (drawn.between(CLOSE, pair, share) for share in shares)
    return tuple((lon, lat - aside_m / 111_195.0) for lon, lat in at)


@pytest.mark.parametrize("aside_m", [-12, 0, 7, 12])  # 7 is nearly midway, 12 nearer to the other one
def test_a_line_off_by_metres_stays_on_the_carriageway_that_leads_its_way(aside_m: float) -> None:
    east = RoadPlace(ref="A-2", points=on("AB", *EAST, aside_m=aside_m), way=Way.ALONG)
    assert found(east) == {"AB"}
    west = RoadPlace(ref="A-2", points=on("AB", *WEST, aside_m=15 - aside_m), way=Way.ALONG)
    assert found(west) == {"CD"}


@pytest.mark.parametrize("aside_m", [-12, 0, 7, 12])
def test_so_does_one_of_a_road_without_a_name(aside_m: float) -> None:
    assert found(RoadPlace(points=on("AB", *EAST, aside_m=aside_m), way=Way.ALONG)) == {"AB"}


def test_against_is_the_opposite_carriageway_and_both_are_both() -> None:
    points = on("AB", *EAST, aside_m=5)
    assert found(RoadPlace(ref="A-2", points=points, way=Way.AGAINST)) == {"CD"}
    assert found(RoadPlace(ref="A-2", points=points, way=Way.BOTH)) == {"AB", "CD"}


def test_where_the_way_is_not_said_both_are_shut() -> None:
    made = match(CLOSE, RoadPlace(ref="A-2", points=on("AB", *EAST)))
    assert pairs(made) == {"AB", "CD"}
    assert "direction is not said" in made.note


@pytest.mark.parametrize(
    ("heading_deg", "way", "expected"),
    [(90.0, Way.ALONG, {"AB"}), (270.0, Way.ALONG, {"CD"}), (90.0, Way.AGAINST, {"CD"}),
     (110.0, Way.ALONG, {"AB"}), (90.0, Way.BOTH, {"AB", "CD"})],
)  # fmt: skip
def test_a_point_between_the_carriageways_goes_by_its_heading(
    heading_deg: float, way: Way, expected: set[str]
) -> None:
    place = RoadPlace(ref="A-2", points=on("AB", 0.3, aside_m=8), heading_deg=heading_deg, way=way)
    assert found(place) == expected


def test_the_service_road_is_not_the_motorway_though_it_is_nearer() -> None:
    # 40 m south of AB: 20 m from the service road, 25 m from the nearer carriageway.
    line = on("AB", *EAST, aside_m=40)
    assert found(RoadPlace(ref="A-2", points=line, way=Way.ALONG)) == {"AB"}
    point = on("AB", 0.3, aside_m=52)
    assert found(RoadPlace(ref="A-2", points=point, heading_deg=90.0, way=Way.ALONG)) == {"AB"}


def test_a_line_too_far_off_shuts_both_carriageways_and_still_not_the_service_road() -> None:
    made = match(CLOSE, RoadPlace(ref="A-2", points=on("AB", *EAST, aside_m=52), way=Way.ALONG))
    assert made.quality < GOOD
    assert pairs(made) == {"AB", "CD"}


def test_nor_is_the_motorway_the_service_road() -> None:
    line = on("AB", *EAST, aside_m=52)
    assert found(RoadPlace(points=line, way=Way.ALONG)) == {"EF"}
    assert found(RoadPlace(name="Via de servei", points=line)) == {"EF", "FE"}


@pytest.mark.parametrize("ref", ["C-14", ""])
def test_a_closure_on_the_bridge_leaves_the_roads_below_open(ref: str) -> None:
    line = RoadPlace(ref=ref, points=on("XY", 0.1, 0.5, 0.9), way=Way.BOTH)
    assert found(line) == {"XY", "YX"}
    point = RoadPlace(ref=ref, points=on("XY", 0.5), heading_deg=180.0, way=Way.ALONG)
    assert found(point) == {"XY"}


def test_a_closure_below_leaves_the_bridge_open() -> None:
    for points in (on("AB", *EAST), on("AB", 0.4, 0.6)):
        assert found(RoadPlace(points=points, way=Way.ALONG)) == {"AB"}


def test_a_line_across_all_of_them_is_trusted_for_the_bridge_only() -> None:
    made = match(CLOSE, RoadPlace(ref="A-2", points=on("XY", 0.0, 1.0), way=Way.ALONG))
    assert made.quality < GOOD, "nothing of A-2 leads that way"
    assert pairs(made) == {"AB", "CD"}, "all that is called so nearby is shut instead"
    assert "both ways" in made.note


def test_a_plain_line_of_a_dispatcher_takes_neither_the_service_road_nor_the_bridge() -> None:
    line = Area(lines=(on("AB", *EAST, aside_m=-5),))
    hazard = replace(drawn.shut(CLOSE, "AB"), footprint=(line,))
    edges = footprint(CLOSE, (hazard,))[hazard.id].tolist()
    # A bare line says no direction: what runs along it within 15 m is shut.
    assert set(edges) == {drawn.edge(CLOSE, "AB")}

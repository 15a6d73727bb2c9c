"""The footprint beside a plain judge: points along each edge, and plain arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import drawn
from bench.footprint import SOUTH as SOUTH_OF_STREETS
from bench.footprint import STEP_DEGREES, grid
from bench.footprint import WEST as WEST_OF_STREETS
from vado.hazards import edges_meeting, footprint
from vado.hazards.edge_index import index
from vado.hazards.footprint import disc, surface
from vado.model.alert import Area, Circle, Polygon
from vado.model.ids import HazardId, LonLat
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network import anchor

TOWN = drawn.roads(
    """
    A---B---C
    |   |   |
    D---E---F
    |   |   |
    G---H---I
    """,
    ways={"AE": {}, "CE": {}, "EG": {}},
    metres_per_cell=70,
)
WEST, EAST = float(TOWN.node_lon.min()), float(TOWN.node_lon.max())
SOUTH, NORTH = float(TOWN.node_lat.min()), float(TOWN.node_lat.max())
PLACES = st.tuples(
    st.floats(WEST - 0.003, EAST + 0.003), st.floats(SOUTH - 0.003, NORTH + 0.003)
)  # some outside


def touched(area: Area) -> set[int]:
    hazard = replace(drawn.shut(TOWN, "AB"), id=HazardId("h"), footprint=(area,))
    return set(footprint(TOWN, (hazard,))[HazardId("h")].tolist())


def samples(edge: int) -> list[LonLat]:
    points = TOWN.shape(edge)
    return [
        (a[0] + (b[0] - a[0]) * k / 40, a[1] + (b[1] - a[1]) * k / 40)
        for a, b in pairwise(points)
        for k in range(41)
    ]


def metres(a: LonLat, b: LonLat) -> float:
    lat1, lat2 = math.radians(a[1]), math.radians(b[1])
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b[0] - a[0]) / 2) ** 2
    )
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


@settings(max_examples=60, deadline=None)
@given(PLACES, st.floats(1, 800))
def test_a_circle_touches_what_is_nearer_than_its_radius(centre: LonLat, radius_m: float) -> None:
    found = touched(Area(circles=(Circle(lon=centre[0], lat=centre[1], radius_m=radius_m),)))
    for edge in range(TOWN.n_edges):
        nearest = min(metres(centre, point) for point in samples(edge))
        if nearest <= radius_m:
            assert edge in found
        elif nearest > radius_m * 1.005 + 5:  # samples are up to 3.6 m apart, corners of the disc stick out
            assert edge not in found


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, min_size=3, max_size=3, unique=True))
def test_a_triangle_touches_what_leads_through_it(corners: list[LonLat]) -> None:
    a, b, c = corners
    twice_area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    if abs(twice_area) < 1e-9:
        return
    found = touched(Area(polygons=(Polygon(outer=(a, b, c, a)),)))
    for edge in range(TOWN.n_edges):
        for x, y in samples(edge):
            s = ((b[0] - x) * (c[1] - y) - (c[0] - x) * (b[1] - y)) / twice_area
            t = ((c[0] - x) * (a[1] - y) - (a[0] - x) * (c[1] - y)) / twice_area
            if s >= 1e-9 and t >= 1e-9 and s + t <= 1 - 1e-9:
                assert edge in found
                break


# ------------------------------------------------- the same edges as asking each of them

STREETS = grid(20)  # 1,520 edges: enough for grids over shapes
LOW, HIGH = (WEST_OF_STREETS, SOUTH_OF_STREETS), 20 * STEP_DEGREES
SPOTS = st.tuples(
    st.floats(LOW[0] - HIGH / 4, LOW[0] + HIGH * 1.25), st.floats(LOW[1] - HIGH / 4, LOW[1] + HIGH * 1.25)
)


@lru_cache(maxsize=2)
def lines_of(roads: Roads) -> list[shapely.LineString]:
    return [shapely.LineString(roads.shape(e)) for e in range(roads.n_edges)]


def plainly(roads: Roads, area: Area) -> list[int]:
    """Ask every edge, without index, grid or preparation."""
    lines = lines_of(roads)
    geometries = [surface(p) for p in area.polygons] + [disc(c) for c in area.circles]
    return [e for e, each in enumerate(lines) if any(shapely.intersects(g, each) for g in geometries)]


@st.composite
def rings(draw: st.DrawFn) -> tuple[LonLat, ...]:
    """Draw any ring: few corners, crossing itself, or many around a middle; some corners on road points."""
    if draw(st.booleans()):
        x, y = draw(SPOTS)
        size = draw(st.floats(0.0001, HIGH))
        reach = draw(st.lists(st.floats(0.2, 1.0), min_size=3, max_size=60))
        turn = [2 * math.pi * k / len(reach) for k in range(len(reach))]
        points = [
            (x + size * r * math.cos(t), y + size * r * math.sin(t)) for r, t in zip(reach, turn, strict=True)
        ]
    else:
        points = draw(st.lists(SPOTS, min_size=3, max_size=8, unique=True))
    for k in draw(st.lists(st.integers(0, len(points) - 1), max_size=3)):
        at = draw(st.integers(0, len(STREETS.shape_lon) - 1))
        points[k] = (float(STREETS.shape_lon[at]), float(STREETS.shape_lat[at]))
    return (*points, points[0])


@settings(max_examples=40, deadline=None)
@given(st.lists(rings(), min_size=1, max_size=3), SPOTS, st.floats(0, 9000), st.booleans())
def test_all_at_once_touch_what_each_asked_alone_would(
    outlines: list[tuple[LonLat, ...]], centre: LonLat, radius_m: float, holed: bool
) -> None:
    hole = (outlines[-1],) if holed and len(outlines) > 1 else ()
    areas = [
        Area(polygons=(Polygon(outer=outlines[0], holes=hole),)),
        Area(polygons=tuple(Polygon(outer=ring) for ring in outlines)),
        Area(circles=(Circle(lon=centre[0], lat=centre[1], radius_m=radius_m),)),
    ]
    shut = drawn.shut(TOWN, "AB")
    hazards = tuple(replace(shut, id=HazardId(str(n)), footprint=(area,)) for n, area in enumerate(areas))
    found = footprint(STREETS, hazards)
    for n, area in enumerate(areas):
        assert found[HazardId(str(n))].tolist() == plainly(STREETS, area)


@settings(max_examples=15, deadline=None)
@given(rings(), st.lists(st.integers(0, STREETS.n_edges - 1), min_size=1, max_size=5, unique=True))
def test_parts_of_split_roads_are_touched_for_themselves(ring: tuple[LonLat, ...], edges: list[int]) -> None:
    stops = tuple(STREETS.shape(edge)[1] for edge in edges)
    larger = anchor(STREETS, stops, travels=[Travel(profile="car")]).roads
    area = Area(polygons=(Polygon(outer=ring),))
    one = replace(drawn.shut(TOWN, "AB"), id=HazardId("h"), footprint=(area,))
    assert footprint(larger, (one,))[HazardId("h")].tolist() == plainly(larger, area)
    assert edges_meeting(larger, surface(area.polygons[0])).tolist() == plainly(larger, area)
    assert index(larger)[0] is index(STREETS)[0], "the index of the region is not made again"

"""The footprint beside a plain judge: points along each edge, and plain arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

import drawn
from vado.hazards import footprint
from vado.model.alert import Area, Circle, Polygon
from vado.model.ids import HazardId, LonLat

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

"""Which edges a hazard touches, on drawn towns: one cell is 100 m."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

import drawn
from tables import meaning
from vado.hazards import footprint, unmatched
from vado.hazards.footprint import disc, surface
from vado.model.alert import Area, Circle, Polygon
from vado.model.hazard import Hazard
from vado.model.ids import Hash, HazardId, LonLat
from vado.model.roads import F64, UNKNOWN_M, Roads
from vado.model.snapshot import Travel
from vado.network import anchor

#   A to B is 1.4 km, C lies 400 m below A; X to Y crosses AB half way, as a bridge would.
TOWN = drawn.roads(
    """
           X


    A-------------B
    |             |
    |      Y      |
    |             |
    C-------------D
    """,
    ways={"XY": {"bridge": True}},
)
ALL = {"AB", "AC", "BD", "CD", "XY"}


def cell(column: float, row: float) -> LonLat:
    """Give the place of a drawn cell; A is column 0, row 0."""
    a, b, c = (drawn.lonlat(TOWN, letter) for letter in "ABC")
    return a[0] + (b[0] - a[0]) * column / 14, a[1] + (c[1] - a[1]) * row / 4


def ring(*corners: tuple[float, float]) -> tuple[LonLat, ...]:
    points = tuple(cell(*corner) for corner in corners)
    return (*points, points[0])


def box(west: float, north: float, east: float, south: float) -> tuple[LonLat, ...]:
    return ring((west, north), (east, north), (east, south), (west, south))


def hazard(*areas: Area, name: str = "h") -> Hazard:
    any_hazard = drawn.shut(TOWN, "AB")
    return replace(any_hazard, id=HazardId(name), footprint=areas)


def polygon(outer: Sequence[LonLat], *holes: Sequence[LonLat]) -> Area:
    return Area(polygons=(Polygon(outer=tuple(outer), holes=tuple(tuple(hole) for hole in holes)),))


def line(*corners: tuple[float, float]) -> Area:
    return Area(lines=(tuple(cell(*corner) for corner in corners),))


def circle(column: float, row: float, radius_m: float) -> Area:
    lon, lat = cell(column, row)
    return Area(circles=(Circle(lon=lon, lat=lat, radius_m=radius_m),))


def roads_of(*areas: Area, town: Roads = TOWN) -> set[str]:
    """Name the roads touched; both directions must be touched alike."""
    found = footprint(town, (hazard(*areas),))[HazardId("h")]
    assert list(found) == sorted(set(found.tolist()))
    touched = set(found.tolist())
    names = {pair for pair in ALL if touched & set(drawn.edges(town, pair))}
    for name in names:
        assert set(drawn.edges(town, name)) <= touched, name
    return names


def test_a_polygon_touches_what_it_covers_and_what_leads_through_it() -> None:
    assert roads_of(polygon(box(1, -1, 3, 1))) == {"AB"}
    assert roads_of(polygon(box(-1, -1, 1, 5))) == {"AB", "AC", "CD"}
    assert roads_of(polygon(box(-1, -9, 15, 9))) == ALL
    assert roads_of(polygon(box(2, 1, 5, 3))) == set()


def test_a_polygon_inside_the_bend_of_boxes_but_off_the_road_touches_nothing() -> None:
    assert roads_of(polygon(box(1, 1, 6, 3.5))) == set()


def test_a_hole_is_outside() -> None:
    everything, most = box(-1, -9, 15, 9), box(-0.5, -8, 14.5, 3)
    assert roads_of(polygon(everything, most)) == {"CD", "AC", "BD"}


def test_several_shapes_and_areas_are_a_union() -> None:
    two = Area(polygons=(Polygon(outer=box(1, -1, 3, 1)),), circles=circle(0, 2, 50).circles)
    assert roads_of(two, polygon(box(5, 3, 6, 5))) == {"AB", "AC", "CD"}


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        # A bow tie covers both its halves.
        (((-1, -1), (15, 5), (15, -1), (-1, 5)), {"AC", "BD", "AB", "CD"}),
        # A ring that winds twice around its middle covers the middle too.
        (
            ((1, -2), (6, -2), (6, 2), (1, 2), (1, -2), (2, -1), (5, -1), (5, 1), (2, 1), (2, -1)),
            {"AB"},
        ),
    ],
)
def test_a_ring_that_crosses_itself_covers_all_it_winds_around(
    corners: tuple[tuple[float, float], ...], expected: set[str]
) -> None:
    assert expected <= roads_of(polygon(ring(*corners)))


def test_a_ring_overlapping_itself_keeps_the_overlap() -> None:
    twice = ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 1), (3, 1), (3, 3), (1, 3), (1, 1))
    assert surface(Polygon(outer=twice)).area == pytest.approx(
        surface(Polygon(outer=ring((0, 0), (4, 0), (4, 4), (0, 4)))).area
    )


def test_a_ring_that_crosses_itself_all_over_covers_all_between_its_corners() -> None:
    random = np.random.default_rng(1)
    corners = [(float(x), float(y)) for x, y in random.uniform((-1.0, -1.0), (15.0, 1.0), (10_000, 2))]
    tangle = ring(*corners)
    assert surface(Polygon(outer=tangle)).equals(shapely.MultiPoint(tangle).convex_hull)
    assert roads_of(polygon(tangle)) == {"AB", "AC", "BD", "XY"}


def test_holes_that_cross_all_over_are_no_holes() -> None:
    def comb(turn: int) -> tuple[LonLat, ...]:
        teeth = [(15.5 if k % 2 else -1.5, -5 + k / 100) for k in range(1000)]
        back = [(-1.6, 5.0), (-1.6, -5.0)]
        return ring(*((x, y) if turn else (7 + 1.6 * y, x / 3) for x, y in (*teeth, *back)))

    plain, holed = Polygon(outer=comb(0)), Polygon(outer=comb(0), holes=(comb(1),))
    assert surface(holed).equals(surface(plain))


def test_many_holes_are_cut_out_as_one() -> None:
    holes = [box(k / 100, 1, k / 100 + 0.005, 2) for k in range(1000)]
    area = polygon(box(-1, -9, 15, 9), *holes).polygons[0]
    whole = surface(Polygon(outer=area.outer))
    assert surface(area).area == pytest.approx(whole.area - 1000 * surface(Polygon(outer=holes[0])).area)


def test_a_circle_reaches_as_far_as_its_radius() -> None:
    # Cell 3, row 2 lies 200 m from AB and from CD.
    assert roads_of(circle(3, 2, 195)) == set()
    assert roads_of(circle(3, 2, 205)) == {"AB", "CD"}


def test_a_radius_of_nothing_is_a_point_with_thirty_metres() -> None:
    assert roads_of(circle(3, 0.25, 0)) == {"AB"}
    assert roads_of(circle(3, 0.35, 0)) == set()


def test_a_circle_is_round_in_metres_not_in_degrees() -> None:
    west, south, east, north = disc(Circle(lon=10.0, lat=60.0, radius_m=10_000)).bounds
    assert (east - west) / (north - south) == pytest.approx(2.0, rel=0.01)  # 1 / cos 60
    assert (north - south) * 111_195 == pytest.approx(20_000, rel=0.01)


def test_a_line_shuts_the_road_it_runs_along_and_not_the_bridge_across() -> None:
    assert roads_of(line((0, 0), (14, 0))) == {"AB"}
    assert roads_of(line((4, 0), (10, 0))) == {"AB"}
    assert roads_of(line((7, -3), (7, 2))) == {"XY"}


def test_a_line_may_lie_a_lane_beside_and_cover_a_small_part() -> None:
    assert roads_of(line((2, 0.1), (3, 0.1))) == {"AB"}
    assert roads_of(line((2, 0.1), (2.4, 0.1))) == {"AB"}
    assert roads_of(line((-5, 0), (0.7, 0))) == {"AB"}


def test_a_line_along_a_corner_shuts_both_roads_but_not_the_one_it_ends_at() -> None:
    assert roads_of(line((14, 0), (0, 0), (0, 4))) == {"AB", "AC"}


def test_a_short_road_across_a_line_is_not_shut() -> None:
    # PQ is 40 m long and lies wholly inside the corridor's reach of the line's ends, across it.
    town = drawn.roads("P\n|\n|\nQ", metres_per_cell=13)
    p, q = drawn.lonlat(town, "P"), drawn.lonlat(town, "Q")
    middle = (p[1] + q[1]) / 2
    across = Area(lines=(((p[0] - 0.001, middle), (p[0] + 0.001, middle)),))
    along = Area(lines=((p, q),))
    assert not len(footprint(town, (hazard(across),))[HazardId("h")])
    assert len(footprint(town, (hazard(along),))[HazardId("h")]) == 2


def test_a_line_beside_no_road_touches_nothing_and_is_reported() -> None:
    lost, found = hazard(line((2, 2), (5, 2)), name="lost"), hazard(line((0, 0), (14, 0)), name="found")
    touched = footprint(TOWN, (lost, found))
    assert unmatched(TOWN, (lost, found), touched) == ("lost",)


def test_what_lies_outside_the_region_or_binds_nothing_is_not_reported() -> None:
    elsewhere = hazard(Area(circles=(Circle(lon=-70.0, lat=-30.0, radius_m=9000),)), name="elsewhere")
    unknown = replace(hazard(line((2, 2), (5, 2)), name="unknown"), unknown="why")
    shapeless = replace(hazard(name="shapeless"), unknown="why")
    hazards = (elsewhere, unknown, shapeless)
    touched = footprint(TOWN, hazards)
    assert {name: len(edges) for name, edges in touched.items()} == {
        "elsewhere": 0, "unknown": 0, "shapeless": 0,
    }  # fmt: skip
    assert unmatched(TOWN, hazards, touched) == ()


def test_no_hazards_and_no_shapes_cost_nothing() -> None:
    assert footprint(TOWN, ()) == {}
    result: Any = footprint(TOWN, (hazard(),))[HazardId("h")]
    assert result.dtype.name == "int32"
    assert len(result) == 0


VALLEY = drawn.roads(
    """
    A---B---C---D---E
    """,
    ways={"BC": {"bridge": True}, "CD": {"tunnel": True}, "DE": {"bridge": True, "ford": True}},
)


def bound(kind: str, area: Area) -> set[str]:
    """Name the roads of the valley that an area of a kind touches, as the table says."""
    any_hazard = replace(hazard(area), kind=kind, spares=meaning().spares[kind])
    touched = set(footprint(VALLEY, (any_hazard,))[HazardId("h")].tolist())
    return {pair for pair in ("AB", "BC", "CD", "DE") if touched & set(drawn.edges(VALLEY, pair))}


def over(*letters: str, town: Roads = VALLEY) -> Area:
    """Draw a box over what lies between two letters, the letters themselves outside."""
    (west, lat), (east, _) = (drawn.lonlat(town, letter) for letter in letters)
    inset, high = (east - west) / 20, 0.0005
    west, east = west + inset, east - inset
    return polygon(
        ((west, lat - high), (east, lat - high), (east, lat + high), (west, lat + high), (west, lat - high))
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("flood", {"AB", "CD", "DE"}),
        ("flash-flood", {"AB", "BC", "CD", "DE"}),
        ("snow", {"AB", "BC", "DE"}),
        ("wind", {"AB", "BC", "DE"}),
        ("landslide", {"AB", "BC", "DE"}),
        ("earthquake", {"AB", "BC", "CD", "DE"}),
        ("closure", {"AB", "BC", "CD", "DE"}),
        ("unknown", {"AB", "BC", "CD", "DE"}),
    ],
)
def test_a_kind_spares_what_it_cannot_reach(kind: str, expected: set[str]) -> None:
    assert bound(kind, over("A", "E")) == expected


def test_a_flood_below_a_viaduct_shuts_only_the_road_beside_it() -> None:
    assert bound("flood", over("B", "C")) == set()
    assert bound("flood", over("A", "C")) == {"AB"}


def test_a_line_and_a_point_name_a_road_and_bind_it_whatever_it_is() -> None:
    b, c = drawn.lonlat(VALLEY, "B"), drawn.lonlat(VALLEY, "C")
    middle = ((b[0] + c[0]) / 2, b[1])
    assert bound("flood", Area(lines=((b, c),))) == {"BC"}
    assert bound("flood", Area(circles=(Circle(lon=middle[0], lat=middle[1], radius_m=0.0),))) == {"BC"}
    assert bound("flood", Area(circles=(Circle(lon=middle[0], lat=middle[1], radius_m=30.0),))) == set()


def test_a_hazard_that_spares_all_it_meets_is_no_hazard_to_look_for() -> None:
    spared = replace(hazard(over("B", "C")), spares=("bridge",))
    beside = replace(hazard(line((2, 2), (5, 2)), name="beside"), spares=("bridge",))
    assert unmatched(VALLEY, (spared,), footprint(VALLEY, (spared,))) == ()
    assert unmatched(TOWN, (beside,), footprint(TOWN, (beside,))) == ("beside",)


def climbing() -> Roads:
    """A at 1,000 m; from B to C, both at 1,100 m, the road leads over a pass of 2,000 m; D is not known."""
    town = drawn.roads("A---B-----C---D")
    ele = {"A": 1000, "B": 1100, "C": 1100, "D": UNKNOWN_M}
    shape = np.full(len(town.shape_osm), 1050, np.int16)
    for letter, metres in ele.items():
        shape[town.shape_osm == ord(letter)] = metres
    for pair in ("BC", "CB"):
        e = drawn.edge(town, pair)
        shape[(town.shape_offset[e] + town.shape_offset[e + 1]) // 2] = 2000
    node = np.array([ele[chr(n)] for n in town.node_osm.tolist()], np.int16)
    return replace(town, node_ele_m=node, shape_ele_m=shape)


@pytest.mark.parametrize(
    ("above_m", "below_m", "expected"),
    [
        (None, None, {"AB", "BC", "CD"}),
        (1120.0, None, {"BC", "CD"}),
        (1115.0, None, {"AB", "BC", "CD"}),  # within what heights may be off
        (2500.0, None, {"CD"}),  # where a height is not known, it binds
        (None, 1060.0, {"AB", "BC", "CD"}),
        (None, 900.0, {"CD"}),
        (1500.0, 1800.0, {"BC", "CD"}),
    ],
)
def test_an_area_with_heights_touches_what_reaches_them(
    above_m: float | None, below_m: float | None, expected: set[str]
) -> None:
    town = climbing()
    area = replace(polygon(box(-9, -9, 30, 9)), above_m=above_m, below_m=below_m)
    touched = set(footprint(town, (hazard(area),))[HazardId("h")].tolist())
    assert {pair for pair in ("AB", "BC", "CD") if touched & set(drawn.edges(town, pair))} == expected


def test_heights_of_a_road_go_with_its_parts() -> None:
    town = climbing()
    b, c = drawn.lonlat(town, "B"), drawn.lonlat(town, "C")
    stop = (b[0] + (c[0] - b[0]) * 4 / 6, b[1])  # beyond the pass
    larger = anchor(town, (stop,), travels=[Travel(profile="car")]).roads
    assert larger.node_ele_m.tolist()[town.n_nodes :] == [1050]
    snow = hazard(replace(polygon(box(-9, -9, 30, 9)), above_m=1500.0))
    touched = footprint(larger, (snow,))[HazardId("h")].tolist()
    parts = [e for e in range(town.n_edges, larger.n_edges) if e in touched]
    assert {(larger.edge_from[e], larger.edge_to[e]) for e in parts} == {
        (drawn.node(town, "B"), town.n_nodes), (town.n_nodes, drawn.node(town, "B")),
    }  # fmt: skip


def on_the_meridian(side: float) -> Roads:
    """Move the town to 180 degrees east (side -1) or west (side 1) of the meridian, some 150 m from it."""
    to = 180.0 * -side + side * 0.0015
    shift = to - drawn.lonlat(TOWN, "A" if side > 0 else "B")[0]
    return replace(
        TOWN, shape_lon=TOWN.shape_lon + shift, node_lon=TOWN.node_lon + shift, content_hash=f"moved {side}"
    )


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("centre", [179.99, -179.99])
def test_a_circle_reaches_over_the_180th_meridian(side: float, centre: float) -> None:
    moved = on_the_meridian(side)
    around = hazard(Area(circles=(Circle(lon=centre, lat=drawn.LAT0, radius_m=5000),)))
    assert len(footprint(moved, (around,))[HazardId("h")]) == moved.n_edges


@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("east", [-179.0, 181.0])
def test_a_ring_over_the_180th_meridian_goes_the_short_way(side: float, east: float) -> None:
    moved = on_the_meridian(side)
    west, south, north = 179.0, drawn.LAT0 - 1, drawn.LAT0 + 1
    outer = ((west, south), (east, south), (east, north), (west, north), (west, south))
    pacific = hazard(Area(polygons=(Polygon(outer=outer),)))
    assert len(footprint(moved, (pacific,))[HazardId("h")]) == moved.n_edges
    assert not len(footprint(TOWN, (pacific,))[HazardId("h")])


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_line_over_the_180th_meridian_runs_along_its_road(side: float) -> None:
    moved = on_the_meridian(side)
    lat = float(moved.node_lat[drawn.node(TOWN, "A")])
    line = hazard(Area(lines=(((179.97, lat), (-179.97, lat)),)))
    found = footprint(moved, (line,))[HazardId("h")]
    assert {*drawn.edges(TOWN, "AB")} <= set(found.tolist())


def across_the_meridian() -> Roads:
    """Move the town so that AB and CD lead over the meridian, 200 m from their western ends."""
    shift = 180.0 - cell(2, 0)[0]

    def moved(lon: F64) -> F64:
        return np.where(lon + shift > 180.0, lon + shift - 360.0, lon + shift)

    return replace(
        TOWN, shape_lon=moved(TOWN.shape_lon), node_lon=moved(TOWN.node_lon), content_hash=Hash("moved over")
    )


def at_meridian(area: Area) -> set[str]:
    """Name the roads of the town over the meridian that an area touches."""
    return roads_of(area, town=across_the_meridian())


@pytest.mark.parametrize(("west", "east"), [(-0.0005, 0.0), (0.0, 0.0005), (-0.0005, 0.0005)])
def test_a_road_over_the_180th_meridian_lies_on_both_its_sides(west: float, east: float) -> None:
    north, south = drawn.lonlat(TOWN, "A")[1] + 0.0005, drawn.lonlat(TOWN, "A")[1] - 0.0005

    def over(*lons: float) -> Area:
        a, b = (lon if -180 <= lon <= 180 else lon - 360 for lon in lons)
        return polygon(((a, south), (b, south), (b, north), (a, north), (a, south)))

    assert at_meridian(over(180 + west, 180 + east)) == {"AB"}
    assert at_meridian(over(10.0, 11.0)) == set()
    assert at_meridian(over(-20.0 + west, 20.0 + east)) == set()


def test_a_line_follows_a_road_over_the_180th_meridian() -> None:
    lat = drawn.lonlat(TOWN, "A")[1]
    assert at_meridian(Area(lines=(((179.999, lat), (-179.999, lat)),))) == {"AB"}
    assert at_meridian(Area(lines=(((179.99, lat), (170.0, lat)),))) == set()


def test_most_of_the_world_is_not_the_rest_of_it() -> None:
    wide = (
        (-170.0, 40.0),
        (0.0, 40.0),
        (170.0, 40.0),
        (170.0, 50.0),
        (0.0, 50.0),
        (-170.0, 50.0),
        (-170.0, 40.0),
    )
    assert (
        len(footprint(TOWN, (hazard(Area(polygons=(Polygon(outer=wide),))),))[HazardId("h")]) == TOWN.n_edges
    )

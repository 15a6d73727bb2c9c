"""Alert polygons onto edges: a million drawn ones, and Porto; the peer is shapely's own tree.

The work is fixed: 5,000 warnings of four sizes fall on a grid of streets with bends, about 250 km to a side.
Timed is `footprint` as the engine calls it, from areas of alerts to sorted edges, once the index is there;
its making is a row of its own. The peer asks a tree with prepared polygons for the same pairs of shape
and edge.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

import drawn
import real
from bench.rows import Row, row, stopwatch
from vado.hazards import edge_index, edges_meeting, footprint
from vado.hazards.footprint import disc, surface
from vado.model.alert import Area, Circle, Polygon
from vado.model.hazard import Hazard
from vado.model.ids import HazardId
from vado.model.roads import Roads
from vado.model.snapshot import Travel
from vado.network import anchor

SIDE = 500  # nodes to a side: 998,000 edges
STEP_DEGREES = 0.005
WEST, SOUTH = 0.0, 40.0
# How many, how far from the middle to the rim in degrees, vertices; 0 vertices is a circle.
SIZES = ((3000, 0.005, 0), (1500, 0.03, 64), (450, 0.15, 200), (50, 0.15, 10_000))


def measure(*, quick: bool) -> list[Row]:
    return [*_million(repeats=1 if quick else 5), *_porto(repeats=20 if quick else 200)]


def _million(*, repeats: int) -> list[Row]:
    roads, hazards = grid(SIDE), warnings()
    built: list[float] = []
    for _ in range(min(repeats, 3)):
        edge_index.index.cache_clear()
        gc.collect()
        with stopwatch(built):
            edge_index.index(roads)
    footprint(roads, hazards[-100:])  # kernels are compiled, or read from disk
    whole: list[float] = []
    pairs = 0
    for _ in range(repeats):
        with stopwatch(whole):
            touched = footprint(roads, hazards)
        pairs = sum(map(len, touched.values()))
    work = f"{len(hazards):,} areas onto {roads.n_edges:,} edges"
    rows = [
        row(f"index of {roads.n_edges:,} edges", "vado", built, note="once a region"),
        row(work, "vado", whole, note=f"{pairs:,} pairs of area and edge"),
    ]
    points = np.column_stack([roads.shape_lon, roads.shape_lat])
    tree = shapely.STRtree(
        shapely.from_ragged_array(shapely.GeometryType.LINESTRING, points, (roads.shape_offset,))
    )
    tree.query(shapely.Point(0, 0))
    plain: list[float] = []
    with stopwatch(plain):
        shapes = [_geometry(hazard) for hazard in hazards]
        found = sum(
            tree.query(shapes[n : n + 500], predicate="intersects").shape[1] for n in range(0, 5000, 500)
        )
    assert found == pairs
    return [*rows, row(work, "shapely STRtree, prepared", plain, note=f"{found:,} pairs, not sorted")]


def _porto(*, repeats: int) -> list[Row]:
    roads = real.region("porto")
    points = real.sites(roads, 200, seed=1)
    built: list[float] = []
    edge_index.index.cache_clear()
    with stopwatch(built):
        edge_index.index(roads)
    middle = points[0]
    small = _hazard(0, Area(circles=(Circle(lon=middle[0], lat=middle[1], radius_m=150.0),)))
    warm: list[float] = []
    footprint(roads, (small,))
    for _ in range(repeats):
        with stopwatch(warm):
            footprint(roads, (small,))
    after: list[float] = []
    for n in range(10):
        larger = anchor(roads, tuple(points[n * 10 : n * 10 + 200]), travels=[Travel(profile="van")]).roads
        with stopwatch(after):
            footprint(larger, (small,))
    shape = _of_thousand(roads, middle)
    sketch: list[float] = []
    for _ in range(repeats):
        with stopwatch(sketch):
            met = edges_meeting(roads, shapely.Polygon(shape.exterior.coords))
    n_small = len(footprint(roads, (small,))[small.id])
    return [
        row(f"index of Porto, {roads.n_edges:,} edges", "vado", built, note="once a region"),
        row("one small area onto Porto, warm", "vado", warm, note=f"{n_small} edges"),
        row("one small area onto Porto, just anchored", "vado", after, note="up to 200 stops"),
        row("edges_meeting, one polygon onto Porto", "vado", sketch, note=f"{len(met):,} edges"),
    ]


def _of_thousand(roads: Roads, middle: tuple[float, float]) -> shapely.Polygon:
    """Draw a star of 200 vertices, as wide as it takes to meet a thousand edges."""
    radius = 0.001
    while len(edges_meeting(roads, shapely.Polygon(_star(middle, radius, 200)))) < 1000:
        radius *= 1.05
    return shapely.Polygon(_star(middle, radius, 200))


def grid(side: int) -> Roads:
    """Draw streets in both directions between nodes that stand a little off a grid, of 2 to 4 points each."""
    random = np.random.default_rng(1)
    lon = WEST + np.arange(side) * STEP_DEGREES + random.normal(0, STEP_DEGREES / 6, (side, side))
    lat = SOUTH + np.arange(side)[:, None] * STEP_DEGREES + random.normal(0, STEP_DEGREES / 6, (side, side))
    at = np.column_stack([lon.ravel(), lat.ravel()])
    node = np.arange(side * side).reshape(side, side)
    start = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    end = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    bends = random.integers(0, 3, len(start))
    count = bends + 2
    first = np.cumsum(count) - count
    owner = np.repeat(np.arange(len(start)), count)
    step = np.arange(count.sum()) - first[owner]
    share = (step / (count[owner] - 1))[:, None]
    points = at[start[owner]] * (1 - share) + at[end[owner]] * share
    inner = (step > 0) & (step < count[owner] - 1)
    points[inner] += random.normal(0, STEP_DEGREES / 12, (int(inner.sum()), 2))
    back = first[owner] + count[owner] - 1 - step  # the same points, the other way round
    osm = np.where(inner, side * side + np.arange(len(points)), np.where(step == 0, start[owner], end[owner]))
    points, osm = np.concatenate([points, points[back]]), np.concatenate([osm, osm[back]])
    count = np.concatenate([count, count])
    m = len(count)
    plain = drawn.roads("A--B")
    edges: dict[str, Any] = {
        name: np.resize(getattr(plain, name), m) for name in Roads.__slots__ if name.startswith("edge_")
    }
    edges["edge_duration_ms"] = np.resize(plain.edge_duration_ms, (len(plain.profiles), m))
    edges["edge_from"], edges["edge_to"] = np.concatenate([start, end]), np.concatenate([end, start])
    return replace(
        plain,
        node_osm=node.ravel(),
        node_lon=at[:, 0],
        node_lat=at[:, 1],
        node_ele_m=np.zeros(0, np.int16),
        node_part=np.zeros((len(plain.profiles), side * side), np.int32),
        shape_offset=np.concatenate([[0], np.cumsum(count)]),
        shape_lon=np.ascontiguousarray(points[:, 0]),
        shape_lat=np.ascontiguousarray(points[:, 1]),
        shape_osm=osm,
        shape_ele_m=np.zeros(0, np.int16),
        **edges,
    )


def warnings() -> tuple[Hazard, ...]:
    """Draw 5,000 areas: circles, stars of a few km, and as large as a county with few and many vertices."""
    random = np.random.default_rng(2)
    high = SIDE * STEP_DEGREES
    found: list[Hazard] = []
    for count, radius, vertices in SIZES:
        for _ in range(count):
            lon, lat = (random.uniform(low, low + high) for low in (WEST, SOUTH))
            size = radius * random.uniform(0.5, 1.5)
            if vertices:
                area = Area(polygons=(Polygon(outer=_star((lon, lat), size, vertices)),))
            else:
                area = Area(circles=(Circle(lon=lon, lat=lat, radius_m=size * 111_195),))
            found.append(_hazard(len(found), area))
    return tuple(found)


def _star(middle: tuple[float, float], radius: float, vertices: int) -> tuple[tuple[float, float], ...]:
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = radius * (1 + 0.3 * np.sin(7 * angle) + 0.02 * np.sin(vertices / 4 * angle))
    points = np.column_stack([middle[0] + reach * np.cos(angle), middle[1] + reach * np.sin(angle)]).tolist()
    return tuple((x, y) for x, y in [*points, points[0]])


def _hazard(n: int, area: Area) -> Hazard:
    shut = drawn.shut(drawn.roads("A--B"), "AB")
    return replace(shut, id=HazardId(f"h{n}"), footprint=(area,))


def _geometry(hazard: Hazard) -> shapely.Geometry:
    area = hazard.footprint[0]
    return surface(area.polygons[0]) if area.polygons else disc(area.circles[0])

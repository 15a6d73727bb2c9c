"""Footprint: which edges a hazard touches.

In: roads and hazards. Out: for each hazard the edges that meet the union of its shapes, as sorted indices.
Refuses to know what the hazard does there, and when.

Shapes and what "meets" means:
  polygon   the edge meets its inside or its rim; holes are outside; a ring that crosses itself covers what it
            winds around
  circle    the edge comes within the radius, metres on the sphere; a radius of 0 is a point and gets POINT_M
  line      the edge runs along it, within LINE_M to either side: roads across or over it do not count
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, pi, radians, sin

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from vado.model.alert import Circle, Polygon
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, LonLat
from vado.model.roads import F64, I32, Roads

EARTH_M = 6_371_008.8  # mean radius, IUGG
METRES_PER_DEGREE = EARTH_M * pi / 180

# A point stands for what happens on the road beside it: GNSS error and the width of a road. Our choice.
POINT_M = 30.0
# Half the corridor of a line: a closure drawn on another map lies a lane or two beside our edge. Our choice.
LINE_M = 15.0
# An edge runs along a line when it does so for this far, or for half of the shorter of the two ...
ALONG_M = 60.0
ALONG_SHARE = 0.5
# ... and its way inside the corridor leads along the line, not across: cos 26 degrees.
ALONG_COSINE = 0.9
CIRCLE_CORNERS = 64


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Bounding boxes of all edges, and the lines of those that some hazard may touch."""

    boxes: F64  # [M, 4] west, south, east, north
    index: I32  # [K] which edges have a line below, sorted
    lines: npt.NDArray[np.object_]  # [K] shapely lines


def footprint(roads: Roads, hazards: tuple[Hazard, ...]) -> Mapping[HazardId, I32]:
    """Find the edges that each hazard touches; a hazard without shape, or away from all roads, has none."""
    shapes = {hazard.id: tuple(_shapes(hazard)) for hazard in hazards}
    reaches = np.array([shape.box for each in shapes.values() for shape in each], dtype=np.float64)
    edges = _edges(roads, reaches)
    return {name: _touched(edges, each) for name, each in shapes.items()}


def unmatched(
    roads: Roads, hazards: tuple[Hazard, ...], touched: Mapping[HazardId, I32]
) -> tuple[HazardId, ...]:
    """List binding hazards within the region that touch no edge: somebody must look where they are."""
    if not roads.n_edges:
        return ()
    west, south = float(roads.shape_lon.min()), float(roads.shape_lat.min())
    east, north = float(roads.shape_lon.max()), float(roads.shape_lat.max())
    return tuple(
        hazard.id
        for hazard in hazards
        if hazard.binds
        and not len(touched.get(hazard.id, ()))
        and any(
            shape.box[0] <= east and shape.box[2] >= west and shape.box[1] <= north and shape.box[3] >= south
            for shape in _shapes(hazard)
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """One shape in degrees; `along` is the line that edges must follow to count."""

    geometry: BaseGeometry
    box: tuple[float, float, float, float]
    along: tuple[LonLat, ...] = ()


def _shapes(hazard: Hazard) -> Iterable[_Shape]:
    for area in hazard.footprint:
        for polygon in area.polygons:
            geometry = surface(polygon)
            yield _Shape(geometry, geometry.bounds)
        for circle in area.circles:
            geometry = disc(circle)
            yield _Shape(geometry, geometry.bounds)
        for line in area.lines:
            west, south = min(lon for lon, _ in line), min(lat for _, lat in line)
            east, north = max(lon for lon, _ in line), max(lat for _, lat in line)
            dy = LINE_M / METRES_PER_DEGREE
            dx = dy / max(cos(radians(max(abs(south), abs(north)))), 0.01)
            box = (west - dx, south - dy, east + dx, north + dy)
            yield _Shape(shapely.box(*box), box, line)


def surface(polygon: Polygon) -> BaseGeometry:
    """Make a polygon valid without losing ground: what a ring winds around, once or twice, belongs to it."""
    # method="structure" keeps all that is wound around (non-zero winding). The default counts windings odd
    # and even and would cut out where a ring overlaps itself: a smaller hazard in silence.
    outer = _valid(polygon.outer)
    for hole in polygon.holes:
        outer = shapely.difference(outer, _valid(hole))
    return outer


def _valid(ring: tuple[LonLat, ...]) -> BaseGeometry:
    plain = shapely.Polygon(ring)
    return plain if plain.is_valid else shapely.make_valid(plain, method="structure", keep_collapsed=True)


def disc(circle: Circle) -> BaseGeometry:
    """Draw a circle on the sphere as a polygon around it, so that nothing within the radius is left out."""
    angle = (circle.radius_m or POINT_M) / EARTH_M / cos(pi / CIRCLE_CORNERS)
    lat = radians(circle.lat)
    corners: list[LonLat] = []
    for n in range(CIRCLE_CORNERS):
        bearing = 2 * pi * n / CIRCLE_CORNERS
        to_lat = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))
        by_lon = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(to_lat))
        corners.append((circle.lon + degrees(by_lon), degrees(to_lat)))
    return shapely.Polygon(corners)


def _edges(roads: Roads, reaches: F64) -> _Edges:
    """Box all edges; draw lines only for those that some box of a hazard meets."""
    starts = roads.shape_offset[:-1]
    none = np.empty(0, dtype=np.int32)
    if not roads.n_edges or not len(reaches):
        return _Edges(np.empty((0, 4)), none, np.empty(0, dtype=object))
    boxes = np.column_stack(
        [
            np.minimum.reduceat(roads.shape_lon, starts),
            np.minimum.reduceat(roads.shape_lat, starts),
            np.maximum.reduceat(roads.shape_lon, starts),
            np.maximum.reduceat(roads.shape_lat, starts),
        ]
    )
    near = np.zeros(roads.n_edges, dtype=bool)
    region = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    for reach in reaches[_meets(reaches, region)]:  # most warnings of a country are elsewhere
        near |= _meets(boxes, reach)
    index = np.flatnonzero(near).astype(np.int32)
    first, counts = roads.shape_offset[index], np.diff(roads.shape_offset)[index]
    owner = np.repeat(np.arange(len(index)), counts)
    point = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    points = np.column_stack([roads.shape_lon[point], roads.shape_lat[point]])
    lines = np.asarray(shapely.linestrings(points, indices=owner), dtype=object)
    return _Edges(boxes[index], index, lines)


def _meets(boxes: F64, box: Iterable[float]) -> npt.NDArray[np.bool_]:
    west, south, east, north = box
    return (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)


def _touched(edges: _Edges, shapes: tuple[_Shape, ...]) -> I32:
    hit = np.zeros(len(edges.index), dtype=bool)
    for shape in shapes:
        rows = np.flatnonzero(_meets(edges.boxes, shape.box) & ~hit)
        if not len(rows):
            continue
        if shape.along:
            hit[rows] = _runs_along(edges.lines[rows], shape.along)
        else:
            shapely.prepare(shape.geometry)
            hit[rows] = shapely.intersects(shape.geometry, edges.lines[rows])
    return edges.index[hit]


def _runs_along(lines: npt.NDArray[np.object_], along: tuple[LonLat, ...]) -> npt.NDArray[np.bool_]:
    """Tell which edges run along a line, in metres of a plane around it."""
    centre_lat = (along[0][1] + along[-1][1]) / 2
    scale = np.array([METRES_PER_DEGREE * cos(radians(centre_lat)), METRES_PER_DEGREE])
    line = shapely.LineString(np.asarray(along) * scale)
    roads = shapely.transform(lines, lambda points: points * scale)
    corridor = line.buffer(LINE_M, cap_style="flat")
    shapely.prepare(corridor)
    result = np.zeros(len(lines), dtype=bool)
    for n in np.flatnonzero(shapely.intersects(corridor, roads)):
        inside = shapely.intersection(roads[n], corridor)
        if inside.length <= 0:
            continue
        at = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(inside)))
        advance = float(at.max() - at.min())
        needed = min(ALONG_M, ALONG_SHARE * min(roads[n].length, line.length))
        result[n] = advance >= needed and advance >= ALONG_COSINE * inside.length
    return result

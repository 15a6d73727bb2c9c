"""Footprint: which edges a hazard touches.

In: roads and hazards. Out: for each hazard the edges that meet the union of its shapes, as sorted indices.
Refuses to know what the hazard does there, and when.

Shapes and what "meets" means:
  polygon   the edge meets its inside or its rim; holes are outside; a ring that crosses itself covers what it
            winds around
  circle    the edge comes within the radius, metres on the sphere; a radius of 0 is a point and gets POINT_M
  line      the edge runs along it, within LINE_M to either side: roads across or over it do not count, unless
            it leads to and fro so often that it cannot be told any more (`PAIRS_MAX`)
  road      the edges that `match` finds for a place on a road

Of the edges that meet a polygon or circle those stay out whose structure the hazard spares: a flood below
a viaduct. Lines and points name a road, and spare nothing. Of an area with heights those stay out that lie
below or above it from end to end; where a height is not known, the edge is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from vado.hazards._along_kernels import running_along
from vado.hazards._ring_kernels import crossings
from vado.hazards.edge_index import edges_meeting, edges_that, heights, meeting
from vado.hazards.match import edges_of, match
from vado.model.alert import Area, Circle, Polygon
from vado.model.feed import Box
from vado.model.hazard import Hazard
from vado.model.ids import HazardId, LonLat
from vado.model.roads import F64, I32, I64, UNKNOWN_M, Bool, EdgeFlag, Roads

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
# Bounds on the work for one line; where they are met, all edges beside it are touched. Pairs are of a
# straight piece of an edge and one of the line, 4 bytes each: a line along a road has a few for each of its
# points. Our choice.
PAIRS_MAX = 8_000_000
STEPS_MAX = 200_000_000
# How often the rings of a polygon may cross, and pieces that are compared to find out: what crossings part
# grows with their number squared. Drawings that went wrong cross a few times. Our choice.
CROSSINGS_MAX = 1000
LOOKS_MAX = 50_000_000
CIRCLE_CORNERS = 64
_BEARINGS = 2 * pi * np.arange(CIRCLE_CORNERS) / CIRCLE_CORNERS
# How far a height may be off, metres; areas with heights reach that much farther. Source: what the mission
# was to reach, 16 m absolute at 90 %: Farr et al., "The Shuttle Radar Topography Mission", Reviews of
# Geophysics 45, 2007, RG2004. What is mapped as ground may be a roof or a treetop, too.
HEIGHT_DOUBT_M = 16.0
_FLAGS = {"bridge": EdgeFlag.BRIDGE, "tunnel": EdgeFlag.TUNNEL}


def footprint(roads: Roads, hazards: tuple[Hazard, ...]) -> Mapping[HazardId, I32]:
    """Find the edges that each hazard touches; a hazard without shape, or away from all roads, has none."""
    shapes = [(n, shape) for n, hazard in enumerate(hazards) for shape in _shapes(hazard)]
    found: list[list[I32]] = [[] for _ in hazards]
    for n, shape in shapes:
        if shape.along:
            found[n].append(_kept(roads, _running_along(roads, shape), shape))
    for n, hazard in enumerate(hazards):
        for place in (place for area in hazard.footprint for place in area.roads):
            found[n].append(edges_of(roads, match(roads, place)))
    plain = [(n, shape) for n, shape in shapes if not shape.along]
    for at, edges in meeting(roads, [shape.geometry for _, shape in plain]):
        n, shape = plain[at]
        found[n].append(_kept(roads, edges, shape))
    return {hazard.id: _union(each) for hazard, each in zip(hazards, found, strict=True)}


def unmatched(
    roads: Roads, hazards: tuple[Hazard, ...], touched: Mapping[HazardId, I32]
) -> tuple[HazardId, ...]:
    """List binding hazards within the region that touch no edge: somebody must look where they are.

    One that meets roads and spares them all, a snowfall above the highest of them, is where it should be.
    """
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
            box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south
            for box in (*(shape.box for shape in _shapes(hazard)), *_boxes_of_roads(hazard))
        )
        and not any(_spares_all(roads, shape) for shape in _shapes(hazard))
    )


def box_of(hazard: Hazard) -> Box | None:
    """Give the box around all shapes and places of a hazard; None where it may be anywhere."""
    boxes = [*(shape.box for shape in _shapes(hazard)), *_boxes_of_roads(hazard)]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _boxes_of_roads(hazard: Hazard) -> Iterable[tuple[float, float, float, float]]:
    """Give boxes of places on roads; one without coordinates may be anywhere, also here."""
    for place in (place for area in hazard.footprint for place in area.roads):
        if place.points:
            lon, lat = zip(*place.points, strict=True)
            yield min(lon), min(lat), max(lon), max(lat)
        else:
            yield -180.0, -90.0, 180.0, 90.0


def _union(parts: list[I32]) -> I32:
    if len(parts) == 1:
        return parts[0]
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int32)


def _spares_all(roads: Roads, shape: _Shape) -> bool:
    if not shape.spares and shape.above_m is None and shape.below_m is None:
        return False
    met = _running_along(roads, shape) if shape.along else edges_meeting(roads, shape.geometry)
    return len(met) > 0 and not len(_kept(roads, met, shape))


def _kept(roads: Roads, edges: I32, shape: _Shape) -> I32:
    """Leave out what the shape spares: structures, and edges that lie wholly below or above it."""
    if shape.spares:
        flags = roads.edge_flags[edges]
        edges = edges[((flags & shape.spares) == 0) | ((flags & EdgeFlag.FORD) != 0)]
    if shape.above_m is not None or shape.below_m is not None:
        low, high = heights(roads, edges)
        reached = np.ones(len(edges), np.bool_)
        if shape.above_m is not None:
            reached &= high >= shape.above_m - HEIGHT_DOUBT_M
        if shape.below_m is not None:
            reached &= low <= shape.below_m + HEIGHT_DOUBT_M
        edges = edges[reached | (low == UNKNOWN_M)]
    return edges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shape:
    """One shape in degrees; `along` is the line that edges must follow to count."""

    geometry: BaseGeometry
    box: tuple[float, float, float, float]
    along: tuple[LonLat, ...] = ()
    spares: int = 0  # EdgeFlag
    above_m: float | None = None
    below_m: float | None = None


def _shapes(hazard: Hazard) -> Iterable[_Shape]:
    spares = sum(_FLAGS.get(word, 0) for word in hazard.spares)
    for area in hazard.footprint:
        for polygon in area.polygons:
            yield _shape(surface(polygon), area, spares=spares)
        for circle in area.circles:
            yield _shape(disc(circle), area, spares=spares if circle.radius_m else 0)
        for line in (copy for each in area.lines for copy in _copies(each)):
            west, south = min(lon for lon, _ in line), min(lat for _, lat in line)
            east, north = max(lon for lon, _ in line), max(lat for _, lat in line)
            dy = LINE_M / METRES_PER_DEGREE
            dx = dy / max(cos(radians(max(abs(south), abs(north)))), 0.01)
            yield _shape(shapely.box(west - dx, south - dy, east + dx, north + dy), area, along=line)


def _shape(geometry: BaseGeometry, area: Area, *, spares: int = 0, along: tuple[LonLat, ...] = ()) -> _Shape:
    return _Shape(
        geometry=geometry,
        box=geometry.bounds,
        along=along,
        spares=spares,
        above_m=area.above_m,
        below_m=area.below_m,
    )


def surface(polygon: Polygon) -> BaseGeometry:
    """Make a polygon valid without losing ground: what a ring winds around, once or twice, belongs to it.

    A ring that leaps over the 180th meridian goes the short way round the world. Where rings cross more often
    than CROSSINGS_MAX, holes are not cut out, and a ring covers all between its outermost corners.
    """
    # method="structure" keeps all that is wound around (non-zero winding). The default counts windings odd
    # and even and would cut out where a ring overlaps itself: a smaller hazard in silence.
    outer = _valid(polygon.outer)
    if not polygon.holes or _tangled([polygon.outer, *polygon.holes]):
        return outer
    return shapely.difference(outer, shapely.union_all([_valid(hole) for hole in polygon.holes]))


def _tangled(rings: Sequence[Sequence[LonLat]]) -> bool:
    """Say whether rings cross themselves or each other too often to be worked out."""
    pieces = np.concatenate([np.column_stack([at[:-1], at[1:]]) for at in map(_unrolled, rings)])
    pieces = pieces[np.any(pieces[:, :2] != pieces[:, 2:], axis=1)]
    ax, ay, bx, by = np.ascontiguousarray(pieces.T)
    return bool(crossings(ax, ay, bx, by, CROSSINGS_MAX, LOOKS_MAX) > CROSSINGS_MAX)


def _unrolled(points: Sequence[LonLat]) -> F64:
    """Write points so that no step is longer than half the world: longitudes may leave -180 to 180."""
    at = np.array(points, dtype=np.float64)
    step = np.diff(at[:, 0])
    at[1:, 0] -= 360.0 * np.cumsum(np.rint(step / 360.0))
    return at


def _rolled(geometry: BaseGeometry) -> BaseGeometry:
    """Put back what lies beyond the 180th meridian to where its longitudes are written as usual."""
    west, _, east, _ = geometry.bounds
    if west >= -180 and east <= 180:
        return geometry
    pieces = []
    for turn in range(int(np.floor((west + 180) / 360)), int(np.ceil((east - 180) / 360)) + 1):
        inside = shapely.intersection(geometry, shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90))
        pieces.append(affinity.translate(inside, -360.0 * turn))
    return shapely.union_all(pieces)


def _copies(line: tuple[LonLat, ...]) -> tuple[tuple[LonLat, ...], ...]:
    """Give a line as it is; one over the 180th meridian as seen from both of its sides."""
    at = _unrolled(line)
    if at[:, 0].min() >= -180 and at[:, 0].max() <= 180:
        return (line,)
    shifts = (0.0, -360.0 if at[:, 0].max() > 180 else 360.0)
    return tuple(tuple((lon + shift, lat) for lon, lat in at.tolist()) for shift in shifts)


def _valid(ring: tuple[LonLat, ...]) -> BaseGeometry:
    plain: BaseGeometry = shapely.Polygon(_unrolled(ring))
    if not plain.is_valid and _tangled([ring]):
        plain = plain.convex_hull
    elif not plain.is_valid:
        plain = shapely.make_valid(plain, method="structure", keep_collapsed=True)
    return _rolled(plain)


def disc(circle: Circle) -> BaseGeometry:
    """Draw a circle on the sphere as a polygon around it, so that nothing within the radius is left out."""
    angle = (circle.radius_m or POINT_M) / EARTH_M / cos(pi / CIRCLE_CORNERS)
    lat = radians(circle.lat)
    to_lat = np.arcsin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * np.cos(_BEARINGS))
    by_lon = np.arctan2(np.sin(_BEARINGS) * sin(angle) * cos(lat), cos(angle) - sin(lat) * np.sin(to_lat))
    corners = np.column_stack([circle.lon + np.degrees(by_lon), np.degrees(to_lat)])
    return _rolled(shapely.Polygon(corners))


def _running_along(roads: Roads, shape: _Shape) -> I32:
    """List the edges that run along a line, sorted; measured in metres of a plane around it."""
    centre_lat = (shape.along[0][1] + shape.along[-1][1]) / 2
    scale = np.array([METRES_PER_DEGREE * cos(radians(centre_lat)), METRES_PER_DEGREE])
    line = np.asarray(shape.along, np.float64) * scale
    moves = np.append(True, np.any(line[1:] != line[:-1], axis=1))
    line_x, line_y = line[moves].T.copy()

    def along(lon: F64, lat: F64, first: I64) -> Bool:
        found: Bool = running_along(
            lon * scale[0], lat * scale[1], first, line_x, line_y, LINE_M, ALONG_M, ALONG_SHARE, ALONG_COSINE,
            PAIRS_MAX, STEPS_MAX,
        )  # fmt: skip
        return found

    return edges_that(roads, shape.geometry, along)

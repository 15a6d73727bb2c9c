"""Near: the edges around a place on a road, in metres of a plane, and how far they are from a shape.

In: roads and a `RoadPlace` with points. Out: the edges that may be meant, their lines, which of them bear the
name and which are slip roads; distances, directions. Refuses to choose among them: `match` does.
"""

from __future__ import annotations

from math import cos, hypot, radians

import numpy as np
import shapely

from vado.hazards._along_kernels import beside
from vado.hazards.edge_index import Geometries, lines_near
from vado.hazards.road_names import bears_name, is_slip
from vado.model.alert import RoadPlace
from vado.model.roads import F64, I32, Bool, Roads

METRES_PER_DEGREE = 111_195.0  # on the sphere of radius 6,371,009 m
# Distances in metres, all of our choice, from GNSS error, the width of a motorway (some 30 m from edge to
# edge), and how far maps of two makers differ.
LINE_NEAR_M = 60.0  # a drawn line is looked for so far to either side
ENDS_NEAR_M = 300.0  # an end or a point is looked for so far away, where the road is named ...
POINT_NEAR_M = 60.0  # ... and so far where it is not
TIE_M = 5.0  # roads as near as this to the nearest cannot be told apart by a point
SAMPLES = 5  # points of an edge, or of a line, at which their distance is measured
# Edges beside a line, times the places at which the way must be beside it, or times its points: where it is
# more, no way is looked for, and what is around the line is shut. Our choice.
WORK_MAX = 10_000_000


class Near:
    """The edges around a place, in metres of a plane around it."""

    def __init__(self, roads: Roads, place: RoadPlace) -> None:
        self.roads, self.place = roads, place
        points = np.array(place.points, np.float64)
        middle = points.mean(axis=0)
        self.scale = np.array([METRES_PER_DEGREE * max(cos(radians(middle[1])), 0.01), METRES_PER_DEGREE])
        self.origin = middle
        self.at = (points - middle) * self.scale
        reach = self._reach_m()
        (west, south), (east, north) = self.at.min(axis=0) - reach, self.at.max(axis=0) + reach
        low, high = (
            np.array([west, south]) / self.scale + middle,
            np.array([east, north]) / self.scale + middle,
        )
        edges, lines = lines_near(roads, shapely.box(*low, *high))
        keep = self._possible(edges)
        self.edges, self.lines = edges[keep], self._plane(lines[keep])
        self.length: F64 = shapely.length(self.lines)
        some = self.length > 0  # an edge between two nodes at one place leads nowhere along
        self.edges, self.lines, self.length = self.edges[some], self.lines[some], self.length[some]
        self.named: Bool = bears_name(roads, self.edges, place)
        self.slip: Bool = is_slip(roads)[roads.edge_class[self.edges]]

    def _reach_m(self) -> float:
        place = self.place
        if not place.ends_only or len(place.points) < 2:
            return ENDS_NEAR_M if place.ref or place.name else max(POINT_NEAR_M, LINE_NEAR_M)
        straight = float(hypot(*(self.at[-1] - self.at[0])))
        return ENDS_NEAR_M + max(0.35 * straight, (self.told_m() - straight) / 2)

    def told_m(self) -> float:
        """Give how long the stretch is by its kilometre points; 0 where they are not told."""
        place = self.place
        if place.from_km is None or place.to_km is None:
            return 0.0
        return abs(place.to_km - place.from_km) * 1000

    def _possible(self, edges: I32) -> Bool:
        """Leave out what the place says it is not; where that leaves nothing, it did not mean it."""
        slip = is_slip(self.roads)[self.roads.edge_class[edges]]
        keep = slip if self.place.slip else np.ones(len(edges), np.bool_)
        return keep if keep.any() else np.ones(len(edges), np.bool_)

    def _plane(self, lines: Geometries) -> Geometries:
        return np.asarray(shapely.transform(lines, lambda p: (p - self.origin) * self.scale), dtype=object)

    def away(self, line: shapely.LineString) -> F64:
        """Measure how far each edge is from the line, in the mean, where they lie side by side.

        Those that come nowhere near it, most of what lies in its box, are infinitely far.
        """
        away: F64 = np.full(len(self.lines), np.inf)
        some = self.within(line, LINE_NEAR_M + 2 * TIE_M)
        if int(some.sum()) * len(line.coords) <= WORK_MAX:
            away[some] = self._mean_away(line, self.lines[some], self.length[some])
        return away

    def within(self, shape: shapely.Geometry, metres: float) -> Bool:
        """Mark the edges that come within some metres of a shape."""
        if isinstance(shape, shapely.Point):
            at: F64 = shapely.distance(self.lines, shape)
            return np.asarray(at <= metres)
        line = shapely.get_coordinates(shape)
        line_x, line_y = line[np.append(True, np.any(line[1:] != line[:-1], axis=1))].T.copy()
        points, of = shapely.get_coordinates(self.lines, return_index=True)
        first = np.searchsorted(of, np.arange(len(self.lines) + 1))
        x, y = points.T.copy()
        found: Bool = beside(x, y, first, line_x, line_y, metres)
        return found

    def _mean_away(self, line: shapely.LineString, lines: Geometries, length: F64) -> F64:
        shares = np.linspace(0.0, 1.0, SAMPLES)
        points = [shapely.line_interpolate_point(lines, share, normalized=True) for share in shares]
        distance = np.stack([shapely.distance(each, line) for each in points])
        at = np.stack([shapely.line_locate_point(line, each) for each in points])
        beside = (at > 0) & (at < line.length)
        count = beside.sum(axis=0)
        mean = (distance * beside).sum(axis=0) / np.maximum(count, 1)
        away: F64 = np.where(count > 0, mean, distance.min(axis=0))
        longer = np.flatnonzero(length > line.length)
        if len(longer):  # its samples may lie to either side of the whole line
            along = [line.interpolate(share, normalized=True) for share in shares]
            away[longer] = np.mean([shapely.distance(lines[longer], each) for each in along], axis=0)
        return away


def heading_at(line: shapely.LineString, at: float) -> F64:
    """Give the direction of a line at a distance along it."""
    low, high = max(0.0, at - 10.0), min(line.length, at + 10.0)
    a, b = line.interpolate(low), line.interpolate(high)
    return np.array([b.x - a.x, b.y - a.y])


def turn_deg(one: F64, other: F64) -> float:
    """Measure the angle between two directions; 0 where one has none."""
    lengths = hypot(*one) * hypot(*other)
    if not lengths:
        return 0.0
    return float(np.degrees(np.arccos(np.clip(np.dot(one, other) / lengths, -1.0, 1.0))))

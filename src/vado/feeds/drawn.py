"""A GeoJSON geometry as traffic centres put it beside their messages: lines, points and areas of one event.

In: a feature, of any sort. Out: its lines and polygons; pieces that are none are left out, and said. Refuses
to know what happens there. Source: RFC 7946
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vado.model.alert import Area, Polygon, RoadPlace, Way
from vado.model.ids import LonLat

PIECES_MAX = 500  # lines and areas of one feature
POINTS_MAX = 20_000  # of one of them
_NUMBERS = (float, int)  # and no subclass: true is not 1


@dataclass(slots=True)
class Shape:
    """The geometry of a feature."""

    lines: list[tuple[LonLat, ...]] = field(default_factory=list)
    polygons: list[Polygon] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    partly: bool = False  # something of it is no shape

    def areas(self, ref: str, described: str, way: Way = Way.UNKNOWN) -> tuple[Area, ...]:
        if not (self.lines or self.polygons or described):
            return ()
        roads = tuple(
            RoadPlace(ref=ref, way=way, points=line, ends_only=len(line) < 2) for line in self.lines
        )
        return (Area(description=described, roads=roads, polygons=tuple(self.polygons)),)


def shape_of(feature: Any) -> Shape:
    """Read a geometry; pieces that are none are left out, and said."""
    found = Shape()
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return found
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    pieces: list[Any] = coordinates if isinstance(coordinates, list) else []
    if kind in ("Point", "LineString", "Polygon"):
        pieces = [pieces]
    for piece in pieces[:PIECES_MAX]:
        listed = piece if isinstance(piece, list) else []
        if kind in ("Point", "MultiPoint"):
            line = _points([listed])
            found.lines += [line] if line else []
        elif kind in ("LineString", "MultiLineString"):
            line = _points(listed)
            if len(line) < 2:
                found.notes.append("a line of its geometry is none; left out")
                found.partly = True
            found.lines += [line] if line else []
        elif kind in ("Polygon", "MultiPolygon"):
            rings = [_points(ring) for ring in listed[:PIECES_MAX] if isinstance(ring, list)]
            if rings and len(set(rings[0])) >= 3:
                closed = [
                    ring if ring[0] == ring[-1] else (*ring, ring[0]) for ring in rings if len(set(ring)) >= 3
                ]
                found.polygons.append(Polygon(outer=closed[0], holes=tuple(closed[1:])))
            else:
                found.notes.append("an area of its geometry is none; left out")
                found.partly = True
    if len(pieces) > PIECES_MAX:
        found.partly = True
        found.notes.append(f"its geometry has more than {PIECES_MAX} pieces; the others are left out")
    return found


def _points(listed: list[Any]) -> tuple[LonLat, ...]:
    """Read points; () where one of them is none, or there are too many: a part of a shape is none."""
    if len(listed) > POINTS_MAX:
        return ()
    points: list[LonLat] = []
    for each in listed:
        if type(each) is not list or len(each) < 2:
            return ()
        lon, lat = each[0], each[1]
        # NaN is in no range.
        if not (type(lon) in _NUMBERS and type(lat) in _NUMBERS and -180 <= lon <= 180 and -90 <= lat <= 90):
            return ()
        points.append((float(lon), float(lat)))
    return tuple(points)

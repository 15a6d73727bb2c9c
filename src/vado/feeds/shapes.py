"""GeoJSON geometry: sorted into polygons, lines and points, and these into areas and places on roads.

In: a geometry of RFC 7946, or of Esri's JSON. Out: shapes in lon, lat; faults in the findings of the record.
Refuses to mend a coordinate that is outside the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vado.feeds.findings import NOTES_MAX, VERTICES_MAX, Findings
from vado.feeds.records import listed, members, number
from vado.model.alert import Area, Circle, Polygon, RoadPlace, Way
from vado.model.ids import LonLat

NESTED_MAX = 5  # geometry collections inside each other
_KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_NUMBERS = (float, int)  # and no subclass: true is not 1
# A road number and no name: "A-2", "I 80", "N340a", "BC-14". Not "NE 150th Avenue".
_REF = re.compile(r"[A-Za-z]{1,5}[- .]?\d{1,5}[A-Za-z]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shapes:
    polygons: tuple[Polygon, ...] = ()
    lines: tuple[tuple[LonLat, ...], ...] = ()
    points: tuple[LonLat, ...] = ()
    several: bool = False  # the points are one MultiPoint: they belong together, in their order

    def __bool__(self) -> bool:
        return bool(self.polygons or self.lines or self.points)


def read_geometry(value: Any, findings: Findings, where: str) -> Shapes:
    """Sort one geometry, and those inside it; nothing at all for null. What is no geometry is a fault."""
    polygons: list[Polygon] = []
    lines: list[tuple[LonLat, ...]] = []
    points: list[LonLat] = []
    waiting: list[tuple[Any, int]] = [] if value is None else [(value, 0)]
    several = False
    while waiting:
        each, depth = waiting.pop()
        kind, coordinates = members(each).get("type"), listed(members(each).get("coordinates"))
        if kind == "GeometryCollection" and depth < NESTED_MAX:
            waiting += [(one, depth + 1) for one in reversed(listed(each.get("geometries")))]
            continue
        if kind not in _KINDS or not coordinates:
            findings.fault("E1103", "no geometry, or one without coordinates", "send GeoJSON", where)
            continue
        for one in coordinates if kind.startswith("Multi") else [coordinates]:
            if kind.endswith("Polygon"):
                polygon, bare = _polygon(one, findings, where)
                polygons += [polygon] if polygon else []
                lines += [bare] if len(set(bare)) > 1 else []
                points += bare[:1] if len(set(bare)) == 1 else []
            elif kind.endswith("LineString"):
                line = read_points(one, findings, where)
                if any(point != line[0] for point in line):
                    lines.append(line)
                else:  # a line of one place is where that is
                    points += line[:1]
            else:
                points += read_points([one], findings, where)
        several = several or kind == "MultiPoint"
    return Shapes(tuple(polygons), tuple(lines), tuple(points), several and len(points) > 1)


def read_points(value: Any, findings: Findings, where: str) -> tuple[LonLat, ...]:
    """Read positions; one that is none, or outside the world, is a fault, and so are too many."""
    points: list[LonLat] = []
    found = listed(value)
    findings.vertices += len(found)
    if findings.vertices > VERTICES_MAX or not found:
        findings.check_vertices()
        if not found:
            findings.fault("E1103", "a shape without positions", "write [lon, lat]", where)
        return ()
    for each in found:
        if type(each) is list and len(each) >= 2:
            lon, lat = each[0], each[1]
            # Most of a document are these lines: no call for a position as it should be. NaN is in no range.
            if type(lon) in _NUMBERS and type(lat) in _NUMBERS and -180 <= lon <= 180 and -90 <= lat <= 90:
                points.append((float(lon), float(lat)))
                continue
        pair = [None if isinstance(n, str) else number(n) for n in listed(each)[:2]]
        if len(pair) != 2 or pair[0] is None or pair[1] is None:
            findings.fault("E1103", f"{str(each)[:40]} is no position", "write [lon, lat]", where)
        else:
            findings.point(pair[0], pair[1], where, order="[lon, lat] in degrees")
        return ()
    return tuple(points)


def _polygon(value: Any, findings: Findings, where: str) -> tuple[Polygon | None, tuple[LonLat, ...]]:
    """Read one; a ring without an area, which real maps are full of, is given as the line that it is."""
    rings = [read_points(ring, findings, where) for ring in listed(value) or [None]]
    if not all(rings):
        return None, ()
    mended = [Findings() for _ in rings]
    closed = [each.ring(list(ring), where) for each, ring in zip(mended, rings, strict=True)]
    for each in mended:
        findings.notes += each.notes[: max(0, NOTES_MAX - len(findings.notes))]
    if closed[0] is None:
        findings.note(where, "a ring has no area; taken as the line that it is")
        return None, rings[0]
    # A hole that is none leaves the polygon whole: that is the larger hazard.
    return Polygon(outer=closed[0], holes=tuple(hole for hole in closed[1:] if hole is not None)), ()


def esri_geometry(value: Any) -> Any:
    """Turn a geometry of Esri's JSON, in degrees, into GeoJSON; anything else is handed on as it is."""
    given = members(value)
    if "paths" in given:
        return {"type": "MultiLineString", "coordinates": given["paths"]}
    if "rings" in given:  # a ring inside another is a hole there; without it the hazard is the larger
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in listed(given["rings"])]}
    if "points" in given:
        return {"type": "MultiPoint", "coordinates": given["points"]}
    if "x" in given and "y" in given:
        return {"type": "Point", "coordinates": [given["x"], given["y"]]}
    return value


def plain_area(shapes: Shapes, *, description: str = "", radius_m: float = 0.0) -> Area:
    """Make an area of shapes as they are, points as circles."""
    return Area(
        description=description,
        polygons=shapes.polygons,
        lines=shapes.lines,
        circles=tuple(Circle(lon=lon, lat=lat, radius_m=radius_m) for lon, lat in shapes.points),
    )


def road_area(
    shapes: Shapes, *, names: Iterable[str] = (), way: Way = Way.UNKNOWN, description: str = "",
    within: str = "", ends_only: bool = False,
) -> Area:  # fmt: skip
    """Make an area of places on a road: lines are its path, several points its ends."""
    ref, name = split_ref(names)
    places = [
        RoadPlace(ref=ref, name=name, way=way, points=line, ends_only=ends_only, within=within)
        for line in shapes.lines
    ]
    places += [
        RoadPlace(
            ref=ref,
            name=name,
            way=way if len(points) > 1 or way is Way.BOTH else Way.UNKNOWN,
            points=points,
            ends_only=True,
            within=within,
        )
        for points in ([shapes.points] if shapes.several else [(point,) for point in shapes.points])
    ]
    return Area(
        description=description or ", ".join(word for word in (ref, name, within) if word),
        polygons=shapes.polygons,
        roads=tuple(places),
    )


def split_ref(names: Iterable[str]) -> tuple[str, str]:
    """Give the first number and the first name of a road among its names; "" where there is none."""
    ref = name = ""
    for each in names:
        if _REF.fullmatch(each):
            ref = ref or each
        else:
            name = name or each
    return ref, name

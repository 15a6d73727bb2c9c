"""GeoJSON geometry to polygons, for feeds and tables whose shapes are areas.

In: a Polygon, a MultiPolygon, a GeometryCollection of them. Out: polygons, cut at the antimeridian; faults
where a ring cannot be understood. Refuses lines and points: what they mean is up to the format. Source: RFC
7946.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.antimeridian import on_the_map
from vado.feeds.findings import Findings
from vado.model.alert import Polygon, Ring
from vado.model.ids import LonLat

NESTED_MAX = 5
LON_MAX = 540.0


def polygons_of(value: Any, findings: Findings, where: str, *, depth: int = 0) -> tuple[Polygon, ...]:
    """Read a geometry; none at all, an empty one included, gives no polygon."""
    if value is None:
        return ()
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "GeometryCollection" and depth < NESTED_MAX:
        inside = value.get("geometries")
        return tuple(
            polygon
            for n, each in enumerate(inside if isinstance(inside, list) else ())
            for polygon in polygons_of(each, findings, f"{where}.geometries[{n}]", depth=depth + 1)
        )
    coordinates = value.get("coordinates") if isinstance(value, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        findings.fault("E1103", f"a geometry of type {kind!r} is no area", "send polygons", where)
        return ()
    found: list[Polygon] = []
    for n, rings in enumerate([coordinates] if kind == "Polygon" else coordinates):
        found += _polygon(rings, findings, f"{where}[{n}]")
    return tuple(found)


def _polygon(rings: Any, findings: Findings, where: str) -> list[Polygon]:
    if not isinstance(rings, list) or not rings:
        findings.note(where, "is empty")
        return []
    outer = _ring(rings[0], findings, where)
    if outer is None:
        return []
    parts, cut = on_the_map(outer)
    if cut or parts != [outer]:
        # Holes of a ring that was cut stay ground: larger, and nobody has to say on which side they lie.
        return [Polygon(outer=part) for part in parts]
    doubt = Findings()
    holes = [hole for each in rings[1:] if (hole := _ring(each, doubt, where)) is not None]
    findings.vertices += doubt.vertices
    if doubt.faults:
        findings.note(where, "a hole could not be read; it is not cut out")
    return [Polygon(outer=outer, holes=tuple(holes))]


def _ring(points: Any, findings: Findings, where: str) -> Ring | None:
    found: list[LonLat] = []
    for each in points if isinstance(points, list) else ():
        pair = each[:2] if isinstance(each, list) else ()
        if len(pair) != 2 or any(isinstance(x, bool) or not isinstance(x, int | float) for x in pair):
            findings.fault("E1004", f"{str(each)[:40]} is no position", "write [lon, lat]", where)
            return None
        lon, lat = pair
        if 180 < abs(lon) <= LON_MAX and -90 <= lat <= 90:
            findings.vertices += 1
            found.append((float(lon), float(lat)))
            continue
        if abs(lon) > LON_MAX or abs(lat) > 90:  # also integers that no float holds
            findings.fault("E1104", "a position is outside the world", "write lon, lat in degrees", where)
            return None
        point = findings.point(float(lon), float(lat), where, order="lon, lat in degrees")
        if point is None:
            return None
        found.append(point)
    return findings.ring(found, where) if found else None

"""The area of a CAP message: polygons, circles, geocodes and heights, as they are really written.

In: an area element, and what its info says in words. Out: an `Area`; faults where a shape cannot be
understood, notes where it was mended. Refuses to make an area smaller than what is said: a hole, a height
or a snow line that is in doubt is left out. CAP writes lat,lon; what leaves this file is lon, lat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from xml.etree.ElementTree import Element

from vado.feeds.antimeridian import on_the_map
from vado.feeds.cap_points import circle_numbers, collapsed, read_number, read_points
from vado.feeds.findings import Findings
from vado.feeds.format import one_line
from vado.feeds.heights import lowest_metres, names_metres
from vado.feeds.xml import Fields, fields, said, text
from vado.model.alert import Area, Circle, Polygon, Ring
from vado.model.ids import LonLat

# CAP 1.2 gives altitude and ceiling in feet above mean sea level. Source: section 3.2.4; 0.3048 m is the
# international foot.
FOOT_M = 0.3048
# Whose heights are metres all the same, by the country in their WMO identifiers (ISO 3166 number, 756 is
# Switzerland). Source: reference of feeds, altitudes of MeteoSwiss as MeteoAlarm passes them on.
METRE_SENDERS = ("2.49.0.0.756.", "2.49.0.1.756.")
RADIUS_MAX_KM = 20_040.0  # half way around the world
# DWD cannot write holes as CAP polygons: it names them among the geocodes. Source: DWD CAP profile 2.1.
HOLE = "exclude_polygon"
DISTRICTS = "warnverwaltungsbereiche"
DISTRICTS_MAX = 12_000  # Germany has some 11,000 municipalities
POLYGONS_MAX = 100  # of one area, that are asked whose a hole is


def pairs(elements: Iterable[Element]) -> list[tuple[str, str]]:
    """Read name and value children; several pairs in one element, and CAP 1.0's "name=value" text."""
    found: list[tuple[str, str]] = []
    for each in elements:
        has = fields(each)
        names = [text(child) for child in has.get("valueName", ())]
        values = [text(child) for child in has.get("value", ())]
        if names:
            found.extend(zip(names, (*values, *[""] * len(names)), strict=False))
        elif text(each):
            key, _, value = text(each).partition("=")
            found.append((key.strip(), value.strip()))
    return found


def read_area(
    element: Element, findings: Findings, *, at: str, words: str = "", metres: bool = False
) -> Area:
    """Read one area; `words` is what the info says of heights in prose, `metres` their unit."""
    in_it = fields(element)
    polygons: list[Polygon] = []
    for n, each in enumerate(in_it.get("polygon", ())):
        polygons += read_polygon(text(each), findings, f"{at}polygon[{n}]")
    codes = pairs(in_it.get("geocode", ()))
    holes = [(n, value) for n, (name, value) in enumerate(codes) if _is_hole(name)]
    if holes:
        polygons = _without(polygons, holes, findings, at)
    geocodes = [(name, value) for name, value in codes if not _is_hole(name)]
    above_m, below_m = _heights(in_it, findings, at, words=words, metres=metres)
    circles = _circles(in_it.get("circle", ()), findings, at=at)
    if polygons or circles:
        _emptied(in_it, findings, at)
    return Area(
        above_m=above_m,
        below_m=below_m,
        description=one_line(said(in_it, "areaDesc")),
        polygons=tuple(polygons),
        circles=tuple(circles),
        geocodes=tuple(geocodes),
    )


def _emptied(has: Fields, findings: Findings, at: str) -> None:
    """Doubt an area of which one shape is there and another is empty: an older version may have drawn it."""
    for name in ("polygon", "circle"):
        if any(not text(each) for each in has.get(name, ())):
            findings.doubt(name, f"{at}{name}", "one is empty beside a shape: what was drawn before stays")


def with_districts(areas: tuple[Area, ...], parameters: list[tuple[str, str]]) -> tuple[Area, ...]:
    """Give areas without a shape the districts that Germany's civil protection lists among the parameters.

    They are keys of regions (ARS). The number that stands in the area itself only counts its drawing, which
    is in a file of its own. Source: warnung.bund.de/api31, warnings/<id>.json, `warnVerwaltungsbereiche`.
    """
    listed = [value for name, value in parameters if name.casefold() == DISTRICTS]
    codes = tuple(("ARS", code.strip()) for value in listed for code in value.split(",") if code.strip())
    if not codes:
        return areas
    return tuple(
        area
        if area.has_shape
        else replace(
            area,
            geocodes=(*(pair for pair in area.geocodes if pair[0] != "AreaId"), *codes[:DISTRICTS_MAX]),
        )
        for area in areas
    )


def read_polygon(words: str, findings: Findings, where: str) -> list[Polygon]:
    """Read "lat,lon lat,lon ..."; more than one polygon where it crosses the antimeridian, none if empty."""
    points = read_points(words, findings, where)
    if points == []:
        findings.note(where, "is empty")
    ring = _ring(points, findings, where) if points else None
    if not ring:
        return []
    rings, crosses = on_the_map(ring)
    if crosses:
        findings.note(where, "crosses the antimeridian; cut there")
    return [Polygon(outer=each) for each in rings]


def _ring(points: list[LonLat], findings: Findings, where: str) -> Ring | None:
    """Check a ring; one that is drawn to its end and has no extent is as wide as it was rounded."""
    doubt = Findings()
    ring = doubt.ring(points, where)
    if ring is not None:
        findings.told(doubt)
        return ring
    strip = collapsed(points)
    if strip is None:
        return findings.ring(points, where)
    findings.note(where, "has no extent; a strip along it counts")
    return strip


def _circles(elements: Iterable[Element], findings: Findings, *, at: str) -> list[Circle]:
    circles = []
    for n, each in enumerate(elements):
        where = f"{at}circle[{n}]"
        if not text(each):
            findings.note(where, "is empty")
            continue
        circle = _circle(text(each), findings, where)
        if circle:
            circles.append(circle)
    return circles


def _is_hole(name: str) -> bool:
    return name.strip().casefold() == HOLE


def _without(
    polygons: list[Polygon], holes: list[tuple[int, str]], findings: Findings, at: str
) -> list[Polygon]:
    """Cut holes into the polygons around them; one that cannot be read, or lies in none, is not cut."""
    boxes = [_box(each.outer) for each in polygons]
    cut: list[list[Ring]] = [list(each.holes) for each in polygons]
    for n, words in holes:
        where = f"{at}geocode[{n}]"
        doubt = Findings()
        points = read_points(words, doubt, where)
        ring = doubt.ring(points, where) if points else None
        findings.vertices += doubt.vertices
        box = _box(ring) if ring else None
        around = [k for k, outer in enumerate(boxes[:POLYGONS_MAX]) if box and _inside(box, outer)]
        if not ring or len(around) != 1:
            findings.note(where, "no hole of one polygon; nothing is cut out")
            continue
        cut[around[0]].append(ring)
    return [replace(each, holes=tuple(rings)) for each, rings in zip(polygons, cut, strict=True)]


_Box = tuple[float, float, float, float]


def _box(ring: Ring) -> _Box:
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return min(lons), min(lats), max(lons), max(lats)


def _inside(inner: _Box, outer: _Box) -> bool:
    """Tell whether a box lies in another: enough to say whose hole it is."""
    west, south, east, north = outer
    return west <= inner[0] and south <= inner[1] and inner[2] <= east and inner[3] <= north


def _heights(
    has: Fields, findings: Findings, at: str, *, words: str, metres: bool
) -> tuple[float | None, float | None]:
    """Read altitude and ceiling in metres; what cannot be meant so is left out, and the area reaches farther.

    An altitude alone is by the standard one height; snow lies from there up, so it is read as from there up.
    """
    if "altitude" not in has and "ceiling" not in has:
        return None, None
    floor, roof = (_height(has, name, findings, at, metres=metres) for name in ("altitude", "ceiling"))
    if roof is not None and said(has, "altitude") == "":
        findings.note(f"{at}ceiling", "stands without an altitude; not used")
        return None, None
    if floor is not None and roof is not None and roof < floor:
        findings.note(f"{at}ceiling", "is below the altitude; neither is used")
        return None, None
    # The words and the field contradict each other in a third of real messages: the wider of the two counts.
    named = names_metres(words) if floor is not None or roof is not None else ()
    if floor is not None and floor > 0 and any(metre < floor - 1 for metre in named):
        findings.note(f"{at}altitude", "is above a height that the words name; not used")
        floor = None
    if roof is not None and any(metre > roof + 1 for metre in named):
        findings.note(f"{at}ceiling", "is below a height that the words name; not used")
        roof = None
    # At sea level and below it the ground is meant: there are roads below it.
    return floor if floor is not None and floor > 0 else None, roof


def _height(has: Fields, name: str, findings: Findings, at: str, *, metres: bool) -> float | None:
    words = said(has, name)
    if not words:
        return None
    try:
        value = read_number(words) * (1.0 if metres else FOOT_M)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        unit = "metres" if metres else "feet"
        findings.note(f"{at}{name}", f"{words[:40]!r} is no number of {unit}; not used")
        return None
    if metres:
        findings.note(f"{at}{name}", "this sender writes metres, not feet")
    return value


def snow_line(kind: str, words: str, areas: tuple[Area, ...]) -> float | None:
    """Give the height from which snow lies, where the words alone say it; None in any doubt."""
    if kind != "snow" or not areas or any(area.above_m or area.below_m for area in areas):
        return None
    return lowest_metres(words)


def _circle(words: str, findings: Findings, where: str) -> Circle | None:
    found = circle_numbers(words, findings, where)
    if found is None:
        cause = f"{words[:40]!r} is no lat,lon radius"
        findings.fault("E1004", cause, "write lat,lon and the radius in km", where)
        return None
    centre, radius_km = found
    points = read_points(centre, findings, where)
    if not 0 <= radius_km <= RADIUS_MAX_KM:  # also false for NaN
        findings.fault("E1004", f"a radius of {radius_km:g} km", f"write 0 to {RADIUS_MAX_KM:.0f} km", where)
        return None
    if not points:
        return None
    lon, lat = points[0]
    return Circle(lon=(lon + 180) % 360 - 180 if abs(lon) > 180 else lon, lat=lat, radius_m=radius_km * 1000)

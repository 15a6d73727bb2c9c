"""The shape of one place in DATEX II: lines, stretches between kilometres, points, areas.

In: the element of a place, and what is known of its road. Out: places on roads and polygons. Coordinates
come as lat, lon and leave as lon, lat. Metres of a national grid are turned into WGS 84. Refuses
to guess: a shape in a system that is not known, or with a position outside the world, is not used, and
said. Model: DATEX II 2.3 and 3.7, LocationReferencing, https://docs.datex2.eu/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds.datex_words import every, number, said, xsi_type
from vado.feeds.drawn import shape_of
from vado.feeds.projected import code_of, turn
from vado.feeds.xml import text
from vado.model.alert import Polygon, RoadPlace, Way
from vado.model.ids import LonLat

POINTS_MAX = 20_000  # of one record
KM_MAX = 20_000.0  # no road is longer
# Ways to say WGS 84 or what is the same within a metre (ETRS89), latitude first. Source: EPSG registry. CRS84
# is WGS 84 with the longitude first. Source: OGC, "Definition identifier URNs in OGC namespace".
LAT_FIRST = ("4326", "4258", "4979", "4937", "wgs84", "etrs89")
WAYS = {
    "aligned": Way.ALONG, "positive": Way.ALONG, "opposite": Way.AGAINST, "negative": Way.AGAINST,
    "both": Way.BOTH, "bothWays": Way.BOTH, "allDirections": Way.BOTH,
}  # fmt: skip
Km = tuple[float, float]


@dataclass(slots=True)
class Shapes:
    """What was found of one record, gathered."""

    roads: list[RoadPlace] = field(default_factory=list)
    polygons: list[Polygon] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points: int = 0

    @property
    def count(self) -> int:
        return len(self.roads) + len(self.polygons)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of the road of a place."""

    ref: str
    name: str
    slip: bool | None
    within: str
    way: Way | None  # stated for the whole record
    both_ways: bool  # what the record closes it closes in both directions, unless it says one

    def drawn_way(self, stated: Way | None = None, default: Way = Way.ALONG) -> Way:
        """Choose the direction of a line: as stated, else as drawn, which is how traffic runs (NDW)."""
        return self.way or stated or (Way.UNKNOWN if self.both_ways else default)

    def place(
        self,
        points: list[LonLat],
        way: Way,
        *,
        km: Km | None = None,
        ends_only: bool = False,
        heading_deg: float | None = None,
    ) -> RoadPlace:
        return RoadPlace(
            ref=self.ref,
            name=self.name,
            slip=self.slip,
            within=self.within,
            way=way,
            points=tuple(points),
            ends_only=ends_only or len(points) < 2,
            from_km=km[0] if km else None,
            to_km=km[1] if km else None,
            heading_deg=heading_deg,
        )


def read_shape(place: Element, about: About, found: Shapes) -> None:
    """Take the most exact shape that a place gives: drawn, by kilometres, by its ends, or a point."""
    before = found.count
    for each in (_drawn, _linear, _tpeg_line, _open_lr, _point_of):
        each(place, about, found)
        if found.count > before:
            return


def _drawn(place: Element, about: About, found: Shapes) -> None:
    for name in ("gmlMultiPolygon", "gmlPolygon"):
        for area in place.iter(name):
            for patch in (*area.iter("polygonPatch"), *area.iter("Polygon")) or (area,):
                outer = _ring(next(iter(patch.iter("exterior")), patch), found)
                holes = tuple(hole for each in patch.iter("interior") if (hole := _ring(each, found)))
                found.polygons += [Polygon(outer=outer, holes=holes)] if outer else []
    for line in place.iter("gmlLineString"):
        points = _positions(line, found)
        found.roads += [about.place(points, about.drawn_way())] if points else []
    for written in place.iter("geoJsonGeometry"):  # an extension of DiaLog (France)
        shape = shape_of({"geometry": _json(text(written))})
        found.points += sum(len(line) for line in shape.lines)
        found.roads += [about.place(list(line), about.drawn_way()) for line in shape.lines]
        found.polygons += shape.polygons
        found.notes += (
            shape.notes if shape.lines or shape.polygons else ["its GeoJSON draws nothing; not used"]
        )


def _json(words: str) -> Any:
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return None


def _ring(element: Element, found: Shapes) -> tuple[LonLat, ...]:
    points = _positions(element, found)
    if len(set(points)) < 3:
        return ()
    return tuple(points if points[0] == points[-1] else [*points, points[0]])


def _positions(element: Element, found: Shapes) -> list[LonLat]:
    """Read the points of all `posList` inside; none where any of them cannot be meant."""
    named = next((value for each in element.iter() for name, value in each.items() if "srsName" in name), "")
    flat = named.replace(" ", "").casefold()
    lon_first = "crs84" in flat
    other = None if not named or lon_first or any(each in flat for each in LAT_FIRST) else code_of(named)
    if named and not lon_first and other is None and not any(each in flat for each in LAT_FIRST):
        found.notes.append(f"the shape is in {named[:60]}, which is not WGS 84; not used")
        return []
    step = 3 if any(each.get("srsDimension") == "3" for each in element.iter()) else 2
    words = [word for each in element.iter("posList") for word in text(each).replace(",", " ").split()]
    found.points += len(words) // step
    if not words or len(words) % step or found.points > POINTS_MAX:
        found.notes.append("the list of positions is empty, cut short or too long; not used")
        return []
    try:
        lats, lons = [float(word) for word in words[0::step]], [float(word) for word in words[1::step]]
        if other is not None:
            # The system's own order of axes, as GML has it; Lambert 72 of Belgium: easting, northing.
            turned = turn(other, list(zip(lats, lons, strict=True)), lon_first=False)
            lons, lats = [lon for lon, _ in turned], [lat for _, lat in turned]
    except ValueError:
        lats, lons = [], []
    except PayloadError as refused:
        found.notes.append(f"{refused.faults[0].cause}; the shape is not used")
        return []
    if lon_first:
        lats, lons = lons, lats
    # NaN is not within either.
    if not lats or not all(-90 <= lat <= 90 for lat in lats) or not all(-180 <= lon <= 180 for lon in lons):
        found.notes.append("a position is outside the world or no number; the shape is not used")
        return []
    return list(zip(lons, lats, strict=True))


def _lon_lat(lat: float | None, lon: float | None) -> LonLat | None:
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return (lon, lat)


def _coordinates(element: Element, found: Shapes) -> list[LonLat]:
    """Read every latitude with the longitude beside it."""
    points: list[LonLat] = []
    for each in element.iter():
        if each.find("latitude") is None and each.find("longitude") is None:
            continue
        latitude, longitude = said(each, "latitude"), said(each, "longitude")
        point = _lon_lat(number(latitude), number(longitude))
        found.points += 1
        if point is None or found.points > POINTS_MAX:
            found.notes.append(f"lat {latitude[:20]!r}, lon {longitude[:20]!r} is no place; not used")
        else:
            points.append(point)
    return points


def _linear(place: Element, about: About, found: Shapes) -> None:
    """Read a stretch of a numbered road between two distances from where the road starts."""
    for line in place.iter("linearWithinLinearElement"):
        start, end = (_distance_km(next(iter(line.iter(name)), None)) for name in ("fromPoint", "toPoint"))
        stated = _stated(line, "directionRelativeOnLinearSection", "directionOnLinearSection")
        way = about.drawn_way(stated, Way.UNKNOWN)
        points = _coordinates(line, found)[:2]
        if about.ref and start is not None and end is not None:
            found.roads.append(about.place(points, way, km=(start, end), ends_only=True))
        elif points:
            found.roads.append(about.place(points, way, ends_only=True))


def _distance_km(end: Element | None) -> float | None:
    """Give a distance from the start of a road; one from a marker depends on where the marker stands."""
    if end is None or any("Referent" in xsi_type(each) for each in end.iter()):
        return None
    metres = next((number(each) for each in every(end, "distanceAlong")), None)
    return metres / 1000 if metres is not None and 0 <= metres <= KM_MAX * 1000 else None


def _stated(place: Element, *names: str) -> Way | None:
    words = (word for name in names for word in every(place, name))
    return next((WAYS[word] for word in words if word in WAYS), None)


def _tpeg_line(place: Element, about: About, found: Shapes) -> None:
    """Read a stretch by its two ends; `to` stands before `from` in the model, what counts is the name."""
    for line in place.iter("tpegLinearLocation"):
        ends = [each for name in ("from", "to") for each in islice(line.iter(name), 1)]
        points = [point for end in ends for point in _coordinates(end, found)[:1]]
        kms = [km for end in ends for km in km_points(end)[:1]]
        km = (kms[0], kms[1]) if len(kms) == 2 else None
        if points or (km and about.ref):
            way = about.way or _tpeg_way(line, km) or Way.UNKNOWN
            found.roads.append(about.place(points, way, km=km, ends_only=True))


def _tpeg_way(line: Element, km: Km | None) -> Way | None:
    """Give the direction: DGT says it of the kilometres; else traffic runs from `from` to `to`."""
    stated = _stated(line, "tpegDirectionRoad")
    if stated is not None:
        return stated if stated is Way.BOTH or km is not None else None
    words = every(line, "tpegDirection")
    if not words or words[0] in ("unknown", "other"):
        return None
    if WAYS.get(words[0]) is Way.BOTH:
        return Way.BOTH
    return Way.AGAINST if km is not None and km[1] < km[0] else Way.ALONG  # of rising kilometres


def _open_lr(place: Element, about: About, found: Shapes) -> None:
    """Read the location reference points of an OpenLR line as points along a road."""
    marks = [
        each
        for each in place.iter()
        if each.tag.casefold() in ("openlrlocationreferencepoint", "openlrlastlocationreferencepoint")
    ]
    points = [point for mark in marks for point in _coordinates(mark, found)[:1]]
    if len(points) >= 2:
        found.roads.append(about.place(points, about.drawn_way(), ends_only=True))


def _point_of(place: Element, about: About, found: Shapes) -> None:
    for each in _points_of(place):
        points, km = _coordinates(each, found)[:1], km_points(each)[:1]
        if not points and not (km and about.ref):
            continue
        stated = about.way or _stated(each, "tpegDirectionRoad", "directionRelativeAtPoint", "tpegDirection")
        bearing = next((number(word) for word in every(each, "bearing")), None)
        if bearing is not None and 0 <= bearing <= 360 and points:
            way = Way.BOTH if stated is Way.BOTH else Way.ALONG
            found.roads.append(about.place(points, way, heading_deg=bearing % 360))
        else:
            # Which way "aligned" is, a point alone does not say.
            way = Way.BOTH if stated is Way.BOTH else Way.UNKNOWN
            found.roads.append(about.place(points, way, km=(km[0], km[0]) if km else None))
        return


def _points_of(place: Element) -> Iterator[Element]:
    for name in (
        "pointByCoordinates", "tpegPointLocation", "pointAlongLinearElement", "openlrPointLocationReference",
        # Made for maps, in the middle of a stretch or beside it: better than no place at all.
        "coordinatesForDisplay", "locationForDisplay",
    ):  # fmt: skip
        yield from place.iter(name)


def km_points(element: Element) -> list[float]:
    """Read kilometre points as DGT's extension has them; junk is left out."""
    found = [number(each) for each in every(element, "kilometerPoint")]
    return [each for each in found if each is not None and 0 <= each <= KM_MAX]

"""Coordinates in another system than WGS 84: metres of a national grid, made into longitude and latitude.

In: the name of a system as GeoJSON's `crs`, ArcGIS's `spatialReference` or GML's `srsName` have it, and
positions. Out: the same positions in WGS 84. Refuses a system that it does not know, and one whose way to
WGS 84 is worse than a road is wide: a closure on the wrong road is worse than one that asks a person.
Source of all systems and of how exact they are: EPSG registry, as PROJ has it. GeoJSON has had no `crs`
since RFC 7946 (section 4); GDAL, GeoServer and traffic centres write it on.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf
from typing import Any

from vado.errors import PayloadError
from vado.model.ids import LonLat

# Degrees of WGS 84, or of a system that is the same within a metre: taken as they stand. Source: EPSG.
DEGREES = frozenset((4326, 4258, 4979, 4937, 4171, 4269, 4283, 4674))
# How exact the way to WGS 84 must be: half the width of a road with two lanes and verges. Our choice.
EXACT_M = 5.0
AROUND_DEG = 1.0  # so far beyond a system's area of use a road may run. Our choice.
POSITIONS_MAX = 300_000  # of one document
DEPTH_MAX = 8
_CODE = re.compile(r"epsg(?:\.xml)?[:/#0-9.]*?[:/#](\d{4,6})(?!.*\d)", re.IGNORECASE)
_ESRI = {102100: 3857, 102113: 3857}  # ArcGIS's own numbers of web Mercator; the others are EPSG's


def turned(value: Any, *, most: int = POSITIONS_MAX) -> str:
    """Turn all positions of a JSON document into WGS 84, in place; say from what, "" where they are.

    Raises PayloadError E1104 for a system that is not read, E1002 for too many positions.
    """
    code = _code_of(value)
    if code is None or code in DEGREES:
        return ""
    places = list(_holders(value, most))
    pairs = [(float(each[x]), float(each[y])) for each, x, y in places]
    for (each, x, y), (lon, lat) in zip(places, turn(code, pairs, lon_first=True), strict=True):
        each[x], each[y] = lon, lat
    return f"has coordinates in EPSG:{code}; turned into WGS 84"


def code_of(name: str) -> int | None:
    """Give the EPSG number that a name of a system holds: "urn:ogc:def:crs:EPSG::31370", "EPSG:31370"."""
    found = _CODE.search(name.strip()[:200])
    return int(found[1]) if found else None


def turn(code: int, pairs: Sequence[tuple[float, float]], *, lon_first: bool) -> list[LonLat]:
    """Turn positions; `lon_first`: easting stands first, else the order is the system's own.

    What lies outside the area that the system is made for comes back as infinite: it is not meant so.
    Raises PayloadError E1104.
    """
    way, (west, south, east, north) = _way(code, lon_first)
    if not pairs or all(abs(x) <= 180 and abs(y) <= 180 for x, y in pairs):
        return [(inf, inf)] * len(pairs)  # degrees all the same, under the name of a grid
    xs, ys = (list(each) for each in zip(*pairs, strict=True))
    first, second = way.transform(xs, ys)
    lons, lats = (first, second) if lon_first else (second, first)
    return [
        (lon, lat)
        if west - AROUND_DEG <= lon <= east + AROUND_DEG and south - AROUND_DEG <= lat <= north + AROUND_DEG
        else (inf, inf)
        for lon, lat in zip(lons, lats, strict=True)
    ]


def refused(name: str) -> PayloadError:
    return PayloadError(
        f"the coordinates are in {name[:60]}, which is not read",
        code="E1104",
        action="send longitude and latitude of WGS 84 (ogr2ogr -t_srs EPSG:4326)",
    )


@lru_cache(maxsize=32)
def _way(code: int, lon_first: bool) -> tuple[Any, tuple[float, float, float, float]]:
    """Give what turns positions of a system, and where the system is of use: west, south, east, north."""
    from pyproj import CRS  # takes a tenth of a second, and most documents need none
    from pyproj.exceptions import ProjError
    from pyproj.transformer import TransformerGroup

    try:
        system = CRS.from_epsg(code)
        if not (system.is_projected or system.is_geographic):
            raise refused(f"EPSG:{code}")
        with warnings.catch_warnings():  # that there is a better way with a grid, which is not here
            warnings.simplefilter("ignore")
            found = TransformerGroup(system, CRS.from_epsg(4326), always_xy=lon_first).transformers
    except ProjError:
        raise refused(f"EPSG:{code}") from None
    # Without a number for how exact a way is, the shift between the two systems is not known.
    exact = [each for each in found if 0 <= each.accuracy <= EXACT_M]
    use = system.area_of_use
    if not exact or use is None:
        raise refused(f"EPSG:{code}")
    return exact[0], use.bounds


def _code_of(value: Any) -> int | None:
    """Give the system that a document names; None where it names none, or plain degrees."""
    if not isinstance(value, dict):
        return None
    crs, esri = value.get("crs"), value.get("spatialReference")
    if isinstance(crs, str):
        crs = {"properties": {"name": crs}}
    if isinstance(crs, dict):
        properties = crs.get("properties")
        named = properties.get("name", properties.get("code")) if isinstance(properties, dict) else None
        if crs.get("type") == "EPSG" and isinstance(named, int):
            return named
        name = named if isinstance(named, str) else ""
        if "crs84" in name.casefold().replace(":", ""):
            return None
        code = code_of(name)
        if code is None and name:
            raise refused(name)
        return code
    if isinstance(esri, dict):
        code = esri.get("latestWkid", esri.get("wkid"))
        return _ESRI.get(code, code) if isinstance(code, int) else None
    return None


def _holders(value: dict[str, Any], most: int) -> Iterator[tuple[Any, Any, Any]]:
    """List where all positions stand, as (holder, key of x, key of y)."""
    features = value.get("features")
    listed = features if isinstance(features, list) else [value]
    geometries = [each.get("geometry") for each in listed if isinstance(each, dict)]
    waiting: list[tuple[Any, int]] = [(each, 0) for each in geometries]
    count = 0
    while waiting:
        each, depth = waiting.pop()
        if depth > DEPTH_MAX:
            continue
        found: tuple[Any, Any, Any] | None = None
        if isinstance(each, dict):
            if _is_number(each.get("x")) and _is_number(each.get("y")):
                found = (each, "x", "y")
            inside = (each.get(k) for k in ("coordinates", "geometries", "paths", "rings", "points"))
            waiting += [(one, depth + 1) for one in inside if one is not None]
        elif isinstance(each, list) and len(each) >= 2 and _is_number(each[0]) and _is_number(each[1]):
            found = (each, 0, 1)
        elif isinstance(each, list):
            waiting += [(one, depth + 1) for one in each]
        if found is not None:
            count += 1
            if count > most:
                raise PayloadError(
                    f"more than {most} positions of another coordinate system",
                    code="E1002",
                    action="send WGS 84, or fewer at once",
                )
            yield found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12

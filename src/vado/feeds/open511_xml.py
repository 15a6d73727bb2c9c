"""Open511 in XML, turned into the members that its JSON has: the standard defines each by the other.

In: the root element. Out: events as objects; a geometry as GeoJSON. GML in EPSG:4326 writes lat lon.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.records import number

DEPTH_MAX = 8


def events_of(root: Element) -> list[dict[str, Any]]:
    return [_members(event) for each in xml.children(root, "events") for event in xml.children(each, "event")]


def _members(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = xml.local(child)
        if name == "geography":
            found[name] = _geometry(child)
        elif name not in found:  # the first language is the document's own
            found[name] = _value(child, depth=1)
    return found


def _value(element: Element, *, depth: int) -> Any:
    if not len(element) or depth > DEPTH_MAX:
        return xml.text(element)
    name = xml.local(element)
    if all(xml.local(child) + "s" == name for child in element):
        return [_value(child, depth=depth + 1) for child in element]
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(xml.local(child), _value(child, depth=depth + 1))
    return found


def _geometry(element: Element) -> dict[str, Any] | None:
    """Read all positions inside: a list of them is a line or, in a polygon, its ring."""
    found: list[dict[str, Any]] = []
    for ring in _inside(element, "Polygon"):
        rings = [_pairs(each) for each in _inside(ring, "posList")]
        found.append({"type": "Polygon", "coordinates": rings})
    for line in _inside(element, "LineString"):
        pairs = [pair for each in _inside(line, "posList") for pair in _pairs(each)]
        found.append({"type": "LineString", "coordinates": pairs})
    for point in _inside(element, "Point"):
        pairs = [pair for each in _inside(point, "pos") for pair in _pairs(each)]
        found.append({"type": "MultiPoint", "coordinates": pairs})
    return {"type": "GeometryCollection", "geometries": found} if found else None


def _inside(element: Element, name: str) -> list[Element]:
    return [each for each in element.iter() if xml.local(each) == name]


def _pairs(element: Element) -> list[list[float | None]]:
    numbers = [number(each) for each in xml.text(element).split()]
    return [[lon, lat] for lat, lon in zip(numbers[::2], numbers[1::2], strict=False)]

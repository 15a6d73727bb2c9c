"""Recognise: which format some bytes are in, without reading what they say.

In: bytes. Out: CAP alert elements, or the GeoJSON value; anything else is a PayloadError that names what it
looks like. Refuses to guess: a message of another standard must never be read as a closure by accident.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds import xml

BODY_MAX = 10_000_000  # bytes
CAP_NAMESPACES = ("emergency:cap:1.", "www.incident.com/cap/1.")
# Root elements of formats that are not read, so that the refusal can name them.
_OTHER_XML = {
    "d2LogicalModel": "DATEX II 2",
    "messageContainer": "DATEX II 3",
    "payload": "DATEX II 3",
    "rss": "an RSS index",
    "feed": "an Atom index",
    "html": "an HTML page",
    "FeatureCollection": "GML",
}
# A member that gives a JSON format away; searched at the top and in the first feature's properties.
_OTHER_JSON = {
    "feed_info": "WZDx",
    "road_event_feed_info": "WZDx",
    "core_details": "WZDx",
    "areaDesc": "NWS alerts",
    "affectedZones": "NWS alerts",
    "alertId": "a MeteoAlarm index",
    "hubTime": "a MeteoAlarm index",
    "warnings": "MeteoAlarm JSON",
    "events": "Open511",
    "mag": "USGS earthquakes",
    "eventid": "GDACS",
    "iconCategory": "TomTom incidents",
    "openapi": "an OpenAPI document",
    "jobs": "a routing problem",
    "warnId": "NINA warnings",
}


def recognise(body: bytes) -> list[Element] | dict[str, Any]:
    """Give the CAP alerts of an XML document (bare, or inside Atom, EDXL or a list), or a GeoJSON value."""
    if len(body) > BODY_MAX:
        raise PayloadError(
            f"the message has {len(body)} bytes, the limit is {BODY_MAX}",
            code="E1002",
            action="send one alert a message",
        )
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16, only XML comes in it
        return _cap(body)
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return _cap(body.removeprefix(b"\xef\xbb\xbf"))
    if start in (b"{", b"["):
        return _geojson(body)
    raise _unread("neither XML nor JSON" if body.strip() else "nothing at all")


def _cap(body: bytes) -> list[Element]:
    root = xml.read(body)
    alerts = xml.find_all(root, "alert")
    # An "alert" without namespace is read too: some senders forget it. One of another standard is not.
    alerts = [
        alert for alert in alerts if "}" not in alert.tag or any(n in alert.tag for n in CAP_NAMESPACES)
    ]
    if alerts:
        return alerts
    name = xml.local(root)
    looks = _OTHER_XML.get(name, f"XML with the root element {name!r}")
    if name in ("rss", "feed"):
        looks += " that names messages without holding any"
    raise _unread(looks)


def _geojson(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, object_pairs_hook=_members)
    except RecursionError as bad:
        raise PayloadError("the JSON is nested too deeply", code="E1002", action="send GeoJSON") from bad
    except UnicodeDecodeError as bad:
        raise PayloadError("the JSON is not in UTF-8", code="E1001", action="send UTF-8") from bad
    except json.JSONDecodeError as bad:
        raise PayloadError(
            f"broken JSON at line {bad.lineno}, column {bad.colno}: {bad.msg}",
            code="E1001",
            action="send it again whole; check that it was not cut off on the way",
        ) from bad
    except ValueError as bad:  # a number of thousands of digits
        raise PayloadError(f"broken JSON: {bad}", code="E1001", action="send shorter numbers") from bad
    if not isinstance(value, dict):
        raise _unread("a JSON list or a bare value")
    features = value.get("features")
    head = features[0] if isinstance(features, list) and features and isinstance(features[0], dict) else value
    properties = head.get("properties")
    members = {*value, *(properties if isinstance(properties, dict) else {})}
    for member, name in _OTHER_JSON.items():
        if member in members:
            raise _unread(f"{name} (it has {member!r})")
    if value.get("type") not in ("FeatureCollection", "Feature"):
        raise _unread("JSON, but no GeoJSON feature")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in one object: readers would differ in which of the two counts."""
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PayloadError(f"the member {twice!r} stands twice in one object", action="send it once")
    return value


def _unread(looks: str) -> PayloadError:
    return PayloadError(
        f"the message looks like {looks}, which is not read",
        code="E1006",
        action="send CAP 1.x XML or GeoJSON closures; see docs/howto/feed.md",
    )

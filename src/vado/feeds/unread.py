"""What a message looks like that no format reads, so that its refusal can name it.

In: a document. Out: words. Any GeoJSON looks like closures: a member of another format gives it away first.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.format import Document

# Root elements of formats that are not read, so that the refusal can name them.
_XML = {
    "rss": "an RSS index",
    "feed": "an Atom index",
    "html": "an HTML page",
    "FeatureCollection": "GML",
    "open511": "Open511 that is no list of events",
    "WZDx": "WZDx 1, a draft of 2019",
}
# A member that gives a JSON format away; searched at the top and in the first feature's properties.
_JSON = {
    "feed_info": "WZDx",
    "road_event_feed_info": "WZDx",
    "core_details": "WZDx",
    "areaDesc": "NWS alerts",
    "affectedZones": "NWS alerts",
    "alertId": "a MeteoAlarm index",
    "hubTime": "a MeteoAlarm index",
    "warnings": "MeteoAlarm JSON",
    "events": "Open511",
    "WZDx": "WZDx 1, a draft of 2019",
    "traffic_segments": "Open511 that is no list of events",
    "jurisdictions": "Open511 that is no list of events",
    "mag": "USGS earthquakes",
    "eventid": "GDACS",
    "iconCategory": "TomTom incidents",
    "openapi": "an OpenAPI document",
    "jobs": "a routing problem",
    "warnId": "the shapes of a NINA warning without what it warns of",
}


def looks_like(document: Document) -> str:
    """Name what a document looks like."""
    if document.root is not None:
        name = document.root_name
        looks = _XML.get(name, f"XML with the root element {name!r}")
        return f"{looks} that names messages without holding any" if name in ("rss", "feed") else looks
    if document.value is None:
        return "neither XML nor JSON"
    if document.value == []:
        return 'an empty list that says not of what (where it is all that holds, declare lifecycle = "full")'
    if not isinstance(document.value, dict):
        return "a JSON list or a bare value"
    payload = document.value.get("payload")
    if isinstance(payload, list) and payload and isinstance(payload[0], dict):
        names = [name for name in payload[0] if name.endswith("Publication")]
        if names:
            return f"DATEX II in JSON with a {names[0][:80]}"
    return other_json(document.value) or "JSON, but no GeoJSON feature"


def other_json(value: dict[str, Any]) -> str:
    """Name the format that a member of it gives away, "" where none does."""
    features = value.get("features")
    head = features[0] if isinstance(features, list) and features and isinstance(features[0], dict) else value
    properties = head.get("properties")
    members = {*value, *(properties if isinstance(properties, dict) else {})}
    return next((f"{name} (it has {member!r})" for member, name in _JSON.items() if member in members), "")

"""GDACS: disasters of the world, RSS or GeoJSON, as a hint that a person should look.

Source: www.gdacs.org/xml/rss.xml and its API, gdacs.org/gdacsapi. Its colours tell how much help a country
may need, not what roads are like, and its box is what its map shows: nothing is shut by it. In: events.
Out: one alert an event, its newest episode. Refuses to take the highest level of an event's life for how it
is now.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import local_s
from vado.feeds.records import (
    HEADS_MAX,
    Record,
    Unusable,
    heads,
    is_false,
    listed,
    members,
    number,
    read_records,
    records_of,
    text,
)  # fmt: skip
from vado.feeds.stated import INSPECT, NONE
from vado.model.alert import Alert, Area, Circle, Info, MsgType, Polygon
from vado.model.when import epoch_s

NAMESPACE = "gdacs.org"
KINDS = {
    "EQ": "earthquake", "TC": "cyclone", "FL": "flood", "VO": "volcano", "DR": "other", "WF": "wildfire",
    "TS": "tsunami",
}  # fmt: skip
# Its colours in CAP's words: our choice. Its own CAP files write nearly one severity for all colours of a
# kind. Source: seevee/weather_alerts_card#205.
SEVERITIES = {"green": "Minor", "orange": "Severe", "red": "Extreme"}
# A person is asked so long after the last observation, when the event is listed no more: own judgement.
ASK_S = 7 * 86_400


def looks_rss(document: Document) -> bool:
    return document.root is not None and any(
        NAMESPACE in child.tag for item in _items(document.root)[:HEADS_MAX] for child in item
    )


def looks_json(document: Document) -> bool:
    return any("eventid" in head and "eventtype" in head for head in heads(document.member("features")))


def _items(root: Element) -> list[Element]:
    return [item for channel in xml.children(root, "channel") for item in xml.children(channel, "item")]


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    if document.root is not None:
        events: list[Any] = [_plain(item) for item in _items(document.root)]
    else:
        events = [_flat(feature) for feature in records_of(document.value, "features", "GDACS")]
    channels = xml.children(document.root, "channel") if document.root is not None else ()
    head = Record(None, "channel")
    feed_s = max((_time(head, _plain(each), "pubdate") or 0 for each in channels), default=0)
    newest: dict[str, dict[str, Any]] = {}
    for n, event in enumerate(events):
        key = _identifier(event) or f"#{n}"
        if key not in newest or (number(newest[key].get("episodeid")) or 0) <= (
            number(event.get("episodeid")) or 0
        ):
            newest[key] = event
    return read_records(
        list(newest.values()),
        reading,
        name="event",
        sender="GDACS",
        identify=_identifier,
        read=lambda record: _event(record, reading, feed_s),
    )


def _plain(item: Element) -> dict[str, Any]:
    """Give the members of an item; of GDACS's own and of RSS's they have different names."""
    found: dict[str, Any] = {}
    for child in item:
        found.setdefault(xml.local(child).casefold(), xml.text(child))
    return found


def _flat(feature: Any) -> dict[str, Any]:
    given = members(feature)
    box, geometry = listed(given.get("bbox")), members(given.get("geometry"))
    # GeoJSON orders a box west, south, east, north; GDACS's own RSS west, east, south, north.
    turned = [box[0], box[2], box[1], box[3]] if len(box) == 4 else []
    point = listed(geometry.get("coordinates")) if geometry.get("type") == "Point" else []
    return {
        **members(given.get("properties")),
        "bbox": " ".join(text(each) for each in turned),
        "point": f"{text(point[1])} {text(point[0])}" if len(point) >= 2 else "",
    }


def _identifier(event: dict[str, Any]) -> str:
    type_, number_ = text(event.get("eventtype")).upper(), text(event.get("eventid"))
    return f"{type_}{number_}" if type_ and number_ else text(event.get("guid"))


def _event(record: Record, reading: Reading, feed_s: int) -> Alert:
    event = members(record.value)
    identifier, type_ = _identifier(event), text(event.get("eventtype")).upper()
    level = (text(event.get("episodealertlevel")) or text(event.get("alertlevel"))).casefold()
    if not identifier or level not in SEVERITIES:
        raise Unusable(f"the event {identifier or 'without id'} has no alert level")
    begun_s, last_s = _time(record, event, "fromdate"), _time(record, event, "todate")
    said_s = _time(record, event, "datemodified") or _time(record, event, "pubdate") or last_s or begun_s
    # Of an event that is over it says so without a new date: it is as of the whole list.
    sent_s = record.sent(max(said_s, feed_s) if said_s is not None else feed_s or None, reading)
    title = text(event.get("title")) or text(event.get("name")) or identifier
    info = Info(
        event=title,
        kind=KINDS.get(type_, ""),
        category="Geo",
        urgency="Immediate",
        severity=SEVERITIES[level],
        certainty="Observed",
        onset_s=begun_s if begun_s is not None else sent_s,
        expires_s=max(begun_s or sent_s, last_s or sent_s) + ASK_S,
        headline=title,
        description=text(event.get("description")),
        parameters=(("alertlevel", level), ("episode", text(event.get("episodeid")))),
        stated=(NONE if level == "green" else INSPECT,),
        areas=(_area(record, event),),
    )
    return reading.alert(
        sender="GDACS",
        identifier=identifier,
        sent_s=sent_s,
        event=f"GDACS:{identifier}",
        msg_type=MsgType.CANCEL if is_false(event.get("iscurrent")) else MsgType.ALERT,
        infos=(info,),
    )


def _time(record: Record, event: dict[str, Any], name: str) -> int | None:
    """Read a date of RFC 822, or one of the API, which is in UTC without saying so."""
    written = text(event.get(name))
    plain = local_s(written, (UTC,), latest=False)
    if plain is not None or not written:
        return plain
    try:
        return epoch_s(parsedate_to_datetime(written[:60]))
    except (ValueError, TypeError, OverflowError, IndexError):
        return record.instant(written, name)


def _area(record: Record, event: dict[str, Any]) -> Area:
    """Give the box, in two where it crosses 180 degrees; else the point."""
    name = text(event.get("country"))
    corners = [number(each) for each in text(event.get("bbox")).split()]
    if len(corners) == 4 and None not in corners:
        west, east, south, north = (each or 0.0 for each in corners)
        if west < east <= west + 360 and -90 <= south < north <= 90 and -360 <= west <= 360:
            return Area(description=name, polygons=_boxes(west, east, south, north))
    spot = [number(each) for each in text(event.get("point")).split()]
    if len(spot) == 2 and None not in spot:
        lat, lon = (each or 0.0 for each in spot)
        point = record.findings.point((lon + 180) % 360 - 180, lat, record.where, order="lat lon")
        return Area(
            description=name, circles=(Circle(lon=point[0], lat=point[1], radius_m=0.0),) if point else ()
        )
    record.note("it gives neither box nor point")
    return Area(description=name)


def _boxes(west: float, east: float, south: float, north: float) -> tuple[Polygon, ...]:
    turn = 360 * ((west + 180) // 360)
    west, east = west - turn, east - turn
    spans = [(west, east)] if east <= 180 else [(west, 180.0), (-180.0, east - 360)]
    return tuple(
        Polygon(outer=((a, south), (b, south), (b, north), (a, north), (a, south))) for a, b in spans if a < b
    )


JSON = Format(name="GDACS JSON", lifecycle=Lifecycle.WINDOW, looks=looks_json, read=read)
FORMAT = Format(name="GDACS RSS", lifecycle=Lifecycle.WINDOW, looks=looks_rss, read=read)

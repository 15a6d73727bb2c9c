"""Alertswiss: warnings of Swiss authorities to people, one message or the list of all that hold.

Source: www.alert.swiss, the JSON that its own pages ask for; it has no published standard. Its areas write
[lat, lon], and polygons have `excludes`, which are holes. In: JSON. Out: one alert a message; the last
number of an identifier is the version of the message, and is not its name. Refuses to take a test for a
warning.
"""

from __future__ import annotations

import html
import re
from datetime import UTC
from typing import Any

from vado.feeds.cap_area import RADIUS_MAX_KM
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import local_s
from vado.feeds.records import Record, Unusable, heads, listed, members, number, read_records, text
from vado.model.alert import Alert, Area, Circle, Info, MsgType, Polygon
from vado.model.ids import LonLat

_MARKS = frozenset({"identifier", "allClear", "severity", "technicalTestAlert"})
_SEVERITIES = {"extreme": "Extreme", "severe": "Severe", "moderate": "Moderate", "minor": "Minor"}
_VERSION = re.compile(r"-\d{1,6}$", re.ASCII)
_TAG = re.compile(r"<[^<>]{0,300}>")
# "Tue, 20.05.2025, 12:41", Swiss time; the reference has the whole time with offset.
_SENT = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}), (\d\d:\d\d)", re.ASCII)


def looks(document: Document) -> bool:
    return len(_MARKS & members(document.value).keys()) >= 3


def looks_list(document: Document) -> bool:
    alerts = document.member("alerts")
    if not isinstance(alerts, list):
        return False
    beats = document.member("heartbeatAgeInMillis") is not None
    return beats or any(len(_MARKS & head.keys()) >= 3 for head in heads(alerts))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    alerts = document.member("alerts")
    return read_records(
        alerts if isinstance(alerts, list) else [document.value],
        reading,
        name="alerts",
        sender="Alertswiss",
        identify=_identifier,
        read=lambda record: _alert(record, reading),
    )


def _identifier(value: Any) -> str:
    return _VERSION.sub("", text(members(value).get("identifier")))


def _alert(record: Record, reading: Reading) -> Alert:
    given = members(record.value)
    identifier = _identifier(given)
    if not identifier:
        raise Unusable("it has no identifier")
    sent_s = _sent(record, given)
    if sent_s is None:
        raise Unusable("it does not say when it was sent")
    sent_s = record.sent(sent_s, reading)
    test = any(given.get(name) is True for name in ("testAlert", "technicalTestAlert"))
    over = given.get("allClear") is True
    return reading.alert(
        sender="Alertswiss",
        identifier=identifier,
        sent_s=sent_s,
        status="Test" if test else "Actual",
        event=identifier,
        msg_type=MsgType.CANCEL if over else MsgType.ALERT,
        infos=() if over else (_info(record, given, reading, sent_s),),
    )


def _sent(record: Record, given: dict[str, Any]) -> int | None:
    stamp = text(given.get("reference")).rpartition(",")[2]
    if "T" in stamp:
        return record.instant(stamp, "reference")
    match = _SENT.search(text(given.get("sent")))
    if match is None:
        return None
    day, month, year, clock = match.groups()
    # Without offset: Swiss time is not behind UTC, and so this is not before it was sent.
    record.note("it was sent at a time without offset; taken as UTC")
    return local_s(f"{year}-{month}-{day} {clock}", (UTC,), latest=False)


def _info(record: Record, given: dict[str, Any], reading: Reading, sent_s: int) -> Info:
    event, title = text(given.get("event")), _plain(members(given.get("title")).get("title"))
    instructions = (
        _plain(members(each).get("text")) for each in record.few(given.get("instructions"), "instructions")
    )
    areas = tuple(_area(record, members(each)) for each in record.few(given.get("areas"), "areas"))
    if not areas and given.get("nationWide") is True:
        areas = (Area(description="Switzerland", geocodes=(("ISO3166-1", "CH"),)),)
    return Info(
        event=event or title,
        kind=reading.kinds.find((event, title)),
        category="Safety",
        language="",
        urgency="Immediate",
        severity=_SEVERITIES.get(text(given.get("severity")).casefold(), "Unknown"),
        certainty="Observed",
        # Its time may be read as UTC for want of an offset; what was received is not still to come.
        onset_s=min(sent_s, reading.received_s or sent_s),
        expires_s=None,
        headline=title or event,
        description=_plain(members(given.get("description")).get("description")),
        instruction=" ".join(each for each in instructions if each),
        areas=areas,
    )


def _plain(value: Any) -> str:
    """Give a text of a web page without its tags."""
    return text(html.unescape(_TAG.sub(" ", text(value))))


def _area(record: Record, given: dict[str, Any]) -> Area:
    polygons: list[Polygon] = []
    for each in map(members, record.few(given.get("polygons"), "polygons")):
        outer = record.findings.ring(_points(record, each.get("coordinates")), record.where)
        holes = [
            record.findings.ring(_points(record, hole), record.where)
            for hole in (
                members(one).get("coordinates", one) for one in record.few(each.get("excludes"), "excludes")
            )
        ]
        if outer is not None:
            polygons.append(Polygon(outer=outer, holes=tuple(hole for hole in holes if hole is not None)))
    circles = [
        circle
        for each in record.few(given.get("circles"), "circles")
        if (circle := _circle(record, members(each)))
    ]
    regions = (text(members(each).get("region")) for each in record.few(given.get("regions"), "regions"))
    return Area(
        description=_plain(members(given.get("description")).get("description")),
        polygons=tuple(polygons),
        circles=tuple(circles),
        geocodes=tuple(("Alertswiss region", region) for region in regions if region),
    )


def _points(record: Record, value: Any) -> list[LonLat]:
    points = []
    for each in listed(value):
        lat, lon = ([number(n) for n in listed(each)[:2]] + [None, None])[:2]
        if lat is None or lon is None:
            record.findings.fault(
                "E1103", f"{str(each)[:40]} is no position", "write [lat, lon]", record.where
            )
            return []
        point = record.findings.point(lon, lat, record.where, order="[lat, lon] in degrees")
        points += [point] if point else []
    return points


def _circle(record: Record, given: dict[str, Any]) -> Circle | None:
    """Read a centre and a radius in kilometres, as CAP writes them."""
    centre = given.get("centerPosition") or given.get("center") or given.get("coordinates")
    points = _points(record, [centre])
    radius_km = number(given.get("radius"))
    if not points or radius_km is None or not 0 <= radius_km <= RADIUS_MAX_KM:
        record.findings.fault("E1103", "a circle without centre or radius", "ask the source", record.where)
        return None
    return Circle(lon=points[0][0], lat=points[0][1], radius_m=radius_km * 1000)


LIST = Format(name="Alertswiss, all that hold", lifecycle=Lifecycle.FULL, looks=looks_list, read=read)
FORMAT = Format(name="Alertswiss", lifecycle=Lifecycle.STREAM, looks=looks, read=read)

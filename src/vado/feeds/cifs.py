"""CIFS 2: closures and incidents as Waze takes them from its partners.

Standard: Closure and Incident Feed Specification, developers.google.com/waze/data-feed/cifs-specification,
schema gstatic.com/road-incidents/cifsv2.xsd. In: XML. Out: one alert an incident. It writes lat lon; a line
is drawn in its direction of travel. Refuses to take anything but ROAD_CLOSED, or all lanes closed, for a
closed road.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from vado.errors import PayloadError
from vado.feeds import xml
from vado.feeds.cifs_json import to_element
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import HOURS_MAX, Budget, local_s, read_hours, spells, zones_at
from vado.feeds.records import Record, Unusable, heads, members, number, read_records, text
from vado.feeds.shapes import Shapes, road_area
from vado.feeds.stated import INSPECT, LANE_CLOSED, NONE, SHUT
from vado.feeds.xml import children, first
from vado.hazards import Kinds
from vado.model.alert import Alert, Area, Info, StatedEffect, Way
from vado.model.ids import LonLat
from vado.model.when import Interval

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WAYS = {"ONE_DIRECTION": Way.ALONG, "BOTH_DIRECTIONS": Way.BOTH}
# Of no effect on the road itself.
_HARMLESS = ("POLICE", "CHIT_CHAT", "JAM")
_BESIDE = "HAZARD_ON_SHOULDER"


def looks(document: Document) -> bool:
    listed = document.member("incidents")
    each = members(listed).get("incident", listed) if isinstance(listed, dict) else listed
    return document.root_name == "incidents" or any(
        "polyline" in (members(head.get("incident")) or head) for head in heads(each)
    )


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    root = document.root if document.root is not None else to_element("incidents", document.value)
    found = list(children(root, "incident"))
    if len(root) and not found:
        raise PayloadError(
            "a list of incidents without one of CIFS",
            code="E1006",
            action="send CIFS 2: incidents with incident elements",
        )
    dated = Record(root, "incidents")
    feed_s = dated.instant(root.get("timestamp", ""), "timestamp")
    budget = Budget()
    return read_records(
        found,
        reading,
        name="incident",
        sender=reading.source,
        identify=lambda element: text(element.get("id")),
        read=lambda record: _incident(record, reading, feed_s=feed_s, budget=budget),
    )


def _incident(record: Record, reading: Reading, *, feed_s: int | None, budget: Budget) -> Alert:
    element: Element = record.value
    identifier = text(element.get("id"))
    if not identifier:
        raise Unusable("it has no id")
    updated_s = record.instant(first(element, "updatetime"), "updatetime")
    created_s = record.instant(first(element, "creationtime"), "creationtime")
    # Most partners never write when they changed an incident: then the document is as of its receipt.
    dates = [each for each in (feed_s, updated_s) if each is not None] or [
        reading.received_s or created_s or 0
    ]
    sent_s = record.sent(max(dates), reading)
    parent = next((text(each.get("id")) for each in children(element, "parent_event")), "")
    return reading.alert(
        sender=reading.source,
        identifier=identifier,
        sent_s=sent_s,
        event=parent or identifier,
        infos=(_info(record, element, reading, sent_s, budget),),
    )


def _info(record: Record, element: Element, reading: Reading, sent_s: int, budget: Budget) -> Info:
    type_, subtype = first(element, "type").upper(), first(element, "subtype").upper()
    kind, stated = _effect(record, element, reading.kinds, type_, subtype)
    area = _area(record, element, shuts=stated == (SHUT,))
    point = area.roads[0].points[0] if area.roads else None
    zones = zones_at(point)
    start, end = first(element, "starttime"), first(element, "endtime")
    start_s = local_s(start, zones, latest=False)
    end_s = local_s(end, zones, latest=True)
    start_s = record.instant(start, "starttime") if start_s is None else start_s
    end_s = record.instant(end, "endtime") if end_s is None else end_s
    onset_s = start_s if start_s is not None else min(sent_s, end_s if end_s is not None else sent_s)
    if end_s is not None and end_s < onset_s:
        record.note("it ends before it starts; the end is taken as not given")
        end_s = None
    street = text(first(element, "street"))
    what = type_.replace("_", " ").casefold()
    return Info(
        event=" ".join(each for each in (type_, subtype) if each),
        kind=kind,
        category="Transport",
        urgency="Immediate" if onset_s <= sent_s else "Future",
        certainty="Observed",
        onset_s=onset_s,
        expires_s=end_s,
        during=_during(record, element, point, onset_s, end_s, reading.received_s or sent_s, budget),
        headline=f"{street} {what}".strip(),
        description=text(first(element, "description")),
        stated=stated,
        areas=(area,),
    )


def _effect(
    record: Record, element: Element, kinds: Kinds, type_: str, subtype: str
) -> tuple[str, tuple[StatedEffect, ...]]:
    """Give the kind, and what is stated; weather leaves the effect to the tables."""
    lanes = [lane for each in children(element, "lanes") for lane in children(each, "lane")]
    shut = [lane for lane in lanes if first(lane, "status").upper().startswith("CLOSE")]
    impact = next(children(element, "lane_impact"), None)
    closed = number(first(impact, "total_closed_lanes")) if impact is not None else None
    if type_ == "ROAD_CLOSED":
        return "closure", (SHUT,)
    if lanes and len(shut) == len(lanes):
        record.note(f"all its lanes are closed and its type is {type_}; taken as closed")
        return "closure", (SHUT,)
    if subtype.startswith(_BESIDE) or type_ in _HARMLESS:
        return "other", (NONE,)
    if type_ == "CONSTRUCTION" or shut or closed or "LANE_CLOSED" in subtype:
        return "roadworks", (LANE_CLOSED,)
    kind = kinds.find((subtype.replace("_", " "),)) if type_ == "HAZARD" else ""
    if kind in kinds.names and ("WEATHER" in subtype or subtype.endswith("_ICE")):
        return kind, ()
    if type_ not in ("ACCIDENT", "HAZARD"):
        record.doubt("type", f"the type {type_ or '(none)'} is not in the standard: a person is asked")
    return "", (INSPECT,)


def _area(record: Record, element: Element, *, shuts: bool) -> Area:
    place = next(children(element, "location"), element)
    points = _points(record, first(place, "polyline"))
    named = first(place, "direction").upper()
    # Not said: a closure is of both directions, until a source says better.
    way = _WAYS.get(named, Way.BOTH if shuts else Way.UNKNOWN)
    shapes = Shapes(lines=(points,)) if len(set(points)) > 1 else Shapes(points=points[:1])
    return road_area(shapes, names=[street] if (street := text(first(place, "street"))) else [], way=way)


def _points(record: Record, written: str) -> tuple[LonLat, ...]:
    """Read "lat lon lat lon"; what is not that is a fault of the incident."""
    numbers = [number(each) for each in written.replace(",", " ").split()]
    if not numbers or len(numbers) % 2 or None in numbers:
        record.findings.fault(
            "E1103", f"{written[:40]!r} is no polyline", "write lat lon lat lon", record.where
        )
        return ()
    pairs = zip(numbers[1::2], numbers[::2], strict=True)
    points = [
        record.findings.point(lon or 0.0, lat or 0.0, record.where, order="lat lon") for lon, lat in pairs
    ]
    return tuple(point for point in points if point is not None)


def _during(
    record: Record, element: Element, point: LonLat | None, start_s: int, end_s: int | None,
    around_s: int, budget: Budget,
) -> tuple[Interval, ...]:  # fmt: skip
    """Read the schedule: local hours by weekday. One that cannot be read, or never comes, is all the time."""
    schedule = next(children(element, "schedule"), None)
    if schedule is None or not len(schedule) or (end_s is not None and end_s <= around_s):
        return ()
    windows: dict[int, tuple[tuple[int, int], ...]] = {}
    if len(schedule) > HOURS_MAX:
        record.note(f"its schedule has more than {HOURS_MAX} parts; taken as all the time")
        return ()
    for each in schedule:
        name, hours = xml.local(each).casefold(), read_hours(xml.text(each))
        days = range(7) if name == "everyday" else [_DAYS.index(name)] if name in _DAYS else []
        if hours is None or not days:
            record.note(f"the schedule {name} {xml.text(each)[:40]!r} cannot be read; taken as all the time")
            return ()
        for day in days:
            windows[day] = (*windows.get(day, ()), *hours)
    found = spells(windows, zones_at(point), start_s=start_s, end_s=end_s, around_s=around_s, budget=budget)
    if not found:
        record.note("its schedule never comes, or there are too many here; taken as all the time")
    return found


FORMAT = Format(name="CIFS", lifecycle=Lifecycle.FULL, looks=looks, read=read)

"""WZDx: work zones and road restrictions of North America, one feature a direction of a road.

Read are the Work Zone Data Exchange 2.0 to 4.2 (github.com/usdot-jpo-ode/wzdx), the restrictions and
incidents of TDx 1.x (github.com/usdot-jpo-ode/TDx), and CWZ 1.0 (github.com/ite-org/cwz): they differ in
where they write the same things. In: GeoJSON. Out: one alert an event, with what it does to whom. Refuses to
take a lane that is closed for a road that is, and feeds of devices, which say nothing of roads.
"""

from __future__ import annotations

from math import atan2, cos, degrees, radians
from typing import Any

from vado.errors import PayloadError
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    is_false,
    is_true,
    made_id,
    members,
    read_records,
    records_of,
    text,
    words,
)  # fmt: skip
from vado.feeds.shapes import Shapes, read_geometry, road_area
from vado.feeds.wzdx_lanes import effects
from vado.model.alert import Action, Alert, Area, Info, MsgType, Way

HEADS = ("feed_info", "road_event_feed_info")
# So long after its estimated end a closure that is still listed counts as going on: own judgement. Feeds
# also list events that ended long ago (42 of 1,138 in New York's).
OVERRUN_MAX_S = 7 * 86_400
# A line that runs this far off the direction that is named is drawn the other way round, or misnamed.
OPPOSITE_DEG = 135.0
_COMPASS = {"northbound": 0.0, "eastbound": 90.0, "southbound": 180.0, "westbound": 270.0}


def looks(document: Document) -> bool:
    return document.member("type") == "FeatureCollection" and (
        any(document.member(head) is not None for head in HEADS)
        or any("core_details" in head for head in heads(document.member("features")))
    )


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    features = records_of(document.value, "features", "WZDx")
    head = next((members(document.member(head)) for head in HEADS if document.member(head)), {})
    if features and all("device_type" in _core(feature) for feature in features):
        raise PayloadError(
            "this is a WZDx feed of devices",
            code="E1107",
            action="connect the feed of work zones; boards and cameras say nothing of roads",
        )
    dated = Record(head, "feed_info")
    written = text(head.get("update_date")) or text(head.get("feed_update_date"))
    feed_s = dated.findings.instant(_utc(written), "feed_info.update_date") if written else None
    if feed_s is not None:
        reading.findings.dated(feed_s)
    sender = text(head.get("publisher")) or reading.source
    return read_records(
        features,
        reading,
        name="features",
        sender=sender,
        identify=_identifier,
        read=lambda record: _event(record, reading, sender=sender, feed_s=feed_s),
    )


def _core(feature: Any) -> dict[str, Any]:
    """Give the members that 4.x keeps in core_details and earlier versions keep flat."""
    properties = members(members(feature).get("properties"))
    return members(properties.get("core_details")) or properties


def _identifier(feature: Any) -> str:
    own = text(members(feature).get("id")) or text(_core(feature).get("road_event_id"))
    return own or made_id(
        members(feature).get("geometry"), _names(_core(feature)), _core(feature).get("direction")
    )


def _event(record: Record, reading: Reading, *, sender: str, feed_s: int | None) -> Alert:
    """Read one event. It is as of the feed's date: the feed is all that holds then."""
    feature = members(record.value)
    properties, core = members(feature.get("properties")), _core(feature)
    if not properties:
        raise Unusable("it has no properties")
    record.few(core.get("road_names"), "road_names")
    updated_s = _time(record, core.get("update_date") or core.get("creation_date"), "update_date")
    dates = [each for each in (updated_s, feed_s) if each is not None]
    sent_s = record.sent(max(dates) if dates else None, reading)
    identifier, name = _identifier(feature), text(core.get("data_source_id"))
    status = text(properties.get("event_status") or core.get("event_status")).casefold()
    return reading.alert(
        sender=sender,
        identifier=identifier,
        sent_s=sent_s,
        event=f"{name or sender}/{identifier}",
        msg_type=MsgType.CANCEL if status in ("completed", "cancelled") else MsgType.ALERT,
        infos=(_info(record, properties, core, sent_s),),
    )


def _info(record: Record, properties: dict[str, Any], core: dict[str, Any], sent_s: int) -> Info:
    start_s = _time(record, properties.get("start_date") or core.get("start_date"), "start_date")
    stated = effects(record, properties, core)
    shuts = any(each.action is Action.SHUT and each.only is None for each in stated)
    end_s, sure = _end(record, properties, core, sent_s=sent_s, shuts=shuts)
    onset_s = start_s if start_s is not None else min(sent_s, end_s if end_s is not None else sent_s)
    if end_s is not None and end_s < onset_s:
        record.note("it ends before it starts; the end is taken as not given")
        end_s = None
    kind = "closure" if shuts else "roadworks" if "work" in _kind(core) else ""
    place = _area(record, core)
    return Info(
        event=_kind(core),
        kind=kind,
        category="Transport",
        urgency="Immediate" if onset_s <= sent_s else "Future",
        certainty="Observed" if sure else "Likely",
        onset_s=onset_s,
        expires_s=end_s,
        headline=" ".join(each for each in (place.description, _kind(core).replace("-", " ")) if each),
        description=text(core.get("description")),
        parameters=(("vehicle_impact", text(properties.get("vehicle_impact"))),),
        stated=stated,
        areas=(place,),
    )


def _kind(core: dict[str, Any]) -> str:
    return text(core.get("event_type")).casefold() or "work-zone"


def _end(
    record: Record, properties: dict[str, Any], core: dict[str, Any], *, sent_s: int, shuts: bool
) -> tuple[int | None, bool]:
    """Give the end, and whether start and end are more than estimates.

    A closure that is still listed after an end that is only estimated goes on: nobody said that it is over.
    """
    end_s = _time(record, properties.get("end_date") or core.get("end_date"), "end_date")
    accuracy = text(properties.get("end_date_accuracy")).casefold()
    verified = is_true(properties.get("is_end_date_verified")) or accuracy == "verified"
    estimated = is_false(properties.get("is_end_date_verified")) or accuracy == "estimated"
    sure = verified and not is_false(properties.get("is_start_date_verified"))
    if shuts and estimated and end_s is not None and end_s <= sent_s < end_s + OVERRUN_MAX_S:
        record.note("still listed after its estimated end: taken to go on until it is listed no more")
        return None, False
    return end_s, sure


def _time(record: Record, value: Any, name: str) -> int | None:
    """Read a time; one without an offset is in UTC, as the standard demands of all."""
    written = text(value)
    if not written:
        return record.instant(value, name)
    if _utc(written) != written:
        record.note(f"{name} {written!r} has no offset; taken as UTC")
    return record.instant(_utc(written), name)


def _utc(written: str) -> str:
    bare = len(written) >= 16 and written[10] in "Tt " and not any(c in "Zz+-" for c in written[11:])
    return written + "Z" if bare else written


def _names(core: dict[str, Any]) -> tuple[str, ...]:
    own = [core.get("road_number"), core.get("road_name")]
    return (*words(core.get("road_names")), *words([each for each in own if each]))


def _area(record: Record, core: dict[str, Any]) -> Area:
    shapes = read_geometry(record.value.get("geometry"), record.findings, f"{record.where}.geometry")
    if not shapes and not record.findings.faults:
        record.findings.fault("E1103", "an event without geometry", "send a LineString", record.where)
    direction = text(core.get("direction")).casefold()
    way = Way.BOTH if direction in ("undefined", "unknown") else Way.ALONG
    if way is Way.ALONG and _kind(core) != "detour" and _runs_against(shapes, direction):
        record.note(f"it is drawn against its direction, {direction}; both directions are meant")
        way = Way.BOTH
    return road_area(shapes, names=_names(core), way=way)


def _runs_against(shapes: Shapes, direction: str) -> bool:
    named = _COMPASS.get(direction)
    points = shapes.lines[0] if shapes.lines else shapes.points
    if named is None or len(points) < 2:
        return False
    (lon0, lat0), (lon1, lat1) = points[0], points[-1]
    east, north = (lon1 - lon0) * cos(radians((lat0 + lat1) / 2)), lat1 - lat0
    off = abs((degrees(atan2(east, north)) - named + 180) % 360 - 180)
    return (east, north) != (0, 0) and off > OPPOSITE_DEG


FORMAT = Format(name="WZDx", lifecycle=Lifecycle.FULL, looks=looks, read=read)

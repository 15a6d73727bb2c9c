"""Open511 1.0: events on roads as North American traffic centres publish them, JSON or XML.

Standard: www.open511.org/documentation/1.0. Read too is the form in which DriveBC's own map asks for the
same events. In: a list of events, in its envelope or bare. Out: one alert an event, with one info a road of
it. Where no state of a road is given, its description may say that it is closed: then it is, less surely.
Refuses to take a page of a list for all of it, or a list that does not say whether it is one.
"""

from __future__ import annotations

from math import atan2, cos, degrees, radians
from typing import Any

from vado.feeds import xml
from vado.feeds.closed_words import MEANT, Said, said
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import Budget
from vado.feeds.open511_schedule import Times, read_times
from vado.feeds.open511_xml import events_of
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    is_true,
    members,
    number,
    read_records,
    records_of,
    text,
)  # fmt: skip
from vado.feeds.shapes import Shapes, read_geometry, road_area
from vado.feeds.stated import (
    ALTERNATING,
    INSPECT,
    LANE_CLOSED,
    NONE,
    SHUT,
    cap,
    limit,
    once,
    shut_for,
)  # fmt: skip
from vado.hazards import Kinds
from vado.model.alert import Action, Alert, Area, Info, MsgType, RoadPlace, StatedEffect, Way
from vado.model.ids import LonLat

_STATES: dict[str, tuple[StatedEffect, ...]] = {
    "CLOSED": (SHUT,),
    "SOME_LANES_CLOSED": (LANE_CLOSED,),
    "SINGLE_LANE_ALTERNATING": ALTERNATING,
    "ALL_LANES_OPEN": (NONE,),
}
# Metres and tonnes or kilograms: what is meant can be told by the size of the number.
_LIMITS = {
    "WIDTH": "over_width_cm",
    "HEIGHT": "over_height_cm",
    "LENGTH": "over_length_cm",
    "WEIGHT": "over_weight_kg",
    "AXLE_WEIGHT": "over_axle_kg",
}
# Systems of which none is the road itself. Source: Open511 1.0, impacted_systems.
_BESIDE = frozenset({"SIDEWALK", "BIKELANE", "PARKING"})
_COMPASS = {"N": 0.0, "NE": 45.0, "E": 90.0, "SE": 135.0, "S": 180.0, "SW": 225.0, "W": 270.0, "NW": 315.0}
# A line and a direction named for it: so far off they agree, or are opposed; between them neither can be
# said.
AGREE_DEG, OPPOSED_DEG = 60.0, 120.0
# Kinds of an incident that shut or slow a road whether or not its state is given; the tables say which.
_OF_TABLES = ("flood", "flash-flood", "avalanche", "landslide", "wildfire", "snow", "ice", "fog", "wind")


def _is_list(document: Document) -> bool:
    if document.root is not None:
        return (
            document.root_name == "open511" and next(xml.children(document.root, "events"), None) is not None
        )
    if _is_bare(document):
        return True
    events = document.member("events")
    return isinstance(events, list) and (
        bool(text(members(document.member("meta")).get("version")))
        or any("event_type" in head for head in heads(events))
    )


def _is_bare(document: Document) -> bool:
    return any("event_type" in head and "id" in head for head in heads(document.value))


def _is_page(document: Document) -> bool:
    """Tell a page from a whole list: what is missing on it has not ended."""
    if _is_bare(document):
        return True  # nothing says that it is all
    if document.root is not None:
        return any(
            link.get("rel") == "next" or (xml.local(link) == "offset" and xml.text(link) not in ("", "0"))
            for each in xml.children(document.root, "pagination")
            for link in each
        )
    pages = members(document.member("pagination"))
    return bool(text(pages.get("next_url"))) or bool(number(pages.get("offset")))


def looks(document: Document) -> bool:
    return _is_list(document) and not _is_page(document)


def looks_page(document: Document) -> bool:
    return _is_list(document) and _is_page(document)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    events = (
        events_of(document.root)
        if document.root is not None
        else document.value
        if isinstance(document.value, list)
        else records_of(document.value, "events", "Open511")
    )
    budget = Budget()
    return read_records(
        events,
        reading,
        name="events",
        sender=reading.source,
        identify=lambda event: text(members(event).get("id")),
        read=lambda record: _event(record, reading, budget),
    )


def _event(record: Record, reading: Reading, budget: Budget) -> Alert:
    event = members(record.value)
    identifier = text(event.get("id"))
    if not identifier:
        raise Unusable("it has no id")
    updated = event.get("updated") or event.get("last_updated") or event.get("created")
    sent_s = record.sent(record.instant(updated, "updated"), reading)
    shapes = read_geometry(
        event.get("geography") or event.get("location"), record.findings, f"{record.where}.geography"
    )
    if not shapes:
        record.note("it has no geometry: a person has to say where it is")
    times = read_times(
        record, event, _point(shapes), sent_s=sent_s, around_s=reading.received_s, budget=budget
    )
    given = event.get("roads")
    if given is not None and not (
        isinstance(given, list) and all(isinstance(road, dict) and road for road in given)
    ):
        record.doubt("roads", "its roads are no list of roads")
    roads = [members(road) for road in record.few(given, "roads")] or [_only_road(event)]
    return reading.alert(
        sender=reading.source,
        identifier=identifier,
        sent_s=sent_s,
        event=identifier,
        msg_type=MsgType.CANCEL if text(event.get("status")).upper() == "ARCHIVED" else MsgType.ALERT,
        infos=tuple(_info(record, event, road, shapes, times, reading.kinds) for road in roads),
    )


def _only_road(event: dict[str, Any]) -> dict[str, Any]:
    """Give the road of DriveBC's own form, which names it in the event."""
    return {
        "name": event.get("route_at") or event.get("route_display"),
        "from": event.get("route_from"),
        "to": event.get("route_to"),
        "direction": event.get("direction"),
    }


def _info(
    record: Record, event: dict[str, Any], road: dict[str, Any], shapes: Shapes, times: Times, kinds: Kinds
) -> Info:
    kind, stated, certainty = _effect(record, event, road, kinds)
    name, description = text(road.get("name")), text(event.get("description"))
    stretch = " – ".join(each for each in (text(road.get("from")), text(road.get("to"))) if each)
    type_ = " ".join((text(event.get("event_type")), *_subtypes(record, event))).replace("_", " ").casefold()
    shut = any(each.action is Action.SHUT for each in stated)
    return Info(
        event=type_ or "event",
        kind=kind,
        category="Transport",
        urgency="Immediate",
        certainty=certainty,
        onset_s=times.start_s,
        expires_s=times.end_s,
        during=times.during,
        headline=" ".join(each for each in (name, "closed" if shut else type_) if each),
        description=" ".join(each for each in (text(event.get("headline")), description) if each),
        stated=stated,
        areas=(area_toward(shapes, text(road.get("direction")), name=name, stretch=stretch),),
    )


def _subtypes(record: Record, event: dict[str, Any]) -> tuple[str, ...]:
    return record.words(event.get("event_subtypes") or event.get("event_sub_type") or [], "event_subtypes")


def _effect(
    record: Record, event: dict[str, Any], road: dict[str, Any], kinds: Kinds
) -> tuple[str, tuple[StatedEffect, ...], str]:
    """Give kind, effects and certainty: by the road's state, else by its description, else by its kind."""
    state = text(road.get("state")).upper()
    type_ = text(event.get("event_type")).upper()
    works = "roadworks" if type_ == "CONSTRUCTION" else ""
    limits = [
        effect
        for each in record.few(road.get("restrictions"), "restrictions")
        for effect in _limit(record, members(each))
    ]
    given = road.get("impacted_systems") or []
    systems = [word.upper() for word in record.words(given, "impacted_systems")]
    if not isinstance(given, str | list) or len(systems) < len(given if isinstance(given, list) else [given]):
        record.doubt("impacted_systems", "some of its impacted systems are no word")
    if systems and _BESIDE.issuperset(systems):
        return works, (NONE,), "Observed"
    if state in _STATES:
        stated = once([*_STATES[state], *limits])
        return "closure" if SHUT in stated else works, stated, "Observed"
    if is_true(event.get("closed")):
        return "closure", (SHUT,), "Observed"
    if state or road.get("state") is not None:
        record.doubt("state", f"the state {state} is not in the standard: its description is asked")
    found = said(text(event.get("description")))
    if found is Said.SHUT:
        record.note("no state of the road is given, its description says closed: it counts as closed")
        return "closure", (SHUT,), "Likely"
    if found in (Said.UNSURE, Said.SOME):
        record.note(
            "its description says that something is closed, and not plainly to whom: a person is asked"
        )
    if found in MEANT:
        return works, once([*MEANT[found], *limits]), "Likely"
    if works:
        return works, once([LANE_CLOSED, *limits]), "Likely"
    kind = kinds.find(each.replace("_", " ") for each in (*_subtypes(record, event), type_))
    if kind in _OF_TABLES and not limits:
        return kind, (), "Observed"
    return "", once([INSPECT, *limits]), "Observed"


def _limit(record: Record, given: dict[str, Any]) -> list[StatedEffect]:
    kind, value = text(given.get("restriction_type")).upper(), number(given.get("value"))
    field = _LIMITS.get(kind)
    found: StatedEffect | None = None
    if kind == "SPEED" and value is not None:
        found = cap(value)
    elif field is not None:
        units = ("metres",) if field.endswith("_cm") else ("tonnes", "kg")
        bounds = [bound for unit in units if (bound := limit(field, value, unit)) is not None]
        found = shut_for(bounds[0]) if bounds else None
    if found is None:
        what = f"{kind} {text(given.get('value'))}"
        record.doubt("restrictions", f"the restriction {what} cannot be obeyed: a person is asked")
        return [INSPECT]
    return [found]


def _point(shapes: Shapes) -> LonLat | None:
    if shapes.lines or shapes.points:
        return shapes.lines[0][0] if shapes.lines else shapes.points[0]
    return shapes.polygons[0].outer[0] if shapes.polygons else None


def _short(direction: str) -> str:
    """Shorten "NORTHBOUND" and "NORTH-EAST" to the standard's letters."""
    plain = direction.replace("BOUND", "").replace("-", "").replace(" ", "")
    for word, letter in (("NORTH", "N"), ("SOUTH", "S"), ("EAST", "E"), ("WEST", "W")):
        plain = plain.replace(word, letter)
    return plain


def area_toward(shapes: Shapes, direction: str, *, name: str, stretch: str) -> Area:
    """Make the area of a road, on one side of it where a direction of the compass says so plainly."""
    toward = _COMPASS.get(_short(direction.upper()))
    # BOTH, NONE ("does not matter") and nothing at all are both directions.
    area = road_area(
        shapes, names=[name] if name else [], way=Way.BOTH, description=f"{name} {stretch}".strip()
    )
    if toward is None:
        return area
    places = tuple(_directed(place, toward) for place in area.roads)
    return Area(description=area.description, polygons=area.polygons, roads=places)


def _directed(place: RoadPlace, toward: float) -> RoadPlace:
    """Say which way along its points a direction of the compass is; both where that is not plain."""
    if len(place.points) < 2:
        way: Way = Way.UNKNOWN
    else:
        (lon0, lat0), (lon1, lat1) = place.points[0], place.points[-1]
        east, north = (lon1 - lon0) * cos(radians((lat0 + lat1) / 2)), lat1 - lat0
        off = abs((degrees(atan2(east, north)) - toward + 180) % 360 - 180)
        way = Way.ALONG if off <= AGREE_DEG else Way.AGAINST if off >= OPPOSED_DEG else Way.BOTH
        if (east, north) == (0, 0):
            way = Way.BOTH
    return RoadPlace(
        ref=place.ref,
        name=place.name,
        way=way,
        points=place.points,
        ends_only=place.ends_only,
        heading_deg=toward if len(place.points) < 2 else None,
        within=place.within,
    )


PAGE = Format(name="Open511, a page", lifecycle=Lifecycle.STREAM, looks=looks_page, read=read)
FORMAT = Format(name="Open511", lifecycle=Lifecycle.FULL, looks=looks, read=read)

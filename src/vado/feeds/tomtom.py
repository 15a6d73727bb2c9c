"""TomTom: traffic incidents, Incident Details v5.

Source: docs.tomtom.com/traffic-api, Incident Details: GeoJSON features in `incidents`. In: the incidents
within a box. Out: one alert an incident. A line is drawn in its direction of travel; the delay is what who
passes all of it loses. Refuses to take a jam, an accident or a breakdown for a closed road.
"""

from __future__ import annotations

from typing import Any

from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.records import (
    Record,
    Unusable,
    heads,
    members,
    number,
    read_records,
    records_of,
    text,
)  # fmt: skip
from vado.feeds.shapes import read_geometry, road_area
from vado.feeds.stated import INSPECT, LANE_CLOSED, NONE, SHUT, once
from vado.model.alert import Action, Alert, Info, StatedEffect, Way

# iconCategory, as its documentation lists them -> our kind; "" where the road itself says more.
_CATEGORIES = {
    0: "", 1: "", 2: "fog", 3: "", 4: "rain", 5: "ice", 6: "", 7: "", 8: "closure", 9: "roadworks", 10:
    "wind", 11: "flood", 14: "",
}  # fmt: skip
_ROAD_CLOSED, _LANE_CLOSED, _JAM, _WORKS, _FLOOD = 8, 7, 6, 9, 11
_INDEFINITE = 4  # magnitudeOfDelay "undefined": of closures and other delays without a measure
_CERTAINTIES = {"certain": "Observed", "probable": "Likely", "risk_of": "Possible", "improbable": "Possible"}
DELAY_MAX_S = 86_400


def looks(document: Document) -> bool:
    incidents = document.member("incidents")
    if not isinstance(incidents, list):
        return False
    # Other formats have a list of that name too: an empty one is TomTom's where it is all there is.
    return document.value == {"incidents": []} or any("iconCategory" in head for head in heads(incidents))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_records(
        records_of(document.value, "incidents", "TomTom incidents"),
        reading,
        name="incidents",
        sender="TomTom",
        identify=lambda incident: text(members(members(incident).get("properties")).get("id")),
        read=lambda record: _incident(record, reading),
    )


def _incident(record: Record, reading: Reading) -> Alert:
    given = members(members(record.value).get("properties"))
    identifier = text(given.get("id"))
    if not identifier:
        raise Unusable("it has no id")
    shapes = read_geometry(record.value.get("geometry"), record.findings, f"{record.where}.geometry")
    if not shapes and not record.findings.faults:
        raise Unusable("it has no geometry")
    start_s, end_s = (
        record.instant(given.get("startTime"), "startTime"),
        record.instant(given.get("endTime"), "endTime"),
    )
    reported_s = record.instant(given.get("lastReportTime"), "lastReportTime")
    # The answer is how things are when it is given; it does not say when that was.
    sent_s = record.sent(reading.received_s or reported_s or start_s, reading)
    kind, stated = _effect(record, given)
    onset_s = start_s if start_s is not None else sent_s
    if end_s is not None and end_s < onset_s:
        record.note("it ends before it starts; the end is taken as not given")
        end_s = None
    events = [text(members(each).get("description")) for each in record.few(given.get("events"), "events")]
    what = ", ".join(each for each in events if each) or kind or "incident"
    stretch = " – ".join(each for each in (text(given.get("from")), text(given.get("to"))) if each)
    numbers = record.words(given.get("roadNumbers") or [], "roadNumbers")
    # A point has no direction, a line is drawn in its own.
    way = Way.ALONG if shapes.lines else Way.BOTH
    info = Info(
        event=what,
        kind=kind,
        category="Transport",
        urgency="Future" if text(given.get("timeValidity")).casefold() == "future" else "Immediate",
        certainty=_CERTAINTIES.get(text(given.get("probabilityOfOccurrence")).casefold(), "Observed"),
        onset_s=onset_s,
        expires_s=end_s,
        headline=" ".join((*numbers, what)),
        description=stretch,
        stated=stated,
        areas=(road_area(shapes, names=numbers, way=way, description=" ".join((*numbers, stretch)).strip()),),
    )
    return reading.alert(
        sender="TomTom", identifier=identifier, sent_s=sent_s, event=identifier, infos=(info,)
    )


def _effect(record: Record, given: dict[str, Any]) -> tuple[str, tuple[StatedEffect, ...]]:
    """Give the kind and what is stated; weather leaves its effect to the tables."""
    named = [
        given.get("iconCategory"),
        *(members(each).get("iconCategory") for each in record.few(given.get("events"), "events")),
    ]
    icons = [int(each) for each in map(number, named) if each is not None]
    if _ROAD_CLOSED in icons:
        return "closure", (SHUT,)
    if not icons:
        record.doubt("iconCategory", "its category is not said")
    main = icons[0] if icons else -1
    kind = _CATEGORIES.get(main, "")
    if _FLOOD in icons:
        return "flood", ()
    if kind and main != _WORKS:
        return kind, ()
    found: list[StatedEffect] = []
    delay = number(given.get("delay"))
    if delay is not None and 0 < delay <= DELAY_MAX_S:
        found.append(StatedEffect(action=Action.DELAY, delay_s=int(delay)))
    if main in (_LANE_CLOSED, _WORKS) or _LANE_CLOSED in icons:
        found.append(LANE_CLOSED)
    elif main != _JAM:
        found.append(INSPECT)
    if number(given.get("magnitudeOfDelay")) == _INDEFINITE:
        record.note("its delay has no measure: a person is asked")
        found.append(INSPECT)
    return kind, once(found or [NONE])


FORMAT = Format(name="TomTom incidents", lifecycle=Lifecycle.FULL, looks=looks, read=read)

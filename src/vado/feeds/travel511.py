"""Events of the 511 services of states and provinces of North America: 511NY, Ontario, Wisconsin and others.

Source: the services' own pages on `api/v2/get/event` and its forerunner `api/getevents`
(511ny.org/help/endpoint/event, 511wi.gov/help/endpoint/event), fields as listed there. In: a bare list of
events. Out: one alert each, at its line, its two ends or its point. Refuses to read the hours in which a
closure recurs: it holds all the time from its first day to its last. A limit has no unit: a person is asked.
"""

from __future__ import annotations

import re
from typing import Any

from vado.feeds.closed_words import MEANT, Said, said
from vado.feeds.encoded_line import decode
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.local_time import local_s, zones_at
from vado.feeds.open511 import area_toward
from vado.feeds.records import Record, Unusable, heads, is_false, is_true, members, number, read_records, text
from vado.feeds.shapes import Shapes
from vado.feeds.stated import INSPECT, LANE_CLOSED, SHUT, once
from vado.model.alert import Action, Alert, Info, StatedEffect
from vado.model.ids import LonLat
from vado.model.when import FOREVER_S

_MARKS = frozenset({"ID", "EventType"})
# "26/11/2025 09:00:00" of the older service, by its page day first; machines have been set otherwise.
_WRITTEN = re.compile(r"(\d\d?)/(\d\d?)/(\d{4}) (\d\d:\d\d)(?::\d\d)?", re.ASCII)
_LIMITS = ("Width", "Height", "Length", "Weight", "Speed")
EPOCH_MIN_S = 946_684_800  # 2000-01-01: what is before is no date of an event but a slip, or "none"


def looks(document: Document) -> bool:
    if not isinstance(document.value, list):
        return False
    first = heads(document.value)
    return any(head.keys() >= _MARKS and ("RoadwayName" in head or "IsFullClosure" in head) for head in first)


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_records(
        document.value,
        reading,
        name="events",
        sender=reading.source,
        identify=lambda event: text(members(event).get("ID")),
        read=lambda record: _event(record, reading),
    )


def _event(record: Record, reading: Reading) -> Alert:
    event = members(record.value)
    identifier = text(event.get("ID"))
    if not identifier:
        raise Unusable("it has no ID")
    shapes = _shapes(record, event)
    at = (shapes.lines[0][0] if shapes.lines else shapes.points[0]) if shapes else None
    told = [event.get(name) for name in ("LastUpdated", "Reported", "StartDate")]
    dates = [found for each in told if (found := _instant(each, at, latest=False)) is not None]
    sent_s = record.sent(dates[0] if dates else None, reading)
    start_s = _instant(event.get("StartDate"), at, latest=False)
    if start_s is None and text(event.get("StartDate")):
        record.note("its start is no time: it holds already")
    onset_s = sent_s if start_s is None else start_s
    end_s = _end(record, event, at, onset_s)
    kind, stated, certainty = _effect(record, event)
    name, type_ = text(event.get("RoadwayName")), _spaced(text(event.get("EventType")))
    shut = any(each.action is Action.SHUT and each.only is None for each in stated)
    stretch = text(event.get("Location"))
    info = Info(
        event=" ".join(each for each in (type_, text(event.get("EventSubType"))) if each) or "event",
        kind=kind,
        category="Transport",
        urgency="Immediate",
        certainty=certainty,
        onset_s=onset_s,
        expires_s=end_s,
        headline=" ".join(each for each in (name, "closed" if shut else type_) if each),
        description=text(event.get("Description")),
        stated=stated,
        areas=(area_toward(shapes, text(event.get("DirectionOfTravel")), name=name, stretch=stretch),),
    )
    return reading.alert(
        sender=reading.source, identifier=identifier, sent_s=sent_s, event=identifier, infos=(info,)
    )


def _spaced(word: str) -> str:
    """Write "accidentsAndIncidents" as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word[:80]).casefold()


def _shapes(record: Record, event: dict[str, Any]) -> Shapes:
    """Give its line, else its ends, else its point; all that is wrong with it is in doubt."""
    written = event.get("EncodedPolyline")
    line = decode(written) if isinstance(written, str) and written else None
    if line is not None and len(line) > 1:
        record.findings.vertices += len(line)
        return Shapes(lines=(tuple(line),))
    if written not in (None, "", []):
        record.note("its line cannot be read: its ends count")
    ends = [
        point
        for lat, lon in (("Latitude", "Longitude"), ("LatitudeSecondary", "LongitudeSecondary"))
        if (point := _point(event.get(lat), event.get(lon))) is not None
    ]
    if not ends:
        record.doubt("Latitude", "it says of no place that it is there: a person has to say where it is")
    return Shapes(points=tuple(dict.fromkeys(ends)), several=len(set(ends)) > 1)


def _point(lat: Any, lon: Any) -> LonLat | None:
    y, x = number(lat), number(lon)
    if y is None or x is None or not (-90 <= y <= 90 and -180 <= x <= 180) or (x, y) == (0, 0):
        return None  # zeros are how these services write "none"
    return x, y


def _end(record: Record, event: dict[str, Any], at: LonLat | None, onset_s: int) -> int | None:
    written = event.get("PlannedEndDate")
    end_s = _instant(written, at, latest=True)
    if end_s is None:
        if text(written):
            record.doubt("PlannedEndDate", "its end is no time: it is taken as not given")
        return None
    if end_s < onset_s:
        record.note("it ends before it starts; the end is taken as not given")
        return None
    return end_s


def _instant(value: Any, at: LonLat | None, *, latest: bool) -> int | None:
    """Read seconds since 1970, or a local time of which nobody knows the order of day and month."""
    seconds = number(value)
    if seconds is not None:
        return int(seconds) if EPOCH_MIN_S <= seconds < FOREVER_S else None
    match = _WRITTEN.fullmatch(text(value))
    if match is None:
        return None
    first, second, year, clock = match.groups()
    orders = {(int(second), int(first)), (int(first), int(second))}
    found = [
        instant
        for month, day in orders
        if (instant := local_s(f"{year}-{month:02}-{day:02}T{clock}", zones_at(at), latest=latest))
        is not None
    ]
    return (max if latest else min)(found) if found else None


def _effect(record: Record, event: dict[str, Any]) -> tuple[str, tuple[StatedEffect, ...], str]:
    """Give kind, effects and certainty: a full closure is stated, else the description and the type say."""
    full, type_ = event.get("IsFullClosure"), text(event.get("EventType")).casefold()
    lanes = text(event.get("LanesStatus")).casefold()
    works = "roadworks" if type_ in ("roadwork", "construction") else ""
    limits = _limits(record, event.get("Restrictions"))
    if is_true(full) or lanes == "closed":
        return "closure", once([SHUT, *limits]), "Observed"
    if full not in (None, "") and not is_false(full):
        record.doubt("IsFullClosure", "whether it is a full closure is neither true nor false")
    found = said(f"{text(event.get('Description'))}. {text(event.get('LanesAffected'))}.")
    if found is Said.SHUT and is_false(full) and type_ != "closures":
        record.note("it is no full closure, and its description says closed: a person is asked")
        return works, once([LANE_CLOSED, INSPECT, *limits]), "Likely"
    if found is Said.SHUT:
        record.note("it is not called a full closure, and its description says closed: it counts as closed")
        return "closure", once([SHUT, *limits]), "Likely"
    if found in MEANT:
        return works, once([*MEANT[found], *limits]), "Likely"
    if works:
        return works, once([LANE_CLOSED, *limits]), "Likely"
    return "", once([INSPECT, *limits]), "Observed"


def _limits(record: Record, value: Any) -> list[StatedEffect]:
    given = [
        f"{name} {text(members(value).get(name))}" for name in _LIMITS if number(members(value).get(name))
    ]
    if not given and not text(value):
        return []
    record.note(f"it has limits without a unit ({', '.join(given) or text(value)[:100]}): a person is asked")
    return [INSPECT]


FORMAT = Format(name="511 events", lifecycle=Lifecycle.FULL, looks=looks, read=read)

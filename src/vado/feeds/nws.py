"""Alerts of the United States' National Weather Service as GeoJSON: api.weather.gov/alerts.

In: a FeatureCollection, one Feature, or JSON-LD, of wx:Alert. Out: one alert each. `ends` is the end of the
event, `expires` only that of the message; zones (UGC) and counties (SAME) stand for the place wherever the
geometry is null, which is four times in five. Refuses to end what is missing: an updated alert gets a new
id and leaves the list. Source: https://www.weather.gov/documentation/services-web-api, weather-gov/api
discussions; VTEC: NWSI 10-1703.
"""

from __future__ import annotations

import json
from typing import Any

import shapely
import shapely.errors

from vado.feeds import vtec
from vado.feeds.cap import CERTAINTIES, SEVERITIES, STATUSES, URGENCIES, alert_id
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line
from vado.feeds.geometry import polygons_of
from vado.feeds.languages import CODE_PREFIX
from vado.feeds.salvage import Record, salvage
from vado.model.alert import Alert, Area, Info, MsgType
from vado.model.ids import AlertId
from vado.model.when import NEVER_S

FEATURES_MAX = 20_000
MARKS = ("areaDesc", "messageType", "affectedZones")
SENDER = "w-nws.webmaster@noaa.gov"
# Schemes of the place, the most exact first: zones are parts of counties.
_SCHEMES = ("UGC", "SAME")
CODES_MAX = 5_000  # of one alert
REFERENCES_MAX = 1_000
_ZONE = "https://api.weather.gov/zones/"


def looks(document: Document) -> bool:
    features = _features(document)
    if not features:
        # An empty list says which service it is only in its context.
        context = document.member("@context")
        empty = [] in (document.member("features"), document.member("@graph"))
        return empty and b"api.weather.gov" in str(context).encode()[:2_000]
    properties = features[0].get("properties") if isinstance(features[0], dict) else None
    return isinstance(properties, dict) and sum(mark in properties for mark in MARKS) >= 2


def _features(document: Document) -> list[Any]:
    if document.member("type") == "Feature":
        return [document.value]
    graph = document.member("@graph")
    if isinstance(graph, list):  # JSON-LD: the same properties, without GeoJSON around them
        return [
            {"properties": each, "geometry": _of_wkt(each.get("geometry"))}
            if isinstance(each, dict)
            else each
            for each in graph
        ]
    listed = document.member("features")
    return listed if isinstance(listed, list) else []


def _of_wkt(words: Any) -> Any:
    """Give a geometry as GeoJSON has it; None where there is none: the zones then stand for the place."""
    if not isinstance(words, str):
        return None
    try:
        drawn = json.loads(shapely.to_geojson(shapely.from_wkt(words)))
    except (shapely.errors.ShapelyError, ValueError):
        return None
    return drawn if drawn["type"] in ("Polygon", "MultiPolygon") else None


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    features = _features(document)
    if len(features) > FEATURES_MAX:
        reading.findings.fault("E1002", f"more than {FEATURES_MAX} features", "ask for fewer", "features")
        return ()
    return salvage(reading, (_record(n, each, reading) for n, each in enumerate(features)))


def _record(n: int, feature: Any, reading: Reading) -> Record:
    where = f"features[{n}]"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return Record(read=lambda _: None, where=where)
    one = _Properties(properties)
    return Record(
        read=lambda findings: _alert(one, feature.get("geometry"), reading, findings, where),
        where=where,
        sender=one.text("sender") or SENDER,
        identifier=one.text("id"),
        areas=(Area(description=one.text("areaDesc"), geocodes=_geocodes(one)),),
    )


class _Properties:
    """The properties of a feature, each as its type or not at all."""

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def text(self, name: str) -> str:
        value = self.members.get(name)
        return value.strip() if isinstance(value, str) else ""

    def inside(self, name: str) -> dict[str, Any]:
        value = self.members.get(name)
        return value if isinstance(value, dict) else {}

    def time(self, name: str, findings: Findings, where: str) -> int | None:
        """Read a time; one that is none is noted and left out: its default is the more cautious."""
        said = self.text(name)
        if not said:
            return None
        instant = Findings().instant(said, "")
        if instant is None:
            findings.note(f"{where}.properties.{name}", f"{said[:40]!r} is no time; taken as not given")
        return instant

    def word(self, name: str, words: tuple[str, ...], default: str, findings: Findings, where: str) -> str:
        said = self.text(name)
        known = {word.casefold(): word for word in words}.get(said.casefold())
        if known is None:
            findings.note(f"{where}.properties.{name}", f"{said[:40]!r} is not in CAP; taken as {default}")
        return known or default


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each.strip() for each in listed[:CODES_MAX] if isinstance(each, str) and each.strip()]


def _geocodes(one: _Properties) -> tuple[tuple[str, str], ...]:
    found = [(scheme, code) for scheme in _SCHEMES for code in _texts(one.inside("geocode").get(scheme))]
    if not any(scheme == "UGC" for scheme, _ in found):
        zones = _texts(one.members.get("affectedZones"))
        found = [("UGC", z.rpartition("/")[2]) for z in zones if z.startswith(_ZONE)] + found
    return tuple(dict.fromkeys(found))


def _alert(one: _Properties, geometry: Any, reading: Reading, findings: Findings, where: str) -> Alert | None:
    identifier = one.text("id") or one.text("@id").rpartition("/")[2]
    if not identifier:
        findings.fault("E1102", "the alert has no id", "ask again", f"{where}.properties.id")
        return None
    sender = one.text("sender") or SENDER
    sent_s = one.time("sent", findings, where)
    if sent_s is None:
        findings.note(f"{where}.properties.sent", "missing; taken as sent when it was received")
        sent_s = reading.received_s
    sent_s = findings.sent(sent_s, f"{where}.properties.sent", received_s=reading.received_s)
    codes = _texts(one.inside("parameters").get("VTEC"))
    kinds = tuple(each.value for each in MsgType)
    msg_type = MsgType(one.word("messageType", kinds, MsgType.ALERT.value, findings, where))
    if vtec.is_over(codes, sent_s=sent_s) and msg_type is not MsgType.CANCEL:
        findings.note(f"{where}.properties.parameters.VTEC", "all its events have ended: taken as Cancel")
        msg_type = MsgType.CANCEL
    elif msg_type is MsgType.CANCEL and vtec.expires_later(codes, sent_s=sent_s):
        findings.note(
            f"{where}.properties.parameters.VTEC",
            "its event goes on to the end that was said before: the message ends nothing",
        )
        msg_type = MsgType.ACK
    info = _info(one, geometry, reading, findings, where, sent_s=sent_s, codes=codes)
    return reading.alert(
        sender=sender,
        identifier=identifier,
        sent_s=sent_s,
        status=one.word("status", STATUSES, "Actual", findings, where),
        msg_type=msg_type,
        scope=one.text("scope") or "Public",
        event=vtec.event_of(codes),
        references=_references(one, sender),
        infos=() if msg_type in (MsgType.CANCEL, MsgType.ACK) else (info,),
        notes=tuple(findings.notes),
    )


def _info(
    one: _Properties, geometry: Any, reading: Reading, findings: Findings, where: str,
    *, sent_s: int, codes: list[str],
) -> Info:  # fmt: skip
    event = one_line(one.text("event"))
    named = [(name, code) for name, each in one.inside("eventCode").items() for code in _texts(each)]
    parameters = [
        (name, value) for name, each in one.inside("parameters").items() for value in _texts(each)
    ]  # fmt: skip
    onset_s = one.time("onset", findings, where)
    stated = onset_s is not None
    if onset_s is None:
        onset_s = one.time("effective", findings, where)
    onset_s = sent_s if onset_s is None else onset_s
    # Without an onset nobody says that it is still to start: what ends before it was sent is over.
    end_s, renewed = _end(one, codes, findings, where, onset_s=onset_s if stated else NEVER_S)
    onset_s = onset_s if stated or end_s is None else min(onset_s, end_s)
    area = Area(
        description=one.text("areaDesc"),
        polygons=polygons_of(geometry, findings, f"{where}.geometry"),
        geocodes=_geocodes(one),
    )
    response = one.text("response")
    return Info(
        event=event,
        kind=reading.kinds.find((event,), named),
        category=one.text("category"),
        language=one.text("language") or "en-US",
        urgency=one.word("urgency", URGENCIES, "Unknown", findings, where),
        severity=one.word("severity", SEVERITIES, "Unknown", findings, where),
        certainty=one.word("certainty", CERTAINTIES, "Unknown", findings, where),
        onset_s=onset_s,
        expires_s=end_s,
        renewed=renewed,
        headline=one_line(one.text("headline")),
        description=one.text("description"),
        instruction=one.text("instruction"),
        response_types=(response,) if response else (),
        parameters=(*((CODE_PREFIX + name, code) for name, code in named), *parameters),
        areas=(area,),
    )


def _end(
    one: _Properties, codes: list[str], findings: Findings, where: str, *, onset_s: int
) -> tuple[int | None, bool]:
    """Give the end of the event: `ends`, else what VTEC says, else `expires`; None before the onset.

    And whether it is only the end of the message.
    """
    end_s = one.time("ends", findings, where)
    if end_s is None:
        said = vtec.end_of(codes)
        if said == vtec.OPEN:
            findings.note(f"{where}.properties.ends", "the event goes on until further notice")
            return None, False
        end_s = Findings().instant(said, "") if said else None
    renewed = end_s is None
    if end_s is None:
        end_s = one.time("expires", findings, where)
        findings.note(f"{where}.properties.ends", "missing; the end of the message counts")
    if end_s is not None and end_s < onset_s:
        findings.note(f"{where}.properties.expires", "is before the onset; the end is taken as not given")
        return None, False
    return end_s, renewed


def _references(one: _Properties, sender: str) -> tuple[AlertId, ...]:
    found = []
    listed = one.members.get("references")
    for each in listed[:REFERENCES_MAX] if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("identifier"), str):
            named = each.get("sender")
            found.append(alert_id(named if isinstance(named, str) and named else sender, each["identifier"]))
    # Those of messages that had expired: "sender,identifier,sent", with spaces between.
    for triplets in _texts(one.inside("parameters").get("expiredReferences")):
        for triplet in triplets.split()[:REFERENCES_MAX]:
            parts = triplet.split(",")
            if len(parts) == 3 and parts[0] and parts[1]:
                found.append(alert_id(parts[0], parts[1]))
    return tuple(dict.fromkeys(found))


FORMAT = Format(name="NWS alerts", lifecycle=Lifecycle.STREAM, looks=looks, read=read)

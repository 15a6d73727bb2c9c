"""Other readers of CAP: capparselib, and what a good engineer writes by hand with lxml.

In: bytes of a message. Out: the same few facts of each alert, so that readers can be compared before their
speed is. The one by hand takes the same fields as ours, floats and seconds included, and believes all it
reads: no limits, no notes, no languages folded, nothing kept that cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    description: str
    polygons: tuple[tuple[LonLat, ...], ...]
    circles: tuple[tuple[float, float, float], ...]  # lon, lat, km
    geocodes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Info:
    event: str
    language: str
    severity: str
    certainty: str
    urgency: str
    onset_s: float | None
    expires_s: float | None
    headline: str
    description: str
    parameters: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Message:
    sender: str
    identifier: str
    sent_s: float
    status: str
    kind: str
    references: tuple[str, ...]
    infos: tuple[Info, ...]


def by_hand(body: bytes) -> list[Message]:
    """Read the alerts of a document with lxml; raises whatever it raises."""
    from lxml import etree

    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    return [_message(each) for each in root.iter("{*}alert")]


def _message(alert: Any) -> Message:
    return Message(
        sender=_text(alert, "sender"),
        identifier=_text(alert, "identifier"),
        sent_s=datetime.fromisoformat(_text(alert, "sent")).timestamp(),
        status=_text(alert, "status"),
        kind=_text(alert, "msgType"),
        references=tuple(each.split(",")[1] for each in _text(alert, "references").split() if "," in each),
        infos=tuple(_info(each) for each in alert.iterfind("{*}info")),
    )


def _info(info: Any) -> Info:
    onset = _text(info, "onset") or _text(info, "effective")
    expires = _text(info, "expires")
    return Info(
        event=_text(info, "event"),
        language=_text(info, "language") or "en-US",
        severity=_text(info, "severity"),
        certainty=_text(info, "certainty"),
        urgency=_text(info, "urgency"),
        onset_s=datetime.fromisoformat(onset).timestamp() if onset else None,
        expires_s=datetime.fromisoformat(expires).timestamp() if expires else None,
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        parameters=_pairs(info, "parameter"),
        areas=tuple(_area(each) for each in info.iterfind("{*}area")),
    )


def _area(area: Any) -> Area:
    return Area(
        description=_text(area, "areaDesc"),
        polygons=tuple(
            points for each in area.iterfind("{*}polygon") if (points := positions(each.text or ""))
        ),
        circles=tuple(circle(each.text or "") for each in area.iterfind("{*}circle")),
        geocodes=_pairs(area, "geocode"),
    )


def positions(text: str) -> tuple[LonLat, ...]:
    found = (each.split(",") for each in text.split())
    return tuple((float(lon), float(lat)) for lat, lon in found)


def circle(text: str) -> tuple[float, float, float]:
    middle, radius = text.split()
    lat, lon = middle.split(",")
    return float(lon), float(lat), float(radius)


def _pairs(element: Any, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_text(each, "valueName"), _text(each, "value")) for each in element.iterfind(f"{{*}}{name}")
    )


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def capparselib(body: bytes) -> list[dict[str, Any]]:
    """Read with capparselib, which takes text, not bytes, and checks it against the schema."""
    from capparselib.parsers import CAPParser

    found: list[dict[str, Any]] = CAPParser(body.decode()).as_dict()
    return found

"""CAP 1.2, and tolerantly 1.0 and 1.1: alert elements to alerts.

In: an element, the table of kinds. Out: an alert; faults where it cannot be understood, notes where it was
mended. Refuses to know what an alert means on a road. CAP writes lat,lon; everything after this file is
lon, lat. Standard: OASIS, Common Alerting Protocol 1.2, docs.oasis-
open.org/emergency/cap/v1.2/CAP-v1.2-os.html
"""

from __future__ import annotations

import re
from math import isfinite
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line
from vado.feeds.languages import CODE_PREFIX, fold_languages
from vado.feeds.xml import children, first, text
from vado.hazards import Kinds
from vado.model.alert import Alert, Area, Circle, Info, MsgType, Polygon
from vado.model.ids import AlertId, Hash, LonLat

NAMESPACES = ("emergency:cap:1.", "www.incident.com/cap/1.")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
# CAP 1.2 gives altitude and ceiling in feet above mean sea level. Source: section 3.2.4; 0.3048 m is the
# international foot.
FOOT_M = 0.3048
RADIUS_MAX_KM = 20_040.0  # half way around the world
# Parameters that give the end of the event where `expires` only ends the message. Source: api.weather.gov.
ENDS = ("eventendingtime",)
_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def looks(document: Document) -> bool:
    return document.root is not None and bool(_alerts(document.root))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read the alerts of a document: one bare, or some inside Atom, RSS or EDXL. All of them, or faults."""
    found = _alerts(document.root) if document.root is not None else []
    each = (
        read_alert(
            element,
            reading.findings,
            at=f"alert[{n}]." if len(found) > 1 else "",
            source=reading.source,
            received_s=reading.received_s,
            raw=reading.raw,
            kinds=reading.kinds,
        )
        for n, element in enumerate(found)
    )
    return tuple(alert for alert in each if alert is not None)


def _alerts(root: Element) -> list[Element]:
    # An "alert" without namespace is read too: some senders forget it. One of another standard is not.
    return [
        alert
        for alert in xml.find_all(root, "alert")
        if "}" not in alert.tag or any(name in alert.tag for name in NAMESPACES)
    ]


def read_alert(
    element: Element,
    findings: Findings,
    *,
    at: str,
    source: str,
    received_s: int,
    raw: Hash,
    kinds: Kinds,
) -> Alert | None:
    """Read one alert element; None when it has faults."""
    before = len(findings.faults)
    said = len(findings.notes)
    sender = _demanded(element, "sender", findings, at)
    identifier = _demanded(element, "identifier", findings, at)
    sent = _demanded(element, "sent", findings, at)
    sent_s = findings.instant(sent, f"{at}sent") if sent else None
    if sent_s is not None:
        sent_s = findings.sent(sent_s, f"{at}sent", received_s=received_s)
    status = _word(element, "status", STATUSES, findings, at, default=None)
    msg_type = _word(element, "msgType", [each.value for each in MsgType], findings, at, default=None)
    scope = first(element, "scope")
    if not scope:
        findings.note(f"{at}scope", "missing; taken as Public")
    infos = [
        _info(info, findings, at=f"{at}info[{n}].", sent_s=sent_s or 0, kinds=kinds)
        for n, info in enumerate(children(element, "info"))
    ]
    references = _references(first(element, "references"), findings, f"{at}references")
    if len(findings.faults) > before or sent_s is None or status is None or msg_type is None:
        return None
    return Alert(
        id=alert_id(sender, identifier),
        source=source,
        sender=one_line(sender),
        identifier=one_line(identifier),
        sent_s=sent_s,
        status=status,
        msg_type=MsgType(msg_type),
        scope=scope or "Public",
        references=references,
        infos=fold_languages(infos),
        raw=raw,
        notes=tuple(findings.notes[said:]),
    )


def alert_id(sender: str, identifier: str) -> AlertId:
    # The standard forbids commas in both; where one stands all the same it must not shift their border.
    return AlertId(f"{one_line(sender.replace(',', ' '))},{one_line(identifier)}")


def _demanded(element: Element, name: str, findings: Findings, at: str) -> str:
    value = first(element, name)
    if not value:
        findings.fault("E1102", f"the alert has no {name}", f"ask the sender to add {name}", f"{at}{name}")
    return value


def _word(
    element: Element,
    name: str,
    words: list[str] | tuple[str, ...],
    findings: Findings,
    at: str,
    *,
    default: str | None,
) -> str | None:
    """Read a word of a fixed list in any case; without a default a missing or strange one is a fault."""
    value = first(element, name)
    known = {word.casefold(): word for word in words}.get(value.casefold())
    if known:
        return known
    if default is not None:
        findings.note(
            f"{at}{name}",
            f"{f'{value!r} is not in the standard' if value else 'missing'}; taken as {default}",
        )
        return default
    if not value:
        findings.fault("E1102", f"the alert has no {name}", f"ask the sender to add {name}", f"{at}{name}")
    else:
        findings.fault("E1004", f"{name} is {value!r}", f"write one of {', '.join(words)}", f"{at}{name}")
    return None


def _references(words: str, findings: Findings, where: str) -> tuple[AlertId, ...]:
    """Read "sender,identifier,sent sender,identifier,sent"; spaces inside the ids are read too."""
    found: list[AlertId] = []
    pieces = words.split(",") if words else []
    sender, strange = pieces[0] if pieces else "", len(pieces) % 2 == 0 and bool(pieces)
    for identifier, last in zip(pieces[1::2], pieces[2::2], strict=False):
        sent, _, following = " ".join(last.split()).partition(" ")
        if _DATED.match(sent):
            found.append(alert_id(sender, identifier))
        else:
            strange = True
        sender = following
    if strange or sender.strip() or (pieces and not found):
        findings.note(where, "not all of it could be read as sender,identifier,sent")
    return tuple(dict.fromkeys(found))


def _info(element: Element, findings: Findings, *, at: str, sent_s: int, kinds: Kinds) -> Info:
    event = one_line(first(element, "event"))
    if not event:
        findings.note(f"{at}event", "missing")
    codes = _pairs(element, "eventCode")
    parameters = _pairs(element, "parameter")
    certainty = first(element, "certainty")
    onset = first(element, "onset") or first(element, "effective")
    onset_s = findings.instant(onset, f"{at}onset") if onset else sent_s
    return Info(
        event=event,
        kind=kinds.find((event,), (*codes, *(p for p in parameters if p[0] == "awareness_type"))),
        category=first(element, "category"),
        language=first(element, "language") or "en-US",
        urgency=_word(element, "urgency", URGENCIES, findings, at, default="Unknown") or "Unknown",
        severity=_word(element, "severity", SEVERITIES, findings, at, default="Unknown") or "Unknown",
        certainty="Likely"  # CAP 1.0
        if certainty.casefold() == "very likely"
        else _word(element, "certainty", CERTAINTIES, findings, at, default="Unknown") or "Unknown",
        onset_s=onset_s or sent_s,
        expires_s=_end(element, parameters, findings, at=at, onset_s=onset_s or sent_s),
        headline=one_line(first(element, "headline")),
        description=first(element, "description"),
        instruction=first(element, "instruction"),
        response_types=tuple(text(each) for each in children(element, "responseType")),
        parameters=(*((CODE_PREFIX + name, value) for name, value in codes), *parameters),
        areas=tuple(
            _area(area, findings, at=f"{at}area[{n}].") for n, area in enumerate(children(element, "area"))
        ),
    )


def _end(
    element: Element, parameters: list[tuple[str, str]], findings: Findings, *, at: str, onset_s: int
) -> int | None:
    """Give the end of the hazard: the event's own, else `expires`; None when neither is usable."""
    ends = [
        value
        for name, value in parameters
        if name.casefold() in ENDS and Findings().instant(value, "") is not None
    ]
    stated = first(element, "expires")
    end_s = findings.instant(ends[0] if ends else stated, f"{at}expires") if ends or stated else None
    if ends:
        findings.note(f"{at}expires", "the event's own ending time counts instead")
    elif end_s is None:
        findings.note(f"{at}expires", "missing")
    if end_s is not None and end_s < onset_s:
        # The message ends before the hazard starts: the end is the message's own, another is to follow.
        findings.note(f"{at}expires", "is before the onset; the end is taken as not given")
        return None
    return end_s


def _pairs(element: Element, name: str) -> list[tuple[str, str]]:
    """Read name and value children; several pairs in one element, and CAP 1.0's "name=value" text."""
    found: list[tuple[str, str]] = []
    for each in children(element, name):
        names = [text(child) for child in children(each, "valueName")]
        values = [text(child) for child in children(each, "value")]
        if names:
            found.extend(zip(names, (*values, *[""] * len(names)), strict=False))
        elif text(each):
            key, _, value = text(each).partition("=")
            found.append((key.strip(), value.strip()))
    return found


def _area(element: Element, findings: Findings, *, at: str) -> Area:
    polygons = []
    for n, each in enumerate(children(element, "polygon")):
        where = f"{at}polygon[{n}]"
        points = _points(text(each), findings, where)
        if points == []:
            findings.note(where, "is empty")
        ring = findings.ring(points, where) if points else None
        if ring:
            polygons.append(Polygon(outer=ring))
    circles = []
    for n, each in enumerate(children(element, "circle")):
        where = f"{at}circle[{n}]"
        if not text(each):
            findings.note(where, "is empty")
            continue
        circle = _circle(text(each), findings, where)
        if circle:
            circles.append(circle)
    above_m, below_m = _heights(element, findings, at)
    return Area(
        above_m=above_m,
        below_m=below_m,
        description=one_line(first(element, "areaDesc")),
        polygons=tuple(polygons),
        circles=tuple(circles),
        geocodes=tuple(_pairs(element, "geocode")),
    )


def _heights(element: Element, findings: Findings, at: str) -> tuple[float | None, float | None]:
    """Read altitude and ceiling in metres; what cannot be meant so is left out, and the area reaches farther.

    An altitude alone is by the standard one height; snow lies from there up, so it is read as from there up.
    """
    floor, roof = (_height(element, name, findings, at) for name in ("altitude", "ceiling"))
    if roof is not None and first(element, "altitude") == "":
        findings.note(f"{at}ceiling", "stands without an altitude; not used")
        return None, None
    if floor is not None and roof is not None and roof < floor:
        findings.note(f"{at}ceiling", "is below the altitude; neither is used")
        return None, None
    # At sea level and below it the ground is meant: there are roads below it.
    return floor if floor is not None and floor > 0 else None, roof


def _height(element: Element, name: str, findings: Findings, at: str) -> float | None:
    words = first(element, name)
    if not words:
        return None
    try:
        metres = _number(words) * FOOT_M
    except ValueError:
        metres = float("nan")
    if not isfinite(metres):
        findings.note(f"{at}{name}", f"{words[:40]!r} is no number of feet; not used")
        return None
    return metres


def _points(words: str, findings: Findings, where: str) -> list[LonLat] | None:
    """Read "lat,lon lat,lon ..." with any white space; None when there was a fault."""
    points: list[LonLat] = []
    for token in _tokens(words, findings, where):
        try:
            lat, lon = (_number(number) for number in token.split(","))
        except ValueError:
            cause = f"{token[:40]!r} is no lat,lon"
            findings.fault("E1004", cause, "write lat,lon pairs with a space between", where)
            return None
        point = findings.point(lon, lat, where, order="lat,lon in degrees")
        if point is None:
            return None
        points.append(point)
    return points


def _tokens(words: str, findings: Findings, where: str) -> list[str]:
    """Split at white space; a comma too many after a pair, and spaces around a comma, are mended."""
    tokens = words.split()
    trimmed = [token.rstrip(",") for token in tokens]
    if all(token.count(",") == 1 for token in trimmed):
        if trimmed != tokens:
            findings.note(where, "there were commas between pairs; left them out")
        return trimmed
    # Plain replacements: a pattern with white space on both sides takes quadratic time on a hostile message.
    return " ".join(tokens).replace(" ,", ",").replace(", ", ",").split()


def _number(digits: str) -> float:
    if "_" in digits:  # a digit separator in Python, a typing error in a message
        raise ValueError(digits)
    return float(digits)


def _circle(words: str, findings: Findings, where: str) -> Circle | None:
    try:
        centre, radius = " ".join(words.split()).replace(" ,", ",").replace(", ", ",").split()
        radius_km = _number(radius)
    except ValueError:
        cause = f"{words[:40]!r} is no lat,lon radius"
        findings.fault("E1004", cause, "write lat,lon and the radius in km", where)
        return None
    points = _points(centre, findings, where)
    if not 0 <= radius_km <= RADIUS_MAX_KM:  # also false for NaN
        findings.fault("E1004", f"a radius of {radius} km", f"write 0 to {RADIUS_MAX_KM:.0f} km", where)
        return None
    return Circle(lon=points[0][0], lat=points[0][1], radius_m=radius_km * 1000) if points else None


FORMAT = Format(name="CAP", lifecycle=Lifecycle.STREAM, looks=looks, read=read)

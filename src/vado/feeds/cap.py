"""CAP 1.2, and tolerantly 1.0 and 1.1: alert elements to alerts.

In: an element, the table of kinds. Out: an alert; faults where it cannot be understood, notes where it was
mended. Refuses to know what an alert means on a road. CAP writes lat,lon; everything after this file is
lon, lat. Standard: OASIS, Common Alerting Protocol 1.2, docs.oasis-
open.org/emergency/cap/v1.2/CAP-v1.2-os.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from vado.feeds import vtec, xml
from vado.feeds.cap_area import METRE_SENDERS, pairs, read_area, snow_line, with_districts
from vado.feeds.cap_inside import unpack
from vado.feeds.cap_spelling import DEMANDED, respelt
from vado.feeds.cap_times import Clock
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading, in_part, one_line
from vado.feeds.languages import CODE_PREFIX, fold_languages
from vado.feeds.salvage import Record, salvage
from vado.feeds.xml import Fields, children, fields, first, said, text
from vado.hazards import Kinds
from vado.model.alert import Alert, Info, MsgType
from vado.model.ids import AlertId, Hash
from vado.model.when import NEVER_S

NAMESPACES = ("emergency:cap:1.", "www.incident.com/cap/1.")
# What may hold an alert as text.
_WRAPPERS = ("feed", "EDXLDistribution")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
DECISIVE = ("severity", "certainty")  # without them nobody knows whether it binds
PIECES_MAX = 20_000  # infos and areas of one message; the largest real one seen has some 10,000 elements
ALERTS_MAX = 20_000  # of one document
# Parameters that give the end of the event where `expires` only ends the message. Source: api.weather.gov.
ENDS = ("eventendingtime",)
# Whose `expires` only ends the message. Source: the same; weather-gov/weather.gov issue 852.
RENEWS = "@noaa.gov"
_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def looks(document: Document) -> bool:
    return document.root is not None and bool(alerts_in(document.root))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read the alerts of a document: one bare, or some inside Atom, RSS or EDXL.

    A fault refuses a message that stands alone. Of several, the one that has it is kept unread, and the rest
    counts.
    """
    found = alerts_in(document.root) if document.root is not None else []
    if len(found) == 1:
        alert = read_element(found[0], reading, reading.findings, at="")
        return () if alert is None else (alert,)
    return read_elements(found, reading)


def read_elements(elements: list[Element], reading: Reading) -> tuple[Alert, ...]:
    """Read each alert by itself: a fault in one does not touch the others."""
    if len(elements) > ALERTS_MAX:
        reading.findings.fault("E1002", f"more than {ALERTS_MAX} alerts", "send fewer at once", "alert")
        return ()
    return salvage(reading, (record(each, reading, f"alert[{n}]") for n, each in enumerate(elements)))


def record(element: Element, reading: Reading, where: str) -> Record:
    return Record(
        read=lambda findings: read_element(element, reading, findings, at=f"{where}."),
        where=where,
        sender=first(element, "sender"),
        identifier=first(element, "identifier"),
    )


def read_element(element: Element, reading: Reading, findings: Findings, *, at: str) -> Alert | None:
    """Read one alert element; None when it has faults."""
    return read_alert(
        element,
        findings,
        at=at,
        source=reading.source,
        received_s=reading.received_s,
        raw=reading.raw,
        kinds=reading.kinds,
    )


def alerts_in(root: Element) -> list[Element]:
    """Find the alert elements of CAP in a document, or in a part of it."""
    if xml.local(root) in _WRAPPERS:
        unpack(root)
    found = _named_alert(root)
    return [alert for alert in found if _is_of_cap(alert)]


def _is_of_cap(alert: Element) -> bool:
    """Tell an alert of CAP from one of another standard, by its namespace and what is in it."""
    if any(name in alert.tag for name in NAMESPACES):
        return True
    space = alert.tag.rpartition("}")[0].casefold()
    if not space:
        return alert.tag == "alert"  # some senders forget the namespace
    # A slip in the namespace, where all is there that CAP demands of an alert.
    alike = "cap" in space or "emergency" in space
    return alike and {xml.local(each) for each in alert} >= DEMANDED


def _named_alert(root: Element) -> list[Element]:
    return xml.find_all(root, "alert") or xml.find_all(root, "Alert")


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
    noted, doubted = len(findings.notes), len(findings.doubts)
    respelt(element, findings, at)
    has, clock = fields(element), Clock(element)
    sender = _demanded(has, "sender", findings, at)
    identifier = _demanded(has, "identifier", findings, at)
    sent = _demanded(has, "sent", findings, at)
    # The earliest that can be meant: it must not outrank what was said later.
    sent_s = clock.instant(sent, findings, f"{at}sent", latest=False) if sent else None
    if sent_s is not None:
        sent_s = findings.sent(sent_s, f"{at}sent", received_s=received_s)
    status = _word(has, "status", STATUSES, findings, at, default=None)
    msg_type = _word(has, "msgType", [each.value for each in MsgType], findings, at, default=None)
    scope = said(has, "scope")
    if not scope:
        findings.note(f"{at}scope", "missing; taken as Public")
    metres = identifier.startswith(METRE_SENDERS)
    listed = has.get("info", ())
    findings.pieces += len(listed) + sum(1 for info in listed for _ in children(info, "area"))
    if findings.pieces > PIECES_MAX:
        findings.fault(
            "E1002", f"the alert has more than {PIECES_MAX} infos and areas", "send it in parts", f"{at}info"
        )
        return None
    renews = sender.casefold().endswith(RENEWS)
    known = _Known(sent_s=sent_s or 0, kinds=kinds, metres=metres, renews=renews, clock=clock)
    infos = [
        _info(info, findings, known, at=f"{at}info[{n}].")
        for n, info in enumerate(listed)
        if not _cleared(info, findings, at=f"{at}info[{n}]")
    ]
    if "Signature" in has:
        findings.note(f"{at}Signature", "is there; who signed is not checked")
    references = _references(said(has, "references"), findings, f"{at}references")
    if len(findings.faults) > before or sent_s is None or status is None or msg_type is None:
        return None
    # None, or one that is no element of elements (JSON): that clears nothing.
    said_of = [each for each in children(element, "info") if len(each) or not text(each)]
    unsaid = not infos and msg_type in ("Alert", "Update") and not said_of
    if unsaid:
        findings.note(f"{at}info", "missing: what an older version says stays")
    alert = Alert(
        id=alert_id(sender, identifier),
        source=source,
        sender=one_line(sender),
        identifier=one_line(identifier),
        sent_s=sent_s,
        status=status,
        msg_type=MsgType(msg_type),
        scope=scope or "Public",
        event=vtec.of_parameters(pair for info in infos for pair in info.parameters),
        references=references,
        infos=fold_languages(infos),
        raw=raw,
        notes=tuple(findings.notes[noted:]),
    )
    return in_part(alert, [*findings.doubts[doubted:], *(["info"] if unsaid else ())])


def alert_id(sender: str, identifier: str) -> AlertId:
    # The standard forbids commas in both; where one stands all the same it must not shift their border.
    return AlertId(f"{one_line(sender.replace(',', ' '))},{one_line(identifier)}")


def _demanded(has: Fields, name: str, findings: Findings, at: str) -> str:
    value = said(has, name)
    if not value:
        findings.fault("E1102", f"the alert has no {name}", f"ask the sender to add {name}", f"{at}{name}")
    return value


def _word(
    has: Fields,
    name: str,
    words: list[str] | tuple[str, ...],
    findings: Findings,
    at: str,
    *,
    default: str | None,
) -> str | None:
    """Read a word of a fixed list in any case; without a default a missing or strange one is a fault."""
    value = said(has, name)
    if value in words:
        return value
    known = {word.casefold(): word for word in words}.get(value.casefold())
    if known:
        return known
    if default is not None:
        why = f"{f'{value!r} is not in the standard' if value else 'missing'}; taken as {default}"
        if name in DECISIVE:
            findings.doubt(name, f"{at}{name}", why)
        else:
            findings.note(f"{at}{name}", why)
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


def _cleared(element: Element, findings: Findings, *, at: str) -> bool:
    """Tell an info that says nothing any more: some hubs end a warning by emptying its message."""
    has = fields(element)
    words = (
        said(has, name)
        for name in ("event", "headline", "description", "instruction", "expires", "eventCode", "parameter")
    )
    if any(words) or text(element) or any(text(each) for area in has.get("area", ()) for each in area.iter()):
        return False
    findings.note(at, "is empty: its sender cleared it")
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the infos of an alert are read with."""

    sent_s: int
    kinds: Kinds
    metres: bool  # heights are metres, not feet
    renews: bool  # `expires` is the end of the message, and of the event only where nothing else is
    clock: Clock


def _info(element: Element, findings: Findings, known: _Known, *, at: str) -> Info:
    sent_s, clock = known.sent_s, known.clock
    has = fields(element)
    event = one_line(said(has, "event"))
    if not event:
        findings.note(f"{at}event", "missing")
    codes = pairs(has.get("eventCode", ()))
    parameters = pairs(has.get("parameter", ()))
    certainty = said(has, "certainty")
    onset = said(has, "onset") or said(has, "effective")
    start_s = (clock.instant(onset, findings, f"{at}onset", latest=False) if onset else sent_s) or sent_s
    # Without an onset nobody says that it is still to start: a warning sent anew after its end is over.
    stated = bool(said(has, "onset"))
    end_s, own = _end(has, parameters, findings, at=at, onset_s=start_s if stated else NEVER_S, clock=clock)
    onset_s = start_s if stated or end_s is None else min(start_s, end_s)
    kind = known.kinds.find((event,), (*codes, *(p for p in parameters if p[0] == "awareness_type")))
    words = f"{said(has, 'description')} {said(has, 'headline')}"
    areas = tuple(
        read_area(area, findings, at=f"{at}area[{n}].", words=words, metres=known.metres)
        for n, area in enumerate(has.get("area", ()))
    )
    areas = with_districts(areas, parameters)
    above_m = snow_line(kind, words, areas)
    if above_m is not None:
        findings.note(f"{at}description", f"names the snow line: it holds from {above_m:.0f} m up")
        areas = tuple(replace(area, above_m=above_m) for area in areas)
    return Info(
        event=event,
        kind=kind,
        category=said(has, "category"),
        language=said(has, "language") or "en-US",
        urgency=_word(has, "urgency", URGENCIES, findings, at, default="Unknown") or "Unknown",
        severity=_word(has, "severity", SEVERITIES, findings, at, default="Unknown") or "Unknown",
        certainty="Likely"  # CAP 1.0
        if certainty.casefold() == "very likely"
        else _word(has, "certainty", CERTAINTIES, findings, at, default="Unknown") or "Unknown",
        onset_s=onset_s,
        expires_s=end_s,
        renewed=known.renews and end_s is not None and not own,
        headline=one_line(said(has, "headline")),
        description=said(has, "description"),
        instruction=said(has, "instruction"),
        response_types=tuple(text(each) for each in has.get("responseType", ())),
        parameters=(*((CODE_PREFIX + name, value) for name, value in codes), *parameters),
        areas=areas,
    )


def _end(
    has: Fields, parameters: list[tuple[str, str]], findings: Findings, *, at: str, onset_s: int, clock: Clock
) -> tuple[int | None, bool]:
    """Give the end of the hazard: the event's own, and True, else `expires`; None when neither is usable."""
    ends = [
        value
        for name, value in parameters
        if name.casefold() in ENDS and Findings().instant(value, "") is not None
    ]
    stated = said(has, "expires")
    if not ends:
        end = vtec.end_of(value for name, value in parameters if name.casefold() == "vtec")
        if end == vtec.OPEN:
            findings.note(f"{at}expires", "the event itself has no end; this is when the message is renewed")
            return None, True
        ends = [end] if end else []
    told = ends[0] if ends else stated
    end_s = clock.instant(told, findings, f"{at}expires", latest=True) if told else None
    if ends:
        findings.note(f"{at}expires", "the event's own ending time counts instead")
    elif end_s is None:
        findings.note(f"{at}expires", "missing")
    if end_s is not None and end_s < onset_s:
        # The message ends before the hazard starts: the end is the message's own, another is to follow.
        findings.note(f"{at}expires", "is before the onset; the end is taken as not given")
        return None, bool(ends)
    return end_s, bool(ends)


FORMAT = Format(name="CAP", lifecycle=Lifecycle.STREAM, looks=looks, read=read)

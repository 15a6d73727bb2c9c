"""DATEX II, versions 2 and 3: the situations of a SituationPublication, each an alert.

In: a document, bare or inside a container or SOAP. Out: an alert a situation, with an info for each place
and time that its records share: what a red snow level means stands in four records, and is one hazard. A
record that cannot be read asks a person, the rest goes on. Other publications (measurements, parking,
signs) are refused by name, and so is a document without a publication: it is never "nothing happens".
Standard: CEN/TS 16157, https://docs.datex2.eu/, versions 2.3 and 3.7; profiles seen: DGT (Spain),
Fintraffic, NDW, Bison Futé.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element, tostring

from vado.errors import PayloadError
from vado.feeds.datex_effects import BOTH_WAYS, bound_words, doing
from vado.feeds.datex_orders import read_order
from vado.feeds.datex_vehicles import vehicles
from vado.feeds.datex_when import instant_of, when
from vado.feeds.datex_where import REFERENCES, where
from vado.feeds.datex_words import XSI_TYPE, every, only_child, plain, said, spoken, strip, xsi_type
from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line, unread_info
from vado.feeds.xml import children, find_all, first, local, text
from vado.model.alert import Action, Alert, Area, Info, MsgType
from vado.model.when import FIRST_S, LAST_S

ROOTS = ("d2LogicalModel", "messageContainer", "payload", "payloadPublication")
NAMESPACES = ("datex2.eu/schema", "levelc/schema")  # DGT's own is the second
RECORDS_MAX = 500  # of one situation
# Of one message: 10 MB of the shortest real records have some 7,000.
RECORDS_MESSAGE_MAX = 20_000
_COUNTED = ("situation", "situationRecord", "trafficRegulationOrder", "trafficRegulation", "conditions")
HEAD = ("publicationTime", "publicationCreator", "supplierIdentification")
READ = "SituationPublication"
ORDERS = "TrafficRegulationPublication"
_SEVERITY = {
    "highest": "Extreme", "high": "Severe", "medium": "Moderate", "low": "Minor", "lowest": "Minor",
    "none": "Minor",
}  # fmt: skip
_CERTAINTY = {"certain": "Observed", "probable": "Likely", "riskOf": "Possible"}
# informationStatus, of those that are not real.
_STATUS = {"test": "Test", "securityExercise": "Exercise", "technicalExercise": "Exercise"}


@dataclass(slots=True)
class Header:
    """What a publication says of itself, before its situations."""

    published_s: int | None = None
    country: str = ""
    publisher: str = ""
    seen: dict[str, int] = field(default_factory=dict)  # situation id -> how often it stood there

    def take(self, element: Element) -> None:
        """Note what an element of the head says; others are left alone."""
        name = local(element)
        if name == "publicationTime":
            self.published_s = instant_of(text(element))
        elif name in ("publicationCreator", "supplierIdentification") and not self.publisher:
            self.country = one_line(first(element, "country"))[:20].lower()
            self.publisher = one_line(first(element, "nationalIdentifier"))[:100]

    def inherit(self, above: Header) -> None:
        """Take the publisher that stands above the publication, where it names none itself."""
        if not self.publisher:
            self.country, self.publisher = above.country, above.publisher

    def sender(self, reading: Reading) -> str:
        return "/".join(part for part in (self.country, self.publisher) if part) or reading.source


def looks(document: Document) -> bool:
    """Tell DATEX II by its root, or by what a SOAP envelope holds."""
    root = document.root
    if root is None:
        return False
    if document.root_name == "Envelope":
        return any(find_all(root, name) for name in ROOTS)
    # "payload" and "messageContainer" are names that others use too.
    return is_root(root.tag, root.get(XSI_TYPE, "")) and (
        document.root_name not in ("payload", "messageContainer")
        or any(name in root.tag.casefold() for name in NAMESPACES)
        or any(xsi_type(each).endswith("Publication") for each in (root, *root))
    )


def is_root(tag: str, type_: str) -> bool:
    """Tell whether a document may be DATEX II by its root element."""
    return tag.rpartition("}")[2] in (*ROOTS, "Envelope") or type_.endswith("Publication")


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read all situations; raises PayloadError for what is no SituationPublication."""
    return () if document.root is None else read_root(document.root, reading)


def read_root(root: Element, reading: Reading, *, seen: dict[str, int] | None = None) -> tuple[Alert, ...]:
    """Read a document; `seen` counts its situations, where it is one of several of a message."""
    publications = _publications(root)
    names = [publication_name(each) for each in publications]
    check_publications(names)
    alerts: list[Alert] = []
    seen = {} if seen is None else seen
    suppliers = _suppliers(root, {id(each) for each in publications})
    total = sum(1 for each in root.iter() if local(each) in _COUNTED)
    if total > RECORDS_MESSAGE_MAX:
        raise PayloadError(
            f"the message has {total} situations and records, the limit is {RECORDS_MESSAGE_MAX}",
            code="E1002",
            action="send it in parts; a file of any size can be read as a file",
        )
    for each, name in zip(publications, names, strict=True):
        if name not in (READ, ORDERS):
            continue
        header = Header(seen=seen)
        for element in each:
            header.take(element)
        # In version 2 who publishes may stand above the publication only.
        above = Header()
        for element in suppliers:
            above.take(element)
        header.inherit(above)
        if header.published_s is not None:
            reading.findings.dated(header.published_s)
        situations = list(children(each, "situation")) if name == READ else []
        orders = find_all(each, "trafficRegulationOrder") if name == ORDERS else []
        if not situations and not orders and header.published_s is None:
            raise empty()
        alerts += [read_situation(situation, header, reading) for situation in situations]
        alerts += [_order(order, header, reading) for order in orders]
    return tuple(alerts)


def _publications(root: Element) -> list[Element]:
    if publication_name(root):
        return [root]
    return [found for child in root for found in _publications(child)]


def _suppliers(element: Element, publications: set[int]) -> list[Element]:
    """Find who sends, outside of the publications."""
    if id(element) in publications:
        return []
    if local(element) == "supplierIdentification":
        return [element]
    return [found for child in element for found in _suppliers(child, publications)]


def publication_name(element: Element) -> str:
    """Give which publication an element is, "" for none."""
    return name_of(element.tag, element.get(XSI_TYPE, ""))


def name_of(tag: str, type_: str) -> str:
    kind = type_.rpartition(":")[2]
    if kind.endswith("Publication"):
        return kind
    return "publication without a type" if tag.rpartition("}")[2] == "payloadPublication" else ""


def empty() -> PayloadError:
    return PayloadError(
        "the publication has neither a time nor situations",
        code="E1102",
        action="ask the source; nothing was taken in, and what was known stays",
    )


def check_publications(names: list[str]) -> None:
    """Refuse a document that holds no situations; raises PayloadError that names what it holds."""
    if READ in names or ORDERS in names:
        return
    if names:
        raise PayloadError(
            f"the message is DATEX II with a {names[0]}, which is not read",
            code="E1006",
            action=f"send a {READ} or a {ORDERS}",
        )
    raise PayloadError(
        "the message is DATEX II without a publication: a keep-alive, a fault, or an empty answer",
        code="E1107",
        action=f"send a {READ}; nothing was taken in, and what was known stays",
    )


def read_situation(situation: Element, header: Header, reading: Reading) -> Alert:
    """Read one situation; one of which nothing can be read is kept as an unreadable record."""
    strip(situation)
    identifier = one_line(situation.get("id", "")) or "no-id-" + _hash(situation)
    times = header.seen[identifier] = header.seen.get(identifier, 0) + 1
    notes: list[str] = []
    if times > 1:
        notes.append(f"the situation {identifier} stands {times} times in one message; all count")
    sent_s = _sent_s(situation, header, reading, notes)
    head = only_child(situation, "headerInformation")
    stated = said(head, "informationStatus") if head is not None else ""
    records = situation.findall("situationRecord")
    unread: list[str] = []  # what of it could not be read
    said_of = [_record(record, header, sent_s, reading, unread) for record in records[:RECORDS_MAX]]
    infos = _folded(_placed([info for infos, _ in said_of for info in infos], notes))
    notes += [note for _, record_notes in said_of for note in record_notes]
    if len(records) > RECORDS_MAX or not records:
        what = f"more than {RECORDS_MAX} records" if records else "no record"
        notes.append(f"the situation has {what}: a person must look")
        infos = (*infos, unread_info(f"the situation has {what}", sent_s))
        unread.append(what)
        reading.findings.complete = False
    return reading.alert(
        sender=header.sender(reading),
        identifier=identifier if times == 1 else f"{identifier}~{times}",
        sent_s=sent_s,
        status=_STATUS.get(stated, "Actual"),
        # All its records are over: nothing of it holds. Its own newer version ends the older one.
        msg_type=MsgType.ALERT if infos else MsgType.CANCEL,
        event=f"datex {identifier}",
        infos=infos,
        unread=unread,
        notes=tuple(dict.fromkeys(note[:300] for note in notes))[:100],
    )


def _order(order: Element, header: Header, reading: Reading) -> Alert:
    """Read one traffic regulation order."""
    strip(order)
    identifier = one_line(said(order, "regulationId") or order.get("id", "")) or "no-id-" + _hash(order)
    times = header.seen[identifier] = header.seen.get(identifier, 0) + 1
    notes: list[str] = []
    unread: list[str] = []
    sent_s = _sent_s(order, header, reading, notes)
    try:
        infos, doubts = read_order(order, sent_s=sent_s, country=header.country)
        said_of, unread = doubts.notes, doubts.members
    except (ValueError, OverflowError, TypeError) as bad:
        infos, said_of = (unread_info(f"the order could not be read: {bad}"[:300], sent_s),), [str(bad)]
        unread.append("all of it")
        reading.findings.complete = False
    return reading.alert(
        sender=header.sender(reading),
        identifier=identifier if times == 1 else f"{identifier}~{times}",
        sent_s=sent_s,
        msg_type=MsgType.ALERT if infos else MsgType.CANCEL,
        event=f"datex {identifier}",
        infos=infos,
        unread=unread,
        notes=tuple(dict.fromkeys(note[:300] for note in (*notes, *said_of)))[:100],
    )


def _hash(element: Element) -> str:
    return hashlib.sha256(tostring(element)).hexdigest()[:16]


def _sent_s(situation: Element, header: Header, reading: Reading, notes: list[str]) -> int:
    """Date a situation: when it was published, or changed if that is later.

    Version numbers are not counted: some publishers send other content under the same one. What is dropped
    from a situation is dropped by the next publication, whether or not its versions moved.
    """
    stated = [
        each
        for name in ("situationVersionTime", "situationRecordVersionTime")
        for each in every(situation, name)
    ]
    times = [found for each in stated[: 2 * RECORDS_MAX] if (found := instant_of(each)) is not None]
    times += [header.published_s] if header.published_s is not None else []
    if not times:
        notes.append("says nowhere when it was sent; taken as when it was received")
        return reading.received_s
    findings = type(reading.findings)()
    sent_s = findings.sent(max(times), "publicationTime", received_s=reading.received_s)
    notes += findings.notes
    return min(max(sent_s, FIRST_S), LAST_S)


def _record(
    record: Element, header: Header, sent_s: int, reading: Reading, unread: list[str]
) -> tuple[tuple[Info, ...], list[str]]:
    """Read one record: no info where it is over, an unreadable one where that fails, in `unread`."""
    name = one_line(record.get("id", ""))[:100]
    try:
        info, notes, sure = _read_record(record, header, sent_s, reading)
    except (ValueError, OverflowError, TypeError) as bad:  # a salvage: the other records are still read
        reading.findings.complete = False
        unread.append(name or _hash(record))
        cause = f"the record {name} could not be read: {bad}"
        return (unread_info(cause[:300], sent_s),), [f"{name}: {bad}"]
    if not sure:
        unread.append(name or _hash(record))
    return ((info,) if info is not None else ()), [f"{name}: {note}" for note in notes]


def _read_record(
    record: Element, header: Header, sent_s: int, reading: Reading
) -> tuple[Info | None, list[str], bool]:
    """Give what a record says, if it holds; notes; and whether its type, place and figures are sure."""
    managed = said(record, "roadOrCarriagewayOrLaneManagementType")
    period = when(record, sent_s=sent_s, country=header.country, nights=managed == "overnightClosures")
    if period.over:
        return None, [f"over: {period.over}"], True
    place = where(record, both_ways=managed in BOTH_WAYS)
    who = vehicles(record, limit=managed in ("heightRestrictionInOperation", "weightRestrictionInOperation"))
    does = doing(record, place, who, reading.kinds)
    if does.ends:
        return None, ["over: the road is cleared"], True
    words = [spoken(comment) for comment in record.findall("generalPublicComment")]
    areas = place.areas()
    probability = said(record, "probabilityOfOccurrence")
    headline = ": ".join(part for part in (areas[0].description if areas else "", does.event) if part)
    bound = bound_words(who.bounds)
    info = Info(
        event=does.event,
        kind=does.kind,
        category="Transport",
        urgency="Immediate",
        severity=_SEVERITY.get(said(record, "severity") or said(record, "overallSeverity"), "Unknown"),
        certainty=_CERTAINTY.get(probability, "Observed"),
        onset_s=period.onset_s,
        expires_s=period.expires_s,
        during=period.during,
        headline=one_line(f"{headline} ({bound})" if bound else headline)[:300],
        description=one_line(" ".join(words))[:2000],
        parameters=(("record", one_line(record.get("id", ""))[:100]), ("type", plain(xsi_type(record)))),
        stated=does.effects,
        areas=areas,
    )
    # Who gives a record no place at all means that of its situation (Fintraffic).
    placed = any(area.has_shape or area.geocodes for area in areas) or not any(
        len(each) for name in REFERENCES for each in record.findall(name)
    )
    # What is noted of a place is that a part of it is not used.
    sure = placed and not place.notes and not does.unsure
    return info, [*period.notes, *place.notes, *does.notes], sure


def _placed(infos: list[Info], notes: list[str]) -> list[Info]:
    """Give a record without a place that of its situation, which is one event (Fintraffic)."""
    known = next((info.areas for info in infos if any(area.has_shape for area in info.areas)), ())
    known = known or next((info.areas for info in infos if info.areas), ())
    if known and not all(info.areas for info in infos):
        notes.append("a record says of no place: taken to be where its situation is")
    return [info if info.areas else replace(info, areas=known) for info in infos]


def _folded(infos: list[Info]) -> tuple[Info, ...]:
    """Join the records of one place and one time, whose effects are one pattern: bans, chains, a limit."""
    groups: dict[object, list[Info]] = {}
    for n, info in enumerate(infos):
        alone = not info.stated or any(e.action in (Action.INSPECT, Action.NONE) for e in info.stated)
        key = (
            n
            if alone
            else (info.onset_s, info.expires_s, info.during, _somewhere(info.areas), info.certainty)
        )
        groups.setdefault(key, []).append(info)
    return tuple(_joined(group) for group in groups.values())


def _somewhere(areas: tuple[Area, ...]) -> object:
    return areas or object()  # nowhere is not the same place as nowhere else


def _joined(group: list[Info]) -> Info:
    if len(group) == 1:
        return group[0]
    kinds = [info.kind for info in group]
    # What the pattern is about: chains make it snow, a ban alone a closure.
    kind = next((kind for kind in kinds if kind not in ("other", "closure", "roadworks")), "")
    kind = kind or next((kind for kind in ("closure", "roadworks") if kind in kinds), kinds[0])
    first_, order = group[0], ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
    place = first_.areas[0].description if first_.areas else ""
    said_ = dict.fromkeys(info.headline.removeprefix(f"{place}: ") for info in group)
    return Info(
        event="; ".join(dict.fromkeys(info.event for info in group))[:300],
        kind=kind,
        category=first_.category,
        urgency=first_.urgency,
        severity=min((info.severity for info in group), key=order.index),
        certainty=first_.certainty,
        onset_s=first_.onset_s,
        expires_s=first_.expires_s,
        during=first_.during,
        headline=": ".join(part for part in (place, "; ".join(said_)) if part)[:300],
        description=" ".join(dict.fromkeys(info.description for info in group if info.description))[:2000],
        parameters=tuple(pair for info in group for pair in info.parameters),
        stated=tuple(dict.fromkeys(effect for info in group for effect in info.stated)),
        areas=first_.areas,
    )


FORMAT = Format(name="DATEX II", lifecycle=Lifecycle.FULL, looks=looks, read=read)

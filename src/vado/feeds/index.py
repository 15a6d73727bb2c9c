"""Atom and RSS indices of warnings: what they hold of each, and what is still to be fetched.

In: a feed whose entries hold CAP alerts, hold elements of CAP (MeteoAlarm's legacy Atom, NWS), or link to
CAP files. Out: an alert for each; one that binds nothing and asks for the message where an entry only names
it; and the links (`links`). Refuses to take an entry without a warning in it for "nothing", and any other
news feed for an index. An entry of MeteoAlarm is one info, one area and one polygon of a message: entries
of one message are put together. Sources: RFC 4287 (Atom), RSS 2.0, CAP 1.2;
feeds.meteoalarm.org/feeds/meteoalarm-legacy-atom-<country>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from vado.feeds import cap
from vado.feeds.cap import NAMESPACES
from vado.feeds.cap_inside import unpack
from vado.feeds.findings import Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line
from vado.feeds.index_link import Link, to_fetch
from vado.feeds.salvage import Record, salvage
from vado.feeds.xml import Fields, children, fields, first, local, said, text
from vado.model.alert import Alert
from vado.model.when import rfc3339

ENTRIES_MAX = 10_000
HEAD = 2_000  # bytes in which a feed declares its namespaces
_ROOTS = ("feed", "rss", "RDF")
_ELSEWHERE = ("gdacs.org",)  # namespaces of feeds that have a format of their own
_CAP_TYPE = "application/cap+xml"
_CAP_LINK = re.compile(r"\.cap\b|/cap/|[/=?_.]cap(?:id|get|alert|message)?[/=?_.&]|getcap", re.IGNORECASE)
_ARCHIVE = (".tar.gz", ".tgz", ".tar", ".zip")
_COLOURS = {"green": 1, "yellow": 2, "orange": 3, "red": 4}
_INFO = (
    "language", "category", "event", "urgency", "severity", "certainty", "effective", "onset", "expires",
    "headline", "description", "instruction", "responseType", "eventCode", "parameter",
)  # fmt: skip
_TIMES = ("effective", "onset", "expires", "sent")


def looks(document: Document) -> bool:
    root = document.root
    if root is None or local(root) not in _ROOTS:
        return False
    head = document.body[:HEAD]
    if any(name.encode() in head for name in _ELSEWHERE):
        return False
    if any(name.encode() in document.body for name in NAMESPACES):
        return True
    return any(_named_as_cap(entry) for entry in _entries(root))


def _entries(root: Element) -> Iterator[Element]:
    names = ("entry", "item")
    for child in root:
        if local(child) in names:
            yield child
        elif local(child) == "channel":
            yield from (each for each in child if local(each) in names)


def _named_as_cap(entry: Element) -> bool:
    return any(link.kind == _CAP_TYPE or _CAP_LINK.search(link.href) for link in _links(entry))


def _links(entry: Element) -> list[Link]:
    """List the links of an entry: the most likely to be the message first."""
    found = []
    for each in entry:
        if local(each) == "link":
            href = each.get("href") or text(each)
            kind = each.get("type", "")
        elif local(each) == "enclosure":
            href, kind = each.get("url", ""), each.get("type", "")
        else:
            continue
        if href.startswith(("http://", "https://", "/")):
            found.append(Link(href=href, kind=kind, title=one_line(first(entry, "title"))))
    return sorted(
        found,
        key=lambda link: (link.kind != _CAP_TYPE, not _CAP_LINK.search(link.href), link.kind == "text/html"),
    )


def links(document: Document) -> tuple[Link, ...]:
    """List what an index names, each once: whole archives first."""
    found: dict[str, Link] = {}
    if document.root is not None:
        unpack(document.root)
    for entry in _entries(document.root) if document.root is not None else ():
        best = _links(entry)[:1]
        if best and not _alerts(entry):
            href = best[0].href
            found.setdefault(
                href, Link(href=href, kind=best[0].kind, title=best[0].title, event=_event(entry))
            )
    return tuple(sorted(found.values(), key=lambda link: not link.href.lower().endswith(_ARCHIVE)))


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    """Read all entries; no entries is an answer: the index names nothing."""
    root = document.root
    if root is not None:
        unpack(root)
    entries = [] if root is None else list(_entries(root))
    if len(entries) > ENTRIES_MAX:
        reading.findings.fault("E1002", f"more than {ENTRIES_MAX} entries", "ask for fewer", "feed")
        return ()
    if root is None or (entries and all(_alerts(entry) for entry in entries)):
        return cap.read(document, reading)
    sender = one_line(first(root, "id") or first(root, "title")) or reading.source
    return salvage(reading, _records(entries, reading, sender))


def _alerts(entry: Element) -> list[Element]:
    return cap.alerts_in(entry)


def _records(entries: list[Element], reading: Reading, sender: str) -> Iterator[Record]:
    together: dict[tuple[str, str, str], Element] = {}
    for n, entry in enumerate(entries):
        where = f"entry[{n}]"
        whole = _alerts(entry)
        for each in whole:
            yield _cap_record(each, reading, where, event="")
        if whole:
            continue
        alert = _inline(entry, sender, received_s=reading.received_s)
        if alert is None:
            yield _pointer(entry, reading, where, sender)
            continue
        # Entries of one version of one message are its infos: under one name the second would be a repeat.
        name = (first(alert, "sender"), first(alert, "identifier"), first(alert, "sent"))
        if name in together:
            together[name].extend(children(alert, "info"))
        else:
            together[name] = alert
    for n, ((_, identifier, _), alert) in enumerate(together.items()):
        _once(alert)
        yield _cap_record(alert, reading, f"message[{n}]", event=f"cap {identifier}")


def _once(alert: Element) -> None:
    """Leave out infos that stand there twice: an index has one for each language, all in English."""
    seen = set()
    for info in list(children(alert, "info")):
        same = tuple((local(each), text(each), each.get("lang")) for each in info.iter() if text(each))
        if same in seen:
            alert.remove(info)
        seen.add(same)


def _cap_record(element: Element, reading: Reading, where: str, *, event: str) -> Record:
    def read_it(findings: Findings) -> Alert | None:
        alert = cap.read_element(element, reading, findings, at=f"{where}.")
        if alert is None or not event:
            return alert
        return replace(alert, event=alert.event or event)

    return Record(
        read=read_it, where=where, sender=first(element, "sender"), identifier=first(element, "identifier")
    )


def _pointer(entry: Element, reading: Reading, where: str, sender: str) -> Record:
    def read_it(findings: Findings) -> Alert | None:
        best = _links(entry)
        href = best[0].href if best else ""
        name = _name(entry) or href
        if not name:
            return None
        said = _rfc3339(_dated(entry))
        sent_s = Findings().instant(said, "") if said else None
        end = _rfc3339(first(entry, "expires"))
        link = Link(href=href, event=_event(entry), title=one_line(first(entry, "title")))
        return to_fetch(
            reading,
            link,
            sender=sender,
            identifier=name,
            sent_s=reading.received_s
            if sent_s is None
            else findings.sent(sent_s, where, received_s=reading.received_s),
            expires_s=Findings().instant(end, "") if end else None,
        )

    return Record(read=read_it, where=where, sender=sender, identifier=_name(entry))


def _name(entry: Element) -> str:
    return one_line(first(entry, "identifier") or first(entry, "id") or first(entry, "guid"))


def _dated(entry: Element) -> str:
    return first(entry, "updated") or first(entry, "published") or first(entry, "pubDate")


def _event(entry: Element) -> str:
    return f"cap {_name(entry)}" if _name(entry) else ""


def _inline(entry: Element, sender: str, *, received_s: int) -> Element | None:
    """Write the elements of CAP in an entry as a CAP alert; None where there are too few for a warning."""
    has = fields(entry)
    if not said(has, "event") or not said(has, "severity"):
        return None
    alert = Element("alert")
    author = next(iter(has.get("author", ())), None)
    named = said(has, "sender") or ("" if author is None else first(author, "name")) or sender
    # An entry that nobody dated is as old as its receipt: newer than what was heard, older than the next.
    sent = said(has, "sent") or _dated(entry) or rfc3339(received_s) or ""
    _put(alert, "identifier", _name(entry))
    _put(alert, "sender", named)
    _put(alert, "sent", _rfc3339(sent))
    _put(alert, "status", said(has, "status") or "Actual")
    _put(alert, "msgType", said(has, "msgType") or said(has, "message_type") or "Alert")
    _put(alert, "scope", said(has, "scope") or "Public")
    _put(alert, "references", said(has, "references"))
    info = Element("info")
    for name in _INFO:
        for each in has.get(name, ()):
            if len(each):
                info.append(each)
            else:
                _put(info, name, _rfc3339(text(each)) if name in _TIMES else text(each))
    if not first(info, "headline"):
        _put(info, "headline", said(has, "title"))
    if not first(info, "description"):
        _put(info, "description", said(has, "summary"))
    _level(info)
    info.append(_area(has))
    info.extend(has.get("area", ()))
    alert.append(info)
    return alert


def _level(info: Element) -> None:
    """Take the awareness level from the title where no parameter has it; green only where it is minor."""
    if any("awareness_level" in text(name) for each in info for name in children(each, "valueName")):
        return
    colour = first(info, "headline").partition(" ")[0].casefold()
    level = _COLOURS.get(colour)
    if level is None or (level == 1 and first(info, "severity").casefold() not in ("minor", "unknown")):
        return
    parameter = Element("parameter")
    _put(parameter, "valueName", "awareness_level")
    _put(parameter, "value", f"{level}; {colour}")
    info.append(parameter)


def _area(has: Fields) -> Element:
    area = Element("area")
    for name in ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"):
        area.extend(has.get(name, ()))
    return area


def _put(element: Element, name: str, words: str) -> None:
    if words:
        child = Element(name)
        child.text = words
        element.append(child)


def _rfc3339(words: str) -> str:
    """Write a date of RSS (RFC 822) as one of Atom; anything else stays as it is."""
    if not words or words[:4].isdigit():
        return words
    try:
        return parsedate_to_datetime(words).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return words


FORMAT = Format(name="Atom or RSS index of CAP", lifecycle=Lifecycle.STREAM, looks=looks, read=read)

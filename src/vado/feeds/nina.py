"""NINA: the lists of warnings that Germany's civil protection publishes, each warning named and not held.

Source: warnung.bund.de/api31, described by github.com/bundesAPI/nina-api, openapi.yaml: MapWarnings
(`<provider>/mapData.json`) and ARSOverviewResult (`dashboard/<ARS>.json`). In: JSON. Out: an alert for each
that binds nothing and asks for the message, and the links to fetch: a warning itself is CAP as JSON
(`warnings/<id>.json`), and read as that. Refuses an empty list: it does not say of what it is the list.
"""

from __future__ import annotations

import re
from typing import Any

from vado.feeds.format import Document, Format, Lifecycle, Reading, one_line
from vado.feeds.index_link import Link, to_fetch
from vado.feeds.records import Record, Unusable, listed, members, read_records, text
from vado.model.alert import Alert, MsgType

SENDER = "NINA"
PLACE = "https://warnung.bund.de/api31/warnings/"
WARNINGS_MAX = 10_000
# Part of an address, and so nothing that leads elsewhere.
_ID = re.compile(r"[A-Za-z]{2,10}\.[\w.-]{1,180}", re.ASCII)


def looks(document: Document) -> bool:
    first = [members(each) for each in listed(document.value)[:5]]
    return any(
        "id" in each and "i18nTitle" in each and ("payload" in each or "type" in each) for each in first
    )


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    return read_records(
        listed(document.value)[:WARNINGS_MAX],
        reading,
        name="warnings",
        sender=SENDER,
        identify=_name,
        read=lambda record: _pointer(record, reading),
    )


def links(document: Document) -> tuple[Link, ...]:
    """List the warnings themselves, each once; those that are cancelled too, as their message says so."""
    found = (_link(each) for each in listed(document.value)[:WARNINGS_MAX] if _ID.fullmatch(_name(each)))
    return tuple({link.href: link for link in found}.values())


def _name(value: Any) -> str:
    return one_line(text(members(value).get("id")))


def _link(value: Any) -> Link:
    given = members(value)
    inside = members(given.get("payload"))
    titles = members(given.get("i18nTitle"))
    title = next((text(each) for each in titles.values() if text(each)), "")
    version = given.get("version", inside.get("version"))
    return Link(
        href=f"{PLACE}{_name(value)}.json",
        event=f"nina {_name(value)}",
        title=title,
        # One id may stay while its warning changes (floods of a state): the version tells them apart.
        version=str(version)[:20] if isinstance(version, int | str) else "",
    )


def _pointer(record: Record, reading: Reading) -> Alert:
    name = _name(record.value)
    if not _ID.fullmatch(name):
        raise Unusable("its id is none of a warning")
    given = members(record.value)
    inside = members(given.get("payload"))
    kind = (text(given.get("type")) or text(inside.get("type"))).casefold()
    written = text(given.get("sent")) or text(given.get("startDate"))
    sent_s = record.sent(record.instant(written, "sent") if written else None, reading)
    link = _link(record.value)
    if kind == "cancel":
        return reading.alert(
            sender=SENDER, identifier=name, sent_s=sent_s, msg_type=MsgType.CANCEL, event=link.event
        )
    return to_fetch(reading, link, sender=SENDER, identifier=name, sent_s=sent_s)


FORMAT = Format(name="NINA list", lifecycle=Lifecycle.FULL, looks=looks, read=read)

"""A format: how its messages are told from others, how they are read, and how their source keeps them.

Each file of this package that reads a format ends in one `Format`; `feeds.formats` lists them. Reading is
pure: bytes to alerts. A message that cannot be understood at all is a fault. One record of many that cannot
is kept as an alert that binds nothing and asks a person (`Reading.unreadable`): nothing is dropped, the rest
goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.findings import Findings
from vado.hazards import Kinds
from vado.model.alert import Action, Alert, Area, Info, MsgType, StatedEffect
from vado.model.ids import IN_PART, UNREADABLE, AlertId, Hash

IDENTIFIER_MAX = 200  # characters of an identifier that we make of what a record says
DIGEST = 8  # hex digits


class Lifecycle(StrEnum):
    """What it means that something is not in a document any more."""

    FULL = "full"  # the document is all that holds: what is missing has ended
    STREAM = "stream"  # each document is news: what is missing is as it was
    ARCHIVE = "archive"  # holds what is long over too: what is missing is as it was
    WINDOW = "window"  # all that was published within a time: what is missing may still hold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """A body, read as far as its syntax goes: one of `root`, `value` and `text` is there."""

    body: bytes
    root: Element | None = None  # XML
    value: Any = None  # JSON: an object or a list
    text: str | None = None  # neither
    note: str = ""  # what was mended in its bytes

    @property
    def root_name(self) -> str:
        return "" if self.root is None else xml.local(self.root)

    def member(self, name: str) -> Any:
        """Give a member of a JSON object; None where there is none."""
        return self.value.get(name) if isinstance(self.value, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one document: what the reader is told, and what it finds."""

    source: str  # the feed or webhook it came by
    received_s: int  # 0: not known
    raw: Hash
    kinds: Kinds
    findings: Findings = field(default_factory=Findings)

    def alert(
        self, *, sender: str, identifier: str, sent_s: int, unread: Sequence[str] = (), **other: Any
    ) -> Alert:
        """Make an alert of this document; `other` are fields of `Alert`.

        `unread` names the parts of it that could not be read, or not for sure. Such an alert stands beside
        the last version that could be, and never takes its place.
        """
        sender, identifier = one_line(sender.replace(",", " ")), short(identifier)
        alert = Alert(
            id=AlertId(f"{sender},{identifier}"),
            source=self.source,
            sender=sender,
            identifier=identifier,
            sent_s=sent_s,
            raw=self.raw,
            **other,
        )
        return in_part(alert, unread)

    def unreadable(
        self, *, sender: str, identifier: str, cause: str, where: str, areas: tuple[Area, ...] = ()
    ) -> Alert:
        """Keep a record that cannot be understood: it binds nothing, is shown, and asks a person.

        Its id is not the one that the record has: what that stands for stays in force until the source says
        something that can be understood. A record without one is named by where it stands and its cause.
        """
        text = f"{where}: {cause}" if where else cause
        self.findings.complete = False
        sender = sender or self.source
        name = short(identifier) or f"{where} {digest(where, cause, repr(areas))}"
        return self.alert(
            sender=sender,
            identifier=name if name.endswith(UNREADABLE) else name + UNREADABLE,
            sent_s=self.received_s,
            infos=(unread_info(f"a record of {self.source} could not be read: {cause}", self.received_s,
                               description=text, areas=areas),),
            notes=(text,),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. `looks` must be cheap and true only for what `read` is for."""

    name: str  # as people know it: "DATEX II v3"
    lifecycle: Lifecycle  # what its usual publishers do; a feed's settings may say otherwise
    looks: Callable[[Document], bool]
    read: Callable[[Document, Reading], tuple[Alert, ...]]


def unread_info(headline: str, onset_s: int, *, description: str = "", areas: tuple[Area, ...] = ()) -> Info:
    """Say of something that could not be read that a person must look."""
    return Info(
        event="unreadable record", kind="", onset_s=onset_s, expires_s=None, headline=headline,
        description=description, stated=(StatedEffect(action=Action.INSPECT),), areas=areas,
    )  # fmt: skip


def in_part(alert: Alert, unread: Iterable[str]) -> Alert:
    """Name an alert by what of it could not be read, or not for sure, if anything."""
    parts = sorted(set(unread))
    if not parts or alert.msg_type is MsgType.CANCEL:
        return alert
    suffix = IN_PART + digest(*parts)
    return replace(alert, id=AlertId(alert.id + suffix), identifier=alert.identifier + suffix)


def apart(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Keep all that one document says under one id and date: a second that differs gets a name of its own."""
    kept: dict[tuple[AlertId, int], Alert] = {}
    for alert in alerts:
        first = kept.setdefault((alert.id, alert.sent_s), alert)
        if first is alert or replace(first, notes=()) == replace(alert, notes=()):
            continue
        other = renamed(alert)
        kept.setdefault((other.id, other.sent_s), other)
    return tuple(kept.values())


def renamed(alert: Alert) -> Alert:
    """Give what stands a second time under an id another one: by what it says and not by its place."""
    identifier = f"{alert.identifier}~{digest(repr(alert.infos))}"
    note = f"the id {alert.identifier!r} stands there more than once; all count"
    return replace(
        alert,
        id=AlertId(f"{alert.sender},{identifier}"),
        identifier=identifier,
        notes=(*alert.notes, note),
    )


def short(identifier: str) -> str:
    """Bound an identifier; two long ones that begin alike stay two."""
    name = one_line(identifier)
    if len(name) <= IDENTIFIER_MAX:
        return name
    return f"{name[: IDENTIFIER_MAX - 1 - DIGEST]}~{digest(name)}"


def digest(*words: str) -> str:
    """Give a few digits that are the same for the same words."""
    return hashlib.sha256("\n".join(words).encode("utf-8", "replace")).hexdigest()[:DIGEST]


def one_line(words: str) -> str:
    return " ".join(words.split())

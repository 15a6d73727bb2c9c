"""A format: how its messages are told from others, how they are read, and how their source keeps them.

Each file of this package that reads a format ends in one `Format`; `feeds.formats` lists them. Reading is
pure: bytes to alerts. A message that cannot be understood at all is a fault. One record of many that cannot
is kept as an alert that binds nothing and asks a person (`Reading.unreadable`): nothing is dropped, the rest
goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element

from vado.feeds import xml
from vado.feeds.findings import Findings
from vado.hazards import Kinds
from vado.model.alert import Action, Alert, Area, Info, StatedEffect
from vado.model.ids import AlertId, Hash

IDENTIFIER_MAX = 200  # characters of an identifier that we make of what a record says


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

    def alert(self, *, sender: str, identifier: str, sent_s: int, **other: Any) -> Alert:
        """Make an alert of this document; `other` are fields of `Alert`."""
        sender, identifier = one_line(sender.replace(",", " ")), one_line(identifier)[:IDENTIFIER_MAX]
        return Alert(
            id=AlertId(f"{sender},{identifier}"),
            source=self.source,
            sender=sender,
            identifier=identifier,
            sent_s=sent_s,
            raw=self.raw,
            **other,
        )

    def unreadable(
        self, *, sender: str, identifier: str, cause: str, where: str, areas: tuple[Area, ...] = ()
    ) -> Alert:
        """Keep a record that cannot be understood: it binds nothing, is shown, and asks a person."""
        text = f"{where}: {cause}" if where else cause
        self.findings.complete = False
        info = Info(
            event="unreadable record",
            kind="",
            onset_s=self.received_s,
            expires_s=None,
            headline=f"a record of {self.source} could not be read: {cause}",
            description=text,
            stated=(StatedEffect(action=Action.INSPECT),),
            areas=areas,
        )
        return self.alert(
            sender=sender, identifier=identifier, sent_s=self.received_s, infos=(info,), notes=(text,)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. `looks` must be cheap and true only for what `read` is for."""

    name: str  # as people know it: "DATEX II v3"
    lifecycle: Lifecycle  # what its usual publishers do; a feed's settings may say otherwise
    looks: Callable[[Document], bool]
    read: Callable[[Document, Reading], tuple[Alert, ...]]


def one_line(words: str) -> str:
    return " ".join(words.split())

"""Feeds: what sources send, made into alerts and road data. One file a format; parsing is pure.

    read        bytes of a message -> its contents, in any format of `feeds.formats`
    parse       the same, just the alerts
    read_stream the alerts of a DATEX II file of any size, one situation at a time
    recognise   which of them it is; everything else is refused by name
    shipped_kinds   the table of event words as it comes with Vado

A message is taken in whole or not at all: what can be mended without making a hazard smaller is mended and
noted on the alert; everything else is a fault, and the caller keeps the bytes and shows it. Never "all
clear".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from vado.errors import PayloadError
from vado.feeds import nothing
from vado.feeds.collector import paused
from vado.feeds.findings import SKEW_S, Findings
from vado.feeds.format import Document, Format, Lifecycle, Reading, apart
from vado.feeds.geocodes import NO_GEOCODES, Geocodes
from vado.feeds.recognise import recognise
from vado.feeds.stream import read_stream
from vado.feeds.tables import shipped_kinds
from vado.hazards import Kinds
from vado.model.alert import Alert, MsgType
from vado.model.ids import Hash
from vado.model.world import FeedRead

__all__ = [
    "Contents",
    "Document",
    "Format",
    "Geocodes",
    "Lifecycle",
    "Reading",
    "parse",
    "read",
    "read_stream",
    "recognise",
    "shipped_kinds",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a document holds: the alerts, and the document as the world is told of it."""

    lifecycle: Lifecycle
    alerts: tuple[Alert, ...]
    read: FeedRead


def parse(
    body: bytes,
    *,
    source: str,
    received_s: int = 0,
    kinds: Kinds | None = None,
    geocodes: Geocodes = NO_GEOCODES,
) -> tuple[Alert, ...]:
    """Read the alerts of a message of any known format; see `read`."""
    return read(body, source=source, received_s=received_s, kinds=kinds, geocodes=geocodes).alerts


def read(
    body: bytes,
    *,
    source: str,
    received_s: int = 0,
    kinds: Kinds | None = None,
    geocodes: Geocodes = NO_GEOCODES,
    lifecycle: Lifecycle | None = None,
    pulled: bool = False,
) -> Contents:
    """Read a message of any known format; raises PayloadError with all its faults, each naming its field.

    `source` is the feed or webhook it came by; `received_s` dates closures that say neither when they
    were sent nor when they start (0: always in force), and messages dated after it (0: as they say).
    `geocodes` places areas that have only codes. The same bytes and arguments give the same alerts.

    `lifecycle` is what the source is declared to do. Where nothing is declared, a document that was `pulled`
    is what is usual with its format; one that was pushed may be a part of what holds, and is never all of it.
    A full document that nobody dated ends nothing. A bare empty list is one where `lifecycle` says so.
    """
    with paused():
        whole = lifecycle is Lifecycle.FULL
        found, alerts, findings = _alerts(
            body, source, received_s, kinds or shipped_kinds(), geocodes, whole=whole
        )
    usual = found.lifecycle if pulled or found.lifecycle is not Lifecycle.FULL else Lifecycle.STREAM
    kept = lifecycle or usual
    at_s = findings.published_s or received_s
    if received_s and at_s > received_s + SKEW_S:
        at_s = received_s  # a date to come would outrank all that is published until then
    full = kept is Lifecycle.FULL and at_s > 0
    if full:
        alerts = tuple(replace(alert, document_s=at_s) for alert in alerts)
    holding = (alert.id for alert in alerts if alert.msg_type is not MsgType.CANCEL)
    told = FeedRead(
        source=source,
        format=found.name,
        full=full,
        complete=findings.complete,
        at_s=at_s,
        present=tuple(dict.fromkeys(holding)) if full else (),
        alerts=len(alerts),
        notes=sum(len(alert.notes) for alert in alerts),
    )
    return Contents(lifecycle=kept, alerts=alerts, read=told)


def _alerts(
    body: bytes, source: str, received_s: int, kinds: Kinds, geocodes: Geocodes,
    *, whole: bool,
) -> tuple[Format, tuple[Alert, ...], Findings]:  # fmt: skip
    """Read the alerts of a message, with its format and what was found; raises PayloadError."""
    if whole and nothing.is_empty_list(body):
        return nothing.FORMAT, (), Findings()
    found, document = recognise(body)
    reading = Reading(
        source=source,
        received_s=received_s,
        raw=Hash("sha256:" + hashlib.sha256(body).hexdigest()),
        kinds=kinds,
    )
    alerts = found.read(document, reading)
    reading.findings.check_vertices()
    if reading.findings.faults:
        raise PayloadError.of(reading.findings.faults)
    alerts = apart(alerts)
    if document.note:
        said = f"the document {document.note}"
        alerts = tuple(replace(alert, notes=(said, *alert.notes)) for alert in alerts)
    if len(geocodes):
        alerts = tuple(geocodes.place(alert) for alert in alerts)
    return found, alerts, reading.findings

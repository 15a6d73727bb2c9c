"""Feeds: what sources send, made into alerts and road data. One file a format; parsing is pure.

    parse       bytes of a message -> alerts, in any format of `feeds.formats`
    recognise   which of them it is; everything else is refused by name
    shipped_kinds   the table of event words as it comes with Vado

A message is taken in whole or not at all: what can be mended without making a hazard smaller is mended and
noted on the alert; everything else is a fault, and the caller keeps the bytes and shows it. Never "all
clear".
"""

from __future__ import annotations

import hashlib

from vado.errors import PayloadError
from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.geocodes import NO_GEOCODES, Geocodes
from vado.feeds.recognise import recognise
from vado.feeds.tables import shipped_kinds
from vado.hazards import Kinds
from vado.model.alert import Alert
from vado.model.ids import Hash

__all__ = ["Document", "Format", "Geocodes", "Lifecycle", "Reading", "parse", "recognise", "shipped_kinds"]


def parse(
    body: bytes,
    *,
    source: str,
    received_s: int = 0,
    kinds: Kinds | None = None,
    geocodes: Geocodes = NO_GEOCODES,
) -> tuple[Alert, ...]:
    """Read a message of any known format; raises PayloadError with all its faults, each naming its field.

    `source` is the feed or webhook it came by; `received_s` dates closures that say neither when they
    were sent nor when they start (0: always in force), and messages dated after it (0: as they say).
    `geocodes` places areas that have only codes. The same bytes and arguments give the same alerts.
    """
    found, document = recognise(body)
    reading = Reading(
        source=source,
        received_s=received_s,
        raw=Hash("sha256:" + hashlib.sha256(body).hexdigest()),
        kinds=kinds or shipped_kinds(),
    )
    alerts = found.read(document, reading)
    reading.findings.check_vertices()
    if reading.findings.faults:
        raise PayloadError.of(reading.findings.faults)
    return tuple(geocodes.place(alert) for alert in alerts) if len(geocodes) else alerts

"""Records: documents of many, each read by itself, so that one that is broken does not hide the rest.

In: the records of a document and how to read one. Out: alerts, those of unreadable records among them, each
id once. Also the tolerant looks into JSON that all of these readers share. Refuses to know any format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any
from xml.etree import ElementTree  # to write, not to read: vado.feeds.xml reads

from vado.errors import PayloadError
from vado.feeds.findings import Findings
from vado.feeds.format import Reading, in_part, renamed
from vado.model.alert import Alert, Area

RECORDS_MAX = 20_000  # of one document; the largest real feeds that were seen have some 10,000
ALL_VERTICES_MAX = 500_000  # of one document; one record may have VERTICES_MAX of `findings`
# Of what records hold lists of: roads, lanes, restrictions, areas. Real ones have some ten.
PIECES_MAX, ALL_PIECES_MAX = 2_000, 200_000  # of one record, of one document
INFOS_MAX = 30_000  # of one document: what is said of each road of each record
TEXT_MAX = 4_000  # characters of one text that are kept
HEADS_MAX = 20  # records that are looked at to tell the format
DIGITS_MAX = 40  # of a number that is written as a text
CAUSES_SHOWN = 3


class Unusable(Exception):  # noqa: N818  # it is no error of the document: the record is kept, and asks a person
    """Why one record cannot be understood."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record while it is read: what it says, where, what is found. Faults make it unreadable."""

    value: Any
    where: str  # "features[3]"
    findings: Findings = field(default_factory=Findings)

    def doubt(self, member: str, text: str) -> None:
        self.findings.doubt(member, self.where, text)

    def list_of(self, value: Any, name: str) -> list[Any]:
        """Give a list; an empty one for anything else, which is in doubt unless it is nothing. As `few`."""
        if value is not None and not isinstance(value, list):
            self.doubt(name, f"its {name} are no list")
        return self.few(value, name)

    def objects(self, value: Any, name: str) -> list[dict[str, Any]]:
        """Give the objects of a list; anything else in it is in doubt."""
        found = self.list_of(value, name)
        objects = [each for each in found if isinstance(each, dict)]
        if len(objects) < len(found):
            self.doubt(name, f"some of its {name} are none")
        return objects

    def number(self, value: Any, name: str) -> float | None:
        """Give a number; None for anything else, which is in doubt unless it is nothing."""
        found = number(value)
        if found is None and value not in (None, ""):
            self.doubt(name, f"its {name} is no number")
        return found

    def note(self, text: str) -> None:
        self.findings.note(self.where, text)

    def instant(self, value: Any, name: str) -> int | None:
        """Read a time with offset; None where it is absent. One that cannot be read makes a fault."""
        written = text(value)
        if not written and value not in (None, ""):
            self.doubt(name, f"its {name} is no time")
        return self.findings.instant(written, f"{self.where}.{name}") if written else None

    def few(self, value: Any, name: str) -> list[Any]:
        """Give a list that is to be short; raises Unusable where all those of the record are too long."""
        found = listed(value)
        self.findings.pieces += len(found)
        if self.findings.pieces > PIECES_MAX:
            raise Unusable(f"it has more than {PIECES_MAX} parts ({name})")
        return found

    def words(self, value: Any, name: str) -> tuple[str, ...]:
        """Give a text, or the texts of a list that is to be short; raises Unusable as `few`."""
        return words(self.few(value, name) if isinstance(value, list) else value)

    def sent(self, sent_s: int | None, reading: Reading) -> int:
        """Date what the record says; without a date it is as of when it was received."""
        if sent_s is None:
            return reading.received_s
        return self.findings.sent(sent_s, self.where, received_s=reading.received_s)


def read_records(
    values: Sequence[Any],
    reading: Reading,
    *,
    name: str,
    sender: str,
    identify: Callable[[Any], str],
    read: Callable[[Record], Alert | None],
    place: Callable[[Any], tuple[Area, ...]] = lambda _: (),
) -> tuple[Alert, ...]:
    """Read each record; None from `read` is one that says nothing. Raises PayloadError E1002: too many."""
    if len(values) > RECORDS_MAX:
        raise PayloadError(
            f"more than {RECORDS_MAX} records", code="E1002", action="send fewer at once", field=name
        )
    alerts: dict[str, Alert] = {}
    vertices = pieces = infos = 0
    for n, value in enumerate(values):
        record = Record(value, f"{name}[{n}]")
        try:
            alert = read(record)
            faults = record.findings.faults
            vertices += record.findings.vertices
            infos += len(alert.infos) if alert is not None else 0
            cause = "; ".join(fault.cause for fault in faults[:CAUSES_SHOWN])
        except Unusable as bad:
            cause = str(bad)
        pieces += record.findings.pieces
        if vertices > ALL_VERTICES_MAX or pieces > ALL_PIECES_MAX or infos > INFOS_MAX:
            cause = (
                f"the document has more than {ALL_VERTICES_MAX} vertices, {ALL_PIECES_MAX} parts of records, "
                f"or {INFOS_MAX} statements"
            )
            raise PayloadError(cause, code="E1002", action="send fewer at once", field=name)
        if cause:
            alert = reading.unreadable(
                sender=sender,
                identifier=identify(value) or made_id(value),
                cause=cause,
                where=record.where,
                areas=place(value),
            )
        if alert is not None and not cause:
            alert = in_part(alert, record.findings.doubts)
        if alert is not None:
            notes = tuple(record.findings.notes)
            _add(alerts, alert if cause or not notes else replace(alert, notes=notes))
    return tuple(alerts.values())


def _add(alerts: dict[str, Alert], alert: Alert) -> None:
    """Keep all that is said under one id: a second that differs gets a name of its own, and is said."""
    first = alerts.get(alert.id)
    if first is not None and replace(first, notes=()) == replace(alert, notes=()):
        return
    if first is not None:
        alert = renamed(alert)
    alerts.setdefault(alert.id, alert)


def made_id(*said: Any) -> str:
    """Name a thing that has no id by what is said of it: the same again gives the same name; "" at worst."""
    try:
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=_plain).encode()).hexdigest()[:12]
    except (RecursionError, TypeError, ValueError):
        return ""


def _plain(value: Any) -> str:
    return ElementTree.tostring(value, "unicode") if isinstance(value, ElementTree.Element) else ""


# -------------------------------------------------------------------------------------- looks into JSON


def text(value: Any) -> str:
    """Give a text or a number as one trimmed line; "" for anything else."""
    if isinstance(value, str):
        kept = value if len(value) <= TEXT_MAX else value[: 2 * TEXT_MAX]
        if not kept.isascii() or "\0" in kept:  # half a pair of UTF-16, and NUL, which no store takes
            kept = kept.encode("utf-8", "replace").decode().replace("\0", " ")
        return " ".join(kept.split())[:TEXT_MAX]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def number(value: Any) -> float | None:
    """Give a finite number, also one written as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and ("_" in value or len(value) > DIGITS_MAX):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def members(value: Any) -> dict[str, Any]:
    """Give an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Give a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def words(value: Any) -> tuple[str, ...]:
    """Give a text, or the texts of a list."""
    each = value if isinstance(value, list) else [value]
    return tuple(word for word in (text(one) for one in each) if word)


def is_true(value: Any) -> bool:
    return value is True or text(value).casefold() in ("true", "1", "yes")


def is_false(value: Any) -> bool:
    return value is False or text(value).casefold() in ("false", "0", "no")


def records_of(value: Any, name: str, what: str) -> list[Any]:
    """Give the list that a document must have; raises PayloadError E1003: one without is not "nothing"."""
    found = members(value).get(name)
    if not isinstance(found, list):
        raise PayloadError(
            f"{what} without a list of {name}",
            code="E1003",
            action="send the whole document; what was known stays as it is",
            field=name,
        )
    return found


def heads(value: Any) -> list[dict[str, Any]]:
    """Give the properties of the first records of a list, to tell a format by: one of them may be broken."""
    first = [members(each) for each in listed(value)[:HEADS_MAX]]
    return [members(each.get("properties")) or members(each.get("attributes")) or each for each in first]

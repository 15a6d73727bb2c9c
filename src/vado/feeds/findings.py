"""Findings: what a reader notes while it reads one message, and the checks that all formats share.

In: texts and numbers with the path of their field. Out: faults (the message cannot be taken in), notes
(mended, and said), and values. Nothing is mended that could make a hazard smaller. Refuses to know the
format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import isfinite

from vado.errors import Fault
from vado.model.alert import Ring
from vado.model.ids import LonLat
from vado.model.when import epoch_s, rfc3339

VERTICES_MAX = 100_000  # of one message; the largest real polygon seen has 41,009
FAULTS_MAX = 100
NOTES_MAX = 100
# So far may a sender's clock be ahead of ours before we doubt the date of its message. Source: the clock skew
# that RFC 4120, The Kerberos Network Authentication Service, section 8.2, recommends to accept.
SKEW_S = 300

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)


@dataclass(slots=True)
class Doubts:
    """What is noted of one record, and which of its members say nothing that is understood."""

    notes: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)

    def add(self, member: str, note: str) -> None:
        self.members.append(member)
        self.notes.append(note)


@dataclass(slots=True)
class Findings:
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # members that say nothing that is understood
    vertices: int = 0
    pieces: int = 0  # of lists inside of one record, as far as they were counted
    complete: bool = True  # False: a record of the document could not be read
    published_s: int = 0  # when the document says it was published; 0: it does not

    def fault(self, code: str, cause: str, action: str, where: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(code, cause, action, where))

    def dated(self, published_s: int) -> None:
        """Note when the document was published; of several times the earliest, which ends least, counts."""
        self.published_s = min(published_s, self.published_s or published_s)

    def note(self, where: str, text: str) -> None:
        if len(self.notes) < NOTES_MAX:
            self.notes.append(f"{where}: {text}")

    def told(self, other: Findings) -> None:
        """Take over what was noted elsewhere."""
        self.notes += other.notes[: NOTES_MAX - len(self.notes)]

    def doubt(self, member: str, where: str, text: str) -> None:
        """Note that a member says nothing that is understood: an older version stays in force."""
        if len(self.doubts) < NOTES_MAX:
            self.doubts.append(member)
        self.note(where, text)

    def instant(self, text: str, where: str) -> int | None:
        """Read an RFC 3339 time; -00:00 is UTC, no offset is a fault."""
        match = _TIME.fullmatch(text.strip())
        if match is None:
            self.fault(
                "E1105", f"{text[:40]!r} is no time", "write RFC 3339, 2026-01-10T09:00:00+01:00", where
            )
            return None
        day, clock, offset = match.groups()
        if offset is None:
            self.fault("E1105", f"{text!r} has no offset from UTC", "add the offset, e.g. +01:00 or Z", where)
            return None
        offset = "Z" if offset in ("UTC", "GMT") else offset
        # ISO 8601 ends a day at 24:00; Python reads that from version 3.13 on.
        midnight = clock in ("24:00", "24:00:00")
        try:
            start_s = epoch_s(
                datetime.fromisoformat(f"{day}T{'00:00' if midnight else clock}{offset.upper()}")
            )
            return start_s + 86_400 if midnight else start_s
        except (ValueError, OverflowError) as bad:
            self.fault("E1105", f"{text!r} is no time: {bad}", "write a time that exists", where)
            return None

    def sent(self, sent_s: int, where: str, *, received_s: int) -> int:
        """Date a message: one from the future counts as sent when it was received.

        Left as it is it would outrank, until that time, all that its sender says later. `received_s` is the
        receipt of this very message, so that what it becomes does not hang on what else was heard; 0 is
        unknown, and nothing is mended.
        """
        if not received_s or sent_s <= received_s + SKEW_S:
            return sent_s
        self.note(where, f"{rfc3339(sent_s) or sent_s} was still to come; taken as sent when it was received")
        return received_s

    def point(self, lon: float, lat: float, where: str, *, order: str) -> LonLat | None:
        """Check a coordinate; NaN and what lies outside the world are faults."""
        self.vertices += 1
        if isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90:
            return (lon, lat)
        hint = " (they look swapped)" if abs(lat) > 90 >= abs(lon) and abs(lat) <= 180 else ""
        self.fault("E1104", f"lon {lon}, lat {lat} is outside the world{hint}", f"write {order}", where)
        return None

    def ring(self, points: list[LonLat], where: str) -> Ring | None:
        """Check a ring and close it where the sender did not."""
        different = _different(points)
        if different < 3:
            plural = "" if different == 1 else "s"
            self.fault(
                "E1103",
                f"a polygon needs three different points, this one has {different} point{plural}",
                "send four points or more, the first again last",
                where,
            )
            return None
        if points[0] != points[-1]:
            self.note(where, "the ring was not closed; closed it")
            points = [*points, points[0]]
        # Seen from its first point, so that a small ring far from 0, 0 keeps its digits.
        x0, y0 = points[0]
        flat = all(
            abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) < 1e-14
            for (x1, y1), (x2, y2) in pairwise(points[1:])
        )
        if flat:
            self.fault("E1103", "all points of the polygon lie on one line", "send its outline", where)
            return None
        return tuple(points)

    def check_vertices(self) -> None:
        if self.vertices > VERTICES_MAX:
            self.fault(
                "E1002",
                f"the message has {self.vertices} vertices, the limit is {VERTICES_MAX}",
                "send simpler shapes, or split the message",
                "",
            )


def _different(points: list[LonLat]) -> int:
    """Count points that differ; three are enough to know, and rings have thousands."""
    found: set[LonLat] = set()
    for point in points:
        found.add(point)
        if len(found) == 3:
            break
    return len(found)

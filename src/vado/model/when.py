"""Time: instants are whole epoch seconds, UTC; a period is half-open.

Why seconds and not `datetime`: the solver, the arrays and the ledger all want exact integers, and one
representation cannot disagree with itself. People see RFC 3339 (`rfc3339`), made at the borders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

# Later than any instant we handle (year 9999 is 2.5e11); far from int64 overflow when durations are added.
FOREVER_S = 2**40
NEVER_S = -(2**40)
# What calendars can write: years 1 to 9999. FOREVER_S and NEVER_S lie outside.
FIRST_S, LAST_S = -62_135_596_800, 253_402_300_799


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The period [start_s, end_s) in epoch seconds; `FOREVER_S` as end means open-ended."""

    start_s: int
    end_s: int = FOREVER_S

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"interval ends before it starts: {self.start_s} > {self.end_s}")

    def __contains__(self, instant_s: int) -> bool:
        return self.start_s <= instant_s < self.end_s

    def overlaps(self, other: Interval) -> bool:
        return self.start_s < other.end_s and other.start_s < self.end_s

    def intersection(self, other: Interval) -> Interval | None:
        """Find what both have in common; None when that is nothing."""
        start, end = max(self.start_s, other.start_s), min(self.end_s, other.end_s)
        return Interval(start, end) if start < end else None


def union(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Merge overlapping and touching intervals, sorted."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start_s <= merged[-1].end_s:
            merged[-1] = Interval(merged[-1].start_s, max(merged[-1].end_s, interval.end_s))
        else:
            merged.append(interval)
    return tuple(merged)


def epoch_s(instant: datetime) -> int:
    """Turn an aware datetime into epoch seconds; a naive one is refused."""
    if instant.tzinfo is None:
        raise ValueError("a time without offset has no instant")
    return int(instant.timestamp() // 1)


def instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, tz=UTC)


def rfc3339(epoch: int) -> str:
    """Write an instant for people and JSON, e.g. 2026-01-10T09:00:00Z; one beyond all calendars is empty."""
    if not FIRST_S <= epoch <= LAST_S:
        return ""
    return instant(epoch).isoformat().replace("+00:00", "Z")


def clock(epoch: int) -> str:
    """Write the time of day, UTC, for tables and sentences: 09:05; "…" beyond all calendars."""
    return instant(epoch).strftime("%H:%M") if FIRST_S <= epoch <= LAST_S else "…"

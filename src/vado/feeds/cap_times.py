"""Times of a CAP message, those without an offset included: the standard demands one, and some forget it.

In: an alert element, for where it is about, and its times. Out: instants. A time without offset is local
to the place; where two zones are possible, or no place is drawn, a start is the earliest that can be meant
and an end the latest. Refuses anything that is no time: a fault.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from xml.etree.ElementTree import Element

from vado.feeds.cap_points import read_points
from vado.feeds.findings import Findings
from vado.feeds.local_time import local_s, zones_at
from vado.feeds.xml import local, text

_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?", re.ASCII)
SHAPES_MAX = 1_000  # of an alert, that are asked where it is
# All offsets that are in use, UTC-12 to UTC+14. Source: IANA time zone database, file `etcetera`.
ANYWHERE = (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))


class Clock:
    """Reads the times of one alert; looks for its place when a time has no offset, and not before."""

    def __init__(self, alert: Element) -> None:
        self._alert = alert
        self._zones: tuple[tzinfo, ...] = ()

    def instant(self, words: str, findings: Findings, where: str, *, latest: bool) -> int | None:
        """Read a time; one without offset is the earliest, or the latest, that it can be at the place."""
        if ":" in words and _NAIVE.fullmatch(words.strip()):
            self._zones = self._zones or _zones_of(self._alert)
            found = local_s(words, self._zones, latest=latest)
            if found is not None:
                findings.note(
                    where, f"has no offset from UTC; the {'latest' if latest else 'earliest'} counts"
                )
                return found
        return findings.instant(words, where)


def _zones_of(alert: Element) -> tuple[tzinfo, ...]:
    """Give the zones between the westernmost and easternmost shape; all there are where none is drawn."""
    drawn = [text(each) for each in alert.iter() if local(each) in ("polygon", "circle") and text(each)]
    heads = [read_points(" ".join(each[:200].split()[:1]), Findings(), "") for each in drawn[:SHAPES_MAX]]
    points = [point for head in heads for point in head or ()]
    if not points:
        return ANYWHERE
    return (*zones_at(min(points)), *zones_at(max(points)))

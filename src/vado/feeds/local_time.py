"""Local time: what a source means that writes a clock's time and not where the clock is.

In: times without offset, and hours of the day by weekday, with the place they are about. Out: instants and
spells. Where two zones are possible both count: a start is the earliest that can be meant, an end the
latest, so that a closure is never shorter than it is. Refuses to guess one zone from a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from math import ceil, floor
from zoneinfo import ZoneInfo

from vado.model.ids import LonLat
from vado.model.when import FOREVER_S, Interval, union

# Our own boxes, coarse and overlapping on purpose: (west, south, east, north) -> zone. All of Central
# European Time has the same rules.
_BOXES = (
    ((-18.5, 27.3, -13.0, 29.6), "Atlantic/Canary"),
    ((-31.6, 36.7, -24.5, 40.0), "Atlantic/Azores"),
    ((-17.6, 32.2, -16.0, 33.3), "Atlantic/Madeira"),
    ((-9.7, 36.8, -6.1, 42.2), "Europe/Lisbon"),
    ((-10.8, 49.8, 2.0, 61.0), "Europe/London"),
    ((-9.5, 35.7, 4.5, 43.9), "Europe/Madrid"),
    ((-5.3, 35.4, 24.3, 71.3), "Europe/Madrid"),
    ((19.9, 34.5, 41.0, 70.2), "Europe/Athens"),
    ((25.6, 35.8, 44.9, 42.2), "Europe/Istanbul"),
)
# Elsewhere: from an hour before the sun's time to three after it, which holds all zones that are, with
# summer time.
_BEFORE_SUN_H, _AFTER_SUN_H = 1, 3
AHEAD_DAYS = 35  # so far spells are worked out; what is later holds all the time
DAYS_MAX = 100_000  # of one document; a day of several windows counts as several
HOURS_MAX = 50  # windows of one day
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::\d\d)?(?:\.\d+)?)?", re.ASCII)
_HOURS = re.compile(r"(\d\d?):(\d\d)\s?-\s?(\d\d?):(\d\d)", re.ASCII)
_DAY_S = 86_400

Windows = Mapping[int, Sequence[tuple[int, int]]]  # weekday, Monday is 0 -> from, to in minutes of the day


@dataclass(slots=True)
class Budget:
    """How many days of spells one document may still ask for."""

    days: int = DAYS_MAX


def zones_at(point: LonLat | None) -> tuple[tzinfo, ...]:
    """Give the zones whose time can be meant at a place; UTC where the place is not known."""
    if point is None:
        return (UTC,)
    lon, lat = point
    names = {
        name for (west, south, east, north), name in _BOXES if west <= lon <= east and south <= lat <= north
    }
    if names:
        return tuple(zone(name) for name in sorted(names))
    sun_h = lon / 15
    hours = range(max(floor(sun_h) - _BEFORE_SUN_H, -12), min(ceil(sun_h) + _AFTER_SUN_H, 14) + 1)
    return tuple(timezone(timedelta(hours=hour)) for hour in (hours[0], hours[-1]))


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_s(written: str, zones: Sequence[tzinfo], *, latest: bool) -> int | None:
    """Read a time without offset, or a day; None for anything else. A day that is an end ends over night."""
    match = _LOCAL.fullmatch(written.strip())
    if match is None:
        return None
    try:
        day = date.fromisoformat(match[1])
        clock = time.fromisoformat(match[2]) if match[2] else time()
        if not match[2] and latest:
            day += timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return _instant(day, clock.hour * 60 + clock.minute, zones, latest=latest)


def _instant(day: date, minute: int, zones: Sequence[tzinfo], *, latest: bool) -> int | None:
    """Give the first or last instant that a minute of a day can be in any of the zones."""
    try:
        first_s, last_s, steady = _midnights(day, tuple(zones))
        if steady:
            return (last_s if latest else first_s) + minute * 60
        each = _at(day, minute, zones)
    except (ValueError, OverflowError):
        return None
    return int(max(each) if latest else min(each))


@lru_cache(maxsize=4096)
def _midnights(day: date, zones: tuple[tzinfo, ...]) -> tuple[int, int, bool]:
    """Give the first and last instant that a day can begin, and whether no clock moves on it or the next."""
    begins = _at(day, 0, zones)
    steady = _at(day, 2 * 24 * 60, zones) == [each + 2 * _DAY_S for each in begins]
    return int(min(begins)), int(max(begins)), steady


def _at(day: date, minute: int, zones: Sequence[tzinfo]) -> list[float]:
    naive = datetime.combine(day, time()) + timedelta(minutes=minute)
    return [
        naive.replace(tzinfo=zone, fold=fold).timestamp()
        for zone in zones
        for fold in ((0,) if isinstance(zone, timezone) else (0, 1))
    ]


def read_hours(written: str) -> tuple[tuple[int, int], ...] | None:
    """Read "18:00-22:00,23:00-06:00" into minutes, past midnight more than 1440; None when it is not that."""
    found: list[tuple[int, int]] = []
    if written.count(",") >= HOURS_MAX:
        return None
    for each in written.split(","):
        match = _HOURS.fullmatch(each.strip())
        if match is None:
            return None
        hour, minute, to_hour, to_minute = (int(digits) for digits in match.groups())
        if hour > 24 or to_hour > 24 or minute > 59 or to_minute > 59:
            return None
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        found.append((start, end if end > start else end + 24 * 60))
    return tuple(found)


def spells(
    windows: Windows,
    zones: Sequence[tzinfo],
    *,
    start_s: int,
    end_s: int | None,
    around_s: int,
    budget: Budget,
    days_off: frozenset[date] = frozenset(),
) -> tuple[Interval, ...]:
    """Work out when something of certain hours holds within [start_s, end_s); () where that cannot be done.

    Days long before `around_s` (when it was received) are left out, from AHEAD_DAYS after it on it holds
    all the time. Hours that never come within start and end contradict them, and give () too.
    """
    first_s = max(start_s, around_s - 2 * _DAY_S) if around_s else start_s
    last_s = min(end_s if end_s is not None else FOREVER_S, first_s + AHEAD_DAYS * _DAY_S)
    days = (last_s - first_s) // _DAY_S + 3
    each_day = max(map(len, windows.values()), default=1)
    if not 0 < days * each_day <= budget.days:
        return ()
    budget.days -= days * each_day
    found: list[Interval] = []
    try:
        day = datetime.fromtimestamp(first_s, UTC).date() - timedelta(days=1)
        for _ in range(days + 1):
            for start, end in windows.get(day.weekday(), ()) if day not in days_off else ():
                begins = _instant(day, start, zones, latest=False)
                ends = _instant(day, end, zones, latest=True)
                if begins is None or ends is None:
                    return ()
                if begins < last_s and ends > first_s:
                    found.append(Interval(max(begins, start_s), min(ends, last_s)))
            day += timedelta(days=1)
    except (OverflowError, OSError, ValueError):
        return ()
    beyond_s = end_s if end_s is not None else FOREVER_S
    if last_s < beyond_s and found:
        found.append(Interval(last_s, beyond_s))
    return union(tuple(found))

"""When a DATEX II record holds: its validity, and the periods that recur, made into spells.

In: a record's `validity`, when it was said, and the country it comes from. Out: onset, end, spells, or that
it is over. Refuses to let a doubt open a road: a period that cannot be read holds always, an exception that
cannot be read never. Model: DATEX II 3.7, Common: Validity, OverallPeriod, Period, https://docs.datex2.eu/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vado.feeds.datex_words import flag, only_child, said, words_in
from vado.feeds.findings import Findings
from vado.model.when import FIRST_S, FOREVER_S, LAST_S, NEVER_S, Interval, epoch_s, rfc3339, union

DAY_S = 86_400
# Spells are written out for so long from the day of the message; after that it counts as always in force,
# until a newer message says more. Own judgement: plans are made for days.
HORIZON_S = 14 * DAY_S
SPELLS_MAX = 2000
PERIODS_MAX = 50
CLOCKS_MAX = 20  # of one period
# The zones of countries whose traffic centres publish DATEX II; where a country has several, a time of day
# holds in any of them. Source: IANA time zone database, zone.tab.
ZONES: dict[str, tuple[str, ...]] = {
    "at": ("Europe/Vienna",), "be": ("Europe/Brussels",), "bg": ("Europe/Sofia",), "ch": ("Europe/Zurich",),
    "cy": ("Asia/Nicosia",), "cz": ("Europe/Prague",), "de": ("Europe/Berlin",), "dk": ("Europe/Copenhagen",),
    "ee": ("Europe/Tallinn",), "es": ("Europe/Madrid", "Atlantic/Canary"), "fi": ("Europe/Helsinki",),
    "fr": ("Europe/Paris",), "gb": ("Europe/London",), "uk": ("Europe/London",), "gr": ("Europe/Athens",),
    "hr": ("Europe/Zagreb",), "hu": ("Europe/Budapest",), "ie": ("Europe/Dublin",),
    "is": ("Atlantic/Reykjavik",),
    "it": ("Europe/Rome",), "lt": ("Europe/Vilnius",), "lu": ("Europe/Luxembourg",), "lv": ("Europe/Riga",),
    "mt": ("Europe/Malta",), "nl": ("Europe/Amsterdam",), "no": ("Europe/Oslo",), "pl": ("Europe/Warsaw",),
    "pt": ("Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"), "ro": ("Europe/Bucharest",),
    "se": ("Europe/Stockholm",), "si": ("Europe/Ljubljana",), "sk": ("Europe/Bratislava",),
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
# When "every night" may be, where no time is said: own judgement, wide.
NIGHT = (time(18), time(8))
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    onset_s: int
    expires_s: int | None
    during: tuple[Interval, ...] = ()
    over: str = ""  # why it is not in force any more; "" when it is
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """One valid or exception period. What it does not say does not bound it."""

    start_s: int | None = None
    end_s: int | None = None
    clocks: tuple[tuple[time, time, tzinfo | None], ...] = ()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    doubt: bool = False  # says more than we can tell: holidays, weeks of the month

    @property
    def clear(self) -> bool:
        """Tell whether it may free anybody: it can be told, and is bounded."""
        bounded = self.start_s is not None and self.end_s is not None
        return not self.doubt and (bounded or bool(self.clocks or self.days or self.months))


def when(record: Element, *, sent_s: int, country: str, nights: bool = False) -> When:
    """Read when a record holds; `nights`: what it does it does at night only.

    `active`, `suspended` and `planned` go before the times, of which only `definedByValidityTimeSpec` needs
    all. The end that an active record is planned to have still counts while it is to come.
    """
    return when_valid(
        only_child(record, "validity"), sent_s=sent_s, country=country, nights=nights, ended=_ended(record)
    )


def when_valid(
    validity: Element | None, *, sent_s: int, country: str, nights: bool = False, ended: str = ""
) -> When:
    """Read a validity, of a record or of a regulation; `ended`: why it is over anyway."""
    if validity is None:
        note = () if ended else ("it has no validity; taken to hold from now on",)
        return When(onset_s=sent_s, expires_s=None, over=ended, notes=note)
    status = said(validity, "validityStatus")
    if status == "suspended":
        ended = ended or "it is suspended"
    times = only_child(validity, "validityTimeSpecification")
    notes: list[str] = []
    start_s = _time(times, "overallStartTime", notes)
    end_s = _time(times, "overallEndTime", notes)
    onset_s = sent_s if start_s is None or (status == "active" and start_s > sent_s) else start_s
    if end_s is not None and (flag(validity, "overrunning") or (status == "active" and end_s <= sent_s)):
        notes.append(f"it goes on after its planned end of {rfc3339(end_s)}")
        end_s = None
    if end_s is not None and end_s < onset_s:
        notes.append("its end is before its start; the end is taken as not given")
        end_s = None
    if status not in ("active", "planned", "suspended", "definedByValidityTimeSpec"):
        notes.append(f"the validity status is {status or 'missing'}; its times count")
    during: tuple[Interval, ...] = ()
    if times is not None and (status != "active" or nights):
        during = _during(times, Interval(onset_s, end_s if end_s is not None else FOREVER_S),
                         sent_s=sent_s, country=country, notes=notes)  # fmt: skip
    if nights and not during and times is not None and times.find("validPeriod") is None:
        whole = Interval(onset_s, end_s if end_s is not None else FOREVER_S)
        during = _spells((_Period(clocks=((*NIGHT, None),)),), whole, sent_s, zones_of(country)) or ()
        notes.append("closed at night, and no time is said: taken as 18:00 to 08:00" if during
                     else "closed at night, and no time zone is known: taken as all day")  # fmt: skip
    return When(onset_s=onset_s, expires_s=end_s, during=during, over=ended, notes=tuple(notes))


def _ended(record: Element) -> str:
    management = only_child(record, "management")
    cycle = only_child(management, "lifeCycleManagement") if management is not None else None
    if cycle is not None:
        for name in ("end", "cancel"):
            if flag(cycle, name):
                return f"its life cycle says {name}"
    if said(record, "operatorActionStatus") == "rejected":
        return "the action was rejected"
    return ""


def _time(times: Element | None, name: str, notes: list[str]) -> int | None:
    stated = said(times, name) if times is not None else ""
    if not stated:
        return None
    found = instant_of(stated)
    if found is None:
        notes.append(f"{name} {stated[:40]!r} is no time with an offset; not used")
    return found


def instant_of(words: str) -> int | None:
    """Read a time with its offset; None for anything else."""
    return Findings().instant(words, "")


def _during(
    times: Element, whole: Interval, *, sent_s: int, country: str, notes: list[str]
) -> tuple[Interval, ...]:
    """Give the spells within the whole in which it holds; () where that is all of it."""
    valid = [_period(each, notes) for each in times.findall("validPeriod")]
    besides = [_period(each, notes) for each in times.findall("exceptionPeriod")]
    if not valid and not besides:
        return ()
    if len(valid) + len(besides) > PERIODS_MAX:
        notes.append(f"it has more than {PERIODS_MAX} periods; taken to hold all the time")
        return ()
    zones = zones_of(country)
    holds: tuple[Interval, ...] | None = (whole,)
    if valid:
        holds = _spells(tuple(valid), whole, sent_s, zones)
    if holds is None:
        notes.append("when its periods are cannot be told; taken to hold all the time")
        holds = (whole,)
    clear = [each for each in besides if each.clear]
    if len(clear) < len(besides):
        notes.append("an exception cannot be told (holidays); taken to hold then too")
    gone = _spells(tuple(clear), whole, sent_s, zones, except_when=True) if clear else ()
    holds = _without(holds, gone or ())
    return () if holds == (whole,) else holds


@lru_cache(maxsize=128)  # a road authority has a few hours of work, on many roads
def _spells(
    periods: tuple[_Period, ...],
    whole: Interval,
    sent_s: int,
    zones: tuple[tzinfo, ...],
    *,
    except_when: bool = False,
) -> tuple[Interval, ...] | None:
    """Write out when any of the periods is, in any zone; exceptions in every zone. None: no zone is known.

    Beyond the horizon periods are taken to hold always, and exceptions never.
    """
    window = _window(whole, sent_s)
    if not zones and any(_needs_zone(each) for each in periods):
        return None
    found: tuple[Interval, ...] = ()
    for n, zone in enumerate(zones or (UTC,)):
        here = _joined([spell for each in periods for spell in _written(each, whole, window, zone)])
        if n and except_when:
            here = _without(found, _without(found, here))  # what both have in common
        found = here if except_when else union((*found, *here))
    if len(found) > SPELLS_MAX:
        return None
    if not except_when and window.end_s < whole.end_s:
        found = union((*found, Interval(window.end_s, whole.end_s)))
    return found


def _window(whole: Interval, sent_s: int) -> Interval:
    """Give the time for which spells are written out: from the day before the message on."""
    start_s = min(max(whole.start_s, sent_s - DAY_S), whole.end_s)
    return Interval(start_s, min(whole.end_s, start_s + HORIZON_S))


def _needs_zone(period: _Period) -> bool:
    return not period.doubt and (
        any(offset is None for _, _, offset in period.clocks)
        or bool((period.days or period.months) and not period.clocks)
    )


def _joined(spells: list[tuple[int, int]]) -> tuple[Interval, ...]:
    """Merge spells that overlap or touch, sorted."""
    merged: list[Interval] = []
    start_s, end_s = NEVER_S, NEVER_S
    for begin_s, until_s in sorted(spells):
        if begin_s > end_s:
            merged += [Interval(start_s, end_s)] if end_s > NEVER_S else []
            start_s, end_s = begin_s, until_s
        else:
            end_s = max(end_s, until_s)
    return tuple([*merged, Interval(start_s, end_s)] if end_s > NEVER_S else merged)


def _written(period: _Period, whole: Interval, window: Interval, zone: tzinfo) -> list[tuple[int, int]]:
    """Write out the spells of one period in one zone."""
    start_s = max(whole.start_s, whole.start_s if period.start_s is None else period.start_s)
    end_s = min(whole.end_s, whole.end_s if period.end_s is None else period.end_s)
    if start_s >= end_s:
        return []
    if period.doubt or not (period.clocks or period.days or period.months):
        return [(start_s, end_s)]
    start_s, end_s = max(start_s, window.start_s), min(end_s, window.end_s)
    if start_s >= end_s or not FIRST_S + 3 * DAY_S < start_s < LAST_S - HORIZON_S - 5 * DAY_S:
        return []
    found: list[tuple[int, int]] = []
    for start, end, offset in period.clocks or ((time(0), time(0), None),):
        at = offset or zone
        # Night to morning ends the day after; the same time twice is a whole day.
        over = int(end <= start)
        from_s, until_s = _seconds(start), _seconds(end) + over * DAY_S
        for day, midnight_s, plain in _days(at, start_s // DAY_S):
            if period.days and (day - 1) % 7 not in period.days:
                continue
            if period.months and date.fromordinal(day).month not in period.months:
                continue
            if plain:
                begin_s, stop_s = midnight_s + from_s, midnight_s + until_s
            else:  # clocks are changed that day or the next
                begin_s, stop_s = _local_s(day, start, at), _local_s(day + over, end, at)
            if begin_s < end_s and stop_s > start_s and begin_s < stop_s:
                found.append((begin_s if begin_s > start_s else start_s, stop_s if stop_s < end_s else end_s))
    return found


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


@lru_cache(maxsize=512)
def _days(zone: tzinfo, utc_day: int) -> tuple[tuple[int, int, bool], ...]:
    """Give the days of a window: ordinal, midnight, and whether this day and the next have 24 hours.

    `utc_day` counts from 1970; the window begins two days before, for nights and zones.
    """
    first = utc_day + date(1970, 1, 1).toordinal() - 2
    midnights = [_local_s(first + n, time(0), zone) for n in range(HORIZON_S // DAY_S + 7)]
    return tuple(
        (first + n, midnight_s, midnights[n + 1] - midnight_s == DAY_S == midnights[n + 2] - midnights[n + 1])
        for n, midnight_s in enumerate(midnights[:-2])
    )


def _local_s(day: int, clock: time, zone: tzinfo) -> int:
    """Give the instant of a time of day; `day` is the proleptic ordinal of its date."""
    return epoch_s(datetime.combine(date.fromordinal(day), clock, zone))


def _without(spells: tuple[Interval, ...], gone: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Take times out of others; both sorted and apart."""
    left: list[Interval] = []
    n = 0
    for spell in spells:
        start_s = spell.start_s
        while n < len(gone) and gone[n].end_s <= start_s:
            n += 1
        k = n
        while k < len(gone) and gone[k].start_s < spell.end_s:
            if gone[k].start_s > start_s:
                left.append(Interval(start_s, gone[k].start_s))
            start_s = max(start_s, gone[k].end_s)
            k += 1
        if start_s < spell.end_s:
            left.append(Interval(start_s, spell.end_s))
    return tuple(left)


def _period(element: Element, notes: list[str]) -> _Period:
    start_s, end_s = _time(element, "startOfPeriod", notes), _time(element, "endOfPeriod", notes)
    clocks: list[tuple[time, time, tzinfo | None]] = []
    days: set[int] = set()
    months: set[int] = set()
    doubt = bool(
        (said(element, "startOfPeriod") and start_s is None)
        or (said(element, "endOfPeriod") and end_s is None)
    )
    for each in element:
        name = each.tag
        if name == "recurringTimePeriodOfDay":
            start, end = _clock(said(each, "startTimeOfPeriod")), _clock(said(each, "endTimeOfPeriod"))
            if start is None or end is None or len(clocks) >= CLOCKS_MAX:
                doubt = True
            else:
                clocks.append((start[0], end[0], start[1]))
        elif name == "recurringDayWeekMonthPeriod":
            named, months_named = words_in(each, "applicableDay"), words_in(each, "applicableMonth")
            known = {n for n, day in enumerate(DAYS) if day in named}
            doubt |= len(known) < len(set(named)) or bool(
                {child.tag for child in each} - {"applicableDay", "applicableMonth"}
            )
            days |= known
            named_months = {n for n, month in enumerate(MONTHS, 1) if month in months_named}
            doubt |= len(named_months) < len(set(months_named))
            months |= named_months
        elif name not in ("startOfPeriod", "endOfPeriod", "periodName"):
            doubt = True
    return _Period(start_s=start_s, end_s=end_s, clocks=tuple(clocks), days=frozenset(days),
                   months=frozenset(months), doubt=doubt)  # fmt: skip


def _clock(words: str) -> tuple[time, tzinfo | None] | None:
    match = _CLOCK.fullmatch(words)
    if match is None:
        return None
    hour, minute, second = (
        int(match[1]) % 24 if match[1] == "24" else int(match[1]),
        int(match[2]),
        int(match[3] or 0),
    )
    try:
        offset = None
        if match[4]:
            sign = -1 if match[4][0] == "-" else 1
            offset = timezone(timedelta() if match[4] == "Z" else sign * timedelta(
                hours=int(match[4][1:3]), minutes=int(match[4][4:6])))  # fmt: skip
        return time(hour, minute, second), offset
    except ValueError:
        return None


@lru_cache(maxsize=64)
def zones_of(country: str) -> tuple[tzinfo, ...]:
    """Find the time zones of a country by its ISO code; () where we have none."""
    try:
        return tuple(ZoneInfo(name) for name in ZONES.get(country.casefold(), ()))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ()

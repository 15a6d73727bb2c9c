"""When an event of Open511 holds: intervals, and days and hours that come again, in local time.

In: the schedule of one event. Out: start, end and spells. What cannot be read makes it longer, never shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from vado.feeds.local_time import Budget, local_s, read_hours, spells, zones_at
from vado.feeds.records import Record, members, number, text
from vado.model.ids import LonLat
from vado.model.when import FOREVER_S, Interval, union

INTERVALS_MAX = 1_000  # of one event
ALL_DAY = ((0, 24 * 60),)


@dataclass(frozen=True, slots=True)
class Times:
    start_s: int
    end_s: int | None
    during: tuple[Interval, ...]


def read_times(
    record: Record, event: dict[str, Any], point: LonLat | None, *, sent_s: int, around_s: int, budget: Budget
) -> Times:
    """Read all of it; an event without a schedule holds from when it was sent until it is listed no more."""
    schedule, zones = members(event.get("schedule")), zones_at(point)
    found: list[Interval] = []
    plain = record.list_of(schedule.get("intervals"), "schedule")
    if not all(isinstance(each, str) and each for each in plain):
        record.doubt("schedule", "an interval of its schedule is none")
    if not plain and event.get("start"):
        plain = [f"{text(event.get('start'))}/{text(event.get('end'))}"]
    found += [_interval(record, text(each), zones) for each in plain[:INTERVALS_MAX]]
    for each in record.list_of(schedule.get("recurring_schedules"), "schedule")[:INTERVALS_MAX]:
        found += _recurring(record, members(each), zones, sent_s, around_s or sent_s, budget)
    for each in record.list_of(schedule.get("exceptions"), "schedule")[:INTERVALS_MAX]:
        found += _exception(record, text(each), zones)
    if not found:
        return Times(sent_s, None, ())
    whole = union(tuple(found))
    start_s, end_s = whole[0].start_s, whole[-1].end_s
    return Times(start_s, end_s if end_s < FOREVER_S else None, whole if len(whole) > 1 else ())


def _instant(record: Record, written: str, zones: Sequence[tzinfo], *, latest: bool) -> int | None:
    local = local_s(written, zones, latest=latest)
    if local is not None or not written:
        return local
    # Two digits of hour and minute are enough for the standard of this format.
    return record.instant(written, "schedule")


def _interval(record: Record, written: str, zones: Sequence[tzinfo]) -> Interval:
    """Read "start/end"; either may be left out, and is open then."""
    start, _, end = (part.strip() for part in written.partition("/"))
    start_s = _instant(record, start, zones, latest=False)
    end_s = _instant(record, end, zones, latest=True)
    begins = start_s if start_s is not None else 0
    if end_s is not None and end_s < begins:
        record.note(f"the interval {written[:60]!r} ends before it starts; the end is taken as not given")
        end_s = None
    return Interval(begins, end_s if end_s is not None else FOREVER_S)


def _recurring(
    record: Record, given: dict[str, Any], zones: Sequence[tzinfo], sent_s: int, around_s: int, budget: Budget
) -> tuple[Interval, ...]:
    start_s = _instant(record, text(given.get("start_date")), zones, latest=False)
    end_s = _instant(record, text(given.get("end_date")), zones, latest=True)
    begins = start_s if start_s is not None else sent_s
    if end_s is not None and end_s < begins:
        end_s = None
    whole = Interval(begins, end_s if end_s is not None else FOREVER_S)
    clock = [text(given.get(name)) for name in ("daily_start_time", "daily_end_time")]
    hours = read_hours("-".join(each[:5] for each in clock)) if all(clock) else ALL_DAY
    days = [number(day) for day in record.few(given.get("days"), "days")] or [
        float(day) for day in range(1, 8)
    ]
    if hours is None or not all(day in range(1, 8) for day in days):
        record.note("the hours or days of its schedule cannot be read; taken as all the time")
        return (whole,)
    windows = {int(day or 0) - 1: hours for day in days}
    if hours == ALL_DAY and len(windows) == 7:
        return (whole,)
    if end_s is not None and end_s <= around_s:
        return (whole,)  # over
    found = spells(windows, zones, start_s=begins, end_s=end_s, around_s=around_s, budget=budget)
    return found or (whole,)


def _exception(record: Record, written: str, zones: Sequence[tzinfo]) -> list[Interval]:
    """Read "2026-09-15 09:00-13:00", other hours on one day: they count too; a day off changes nothing."""
    day, _, clock = written.partition(" ")
    hours = read_hours(clock)
    if hours is None:
        why = f"the exception {written[:40]!r} is not obeyed: it holds on that day too"
        if clock or local_s(day, zones, latest=False) is None:
            record.doubt("schedule", why)
        else:
            record.note(why)  # a day off
        return []
    start_s = local_s(day, zones, latest=False)
    end_s = local_s(day, zones, latest=True)
    if start_s is None or end_s is None:
        record.doubt("schedule", f"the exception {written[:40]!r} is on no day")
        return []
    last_s = end_s - 24 * 3600  # midnight in the zone where that comes last
    return [Interval(start_s + start * 60, last_s + end * 60) for start, end in hours]

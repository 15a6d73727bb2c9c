"""DATEX II times: recurring periods, exceptions, nights, and that no doubt opens a road."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datex_messages import HEARD_S, TIMED, managed, situation, v3
from vado import feeds
from vado.feeds.datex_when import HORIZON_S
from vado.model.alert import Info
from vado.model.when import FOREVER_S, Interval

HOUR_S = 3600
DAY_S = 24 * HOUR_S
MIDNIGHT_S = HEARD_S - 9 * HOUR_S  # Saturday 10 January 2026


def read(
    periods: str, *, country: str = "nl", end: str = "2026-01-14T23:00:00Z", word: str = "roadClosed"
) -> Info:
    body = managed(word, validity=TIMED, start="2026-01-10T00:00:00Z", end=end, periods=periods)
    (alert,) = feeds.parse(v3(situation(body), country=country), source="roads", received_s=HEARD_S)
    return alert.infos[0]


def period(
    start: str = "", end: str = "", *, days: str = "", name: str = "validPeriod", more: str = ""
) -> str:
    clock = (
        f"<recurringTimePeriodOfDay><startTimeOfPeriod>{start}</startTimeOfPeriod><endTimeOfPeriod>{end}"
        "</endTimeOfPeriod></recurringTimePeriodOfDay>"
        if start
        else ""
    )
    named = "".join(f"<applicableDay>{day}</applicableDay>" for day in days.split())
    weekly = f"<recurringDayWeekMonthPeriod>{named}</recurringDayWeekMonthPeriod>" if days else ""
    return f"<{name}>{clock}{weekly}{more}</{name}>"


def hours(info: Info) -> list[tuple[float, float]]:
    """Give spells as hours since the first midnight, UTC."""
    return [
        ((each.start_s - MIDNIGHT_S) / HOUR_S, (each.end_s - MIDNIGHT_S) / HOUR_S) for each in info.during
    ]


def test_a_night_is_local_and_ends_the_day_after() -> None:
    assert hours(read(period("21:00:00", "05:00:00"))) == [
        (0, 4), (20, 28), (44, 52), (68, 76), (92, 100), (116, 119),
    ]  # fmt: skip


def test_a_time_with_an_offset_is_not_local() -> None:
    assert hours(read(period("21:00:00Z", "22:00:00+00:00")))[0] == (21, 22)


def test_a_time_of_a_country_of_two_zones_holds_in_both() -> None:
    assert hours(read(period("10:00:00", "11:00:00"), country="es"))[0] == (9, 11)


def test_days_of_the_week_are_those_of_the_start() -> None:
    assert hours(read(period("22:00:00Z", "04:00:00Z", days="sunday monday"))) == [(46, 52), (70, 76)]


@pytest.mark.parametrize(
    "periods",
    [
        period("25:00:00", "05:00:00"),
        period("21:00", "x"),
        period(days="someday"),
        period(more="<recurringSpecialDay><specialDayType>publicHoliday</specialDayType></recurringSpecialDay>"),
        period("21:00:00", "05:00:00") + period(),
        period(name="exceptionPeriod"),
        period(name="exceptionPeriod", days="sunday",
               more="<recurringSpecialDay><specialDayType>publicHoliday</specialDayType></recurringSpecialDay>"),
        period("10:00:00Z", "11:00:00Z") * 60,
    ],
)  # fmt: skip
def test_a_period_that_cannot_be_told_holds_always_and_such_an_exception_never(periods: str) -> None:
    assert read(periods).during == ()


def test_a_time_of_a_country_that_nobody_knows_holds_always() -> None:
    assert read(period("21:00:00", "05:00:00"), country="xx").during == ()


def test_an_exception_frees_only_what_it_says_in_every_zone() -> None:
    sunday = period(name="exceptionPeriod", days="sunday")
    assert hours(read(sunday)) == [(0, 23), (47, 119)]
    assert hours(read(sunday, country="es")) == [(0, 24), (47, 119)]  # in Madrid and in the Canaries


def test_active_is_in_force_at_all_hours() -> None:
    body = managed("roadClosed", periods=period("21:00:00", "05:00:00"))
    (alert,) = feeds.parse(v3(situation(body)), source="roads", received_s=HEARD_S)
    assert alert.infos[0].during == ()


def test_every_night_without_a_time_is_a_wide_night() -> None:
    assert hours(read("", word="overnightClosures"))[:2] == [(0, 7), (17, 31)]
    assert read("", word="overnightClosures", country="xx").during == ()


def test_beyond_the_horizon_it_holds_always() -> None:
    info = read(period("21:00:00", "05:00:00"), end="")
    assert info.during[-1].end_s == FOREVER_S
    assert info.during[-1].start_s <= MIDNIGHT_S + HORIZON_S


@given(
    start=st.integers(0, 86_399), end=st.integers(0, 86_399), days=st.sets(st.integers(0, 6)),
    at=st.integers(0, 119 * HOUR_S - 1),
)  # fmt: skip
def test_spells_are_what_a_clock_on_the_wall_says(start: int, end: int, days: set[int], at: int) -> None:
    """Hold each instant to the rule, read naively: which day's period may still run."""
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    def words(second: int) -> str:
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"

    info = read(period(words(start), words(end), days=" ".join(names[day] for day in days)))
    instant_s = MIDNIGHT_S + at
    moment = datetime.fromtimestamp(instant_s, tz=UTC)
    expected = False
    for back in (0, 1):
        day = moment.replace(hour=0, minute=0, second=0) - timedelta(days=back)
        begin = day + timedelta(seconds=start)
        until = day + timedelta(seconds=end, days=int(end <= start))
        expected |= begin <= moment < until and (not days or day.weekday() in days)
    found = any(
        instant_s in each for each in info.during or (Interval(MIDNIGHT_S, MIDNIGHT_S + 119 * HOUR_S),)
    )
    assert found == expected or (expected is False and not info.during)


def test_the_night_in_which_clocks_change_is_an_hour_shorter() -> None:
    body = managed("roadClosed", validity=TIMED, start="2026-03-27T00:00:00Z", end="2026-04-01T00:00:00Z",
                   periods=period("22:00:00", "06:00:00"))  # fmt: skip
    (alert,) = feeds.parse(
        v3(situation(body), country="nl", published="2026-03-27T09:00:00Z"), source="roads"
    )
    assert [(each.end_s - each.start_s) / HOUR_S for each in alert.infos[0].during] == [5, 8, 7, 8, 8, 4]

"""Local time: two zones, days on which clocks are moved, and what is too far off to be worked out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from vado.feeds.local_time import AHEAD_DAYS, Budget, local_s, read_hours, spells, zones_at
from vado.model.when import FOREVER_S, Interval

MADRID = ZoneInfo("Europe/Madrid")
DAY = 86_400
EVERY = dict.fromkeys(range(7), ((18 * 60, 22 * 60),))


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())


def test_places_have_one_zone_or_all_that_are_possible() -> None:
    assert zones_at((-3.7, 40.4)) == (MADRID,)
    assert len(zones_at((-7.0, 41.9))) == 2, "at the border of Portugal"
    assert zones_at(None) == (UTC,)
    for lon in (-180.0, -75.0, 0.0, 140.0, 180.0):
        assert zones_at((lon, -40.0))


@settings(deadline=None)
@given(st.integers(0, 16_000), st.integers(0, 1439))
def test_a_local_time_is_never_later_as_a_start_than_as_an_end(day: int, minute: int) -> None:
    naive = (datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)).replace(tzinfo=None)
    written = naive.isoformat(timespec="minutes")
    start, end = (local_s(written, (MADRID,), latest=latest) for latest in (False, True))
    assert start is not None
    assert end is not None
    own = {
        int(naive.replace(second=0, microsecond=0, tzinfo=MADRID, fold=fold).timestamp()) for fold in (0, 1)
    }
    assert (start, end) == (min(own), max(own)), "the hour that comes twice, or never, is taken as both"


def test_a_day_alone_is_all_of_it() -> None:
    start, end = (local_s("2026-03-29", (MADRID,), latest=latest) for latest in (False, True))
    assert (start, end) == (at("2026-03-28T23:00"), at("2026-03-29T22:00")), "23 hours, summer begins"
    assert local_s("29/03/2026", (MADRID,), latest=True) is None
    assert local_s("9999-12-31", (MADRID,), latest=True) is None


def test_hours_are_read_or_not_at_all() -> None:
    assert read_hours("18:00-22:00, 23:30 - 06:00") == ((1080, 1320), (1410, 1800))
    for wrong in ("", "18:00", "25:00-26:00", "18:60-19:00", "-", "1:2-3:4"):
        assert read_hours(wrong) is None


def test_what_is_far_ahead_holds_all_the_time() -> None:
    start = at("2026-01-10T00:00")
    found = spells(EVERY, (MADRID,), start_s=start, end_s=None, around_s=start, budget=Budget())
    assert found[-1].end_s == FOREVER_S
    assert found[-1].start_s - start >= (AHEAD_DAYS - 3) * DAY
    assert found[1] == Interval(at("2026-01-11T17:00"), at("2026-01-11T21:00"))


def test_more_than_a_document_may_ask_for_is_not_worked_out() -> None:
    start = at("2026-01-10T00:00")
    assert spells(EVERY, (MADRID,), start_s=start, end_s=None, around_s=start, budget=Budget(days=5)) == ()

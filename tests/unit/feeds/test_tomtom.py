"""TomTom incidents: only a closed road closes a road; a delay is what is lost on all of it."""

from __future__ import annotations

from typing import Any

import pytest

from road_messages import POINT, RECEIVED_S, dumped, jam
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, StatedEffect, Way


def read(*incidents: dict[str, Any]) -> tuple[Alert, ...]:
    return feeds.parse(dumped({"incidents": list(incidents)}), source="t", received_s=RECEIVED_S)


def test_a_closed_road_is_shut_along_its_line() -> None:
    (alert,) = read(jam())
    (found,) = alert.infos
    assert (alert.id, alert.sent_s) == ("TomTom,t1", RECEIVED_S)
    assert (found.kind, found.stated) == ("closure", (StatedEffect(action=Action.SHUT),))
    assert (found.areas[0].roads[0].way, found.areas[0].roads[0].ref) == (Way.ALONG, "C-17")
    assert found.expires_s == 1_768_068_000


def test_a_closure_among_its_events_closes_it_too() -> None:
    inner = [{"iconCategory": 6}, {"iconCategory": 8}]
    assert read(jam(6, events=inner))[0].infos[0].stated == (StatedEffect(action=Action.SHUT),)


@pytest.mark.parametrize(
    ("icon", "actions"),
    [(6, [Action.DELAY]), (7, [Action.DELAY, Action.SLOW]), (1, [Action.DELAY, Action.INSPECT])],
)
def test_pitfall_36_a_jam_a_lane_an_accident_close_nothing(icon: int, actions: list[Action]) -> None:
    (found,) = read(jam(icon, delay=90))[0].infos
    assert [each.action for each in found.stated] == actions
    assert found.stated[0].delay_s == 90


def test_weather_is_left_to_the_tables_and_improbable_is_not_unlikely() -> None:
    (found,) = read(jam(11, probabilityOfOccurrence="improbable"))[0].infos
    assert (found.kind, found.stated, found.certainty) == ("flood", (), "Possible")


def test_a_delay_without_a_measure_asks_a_person() -> None:
    (alert,) = read(jam(6, magnitudeOfDelay=4))
    assert alert.infos[0].stated == (StatedEffect(action=Action.INSPECT),)
    assert "has no measure" in alert.notes[0]


def test_a_point_has_no_direction() -> None:
    assert read(jam(geometry=POINT))[0].infos[0].areas[0].roads[0].way is Way.BOTH


def test_an_empty_list_is_an_answer() -> None:
    assert read() == ()


def test_a_list_of_incidents_among_other_things_is_not_tomtoms() -> None:
    with pytest.raises(PayloadError, match="E1006"):
        feeds.parse(b'{"incidents": [], "identifier": "x"}', source="t")

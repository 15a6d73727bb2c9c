"""Access constraints on OSM ways: status, load, and how well the place is known."""

from __future__ import annotations

from typing import Any

import pytest

from road_messages import POINT, RECEIVED_S, collection, dumped, row
from vado import feeds
from vado.feeds import Lifecycle, recognise
from vado.model.alert import Action, Alert, Info, StatedEffect, Way
from vado.model.size import Bound


def read(*rows: dict[str, Any]) -> tuple[Alert, ...]:
    return feeds.parse(dumped({"features": list(rows)}), source="field", received_s=RECEIVED_S)


def info(**attributes: Any) -> Info:
    return read(row(**attributes))[0].infos[0]


def test_a_closed_way_is_shut_in_both_directions() -> None:
    (alert,) = read(row())
    (found,) = alert.infos
    (place,) = found.areas[0].roads
    assert (alert.id, alert.sent_s, found.onset_s) == ("field,osm_id:123", RECEIVED_S, 1_768_000_000)
    assert (place.ways, place.way, len(place.points)) == ((123,), Way.BOTH, 2)
    assert found.stated == (StatedEffect(action=Action.SHUT),)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("Closed", Action.SHUT),
        ("Not accessible", Action.SHUT),
        ("Impassable for all", Action.SHUT),
        ("Bridge destroyed", Action.SHUT),
        ("Restricted", Action.SLOW),
        ("passable with difficulty", Action.SLOW),
        ("Difficult", Action.SLOW),
        ("Open", Action.NONE),
        ("No restrictions", Action.NONE),
        ("not open yet", Action.INSPECT),
        ("4", Action.INSPECT),
        ("", Action.INSPECT),
    ],
)
def test_words_of_a_status(status: str, action: Action) -> None:
    assert [each.action for each in info(status=status).stated] == [action]


def test_the_load_that_a_bridge_bears_binds_who_is_heavier() -> None:
    bound = StatedEffect(action=Action.SHUT, only=Bound(over_weight_kg=12_500))
    assert info(status="Open", maxloadmt=12.5).stated == (bound,)
    assert StatedEffect(action=Action.INSPECT) in info(status="Open", maxloadmt=0).stated


def test_mines_shut_whatever_the_status_says() -> None:
    assert info(status="Open", type="Mines/UXO").stated == (StatedEffect(action=Action.SHUT),)


def test_a_place_that_is_not_accurate_is_as_wide_as_it_may_be_off() -> None:
    def at(precision: str) -> Info:
        properties = {
            "sourceid": "s1",
            "status": "Closed",
            "obsdate": "2026-01-09",
            "locprecision": precision,
        }
        place = {"type": "Feature", "geometry": POINT, "properties": properties}
        return feeds.parse(dumped(collection(place)), source="field", received_s=RECEIVED_S)[0].infos[0]

    for precision, radius_m in (("accurate", 0), ("approximate", 1000), ("bad", 5000)):
        assert at(precision).areas[0].circles[0].radius_m == radius_m
    assert at("approximate").stated == (StatedEffect(action=Action.SHUT),)
    assert at("bad").stated == (StatedEffect(action=Action.INSPECT),)


def test_a_date_that_cannot_be_read_does_not_lose_the_closure() -> None:
    (alert,) = read(row(obsdate="last Monday"))
    assert alert.infos[0].stated == (StatedEffect(action=Action.SHUT),)
    assert "cannot be read" in alert.notes[0]


def test_pitfall_24_a_page_of_rows_is_not_all_of_them() -> None:
    assert recognise(dumped({"features": [row()]}))[0].lifecycle is Lifecycle.FULL
    page = {"features": [row()], "exceededTransferLimit": True}
    assert recognise(dumped(page))[0].lifecycle is Lifecycle.STREAM

"""CIFS: closures as Waze takes them; hours of the day in the time of the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from road_messages import RECEIVED_S, cifs, incident
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Info, StatedEffect, Way
from vado.model.when import Interval


def read(*incidents: str, stamp: str = "2026-01-10T13:00:00Z") -> tuple[Alert, ...]:
    return feeds.parse(cifs(*incidents, stamp=stamp), source="town", received_s=RECEIVED_S)


def info(*incidents: str) -> Info:
    return read(*incidents)[0].infos[0]


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())


def test_a_closed_road_is_shut_along_its_line() -> None:
    (alert,) = read(incident())
    (found,) = alert.infos
    (place,) = found.areas[0].roads
    assert (alert.id, alert.sent_s) == ("town,c1", at("2026-01-10T13:00"))
    assert (found.kind, found.stated) == ("closure", (StatedEffect(action=Action.SHUT),))
    assert (place.points, place.way, place.ref) == (((2.0, 41.0), (2.0, 41.01)), Way.ALONG, "C-17")
    assert (found.onset_s, found.expires_s) == (at("2026-01-04T23:00"), at("2026-02-04T23:00"))


def test_both_directions_and_a_direction_that_is_not_said() -> None:
    for direction in ("BOTH_DIRECTIONS", ""):
        assert info(incident(direction=direction)).areas[0].roads[0].way is Way.BOTH


@pytest.mark.parametrize(
    ("kind", "subtype", "expected"),
    [
        ("CONSTRUCTION", "", Action.SLOW),
        ("HAZARD", "HAZARD_ON_ROAD_LANE_CLOSED", Action.SLOW),
        ("HAZARD", "HAZARD_ON_SHOULDER_CAR_STOPPED", Action.NONE),
        ("HAZARD", "HAZARD_ON_ROAD_CAR_STOPPED", Action.INSPECT),
        ("ACCIDENT", "ACCIDENT_MAJOR", Action.INSPECT),
        ("JAM", "JAM_STAND_STILL_TRAFFIC", Action.NONE),
        ("SOMETHING", "", Action.INSPECT),
    ],
)
def test_pitfall_36_nothing_but_a_closed_road_closes_a_road(
    kind: str, subtype: str, expected: Action
) -> None:
    assert [each.action for each in info(incident(kind=kind, subtype=subtype)).stated] == [expected]


def test_weather_is_left_to_the_tables() -> None:
    found = info(incident(kind="HAZARD", subtype="HAZARD_WEATHER_FLOOD"))
    assert (found.kind, found.stated) == ("flood", ())
    assert info(incident(kind="HAZARD", subtype="HAZARD_ON_ROAD_ICE")).kind == "ice"


def test_all_lanes_closed_is_closed_whatever_the_type() -> None:
    inner = "<lanes><lane><order>1</order><status>CLOSED</status></lane></lanes>"
    assert info(incident(inner, kind="CONSTRUCTION")).stated == (StatedEffect(action=Action.SHUT),)


def hours(words: str, **other: str) -> tuple[Interval, ...]:
    return info(incident(f"<schedule>{words}</schedule>", **other)).during


def test_a_schedule_holds_at_the_hours_of_the_place_and_only_then() -> None:
    found = hours("<everyday>18:00-22:00</everyday>", endtime="2026-01-14T00:00:00+01:00")
    assert found[-3:] == tuple(
        Interval(at(f"2026-01-{day}T17:00"), at(f"2026-01-{day}T21:00")) for day in (11, 12, 13)
    ), "Catalonia is an hour ahead of UTC in January"


def test_a_night_past_midnight_and_weekdays() -> None:
    found = hours("<saturday>22:00-06:00</saturday>", endtime="2026-01-14T00:00:00+01:00")
    assert found == (Interval(at("2026-01-10T21:00"), at("2026-01-11T05:00")),)


def test_summer_time_moves_the_hours() -> None:
    inner = "<schedule><everyday>18:00-22:00</everyday></schedule>"
    body = cifs(incident(inner, endtime="2026-04-02T00:00:00+02:00"), stamp="")
    found = feeds.parse(body, source="town", received_s=at("2026-03-25T00:00"))[0].infos[0].during
    assert Interval(at("2026-03-28T17:00"), at("2026-03-28T21:00")) in found
    assert Interval(at("2026-04-01T16:00"), at("2026-04-01T20:00")) in found


def test_where_the_zone_is_not_known_the_closure_is_longer_and_never_shorter() -> None:
    far = {"polyline": "0.0 -60.0 0.1 -60.0", "endtime": "2026-01-13T00:00:00Z"}
    found = hours("<everyday>12:00-13:00</everyday>", **far)
    for offset in (-5, -4, -3):
        start = at("2026-01-12T12:00") - offset * 3600
        assert any(each.start_s <= start and start + 3600 <= each.end_s for each in found)


@pytest.mark.parametrize(
    "words",
    ["<everyday>late</everyday>", "<someday>10:00-11:00</someday>", "<everyday>26:00-27:00</everyday>"],
)
def test_a_schedule_that_cannot_be_read_is_all_the_time(words: str) -> None:
    (alert,) = read(incident(f"<schedule>{words}</schedule>"))
    assert alert.infos[0].during == ()
    assert "all the time" in alert.notes[0]


def test_hours_that_never_come_contradict_the_dates_and_are_all_the_time() -> None:
    never = {"starttime": "2026-01-12T00:00:00+01:00", "endtime": "2026-01-13T00:00:00+01:00"}
    assert hours("<friday>10:00-11:00</friday>", **never) == ()


def test_an_end_before_the_start_is_no_end() -> None:
    (alert,) = read(incident(endtime="2025-01-01T00:00:00Z"))
    assert alert.infos[0].expires_s is None
    assert "ends before it starts" in alert.notes[0]


def test_pitfall_14_a_line_outside_the_world_is_kept_for_a_person() -> None:
    (alert,) = read(incident(polyline="141.0 2.0 141.1 2.0"))
    assert alert.identifier == "c1/unreadable"


def test_without_any_date_it_is_as_of_its_receipt() -> None:
    assert read(incident(creationtime=""), stamp="")[0].sent_s == RECEIVED_S


def test_no_incidents_are_an_answer() -> None:
    assert read() == ()


def test_a_list_of_other_things_is_a_fault() -> None:
    with pytest.raises(PayloadError, match="E1006"):
        feeds.parse(b"<incidents><item/></incidents>", source="town")


def test_json_says_the_same() -> None:
    own = {
        "id": "c1",
        "type": "ROAD_CLOSED",
        "street": "C-17",
        "polyline": "41.0 2.0 41.01 2.0",
        "direction": "ONE_DIRECTION",
        "starttime": "2026-01-05T00:00:00+01:00",
        "endtime": "2026-01-14T00:00:00+01:00",
        "schedule": {"everyday": "18:00-22:00"},
    }
    inner = "<schedule><everyday>18:00-22:00</everyday></schedule>"
    xml = info(incident(inner, endtime="2026-01-14T00:00:00+01:00"))
    for listed in ([own], {"incident": [own]}):
        body = json.dumps({"incidents": listed}).encode()
        assert feeds.parse(body, source="town", received_s=RECEIVED_S)[0].infos == (xml,)
    (bad,) = feeds.parse(
        json.dumps({"incidents": [own | {"id": None}]}).encode(), source="town", received_s=RECEIVED_S
    )
    assert bad.identifier.endswith("/unreadable")


def test_json_as_the_standards_own_examples_write_it() -> None:
    """developers.google.com/waze/data-feed/incident-information: each incident in an object of its own."""
    one = {
        "id": "c1", "type": "ROAD_CLOSED", "street": "C-17", "polyline": "41.0 2.0 41.01 2.0",
        "starttime": "2026-01-05T00:00:00+01:00", "endtime": "2026-02-05T00:00:00+01:00",
    }  # fmt: skip
    for wrapped in ([{"incident": one}], [one], {"incident": [one]}):
        (alert,) = feeds.parse(
            json.dumps({"incidents": wrapped}).encode(), source="town", received_s=RECEIVED_S
        )
        assert (alert.identifier, alert.infos[0].stated) == ("c1", (StatedEffect(action=Action.SHUT),))

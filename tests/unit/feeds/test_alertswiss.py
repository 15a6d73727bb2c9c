"""Alertswiss: versions, the end of an alert, tests, holes."""

from __future__ import annotations

from typing import Any

from road_messages import RECEIVED_S, dumped, swiss
from vado import feeds
from vado.feeds import Lifecycle, recognise
from vado.model.alert import Alert, MsgType


def read(**members: Any) -> Alert:
    (alert,) = feeds.parse(dumped(swiss(**members)), source="ch", received_s=RECEIVED_S)
    return alert


def test_a_newer_version_is_the_same_alert() -> None:
    first, second = read(), read(identifier="POA-5-3", reference="a,POA-5-3,2026-01-10T13:05:00+01:00")
    assert first.id == second.id == "Alertswiss,POA-5"
    assert (first.sent_s, second.sent_s) == (1_768_046_400, 1_768_046_700)
    (found,) = first.infos
    assert (found.kind, found.severity, found.description) == ("flood", "Severe", "Water on roads")
    assert found.areas[0].polygons[0].outer[0] == (8.0, 46.0)
    assert found.areas[0].geocodes == (("Alertswiss region", "TI"),)


def test_all_clear_ends_it_and_a_test_binds_nothing() -> None:
    assert (read(allClear=True).msg_type, read(allClear=True).infos) == (MsgType.CANCEL, ())
    assert read(technicalTestAlert=True).status == "Test"
    assert read(testAlert=True).status == "Test"


def test_excludes_are_holes_and_circles_have_a_radius_in_kilometres() -> None:
    ring = [["46.0", "8.0"], ["46.9", "8.0"], ["46.9", "8.9"]]
    hole = [["46.5", "8.1"], ["46.6", "8.1"], ["46.6", "8.2"]]
    area = {
        "polygons": [{"coordinates": ring, "excludes": [hole]}],
        "circles": [{"center": ["46", "8"], "radius": "2"}],
    }
    found = read(areas=[area]).infos[0].areas[0]
    assert len(found.polygons[0].holes) == 1
    assert found.circles[0].radius_m == 2000


def test_a_whole_country_without_a_shape_is_a_code() -> None:
    assert read(areas=[], nationWide=True).infos[0].areas[0].geocodes == (("ISO3166-1", "CH"),)


def test_without_the_whole_time_the_local_one_counts_and_is_noted() -> None:
    found = read(reference="")
    assert found.sent_s == RECEIVED_S - 600
    assert "taken as UTC" in found.notes[0]


def test_a_position_that_is_none_is_kept_for_a_person() -> None:
    assert read(areas=[{"polygons": [{"coordinates": [["x", "8"]]}]}]).identifier == "POA-5/unreadable"


def test_a_list_is_all_that_holds_and_one_message_is_not() -> None:
    assert recognise(dumped(swiss()))[0].lifecycle is Lifecycle.STREAM
    assert recognise(dumped({"heartbeatAgeInMillis": 1, "alerts": []}))[0].lifecycle is Lifecycle.FULL
    assert feeds.parse(dumped({"heartbeatAgeInMillis": 1, "alerts": []}), source="ch") == ()

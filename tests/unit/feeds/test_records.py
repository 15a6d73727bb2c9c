"""Documents of many records, over time: what a later one says, leaves out, or says past understanding."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from road_messages import LINE, RECEIVED_S, TABLE, disaster, dumped, event, gdacs, open511, work, wzdx
from tables import meaning
from vado import feeds
from vado.errors import PayloadError
from vado.feeds.records import RECORDS_MAX, is_false, is_true, made_id, number, text, words
from vado.hazards import absorb
from vado.model.alert import Action
from vado.model.hazard import HazardState


def heard(*bodies: bytes, now_s: int = RECEIVED_S) -> HazardState:
    state = HazardState()
    for body in bodies:
        alerts = feeds.parse(body, source="centre", received_s=RECEIVED_S)
        state, _ = absorb(state, alerts, meaning(), now_s=now_s)
    return state


def shut(state: HazardState) -> list[str]:
    return [
        hazard.id
        for hazard in state.hazards
        if any(each.action is Action.SHUT and each.only is None for each in hazard.effects)
    ]


def later(message: dict[str, Any]) -> dict[str, Any]:
    message = copy.deepcopy(message)
    message["feed_info"]["update_date"] = "2026-01-10T13:05:00Z"
    return message


def test_a_newer_document_replaces_what_its_ids_stood_for_in_any_order() -> None:
    closed, open_ = dumped(wzdx(work())), dumped(later(wzdx(work("all-lanes-open"))))
    assert shut(heard(closed))
    assert not shut(heard(closed, open_))
    assert not shut(heard(open_, closed)), "an older copy from a cache changes nothing"


def test_what_cannot_be_read_any_more_stays_as_it_was_known_and_asks_a_person() -> None:
    closed, broken = dumped(wzdx(work())), dumped(later(wzdx(work(start_date="???"))))
    state = heard(closed, broken)
    assert shut(state)
    assert len(state.hazards) == 2


def test_pitfall_17_a_vertex_that_is_no_number_is_never_a_place() -> None:
    for bad in (math.nan, math.inf, None, "2.0", True):
        line = {"type": "LineString", "coordinates": [[2.0, 41.0], [bad, 41.0], [2.0, 41.01]]}
        (alert,) = feeds.parse(dumped(wzdx(work(geometry=line))), source="centre", received_s=RECEIVED_S)
        assert alert.identifier == "w1/unreadable"
        assert not alert.infos[0].areas


def test_pitfall_03_all_of_several_events_count() -> None:
    assert len(shut(heard(dumped(wzdx(*(work(id=f"w{n}") for n in range(50))))))) == 50


def test_pitfall_21_what_is_open_is_no_hazard_that_binds() -> None:
    state = heard(dumped(wzdx(work("all-lanes-open"))))
    assert {effect.action for hazard in state.hazards for effect in hazard.effects} == {Action.NONE}


def test_pitfall_02_an_event_that_is_not_current_ends_although_its_own_date_stays() -> None:
    flood = gdacs(disaster())
    over = gdacs(disaster(iscurrent="false")).replace(b"13:00:00", b"13:01:00", 1)
    assert heard(flood).hazards
    assert not heard(flood, over).hazards


def test_an_archived_event_ends() -> None:
    closed = {"name": "C-17", "state": "CLOSED"}
    over = event(closed, status="ARCHIVED", updated="2026-01-10T12:30:00Z")
    assert not heard(dumped(open511(event(closed))), dumped(open511(over))).hazards


def test_a_row_that_says_open_ends_the_row_before_it() -> None:
    opened = feeds.parse(b"id,road,effect\na,N-340,open\n", source="desk", received_s=RECEIVED_S + 60)
    closed = feeds.parse(TABLE.encode(), source="desk", received_s=RECEIVED_S)
    state, _ = absorb(HazardState(), [*opened, *closed], meaning(), now_s=RECEIVED_S + 60)
    assert [hazard.alert for hazard in state.hazards] == ["desk,b"]


def test_more_records_than_any_feed_has_are_a_fault_of_the_document() -> None:
    many = wzdx()
    many["features"] = [{}] * (RECORDS_MAX + 1)
    with pytest.raises(PayloadError, match="E1002"):
        feeds.parse(dumped(many), source="centre")


def test_more_vertices_than_any_feed_has_are_a_fault_of_the_document() -> None:
    half = {"type": "LineString", "coordinates": LINE["coordinates"] * 49_000}
    with pytest.raises(PayloadError, match="E1002"):
        feeds.parse(dumped(wzdx(*(work(id=f"w{n}", geometry=half) for n in range(6)))), source="centre")


def test_looks_into_json() -> None:
    assert [text(each) for each in (" a  b ", 5, 1.5, True, None, [], {})] == [
        "a b",
        "5",
        "1.5",
        "",
        "",
        "",
        "",
    ]
    assert text("a\0b \ud800é") == "a b ?é", "what no store takes"
    assert [number(each) for each in ("1.5", 2, True, "1_0", "x", math.nan, 10**400)] == [1.5, 2, *[None] * 5]
    assert (words(["a", None, 1]), words("b"), words(None)) == (("a", "1"), ("b",), ())
    assert (is_true("TRUE"), is_true(1), is_true(True), is_true("no")) == (True, True, True, False)
    assert (is_false("false"), is_false(False), is_false(None)) == (True, True, False)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert made_id(deep) == ""
    assert made_id({"a": 1, "b": 2}) == made_id({"b": 2, "a": 1}) != made_id({})

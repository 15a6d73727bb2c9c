"""WZDx: what a work zone does to whom, where its versions write it, and what is doubted."""

from __future__ import annotations

from typing import Any

import pytest

from road_messages import LINE, RECEIVED_S, collection, dumped, old_work, work, wzdx
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect, Way
from vado.model.size import Bound

HOUR = 3600


def read(*events: dict[str, Any]) -> tuple[Alert, ...]:
    return feeds.parse(dumped(wzdx(*events)), source="nowhere", received_s=RECEIVED_S)


def info(*events: dict[str, Any]) -> Info:
    return read(*events)[0].infos[0]


def shut_for(**bound: Any) -> StatedEffect:
    return StatedEffect(action=Action.SHUT, only=Bound(**bound))


def test_all_lanes_closed_shuts_the_road_in_the_direction_it_is_drawn() -> None:
    (alert,) = read(work())
    (found,) = alert.infos
    assert (alert.id, alert.event, alert.sent_s) == ("Roads of Nowhere,w1", "d1/w1", 1_768_050_000)
    assert (found.kind, found.stated) == ("closure", (StatedEffect(action=Action.SHUT),))
    (place,) = found.areas[0].roads
    assert (place.ref, place.name, place.way) == ("C-17", "Carrer Major", Way.ALONG)
    assert (place.points, place.ends_only) == (((2.0, 41.0), (2.0, 41.01)), False)


@pytest.mark.parametrize(
    ("impact", "actions"),
    [
        ("some-lanes-closed", [Action.SLOW]),
        ("some_lanes_closed", [Action.SLOW]),
        ("some-lanes-closed-merge-left", [Action.SLOW]),
        ("alternating-one-way", [Action.SLOW, Action.DELAY]),
        ("flagging", [Action.SLOW, Action.DELAY]),
        ("all-lanes-open", [Action.NONE]),
        ("all-lanes-open-shift-left", [Action.NONE]),
        ("unknown", [Action.INSPECT]),
        ("", [Action.INSPECT]),
        ("half-closed", [Action.INSPECT]),
    ],
)
def test_pitfall_37_a_lane_that_is_closed_is_no_road_that_is(impact: str, actions: list[Action]) -> None:
    assert [each.action for each in info(work(impact)).stated] == actions


def lanes(*kinds: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"order": n + 1, "type": kind, "status": status} for n, (kind, status) in enumerate(kinds)]


def test_where_all_lanes_are_closed_and_the_impact_says_less_the_road_is_shut_and_it_is_noted() -> None:
    closed = lanes(("general", "closed"), ("general", "closed"), ("shoulder", "open"))
    for impact in ("all-lanes-open", "some-lanes-closed", "unknown"):
        (alert,) = read(work(impact, lanes=closed))
        assert alert.infos[0].stated == (StatedEffect(action=Action.SHUT),)
        assert "taken as closed" in alert.notes[0]
    more = info(work("some-lanes-closed", lanes=closed, total_num_lanes=3))
    assert [each.action for each in more.stated] == [Action.SLOW], "a third lane is not listed"


def test_pitfall_36_shoulders_and_slip_roads_are_not_the_main_line() -> None:
    beside = lanes(("shoulder", "closed"), ("right-exit-ramp", "closed"), ("bike-lane", "closed"))
    assert info(work("all-lanes-open", lanes=beside)).stated == (StatedEffect(action=Action.NONE),)


def test_pitfall_36_limits_bind_who_is_over_them_and_close_nothing() -> None:
    limits = [
        {"type": "reduced-height", "value": 10.5, "unit": "feet"},
        {"type": "reduced-width", "value": 300, "unit": "centimeters"},
        {"type": "gross-weight-limit", "value": 10, "unit": "tons"},
        {"type": "axle-load-limit", "value": 8000, "unit": "kilograms"},
        {"type": "no-trucks"},
        {"type": "towing-prohibited"},
        {"type": "no-passing"},
    ]
    assert set(info(work("all-lanes-open", restrictions=limits)).stated) == {
        shut_for(over_height_cm=320),
        shut_for(over_width_cm=300),
        shut_for(over_weight_kg=9071),
        shut_for(over_axle_kg=8000),
        shut_for(classes=("hgv",)),
        shut_for(trailer=True),
    }


@pytest.mark.parametrize("value", [0, 1, "x", None, 1e9, "NaN"])
def test_pitfall_36_a_limit_that_cannot_be_meant_asks_a_person(value: Any) -> None:
    (alert,) = read(
        work("all-lanes-open", restrictions=[{"type": "reduced-width", "value": value, "unit": "feet"}])
    )
    assert [each.action for each in alert.infos[0].stated] == [Action.INSPECT]
    assert "a person is asked" in alert.notes[0]


def test_pitfall_36_a_speed_of_1_asks_a_person_and_one_that_can_be_meant_is_a_cap() -> None:
    assert info(work("all-lanes-open", reduced_speed_limit_kph=1)).stated == (
        StatedEffect(action=Action.INSPECT),
    )
    capped = info(work("all-lanes-open", reduced_speed_limit_kph=50)).stated
    assert capped == (StatedEffect(action=Action.SLOW, cap_kmh=50),)
    miles = info(old_work(vehicle_impact="all-lanes-open", reduced_speed_limit="30")).stated
    assert miles[0].cap_kmh == pytest.approx(48.28, abs=0.01)


def test_a_restriction_of_lanes_binds_where_no_open_lane_is_without_it() -> None:
    def lane(status: str, *metres: float) -> dict[str, Any]:
        limits = [{"type": "reduced-height", "value": 100 * each, "unit": "centimeters"} for each in metres]
        return {"order": 1, "type": "general", "status": status, "restrictions": limits}

    both = info(work("some-lanes-closed", lanes=[lane("open", 3.5), lane("open", 3.8), lane("closed")]))
    assert shut_for(over_height_cm=380) in both.stated
    one = info(work("some-lanes-closed", lanes=[lane("open", 3.5), lane("open")]))
    assert [each.only for each in one.stated] == [None]


def test_local_access_only_is_shut_for_who_is_not_known_to_have_business_there() -> None:
    found = info(work("all-lanes-open", restrictions=["local-access-only"])).stated
    assert found == (StatedEffect(action=Action.RESTRICTED, requires="local-access"),)


def test_versions_2_and_3_are_read_where_they_write_things() -> None:
    (alert,) = read(old_work())
    place = alert.infos[0].areas[0].roads[0]
    assert (alert.identifier, place.ref, place.name, alert.infos[0].certainty) == (
        "o1",
        "B-20",
        "Ronda",
        "Likely",
    )
    head = {"road_event_feed_info": {"feed_update_date": "2026-01-10T13:00:00Z"}}
    (older,) = feeds.parse(dumped(collection(old_work(), **head)), source="nowhere", received_s=RECEIVED_S)
    assert (older.sender, older.sent_s) == ("nowhere", 1_768_050_000)


def test_points_are_ends_and_not_a_path() -> None:
    ends = {"type": "MultiPoint", "coordinates": LINE["coordinates"]}
    (place,) = info(work(geometry=ends)).areas[0].roads
    assert (place.points, place.ends_only, place.way) == (((2.0, 41.0), (2.0, 41.01)), True, Way.ALONG)


def test_drawn_against_its_named_direction_both_directions_are_meant() -> None:
    (alert,) = read(work(core={"direction": "southbound"}))
    assert alert.infos[0].areas[0].roads[0].way is Way.BOTH
    assert "drawn against" in alert.notes[0]
    assert info(work(core={"direction": "undefined"})).areas[0].roads[0].way is Way.BOTH


def test_completed_and_cancelled_end_what_was_said() -> None:
    for status in ("completed", "cancelled"):
        assert read(work(event_status=status))[0].msg_type is MsgType.CANCEL
    assert read(work(event_status="planned"))[0].msg_type is MsgType.ALERT


def test_a_closure_listed_after_its_estimated_end_goes_on_and_after_a_verified_one_does_not() -> None:
    past = "2026-01-10T10:00:00Z"
    assert info(work(end_date=past, is_end_date_verified=False)).expires_s is None
    assert info(work(end_date=past, is_end_date_verified=True)).expires_s == 1_768_039_200
    assert info(work(end_date=past)).expires_s == 1_768_039_200
    long_ago = info(
        work(start_date="2025-01-01T00:00:00Z", end_date="2025-02-01T00:00:00Z", is_end_date_verified=False)
    )
    assert long_ago.expires_s is not None, "a feed that lists what is long over does not shut it again"


def test_an_end_before_the_start_is_no_end() -> None:
    (alert,) = read(work(end_date="2025-01-01T00:00:00Z"))
    assert alert.infos[0].expires_s is None
    assert "ends before it starts" in alert.notes[0]


def test_pitfall_31_a_time_without_offset_is_utc_as_the_standard_demands() -> None:
    (alert,) = read(work(start_date="2026-01-09T00:00:00"))
    assert alert.infos[0].onset_s == 1_767_916_800
    assert "taken as UTC" in alert.notes[0]


def test_a_detour_is_where_others_drive_and_does_nothing() -> None:
    open_ = work(core={"event_type": "detour"}, vehicle_impact="all-lanes-open")
    assert info(open_).stated == (StatedEffect(action=Action.NONE),)
    shut = work(core={"event_type": "detour"}, vehicle_impact="all-lanes-closed")
    assert info(shut).stated == (StatedEffect(action=Action.INSPECT),)


def test_an_event_that_cannot_be_read_is_kept_beside_the_others_under_a_name_of_its_own() -> None:
    bad, good = read(work(start_date="soon"), work(id="w2"))
    assert (bad.identifier, good.identifier) == ("w1/unreadable", "w2")
    assert bad.infos[0].stated == (StatedEffect(action=Action.INSPECT),)
    assert "'soon' is no time" in bad.notes[0]


def test_two_events_of_one_id_both_count() -> None:
    first, second = read(work(), work("some-lanes-closed"))
    assert first.identifier == "w1"
    assert second.identifier.startswith("w1~")
    assert len(read(work(), work())) == 1, "said twice the same is said once"


def test_an_empty_list_is_an_answer_and_a_list_of_devices_is_none() -> None:
    assert read() == ()
    board = {
        "type": "Feature",
        "properties": {"core_details": {"device_type": "arrow-board"}},
        "geometry": None,
    }
    with pytest.raises(PayloadError, match="E1107"):
        read(board)

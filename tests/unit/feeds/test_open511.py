"""Open511: states of roads, descriptions where there is none, pages, and its XML."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from road_messages import LINE, POINT, RECEIVED_S, dumped, event, open511
from vado import feeds
from vado.errors import PayloadError
from vado.feeds import Lifecycle, recognise
from vado.feeds.closed_words import Said, said
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect, Way
from vado.model.size import Bound
from vado.model.when import Interval

SHUT = StatedEffect(action=Action.SHUT)


def read(*events: dict[str, Any]) -> tuple[Alert, ...]:
    return feeds.parse(dumped(open511(*events)), source="centre", received_s=RECEIVED_S)


def infos(*events: dict[str, Any]) -> tuple[Info, ...]:
    return read(*events)[0].infos


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("CLOSED", [Action.SHUT]),
        ("SOME_LANES_CLOSED", [Action.SLOW]),
        ("SINGLE_LANE_ALTERNATING", [Action.SLOW, Action.DELAY]),
        ("ALL_LANES_OPEN", [Action.NONE]),
    ],
)
def test_the_state_of_a_road_says_what_it_does(state: str, actions: list[Action]) -> None:
    (found,) = infos(event({"name": "C-17", "state": state, "direction": "BOTH"}))
    assert [each.action for each in found.stated] == actions
    assert found.areas[0].roads[0].way is Way.BOTH


def test_each_road_of_an_event_has_its_own_direction_and_state() -> None:
    north, south = infos(
        event(
            {"name": "A", "state": "CLOSED", "direction": "N"},
            {"name": "A", "state": "ALL_LANES_OPEN", "direction": "S"},
        )
    )
    assert (north.areas[0].roads[0].way, north.stated) == (Way.ALONG, (SHUT,))
    assert south.areas[0].roads[0].way is Way.AGAINST
    (bound,) = infos(event({"name": "A", "state": "CLOSED", "direction": "Southbound"}))
    assert bound.areas[0].roads[0].way is Way.AGAINST
    (across,) = infos(event({"name": "A", "state": "CLOSED", "direction": "E"}))
    assert across.areas[0].roads[0].way is Way.BOTH, "a line to the north has no direction east"


def test_a_point_keeps_its_direction_as_a_heading() -> None:
    (found,) = infos(event({"name": "A", "state": "CLOSED", "direction": "E"}, geography=POINT))
    (place,) = found.areas[0].roads
    assert (place.heading_deg, place.way, place.ends_only) == (90, Way.UNKNOWN, True)


def test_pitfall_38_a_road_that_is_closed_only_in_its_description_is_shut_less_surely() -> None:
    (alert,) = read(
        event({"name": "Old Road", "direction": "BOTH"}, description="Landslide at the bridge. Road closed.")
    )
    (found,) = alert.infos
    assert (found.kind, found.stated, found.certainty) == ("closure", (SHUT,), "Likely")
    assert "its description says closed" in alert.notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Road closed.", Said.SHUT),
        ("The highway is closed in both directions until further notice", Said.SHUT),
        ("Carretera cortada por nieve", Said.SHUT),
        ("Route fermée à la circulation", Said.SHUT),
        ("Left lane closed", Said.LANE),
        ("Lane Closure. Expect delays", Said.LANE),
        ("All lanes closed", Said.SHUT),
        ("Exit 12 ramp closed", Said.LANE),
        ("Single lane alternating traffic", Said.IN_TURNS),
        ("Closed to trucks over 20 t", Said.SOME),
        ("Closed nightly from 9 PM to 5 AM", Said.SHUT),
        ("Temporarily closed", Said.SHUT),
        ("Lanes may be closed", Said.UNSURE),
        ("Highway 1 closed between Exit 12 and Exit 15", Said.SHUT),
        ("Highway 1 at Exit 12 closed", Said.SHUT),
        ("Closed between Exit 12 and Exit 15", Said.SHUT),
        ("Highway 1 left lane closed", Said.LANE),
        ("Road closed due to overturned truck", Said.SHUT),
        ("Road closed, open to local traffic only", Said.SHUT),
        ("Road closed, expected to be reopened at noon", Said.SHUT),
        ("Road closed, call ahead if travelling", Said.SHUT),
        ("Closed to all vehicles over 5 t", Said.SOME),
        ("Closed to all vehicles", Said.SHUT),
        ("Cortado el carril derecho", Said.LANE),
        ("Cerrada al tráfico la calzada", Said.SHUT),
        ("Slide washed out part of it", Said.SHUT),
        ("Museum closed", Said.UNSURE),
        ("Road is no longer closed", Said.NOTHING),
        ("Tree pruning, watch for crews", Said.NOTHING),
        ("", Said.NOTHING),
        ("Left lane closed. Road closed at night", Said.SHUT),
    ],
)
def test_what_descriptions_say(text: str, expected: Said) -> None:
    assert said(text) is expected


def test_a_description_never_weakens_a_state() -> None:
    (found,) = infos(event({"name": "A", "state": "CLOSED"}, description="Now open"))
    assert found.stated == (SHUT,)


def test_pitfall_36_an_accident_asks_a_person_and_closes_nothing() -> None:
    (found,) = infos(event({"name": "A"}, description="Collision, watch for crews"))
    assert found.stated == (StatedEffect(action=Action.INSPECT),)


def test_restrictions_bind_in_tonnes_or_kilograms_and_metres() -> None:
    limits = [
        {"restriction_type": "WEIGHT", "value": 7.5},
        {"restriction_type": "WEIGHT", "value": 12000},
        {"restriction_type": "HEIGHT", "value": "3.2"},
        {"restriction_type": "WIDTH", "value": 0},
        {"restriction_type": "SPEED", "value": 40},
    ]
    (alert,) = read(event({"name": "A", "state": "ALL_LANES_OPEN", "restrictions": limits}))
    assert set(alert.infos[0].stated) == {
        StatedEffect(action=Action.SHUT, only=Bound(over_weight_kg=7500)),
        StatedEffect(action=Action.SHUT, only=Bound(over_weight_kg=12000)),
        StatedEffect(action=Action.SHUT, only=Bound(over_height_cm=320)),
        StatedEffect(action=Action.INSPECT),
        StatedEffect(action=Action.SLOW, cap_kmh=40),
    }
    assert "WIDTH 0 cannot be obeyed" in alert.notes[0]


def test_a_closed_pavement_is_no_closed_road() -> None:
    (found,) = infos(event({"name": "A", "state": "CLOSED", "impacted_systems": ["SIDEWALK"]}))
    assert found.stated == (StatedEffect(action=Action.NONE),)


def test_intervals_may_be_open_and_may_be_several() -> None:
    (open_,) = infos(event({"name": "A"}, schedule={"intervals": ["2026-01-09T00:00:00Z/"]}))
    assert (open_.onset_s, open_.expires_s, open_.during) == (at("2026-01-09T00:00"), None, ())
    spells = ["2026-01-09T00:00:00Z/2026-01-10T00:00:00Z", "2026-01-12T00:00:00Z/2026-01-13T00:00:00Z"]
    (two,) = infos(event({"name": "A"}, schedule={"intervals": spells}))
    assert two.during == (
        Interval(at("2026-01-09T00:00"), at("2026-01-10T00:00")),
        Interval(at("2026-01-12T00:00"), at("2026-01-13T00:00")),
    )


def test_days_and_hours_that_come_again_are_local() -> None:
    daily = {
        "start_date": "2026-01-12",
        "end_date": "2026-01-13",
        "daily_start_time": "09:00",
        "daily_end_time": "15:00",
    }
    (found,) = infos(event({"name": "A"}, schedule={"recurring_schedules": [daily]}))
    assert found.during == tuple(
        Interval(at(f"2026-01-{day}T08:00"), at(f"2026-01-{day}T14:00")) for day in (12, 13)
    )
    (mondays,) = infos(event({"name": "A"}, schedule={"recurring_schedules": [daily | {"days": [1]}]}))
    assert (mondays.onset_s, mondays.expires_s) == (at("2026-01-12T08:00"), at("2026-01-12T14:00"))
    (strange,) = infos(event({"name": "A"}, schedule={"recurring_schedules": [daily | {"days": [9]}]}))
    assert strange.expires_s == at("2026-01-13T23:00"), "all of both days"


def test_other_hours_on_one_day_count_too_and_a_day_off_changes_nothing() -> None:
    daily = {
        "start_date": "2026-01-12",
        "end_date": "2026-01-12",
        "daily_start_time": "09:00",
        "daily_end_time": "15:00",
    }
    schedule = {"recurring_schedules": [daily], "exceptions": ["2026-01-14 10:00-11:00", "2026-01-12"]}
    (alert,) = read(event({"name": "A"}, schedule=schedule))
    assert alert.infos[0].during[-1] == Interval(at("2026-01-14T09:00"), at("2026-01-14T10:00"))
    assert "is not obeyed" in alert.notes[0]


def test_an_archived_event_is_over() -> None:
    assert read(event({"name": "A", "state": "CLOSED"}, status="ARCHIVED"))[0].msg_type is MsgType.CANCEL


def test_pitfall_24_a_page_is_not_all_of_it() -> None:
    whole, page = open511(event()), open511(event(), offset=0, next_url="/events?offset=20")
    assert recognise(dumped(whole))[0].lifecycle is Lifecycle.FULL
    assert recognise(dumped(page))[0].lifecycle is Lifecycle.STREAM
    assert recognise(dumped(open511(event(), offset="20")))[0].lifecycle is Lifecycle.STREAM
    assert len(feeds.parse(dumped(page), source="centre")) == 1


def test_drivebc_says_closed_of_the_event_itself() -> None:
    own = {
        "id": "x/1",
        "event_type": "INCIDENT",
        "closed": True,
        "location": LINE,
        "route_at": "Highway 3",
        "direction": "NONE",
        "last_updated": "2026-01-10T12:00:00-08:00",
        "start": "2026-01-09T18:13",
        "end": None,
    }
    (found,) = feeds.parse(dumped({"events": [own]}), source="centre", received_s=RECEIVED_S)[0].infos
    assert found.stated == (SHUT,)
    assert found.areas[0].roads[0].name == "Highway 3"
    assert found.onset_s <= at("2026-01-09T17:13"), "local time of the place"


XML = """<open511 xmlns:gml="http://www.opengis.net/gml"><events><event><id>x/1</id><status>ACTIVE</status>
<event_type>CONSTRUCTION</event_type><updated>2026-01-10T12:00:00Z</updated>
<geography><gml:LineString><gml:posList>41.0 2.0 41.01 2.0</gml:posList></gml:LineString></geography>
<roads><road><name>C-17</name><direction>N</direction><state>CLOSED</state>
<restrictions><restriction><restriction_type>SPEED</restriction_type><value>40</value></restriction></restrictions>
</road></roads><schedule><intervals><interval>2026-01-09T00:00:00Z/</interval></intervals></schedule>
</event></events></open511>"""


def test_xml_says_the_same() -> None:
    (alert,) = feeds.parse(XML.encode(), source="centre", received_s=RECEIVED_S)
    (found,) = alert.infos
    assert SHUT in found.stated
    assert found.areas[0].roads[0].points == ((2.0, 41.0), (2.0, 41.01))
    assert (found.onset_s, found.expires_s) == (at("2026-01-09T00:00"), None)


def test_closed_to_trucks_is_shut_for_trucks_and_asks_a_person() -> None:
    (found,) = infos(event({"name": "A"}, description="Bridge closed to trucks."))
    hgv = StatedEffect(action=Action.SHUT, only=Bound(classes=("hgv",)))
    assert found.stated == (hgv, StatedEffect(action=Action.INSPECT))


@pytest.mark.parametrize("body", [b'{"events": []}', b'{"events": [], "meta": {"error": "down"}}', b"{}"])
def test_pitfall_08_an_empty_answer_of_somebody_else_is_a_fault(body: bytes) -> None:
    with pytest.raises(PayloadError, match="E1006"):
        feeds.parse(body, source="centre")

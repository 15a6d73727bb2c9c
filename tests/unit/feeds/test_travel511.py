"""511 events: full closures, what descriptions say, ends and lines, dates of two services, bare Open511."""

from __future__ import annotations

from typing import Any

import pytest

from road_messages import RECEIVED_S, dumped, event, travel
from vado import feeds
from vado.errors import PayloadError
from vado.feeds import Lifecycle
from vado.feeds.encoded_line import decode
from vado.model.alert import Action, Alert, Info, Way
from vado.model.ids import IN_PART


def read(*events: Any) -> tuple[Alert, ...]:
    return feeds.parse(dumped(list(events)), source="centre", received_s=RECEIVED_S)


def info(**members: Any) -> Info:
    return read(travel(**members))[0].infos[0]


def actions(**members: Any) -> list[Action]:
    return [each.action for each in info(**members).stated]


def test_a_bare_list_of_open511_is_read_and_ends_nothing() -> None:
    found = feeds.read(
        dumped([event({"name": "C-17", "state": "CLOSED"})]), source="x", received_s=RECEIVED_S, pulled=True
    )
    assert found.alerts[0].infos[0].stated[0].action is Action.SHUT
    assert (found.read.format, found.lifecycle) == ("Open511, a page", Lifecycle.STREAM)


def test_a_full_closure_shuts_its_side_of_the_road() -> None:
    found = info(IsFullClosure=True, DirectionOfTravel="Northbound")
    assert found.stated[0].action is Action.SHUT
    (place,) = found.areas[0].roads
    assert (place.ref, place.way, place.points) == ("I-90", Way.ALONG, ((2.0, 41.0), (2.0, 41.01)))
    assert info(DirectionOfTravel="Both Directions").areas[0].roads[0].way is Way.BOTH
    assert info(DirectionOfTravel="All Directions").areas[0].roads[0].way is Way.BOTH
    assert info(DirectionOfTravel="Southbound").areas[0].roads[0].way is Way.AGAINST


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"IsFullClosure": False, "EventType": "closures", "Description": "Road closed"}, [Action.SHUT]),
        ({"IsFullClosure": None, "Description": "The bridge is closed."}, [Action.SHUT]),
        ({"IsFullClosure": False, "Description": "Bridge closed."}, [Action.SLOW, Action.INSPECT]),
        ({"IsFullClosure": False, "Description": "Right lane closed."}, [Action.SLOW]),
        ({"IsFullClosure": False, "Description": "Paving.", "EventType": "roadwork"}, [Action.SLOW]),
        ({"IsFullClosure": False, "Description": "Crash."}, [Action.INSPECT]),
        ({"IsFullClosure": False, "Description": "", "LanesAffected": "All lanes closed"},
         [Action.SLOW, Action.INSPECT]),
        ({"IsFullClosure": None, "LanesStatus": "closed", "Description": ""}, [Action.SHUT]),
    ],
)  # fmt: skip
def test_what_is_no_full_closure_is_as_severe_as_its_words(
    members: dict[str, Any], expected: list[Action]
) -> None:
    assert actions(**members) == expected


def test_limits_have_no_unit_and_ask_a_person() -> None:
    assert Action.INSPECT in actions(IsFullClosure=True, Restrictions={"Width": 12, "Height": None})
    assert actions(IsFullClosure=True, Restrictions={"Width": None, "Height": 0}) == [Action.SHUT]


def test_of_a_date_of_which_the_order_is_not_known_the_wider_counts() -> None:
    found = info(StartDate="02/01/2026 08:00:00", PlannedEndDate="03/02/2026 18:00:00")
    # 2 January at the earliest; 2 March at the latest: Spanish time, where this nobody's road is.
    assert found.onset_s == 1_767_337_200
    assert found.expires_s == 1_772_470_800
    assert info(StartDate="30/01/2026 08:00:00").onset_s == 1_769_756_400, "no thirtieth month"


def test_a_line_counts_before_ends_and_a_broken_one_does_not() -> None:
    # Google's own example.
    line = decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@") or []
    rounded = [(round(lon, 5), round(lat, 5)) for lon, lat in line]
    assert rounded == [(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)]
    found = info(EncodedPolyline="_p~iF~ps|U_ulLnnqC")
    assert found.areas[0].roads[0].points[0] == pytest.approx((-120.2, 38.5))
    for broken in ("_p~iF~ps|U_ulLnnq", "_p~iF", "\u00e9", "zzzzzzzzzzzzzzz"):
        assert decode(broken) is None
        assert info(EncodedPolyline=broken).areas[0].roads[0].points[0] == (2.0, 41.0)


def test_what_cannot_be_understood_stands_beside_what_was() -> None:
    for bad in ({"IsFullClosure": "zzqx"}, {"PlannedEndDate": "zzqx"}, {"Latitude": 0, "Longitude": 0}):
        members = {"LatitudeSecondary": None} if "Latitude" in bad else {}
        (alert,) = read(travel(**(bad | members)))
        assert IN_PART in alert.id
    (bad_one, good) = read({"ID": "", "EventType": "closures", "RoadwayName": "A"}, travel())
    assert bad_one.infos[0].stated[0].action is Action.INSPECT
    assert good.infos[0].stated[0].action is Action.SHUT


def test_an_empty_list_is_an_answer_of_a_feed_that_gives_all_that_holds() -> None:
    with pytest.raises(PayloadError) as caught:
        feeds.read(b"[]", source="nina", received_s=RECEIVED_S, pulled=True)
    assert caught.value.faults[0].code == "E1006"
    assert 'lifecycle = "full"' in str(caught.value)
    found = feeds.read(b" [ ]\n", source="nina", received_s=RECEIVED_S, lifecycle=Lifecycle.FULL)
    assert (found.alerts, found.read.present, found.read.full, found.read.complete) == ((), (), True, True)
    with pytest.raises(PayloadError):
        feeds.read(b"", source="nina", received_s=RECEIVED_S, lifecycle=Lifecycle.FULL)

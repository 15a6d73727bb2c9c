"""Fintraffic: announcements as GeoJSON, and IMS messages with DATEX II inside. All invented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datex_messages import HEARD_S, SENT, managed, situation, v2
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect, Way
from vado.model.size import Bound

LINE = {"type": "MultiLineString", "coordinates": [[[24.5, 60.5], [24.6, 60.6]]]}
ADDRESS = {
    "roadAddressLocation": {
        "primaryPoint": {"roadAddress": {"road": 3}, "municipality": "Kylä"}, "direction": "BOTH",
    }
}  # fmt: skip


def feature(
    *restrictions: tuple[str, Any], words: tuple[str, ...] = (), geometry: Any = LINE, **announced: Any
) -> dict[str, Any]:
    """Write a feature of roadworks with one phase, or of words only."""
    phases = [
        {"locationDetails": ADDRESS, "timeAndDuration": {"startTime": SENT},
         "workingHours": [{"weekday": "MONDAY", "startTime": "06:00:00", "endTime": "18:00:00"}],
         "restrictions": [{"type": name, "restriction": {"quantity": q}} for name, q in restrictions]}
    ]  # fmt: skip
    said = {
        "language": "FI", "title": "Tie 3, Kylä.", "locationDetails": ADDRESS,
        "timeAndDuration": {"startTime": SENT}, "features": [{"name": word} for word in words],
        "roadWorkPhases": phases if restrictions else [], **announced,
    }  # fmt: skip
    about = {
        "situationId": "GUID1",
        "situationType": "ROAD_WORK",
        "versionTime": SENT,
        "announcements": [said],
    }
    return {"type": "Feature", "geometry": geometry, "properties": about}


def read(value: Any) -> tuple[Alert, ...]:
    return feeds.parse(json.dumps(value).encode(), source="fi", received_s=HEARD_S)


def phase(*restrictions: tuple[str, Any]) -> Info:
    (alert,) = read(feature(*restrictions))
    return alert.infos[-1]


@pytest.mark.parametrize("name", ["ROAD_CLOSED", "road closed"])
def test_a_closed_road_is_shut_at_its_shape_also_outside_working_hours(name: str) -> None:
    info = phase((name, None))
    assert info.stated == (StatedEffect(action=Action.SHUT),)
    assert info.during == ()
    (road,) = info.areas[0].roads
    assert (road.ref, road.way, road.points) == ("3", Way.BOTH, ((24.5, 60.5), (24.6, 60.6)))


@pytest.mark.parametrize(
    ("name", "quantity", "effect"),
    [
        ("SPEED_LIMIT", 50.0, StatedEffect(action=Action.SLOW, cap_kmh=50.0)),
        ("SPEED_LIMIT", 1, StatedEffect(action=Action.INSPECT)),
        ("SPEED_LIMIT", "50", StatedEffect(action=Action.INSPECT)),
        ("VEHICLE_HEIGHT_LIMIT", 4.2, StatedEffect(action=Action.SHUT, only=Bound(over_height_cm=420))),
        ("VEHICLE_WIDTH_LIMIT", 0, StatedEffect(action=Action.INSPECT)),
        ("SINGLE_LANE_CLOSED", None, StatedEffect(action=Action.SLOW, speed_factor=0.6)),
        ("DETOUR_LENGTH", 3, StatedEffect(action=Action.NONE)),
        ("SOMETHING_NEW", None, StatedEffect(action=Action.INSPECT)),
    ],
)
def test_restrictions(name: str, quantity: Any, effect: StatedEffect) -> None:
    assert phase((name, quantity)).stated == (effect,)


def test_finnish_words_of_features_count_too() -> None:
    (alert,) = read(feature(words=("Tie on suljettu liikenteeltä",)))
    assert StatedEffect(action=Action.SHUT) in alert.infos[0].stated


def test_what_neither_tells_asks_a_person() -> None:
    said = feature(words=())
    said["properties"]["situationType"] = "TRAFFIC_ANNOUNCEMENT"
    assert read(said)[0].infos[0].stated == (StatedEffect(action=Action.INSPECT),)


def test_early_closing_is_the_end() -> None:
    assert read(feature(("ROAD_CLOSED", None), earlyClosing="CANCELED"))[0].msg_type is MsgType.CANCEL


def test_it_is_the_same_alert_as_its_datex() -> None:
    body = (
        v2(situation(managed("roadClosed"), id_="GUID1"))
        .replace(b">fr<", b">fi<")
        .replace(b">TEST<", b">FTA<")
    )
    (datex,) = feeds.parse(body, source="fi")
    (announced,) = read(feature(("ROAD_CLOSED", None)))
    assert (announced.id, announced.event) == (datex.id, datex.event)


def test_an_empty_collection_is_an_answer() -> None:
    assert read({"type": "FeatureCollection", "dataUpdatedTime": SENT, "features": []}) == ()


@pytest.mark.parametrize("geometry", [None, {}, {"type": "Point", "coordinates": [1e400, 0]}, 3, [],
                                      {"type": "MultiLineString", "coordinates": [[[24.5, 60.5]], "x", None]},
                                      {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}])  # fmt: skip
def test_a_geometry_of_any_sort_is_survived(geometry: Any) -> None:
    (alert,) = read(feature(("ROAD_CLOSED", None), geometry=geometry))
    assert alert.infos[-1].stated == (StatedEffect(action=Action.SHUT),)


@pytest.mark.parametrize("broken", [{"announcements": None}, {"announcements": [3]}, {"situationId": 7}])
def test_a_feature_that_says_nothing_is_kept_and_asks(broken: dict[str, Any]) -> None:
    whole = feature(("ROAD_CLOSED", None))
    other = {**whole, "properties": {**whole["properties"], **broken}}
    alerts = read({"type": "FeatureCollection", "features": [other, whole]})
    assert [alert.infos[-1].stated[0].action for alert in alerts] == [Action.INSPECT, Action.SHUT]


# ------------------------------------------------------------------------------------------------ IMS

CODE = (
    "<groupOfLocations><alertCPoint><alertCLocationCountryCode>6</alertCLocationCountryCode>"
    "<alertCLocationTableNumber>17</alertCLocationTableNumber><alertCMethod2PrimaryPointLocation><alertCLocation>"
    "<specificLocation>992</specificLocation></alertCLocation></alertCMethod2PrimaryPointLocation></alertCPoint>"
    "</groupOfLocations>"
)


def ims(drawn: str, *, datex: str | None = None) -> bytes:
    inner = v2(situation(managed("roadClosed", where=CODE), id_="GUID1")).decode() if datex is None else datex
    return (
        f"<imsMessage><messageContent><d2Message><![CDATA[{inner}]]></d2Message><jMessage><![CDATA[{drawn}]]>"
        "</jMessage></messageContent></imsMessage>"
    ).encode()


def test_the_datex_of_an_ims_message_is_where_its_geojson_draws_it() -> None:
    (alert,) = feeds.parse(ims(json.dumps(feature())), source="fi", received_s=HEARD_S)
    (area,) = alert.infos[0].areas
    assert area.roads[0].points == ((24.5, 60.5), (24.6, 60.6))
    assert area.geocodes == (("Alert-C 6/17", "992"),)


def test_a_point_is_not_all_of_the_stretch_that_codes_name() -> None:
    drawn = json.dumps(feature(geometry={"type": "Point", "coordinates": [24.5, 60.5]}))
    (alert,) = feeds.parse(ims(drawn), source="fi", received_s=HEARD_S)
    assert [area.has_shape for area in alert.infos[0].areas] == [True, False]


@pytest.mark.parametrize(
    "drawn", ["", "{", "[1]", "null", '{"properties": {"situationId": 3}}', "[" * 100_000]
)
def test_a_broken_geojson_is_noted_and_the_datex_binds(drawn: str) -> None:
    (alert,) = feeds.parse(ims(drawn), source="fi", received_s=HEARD_S)
    assert alert.infos[0].stated == (StatedEffect(action=Action.SHUT),)
    assert any("GeoJSON" in note for note in alert.notes)


@pytest.mark.parametrize("datex", ["", "<rss/>", "<a", "plain words"])
def test_an_ims_message_without_datex_is_a_fault(datex: str) -> None:
    with pytest.raises(PayloadError):
        feeds.parse(ims("{}", datex=datex), source="fi")


def test_more_restrictions_than_anybody_announces_are_a_fault() -> None:
    whole = feature(*[("x", None)] * 500)
    said = whole["properties"]["announcements"][0]
    said["roadWorkPhases"] *= 101
    with pytest.raises(PayloadError, match="E1002"):
        read(whole)


def test_a_situation_in_doubt_is_drawn_too() -> None:
    broken = situation(managed("roadClosed", where=CODE), managed("zzqx", where=CODE, id_="r2"), id_="GUID1")
    (alert,) = feeds.parse(
        ims(json.dumps(feature()), datex=v2(broken).decode()), source="fi", received_s=HEARD_S
    )
    assert alert.identifier.startswith("GUID1/in-part~")
    assert all(area.has_shape for info in alert.infos for area in info.areas)

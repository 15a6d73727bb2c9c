"""GeoJSON closures: defaults, ids, and all faults at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Circle, StatedEffect

POINT = {"type": "Point", "coordinates": [1.5, 42.5]}


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"id": "c1"} | properties}


def read(*features: dict[str, Any], received_s: int = 1000) -> tuple[Alert, ...]:
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return feeds.parse(body, source="control", received_s=received_s)


def codes(*features: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(*features)
    return [(f.code, f.field.removeprefix("features[0].")) for f in caught.value.faults]


def test_the_least_one_can_say_shuts_the_road_from_now_on_for_all() -> None:
    (alert,) = read(feature())
    (info,) = alert.infos
    assert (alert.id, alert.sender, alert.sent_s, alert.status) == ("control,c1", "control", 1000, "Actual")
    assert (info.kind, info.onset_s, info.expires_s) == ("closure", 1000, None)
    assert info.stated == (StatedEffect(action=Action.SHUT),)
    assert info.areas[0].circles == (Circle(lon=1.5, lat=42.5, radius_m=0),)


def test_without_a_time_of_arrival_it_is_always_in_force() -> None:
    (alert,) = feeds.parse(json.dumps(feature()).encode(), source="control")
    assert (alert.sent_s, alert.infos[0].onset_s) == (0, 0)


def test_the_start_defaults_to_when_it_was_sent() -> None:
    (alert,) = read(feature(sent="1970-01-01T00:05:00Z"))
    assert (alert.sent_s, alert.infos[0].onset_s) == (300, 300)


def test_a_closure_from_the_future_counts_as_sent_when_it_was_received() -> None:
    (alert,) = read(feature(sent=1000 + 301))
    assert (alert.sent_s, alert.infos[0].onset_s) == (1000, 1000)
    assert "properties.sent" in alert.notes[0]
    (late,) = read(feature(start=90_000))
    assert (late.sent_s, late.infos[0].onset_s, late.notes) == (1000, 90_000, ()), (
        "it may start when it likes"
    )


def test_ids_may_stand_on_the_feature_and_be_numbers() -> None:
    (alert,) = read({"type": "Feature", "id": 7, "geometry": POINT, "properties": None})
    assert alert.id == "control,7"


def test_references_are_of_the_sender() -> None:
    (alert,) = read(
        feature(msg_type="cancel", references=["x", "control,y"], geometry=None) | {"geometry": None}
    )
    assert alert.references == ("control,x", "control,y")
    assert alert.infos == ()
    (other,) = read(feature(sender="A, B", references="z"))
    assert (other.id, other.references) == (
        "A B,c1",
        ("A B,z",),
    )


def test_a_kind_of_the_tables_a_word_of_theirs_and_a_strange_one() -> None:
    kinds = [read(feature(kind=kind))[0].infos[0].kind for kind in ("flood", "Inundación", "meteor")]
    assert kinds == ["flood", "flood", ""]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"id": None}, ("E1003", "properties.id")),
        ({"id": True}, ("E1004", "properties.id")),
        ({"start": "2026-01-10T09:00:00"}, ("E1105", "properties.start")),
        ({"start": 1768035600000}, ("E1105", "properties.start")),
        ({"start": True}, ("E1105", "properties.start")),
        ({"start": 2000, "end": 2000}, ("E1106", "properties.end")),
        ({"start": 2000, "end": 1999}, ("E1106", "properties.end")),
        ({"effect": "closed"}, ("E1004", "properties.effect")),
        ({"effect": "slow"}, ("E1003", "properties.speed_factor")),
        ({"effect": "slow", "speed_factor": 0}, ("E1209", "properties.speed_factor")),
        ({"effect": "slow", "speed_factor": "half"}, ("E1004", "properties.speed_factor")),
        ({"speed_factor": 0.5}, ("E1004", "properties.speed_factor")),
        ({"effect": "restricted"}, ("E1003", "properties.requires")),
        ({"requires": "chains"}, ("E1004", "properties.requires")),
        ({"profiles": "truck", "references": [3]}, ("E1004", "properties.references")),
        ({"severity": "Bad"}, ("E1004", "properties.severity")),
        ({"headline": 3}, ("E1004", "properties.headline")),
        ({"radius_m": -1}, ("E1209", "properties.radius_m")),
    ],
)
def test_each_property_is_checked(properties: dict[str, Any], expected: tuple[str, str]) -> None:
    found = codes(feature(**properties))
    assert found[0] == expected
    assert {field for _, field in found} == {expected[1]}


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (None, ("E1103", "geometry")),
        ("here", ("E1103", "geometry")),
        ({"type": "Curve", "coordinates": [1, 2]}, ("E1103", "geometry")),
        ({"type": "Point"}, ("E1103", "geometry")),
        ({"type": "Point", "coordinates": [1]}, ("E1103", "geometry.coordinates")),
        ({"type": "Point", "coordinates": [181, 0]}, ("E1104", "geometry.coordinates")),
        ({"type": "Point", "coordinates": [10**400, 0]}, ("E1104", "geometry.coordinates")),
        ({"type": "Point", "coordinates": [float("nan"), 0]}, ("E1104", "geometry.coordinates")),
        ({"type": "LineString", "coordinates": [[1, 2]]}, ("E1103", "geometry.coordinates")),
        ({"type": "LineString", "coordinates": [1, 2]}, ("E1103", "geometry.coordinates[0]")),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]},
         ("E1103", "geometry.coordinates[0]")),
        ({"type": "MultiPolygon", "coordinates": [[[[1, 2], [3, 4]]]]},
         ("E1103", "geometry.coordinates[0][0]")),
        ({"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9]], [[1, 1], [2, 2]]]},
         ("E1103", "geometry.coordinates[1]")),
        ({"type": "GeometryCollection", "geometries": []}, ("E1103", "geometry")),
        ({"type": "GeometryCollection", "geometries": [POINT, {"type": "Point"}]},
         ("E1103", "geometry.geometries[1]")),
    ],
)  # fmt: skip
def test_each_geometry_is_checked(geometry: Any, expected: tuple[str, str]) -> None:
    assert codes(feature(geometry)) == [expected]


def test_collections_nested_without_end_are_refused() -> None:
    geometry: Any = POINT
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert codes(feature(geometry))[0][0] == "E1103"
    deep = b'{"type": "Feature", "properties": {"id": "x"}, "geometry": ' + b"[" * 100_000
    with pytest.raises(PayloadError) as caught:
        feeds.parse(deep, source="control")
    assert caught.value.code in ("E1001", "E1002")


def test_an_empty_collection_holds_no_alert() -> None:
    assert read() == ()


def test_unread_properties_are_noted() -> None:
    assert read(feature(lanes=2))[0].notes == ("features[0].properties.lanes: not read",)


def test_heights_are_metres_and_may_not_be_upside_down() -> None:
    (area,) = read(feature(above_m=1200, below_m=2400.5))[0].infos[0].areas
    assert (area.above_m, area.below_m) == (1200.0, 2400.5)
    assert codes(feature(above_m=1200, below_m=800)) == [("E1004", "properties.below_m")]
    assert codes(feature(above_m="1200 m")) == [("E1004", "properties.above_m")]

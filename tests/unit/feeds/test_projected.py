"""Coordinates of national grids: turned into WGS 84, or refused by name, never taken for degrees."""

from __future__ import annotations

import json
from math import atan, degrees, exp, pi

import pytest

from vado.errors import PayloadError
from vado.feeds.projected import POSITIONS_MAX, code_of, turn
from weather_messages import parse, why_refused

# The grid's own definition (EPSG:2154): its origin, 700 km E 6,600 km N, is 3 degrees east, 46.5 north.
LAMBERT_93 = (700_000.0, 6_600_000.0)


def closure(points: list[list[float]], **collection: object) -> bytes:
    line = {"type": "LineString", "coordinates": points}
    feature = {"type": "Feature", "properties": {"id": "c1", "effect": "shut"}, "geometry": line}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **collection}).encode()


def named(name: str) -> dict[str, object]:
    return {"crs": {"type": "name", "properties": {"name": name}}}


def points_of(body: bytes) -> list[tuple[float, float]]:
    (alert,) = parse(body)
    return [point for area in alert.infos[0].areas for road in area.roads for point in road.points] or [
        point for area in alert.infos[0].areas for line in area.lines for point in line
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EPSG:31370", 31370), ("urn:ogc:def:crs:EPSG::2154", 2154),
        ("urn:ogc:def:crs:EPSG:9.0:25831", 25831), ("http://www.opengis.net/def/crs/EPSG/0/3857", 3857),
        ("http://www.opengis.net/gml/srs/epsg.xml#3035", 3035),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None), ("Lambert", None), ("EPSG:4326+5773", None),
    ],
)  # fmt: skip
def test_names_of_systems(name: str, code: int | None) -> None:
    assert code_of(name) == code


def test_a_grid_is_turned_at_its_origin_exactly() -> None:
    ((lon, lat),) = turn(2154, [LAMBERT_93], lon_first=True)
    assert (round(lon, 8), round(lat, 8)) == (3.0, 46.5)


def test_web_mercator_is_turned_as_its_formula_has_it() -> None:
    """EPSG Guidance Note 7-2, method 1024: the sphere of 6,378,137 m."""
    x, y, r = 123_456.0, 5_012_345.0, 6_378_137.0
    ((lon, lat),) = turn(3857, [(x, y)], lon_first=True)
    assert abs(lon - degrees(x / r)) < 1e-9
    assert abs(lat - degrees(pi / 2 - 2 * atan(exp(-y / r)))) < 1e-9


def test_geojson_in_a_grid_is_where_the_grid_says() -> None:
    body = closure([[700_000, 6_600_000], [700_100, 6_600_000]], **named("urn:ogc:def:crs:EPSG::2154"))
    (lon, lat), (east, _) = points_of(body)
    assert (round(lon, 6), round(lat, 6)) == (3.0, 46.5)
    assert 0.0012 < east - lon < 0.0014
    (alert,) = parse(body)
    assert "EPSG:2154" in alert.notes[0]
    assert points_of(closure([[700_000, 6_600_000], [700_100, 6_600_000]], crs="EPSG:2154"))[0][0] == lon


def test_lambert_72_lies_in_belgium() -> None:
    """The grid's false origin, 150,000.013 E, lies at 4.3675 degrees east; the datum is 100 m off WGS 84."""
    (lon, lat), _ = points_of(closure([[150_000, 170_000], [150_100, 170_000]], **named("EPSG:31370")))
    assert abs(lon - 4.3675) < 0.002
    assert 50.8 < lat < 50.9


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4258"])
def test_plain_degrees_stay(name: str) -> None:
    assert points_of(closure([[1.5, 42.5], [1.6, 42.5]], **named(name)))[0] == (1.5, 42.5)


@pytest.mark.parametrize("name", ["My grid", "EPSG:999999", "EPSG:5773"])
def test_a_system_that_is_not_known_is_refused_by_name(name: str) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(closure([[1.5, 42.5], [1.6, 42.5]], **named(name)))
    (fault,) = caught.value.faults
    assert (fault.code, name in fault.cause) == ("E1104", True)


def test_what_has_no_place_in_the_grid_is_outside_the_world() -> None:
    assert why_refused(closure([[1e9, 1e9], [1.1e9, 1e9]], **named("EPSG:2154"))) == ["E1104"]


def test_too_many_positions_are_refused() -> None:
    assert why_refused(closure([[0.0, 0.0]] * (POSITIONS_MAX + 1), **named("EPSG:2154"))) == ["E1002"]

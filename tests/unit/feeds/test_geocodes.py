"""Tables of places: codes become polygons as far as tables know them, and no farther."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vado import feeds
from vado.errors import InputError
from vado.feeds.geocodes import NO_GEOCODES, Geocodes, load_geocodes
from vado.model.alert import Alert
from weather_messages import HEARD_S, after, cap


def square(west: float, south: float) -> list[list[float]]:
    return [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]


def feature(west: float, south: float = 40, **properties: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [square(west, south)]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def table(folder: Path, name: str, value: Any) -> Path:
    path = folder / name
    value = {"type": "FeatureCollection", "features": value} if isinstance(value, list) else value
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def placed(tables: Geocodes, *codes: tuple[str, str]) -> Alert:
    area = "".join(
        f"<geocode><valueName>{name}</valueName><value>{value}</value></geocode>" for name, value in codes
    )
    (alert,) = feeds.parse(cap(area=area).encode(), source="test", received_s=HEARD_S, geocodes=tables)
    return alert


def west_of(alert: Alert) -> list[float]:
    return [p.outer[0][0] for info in alert.infos for area in info.areas for p in area.polygons]


@pytest.fixture
def zones(tmp_path: Path) -> Geocodes:
    table(
        tmp_path,
        "emma.geojson",
        [feature(1, code="XX001", type="EMMA_ID"), feature(2, code="XX002", type="EMMA_ID")],
    )
    table(
        tmp_path,
        "aliases.csv",
        "CODE,ALIAS_CODE,ALIAS_TYPE\nXX001,XX1,NUTS3\nXX002,XX1,NUTS3\nXX001,109999000,WARNCELLID\n",
    )
    table(
        tmp_path, "others.tsv", "scheme\tcode\ttarget\nSAME\t048999\tUGC/TXC999\nFIPS\tXX9\tEMMA_ID/XX404\n"
    )
    table(tmp_path, "zones.geojson", [
        feature(5, NUTS_ID="ES999"), feature(6, WARNCELLID=909999000), feature(7, COD_Z="701099"),
        feature(8, STATE="TX", ZONE="123"), feature(9, STATE="TX", FIPS="48999"), feature(10, id="MTZ001"),
    ])  # fmt: skip
    return load_geocodes([tmp_path])


@pytest.mark.parametrize(
    ("scheme", "code", "west"),
    [
        ("EMMA_ID", "XX001", [1]), ("NUTS3", "XX1", [1, 2]), ("NUTS3", "ES999", [5]),
        ("WARNCELLID", "109999000", [1]),
        ("WARNCELLID", "909999000", [6]), ("AEMET-Meteoalerta zona", "701099", [7]),
        ("AEMET-Meteoalerta zona", "701099C", [7]), ("UGC", "TXZ123", [8]), ("UGC", "TXC999", [9]),
        ("SAME", "048999", [9]), ("FIPS6", "048999", [9]), ("UGC", "MTZ001", [10]),
    ],
)  # fmt: skip
def test_a_code_is_found_by_whatever_name_senders_give_its_scheme(
    zones: Geocodes, scheme: str, code: str, west: list[int]
) -> None:
    alert = placed(zones, (scheme, code))
    assert west_of(alert) == west
    assert not after([alert]).hazards[0].unknown
    assert any(zones.content_hash[7:19] in note for note in alert.notes)


def test_codes_that_no_table_knows_stay_unknown_and_are_named(zones: Geocodes) -> None:
    alert = placed(zones, ("EMMA_ID", "XX001"), ("EMMA_ID", "XX003"))
    assert west_of(alert) == [1]
    assert sorted(bool(hazard.unknown) for hazard in after([alert]).hazards) == [False, True]
    assert any("EMMA_ID XX003" in note for note in alert.notes)
    assert zones.unknown([alert]) == (("EMMA_ID", "XX003"),)
    # An alias of something that no table draws is not placed either.
    assert west_of(placed(zones, ("FIPS", "XX9"))) == []
    assert west_of(placed(zones, ("EMMA_ID", "ES999"))) == []  # the code of another scheme


def test_one_scheme_that_is_known_whole_is_enough(zones: Geocodes) -> None:
    alert = placed(zones, ("UGC", "TXZ777"), ("SAME", "048999"))
    assert west_of(alert) == [9]
    assert zones.unknown([alert]) == ()


def test_an_area_with_a_shape_keeps_it(zones: Geocodes) -> None:
    area = "<circle>42,1 5</circle><geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>"
    (alert,) = feeds.parse(cap(area=area).encode(), source="test", geocodes=zones)
    assert alert.infos[0].areas[0].polygons == ()


def test_several_codes_in_one_value(zones: Geocodes) -> None:
    assert west_of(placed(zones, ("FIPS6", "048999 048123"))) == [9]


def test_without_tables_nothing_changes() -> None:
    assert placed(NO_GEOCODES, ("EMMA_ID", "XX001")).infos[0].areas[0].polygons == ()
    assert load_geocodes([]) is NO_GEOCODES


def test_a_zone_with_a_part_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    bad = feature(1, code="XX001")
    bad["geometry"] = {"type": "MultiPolygon", "coordinates": [[square(1, 40)], [[[2, 40], [3, "x"]]]]}
    tables = load_geocodes([table(tmp_path, "emma_zones.geojson", [bad])])
    assert tables.find("EMMA_ID", "XX001") is None


def test_tables_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    one = load_geocodes([table(tmp_path, "emma1.geojson", [feature(1, code="XX001")])])
    two = load_geocodes([table(tmp_path, "emma2.geojson", [feature(2, code="XX001")])])
    assert one.content_hash != two.content_hash
    both = load_geocodes([tmp_path / "emma1.geojson", tmp_path / "emma2.geojson"])
    assert both.find("EMMA_ID", "XX001") == two.find("EMMA_ID", "XX001")  # the later one counts


def test_the_list_of_zones_of_meteoalarm_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        json.dumps([{"code": "XX001", "area": "Vall", "coordinates": [square(3, 40)]}]), encoding="utf-8"
    )
    assert load_geocodes([path]).find("EMMA_ID", "XX001") is not None


def test_a_file_that_does_not_say_whose_codes_it_has_is_refused_until_somebody_does(tmp_path: Path) -> None:
    path = table(tmp_path, "places.geojson", [feature(1, code="ES213")])
    with pytest.raises(InputError) as caught:
        load_geocodes([path])
    assert "of which scheme the code" in caught.value.faults[0].cause
    assert load_geocodes([f"NUTS3={path}"]).find("NUTS3", "ES213") is not None
    assert load_geocodes([f"NUTS3={path}"]).find("EMMA_ID", "ES213") is None


@pytest.mark.parametrize(
    "content", ["", "[", "{}", "a,b\n1,2\n", '{"type": "FeatureCollection", "features": []}']
)
def test_a_file_that_is_no_table_is_named(tmp_path: Path, content: str) -> None:
    path = table(tmp_path, "emma.csv" if content.startswith("a") else "emma.json", content)
    with pytest.raises(InputError) as caught:
        load_geocodes([path, tmp_path / "none"])
    assert [fault.code for fault in caught.value.faults] == ["E1005", "E1005"]
    assert "emma" in caught.value.faults[0].cause


def test_a_table_in_a_national_grid_is_turned(tmp_path: Path) -> None:
    """Zone 30 of UTM, in which AEMET publishes: 500,000 E is 3 degrees west, by its definition."""
    west, north = 500_000.0, 4_649_776.0
    ring = [[west, north], [west + 1000, north], [west + 1000, north + 1000], [west, north]]
    zone = {
        "type": "Feature",
        "properties": {"COD_Z": "701098"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32630"}}
    tables = load_geocodes(
        [table(tmp_path, "z.geojson", {"type": "FeatureCollection", "crs": crs, "features": [zone]})]
    )
    alert = placed(tables, ("AEMET-Meteoalerta zona", "701098C"))
    (polygon,) = alert.infos[0].areas[0].polygons
    assert abs(polygon.outer[0][0] + 3.0) < 1e-9
    assert abs(polygon.outer[0][1] - 42.0) < 0.01
    unknown = {"type": "name", "properties": {"name": "my grid"}}
    with pytest.raises(InputError):
        load_geocodes(
            [table(tmp_path, "x.geojson", {"type": "FeatureCollection", "crs": unknown, "features": [zone]})]
        )

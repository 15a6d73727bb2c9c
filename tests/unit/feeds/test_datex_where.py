"""DATEX II places: every way of saying where, and what cannot be placed."""

from __future__ import annotations

import pytest

from datex_messages import HEARD_S, LINE, lane, managed, place, situation, v2, v3
from vado import feeds
from vado.model.alert import Alert, Area, RoadPlace, Way
from weather_messages import after, parse


def read(where: str, word: str = "carriagewayClosures", *, inside: str = "") -> Alert:
    (alert,) = feeds.parse(
        v3(situation(managed(word, inside, where=where))), source="roads", received_s=HEARD_S
    )
    return alert


def areas(where: str, word: str = "carriagewayClosures", *, inside: str = "") -> tuple[Area, ...]:
    return read(where, word, inside=inside).infos[0].areas


def road(where: str, word: str = "carriagewayClosures", *, inside: str = "") -> RoadPlace:
    (area,) = areas(where, word, inside=inside)
    (found,) = area.roads
    return found


def gml(positions: str, srs: str = "WGS 84", more: str = "") -> str:
    return place(f'<gmlLineString srsName="{srs}"{more}><posList>{positions}</posList></gmlLineString>')


def point(lat: float, lon: float, km: float | None = None, town: str = "") -> str:
    extension = (
        f"<ext><kilometerPoint>{km}</kilometerPoint><municipality>{town}</municipality></ext>"
        if km is not None
        else ""
    )
    return (
        f"<pointCoordinates><latitude>{lat}</latitude><longitude>{lon}</longitude>"
        f"</pointCoordinates>{extension}"
    )


def tpeg(start: str, end: str, *, direction: str = "unknown", dgt: str = "") -> str:
    """Write a stretch as DGT does, with `to` first."""
    said = f"<ext><tpegDirectionRoad>{dgt}</tpegDirectionRoad></ext>" if dgt else ""
    return (
        f"<tpegLinearLocation><tpegDirection>{direction}</tpegDirection><to>{end}</to><from>{start}"
        f"</from>{said}"
        "</tpegLinearLocation>"
    )


@pytest.mark.parametrize("srs", ["WGS 84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4258", ""])
def test_pitfall_14_positions_are_latitude_first(srs: str) -> None:
    assert road(gml("42.5 1.5 42.6 1.6", srs)).points == ((1.5, 42.5), (1.6, 42.6))


def test_positions_are_longitude_first_in_crs84_and_may_have_heights() -> None:
    assert road(gml("1.5 42.5 1.6 42.6", "urn:ogc:def:crs:OGC:1.3:CRS84")).points == (
        (1.5, 42.5),
        (1.6, 42.6),
    )
    assert road(gml("42.5 1.5 900 42.6 1.6 910", more=' srsDimension="3"')).points[1] == (1.6, 42.6)


def test_metres_of_a_national_grid_are_turned_into_degrees() -> None:
    """Lambert 72, as Belgium has it, and Lambert 93, whose origin is 3 degrees east, 46.5 north."""
    (lon, lat), _ = road(gml("150000 170000 150100 170100", "EPSG:31370")).points
    assert abs(lon - 4.3675) < 0.002
    assert 50.8 < lat < 50.9
    origin, _ = road(gml("700000 6600000 700100 6600100", "urn:ogc:def:crs:EPSG::2154")).points
    assert (round(origin[0], 6), round(origin[1], 6)) == (3.0, 46.5)


@pytest.mark.parametrize(
    ("positions", "srs"),
    [
        ("150000 170000 150100 170100", "EPSG:5773"),  # heights
        ("150000 170000 150100 170100", "Lambert"),
        ("42.5 1.5 42.6 1.6", "EPSG:31370"),  # degrees all the same
        ("142.5 1.5 142.6 1.6", "WGS 84"),
        ("42.5 1.5 42.6", "WGS 84"),
        ("42.5 nan 42.6 1.6", "WGS 84"),
        ("42.5 inf 42.6 1.6", "WGS 84"),
        ("42,5 1,5 x y", "WGS 84"),
        ("", "WGS 84"),
    ],
)
def test_a_shape_that_cannot_be_meant_is_not_used_and_said(positions: str, srs: str) -> None:
    alert = read(gml(positions, srs))
    assert not any(area.has_shape for area in alert.infos[0].areas)
    assert any("not used" in note for note in alert.notes)


def test_a_stretch_has_its_kilometres_and_its_ends_by_name_and_not_by_order() -> None:
    ends = tpeg(point(42.5, 1.5, 2.5, "Alta"), point(42.6, 1.6, 4.0, "Baixa"), dgt="positive")
    found = road(place(ends, road="A-2", type_="SingleRoadLinearLocation"))
    assert (found.ref, found.from_km, found.to_km, found.way) == ("A-2", 2.5, 4.0, Way.ALONG)
    assert found.points == ((1.5, 42.5), (1.6, 42.6))
    assert found.ends_only
    assert found.within == "Baixa, Alta"


@pytest.mark.parametrize(
    ("direction", "dgt", "kms", "way"),
    [
        ("unknown", "negative", (4.0, 2.5), Way.AGAINST),
        ("westBound", "negative", (4.0, 2.5), Way.AGAINST),
        ("unknown", "both", (2.5, 4.0), Way.BOTH),
        ("unknown", "unknown", (2.5, 4.0), Way.UNKNOWN),
        ("westBound", "", (4.0, 2.5), Way.AGAINST),  # traffic runs from `from` to `to`
        ("westBound", "", (2.5, 4.0), Way.ALONG),
        ("bothWays", "", (2.5, 4.0), Way.BOTH),
        ("unknown", "positive", (None, None), Way.UNKNOWN),  # of kilometres that are not there
    ],
)
def test_the_direction_of_a_stretch(
    direction: str, dgt: str, kms: tuple[float | None, float | None], way: Way
) -> None:
    ends = tpeg(point(42.5, 1.5, kms[0]), point(42.6, 1.6, kms[1]), direction=direction, dgt=dgt)
    assert road(place(ends, road="A-2")).way is way


def test_a_stretch_of_a_numbered_road_between_distances() -> None:
    def end(name: str, metres: int) -> str:
        return (
            f'<{name} xsi:type="DistanceFromLinearElementStart"><distanceAlong>{metres}</distanceAlong>'
            f"</{name}>"
        )

    line = (
        "<linearWithinLinearElement><directionRelativeOnLinearSection>opposite"
        "</directionRelativeOnLinearSection>"
        "<linearElement><roadNumber>N20</roadNumber>"
        f"</linearElement>{end('fromPoint', 1200)}{end('toPoint', 3400)}"
        "</linearWithinLinearElement>"
    )
    found = road(place(line))
    assert (found.ref, found.from_km, found.to_km, found.way) == ("N20", 1.2, 3.4, Way.AGAINST)


def test_a_point_with_a_bearing_has_a_direction_and_one_without_none() -> None:
    bearing = f"<pointByCoordinates><bearing>121</bearing>{point(42.5, 1.5)}</pointByCoordinates>"
    found = road(place(bearing, type_="PointLocation"))
    assert (found.heading_deg, found.way, found.ends_only) == (121.0, Way.ALONG, True)
    bare = road(place(f"<pointByCoordinates>{point(42.5, 1.5)}</pointByCoordinates>"))
    assert (bare.heading_deg, bare.way) == (None, Way.UNKNOWN)


def test_open_lr_points_are_ends_of_a_road() -> None:
    mark = "<openlrCoordinate><latitude>{}</latitude><longitude>{}</longitude></openlrCoordinate>"
    line = (
        "<openlrLinear><openlrLineLocationReference><openlrLocationReferencePoint>" + mark.format(42.5, 1.5)
        + "</openlrLocationReferencePoint><openlrLastLocationReferencePoint>" + mark.format(42.6, 1.6)
        + "</openlrLastLocationReferencePoint></openlrLineLocationReference></openlrLinear>"
    )  # fmt: skip
    assert road(place(line)).points == ((1.5, 42.5), (1.6, 42.6))


ALERT_C = (
    "<alertCLinear><alertCLocationCountryCode>8</alertCLocationCountryCode><alertCLocationTableNumber>6.13"
    "</alertCLocationTableNumber><alertCDirection><alertCDirectionCoded>negative</alertCDirectionCoded>"
    "</alertCDirection><alertCMethod4PrimaryPointLocation><alertCLocation><specificLocation>880"
    "</specificLocation>"
    "</alertCLocation><offsetDistance><offsetDistance>500</offsetDistance></offsetDistance>"
    "</alertCMethod4PrimaryPointLocation></alertCLinear>"
)


def test_alert_c_alone_is_a_code_and_beside_a_line_no_second_place() -> None:
    (alone,) = areas(place(ALERT_C))
    assert alone.geocodes == (("Alert-C 8/6.13", "880+500 negative"),)
    assert not alone.has_shape
    assert any("national table" in note for note in read(place(ALERT_C)).notes)
    drawn = gml("42.5 1.5 42.6 1.6")
    inside = "".join(
        f'<locationContainedInItinerary index="{n}">{each.replace("locationReference", "location")}'
        "</locationContainedInItinerary>"
        for n, each in enumerate((drawn, place(ALERT_C)))
    )
    (both,) = areas(f'<locationReference xsi:type="ItineraryByIndexedLocations">{inside}</locationReference>')
    assert both.has_shape
    assert both.geocodes == alone.geocodes


def test_more_codes_than_lines_are_other_places_and_stay_unknown() -> None:
    inside = "".join(
        f"<locationContainedInGroup>{each}</locationContainedInGroup>"
        for each in ("<gmlLineString><posList>42.5 1.5 42.6 1.6</posList></gmlLineString>", ALERT_C,
                     ALERT_C.replace("880", "990"))
    )  # fmt: skip
    found = areas(f"<locationReference>{inside}</locationReference>")
    assert [area.has_shape for area in found] == [True, False]


def test_an_area_has_holes() -> None:
    ring = "<{0}><LinearRing><posList>{1}</posList></LinearRing></{0}>"
    patch = ring.format("exterior", "42 1 42 2 43 2 43 1") + ring.format(
        "interior", "42.4 1.4 42.4 1.6 42.6 1.6 42.4 1.4"
    )
    (area,) = areas(
        place(f"<gmlMultiPolygon><Polygon>{patch}</Polygon></gmlMultiPolygon>", type_="AreaLocation")
    )
    (polygon,) = area.polygons
    assert polygon.outer[0] == polygon.outer[-1] == (1.0, 42.0)
    assert len(polygon.holes) == 1


def test_a_record_without_a_place_is_where_its_situation_is() -> None:
    placed, bare = (
        managed("laneClosures", id_="r1"),
        managed("roadClosed", id_="r2", where='<groupOfLocations xsi:type="Point"/>'),
    )
    (alert,) = feeds.parse(v2(situation(placed, bare)), source="roads", received_s=HEARD_S)
    assert {info.areas for info in alert.infos} == {alert.infos[0].areas}
    assert alert.infos[0].areas[0].has_shape


def test_version_two_names_lanes_and_carriageways_in_one_block() -> None:
    block = (
        "<affectedCarriagewayAndLanes><carriageway>mainCarriageway</carriageway><lane>hardShoulder</lane>"
        "</affectedCarriagewayAndLanes>"
    )
    assert road(place(carriageway=block)).slip is False
    assert road(place(carriageway=lane("", "entrySlipRoad"))).slip is True


def test_a_record_of_too_many_points_keeps_none_of_its_shape() -> None:
    assert not any(area.has_shape for area in areas(gml("42.5 1.5 " * 20_001)))


@pytest.mark.parametrize("name", ["coordinatesForDisplay", "locationForDisplay"])
def test_a_point_for_maps_is_a_place_where_there_is_no_other(name: str) -> None:
    shown = f"<{name}><latitude>42.5</latitude><longitude>1.5</longitude></{name}>"
    assert road(place(shown, type_="PointLocation")).points == ((1.5, 42.5),)
    assert road(place(shown + LINE)).points[0] == (1.50, 42.50)
    assert len(road(place(shown + LINE)).points) == 3


@pytest.mark.parametrize(
    ("codes", "road_name", "said_as"),
    [
        (ALERT_C, "Ring of Nowhere", ("Alert-C 8/6.13 880+500 negative", "Ring of Nowhere")),
        (ALERT_C, "", ("Alert-C 8/6.13 880+500 negative",)),
        # Without the point itself, and as an area.
        (ALERT_C.replace("<specificLocation>880</specificLocation>", ""), "Ring", ("Ring",)),
        (ALERT_C.replace("alertCLinear", "alertCArea"), "Ring", ("Ring",)),
        (ALERT_C.replace("880", "zz qx"), "Ring", ("Ring",)),
    ],
)
def test_what_only_a_table_could_place_holds_unknown_and_is_named(
    codes: str, road_name: str, said_as: tuple[str, ...]
) -> None:
    """No table of Alert-C is read: the closure shuts no road, is not dropped, and says which it means."""
    body = v2(situation(managed("roadClosed", where=place(codes, road=road_name))))
    state = after(parse(body, received_s=HEARD_S))
    (hazard,) = state.hazards
    assert hazard.unknown
    assert hazard.asks
    told = f"{hazard.unknown} {' '.join(area.description for area in hazard.footprint)}"
    assert all(word in told for word in said_as), told

"""GDACS, earthquakes, Copernicus EMS and EFFIS: what is seen from far away, and what it may do to a road."""

from __future__ import annotations

from typing import Any

import pytest

from road_messages import (
    LINE,
    RECEIVED_S,
    SQUARE,
    burnt,
    collection,
    disaster,
    dumped,
    ems,
    gdacs,
    gdacs_feature,
    ign,
    quake,
    seen,
)
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, Area, MsgType, StatedEffect

INSPECT, NONE = (StatedEffect(action=Action.INSPECT),), (StatedEffect(action=Action.NONE),)


def parse(body: bytes) -> tuple[Alert, ...]:
    return feeds.parse(body, source="s", received_s=RECEIVED_S)


def one(body: bytes) -> Alert:
    (alert,) = parse(body)
    return alert


# ------------------------------------------------------------------------------------ GDACS


def test_gdacs_counts_the_level_of_now_and_asks_a_person() -> None:
    alert = one(gdacs(disaster(alertlevel="Red", episodealertlevel="Orange")))
    (found,) = alert.infos
    assert (alert.id, alert.event, alert.msg_type) == ("GDACS,FL7", "GDACS:FL7", MsgType.ALERT)
    assert (found.kind, found.severity, found.stated) == ("flood", "Severe", INSPECT)
    assert one(gdacs(disaster(episodealertlevel=""))).infos[0].severity == "Extreme", "else that of its life"
    assert one(gdacs(disaster(episodealertlevel="Green"))).infos[0].stated == NONE


def test_gdacs_json_says_the_same() -> None:
    rss, json_ = one(gdacs(disaster())), one(dumped(collection(gdacs_feature())))
    assert (rss.id, rss.infos[0].areas) == (json_.id, json_.infos[0].areas)
    assert rss.infos[0].stated == json_.infos[0].stated


def test_pitfall_48_the_newest_episode_stands_for_its_event() -> None:
    body = gdacs(
        disaster(episodeid="2", episodealertlevel="Red"), disaster(episodeid="1", episodealertlevel="Green")
    )
    assert one(body).infos[0].severity == "Extreme"


def test_what_is_listed_and_not_current_is_over() -> None:
    assert one(gdacs(disaster(iscurrent="false"))).msg_type is MsgType.CANCEL


def test_pitfall_19_a_box_beyond_180_degrees_is_two() -> None:
    def boxes(words: str) -> list[tuple[float, float]]:
        polygons = one(gdacs(disaster(bbox=words))).infos[0].areas[0].polygons
        return [(min(x for x, _ in each.outer), max(x for x, _ in each.outer)) for each in polygons]

    assert boxes("176 184 -20 -16") == [(176, 180), (-180, -176)]
    assert boxes("181 184 -20 -16") == [(-179, -176)]
    assert boxes("1 3 40 42") == [(1, 3)]


def test_an_event_without_a_level_is_kept_for_a_person() -> None:
    assert one(gdacs(disaster(alertlevel="", episodealertlevel=""))).identifier == "FL7/unreadable"


# ------------------------------------------------------------------------------------ earthquakes


@pytest.mark.parametrize(
    ("magnitude", "stated", "radius_m"),
    [
        (4.4, NONE, 0),
        (4.5, INSPECT, 20_000),
        (5.0, INSPECT, 80_467),
        (6.0, INSPECT, 160_934),
        (8.1, INSPECT, 250_000),
        (None, INSPECT, 20_000),
    ],
)
def test_a_quake_is_looked_at_by_its_magnitude_and_shuts_nothing(
    magnitude: float | None, stated: Any, radius_m: float
) -> None:
    (found,) = one(dumped(collection(quake(magnitude)))).infos
    assert (found.stated, found.areas[0].circles[0].radius_m) == (stated, radius_m)
    assert found.expires_s == 1_768_000_000 + 3 * 86_400


def test_a_quake_that_is_deleted_is_over_and_a_newer_version_replaces() -> None:
    assert one(dumped(collection(quake(status="deleted")))).msg_type is MsgType.CANCEL
    assert one(dumped(collection(quake()))).sent_s == 1_768_000_100


def test_the_detail_of_one_quake_is_read() -> None:
    assert one(dumped(quake())).id == "USGS,q1"


def test_ign_writes_sentences() -> None:
    alert = one(ign("5.1"))
    (found,) = alert.infos
    assert (alert.id, found.headline) == ("IGN,es2026abc", "earthquake of magnitude 5.1, MAR")
    assert (found.onset_s, found.stated) == (1_767_942_397, INSPECT)
    assert one(ign("4,2")).infos[0].stated == NONE
    assert one(ign("big")).infos[0].stated == INSPECT, "a magnitude that is not said is to be looked at"
    assert one(ign(day="NO DATE")).identifier == "es2026abc/unreadable"


# ------------------------------------------------------------------------------- Copernicus EMS


def test_water_that_was_seen_is_a_flood_observed_and_a_newer_version_replaces_it() -> None:
    first = one(dumped(ems(seen(), seen(notation="Flood trace"))))
    second = one(dumped(ems(seen(), name="EMSR9_AOI01_DEL_PRODUCT_observedEventA_v2")))
    (found,) = first.infos
    assert first.id == second.id == "Copernicus EMS,EMSR9_AOI01_DEL_PRODUCT_observedEventA"
    assert (found.kind, found.certainty, found.severity, found.stated) == ("flood", "Observed", "Unknown", ())
    assert len(found.areas) == 2
    assert found.expires_s is None, "what is seen no more has not been seen to be dry"


def test_graded_roads_are_shut_by_damage_and_buildings_do_nothing() -> None:
    def graded(damage: str, geometry: dict[str, Any] = LINE) -> dict[str, Any]:
        return seen(event_type="5-Flood", damage_gra=damage, geometry=geometry)

    roads = [graded("Destroyed"), graded("Damaged"), graded("Possibly damaged"), graded("No visible damage")]
    (alert,) = parse(dumped(ems(*roads, graded("Destroyed", SQUARE))))
    assert [(info.kind, info.stated[0].action, len(info.areas)) for info in alert.infos] == [
        ("closure", Action.SHUT, 2),
        ("closure", Action.INSPECT, 1),
        ("closure", Action.NONE, 1),
    ]


def test_what_could_not_be_seen_is_noted_and_no_hazard() -> None:
    alert = one(dumped(ems(seen(), seen(event_type="", obj_desc="", notation="Not Analysed"))))
    assert [len(info.areas) for info in alert.infos] == [1]
    assert any("nothing is known of it" in note for note in alert.notes)


def test_an_event_that_is_not_named_shuts_until_a_person_has_looked() -> None:
    (found,) = one(dumped(ems(seen(event_type=None, obj_desc=None, notation=None)))).infos
    assert (found.kind, found.stated) == ("", (StatedEffect(action=Action.SHUT),))


def test_the_area_that_was_looked_at_is_no_flood() -> None:
    area = {
        "type": "Feature",
        "geometry": SQUARE,
        "properties": {"emsr_id": "EMSR9", "map_type": "Delineation"},
    }
    with pytest.raises(PayloadError, match="E1107"):
        parse(dumped(collection(area)))


def test_pitfall_13_a_ring_without_area_is_the_line_that_it_is() -> None:
    flat = {"type": "Polygon", "coordinates": [[[2.0, 41.0], [2.1, 41.1], [2.0, 41.0]]]}
    both = {"type": "MultiPolygon", "coordinates": [flat["coordinates"], SQUARE["coordinates"]]}
    (found,) = one(dumped(ems(seen(geometry=both)))).infos
    assert (len(found.areas[0].polygons), len(found.areas[0].lines)) == (1, 1)


def test_a_feature_without_shape_is_kept_for_a_person_and_the_rest_counts() -> None:
    good, bad = parse(dumped(ems(seen(), seen(geometry=None))))
    assert len(good.infos[0].areas) == 1
    assert bad.identifier.endswith("/unreadable")


# ------------------------------------------------------------------------------------ EFFIS


def place(x: float, y: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[x, y], [x + 0.1, y], [x, y + 0.1], [x, y]]]}


def areas(*features: dict[str, Any]) -> list[tuple[Area, ...]]:
    return [alert.infos[0].areas for alert in parse(dumped(collection(*features)))]


def test_a_burnt_area_is_a_fire_observed_and_a_hot_spot_asks_a_person() -> None:
    (found,) = one(dumped(collection(burnt()))).infos
    assert (found.kind, found.certainty, found.severity, found.stated) == (
        "wildfire",
        "Observed",
        "Unknown",
        (),
    )
    spot = {"id": "h1", "acq_at": "2026-01-10 00:35:00", "CLASS": "1DAY"}
    where = {"type": "Point", "coordinates": [2.0, 41.0]}
    (hot,) = one(dumped(collection({"type": "Feature", "properties": spot, "geometry": where}))).infos
    assert (hot.stated, hot.certainty, hot.areas[0].circles[0].radius_m) == (INSPECT, "Possible", 375)


def test_pitfall_14_positions_in_the_wrong_order_are_turned_by_what_the_document_holds() -> None:
    (turned,) = areas(burnt(geometry=place(42.2, -4.3)))
    assert turned[0].polygons[0].outer[0] == (-4.3, 42.2)
    (plain,) = areas(burnt(geometry=place(-4.3, 42.2)))
    assert plain[0].polygons[0].outer[0] == (-4.3, 42.2)
    doubtful, clear = areas(
        burnt(geometry=place(38.0, 24.0)), burnt(fire_id="f2", geometry=place(42.2, -4.3))
    )
    assert doubtful[0].polygons[0].outer[0] == (24.0, 38.0), "the other one tells"
    assert len(clear) == 1


def test_where_nothing_tells_the_order_it_counts_at_both_places() -> None:
    (both,) = areas(burnt(geometry=place(38.0, 24.0)))
    assert [each.polygons[0].outer[0] for each in both] == [(38.0, 24.0), (24.0, 38.0)]


def test_positions_of_both_orders_in_one_document_are_a_fault() -> None:
    with pytest.raises(PayloadError, match="E1104"):
        areas(burnt(geometry=place(-4.3, 42.2)), burnt(fire_id="f2", geometry=place(42.2, -4.3)))


def test_a_line_is_no_reason_to_lose_a_fire() -> None:
    assert areas(burnt(geometry=LINE))[0][0].lines

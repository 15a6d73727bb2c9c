"""CAP as services really send it: what the standard does not have, and what it has and nobody obeys."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from math import cos, pi, sin
from xml.sax.saxutils import escape

import pytest
from shapely import Point as PointShape
from shapely import Polygon as PolygonShape

from vado.errors import PayloadError
from vado.exchange.feeds import feed_rows
from vado.feeds.antimeridian import on_the_map
from vado.feeds.heights import lowest_metres, names_metres
from vado.model.alert import Action, Alert, Area, MsgType
from vado.model.ids import Hash, WorldId
from vado.model.world import FeedHealth, World
from weather_messages import CAP, HEARD_S, SHAPE, SQUARE, after, cap, parse, why_refused

FIJI = "-17,178 -17,182 -19,182 -19,178 -17,178"


def read(text: str) -> Alert:
    (alert,) = parse(text.encode())
    return alert


def area_of(shapes: str, info: str = "") -> Area:
    return read(cap(area=shapes, info=info)).infos[0].areas[0]


def test_pitfall_01_no_expires() -> None:
    alert = read(cap().replace("<expires>2026-01-10T18:00:00-00:00</expires>", ""))
    assert alert.infos[0].expires_s is None
    assert len(after([alert]).hazards) == 1


def test_pitfall_06_an_end_before_the_onset_is_the_end_of_the_message() -> None:
    alert = read(cap(info="<onset>2026-01-11T06:00:00-00:00</onset>"))
    assert alert.infos[0].expires_s is None
    assert after([alert], now_s=alert.infos[0].onset_s + 3600).hazards


def test_pitfall_09_a_cancel_without_polygon_ends_the_polygon() -> None:
    shape, cancel = read(cap()), read(cap(
        identifier="a2", msgType="Cancel", references="s@x.example,a1,2026-01-10T08:00:00-00:00", infos="",
    ))  # fmt: skip
    assert after([shape]).hazards
    for order in ((shape, cancel), (cancel, shape)):  # also when the Cancel is heard first
        assert not after(order).hazards


def test_pitfall_12_all_areas_and_all_polygons_are_read() -> None:
    two = f"<polygon>{SQUARE}</polygon><polygon>{SQUARE.replace('42.', '43.')}</polygon>"
    alert = read(cap(area=two + "</area><area><areaDesc>Other</areaDesc><circle>42.5,1.5 3</circle>"))
    assert [(len(a.polygons), len(a.circles)) for a in alert.infos[0].areas] == [(2, 0), (0, 1)]


def test_pitfall_16_line_breaks_plus_signs_and_empty_polygons() -> None:
    shapes = "<polygon>\n\t+42.10,+1.20\n42.10,1.30\r\n42.16,1.30\t42.16,1.20 42.1,1.2\n</polygon><polygon/>"
    area = area_of(shapes + "<geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>")
    assert area.polygons[0].outer[0] == (1.2, 42.1)
    assert len(area.polygons) == 1
    assert area.geocodes == (("EMMA_ID", "XX001"),)


@pytest.mark.parametrize("vertex", ["NaN,1.3", "42.1,inf", "1e400,1.3"])
def test_pitfall_17_a_vertex_that_is_no_number(vertex: str) -> None:
    assert why_refused(cap(area=f"<polygon>42.10,1.20 {vertex} 42.16,1.30 42.10,1.20</polygon>").encode())


def test_pitfall_18_a_circle_of_radius_0_is_a_point() -> None:
    (circle,) = area_of("<circle>42.5,1.5 0</circle>").circles
    assert (circle.lon, circle.lat, circle.radius_m) == (1.5, 42.5, 0)
    assert not why_refused(cap(area="<circle>-17,181.5 0</circle>").encode())
    assert area_of("<circle>-17,181.5 0</circle>").circles[0].lon == -178.5


@pytest.mark.parametrize("text", [FIJI, FIJI.replace("182", "-178")])
def test_pitfall_19_the_antimeridian_cuts_a_ring_in_two(text: str) -> None:
    rings = [polygon.outer for polygon in area_of(f"<polygon>{text}</polygon>").polygons]
    spans = sorted((min(x for x, _ in ring), max(x for x, _ in ring)) for ring in rings)
    assert spans == [(-180.0, -178.0), (178.0, 180.0)]


def test_pitfall_19_a_ring_around_the_world_stays_as_wide() -> None:
    world = ((-180.0, -60.0), (180.0, -60.0), (180.0, 60.0), (-180.0, 60.0), (-180.0, -60.0))
    assert on_the_map(world) == ([world], False)


def test_a_hole_of_dwd_is_cut_out() -> None:
    hole = "42.12,1.22 42.12,1.24 42.14,1.24 42.14,1.22 42.12,1.22"
    code = "<geocode><valueName>EXCLUDE_POLYGON</valueName><value>{}</value></geocode>"
    area = area_of(f"<polygon>{SQUARE}</polygon>" + code.format(hole))
    assert [len(hole) for hole in area.polygons[0].holes] == [5]
    assert area.polygons[0].holes[0][0] == (1.22, 42.12)
    assert area.geocodes == ()


@pytest.mark.parametrize("hole", ["42.12,1.22 nonsense", "42.12,1.22", "50,9 50,10 51,10 50,9", ""])
def test_a_hole_in_doubt_is_not_cut_out(hole: str) -> None:
    code = f"<geocode><valueName>EXCLUDE_POLYGON</valueName><value>{hole}</value></geocode>"
    alert = read(cap(area=f"<polygon>{SQUARE}</polygon>{code}"))
    assert alert.infos[0].areas[0].polygons[0].holes == ()
    assert any("nothing is cut out" in note for note in alert.notes)


def test_pitfall_29_vi_is_wind_as_a_code_of_the_event_and_visibility_as_a_parameter() -> None:
    code = "<eventCode><valueName>AEMET-Meteoalerta fenomeno</valueName><value>VI;Vientos</value></eventCode>"
    parameter = (
        code.replace("eventCode", "parameter").replace("fenomeno", "parametro").replace("Vientos", "x")
    )
    event = "<event>Aviso de nieblas de nivel amarillo</event>"
    assert read(cap(info=code)).infos[0].kind == "wind"
    assert read(cap(info=parameter).replace("<event>Flood</event>", event)).infos[0].kind == "fog"


def test_pitfall_30_altitudes_are_feet_but_for_those_who_write_metres() -> None:
    heights = f"<polygon>{SQUARE}</polygon><altitude>3280.84</altitude><ceiling>9842.52</ceiling>"
    area = area_of(heights)
    assert (round(area.above_m or 0), round(area.below_m or 0)) == (1000, 3000)
    swiss = read(cap(area=heights.replace("3280.84", "1200").replace("9842.52", "2400"),
                     identifier="2.49.0.0.756.0.CH.1")).infos[0].areas[0]  # fmt: skip
    assert (swiss.above_m, swiss.below_m) == (1200.0, 2400.0)


def test_pitfall_30_words_that_name_a_lower_height_lift_the_limit() -> None:
    heights = f"<polygon>{SQUARE}</polygon><altitude>3280.84</altitude>"
    assert area_of(heights, "<description>Above 1000 m much snow, 40 km/h wind, 20 m/s</description>").above_m
    assert area_of(heights, "<description>Snow above 800 m</description>").above_m is None


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("Nieve: 20 cm. La cota de acumulación será de unos 600 metros", 600),
        ("Cota de nieve entre 800 y 1.200 m", 800),
        ("cota de nieve en torno a 1000-1200 metros", 1000),
        ("La cota de nieve bajará de 1200 m a 700 m por la tarde", 700),
        ("Nieve en cotas bajas, por debajo de 600 m", None),
        ("Cota de nieve 900 metros, ocasionalmente más baja", None),
        ("Nevadas en cualquier cota a partir de 300 metros", None),
        ("La cota subirá hasta 1500 metros", None),
        ("Acumulación de nieve en 24 horas: 20 cm", None),
        ("Visibilidad de 200 m", None),
        ("cota de nieve baja", None),
        ("Cota de nieve 1000 metros, bajando por la tarde", None),
        ("Cota de neu a 900 metres, localment més avall", None),
        ("cota de nieve a 9000 metros", None),
    ],
)
def test_a_snow_line_is_read_only_where_it_leaves_no_doubt(text: str, height: int | None) -> None:
    assert lowest_metres(text) == height


def test_a_snow_line_in_words_is_where_snow_begins_and_nothing_else() -> None:
    words = "<description>Nieve: 20 cm. La cota de nieve será de unos 600 metros</description>"
    code = "<eventCode><valueName>AEMET-Meteoalerta fenomeno</valueName><value>{}</value></eventCode>"
    assert area_of(f"<polygon>{SQUARE}</polygon>", words + code.format("NE;Nevadas")).above_m == 600
    assert area_of(f"<polygon>{SQUARE}</polygon>", words + code.format("VI;Vientos")).above_m is None


def test_heights_in_hostile_words_take_no_time() -> None:
    for text in ("1" * 200_000, "600 - " * 50_000, "cota " * 50_000, "1.1." * 50_000):
        assert names_metres(text) == ()


def test_pitfall_43_what_lies_outside_is_refused_and_a_stylesheet_is_not_followed() -> None:
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert why_refused(cap(info=f"<description>{include}</description>").encode()) == ["E1101"]
    dtd = '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + cap(
        info="<description>&x;</description>"
    )
    assert why_refused(dtd.encode()) == ["E1101"]
    styled = '<?xml-stylesheet href="http://evil.example/x.xsl" type="text/xsl"?>' + cap()
    placed = cap().replace("<alert ", '<alert xmlns:s="http://www.w3.org/2001/XMLSchema-instance" '
                           's:schemaLocation="urn:x http://evil.example/x.xsd" ')  # fmt: skip
    for harmless in (styled, placed):
        assert read(harmless).infos == read(cap()).infos


def test_an_emptied_message_ends_the_version_before_it() -> None:
    warning = read(cap())
    cleared = read(cap(sent="2026-01-10T08:30:00-00:00",
                       infos="<info><event/><area><areaDesc/><polygon/></area></info>"))  # fmt: skip
    assert cleared.infos == ()
    assert any("cleared" in note for note in cleared.notes)
    assert not after([warning, cleared]).hazards
    # Without a name nobody knows which warning was emptied: a fault, no all clear.
    assert why_refused(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>')


def test_a_signed_message_says_that_nobody_checked_it() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">x</Signature>'
    signed = cap().replace("</alert>", f"{signature}</alert>")
    assert any("not checked" in note for note in read(signed).notes)


def test_pitfall_20_languages_are_one_hazard_and_several_hazards_are_several() -> None:
    one = (
        "<info><language>{}</language><event>{}</event><severity>{}</severity><certainty>Likely</certainty>"
        "<urgency>Future</urgency><expires>2026-01-10T18:00:00-00:00</expires><area><areaDesc>{}</areaDesc>"
        f"<polygon>{SQUARE}</polygon></area></info>"
    )
    twins = one.format("es", "Aviso de lluvias", "Severe", "Valle") + one.format(
        "en", "Rain warning", "Severe", "Vall"
    )
    both = twins + one.format("es", "Aviso de viento", "Moderate", "Valle")
    assert [info.event for info in read(cap(infos=twins)).infos] == ["Rain warning"]
    # Pitfall 3: of several warnings in one message each is shown.
    assert [info.kind for info in read(cap(infos=both)).infos] == ["rain", "wind"]


def test_the_event_of_vtec_goes_on_to_its_own_end() -> None:
    code = "/O.CON.KVAL.FL.W.0007.260110T0000Z-{}/"
    code = f"<parameter><valueName>VTEC</valueName><value>{code}</value></parameter>"
    alert = read(cap(info=code.format("260112T0600Z")))
    assert alert.event == "vtec KVAL.FL.W.0007.2026"
    assert alert.infos[0].expires_s == HEARD_S + 45 * 3600
    assert read(cap(info=code.format("000000T0000Z"))).infos[0].expires_s is None


def test_of_several_alerts_one_that_cannot_be_read_is_kept_and_the_rest_counts() -> None:
    body = f"<alerts>{cap()}{cap(identifier='a2', sent='never')}</alerts>"
    good, bad = parse(body.encode())
    assert good.infos[0].kind == "flood"
    assert bad.identifier == "a2/unreadable"
    assert bad.infos[0].stated[0].action is Action.INSPECT
    # It takes the place of nothing: what a2 said before stays in force.
    before = read(cap(identifier="a2"))
    assert {hazard.alert for hazard in after([before, good, bad]).hazards} >= {before.id}


def test_edxl_and_soap_are_unwrapped() -> None:
    wrapped = f"<EDXLDistribution><contentObject><xmlContent>{cap()}</xmlContent></contentObject>"
    wrapped += "</EDXLDistribution>"
    assert read(wrapped).infos == read(cap()).infos
    assert read(wrapped).msg_type is MsgType.ALERT


def test_pitfall_02_a_warning_that_is_sent_again_and_again_ends_when_it_says() -> None:
    """A May warning that a feed still holds in August, with a fresh `sent`, is over by its own end."""
    stale = read(cap().replace("2026-01-10T18:00:00-00:00", "2025-05-10T18:00:00-00:00"))
    assert stale.infos[0].expires_s is not None
    assert not after([stale]).hazards


def test_pitfall_08_an_older_copy_of_a_message_does_not_come_back() -> None:
    old = read(cap())
    new = read(cap(sent="2026-01-10T08:30:00-00:00", msgType="Cancel", infos=""))
    for order in ((old, new, old), (new, old, new, old)):
        assert not after(order).hazards


def test_pitfall_11_no_vertex_is_simplified_away() -> None:
    border = [(42.1 + n / 1000, 1.2 + (n % 2) / 10_000) for n in range(60)]
    there = " ".join(f"{lat:.4f},{lon:.4f}" for lat, lon in border)
    back = " ".join(f"{lat:.4f},{lon:.4f}" for lat, lon in reversed(border))
    west, east = (
        area_of(f"<polygon>{ring}</polygon>").polygons[0].outer
        for ring in (f"{there} 42.15,1.0 42.1,1.2", f"{back} 42.1,1.4 42.159,1.2001")
    )
    # Both sides of a border have all of its points: nobody lives in a gap.
    assert set(west) & set(east) >= {(round(lon, 4), round(lat, 4)) for lat, lon in border}


def test_pitfall_13_open_and_crossing_rings_are_read_whole() -> None:
    bow = "42.10,1.20 42.16,1.30 42.16,1.20 42.10,1.30"
    alert = read(cap(area=f"<polygon>{bow}</polygon>"))
    assert alert.infos[0].areas[0].polygons[0].outer[0] == alert.infos[0].areas[0].polygons[0].outer[-1]
    assert any("not closed" in note for note in alert.notes)
    assert after([alert]).hazards


def test_pitfall_14_a_latitude_that_is_none_looks_swapped() -> None:
    with pytest.raises(PayloadError) as caught:
        parse(cap(area="<polygon>142.1,12.2 142.1,12.3 142.2,12.3 142.1,12.2</polygon>").encode())
    assert "look swapped" in caught.value.faults[0].cause


def test_pitfall_15_a_polygon_of_41_009_vertices_is_read_whole() -> None:
    points = [(42 + cos(2 * pi * n / 41_008) / 2, 1.5 + sin(2 * pi * n / 41_008) / 2) for n in range(41_008)]
    text = " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in [*points, points[0]])
    assert len(area_of(f"<polygon>{text}</polygon>").polygons[0].outer) == 41_009


@pytest.mark.parametrize(
    ("said", "epoch"),
    [("2026-01-10T09:00:00-00:00", HEARD_S), ("2026-01-10T10:00:00+01:00", HEARD_S),
     ("2026-01-10T10:00:00+01", HEARD_S), ("2026-01-09T24:00:00-09:00", HEARD_S),
     ("2026-01-10T04:00:00.25-0500", HEARD_S)],
)  # fmt: skip
def test_pitfall_31_offsets_as_senders_write_them(said: str, epoch: int) -> None:
    assert read(cap(sent=said)).sent_s == epoch


def test_pitfall_31_sent_is_utc_and_the_rest_is_local() -> None:
    info = "<effective>2026-01-10T10:00:00+01:00</effective><onset>2026-01-10T10:00:00+00:00</onset>"
    alert = read(cap(sent="2026-01-10T09:00:00-00:00", info=info))
    assert (alert.sent_s, alert.infos[0].onset_s) == (HEARD_S, HEARD_S + 3600)


def test_pitfall_49_what_a_service_writes_is_passed_on_word_for_word_and_its_age_is_shown() -> None:
    """MeteoSwiss and DWD let their warnings be passed on unchanged only, and at once: no word is ours."""
    said = "Schnee bis 600 m,\n  örtlich < 20 cm; \u201enicht fahren\u201c"
    escaped = said.replace("<", "&lt;")
    words = f"<headline>Warnung vor Glätte</headline><description>{escaped}</description>"
    body = cap(info=f"{words}<instruction>{escaped}</instruction>").encode()
    (alert,) = parse(body)
    (info,) = alert.infos
    assert (info.headline, info.description, info.instruction) == ("Warnung vor Glätte", said, said)
    (hazard,) = after([alert]).hazards
    (evidence,) = hazard.evidence
    assert (evidence.headline, evidence.source) == ("Warnung vor Glätte", "test")
    assert evidence.raw == "sha256:" + hashlib.sha256(body).hexdigest(), "and its very bytes are kept"
    heard = World(
        id=WorldId("w"), region="r", region_hash=Hash("sha256:0"), hazards=after([alert]),
        feeds=(FeedHealth(source="test", read_s=HEARD_S),),
    )  # fmt: skip
    (row,) = feed_rows(heard, {}, declared={}, contacts=(), now_s=HEARD_S + 420, region=None)
    assert (row["source"], row["age_s"], row["last_sent"]) == ("test", 420, "2026-01-10T08:00:00Z")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("42.10,1.20,0 42.10,1.30,0 42.16,1.30,0 42.16,1.20,0 42.10,1.20,0", "heights"),
        ("42.10,1.20,42.10,1.30,42.16,1.30,42.16,1.20,42.10,1.20", "commas stand between"),
        ("42.10 1.20 42.10 1.30 42.16 1.30 42.16 1.20 42.10 1.20", "spaces stand within"),
        ("42.10,1.20;42.10,1.30;42.16,1.30;42.16,1.20;42.10,1.20", "signs"),
        ("(42.10,1.20), (42.10,1.30), (42.16,1.30), (42.16,1.20), (42.10,1.20)", "commas stand between"),
        ("42,100,1,200 42,100,1,300 42,160,1,300 42,160,1,200 42,100,1,200", "decimals"),
        ("42,1000 1,2000 42,1000 1,3000 42,1600 1,3000 42,1600 1,2000 42,1000 1,2000", "decimals"),
    ],
)
def test_pairs_that_can_be_meant_in_one_way_only_are_read(text: str, said: str) -> None:
    alert = read(cap(area=f"<polygon>{text}</polygon>"))
    assert alert.infos[0].areas == read(cap()).infos[0].areas
    assert any(said in note for note in alert.notes)


def test_the_minus_of_a_typographer_is_a_minus() -> None:
    west = "42.1,\u22121.2 42.1,\u22121.3 42.2,\u22121.3 42.1,\u22121.2"
    assert area_of(f"<polygon>{west}</polygon>").polygons[0].outer[0] == (-1.2, 42.1)


@pytest.mark.parametrize(
    "text", ["41,05 1,25 41,05", "41,12,1 41,12,1 41,13,1", "41,05,1.2 41,05,1.3 41,06,1.3"]
)
def test_pairs_in_doubt_are_refused(text: str) -> None:
    assert "E1004" in why_refused(cap(area=f"<polygon>{text}</polygon>").encode())


@pytest.mark.parametrize(
    "text",
    ["42.10,1.20 42.10,1.20 42.10,1.20 42.10,1.20", "42.10,1.20 42.16,1.20 42.13,1.20 42.10,1.20",
     "42.10,1.20 42.13,1.25 42.16,1.30 42.10,1.20"],
)  # fmt: skip
def test_a_closed_ring_without_extent_is_a_strip_that_holds_all_of_it(text: str) -> None:
    alert = read(cap(area=f"<polygon>{text}</polygon>{SHAPE}"))
    strip = PolygonShape(alert.infos[0].areas[0].polygons[0].outer)
    drawn = [tuple(map(float, pair.split(",")))[::-1] for pair in text.split()]
    assert strip.is_valid
    assert all(strip.contains(PointShape(*point)) for point in drawn)
    assert strip.area < 0.0012 * 0.12
    assert len(alert.infos[0].areas[0].polygons) == 2


@pytest.mark.parametrize("text", ["42.5,1.5,2", "42.5 1.5 2", "42.5,1.5 2km", "(42.5, 1.5) 2 km"])
def test_circles_that_can_be_meant_in_one_way_only_are_read(text: str) -> None:
    assert area_of(f"<circle>{text}</circle>").circles == area_of("<circle>42.5,1.5 2</circle>").circles


def test_pitfall_31_a_time_without_offset_is_as_early_or_late_as_the_place_allows() -> None:
    info = "<onset>2026-01-10T10:00:00</onset>"
    said = cap(sent="2026-01-10T09:00:00", info=info).replace("18:00:00-00:00", "18:00:00")
    here = read(said)  # drawn in Spain, and within the box of all of Central European Time
    assert (here.sent_s, here.infos[0].onset_s) == (HEARD_S - 3_600, HEARD_S)
    assert here.infos[0].expires_s == HEARD_S + 8 * 3_600
    nowhere = read(said.replace(SHAPE, "")).infos[0]
    assert nowhere.onset_s == HEARD_S - 13 * 3_600
    assert nowhere.expires_s == HEARD_S + (9 + 12) * 3_600
    assert any("no offset" in note for note in here.notes)


def test_names_in_another_case_are_the_names() -> None:
    text = cap().replace("msgType", "msgtype").replace("polygon", "Polygon").replace("sender>", "Sender>")
    alert = read(text)
    assert (alert.sender, alert.infos[0].areas) == ("s@x.example", read(cap()).infos[0].areas)
    assert any("case" in note for note in alert.notes)
    other = '<x:Status xmlns:x="urn:example:x">Draft</x:Status>'
    kept = read(cap().replace("<status>", f"{other}<status>"))
    assert (kept.status, kept.notes) == ("Actual", read(cap()).notes)


def test_a_slip_in_the_namespace_is_mended_where_all_else_is_cap() -> None:
    for space in ("urn:oasis:names:tc:emergency:alerts:1.2", "http://docs.example/cap/v1.2/CAP-v1.2.xsd"):
        assert read(cap().replace(CAP, space)).identifier == "a1"
        assert why_refused(cap(sender="").replace(CAP, space).encode()) == ["E1006"]
    assert why_refused(cap().replace(CAP, "urn:example:alert").encode()) == ["E1006"]


def test_letters_that_are_not_utf_8_are_read_as_windows_1252_and_said() -> None:
    text = cap(info="<headline>Überflutung im Clar</headline>")
    for head in ("", '<?xml version="1.0" encoding="UTF-8"?>'):
        (alert,) = parse((head + text).encode("cp1252"))
        assert alert.infos[0].headline == "Überflutung im Clar"
        assert "Windows-1252" in alert.notes[0]
    (alert,) = parse(('<?xml version="1.0" encoding="UTF-8"?>' + text).encode("utf-16"))
    assert alert.infos[0].headline == "Überflutung im Clar"
    assert why_refused(text.encode("cp1252")[:-20]) == ["E1001"]
    assert len(parse(text.encode() + b"\0\0")) == 1


def test_an_alert_that_stands_in_an_entry_or_in_edxl_as_text_is_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><entry><id>e</id><title>t</title>'
        f'<content type="text">{escape(cap())}</content></entry></feed>'
    )
    packed = b64encode(cap().encode()).decode()
    edxl = (
        '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><contentObject><nonXMLContent>'
        f"<contentData>{packed}</contentData></nonXMLContent></contentObject><contentObject><xmlContent>"
        f"<embeddedXMLContent>{cap(identifier='a2')}</embeddedXMLContent></xmlContent></contentObject>"
        "</EDXLDistribution>"
    )
    assert [each.identifier for each in parse(atom.encode())] == ["a1"]
    assert [each.identifier for each in parse(edxl.encode())] == ["a1", "a2"]
    assert why_refused(
        edxl.replace(packed, "AAAA").replace("<alert", "<x").replace("</alert", "</x").encode()
    )


def test_an_event_that_is_to_expire_goes_on_to_its_end() -> None:
    code = "/O.EXP.KVAL.FL.W.0007.260110T0600Z-260110T1200Z/"
    info = f"<parameter><valueName>VTEC</valueName><value>{code}</value></parameter>"
    alert = read(cap(sent="2026-01-10T08:00:00-00:00", info=info))
    assert alert.infos[0].expires_s == HEARD_S + 3 * 3_600


OTHER = "<polygon>42.20,1.20 42.20,1.30 42.26,1.30 42.20,1.20</polygon>"
LATER = "2026-01-10T08:30:00-00:00"


@pytest.mark.parametrize(
    "area", [SHAPE + "<polygon/>", "<polygon> </polygon>" + OTHER, OTHER + "<circle/>", "<polygon/>", ""]
)
@pytest.mark.parametrize("msg_type", ["Alert", "Update"])
def test_an_emptied_shape_leaves_what_an_older_version_drew(area: str, msg_type: str) -> None:
    """The same id again, or an Update with another: what was drawn stays until its end."""
    told = parse(cap(area=SHAPE + OTHER).encode())
    references = f"s@x.example,a1,{LATER}" if msg_type == "Update" else ""
    newer = cap(
        area=area, sent=LATER, msgType=msg_type, identifier="a2" if references else "a1",
        references=references,
    )  # fmt: skip
    for alerts in ((*told, *parse(newer.encode())), (*parse(newer.encode()), *told)):
        drawn = {p.outer for h in after(alerts).hazards for area_ in h.footprint for p in area_.polygons}
        assert drawn >= {p.outer for p in told[0].infos[0].areas[0].polygons}
    whole = cap(area=SHAPE, sent=LATER, msgType=msg_type, identifier="a1")
    drawn = {
        p.outer
        for h in after((*told, *parse(whole.encode()))).hazards
        for area_ in h.footprint
        for p in area_.polygons
    }
    assert len(drawn) == 1, "what is drawn whole, and smaller, replaces"


def test_of_nws_expires_ends_the_message() -> None:
    assert read(cap(sender="w-nws.webmaster@noaa.gov")).infos[0].renewed
    ends = "<parameter><valueName>eventEndingTime</valueName><value>2026-01-10T19:00:00Z</value></parameter>"
    assert not read(cap(sender="w-nws.webmaster@noaa.gov", info=ends)).infos[0].renewed
    assert not read(cap()).infos[0].renewed

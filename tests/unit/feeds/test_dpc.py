"""The DPC's bulletins: two tables in a zip, and zips that are something else."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from road_messages import GREEN, ORANGE, RECEIVED_S, ZONES, bulletin, dbf
from vado import feeds
from vado.errors import PayloadError
from vado.model.alert import Action, Alert, StatedEffect


def read(body: bytes) -> Alert:
    (alert,) = feeds.parse(body, source="it", received_s=RECEIVED_S)
    return alert


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def test_today_and_tomorrow_hold_one_after_the_other_in_the_time_of_rome() -> None:
    alert = read(bulletin(today=dbf(*ZONES), tomorrow=dbf(*ZONES)))
    today, tomorrow = alert.infos
    assert (alert.id, alert.sent_s) == ("DPC,bulletin", 1_768_046_400)
    assert (today.kind, today.severity, today.certainty) == ("flood", "Severe", "Likely")
    assert (today.onset_s, today.expires_s) == (1_768_046_400, 1_768_086_000)
    assert tomorrow.onset_s == today.expires_s
    assert [area.geocodes for area in today.areas] == [(("Zona di Allerta", "Ligu-A"),)], (
        "green zones are none"
    )


def test_all_green_says_nothing_and_replaces_what_was() -> None:
    zone = ("Ligu-A", "Riviera", "", GREEN, GREEN, GREEN)
    assert read(bulletin(today=dbf(zone))).infos == ()


def test_each_level_and_risk_is_one_info_with_its_zones() -> None:
    rows = [
        ("A", "a", "", ORANGE, GREEN, GREEN),
        ("B", "b", "", ORANGE, GREEN, GREEN),
        ("C", "c", "", "Elevata / ALLERTA ROSSA", "Ordinaria / ALLERTA GIALLA", GREEN),
    ]
    found = read(bulletin(today=dbf(*rows))).infos
    assert [(each.kind, each.severity, len(each.areas)) for each in found] == [
        ("landslide", "Severe", 2),
        ("landslide", "Extreme", 1),
        ("thunderstorm", "Moderate", 1),
    ]


def test_a_level_that_nobody_knows_asks_a_person() -> None:
    alert = read(bulletin(today=dbf(("A", "a", "", GREEN, "STATO IMPREVISTO", GREEN))))
    assert alert.infos[0].stated == (StatedEffect(action=Action.INSPECT),)
    assert "STATO IMPREVISTO" in alert.notes[0]


def refused(body: bytes) -> str:
    with pytest.raises(PayloadError) as caught:
        read(body)
    return str(caught.value)


def test_pitfall_44_a_bomb_is_not_unpacked() -> None:
    bomb = bulletin(today=b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    assert "E1002" in refused(bomb)


def test_pitfall_44_paths_and_other_files_are_not_looked_at() -> None:
    path = {"..__20260110_1300_today.dbf": dbf(*ZONES), "readme.txt": b"hello"}
    assert "E1006" in refused(packed(**path))


def test_pitfall_44_more_files_than_a_bulletin_has_are_refused() -> None:
    assert "E1002" in refused(packed(**{f"f{n}": b"" for n in range(101)}))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.98])
def test_a_zip_that_is_cut_off_is_a_fault(share: float) -> None:
    whole = bulletin(today=dbf(*ZONES), tomorrow=dbf(*ZONES))
    assert "E1001" in refused(whole[: int(len(whole) * share)])


def test_a_table_that_is_cut_off_is_a_fault() -> None:
    table = dbf(*ZONES)
    for cut in (10, 100, len(table) - 1):
        assert "E1001" in refused(bulletin(today=table[:cut]))


def shp(*rings: list[tuple[float, float]] | None) -> bytes:
    """Write a shapefile of one polygon a record; None is a record without a shape."""
    records = b""
    for n, ring in enumerate(rings):
        content = struct.pack("<i", 0)
        if ring is not None:
            points = b"".join(struct.pack("<2d", *point) for point in ring)
            content = struct.pack("<i4d3i", 5, 0, 0, 0, 0, 1, len(ring), 0) + points
        records += struct.pack(">2i", n + 1, len(content) // 2) + content
    return struct.pack(">i20xi", 9994, (100 + len(records)) // 2) + struct.pack("<2i64x", 1000, 5) + records


SQUARE = [(8.0, 44.0), (8.0, 44.1), (8.1, 44.1), (8.0, 44.0)]


def bundle(shapes: bytes, projection: bytes = b"GEOGCS[]") -> bytes:
    return packed(
        **{
            "20260110_1300_today.dbf": dbf(*ZONES),
            "20260110_1300_today.shp": shapes,
            "20260110_1300_today.prj": projection,
        }
    )


def test_a_shapefile_beside_the_table_places_the_zones() -> None:
    (found,) = read(bundle(shp(SQUARE, None))).infos
    (area,) = found.areas
    assert area.polygons[0].outer == tuple(SQUARE)
    assert area.geocodes == (("Zona di Allerta", "Ligu-A"),)


@pytest.mark.parametrize(
    ("shapes", "projection"),
    [
        (shp(SQUARE), b"GEOGCS[]"),
        (shp(SQUARE, None), b"PROJCS[]"),
        (shp([(500_000.0, 4_000_000.0)] * 4, None), b""),
    ],
)
def test_shapes_that_do_not_fit_leave_the_codes_and_are_noted(shapes: bytes, projection: bytes) -> None:
    alert = read(bundle(shapes, projection))
    assert not alert.infos[0].areas[0].polygons
    assert "known by code only" in alert.notes[0]


@pytest.mark.parametrize("shapes", [b"", b"x" * 200, shp(SQUARE, None)[:-8], shp(SQUARE)[:120]])
def test_a_shapefile_that_is_cut_off_is_a_fault(shapes: bytes) -> None:
    assert "E1001" in refused(bundle(shapes))

"""CSV that a person types: what a row means, and every fault named by line and column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from road_messages import RECEIVED_S, TABLE
from vado import feeds
from vado.errors import PayloadError
from vado.feeds.typed_row import COLUMNS
from vado.model.alert import Action, Alert, Info, MsgType, StatedEffect, Way
from vado.model.size import Bound


def read(table: str | bytes) -> tuple[Alert, ...]:
    body = table.encode() if isinstance(table, str) else table
    return feeds.parse(body, source="desk", received_s=RECEIVED_S)


def row(head: str, cells: str) -> Info:
    return read(f"{head}\n{cells}\n")[0].infos[0]


def faults(table: str) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(table)
    return [(fault.code, fault.field) for fault in caught.value.faults]


def test_a_table_is_read_row_by_row() -> None:
    first, second = read(TABLE)
    (closed,), (slow,) = first.infos, second.infos
    assert (first.id, first.sent_s) == ("desk,a", RECEIVED_S)
    (place,) = closed.areas[0].roads
    assert (place.ref, place.from_km, place.to_km, place.way) == ("N-340", 12.3, 14.5, Way.BOTH)
    assert closed.stated == (StatedEffect(action=Action.SHUT),)
    assert (closed.onset_s, closed.expires_s) == (1_768_028_400, 1_768_201_200)
    assert slow.areas[0].roads[0].points == ((2.1, 41.15),), "a comma for decimals"
    assert slow.stated == (StatedEffect(action=Action.SLOW, speed_factor=0.6, only=Bound(classes=("hgv",))),)
    assert slow.onset_s == 1_768_032_000, "nine o'clock where it is"


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"", b"\n\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_marks_delimiters_and_line_ends_of_spreadsheets(mark: bytes, delimiter: str) -> None:
    table = "Road,Lat,Lon,Reason\r\nA-1,41.0,2.0,snow\r\n\r\n# a remark,,,\r\n".replace(",", delimiter)
    (alert,) = read(mark + table.encode())
    assert alert.infos[0].headline == "A-1 snow"


def test_letters_of_windows_are_read() -> None:
    (alert,) = read("road,lat,lon,reason\nA-1,41.0,2.0,inundación\n".encode("cp1252"))
    assert alert.infos[0].headline == "A-1 inundación"


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_end() -> None:
    assert row("road,lat,lon,reason", 'A-1,41,2,"snow, and\nice"').headline == "A-1 snow, and ice"


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        ("way,effect,kmh", "5,slow,30", StatedEffect(action=Action.SLOW, cap_kmh=30)),
        ("way,effect,delay_min", "5,delay,10", StatedEffect(action=Action.DELAY, delay_s=600)),
        (
            "way,effect,requires",
            "5,restricted,chains",
            StatedEffect(action=Action.RESTRICTED, requires="chains"),
        ),
        ("way,effect", "5,inspect", StatedEffect(action=Action.INSPECT)),
        ("way,over_weight_t", "5,7.5", StatedEffect(action=Action.SHUT, only=Bound(over_weight_kg=7500))),
        ("way,over_height_m", "5,3.2", StatedEffect(action=Action.SHUT, only=Bound(over_height_cm=320))),
        (
            "way,vehicles",
            "5,trucks buses",
            StatedEffect(action=Action.SHUT, only=Bound(classes=("bus", "hgv"))),
        ),
        ("way,vehicles", "5,caravans", StatedEffect(action=Action.SHUT, only=Bound(trailer=True))),
        ("way,vehicles", "5,all", StatedEffect(action=Action.SHUT)),
        ("way,vehicles", "5,4x4", StatedEffect(action=Action.SHUT, only=Bound(classes=("motorcar",)))),
    ],
)
def test_effects_and_whom_they_bind(head: str, cells: str, expected: StatedEffect) -> None:
    assert row(head, cells).stated == (expected,)


def test_places() -> None:
    assert row("way,road", "5,A-1").areas[0].roads[0].ways == (5,)
    ends = row("lat,lon,to_lat,to_lon,direction", "41,2,41.1,2,along").areas[0].roads[0]
    assert (ends.points, ends.ends_only, ends.way) == (((2.0, 41.0), (2.0, 41.1)), True, Way.ALONG)
    wide = row("lat,lon,radius_m", "41,2,500").areas[0]
    assert (wide.circles[0].radius_m, wide.roads) == (500, ())


def test_a_day_is_whole_and_open_ends_what_its_id_stood_for() -> None:
    found = row("way,start,end,zone", "5,2026-01-10,2026-01-10,Europe/Madrid")
    assert (found.onset_s, found.expires_s) == (1_767_999_600, 1_768_086_000)
    (over,) = read("id,road,effect\na,N-340,open\n")
    assert (over.id, over.msg_type) == ("desk,a", MsgType.CANCEL)


def test_a_row_without_id_is_named_by_its_place_so_that_it_replaces_itself() -> None:
    one, other = (read(f"road,lat,lon,reason\nA-1,41,2,{why}\n")[0].id for why in ("snow", "ice"))
    assert one == other


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        ("road,lat,lon,effect", "A,41,2,shutt", ("E1004", "column effect")),
        ("road,lat,lon", "A,99,2", ("E1209", "column lat")),
        ("road,lat,lon", "A,x,2", ("E1004", "column lat")),
        ("road,lat,lon", "A,41,", ("E1003", "column lon")),
        ("road,reason", "A,snow", ("E1213", "column road")),
        ("way,end", "5,2026-01-10", ("E1105", "column end")),
        ("way,end", "5,10/01/2026", ("E1105", "column end")),
        ("way,start,end", "5,2026-01-10T00:00:00Z,2026-01-09T00:00:00Z", ("E1106", "column end")),
        ("way,zone,end", "5,Nowhere,2026-01-10", ("E1004", "column zone")),
        ("way,vehicles", "5,spaceships", ("E1004", "column vehicles")),
        ("way,effect,kmh", "5,slow,1", ("E1209", "column kmh")),
        ("way,effect", "5,delay", ("E1003", "column delay_min")),
        ("way,effect", "5,restricted", ("E1003", "column requires")),
        ("way,effect,kmh", "5,shut,50", ("E1004", "column kmh")),
        ("way,over_width_m", "5,0", ("E1209", "column over_width_m")),
        ("way,direction", "5,sideways", ("E1004", "column direction")),
        ("way,effect", "5,open", ("E1003", "column id")),
    ],
)
def test_a_fault_names_its_line_and_column(head: str, cells: str, expected: tuple[str, str]) -> None:
    code, column = expected
    assert (code, f"line 2, {column}") in faults(f"{head}\n{cells}\n")


def test_nothing_is_taken_in_where_one_row_has_a_fault_and_all_faults_are_named() -> None:
    assert faults("way,effect\n1,shut\n2,shutt\n3\n4,shot\n") == [
        ("E1004", "line 3, column effect"),
        ("E1001", "line 4"),
        ("E1004", "line 5, column effect"),
    ]


def test_columns_and_ids_stand_once_and_are_known() -> None:
    assert faults("way,effekt,road,road\n1,x,y,z\n") == [
        ("E1004", "line 1, column 2"),
        ("E1205", "line 1, column 4"),
    ]
    assert faults("id,way\na,1\na,2\n") == [("E1205", "line 3, column id")]


def test_a_broken_quote_is_a_fault() -> None:
    assert faults('road,lat,lon,reason\nA,41,2,"snow\n')[0][0] == "E1001"


def test_a_first_line_alone_closes_nothing_and_a_letter_is_no_table() -> None:
    assert read("road,lat,lon\n") == ()
    with pytest.raises(PayloadError, match="E1006"):
        read("Dear all,\nthe road to the mill is closed.\n")


def test_the_example_of_the_page_is_read() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "feeds" / "csv.md"
    lines = [line[4:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("    ")]
    assert [alert.infos[0].areas[0].roads[0].ref for alert in read("\n".join(lines))] == ["N-340", "A-7"]


def test_the_page_names_each_column_and_no_other() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "feeds" / "csv.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert {name for line in rows for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])} == COLUMNS

"""What one document may ask for: lists in records, hours, values, elements. See `scripts/bench limits`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from road_messages import RECEIVED_S, cifs, dumped, event, incident, open511, work, wzdx
from tables import shipped
from vado import feeds
from vado.errors import PayloadError
from vado.feeds.archive import TAGS_MAX
from vado.feeds.cap import PIECES_MAX as CAP_MAX
from vado.feeds.drawn import POINTS_MAX, shape_of
from vado.feeds.local_time import HOURS_MAX, read_hours
from vado.feeds.recognise import VALUES_MAX
from vado.feeds.records import INFOS_MAX, PIECES_MAX
from vado.feeds.xml import ATTRIBUTES_MAX, ELEMENTS_MAX
from vado.model.alert import Action, Alert
from weather_messages import cap, tar

ROAD = {"name": "C-17", "state": "CLOSED"}


def read(body: bytes) -> tuple[Alert, ...]:
    return feeds.parse(body, source="x", received_s=RECEIVED_S)


def refused(body: bytes) -> str:
    with pytest.raises(PayloadError) as caught:
        read(body)
    return caught.value.faults[0].code


@pytest.mark.parametrize("long", ["roads", "event_subtypes"])
def test_a_record_with_a_list_without_end_is_kept_unread_and_the_rest_counts(long: str) -> None:
    values: list[Any] = [ROAD] if long == "roads" else ["FLOOD"]
    whole, short = (event(**{long: values * n}, id="long") for n in (PIECES_MAX // 2, 1))
    assert len(read(dumped(open511(whole)))[0].infos) == (PIECES_MAX // 2 if long == "roads" else 1)
    assert len(read(dumped(open511(short)))) == 1
    bad, good = read(dumped(open511(event(**{long: values * (PIECES_MAX + 1)}), event(ROAD, id="n/2"))))
    assert bad.infos[0].stated[0].action is Action.INSPECT
    assert f"more than {PIECES_MAX} parts" in bad.notes[0]
    assert good.infos[0].stated[0].action is Action.SHUT


def test_a_lane_may_not_hide_a_list_without_end() -> None:
    (alert,) = read(
        dumped(
            wzdx(
                work("some-lanes-closed", lanes=[{"status": "open", "restrictions": ["x"] * PIECES_MAX}] * 2)
            )
        )
    )
    assert f"more than {PIECES_MAX} parts" in alert.notes[0]


def test_a_document_says_so_much_and_no_more() -> None:
    many = [event(*[ROAD] * 1000, id=f"n/{n}") for n in range(INFOS_MAX // 1000 + 1)]
    assert refused(dumped(open511(*many))) == "E1002"


def test_json_may_hold_so_many_objects_and_lists() -> None:
    assert refused(b'{"features":[' + b"[]," * VALUES_MAX + b"[]]}") == "E1002"


def test_a_schedule_of_more_parts_than_a_week_has_holds_all_the_time() -> None:
    monday = "<monday>18:00-19:00</monday>"
    (short,) = read(cifs(incident(f"<schedule>{monday}</schedule>")))
    (long,) = read(cifs(incident(f"<schedule>{monday * (HOURS_MAX + 1)}</schedule>")))
    assert short.infos[0].during
    assert long.infos[0].during == ()
    assert "taken as all the time" in long.notes[0]
    assert read_hours(",".join(["18:00-19:00"] * HOURS_MAX)) is not None
    assert read_hours(",".join(["18:00-19:00"] * (HOURS_MAX + 1))) is None


def test_cifs_in_json_has_no_more_elements_than_xml_may_have() -> None:
    given = {"id": "c1", **{f"m{n}": 0 for n in range(ELEMENTS_MAX)}}
    assert (
        refused(json.dumps({"incidents": [given | {"type": "HAZARD", "polyline": "41 2 41.01 2"}]}).encode())
        == "E1002"
    )


def test_xml_may_have_so_many_attributes() -> None:
    message = cap().encode()
    many = " ".join(f'a{n}="{n}"' for n in range(ATTRIBUTES_MAX)).encode()
    assert len(read(message)) == 1
    assert refused(message.replace(b"<alert ", b"<alert " + many + b" ")) == "E1002"


def test_the_files_of_an_archive_together_have_so_many_tags() -> None:
    one = cap().replace("</alert>", "<a/>" * (ELEMENTS_MAX - 100) + "</alert>").encode()
    files = [(f"{n}.xml", one) for n in range(TAGS_MAX // ELEMENTS_MAX + 1)]
    assert len(read(tar(files[:1]))) == 1
    assert refused(tar(files)) == "E1002"


def test_a_message_has_so_many_infos_and_areas() -> None:
    assert len(read(cap().replace("</info>", "<area/>" * 100 + "</info>").encode())) == 1
    for many in ("<info/>" * CAP_MAX + "</alert>", ""):
        body = (
            cap().replace("</alert>", many)
            if many
            else cap().replace("</info>", "<area/>" * CAP_MAX + "</info>")
        )
        assert refused(body.encode()) == "E1002"


def test_words_far_behind_in_an_event_are_not_looked_for() -> None:
    kinds = shipped().kinds
    assert kinds.find(("x " * 1_000 + "flood",)) == "flood"
    assert kinds.find(("x " * 2_000 + "flood",)) == ""


@pytest.mark.parametrize("kind", ["LineString", "Polygon"])
def test_a_shape_of_too_many_points_is_in_doubt_and_not_cut_short(kind: str) -> None:
    line = [[2.0 + n / 1e6, 41.0 + (n % 7) / 1e6] for n in range(POINTS_MAX + 1)]
    drawn = shape_of({"geometry": {"type": kind, "coordinates": line if kind == "LineString" else [line]}})
    assert (drawn.lines, drawn.polygons, drawn.partly) == ([], [], True)
    assert any("left out" in note for note in drawn.notes)
    whole = shape_of({"geometry": {"type": "LineString", "coordinates": line[:-1]}})
    assert len(whole.lines[0]) == POINTS_MAX

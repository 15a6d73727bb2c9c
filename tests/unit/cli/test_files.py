"""Words of the command line to values."""

from __future__ import annotations

from pathlib import Path

import pytest

from vado.cli.files import list_files, parse_lonlat, parse_time, read_alerts
from vado.cli.situation import known_at, late
from vado.errors import InputError
from vado.model.alert import Alert, MsgType
from vado.model.ids import AlertId, Hash


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10T12:00:00Z",
        "2026-01-10T12:00Z",
        "2026-01-10T13:00:00+01:00",
        "2026-01-10 12:00+00:00",
        "1768046400",
    ],
)
def test_an_instant_is_read_in_every_usual_way(text: str) -> None:
    assert parse_time(text) == 1_768_046_400


@pytest.mark.parametrize("text", ["", "12:00", "2026-01-10T12:00:00", "2026-13-01T00:00Z", "soon", "1e9"])
def test_a_time_without_offset_is_no_instant(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_time(text)
    assert raised.value.code == "E1105"


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.5", "E1004"), ("a,b", "E1004"), ("1,2,3", "E1004"), ("42.5,141.5", "E1104"), ("nan,1", "E1104")],
)
def test_a_position_is_longitude_then_latitude(text: str, code: str) -> None:
    assert parse_lonlat("1.52, 42.51", field="--from") == (1.52, 42.51)
    with pytest.raises(InputError) as raised:
        parse_lonlat(text, field="--from")
    assert raised.value.code == code


def test_a_folder_is_all_its_files_but_the_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.xml", "a.json", "deep/c.xml", ".hidden"):
        (tmp_path / name).write_text("x")
    names = [str(path.relative_to(tmp_path)) for path in list_files([tmp_path])]
    assert names == ["a.json", "b.xml", "deep/c.xml"]


def test_an_update_in_another_file_of_the_folder_replaces_the_closure(tmp_path: Path) -> None:
    feature = (
        '{{"type": "Feature", "geometry": {{"type": "Point", "coordinates": [1.5, 42.5]}}, '
        '"properties": {{"id": "c1", "sent": "2026-01-10T{0}:00:00Z"}}}}'
    )
    (tmp_path / "one.json").write_text(feature.format("09"))
    (tmp_path / "two.json").write_text(feature.format("08"))
    read = read_alerts([tmp_path])
    assert len({alert.id for alert in read.alerts}) == 1, "one folder is one source"
    assert [alert.sent_s for alert in read.alerts] == sorted(alert.sent_s for alert in read.alerts)


def alert(name: str, sent_s: int, kind: MsgType, *references: str) -> Alert:
    return Alert(id=AlertId(name), source="s", sender="s", identifier=name, sent_s=sent_s, msg_type=kind,
                 references=tuple(AlertId(r) for r in references), raw=Hash("sha256:0"))  # fmt: skip


def test_what_was_sent_later_may_warn_but_not_yet_end() -> None:
    first = alert("a", 100, MsgType.ALERT)
    cancel, update = alert("c", 200, MsgType.CANCEL, "a"), alert("u", 300, MsgType.UPDATE, "a")
    alerts = (first, cancel, update)
    before = known_at(alerts, 150)
    assert [(a.id, a.references) for a in before] == [("a", ()), ("u", ())]
    assert known_at(alerts, 300) == alerts
    assert len(late(alerts, 150)) == 2
    assert late(alerts, 300) == ()
    strange = alert("x", 300, MsgType.UPDATE, "of another feed")
    own = alert("o", 300, MsgType.UPDATE, "o")
    assert late((first, strange, own), 150) == (), "neither of them ends anything that is here"

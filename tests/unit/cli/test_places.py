"""Tables of places by option, by setting and in the worker: the same warning is placed everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vado.cli.feed import parse
from vado.cli.files import read_alerts
from vado.errors import InputError
from vado.feeds.geocodes import load_geocodes
from vado.model.ids import Hash, WorldId
from vado.model.inbox import InboxKind, InboxRow
from vado.model.world import AlertReceived
from vado.worker import decode
from weather_messages import HEARD_S, cap

CODE = "<geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Write a warning that has only a code, and the table that knows it."""
    ring = [[1, 42], [2, 42], [2, 43], [1, 43], [1, 42]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    zone = {"type": "Feature", "properties": {"code": "XX001"}, "geometry": shape}
    table = tmp_path / "emma.geojson"
    table.write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}), encoding="utf-8")
    (tmp_path / "alerts").mkdir()
    warning = tmp_path / "alerts" / "warning.xml"
    warning.write_text(cap(area=CODE), encoding="utf-8")
    return warning, table


def test_by_option_and_by_setting(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    warning, table = files
    (bare,) = read_alerts([warning]).alerts
    assert not bare.infos[0].areas[0].has_shape
    (placed,) = read_alerts([warning], geocodes=[str(table)]).alerts
    assert placed.infos[0].areas[0].has_shape
    monkeypatch.setenv("VADO_GEOCODES", json.dumps([str(table)]))
    assert read_alerts([warning]).alerts == (placed,)


def test_feed_parse_says_where_it_is(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    warning, table = files
    unknown = []
    for geocodes in (None, [str(table)]):
        assert parse([warning], geocodes=geocodes, as_json=True) == 0
        hazard, *left = json.loads(capsys.readouterr().out)["hazards"]
        assert all("/after" in each["id"] for each in left), "what the warning leaves on the roads"
        unknown.append(hazard["unknown"])
    assert "EMMA_ID XX001" in unknown[0]
    assert unknown[1] is None


def test_a_table_that_is_none_stops_before_anything_is_read(files: tuple[Path, Path]) -> None:
    warning, table = files
    table.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_alerts([warning], geocodes=[str(table)])
    assert caught.value.faults[0].field == "geocodes"


def test_the_worker_places_what_comes_by_webhook(files: tuple[Path, Path]) -> None:
    warning, table = files
    row = InboxRow(
        seq=1, world=WorldId("w"), kind=InboxKind.ALERT, source="met", received_s=HEARD_S,
        body_hash=Hash("sha256:0"), body=warning.read_bytes(), key="",
    )  # fmt: skip
    bodies = [message.body for message in decode(row, geocodes=load_geocodes([table]))]
    placed = [body.alert for body in bodies if isinstance(body, AlertReceived)]
    assert [alert.infos[0].areas[0].has_shape for alert in placed] == [True]

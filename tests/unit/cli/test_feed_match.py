"""`vado feed match` says which roads the places on roads of alerts mean, and how well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import drawn
import road_messages as say
from vado.cli import feed_match

TOWN = drawn.roads("A--------B", ways={"AB": {"ref": "C-17"}})


@pytest.fixture(autouse=True)
def _town(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_match, "load_region", lambda _: TOWN)


def works(folder: Path, *, north_deg: float = 0.0) -> Path:
    ends = [drawn.between(TOWN, "AB", share) for share in (0.2, 0.8)]
    line = {"type": "LineString", "coordinates": [[lon, lat + north_deg] for lon, lat in ends]}
    core = {"road_names": ["C-17"], "direction": "eastbound"}
    file = folder / "works.json"
    file.write_bytes(say.dumped(say.wzdx(say.work(core=core, geometry=line))))
    return file


def test_a_place_is_matched_to_its_road(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feed_match.match([works(tmp_path)], region="town", as_json=True) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert row["roads"] == ["C-17"]
    assert row["quality"] > 0.8
    whole_m = TOWN.edge_length_mm[drawn.edge(TOWN, "AB")] / 1000
    # `between` gives the cells at two and seven of nine.
    assert row["metres"] == pytest.approx(5 / 9 * whole_m, rel=0.02)


def test_the_table_is_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feed_match.match([works(tmp_path)], region="town") == 0
    assert "C-17" in capsys.readouterr().out


def test_a_place_that_meets_no_road_is_a_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feed_match.match([works(tmp_path, north_deg=1.0)], region="town", as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["edges"] == 0


def test_a_file_that_is_bad_is_told_beside_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    works(tmp_path)
    assert feed_match.match([tmp_path], region="town", as_json=True) == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["faults" in row for row in rows] == [True, False]


def test_what_is_shut_around_or_lost_is_to_be_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Drawn some 150 m beside the road: too far to be it, near enough to shut all that bears its name.
    assert feed_match.match([works(tmp_path, north_deg=0.0014)], region="town", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["how"] == "shut around"
    assert feed_match.match([works(tmp_path, north_deg=0.0014)], region="town") == 0
    assert "ask a person: 1 place not matched to one road" in capsys.readouterr().out
    assert feed_match.match([works(tmp_path, north_deg=1.0)], region="town", as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["how"] == "no road"
    assert feed_match.match([works(tmp_path)], region="town") == 0
    assert "ask a person" not in capsys.readouterr().out

"""`vado feed parse`: small files whole or not at all, large ones alert by alert."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from datex_messages import managed, situation, v3
from vado.cli.main import main

# The package has a function of that name: the module is behind it.
RECOGNISE = importlib.import_module("vado.feeds.recognise")
BODY = v3(situation(managed("roadClosed"), id_="s1"), situation(managed("laneClosures"), id_="s2"))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_small_file_that_is_cut_off_shows_nothing_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.xml").write_bytes(BODY[:-60])
    assert main(["feed", "parse", str(tmp_path / "cut.xml"), "--json"]) == 2
    (row,) = lines(capsys)
    assert "faults" in row


def test_a_large_file_shows_what_was_whole_and_then_its_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RECOGNISE, "BODY_MAX", 100)
    (tmp_path / "whole.xml").write_bytes(BODY)
    assert main(["feed", "parse", str(tmp_path / "whole.xml"), "--json"]) == 0
    assert [row["alert"] for row in lines(capsys)] == ["s1", "s2"]
    (tmp_path / "cut.xml").write_bytes(BODY[:-60])
    assert main(["feed", "parse", str(tmp_path / "cut.xml"), "--json"]) == 2
    shown = lines(capsys)
    assert [row["alert"] for row in shown[:-1]] == ["s1"]
    assert "faults" in shown[-1]


def test_a_large_file_of_another_format_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RECOGNISE, "BODY_MAX", 100)
    (tmp_path / "other.xml").write_bytes(b"<rss>" + b"<item/>" * 100 + b"</rss>")
    assert main(["feed", "parse", str(tmp_path / "other.xml"), "--json"]) == 2
    (row,) = lines(capsys)
    assert "rss" in json.dumps(row["faults"])

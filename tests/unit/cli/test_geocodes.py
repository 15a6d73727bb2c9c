"""`vado geocodes` downloads tables of places into the data folder, where every verb finds them."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from feed_server import answer
from vado.cli.main import main
from vado.feeds import fetch
from weather_messages import cap

URL = "https://zones.example/zones.json"
RING = [[2.0, 41.0], [2.1, 41.0], [2.1, 41.1], [2.0, 41.0]]
AREA = "<geocode><valueName>EMMA_ID</valueName><value>ES107</value></geocode>"
ZONES = json.dumps([{"code": "ES107", "area": "a zone", "coordinates": [RING]}]).encode()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("VADO_HOME", str(tmp_path))
    client = fetch.make_client
    transport = httpx.MockTransport(lambda _: answer(200, ZONES))
    monkeypatch.setattr(fetch, "make_client", lambda: client(transport))
    return tmp_path


def test_what_is_fetched_is_listed_and_used(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["geocodes", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tables": []}
    assert main(["geocodes", "fetch", "emma", "--url", URL, "--json"]) == 0
    fetched = json.loads(capsys.readouterr().out)
    assert (fetched["state"], fetched["url"]) == ("new", URL)
    assert main(["geocodes", "fetch", "emma"]) == 0
    assert "emma: same" in capsys.readouterr().out
    assert main(["geocodes", "list"]) == 0
    assert "emma" in capsys.readouterr().out
    assert (home / "geocodes" / fetched["file"]).read_bytes() == ZONES


def test_what_fails_says_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["geocodes", "fetch", "emma"]) == 2
    assert "E1003" in capsys.readouterr().err
    assert main(["geocodes", "fetch", "emma", "--url", URL, "--sha256", "0" * 64]) == 3
    assert "E2002" in capsys.readouterr().err


def test_alerts_are_placed_by_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "warning.xml"
    file.write_bytes(cap(area=AREA).encode())
    assert main(["feed", "parse", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hazards"][0]["unknown"]
    assert main(["geocodes", "fetch", "emma", "--url", URL]) == 0
    capsys.readouterr()
    assert main(["feed", "parse", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hazards"][0]["unknown"] is None

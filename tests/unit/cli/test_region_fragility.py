"""`vado region fragility` on Andorra: what hangs on the road to Arinsal, and a flood forecast there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from real import DEPOT_ANDORRA, ERTS_ROAD, arinsal_flood, region, regions
from vado.cli.main import app


@pytest.fixture
def alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    region("andorra")
    home = tmp_path / "home"
    home.mkdir()
    (home / "regions").symlink_to(regions().info("andorra").path.parent)
    monkeypatch.setenv("VADO_HOME", str(home))
    folder = tmp_path / "alerts"
    folder.mkdir()
    (folder / "flood.xml").write_bytes(arinsal_flood())
    return folder


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["region", "fragility", "andorra", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_road_to_arinsal_is_its_last_and_a_flood_is_forecast(alerts: Path) -> None:
    said = run("--alerts", str(alerts), "--at", "2026-01-10T09:30Z")
    line = next(line for line in said.splitlines() if line.startswith("one ") and "Arinsal" in line)
    assert line == f"one road left to Arinsal: {ERTS_ROAD[1]}; flood warning from 10:00 to 20:00"
    assert "ways outside the extract are not known" in said


def test_once_the_flood_is_there_the_town_is_isolated(alerts: Path) -> None:
    found = json.loads(run("--alerts", str(alerts), "--at", "2026-01-10T12:00Z", "--json"))
    assert "Arinsal" in found["isolated_now"]
    warned = [road for road in found["roads"] if road["warnings"] and "Arinsal" in road["towns"]]
    assert [road["road"] for road in warned] == ["CG-5"]
    assert {piece["road"] for piece in warned[0]["pieces"] if piece["warnings"]} == {ERTS_ROAD[1]}
    assert any("outside the extract" in note for note in found["notes"])


def test_a_road_is_one_line_and_people_nobody_mapped_are_not_none(alerts: Path) -> None:
    said, roads = run(), json.loads(run("--json"))["roads"]
    refs = [road["road"] for road in roads if road["road"].startswith("CG-")]
    assert len(refs) == len(set(refs))
    assert all(road["segments"] == sum(len(p["edges"]) for p in road["pieces"]) for road in roads)
    assert {road["population"] for road in roads if road["towns_unmapped"] == len(road["towns"])} == {None}
    assert 0 not in {road["population"] for road in roads}
    assert "–" in said


def test_a_pass_is_called_by_its_name(alerts: Path) -> None:
    pairs = json.loads(run("--json"))["pairs"]
    pass_ = {"road": "Port d'Envalira (CG-2)", "kind": "pass"}
    assert "Pas de la Casa" in {town for pair in pairs if pass_ in pair["roads"] for town in pair["towns"]}


def test_jobs_hang_on_roads_too(alerts: Path, tmp_path: Path) -> None:
    beyond, depot = [1.4840, 42.5730], list(DEPOT_ANDORRA)
    problem = {"jobs": [{"id": 7, "location": beyond}], "vehicles": [{"id": 1, "start": depot}]}
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem))
    found = json.loads(run("--jobs", str(file), "--from", ",".join(map(str, depot)), "--json"))
    with_job = {p["road"] for road in found["roads"] for p in road["pieces"] if p["jobs"] == ["7"]}
    assert ERTS_ROAD[1] in with_job


def test_it_is_kept_beside_the_region_and_found_again(alerts: Path) -> None:
    first = run("--json")
    kept = list(regions().info("andorra").path.glob("fragility.van.*.npz"))
    assert len(kept) == 1
    assert run("--json") == first
    kept[0].write_bytes(b"no zip")  # damaged: found again, and kept again
    assert run("--json") == first
    assert kept[0].stat().st_size > 1000

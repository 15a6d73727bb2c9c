"""How single roads stand: open, closed or unknown, told by whom and how long ago; over HTTP and by files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import drawn
from served import TOWN, Service, at, cap
from vado.cli import edges as verbs
from vado.cli.main import main
from vado.model.when import rfc3339

OTHER = ",".join(map(str, drawn.between(TOWN, "CD")))


def closure(name: str, *, sent: int = at(9), pair: str = "AB", **about: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(drawn.between(TOWN, pair))}
    about = {"id": name, "sent": rfc3339(sent), "start": rfc3339(at(9)), **about}
    return {"type": "Feature", "properties": about, "geometry": geometry}


def told(service: Service, source: str, body: Any) -> None:
    answer = service.post(f"/v1/webhooks/{source}", body)
    assert answer.status_code == 202, answer.text
    service.work()


def edges(service: Service, query: str) -> list[dict[str, Any]]:
    answer = service.get(f"/v1/edges?{query}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["edges"]
    return rows


def started(**settings: Any) -> Service:
    service = Service(now=at(9), **settings)
    service.start()
    return service


def test_nothing_is_open_before_anybody_was_heard() -> None:
    rows = edges(started(), "road=CG-4")
    assert {row["state"] for row in rows} == {"unknown"}
    assert rows[0]["why"] == ["no source that is heard speaks for this place"]
    assert rows[0]["age_s"] is None


def test_closed_with_its_sources_and_the_rest_open() -> None:
    service = started()
    told(service, "dgt", closure("works"))
    service.now = at(9, 30)
    told(service, "police", closure("barrier", sent=at(9, 30)))
    service.now = at(10)
    rows = edges(service, "road=CG-4")
    assert [row["state"] for row in rows] == ["closed", "closed"], "both ways"
    row = rows[0]
    assert (row["since"], row["until"]) == (rfc3339(at(9)), None)
    assert (row["as_of"], row["age_s"]) == (rfc3339(at(9, 30)), 1800)
    assert {by["source"] for by in row["by"]} == {"dgt", "police"}
    assert row["events"] == 1
    assert row["confidence"] > 0.95
    [other, _] = edges(service, f"road={OTHER}")
    assert (other["state"], other["why"], other["by"]) == ("open", [], [])
    assert {each["source"] for each in other["covered_by"]} == {"dgt", "police"}


def test_a_feed_that_is_missed_makes_what_it_covers_unknown() -> None:
    lon, lat = drawn.between(TOWN, "AB")
    box = [lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4]
    service = started(feeds={"dgt": {}, "river": {"fresh_s": 600, "covers": box}})
    told(service, "dgt", closure("works", pair="EF"))
    [row, _] = edges(service, "road=CG-4")
    assert row["state"] == "unknown"
    assert row["why"] == ["river is missed: nothing came of it yet"]
    assert edges(service, f"road={OTHER}")[0]["state"] == "open"


def test_a_warning_that_nobody_can_place_may_be_on_any_road() -> None:
    service = started()
    coded = cap(TOWN, "AB", start=at(9), end=at(20)).decode()
    start, end = coded.index("<polygon>"), coded.index("</polygon>") + len("</polygon>")
    code = "<geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>"
    told(service, "weather", (coded[:start] + code + coded[end:]).encode())
    [row, *_] = edges(service, "road=CG-4")
    assert row["state"] == "unknown"
    assert "EMMA_ID XX001" in row["why"][0]
    town = service.get("/v1/reach?place=B").json()["places"][0]
    assert (town["state"], town["unknown"]) == ("unknown", True)
    assert "EMMA_ID XX001" in town["unknown_why"][0]


def test_a_town_near_a_closure_without_a_road_is_unknown_and_one_away_from_it_is_not() -> None:
    service = started()
    near_b = list(drawn.lonlat(TOWN, "B"))
    lost = closure("lost")
    lost["geometry"] = {"type": "LineString", "coordinates": [
        [near_b[0] + 1e-4, near_b[1] - 0.0008], [near_b[0] + 1e-4, near_b[1] - 0.0010]]}  # fmt: skip
    told(service, "dgt", lost)
    places = {row["name"]: row for row in service.get("/v1/reach").json()["places"]}
    assert places["B"]["state"] == "unknown"
    assert "no road was found" in places["B"]["unknown_why"][0]


def test_what_was_known_then_of_a_road_is_told_then() -> None:
    service = started()
    told(service, "dgt", closure("works"))
    service.now = at(11)
    told(service, "dgt", closure("works", sent=at(11), msg_type="Cancel"))
    assert {row["state"] for row in edges(service, "road=CG-4")} == {"open"}
    assert {row["state"] for row in edges(service, f"road=CG-4&known_at={rfc3339(at(10))}")} == {"closed"}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "E1003"),
        ("road=Nowhere", 422, "E1210"),
        ("road=CG-4&profile=boat", 422, "E1207"),
        ("road=CG-4&at=noon", 422, "E1105"),
    ],
)
def test_what_is_not_there_is_named(query: str, status: int, code: str) -> None:
    answer = started().get(f"/v1/edges?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("VADO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(verbs, "load_region", lambda _: TOWN)
    for source, name, about in (("dgt", "works", {}), ("police", "barrier", {"sent": rfc3339(at(9, 30))})):
        folder = tmp_path / source
        folder.mkdir()
        (folder / "closure.json").write_text(json.dumps(closure(name) | {
            "properties": closure(name)["properties"] | about}), encoding="utf-8")  # fmt: skip
    return tmp_path


def asked(capsys: pytest.CaptureFixture[str], *argv: str, code: int) -> Any:
    assert main([*argv, "--region", "town", "--at", rfc3339(at(10)), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_by_files(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alerts = [part for name in ("dgt", "police") for part in ("--alerts", str(files / name))]
    closed = asked(capsys, "edges", "CG-4", *alerts, code=1)
    assert {row["state"] for row in closed["edges"]} == {"closed"}
    assert {by["source"] for by in closed["edges"][0]["by"]} == {"dgt", "police"}
    assert {row["state"] for row in asked(capsys, "edges", OTHER, *alerts, code=0)["edges"]} == {"open"}
    assert {row["state"] for row in asked(capsys, "edges", OTHER, code=1)["edges"]} == {"unknown"}
    assert main(["edges", "CG-4", "--region", "town", "--at", rfc3339(at(10)), *alerts]) == 1
    assert "closed" in capsys.readouterr().out


def test_hazards_by_files_say_how_sure_they_are(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alerts = [part for name in ("dgt", "police") for part in ("--alerts", str(files / name))]
    rows = asked(capsys, "hazards", *alerts, code=0)["hazards"]
    assert {row["event"] for row in rows} == {rows[0]["id"]}
    assert all(row["confidence"] > 0.95 and row["also_told_by"] for row in rows)
    assert main(["hazards", "--region", "town", "--at", rfc3339(at(10)), *alerts]) == 0
    assert "also told by" in " ".join(capsys.readouterr().out.split())

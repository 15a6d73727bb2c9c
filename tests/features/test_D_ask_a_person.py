"""What was not placed on one road, or not understood, is shown to people: nothing of it is silently less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import drawn
import road_messages as say
from served import TOWN, Service, at, cap
from vado.model.when import rfc3339

AB = [list(drawn.between(TOWN, "AB", share)) for share in (0.2, 0.8)]


def service(**settings: Any) -> Service:
    made = Service(now=at(14), **settings)
    made.start()
    return made


def works(north_deg: float, name: str = "CG-4") -> bytes:
    line = {"type": "LineString", "coordinates": [[lon, lat + north_deg] for lon, lat in AB]}
    core = {"road_names": [name], "direction": "eastbound"}
    return say.dumped(say.wzdx(say.work(core=core, geometry=line)))


def told(made: Service, body: bytes) -> dict[str, Any]:
    answer = made.post("/v1/webhooks/works", body)
    assert answer.status_code == 202, answer.text
    made.work()
    row = made.get("/v1/hazards").json()["features"][0]
    properties: dict[str, Any] = row["properties"]
    return properties


def test_a_closure_whose_road_was_not_found_is_named_and_shuts_nothing() -> None:
    made = service()
    # It is drawn halfway between two roads that lie 200 m apart, and neither is called so.
    properties = told(made, works(-0.0009, "C-99"))
    assert properties["unmatched"]
    assert any("no road was found" in reason for reason in properties["ask"])
    [row] = made.get("/v1/overview").json()["ask"]
    assert "no road was found" in row["text"]
    assert "no road was found" in made.get("/").text


def test_one_that_is_shut_around_says_so() -> None:
    properties = told(service(), works(0.0014))
    assert not properties["unmatched"]
    assert properties["ask"] == ["CG-4: it matches no one road well: all of CG-4 nearby is shut, both ways"]


def test_one_that_is_matched_asks_nobody() -> None:
    made = service()
    assert told(made, works(0.0))["ask"] == []
    assert made.get("/v1/overview").json()["ask"] == []
    assert "Nothing is unclear." in made.get("/").text


def test_what_was_known_is_placed_by_the_tables_too(tmp_path: Path) -> None:
    lon, lat = drawn.between(TOWN, "AB")
    ring = [[lon - 2e-4, lat - 2e-4], [lon + 2e-4, lat - 2e-4], [lon, lat + 2e-4], [lon - 2e-4, lat - 2e-4]]
    zones = tmp_path / "emma.json"
    zones.write_text(json.dumps([{"code": "XX001", "area": "", "coordinates": [ring]}]), encoding="utf-8")
    coded = cap(TOWN, "AB", start=at(13), end=at(23)).decode()
    polygon = coded[coded.index("<polygon>") : coded.index("</polygon>") + 10]
    code = "<geocode><valueName>EMMA_ID</valueName><value>XX001</value></geocode>"
    made = service(geocodes=(str(zones),))
    assert told(made, coded.replace(polygon, code).encode())["unknown"] == ""
    then = made.get(f"/v1/reach?known_at={rfc3339(at(14))}&place=B").json()["places"][0]
    assert not then["reachable"]
    assert not then["unknown"]

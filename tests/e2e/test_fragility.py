"""`GET /v1/fragility`: what hangs on one road in the newest world, and what is forecast for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from real import DEPOT_ANDORRA, ERTS_ROAD, arinsal_flood, region, regions
from served import TOWN, Service, at, cap, job, vehicle
from vado.cli.main import app
from vado.model.when import rfc3339
from vado.network.fragility import fragility
from vado.store.fragility import kept


@pytest.fixture
def service() -> Service:
    made = Service()
    made.start("b@B d@D")
    return made


def flood(service: Service, pair: str, start: int, end: int) -> None:
    sent = cap(service.town, pair, start=start, end=end, name=f"{pair}-{start}")
    assert service.post("/v1/webhooks/weather", sent).status_code == 202
    service.work()


def test_before_any_storm_it_says_what_hangs_on_one_road(service: Service) -> None:
    found = service.get("/v1/fragility").json()
    by_road = {row["road"]: row for row in found["roads"]}
    valley = by_road["CG-4 (Valley Road)"]
    assert (valley["kind"], valley["towns"], valley["jobs"], valley["warnings"]) == ("road", ["B"], ["b"], [])
    assert found["last"] == []
    assert found["profile"] == "van", "as the fleet travels"
    assert any("outside the extract" in note for note in found["notes"])


def test_a_forecast_is_told_before_it_comes_true(service: Service) -> None:
    flood(service, "AB", at(15), at(18))
    found = service.get("/v1/fragility").json()
    assert [row["text"] for row in found["last"]] == [
        "one road left to B: CG-4 (Valley Road); flood warning from 15:00 to 18:00"
    ]
    assert found["roads"][0]["warnings"][0]["headline"] == "Flood on the valley road"
    assert found["isolated_now"] == []
    later = service.get(f"/v1/fragility?at={rfc3339(at(16))}").json()
    assert (later["isolated_now"], later["last"]) == (["B"], [])


def test_a_hazard_that_leaves_one_road_is_told_too(service: Service) -> None:
    flood(service, "CD", at(8), at(18))
    last = {row["town"]: row for row in service.get("/v1/fragility").json()["last"]}
    assert not last["D"]["always"]
    assert last["D"]["text"].startswith("one road left to D: ")
    assert list({row["town"] for row in service.get("/v1/fragility?place=d").json()["last"]}) == ["D"]


def test_a_job_that_is_done_hangs_on_nothing(service: Service) -> None:
    service.post("/v1/progress", [{"vehicle": "v1", "kind": "departed", "at": at(9), "job": "b"}])
    service.work()
    found = service.get("/v1/fragility?place=B").json()
    assert {job for row in found["roads"] for job in row["jobs"]} == set()


def test_what_is_not_there_is_refused(service: Service) -> None:
    for query, code in (("profile=boat", "E1207"), ("place=Atlantis", "E3001"), ("at=noon", "E1105")):
        assert service.get(f"/v1/fragility?{query}").json()["code"] == code
    few = service.get("/v1/fragility?limit=1").json()
    assert len(few["roads"]) == 1
    assert few["roads_beyond"] > 0


def test_who_has_it_already_is_told_so(service: Service) -> None:
    tag = service.get("/v1/fragility").headers["etag"]
    assert service.get("/v1/fragility", if_none_match=tag).status_code == 304
    flood(service, "AB", at(15), at(18))
    assert service.get("/v1/fragility", if_none_match=tag).status_code == 200


def test_without_a_fleet_the_roads_are_told_all_the_same() -> None:
    empty = Service()
    found = empty.get("/v1/fragility?place=B").json()["roads"]
    assert "CG-4 (Valley Road)" in [row["road"] for row in found]
    assert empty.get("/v1/overview").json()["ahead"][0]["text"].startswith("only one road leads to")


def test_pairs_are_told_once_they_were_found(tmp_path: Path) -> None:
    from vado.store.regions import Regions

    folder = Regions(tmp_path / "regions").save(TOWN)
    service = Service(home=str(tmp_path), region=TOWN.name)
    service.start()
    before = service.get("/v1/fragility").json()
    assert (before["pairs_known"], before["pairs"]) == (False, [])
    kept(folder, TOWN.content_hash, "van", lambda: fragility(TOWN, "van"))
    service.post("/v1/jobs", [job(TOWN, "e", "E")])
    service.work()
    after = service.get("/v1/fragility").json()
    assert after["pairs_known"]
    assert after["pairs"]
    assert after["roads"] != []


def test_the_api_and_the_command_line_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roads = region("andorra")
    (tmp_path / "regions").symlink_to(regions().info("andorra").path.parent)
    monkeypatch.setenv("VADO_HOME", str(tmp_path))
    (tmp_path / "flood.xml").write_bytes(arinsal_flood())
    now = at(9, 30)
    when = ["--at", rfc3339(now), "--json"]
    done = CliRunner().invoke(
        app, ["region", "fragility", "andorra", "--alerts", str(tmp_path / "flood.xml"), *when]
    )
    assert done.exit_code == 0, done.output
    by_hand: dict[str, Any] = json.loads(done.stdout)
    service = Service(town=roads, now=now, home=str(tmp_path), region="andorra")
    depot = {"start": list(DEPOT_ANDORRA), "end": list(DEPOT_ANDORRA)}
    assert service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A") | depot]).status_code == 202
    assert service.post("/v1/webhooks/weather", arinsal_flood()).status_code == 202
    service.work()
    served = service.get("/v1/fragility?limit=2000").json()
    for key in ("roads", "last", "isolated_now", "isolated_always", "from", "pairs"):
        assert served[key] == by_hand[key], key
    assert any(
        row["text"] == f"one road left to Arinsal: {ERTS_ROAD[1]}; flood warning from 10:00 to 20:00"
        for row in served["last"]
    )
    ahead = service.get("/v1/overview").json()["ahead"]
    assert ahead[0]["state"] == "closing"
    assert "Arinsal" in ahead[0]["text"]

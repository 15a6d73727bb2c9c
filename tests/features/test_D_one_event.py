"""One closure that two sources tell of: counted once, shut while either says so, doubted in the open."""

from __future__ import annotations

from typing import Any

import pytest

import drawn
from served import TOWN, Service, at
from vado.cli.towns import cut_words
from vado.exchange.standing import Judged
from vado.hazards.confidence import Standing
from vado.model.ids import AlertId, EdgeId, HazardId
from vado.model.snapshot import CutRoad, Told
from vado.model.when import rfc3339

MIDDLE = drawn.between(TOWN, "AB")


def closure(name: str, *, sent: int = at(9), **about: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(MIDDLE)}
    about = {"id": name, "sent": rfc3339(sent), "start": rfc3339(at(9)), **about}
    return {"type": "Feature", "properties": about, "geometry": geometry}


def told(service: Service, source: str, body: Any) -> None:
    answer = service.post(f"/v1/webhooks/{source}", body)
    assert answer.status_code == 202, answer.text
    service.work()


def twice(**settings: Any) -> Service:
    service = Service(now=at(9), **settings)
    service.start()
    told(service, "dgt", closure("works"))
    told(service, "police", closure("barrier"))
    return service


def town_b(service: Service, query: str = "") -> dict[str, Any]:
    return next(row for row in service.get(f"/v1/reach{query}").json()["places"] if row["name"] == "B")


def features(service: Service) -> dict[str, dict[str, Any]]:
    found = service.get("/v1/hazards").json()["features"]
    return {row["properties"]["evidence"][0]["source"]: row for row in found}


def test_the_cut_names_it_once_and_both_who_tell_of_it() -> None:
    service = twice()
    row = town_b(service)
    assert not row["reachable"]
    [line] = row["cut"]
    assert {line["alert"], *(other["alert"] for other in line["also"])} == {"works", "barrier"}
    assert [other["source"] for other in line["also"]] == ["police"]
    assert line["doubt"] == ""
    assert row["cut_proven"]


def test_hazards_share_the_event_and_each_keeps_its_evidence() -> None:
    made = features(twice())
    assert made["dgt"]["properties"]["event"] == made["police"]["properties"]["event"]
    assert made["dgt"]["properties"]["also_told_by"] == [made["police"]["id"]]
    assert made["police"]["properties"]["confidence"] > 0.95


def test_who_lifts_one_in_a_what_if_lifts_the_event() -> None:
    service = twice()
    answer = service.post("/v1/whatif", {"reopen": ["works"]}).json()
    assert len(answer["reopened"]) == 2
    assert [change["now"] for change in answer["changes"] if change["name"] == "B"] == ["open"]


def test_a_mirror_makes_nothing_surer() -> None:
    mirrored = features(twice(feeds={"dgt": {}, "police": {"mirrors": "dgt"}}))
    alone = Service(now=at(9))
    alone.start()
    told(alone, "dgt", closure("works"))
    one = features(alone)["dgt"]["properties"]["confidence"]
    assert mirrored["dgt"]["properties"]["confidence"] == one
    assert mirrored["dgt"]["properties"]["copied_by"] == [mirrored["police"]["id"]]
    assert mirrored["dgt"]["properties"]["also_told_by"] == []


def test_called_off_by_one_it_stays_shut_and_the_other_is_doubted() -> None:
    service = twice()
    service.now = at(10)
    told(service, "police", closure("barrier", sent=at(10), msg_type="Cancel"))
    row = town_b(service)
    assert not row["reachable"]
    [line] = row["cut"]
    assert (line["alert"], line["also"]) == ("works", [])
    assert line["doubt"] == "called off by police"
    overview = service.get("/v1/overview").json()
    [asked] = overview["ask"]
    assert [town["doubt"] for town in overview["towns"] if town["name"] == "B"] == [
        "CG-4 (Valley Road): called off by police"
    ]
    assert asked["text"] == "called off by police"
    assert "called off by police" in service.get("/").text


def test_what_its_own_source_has_called_off_and_tells_again_is_no_dispute() -> None:
    service = twice()
    told(service, "police", closure("barrier", sent=at(10), msg_type="Cancel"))
    told(service, "police", closure("again", sent=at(11)))
    assert all(feature["properties"]["called_off_by"] == [] for feature in features(service).values())


def test_a_day_later_nobody_speaks_of_it_any_more() -> None:
    service = twice()
    told(service, "police", closure("barrier", sent=at(10), msg_type="Cancel"))
    service.now = at(10) + 25 * 3600
    told(service, "dgt", closure("works", sent=at(10) + 24 * 3600))
    assert features(service)["dgt"]["properties"]["called_off_by"] == []
    assert not town_b(service)["reachable"]


def test_long_without_a_word_the_cut_says_how_sure_it_is() -> None:
    service = Service(now=at(9))
    service.start()
    told(service, "dgt", closure("works"))
    service.now = at(9) + 28 * 86_400
    told(service, "other", closure("elsewhere", geometry=None) | {
        "geometry": {"type": "Point", "coordinates": list(drawn.between(TOWN, "EF"))}
    })  # fmt: skip
    [line] = town_b(service)["cut"]
    assert line["confidence"] == pytest.approx(0.25, abs=0.01)
    assert line["doubt"] == "25% sure, last told 28 days ago"


def test_the_ledger_seals_who_else_told_of_it_and_news_says_so() -> None:
    service = Service(now=at(9))
    service.start()
    body = {"type": "FeatureCollection", "features": [closure("works")]}
    assert service.post("/v1/webhooks/dgt", body).status_code == 202
    assert service.post("/v1/webhooks/police", closure("barrier")).status_code == 202
    service.work()  # both at once: the town is cut by an event that two tell of
    changes = [c for c in service.get("/v1/reach?since=0").json()["changes"] if c["name"] == "B"]
    [line] = changes[-1]["cut"]
    assert [other["source"] for other in line["also"]] == ["police"]


def test_the_command_line_says_who_else_and_what_is_doubtful() -> None:
    told = (Told(hazard=HazardId("h2"), alert=AlertId("p,2"), source="police"),)
    cut = CutRoad(hazard=HazardId("h1"), alert=AlertId("d,1"), road="CG-4", edge=EdgeId(0), kind="closure",
                  also=told)  # fmt: skip
    standing = Standing(confidence=0.3, told_s=0, faded=True, disputed=(HazardId("h3"),))
    judged = Judged(standings={cut.hazard: standing}, sources={HazardId("h3"): "driver"}, now_s=3 * 86_400)
    assert cut_words([cut]) == "CG-4: closure [1] (also told by police)"
    assert cut_words([cut], judged) == (
        "CG-4: closure [1] (also told by police; 30% sure, last told 3 days ago; driver says otherwise)"
    )

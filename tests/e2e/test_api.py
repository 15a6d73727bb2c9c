"""The HTTP API from outside: what is posted, what the worker makes of it, what is read out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise

import pytest

import drawn
from served import TOWN, Service, at, cap, job, vehicle
from vado.api import schemas, schemas_feeds, schemas_reach
from vado.exchange.plan import write_plan
from vado.model.inbox import InboxKind
from vado.model.when import rfc3339


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def stormy(service: Service) -> Service:
    """B is cut off from 10:00 to 18:00; `b` can only be served from 11:00 on."""
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    late = job(TOWN, "b", "B", time_windows=[[rfc3339(at(11)), rfc3339(at(13))]])
    service.post("/v1/jobs", [late, job(TOWN, "d", "D")])
    service.work()
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(18)))
    service.work()
    return service


def token_path(service: Service, name: str) -> str:
    rows = service.get("/v1/jobs").json()["jobs"]
    url = next(row["tracking"] for row in rows if row["id"] == name)
    return str(url).removeprefix(service.settings.url)


# --- the walk ---


def test_jobs_and_vehicles_become_a_plan(service: Service) -> None:
    service.start("b@B d@D")
    plan = service.get("/v1/plan").json()
    assert plan["version"] == 1
    assert [route["vehicle"] for route in plan["routes"]] == ["v1"]
    stops = [stop["job"] for stop in plan["routes"][0]["stops"] if stop["job"]]
    assert sorted(stops) == ["b", "d"]
    assert plan["unassigned"] == []


def test_the_plan_drives_the_roads_that_osm_names(service: Service) -> None:
    """Edges of the anchored roads are named right: each leg hangs together from stop to stop."""
    middle = list(drawn.between(TOWN, "EF"))  # a stop inside a road: the anchored roads have more edges
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    service.post("/v1/jobs", [{"id": "m", "location": middle}, job(TOWN, "b", "B")])
    step = service.work()[-1]
    told = service.get("/v1/plan").json()
    by_engine = write_plan(service.world.plan, step.problem, step.snapshot.roads)  # type: ignore[arg-type]
    assert told["routes"] == by_engine["routes"]
    edges = [edge for leg in told["routes"][0]["legs"] for edge in leg["edges"]]
    assert edges[0][1] == ord("A")
    assert edges[-1][2] == ord("A")
    assert all(before[2] == after[1] for before, after in pairwise(edges))


@pytest.mark.parametrize("road", ["EF", "CD", "AB"])
def test_a_plan_that_stands_is_still_named_right_when_stops_come_and_go(service: Service, road: str) -> None:
    """A position inside a road is a stop too: the anchored roads are others than when the plan was made."""
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    middle = list(drawn.between(TOWN, "EF", 0.3))
    service.post("/v1/jobs", [{"id": "m", "location": middle}, job(TOWN, "b", "B")])
    service.work()
    where = list(drawn.between(TOWN, road))
    service.post("/v1/progress", {"vehicle": "v1", "kind": "position", "at": at(9), "location": where})
    step = service.work(at(9, 1))[-1]
    by_engine = write_plan(service.world.plan, step.problem, step.snapshot.roads)  # type: ignore[arg-type]
    told = service.get("/v1/plan").json()
    assert told["routes"] == by_engine["routes"]
    for route in told["routes"]:
        edges = [edge for leg in route["legs"] for edge in leg["edges"]]
        assert all(before[2] == after[1] for before, after in pairwise(edges))


def test_an_alert_holds_the_job_and_names_message_road_and_town(stormy: Service) -> None:
    held = stormy.get("/v1/plan").json()["unassigned"]
    assert [item["id"] for item in held] == ["b"]
    text = held[0]["reasons"][0]["text"]
    assert "CG-4" in text
    assert "B" in text
    assert held[0]["reasons"][0]["evidence"][0]["alert"] == "flood-1"
    assert [row["id"] for row in stormy.get("/v1/jobs?state=held").json()["jobs"]] == ["b"]


def test_reach_says_until_when_and_what_cuts_it(stormy: Service) -> None:
    now = stormy.get("/v1/reach?place=b").json()["places"]
    assert [(row["reachable"], row["until"]) for row in now] == [(True, rfc3339(at(10)))]
    assert now[0]["cut"][0]["road"] == "CG-4 (Valley Road)"
    then = stormy.get(f"/v1/reach?place=B&at={at(11)}").json()
    assert then["at"] == rfc3339(at(11))
    assert [row["reachable"] for row in then["places"]] == [False]
    after = stormy.get("/v1/reach?place=B&at=2026-01-10T18:00:00Z").json()["places"]
    assert [row["reachable"] for row in after] == [True]


def test_reach_as_geojson_and_by_profile(stormy: Service) -> None:
    answer = stormy.get("/v1/reach?profile=van", accept="application/geo+json")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert {f["properties"]["name"] for f in features} == set("ABCDEF")
    assert features[0]["geometry"]["type"] == "Point"
    asked = stormy.get("/v1/reach?profile=van&format=geojson")
    assert (asked.headers["content-type"], asked.content) == ("application/geo+json", answer.content)
    plain = stormy.get("/v1/reach?profile=van&format=json", accept="application/geo+json")
    assert plain.headers["content-type"] == "application/json"
    places = {row["name"]: row for row in plain.json()["places"]}
    for feature in features:
        row = places[feature["properties"]["name"]]
        assert feature["geometry"]["coordinates"] == [row.pop("lon"), row.pop("lat")]
        assert feature["properties"] == row, "in and out, the times, are in both"
    assert all(f["properties"]["in"] for f in features)
    assert stormy.get("/v1/reach?format=kml").status_code == 422
    content = stormy.get("/openapi.json").json()["paths"]["/v1/reach"]["get"]["responses"]["200"]["content"]
    assert content["application/geo+json"]["schema"]["$ref"].endswith("/GeoCollection")
    assert "application/json" in content
    wrong = stormy.get("/v1/reach?profile=boat")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "E1207")


def test_what_is_new_about_the_towns_is_told_since_a_version(stormy: Service) -> None:
    told = stormy.get("/v1/reach?since=0").json()
    assert told["version"] == stormy.world.version
    assert not told["more"]
    assert [(c["name"], c["was"], c["now"], c["from"]) for c in told["changes"]] == [
        ("B", "open", "cut off", rfc3339(at(10)))
    ]
    assert told["changes"][0]["cut"][0]["road"] == "CG-4 (Valley Road)"
    assert "B for vans: cut off from" in told["changes"][0]["text"]
    again = stormy.get(f"/v1/reach?since={told['version']}").json()
    assert (again["changes"], again["version"]) == ([], told["version"])


def test_a_what_if_is_answered_and_changes_nothing(stormy: Service) -> None:
    version, head = stormy.world.version, stormy.world.head
    hazard = stormy.world.hazards.hazards[0]
    asked = json.dumps({"reopen": [hazard.id], "close": ["Valley Road"]}).encode()
    answer = stormy.send("POST", "/v1/whatif", content=asked)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["reopened"], said["closed"]) == ([hazard.id], ["Valley Road"])
    assert next((c["name"], c["now"], c["from"]) for c in said["changes"]) == ("B", "cut off", said["at"])
    assert said["towns"] == [
        {
            "names": ["B"],
            "better": False,
            "text": "cut off now",
            "was": "cut off from 10:00; open again from 18:00",
        }
    ]
    assert [(row["label"], row["road"]) for row in said["shut"]] == [("Valley Road", "CG-4 (Valley Road)")]
    assert said["shut"][0]["lines"]
    assert stormy.get("/v1/map").json()["names"] == ["CG-4 (Valley Road)"]
    lifted = stormy.post("/v1/whatif", {"reopen": [hazard.id]}).json()
    assert [(row["names"], row["better"], row["text"]) for row in lifted["towns"]] == [(["B"], True, "open")]
    assert stormy.send("POST", "/v1/whatif", content=b'{"close": ["Nowhere"]}').json()["code"] == "E1210"
    assert stormy.send("POST", "/v1/whatif", content=b"{}").json()["code"] == "E1003"
    assert (stormy.world.version, stormy.world.head) == (version, head)


def test_hazards_and_closures_are_geojson_with_evidence(stormy: Service) -> None:
    hazard = stormy.get("/v1/hazards").json()["features"][0]
    assert hazard["geometry"]["type"] == "Polygon"
    assert hazard["properties"]["evidence"][0]["alert"] == "flood-1"
    assert not hazard["properties"]["in_force"]
    closure = stormy.get("/v1/closures").json()["features"][0]
    assert closure["geometry"]["coordinates"]
    assert closure["properties"]["roads"] == "CG-4 (Valley Road)"
    assert closure["properties"]["action"] == "shut"
    assert stormy.get("/v1/closures").headers["content-type"] == "application/geo+json"


def test_time_alone_moves_the_world_on(stormy: Service) -> None:
    before = stormy.get("/v1/overview").json()
    assert [(t["name"], t["state"]) for t in before["towns"] if t["state"] != "open"] == [("B", "closing")]
    assert before["counts"]["towns_cut"] == 0
    stormy.work(at(10))
    after = stormy.get("/v1/overview").json()
    assert [(t["name"], t["state"]) for t in after["towns"] if t["state"] != "open"] == [("B", "cut")]
    assert after["towns"][0]["text"].startswith("cut off now; open again from 18:00; flood on CG-4")
    assert after["closed"][0]["in_force"]


def test_a_cancel_brings_the_job_back(stormy: Service) -> None:
    references = [f"warnings@example.org,flood-1,{rfc3339(at(9)).replace('Z', '+00:00')}"]
    body = cap(TOWN, "AB", start=at(10), end=at(18), name="flood-2", sent=at(9, 30), msg_type="Cancel",
               references=references)  # fmt: skip
    stormy.now = at(9, 30)
    assert stormy.post("/v1/webhooks/weather", body).status_code == 202
    stormy.work()
    assert stormy.get("/v1/plan").json()["unassigned"] == []
    assert stormy.get("/v1/hazards").json()["features"] == []


def test_a_closure_drawn_by_a_dispatcher(service: Service) -> None:
    service.start("b@B")
    lon, lat = drawn.between(TOWN, "AB")
    closure = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"id": "tree", "effect": "shut", "start": rfc3339(at(9)), "reason": "fallen tree"},
    }
    assert service.post("/v1/closures", closure).status_code == 202
    service.work()
    assert service.get("/v1/feeds").json()["feeds"][0]["source"] == "closures"
    assert [item["id"] for item in service.get("/v1/plan").json()["unassigned"]] == ["b"]


def test_progress_is_told_and_shown(service: Service) -> None:
    paths = service.start("d@D")
    reports = [
        {"vehicle": "v1", "kind": "arrived", "at": rfc3339(at(9, 2)), "job": "d"},
        {"vehicle": "v1", "kind": "departed", "at": rfc3339(at(9, 4)), "job": "d"},
    ]
    first = service.post("/v1/progress", reports)
    assert first.status_code == 202
    assert service.post("/v1/progress", reports).json() == {**first.json(), "duplicate": True}
    service.work(at(9, 5))
    assert service.get("/v1/vehicles").json()["vehicles"][0]["done"] == ["d"]
    assert service.get("/v1/jobs").json()["jobs"][0]["state"] == "delivered"
    track = service.get("/v1" + paths["d"]).json()
    assert track["state"] == "delivered"
    assert len(track["history"]) == 2


def test_shipments_as_an_array_have_one_page_for_both_halves(service: Service) -> None:
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A", capacity=[4])])
    halves = {"pickup": job(TOWN, "1", "C"), "delivery": job(TOWN, "2", "D")}
    halves = {half: {k: v for k, v in row.items() if k != "id"} for half, row in halves.items()}
    answer = service.post("/v1/shipments", [{"id": "s7", "amount": [1], **halves}])
    assert list(answer.json()["tracking"]) == ["s7"]
    service.work()
    rows = service.get("/v1/jobs").json()["jobs"]
    assert [row["id"] for row in rows] == ["s7/delivery", "s7/pickup"]
    assert {row["tracking"] for row in rows} == set(answer.json()["tracking"].values())


def test_a_job_is_taken_away(service: Service) -> None:
    paths = service.start("b@B d@D")
    assert service.send("DELETE", "/v1/jobs/b").status_code == 202
    service.work()
    assert [row["id"] for row in service.get("/v1/jobs").json()["jobs"]] == ["d"]
    assert service.get("/v1" + paths["b"]).json()["state"] == "cancelled"
    again = service.send("DELETE", "/v1/jobs/b")
    assert (again.status_code, again.json()["code"]) == (404, "E3001")


def test_a_job_that_was_taken_away_can_come_again_with_the_same_bytes(service: Service) -> None:
    service.start("b@B")
    service.send("DELETE", "/v1/jobs/b")
    service.work()
    service.post("/v1/jobs", [job(TOWN, "b", "B")])
    service.work()
    assert [row["state"] for row in service.get("/v1/jobs").json()["jobs"]] == ["planned"]


def test_a_job_id_used_again_is_another_recipients(service: Service) -> None:
    """Who was told of the first parcel must learn nothing of the second; at no moment."""
    old = service.start("b@B")["b"]
    reports = [
        {"vehicle": "v1", "kind": "arrived", "at": rfc3339(at(9, 2)), "job": "b"},
        {"vehicle": "v1", "kind": "departed", "at": rfc3339(at(9, 4)), "job": "b"},
    ]
    service.post("/v1/progress", reports)
    service.work(at(9, 5))
    service.send("DELETE", "/v1/jobs/b")
    service.work()
    assert service.get("/v1" + old).json()["state"] == "delivered", "until the id is used again"

    url = service.post("/v1/jobs", [job(TOWN, "b", "F")]).json()["tracking"]["b"]
    new = str(url).removeprefix(service.settings.url)
    for state in ("received", "planned"):
        assert new != old
        assert service.get("/v1" + old).status_code == 404
        track = service.get("/v1" + new).json()
        assert (track["state"], track["history"]) == (state, [])
        service.work()


@pytest.mark.parametrize("work", [True, False], ids=["step", "no step"])
def test_also_when_the_worker_has_not_seen_the_removal(service: Service, work: bool) -> None:
    old = service.start("b@B")["b"]
    service.post("/v1/jobs", {"remove": ["b"]})
    if work:
        service.work()
    url = service.post("/v1/jobs", [job(TOWN, "b", "F")]).json()["tracking"]["b"]
    new = str(url).removeprefix(service.settings.url)
    track = service.get("/v1" + new).json()
    assert (track["state"], track["place"], track["expected_from"]) == ("received", "", None)
    assert service.get("/v1" + old).status_code == 404
    service.work()
    assert service.get("/v1" + new).json()["expected_from"] is not None


def test_a_job_put_at_a_mended_address_keeps_its_page(service: Service) -> None:
    path = service.start("b@B")["b"]
    again = service.post("/v1/jobs", [job(TOWN, "b", "F")]).json()["tracking"]["b"]
    assert again == service.settings.url + path
    service.work()
    assert service.get("/v1" + path).json()["expected_from"] is not None


# --- idempotency ---


def test_an_idempotency_key_is_kept_and_guarded(service: Service) -> None:
    body, key = [job(TOWN, "b", "B")], {"Idempotency-Key": "k-1"}
    first, second = service.post("/v1/jobs", body, key), service.post("/v1/jobs", body, key)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json() == {**first.json(), "duplicate": True}
    other = service.post("/v1/jobs", [job(TOWN, "c", "C")], key)
    assert (other.status_code, other.json()["code"]) == (409, "E1109")
    assert len(service.store.pending(service.parts_world, limit=9)) == 1


def test_the_same_webhook_again_has_no_effect(service: Service) -> None:
    body = cap(TOWN, "AB", start=at(10), end=at(18))
    for headers in ({"webhook-id": "m1"}, {"ce-id": "m1", "ce-source": "x"}, {}):
        first = service.post("/v1/webhooks/weather", body, headers)
        again = service.post("/v1/webhooks/weather", body, headers)
        assert [first.json()["duplicate"], again.json()["duplicate"]] == [False, True]
        assert again.status_code == 202


@pytest.mark.parametrize("headers", [{"webhook-id": "m1"}, {}], ids=["header", "identifier"])
def test_the_same_id_with_another_body_is_refused_and_the_world_hears_of_it(
    service: Service, headers: dict[str, str]
) -> None:
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(18)), headers)
    other = service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(19)), headers)
    assert (other.status_code, other.json()["code"]) == (409, "E1109")
    service.work()
    feed = service.get("/v1/feeds").json()["feeds"][0]
    assert feed["degraded"]
    assert "E1109" in feed["faults"][0]


def test_a_clock_that_runs_ahead_does_not_silence_the_closures_that_follow(service: Service) -> None:
    """A cancel and a milder version, dated in the evening, and then the road is shut after all."""
    service.start("b@B")
    wrong = cap(TOWN, "AB", start=at(9), end=at(18), name="x", sent=at(23), msg_type="Cancel",
                references=("warnings@example.org,flood-1,2026-01-10T08:00:00+00:00",))  # fmt: skip
    answer = service.post("/v1/webhooks/weather", wrong)
    assert "still to come" in answer.json()["notes"][0]
    mild = cap(TOWN, "CD", start=at(9), end=at(18), name="y", sent=at(20), severity="Moderate")
    service.post("/v1/webhooks/weather", mild, {"webhook-id": "1"})
    service.work()
    service.now = at(9, 5)
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(9), end=at(18), sent=at(9, 5)))
    hard = cap(TOWN, "CD", start=at(9), end=at(18), name="y", sent=at(9, 5))
    service.post("/v1/webhooks/weather", hard, {"webhook-id": "2"})
    service.work()
    rows = service.get("/v1/hazards").json()["features"]
    told = [row for row in rows if "/after" not in row["id"]]
    assert {row["id"]: row["properties"]["severity"] for row in told} == {
        "warnings@example.org,flood-1#0": "Extreme",
        "warnings@example.org,y#0": "Extreme",
    }
    assert [item["id"] for item in service.get("/v1/plan").json()["unassigned"]] == ["b"]


def test_a_feed_that_is_understood_again_is_well_again(service: Service) -> None:
    service.start("b@B")
    service.post("/v1/webhooks/roads", b"junk")
    service.post("/v1/webhooks/weather", b"junk")
    service.work()
    assert service.get("/health").json()["status"] == "degraded"
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(18)))
    service.work()
    health = service.get("/health").json()
    assert [fault.partition(":")[0] for fault in health["faults"]] == ["roads"]
    feeds = {row["source"]: row for row in service.get("/v1/feeds").json()["feeds"]}
    assert {name: row["degraded"] for name, row in feeds.items()} == {"roads": True, "weather": False}
    assert len(feeds["weather"]["faults"]) == 1, "it can still be read"
    service.post("/v1/webhooks/roads", cap(TOWN, "CD", start=at(10), end=at(18), name="x"))
    service.work()
    assert service.get("/health").json()["status"] == "ok"


def test_no_town_and_no_road_is_plainly_open_before_anybody_spoke(service: Service) -> None:
    service.start("b@B")
    places = service.get("/v1/reach").json()["places"]
    assert {(row["state"], row["unknown"], *row["unknown_why"]) for row in places} == {
        ("unknown", True, "no source that is heard speaks for this place")
    }
    assert {row["state"] for row in service.get("/v1/edges?road=CG-4").json()["edges"]} == {"unknown"}
    assert {row["unknown"] for row in service.get("/v1/overview").json()["towns"]} == {True}
    first = service.get("/v1/reach").headers["etag"]
    service.post("/v1/webhooks/weather", cap(TOWN, "CD", start=at(10), end=at(18)))
    service.work()
    assert service.get("/v1/reach", if_none_match=first).status_code == 200
    assert {row["state"] for row in service.get("/v1/reach").json()["places"]} == {"open"}
    assert {row["state"] for row in service.get("/v1/edges?road=CG-4").json()["edges"]} == {"open"}
    assert {row["unknown"] for row in service.get("/v1/overview").json()["towns"]} == {False}


def test_no_town_is_plainly_open_while_a_hazard_cannot_be_placed(service: Service) -> None:
    service.start("b@B")

    def unclear(query: str = "") -> tuple[set[bool], set[bool]]:
        reach = service.get(f"/v1/reach{query}").json()["places"]
        return {row["unknown"] for row in reach}, {
            row["unknown"] for row in service.get("/v1/overview").json()["towns"]
        }

    shaped = cap(TOWN, "CD", start=at(10), end=at(18))
    service.post("/v1/webhooks/weather", cap(TOWN, "EF", start=at(10), end=at(18), name="placed"))
    service.work()
    assert unclear() == ({False}, {False})
    codes = b"<geocode><valueName>EMMA_ID</valueName><value>ZZ012</value></geocode>"
    bare = re.sub(rb"<polygon>.*</polygon>", codes, shaped, flags=re.DOTALL)
    assert bare != shaped
    service.post("/v1/webhooks/weather", bare)
    service.work()
    assert unclear() == ({True}, {True})
    assert {row["reachable"] for row in service.get("/v1/reach").json()["places"]} == {True}
    assert unclear(f"?at={at(12)}")[0] == {True}
    assert [unclear(f"?at={at(hour)}")[0] for hour in (9, 10, 17, 18)] == [{False}, {True}, {True}, {False}]
    points = service.get("/v1/reach", accept="application/geo+json").json()["features"]
    assert {point["properties"]["unknown"] for point in points} == {True}


# --- tracking ---


def test_a_recipient_sees_state_reason_and_nothing_of_others(stormy: Service) -> None:
    page = stormy.get(token_path(stormy, "b"), accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    text = page.text
    assert text.index("Waiting") < text.index("<h1>") < text.index("CG-4")
    assert "<script" not in text
    assert "style=" not in text
    for secret in ("v1", ">d<", "flood-1", "warnings@"):
        assert secret not in text
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_page_with_its_style_is_small(stormy: Service) -> None:
    page = stormy.get(token_path(stormy, "b"), accept="text/html").content
    style = stormy.get("/static/vado.css").content
    assert len(page) + len(style) + len(stormy.get("/static/icon.svg").content) < 50_000


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [("", "", "en"), ("?lang=es", "en", "es"), ("", "de, ca;q=0.8, en;q=0.5", "ca"), ("", "pt-BR", "pt"),
     ("?lang=xx", "es", "es"), ("", ";q=, ,q", "en")],
)  # fmt: skip
def test_tracking_speaks_the_recipients_language(
    stormy: Service, query: str, header: str, language: str
) -> None:
    path = token_path(stormy, "b") + query
    answer = stormy.get("/v1" + path, accept_language=header).json()
    assert answer["language"] == language
    page = stormy.get(path, accept="text/html", accept_language=header).text
    assert f'<html lang="{language}">' in page
    assert answer["headline"].replace("'", "&#39;") in page


def test_times_are_told_where_the_recipient_lives() -> None:
    service = Service(time_zone="Europe/Andorra")  # UTC+1 in January
    paths = service.start("d@D")
    assert "10:00" in service.get("/v1" + paths["d"]).json()["headline"]
    assert "Europe/Andorra" in service.get(paths["d"], accept="text/html").text


def test_a_job_is_received_before_the_worker_has_seen_it(service: Service) -> None:
    url = service.post("/v1/jobs", [job(TOWN, "b", "B")]).json()["tracking"]["b"]
    path = url.removeprefix(service.settings.url)
    assert service.get("/v1" + path).json()["state"] == "received"


def test_a_wrong_token_tells_nothing(service: Service) -> None:
    service.start("b@B")
    answer = service.get("/v1/track/AAAAAAAAAAAAAAAAAAAAAA")
    assert (answer.status_code, answer.json()["code"]) == (404, "E3001")
    assert "AAAA" not in answer.text


# --- reading again ---


@pytest.mark.parametrize(
    "path", ["/v1/plan", "/v1/reach", "/v1/hazards", "/v1/closures", "/v1/overview", "/v1/map", "track"]
)
def test_who_has_it_is_told_so(stormy: Service, path: str) -> None:
    path = "/v1" + token_path(stormy, "b") if path == "track" else path
    first = stormy.get(path)
    same = stormy.get(path, if_none_match=first.headers["etag"])
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    assert same.headers["etag"] == first.headers["etag"]


def test_a_new_version_has_a_new_tag(stormy: Service) -> None:
    paths = ["/v1/plan", "/v1/reach", "/v1/overview"]
    before = [stormy.get(path).headers["etag"] for path in paths]
    stormy.work(at(10))
    after = [stormy.get(path, if_none_match=tag) for path, tag in zip(paths, before, strict=True)]
    assert [answer.status_code for answer in after] == [200, 200, 200]


# --- decisions ---


def test_decisions_are_told_in_sentences_and_in_full(stormy: Service) -> None:
    listed = stormy.get("/v1/decisions").json()["decisions"]
    assert [row["seq"] for row in listed] == [1, 2]
    assert listed[1]["sentence"].startswith(
        "Alert “Flood on the valley road” came in. Planned anew: 1 job held"
    )
    one = stormy.get("/v1/decisions/2").json()
    assert one["prev"] == listed[0]["hash"]
    assert one["record"]["seq"] == 2


def test_decisions_are_read_in_pages(stormy: Service) -> None:
    stormy.work(at(10))
    stormy.work(at(18))
    first = stormy.get("/v1/decisions?after=0&limit=3").json()
    assert [row["seq"] for row in first["decisions"]] == [1, 2, 3]
    rest = stormy.get(f"/v1/decisions?limit=3&after={first['next_after']}").json()
    assert ([row["seq"] for row in rest["decisions"]], rest["next_after"]) == ([4], None)


def test_an_old_plan_is_found_also_where_the_plan_was_left(stormy: Service) -> None:
    stormy.post("/v1/webhooks/weather", b"junk")  # a feed failed: nothing to plan anew
    stormy.work()
    newest = stormy.get("/v1/plans/3").json()
    assert newest["decided_by"] == 2
    assert newest["plan"] == stormy.get("/v1/plans/2").json()["plan"]
    assert stormy.get("/v1/plans/1").json()["plan_hash"] != newest["plan_hash"]
    assert stormy.get("/v1/plans/4").status_code == 404


# --- the service ---


def test_health_before_and_after_the_first_step(service: Service) -> None:
    assert service.get("/health").json()["status"] == "ok"
    assert service.get("/v1/plan").json()["code"] == "E3003"
    for path in ("/", "/v1/overview", "/v1/reach", "/v1/jobs", "/v1/closures", "/v1/decisions"):
        assert service.get(path).status_code == 200, path
    assert service.get("/ready").json() == {"ready": True, "missing": []}


def test_a_dead_worker_is_shown() -> None:
    service = Service(alive=False)
    assert service.get("/health").json()["worker"] == "dead"
    assert service.get("/health").json()["status"] == "degraded"
    assert service.get("/ready").status_code == 503
    assert "nobody decides" in service.get("/v1/overview").json()["status"]["text"]


def test_a_feed_that_failed_is_shown(service: Service) -> None:
    service.post("/v1/webhooks/weather", b"<alert")
    service.work()
    assert service.get("/health").json()["status"] == "degraded"
    assert service.get("/v1/feeds").json()["feeds"][0]["degraded"]
    assert "not surely clear" in service.get("/").text


def test_other_roads_than_the_worlds_are_not_taken_for_them(service: Service) -> None:
    service.start("b@B")
    other = Service(town=drawn.roads("A---B"), store=service.store, now=at(9), work=False)
    answer = other.get("/v1/plan")
    assert (answer.status_code, answer.json()["code"]) == (409, "E3007")


# --- pages and the document ---


def test_the_overview_page_says_in_words_what_the_map_shows(stormy: Service) -> None:
    page = stormy.get("/").text
    assert "<i>cut off from 10:00;</i> <i>open again from 18:00</i>" in page
    assert "flood on CG-4 (Valley Road)" in page
    assert "Waiting, and why" in page
    assert token_path(stormy, "b") in page


@pytest.mark.parametrize("path", ["/", "/docs", "/errors", "/errors/E1202", "/v1/plan", "/nothing"])
def test_browsers_are_kept_from_doing_more(stormy: Service, path: str) -> None:
    answer = stormy.get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.headers["content-type"].startswith("text/html"):
        for inline in ("<script>", "<style", "style=", "onclick", "http://www", "https://"):
            assert inline not in answer.text.replace("http://127.0.0.1", ""), inline


def test_each_operation_is_described_with_its_errors(service: Service) -> None:
    document = service.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            if path in ("/health", "/ready"):
                continue
            assert {"500", "503"} <= set(operation["responses"]), (method, path)
            if method == "post":
                kinds = operation["requestBody"]["content"].values()
                assert all(kind.get("examples") or kind.get("example") for kind in kinds), path
                assert "422" in operation["responses"], path


def test_each_reference_in_the_document_leads_somewhere(service: Service) -> None:
    text = service.get("/openapi.json").text
    document = service.get("/openapi.json").json()
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])


def test_the_examples_of_the_document_are_accepted(service: Service) -> None:
    """Moved to the town, for they lie in Andorra."""
    document = service.get("/openapi.json").json()
    here = iter([list(drawn.lonlat(TOWN, letter)) for letter in "ABCD"] * 10)

    def moved(value: object) -> object:
        if isinstance(value, dict):
            return {k: next(here) if k in ("location", "start", "end") and isinstance(v, list) else moved(v)
                    for k, v in value.items()}  # fmt: skip
        return [moved(item) for item in value] if isinstance(value, list) else value

    for path in ("/v1/vehicles", "/v1/jobs", "/v1/shipments", "/v1/progress"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            answer = service.post(path, moved(example["value"]))
            assert answer.status_code == 202, answer.text
    for kind, content in document["paths"]["/v1/closures"]["post"]["requestBody"]["content"].items():
        body = content["example"]
        answer = service.post("/v1/webhooks/x", body.encode() if isinstance(body, str) else body)
        assert answer.status_code == 202, (kind, answer.text)


def test_what_goes_out_has_the_shape_that_is_described(stormy: Service) -> None:
    stormy.work(at(10))
    shapes = {
        "/v1/plan": schemas.PlanOut,
        "/v1/plans/2": schemas.SealedPlanOut,
        "/v1/jobs": schemas.JobsOut,
        "/v1/vehicles": schemas.VehiclesOut,
        "/v1/hazards": schemas.GeoCollection,
        "/v1/closures": schemas.GeoCollection,
        "/v1/reach": schemas_reach.ReachOut,
        "/v1/feeds": schemas_feeds.FeedsOut,
        "/v1/decisions": schemas.DecisionsOut,
        "/v1/decisions/2": schemas.DecisionOut,
        "/v1/overview": schemas.OverviewOut,
        "/v1/map": schemas.MapOut,
        "/v1" + token_path(stormy, "b"): schemas.TrackOut,
        "/health": schemas.HealthOut,
        "/ready": schemas.ReadyOut,
        "/nothing": schemas.Problem,
    }
    for path, shape in shapes.items():
        shape.model_validate_json(stormy.get(path).content)


def test_the_api_does_not_load_the_solver() -> None:
    """OR-Tools holds Python's lock while it searches; a process that answers must not have it."""
    code = "import sys, vado.api.main; print('ortools' in sys.modules, 'vado.engine' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_each_kind_of_row_is_understood_by_the_worker(stormy: Service) -> None:
    """What the API lets in, the worker takes in: nothing it acknowledged is set aside."""
    where = list(drawn.lonlat(TOWN, "C"))
    stormy.post("/v1/progress", {"vehicle": "v1", "kind": "position", "at": at(9, 1), "location": where})
    stormy.send("DELETE", "/v1/jobs/d")
    stormy.post("/v1/webhooks/weather", b"junk")
    kinds = {row.kind for row in stormy.store.pending(stormy.parts_world, limit=99)}
    assert kinds == {InboxKind.PROGRESS, InboxKind.JOBS, InboxKind.FAULT}
    stormy.work()
    assert stormy.store.quarantined(stormy.parts_world) == ()

"""Bad input over HTTP: a clear problem with code, cause and action, all faults at once, nothing applied."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from served import TOWN, Service, at, cap, job, vehicle
from vado.api import errors
from vado.errors import CODES, OutsideError
from vado.model.when import rfc3339

SECRET, OTHER = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
SEA = [3.0, 41.0]


@pytest.fixture
def service() -> Service:
    return Service()


def assert_problem(answer: httpx.Response, status: int, *codes: str) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "code", "cause", "action", "field", "faults"} <= set(told)
    assert told["status"] == status
    assert all(fault["cause"] and fault["action"] for fault in told["faults"])
    assert tuple(fault["code"] for fault in told["faults"]) == codes
    return told


def pending(service: Service) -> int:
    return service.store.count_pending(service.parts_world)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><alert>&b;</alert>"""


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "field"),
    [
        ("jobs", {"id": 1, "location": SEA}, 422, "E1202", "jobs[0].location"),
        ("jobs", {"id": 1, "location": [1.5]}, 422, "E1004", "jobs[0].location"),
        ("jobs", {"id": 1}, 422, "E1213", "jobs[0].location"),
        ("jobs", {"location": [1.5, 42.5]}, 422, "E1003", "jobs[0].id"),
        ("jobs", {"id": 1, "location": [1.5, 42.5], "time_windows": [[20, 10]]}, 422, "E1201",
         "jobs[0].time_windows[0]"),
        ("jobs", {"id": 1, "location": [1.5, 42.5], "skills": [9]}, 422, "E1204", "jobs[0].skills"),
        ("jobs", {"id": 1, "location": [1.5, 42.5], "delivery": [1]}, 422, "E1203", "jobs[0].delivery"),
        ("vehicles", {"id": "x", "start": SEA}, 422, "E1202", "vehicles[0].start"),
        ("vehicles", {"id": "x"}, 422, "E1208", "vehicles[0]"),
        ("vehicles", {"id": "x", "start": [1.5, 42.5], "profile": "boat"}, 422, "E1207",
         "vehicles[0].profile"),
        ("progress", {"vehicle": "ghost", "kind": "departed", "job": "b", "at": 1}, 422, "E1210",
         "reports[0].vehicle"),
        ("progress", {"vehicle": "v1", "kind": "departed", "job": "ghost", "at": 1}, 422, "E1210",
         "reports[0].job"),
        ("progress", {"vehicle": "v1", "kind": "flew", "job": "b", "at": 1}, 422, "E1004", "reports[0].kind"),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_field(
    service: Service, path: str, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    service.start("b@B")
    told = assert_problem(service.post(f"/v1/{path}", [body]), status, code)
    assert told["field"] == field
    assert pending(service) == 0


def test_all_faults_of_a_batch_are_named_and_none_of_it_is_taken(service: Service) -> None:
    good, far = job(TOWN, "good", "B"), {"id": "far", "location": SEA}
    told = assert_problem(service.post("/v1/jobs", [good, far, {**far, "id": "far2"}]), 422, "E1202", "E1202")
    assert [fault["field"] for fault in told["faults"]] == ["jobs[1].location", "jobs[2].location"]
    assert told["count"] == 2
    assert pending(service) == 0
    assert service.get("/v1/jobs").json()["jobs"] == []


def test_a_vehicle_without_capacity_when_there_is_something_to_carry(service: Service) -> None:
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A", capacity=[5])])
    service.post("/v1/jobs", [job(TOWN, "b", "B", delivery=[2])])
    answer = service.post(
        "/v1/vehicles", [vehicle(TOWN, "v2", "A")]
    )  # before and after the worker saw the job
    assert_problem(answer, 422, "E1203")
    service.work()
    assert_problem(service.post("/v1/vehicles", [vehicle(TOWN, "v2", "A")]), 422, "E1203")


def test_skills_of_vehicles_just_posted_count(service: Service) -> None:
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A", skills=[7])])
    assert service.post("/v1/jobs", [job(TOWN, "b", "B", skills=[7])]).status_code == 202
    assert_problem(service.post("/v1/jobs", [job(TOWN, "c", "C", skills=[8])]), 422, "E1204")


@pytest.mark.parametrize("path", ["jobs", "shipments", "vehicles", "progress"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(service: Service, path: str, body: bytes) -> None:
    assert_problem(service.post(f"/v1/{path}", body), 400, "E1001")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (BOMB, 400, "E1101"),
        (b"<alert><identifier>x</identifier>", 400, "E1001"),
        (b"hello", 415, "E1006"),
        (b'{"type": "Topology"}', 415, "E1006"),
        (cap(TOWN, "AB", start=at(12), end=at(13)).replace(b"<sent>", b"<sent>the "), 422, "E1105"),
    ],
)
def test_a_message_that_cannot_be_read_is_refused_and_the_world_hears_of_it(
    service: Service, body: bytes, status: int, code: str
) -> None:
    assert_problem(service.post("/v1/webhooks/weather", body), status, code)
    service.work()
    assert [fault.source for fault in service.world.faults] == ["weather"]
    assert code in service.world.faults[0].cause
    assert service.get("/v1/feeds").json()["feeds"][0]["degraded"]


def test_the_same_junk_again_is_one_fault(service: Service) -> None:
    for _ in range(3):
        service.post("/v1/webhooks/weather", b"junk")
    assert pending(service) == 1


def test_the_same_junk_an_hour_later_is_news(service: Service) -> None:
    for _ in range(2):
        service.post("/v1/webhooks/weather", b"junk")
        service.now += 3600
    assert pending(service) == 2


def test_a_polygon_with_two_points_is_refused(service: Service) -> None:
    body = {"type": "Feature", "properties": {"effect": "shut"},
            "geometry": {"type": "Polygon", "coordinates": [[[1.5, 42.5], [1.6, 42.5]]]},
            "id": "p"}  # fmt: skip
    assert_problem(service.post("/v1/closures", body), 422, "E1103")


def test_what_is_mended_in_reading_is_told(service: Service) -> None:
    answer = service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(12), end=at(10)))
    assert answer.status_code == 202
    assert "expires" in answer.json()["notes"][0]


def test_a_large_body_is_refused_before_it_is_read(service: Service) -> None:
    small = Service(body_max_bytes=1000)
    assert_problem(small.post("/v1/jobs", b" " * 1001), 413, "E1002")
    assert_problem(small.post("/v1/webhooks/weather", b"<" * 5000), 413, "E1002")
    lying = small.send("POST", "/v1/jobs", content=b"[]", headers={"content-length": "99999"})
    assert_problem(lying, 413, "E1002")


@pytest.mark.parametrize("source", ["a b", "-x", "x" * 65, "a/b", "ä", "%00"])
def test_a_source_is_a_plain_name(service: Service, source: str) -> None:
    assert service.post(f"/v1/webhooks/{source}", cap(TOWN, "AB", start=at(10), end=at(18))).status_code in (
        404,
        422,
    )
    assert pending(service) == 0


@pytest.mark.parametrize("key", ["", "k" * 201, "a\x00b"])
def test_an_idempotency_key_has_bounds(service: Service, key: str) -> None:
    answer = service.post("/v1/jobs", [job(TOWN, "b", "B")], {"Idempotency-Key": key})
    assert answer.status_code == 422
    assert pending(service) == 0


@pytest.mark.parametrize(
    "path",
    ["/v1/decisions?after=-1", "/v1/decisions?limit=0", "/v1/decisions/x",
     "/v1/decisions/99999999999999999999", "/v1/plans/0", "/v1/jobs?state=lost", "/v1/reach?at=noon",
     "/v1/reach?at=99999999999999", "/v1/reach?at=1e9",
     "/v1/reach?at=2026-01-10T12:00:00"],
)  # fmt: skip
def test_queries_are_checked(service: Service, path: str) -> None:
    service.start("b@B")
    answer = service.get(path)
    told = assert_problem(answer, 422, answer.json()["code"])
    assert told["code"] in ("E1004", "E1105")
    assert told["field"]


def test_ways_that_do_not_exist(service: Service) -> None:
    assert_problem(service.get("/v1/nothing"), 404, "E3001")
    answer = service.send("PUT", "/v1/jobs")
    assert_problem(answer, 405, "E3001")
    assert answer.headers["allow"]


def test_another_sites_page_cannot_send(service: Service) -> None:
    foreign = {"origin": "https://evil.example"}
    assert_problem(service.post("/v1/jobs", [], foreign), 403, "E1004")
    own = {"origin": "http://127.0.0.1:8080"}
    assert service.post("/v1/jobs", [job(TOWN, "b", "B")], own).status_code == 202


def test_without_a_region_it_says_how_to_get_one() -> None:
    service = Service()
    from vado.api.main import make_api

    service.api = make_api(service.settings, store=service.store)
    told = assert_problem(service.get("/v1/map"), 404, "E3002")
    assert "region build" in told["action"]
    assert service.get("/ready").json()["missing"] == ["region"]
    assert service.get("/health").status_code == 200


def test_a_store_that_is_down(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise OutsideError("the store does not answer", action="start it")

    monkeypatch.setattr(service.store, "accept", down)
    answer = service.post("/v1/jobs", [job(TOWN, "b", "B")])
    assert_problem(answer, 503, "E2001")
    assert answer.headers["retry-after"]
    monkeypatch.setattr(service.store, "find_version", down)
    assert service.get("/health").status_code == 503
    assert service.get("/health").json()["status"] == "down"


def test_what_was_not_foreseen_tells_nothing_of_the_inside(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(service.store, "find_version", broken)
    answer = service.get("/v1/jobs")
    assert_problem(answer, 500, "E9001")
    assert "1234" not in answer.text


# --- signatures ---


def signed(secret: str, body: bytes, *, name: str = "m1", age_s: int = 0) -> dict[str, str]:
    when = datetime.now(tz=UTC) - timedelta(seconds=age_s)
    signature = Webhook(secret).sign(name, when, body.decode())
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": signature,
    }


BODY = cap(TOWN, "AB", start=at(10), end=at(18))


def test_signed_messages_are_taken_also_from_afar() -> None:
    service = Service(webhook_secrets={"weather": [OTHER, SECRET]}, host="0.0.0.0")  # noqa: S104
    service.peer = "203.0.113.9"
    assert service.post("/v1/webhooks/weather", BODY, signed(SECRET, BODY)).status_code == 202
    assert service.post("/v1/webhooks/weather", BODY, signed(OTHER, BODY)).json()["duplicate"]


def test_a_signature_is_over_the_bytes_whatever_their_encoding() -> None:
    service = Service(webhook_secrets={"weather": [SECRET]})
    body = BODY.replace(b"UTF-8", b"ISO-8859-1").replace(b"Valley", "Vall d’Incles".encode("cp1252"))
    headers = signed(SECRET, b"x")
    import hashlib
    import hmac

    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    headers["webhook-signature"] = (
        "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    )
    assert service.post("/v1/webhooks/weather", body, headers).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(OTHER, BODY),
        signed(SECRET, BODY + b" "),
        signed(SECRET, BODY, age_s=600),
        signed(SECRET, BODY, age_s=-600),
        {**signed(SECRET, BODY), "webhook-id": "m2"},
        {**signed(SECRET, BODY), "webhook-signature": "v1"},
        {**signed(SECRET, BODY), "webhook-signature": "v1,!!!"},
        {**signed(SECRET, BODY), "webhook-timestamp": "soon"},
    ],
    ids=["none", "other-key", "other-body", "old", "early", "other-id", "half", "no-base64", "no-time"],
)
def test_what_is_not_signed_rightly_is_refused_unread(headers: dict[str, str]) -> None:
    service = Service(webhook_secrets={"weather": [SECRET]})
    answer = service.post("/v1/webhooks/weather", BODY, headers)
    assert_problem(answer, 401, "E1108")
    assert answer.headers["www-authenticate"]
    assert pending(service) == 0, "who is not known cannot make a feed look broken"


def test_a_source_without_secret_is_refused_where_others_have_one() -> None:
    service = Service(webhook_secrets={"weather": [SECRET]})
    assert_problem(service.post("/v1/webhooks/roads", BODY, signed(SECRET, BODY)), 401, "E1108")


@pytest.mark.parametrize(
    ("host", "peer", "headers"),
    [
        ("0.0.0.0", "127.0.0.1", {}),  # noqa: S104
        ("127.0.0.1", "203.0.113.9", {}),
        ("127.0.0.1", "127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
    ],
)
def test_unsigned_messages_are_taken_from_this_machine_only(
    host: str, peer: str, headers: dict[str, str]
) -> None:
    service = Service(host=host)
    service.peer = peer
    told = assert_problem(service.post("/v1/webhooks/weather", BODY, headers), 401, "E1108")
    assert "webhook_secrets" in told["action"]


# --- the table ---


def test_each_code_has_a_status_that_fits_its_family() -> None:
    assert set(errors.BY_CODE) <= set(CODES)
    for code, status in errors.BY_CODE.items():
        assert (
            status
            in {"E1": (400, 401, 409, 413, 415, 500, 503), "E2": (502,), "E3": (409,), "E9": (500,)}[code[:2]]
        )


def test_times_in_words_are_instants(service: Service) -> None:
    window = [rfc3339(at(11)), rfc3339(at(12))]
    service.start("b@B")
    service.post("/v1/jobs", [job(TOWN, "c", "C", time_windows=[window])])
    service.work()
    row = next(row for row in service.get("/v1/jobs").json()["jobs"] if row["id"] == "c")
    assert row["windows"] == [{"start": window[0], "end": window[1]}]

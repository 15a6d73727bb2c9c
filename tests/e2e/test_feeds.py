"""Feeds over HTTP: who may send, in which envelope, what is missed, what is read again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import drawn
from feed_server import closures
from served import TOWN, Service, at, cap, job, vehicle
from vado.model.inbox import InboxKind

WARNING = cap(TOWN, "AB", start=at(10), end=at(18))


def receipt(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def feed(service: Service, name: str) -> dict[str, Any]:
    rows = service.get("/v1/feeds").json()["feeds"]
    return next(row for row in rows if row["source"] == name)


# --- signatures ---


class Signer:
    """A sender with an ed25519 key."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.public = "whpk_" + base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def headers(self, body: bytes, *, name: str = "m1", at_s: int | None = None) -> dict[str, str]:
        stamp = str(int(time.time()) if at_s is None else at_s)
        signature = self.key.sign(f"{name}.{stamp}.".encode() + body)
        return {
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1,AAAA v1a," + base64.b64encode(signature).decode(),
        }


def test_a_sender_may_sign_with_ed25519() -> None:
    old, new = Signer(), Signer()
    service = Service(webhook_secrets={"met": [old.public, new.public, "whsec_" + "A" * 44]})
    assert receipt(service.post("/v1/webhooks/met", WARNING, new.headers(WARNING)))["duplicate"] is False
    assert receipt(service.post("/v1/webhooks/met", WARNING, old.headers(WARNING)))["duplicate"] is True


@pytest.mark.parametrize("wrong", ["body", "id", "old", "new", "key", "cut", "none", "letters"])
def test_what_is_not_signed_rightly_stays_out(wrong: str) -> None:
    signer, other = Signer(), Signer()
    service = Service(webhook_secrets={"met": [signer.public]})
    late = {"old": int(time.time()) - 301, "new": int(time.time()) + 400}.get(wrong)
    headers = (other if wrong == "key" else signer).headers(WARNING, at_s=late)
    if wrong == "id":
        headers["webhook-id"] = "m2"
    if wrong == "cut":
        headers["webhook-signature"] = headers["webhook-signature"][:-4]
    if wrong == "none":
        del headers["webhook-signature"]
    if wrong == "letters":
        headers["webhook-timestamp"] = "now"
    body = WARNING + b" " if wrong == "body" else WARNING
    answer = service.post("/v1/webhooks/met", body, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "E1108")
    assert service.store.count_pending(service.parts_world) == 0


def test_the_same_id_with_another_body_is_refused_and_shows_in_health() -> None:
    service = Service()
    receipt(service.post("/v1/webhooks/met", WARNING, {"webhook-id": "m1"}))
    other = cap(TOWN, "CD", start=at(10), end=at(18))
    assert service.post("/v1/webhooks/met", other, {"webhook-id": "m1"}).status_code == 409
    service.work()
    health = service.get("/health").json()
    assert health["status"] == "degraded"
    assert "E1109" in health["faults"][0]
    assert feed(service, "met")["rejects"] == {"E1109": 1}


# --- envelopes ---


def event(name: str, data: Any, **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": name, "source": "/met", "type": "alert", "data": data, **more}


def sent(service: Service, kind: str, body: Any) -> Any:
    return service.post("/v1/webhooks/met", body, {"content-type": kind})


def test_structured_events_are_taken_out_of_their_envelope() -> None:
    service = Service()
    kind = "application/cloudevents+json; charset=utf-8"
    told = receipt(sent(service, kind, event("1", WARNING.decode())))
    assert told["alerts"] == ["warnings@example.org,flood-1"]
    assert receipt(sent(service, kind, event("1", WARNING.decode())))["duplicate"] is True
    packed = {"data_base64": base64.b64encode(WARNING).decode()}
    assert receipt(sent(service, kind, event("2", None, **packed)))["duplicate"] is False
    other = cap(TOWN, "CD", start=at(10), end=at(18)).decode()
    assert sent(service, kind, event("1", other)).status_code == 409
    receipt(sent(service, kind, event("3", json.loads(closures(TOWN, "CD")))))
    rows = service.store.pending(service.parts_world, limit=9)
    assert [row.key for row in rows if row.kind is InboxKind.ALERT] == ["/met 1", "/met 2", "/met 3"]


def test_a_batch_with_a_bad_event_keeps_the_others_and_tells_of_it() -> None:
    service = Service()
    told = receipt(sent(service, "application/cloudevents-batch+json",
                        [event("1", WARNING.decode()), event("2", "<html>"),
                         event("3", closures(TOWN, "CD").decode())]))  # fmt: skip
    assert told["alerts"] == ["warnings@example.org,flood-1", "met,CD"]
    assert any("[1]" in note for note in told["notes"])
    service.work()
    assert feed(service, "met")["rejects"], "and it counts against the source"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/cloudevents+json", b"{"),
        ("application/cloudevents+json", b"[" * 90_000),
        ("application/cloudevents+json", []),
        ("application/cloudevents+json", {"specversion": "1.0", "source": "/met", "type": "a", "data": "x"}),
        ("application/cloudevents+json", event("1", None)),
        ("application/cloudevents+json", event("1", "", data_base64="%%%")),
        ("application/cloudevents-batch+json", {}),
        ("application/cloudevents-batch+json", [event(str(n), "x") for n in range(501)]),
    ],
)
def test_what_is_no_envelope_is_refused_and_a_fault(kind: str, body: Any) -> None:
    service = Service()
    assert sent(service, kind, body).status_code in (400, 413, 422)
    (row,) = service.store.pending(service.parts_world, limit=9)
    assert row.kind is InboxKind.FAULT


# --- SNS ---

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"
PASSWORD = "hub:correct horse battery"  # noqa: S105
SNS = {"met": {"sns_topics": [TOPIC], "basic": PASSWORD}}
BASIC = {"authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()}


def notify(service: Service, kind: str = "Notification", **members: Any) -> Any:
    body = {"Type": kind, "TopicArn": TOPIC, "MessageId": "n1", "Message": WARNING.decode(), **members}
    return service.post("/v1/webhooks/met", body, {"x-amz-sns-message-type": kind, **BASIC})


def test_a_notification_of_sns_holds_the_message() -> None:
    service = Service(feeds=SNS)
    assert receipt(notify(service))["alerts"] == ["warnings@example.org,flood-1"]
    assert receipt(notify(service))["duplicate"] is True
    assert notify(service, TopicArn=TOPIC + "x").status_code == 401
    assert notify(service, Message="").status_code == 422


def test_who_does_not_know_the_password_stays_out_also_on_this_machine() -> None:
    service = Service(feeds=SNS)
    for headers in ({}, {"authorization": "Basic aHViOndyb25n"}):
        assert service.post("/v1/webhooks/met", WARNING, headers).status_code == 401


def test_a_subscription_is_noted_and_only_for_amazon_itself() -> None:
    service = Service(feeds=SNS)
    good = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
    assert receipt(notify(service, "SubscriptionConfirmation", SubscribeURL=good))["alerts"] == []
    (contact,) = service.store.contacts(service.parts_world)
    assert (contact.channel, contact.confirm_url) == ("sns", good)
    for bad in ("http://sns.eu-west-1.amazonaws.com/", "https://sns.evil.example/", "https://evil.amazonaws.com/",
                "https://sns.x.amazonaws.com.evil.example/", "https://sns.x.amazonaws.com:8443/", "https://[",
                7,
                "https://u@sns.x.amazonaws.com/"):  # fmt: skip
        assert notify(service, "SubscriptionConfirmation", SubscribeURL=bad).status_code == 422
    assert service.store.contacts(service.parts_world) == (contact,)


# --- WebSub ---

SECRET = "a shared secret of the hub"  # noqa: S105
URL = "https://roads.example/closures"
HUB = {"roads": {"url": URL, "hub": "https://hub.example/", "hub_secret": SECRET}}


def asks(service: Service, **query: str) -> Any:
    given = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c-1", "hub.lease_seconds": "864000"}
    given |= {f"hub.{name}": value for name, value in query.items()}
    return service.get("/v1/websub/roads?" + "&".join(f"{name}={value}" for name, value in given.items()))


def test_a_hub_is_answered_for_the_topic_that_is_set_and_no_other() -> None:
    service = Service(feeds=HUB)
    answer = asks(service)
    assert (answer.status_code, answer.text) == (200, "c-1")
    assert answer.headers["content-type"].startswith("text/plain")
    (lease,) = service.store.contacts(service.parts_world)
    assert 863_990 <= lease.lease_s - time.time() <= 864_000
    assert asks(service, topic="https://evil.example/").status_code == 404
    assert asks(service, mode="unsubscribe").status_code == 404
    assert service.get("/v1/websub/other?hub.mode=subscribe").status_code == 404
    assert feed(service, "roads")["subscribed_until"]


@pytest.mark.parametrize(("method", "status"), [("sha256", 202), ("sha512", 202), ("sha1", 401), ("", 401)])
def test_a_hub_signs_what_it_says_and_has_the_feed_asked(method: str, status: int) -> None:
    service = Service(feeds=HUB)
    body = closures(TOWN, "AB")
    signed = hmac.new(SECRET.encode(), body, getattr(hashlib, method or "sha256")).hexdigest()
    answer = service.post(
        "/v1/websub/roads", body, {"x-hub-signature": f"{method}={signed}"} if method else {}
    )
    assert answer.status_code == status
    woken = [each for each in service.store.contacts(service.parts_world) if each.channel == "push"]
    assert len(woken) == (status == 202)
    assert service.store.count_pending(service.parts_world) == 0, (
        "a part of a feed is not taken for all of it"
    )


def test_a_hub_that_signs_another_body_stays_out() -> None:
    service = Service(feeds=HUB)
    signed = hmac.new(SECRET.encode(), b"other", hashlib.sha256).hexdigest()
    assert service.post("/v1/websub/roads", b"{}", {"x-hub-signature": f"sha256={signed}"}).status_code == 401
    assert service.post("/v1/websub/none", b"{}", {"x-hub-signature": f"sha256={signed}"}).status_code == 404


# --- what is missed ---


def test_a_feed_that_is_missed_leaves_no_town_surely_open() -> None:
    service = Service(feeds={"roads": {"fresh_s": 600, "lifecycle": "full"}})
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    service.post("/v1/jobs", [job(TOWN, "b", "B")])
    service.work()

    def surely() -> tuple[bool, str, bool]:
        reach = service.get("/v1/reach").json()
        status = service.get("/health").json()["status"]
        towns = service.get("/v1/overview").json()["towns"]
        return (
            all(not row["unknown"] for row in reach["places"]),
            status,
            all(not t["unknown"] for t in towns),
        )

    assert surely() == (False, "degraded", False), "nothing came of it yet"
    service.post("/v1/webhooks/roads", closures(TOWN, "CD"))
    service.work()
    assert surely() == (True, "ok", True)
    first = service.get("/v1/reach").headers["etag"]
    service.now += 601
    assert surely() == (False, "degraded", False)
    assert service.get("/v1/reach", if_none_match=first).status_code == 200, "that is news"
    assert service.get("/v1/reach").json()["unheard"] == ["roads: it has sent nothing for 10 min"]
    assert "not surely clear: roads" in service.get("/").text
    missed = "<b>roads</b><span>silent: it has sent nothing for 10 min</span>"
    assert f'<li class="t-closing">{missed}' in service.get("/").text
    assert feed(service, "roads")["state"] == "silent"


def test_a_feed_of_elsewhere_is_not_missed() -> None:
    service = Service(feeds={"far": {"fresh_s": 600, "covers": [100.0, 10.0, 101.0, 11.0]}})
    assert service.get("/health").json()["status"] == "ok"
    assert (feed(service, "far")["state"], feed(service, "far")["covers_region"]) == ("never heard", False)


def test_what_the_settings_say_of_a_source_decides_what_its_documents_end() -> None:
    told = {}
    for lifecycle in ("full", "stream"):
        service = Service(feeds={"roads": {"lifecycle": lifecycle}})
        for n, pairs in enumerate((("AB", "CD"), ("AB",), ("AB",))):
            service.now = at(9, 5 * n)
            service.post("/v1/webhooks/roads", closures(TOWN, *pairs, n=n))
            service.work()
        told[lifecycle] = {h.alert.split(",")[-1] for h in service.world.hazards.hazards}
    assert told == {"full": {"AB"}, "stream": {"AB", "CD"}}


# --- what was set aside ---


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Service:
    """Give a service in which two messages were set aside: one would be read today, one never."""
    service = Service()
    for body in (closures(TOWN, "AB"), b'{"type": "FeatureCollection", "features": 7}'):
        service.store.accept(world=service.parts_world, kind=InboxKind.PULLED, source="roads", key="",
                             body=body,
                             received_s=service.now)  # fmt: skip
    service.set_aside(monkeypatch)
    assert service.world.hazards.hazards == ()
    return service


def test_a_dry_run_says_what_would_be_read(aside: Service) -> None:
    rows = aside.post("/v1/feeds/replay", {"dry_run": True}).json()["rows"]
    assert [(row["seq"], row["readable"], row["alerts"], row["new_seq"]) for row in rows] == [
        (1, True, 1, None), (2, False, 0, None)]  # fmt: skip
    assert aside.store.count_pending(aside.parts_world) == 0


def test_what_can_be_read_now_goes_in_once_as_of_when_it_came(aside: Service) -> None:
    came = aside.now
    aside.now += 3 * drawn.HOUR
    for _ in range(2):
        rows = aside.post("/v1/feeds/replay", {"source": "roads"}).json()["rows"]
        assert rows[0]["new_seq"] == 3
        aside.work()
    assert {h.alert for h in aside.world.hazards.hazards} == {"roads,AB"}
    row = feed(aside, "roads")
    assert row["last_read"] == "2026-01-10T09:00:00Z"
    assert row["quarantined"] == 2
    assert aside.world.feeds[0].read_s == came


def test_an_old_message_read_again_does_not_make_a_failing_feed_well(aside: Service) -> None:
    aside.now += drawn.HOUR
    aside.post("/v1/webhooks/roads", b"<html>")
    aside.work()
    aside.post("/v1/feeds/replay", {"seq": 1})
    aside.work()
    assert {h.alert for h in aside.world.hazards.hazards} == {"roads,AB"}
    assert feed(aside, "roads")["state"] == "failing"


@pytest.mark.parametrize("body", [b"{", b"[]", {"seq": "x"}, {"seq": 0}, {"sequence": 1}])
def test_what_does_not_say_what_to_read_again_is_refused(aside: Service, body: Any) -> None:
    assert aside.post("/v1/feeds/replay", body).status_code in (400, 422)

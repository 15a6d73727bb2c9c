"""Whatever is thrown at the API, it answers with a problem it has a code for, never with a 500."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from served import TOWN, Service, at, cap, job, vehicle

SERVICE = Service()
SERVICE.start("b@B d@D")
PATHS = ("jobs", "shipments", "vehicles", "progress", "closures", "webhooks/weather")

numbers = st.one_of(st.integers(), st.floats(allow_nan=False), st.sampled_from([2**31, 2**63, -1, 1.5, 42.5]))
leaves = st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=8))
WORDS = (
    "id",
    "location",
    "jobs",
    "shipments",
    "vehicles",
    "remove",
    "pickup",
    "delivery",
    "amount",
    "skills",
    "time_windows",
    "time_window",
    "start",
    "end",
    "capacity",
    "profile",
    "kind",
    "at",
    "job",
    "vehicle",
    "reports",
    "type",
    "features",
    "geometry",
    "coordinates",
    "properties",
    "effect",
    "breaks",
    "costs",
)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=20,
)
GOOD: dict[str, Any] = {
    "jobs": {"jobs": [job(TOWN, "x", "C", time_windows=[[at(9), at(12)]], skills=[1])]},
    "shipments": [{"id": "s", "amount": [1], "pickup": job(TOWN, "p", "C"), "delivery": job(TOWN, "q", "D")}],
    "vehicles": {"vehicles": [vehicle(TOWN, "v9", "A", capacity=[3])]},
    "progress": {"reports": [{"vehicle": "v1", "kind": "departed", "at": at(9), "job": "b"}]},
    "closures": {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[1.5, 42.5], [1.6, 42.5]]},
        "properties": {"id": "c", "effect": "shut", "start": at(9)},
    },
}
GOOD["webhooks/weather"] = GOOD["closures"]


def _answered(path: str, body: bytes) -> None:
    answer = SERVICE.post(f"/v1/{path}", body)
    assert answer.status_code < 500, (path, body, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"].startswith("E")


@given(path=st.sampled_from(PATHS), body=anything)
@settings(max_examples=150, deadline=None)
def test_any_json(path: str, body: object) -> None:
    _answered(path, json.dumps(body).encode())


@given(path=st.sampled_from(PATHS), body=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes(path: str, body: bytes) -> None:
    _answered(path, body)


def _replaced(value: Any, place: int, by: object) -> tuple[Any, int]:
    """Replace the n-th value of a tree."""
    if place == 0:
        return by, -1
    place -= 1
    if isinstance(value, dict):
        for key in value:
            made, place = _replaced(value[key], place, by)
            if place < 0:
                return {**value, key: made}, -1
    elif isinstance(value, list):
        for n, item in enumerate(value):
            made, place = _replaced(item, place, by)
            if place < 0:
                return [*value[:n], made, *value[n + 1 :]], -1
    return value, place


@given(path=st.sampled_from(PATHS), place=st.integers(1, 20), by=anything)
@settings(max_examples=200, deadline=None)
def test_good_requests_with_one_value_replaced(path: str, place: int, by: object) -> None:
    body, _ = _replaced(GOOD[path], place, by)
    _answered(path, json.dumps(body).encode())


@given(cut=st.integers(0, 1200), at_byte=st.integers(0, 1200), byte=st.integers(0, 255))
@settings(max_examples=80, deadline=None)
def test_a_message_cut_off_or_with_a_byte_replaced(cut: int, at_byte: int, byte: int) -> None:
    body = cap(TOWN, "AB", start=at(10), end=at(18))
    _answered("webhooks/weather", body[:cut])
    _answered("webhooks/weather", body[:at_byte] + bytes([byte]) + body[at_byte + 1 :])


@given(name=st.sampled_from(["webhook-id", "ce-id", "ce-source", "accept", "accept-language", "if-none-match",
                             "idempotency-key", "content-type", "origin"]),
       value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=600))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_header(name: str, value: str) -> None:
    body = cap(TOWN, "AB", start=at(10), end=at(18))
    assert SERVICE.post("/v1/webhooks/weather", body, {name: value}).status_code < 500
    assert SERVICE.get("/v1/plan", **{name: value}).status_code < 500
    assert SERVICE.get("/track/x", **{name: value}).status_code < 500


@given(query=st.dictionaries(st.sampled_from(["at", "profile", "place", "after", "limit", "state", "lang"]),
                             st.text(max_size=30), max_size=3))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_query(query: dict[str, str]) -> None:
    from urllib.parse import urlencode

    asked = urlencode(query, errors="surrogatepass")
    for path in ("/v1/reach", "/v1/jobs", "/v1/decisions", "/v1/track/x"):
        assert SERVICE.get(f"{path}?{asked}").status_code < 500, (path, query)

"""What was, asked for later: a closure that has ended, or was called off, did hold."""

from __future__ import annotations

from typing import Any

import pytest

from served import TOWN, Service, at, cap, job, vehicle
from vado.model.when import rfc3339


@pytest.fixture
def service() -> Service:
    """Give B cut off from 10:00 to 11:00, told at 09:00."""
    service = Service()
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    service.post("/v1/jobs", [job(TOWN, "b", "B")])
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(11)))
    service.work()
    return service


def place(service: Service, instant_s: int, **more: str) -> Any:
    asked = "&".join(f"{key}={value}" for key, value in {"at": rfc3339(instant_s), **more}.items())
    (row,) = service.get(f"/v1/reach?place=B&{asked}").json()["places"]
    return row


def test_what_has_ended_did_hold(service: Service) -> None:
    before = place(service, at(10, 30))
    assert not before["reachable"]
    service.post("/v1/webhooks/weather", cap(TOWN, "CD", start=at(13), end=at(14), name="later"))
    service.work(at(12))
    now = service.get(f"/v1/hazards?at={rfc3339(at(12))}").json()["features"]
    assert all("/after" in each["id"] for each in now), "only what it leaves is still known"
    assert place(service, at(10, 30)) == before
    assert place(service, at(10, 30), known_at=rfc3339(at(12))) == before
    assert place(service, at(12))["reachable"]
    (shut,) = service.get(f"/v1/hazards?at={rfc3339(at(10, 30))}").json()["features"]
    assert shut["properties"]["kind"] == "flood"
    edges = service.get(f"/v1/edges?road=CG-4&at={rfc3339(at(10, 30))}").json()["edges"]
    assert "closed" in {row["state"] for row in edges}


def test_before_anything_was_heard_nothing_is_surely_open(service: Service) -> None:
    row = place(service, at(7))
    assert row["unknown"]
    assert "nothing had been heard by then" in row["unknown_why"]

"""`GET /v1/events`: what is new about the towns is pushed, and whoever comes back has missed nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from listener import PATIENCE_S, listening
from postgres import new_database
from served import TOWN, Service, at, cap, job
from vado.api.events import INBOX, REACH, WORLD
from vado.ports import Store
from vado.store import open_store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(
        {"memory": lambda: "memory://", "sqlite": lambda: f"sqlite:///{tmp_path}/store.db",
         "postgres": new_database}[request.param]()
    )  # fmt: skip
    yield opened
    opened.close()


def made(**settings: Any) -> Service:
    service = Service(poll_ms=10, **settings)
    service.start("b@B d@D")
    return service


def test_a_town_that_is_cut_off_is_told_at_once_and_in_words(store: Store) -> None:
    service = made(store=store)

    async def listen() -> dict[str, Any]:
        async with listening(service.api, "/v1/events") as heard:
            assert (await heard.block()).splitlines() == [f"id: {service.world.version}", "retry: 2000"]
            assert heard.status == 200
            assert heard.headers["content-type"].startswith("text/event-stream")
            await asyncio.to_thread(weather, service, "AB", at(16), at(18))
            while (event := await heard.event())["type"] != REACH:
                pass
            assert heard.last_id == str(service.world.version)
            return event

    event = asyncio.run(listen())
    assert {key: event[key] for key in ("specversion", "id", "source", "datacontenttype")} == {
        "specversion": "1.0", "id": str(service.world.version), "source": "/worlds/main",
        "datacontenttype": "application/json",
    }  # fmt: skip
    assert event["data"]["version"] == service.world.version
    assert [change["text"] for change in event["data"]["changes"]] == [
        "B for vans: cut off from 16:00 until 18:00 (was open), by CG-4 (Valley Road)"
    ]
    asked = service.get(f"/v1/reach?since={service.world.version - 1}").json()
    assert event["data"]["changes"] == asked["changes"], "pushed and asked for are the same"


def test_who_comes_back_with_the_last_id_has_missed_nothing() -> None:
    service = made()

    async def listen() -> None:
        async with listening(service.api, "/v1/events") as heard:
            await heard.block()
            await asyncio.to_thread(weather, service, "AB", at(16), at(18))
            await heard.told(REACH)
            last = heard.last_id
        await asyncio.to_thread(weather, service, "CD", at(12), at(13))
        await asyncio.to_thread(weather, service, "AB", at(10), at(11))
        async with listening(service.api, "/v1/events", last_event_id=last) as again:
            versions = [(await again.event())["data"]["version"] for _ in range(2)]
        assert versions == [int(last) + 1, int(last) + 2]
        async with listening(service.api, f"/v1/events?since={last}") as other:
            assert (await other.event())["data"]["version"] == int(last) + 1

    asyncio.run(listen())


def test_a_listener_hears_only_what_it_asked_for() -> None:
    service = made()
    start = service.world.version
    weather(service, "AB", at(16), at(18))
    service.post("/v1/jobs", [job(TOWN, "e", "E")])
    service.work()
    weather(service, "CD", at(12), at(13), also="CA")

    async def listen(query: str) -> tuple[dict[str, Any], str]:
        async with listening(service.api, f"/v1/events?since={start}&{query}") as heard:
            return await heard.event(), heard.last_id

    event, _ = asyncio.run(listen("place=b"))
    assert {change["name"] for change in event["data"]["changes"]} == {"B"}
    event, last = asyncio.run(listen(f"type={WORLD}"))
    assert (event["type"], last) == (WORLD, str(start + 1)), "for who asks for no more, each version is one"
    event, last = asyncio.run(listen(f"type={REACH}&place=C"))
    assert {change["name"] for change in event["data"]["changes"]} == {"C"}
    assert last == str(start + 3), "what came before was passed in silence"
    answer = service.get("/v1/events?type=vado.weather")
    assert (answer.status_code, answer.json()["code"]) == (422, "E1004")


def test_waiting_messages_are_told_and_then_that_they_were_taken_in() -> None:
    service = made()

    async def listen() -> list[bool]:
        async with listening(service.api, f"/v1/events?type={INBOX}") as heard:
            await heard.block()
            await asyncio.to_thread(service.post, "/v1/jobs", [job(TOWN, "e", "E")])
            first = await heard.event()
            await asyncio.to_thread(service.work)
            second = await heard.event()
            assert first["id"] != second["id"]
            return [event["data"]["waiting"] for event in (first, second)]

    assert asyncio.run(listen()) == [True, False]


def test_an_id_of_another_world_starts_anew() -> None:
    service = made()

    async def listen() -> dict[str, Any]:
        async with listening(service.api, "/v1/events", last_event_id="4000") as heard:
            return await heard.event()

    event = asyncio.run(listen())
    assert event["type"] == WORLD
    assert event["data"] == {"version": service.world.version, "restart": True}


def test_a_silent_stream_shows_that_it_lives() -> None:
    service = made()
    service.api.state.parts.watch.heartbeat_s = 0.02

    async def listen() -> str:
        async with listening(service.api, "/v1/events") as heard:
            await heard.block()
            return await heard.block()

    assert asyncio.run(listen()) == ": still here"


def test_who_takes_nothing_is_dropped() -> None:
    service = made()
    service.api.state.parts.watch.send_max_s = 0.02

    async def listen() -> None:
        async with listening(service.api, "/v1/events", blocked=True) as heard:
            await asyncio.wait_for(heard.ended.wait(), PATIENCE_S)

    asyncio.run(listen())


def test_streams_end_when_the_service_does_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    service = made()
    watch = service.api.state.parts.watch

    async def listen() -> None:
        async with listening(service.api, "/v1/events") as heard:
            await heard.block()
            monkeypatch.setattr("vado.api.watch.LISTENERS_MAX", 1)
            async with listening(service.api, "/v1/events") as second:
                await asyncio.wait_for(second.ended.wait(), PATIENCE_S)
                assert (second.status, second.headers["retry-after"]) == (503, "5")
            watch.close()
            await asyncio.wait_for(heard.ended.wait(), PATIENCE_S)

    asyncio.run(listen())
    assert watch._looking.done(), "nobody listens, nobody looks"


def test_a_store_that_is_down_breaks_no_stream(tmp_path: Path) -> None:
    service = made()
    looked = service.api.state.parts.watch.look
    down = True

    def look() -> Any:
        if down:
            from vado.errors import OutsideError

            raise OutsideError("the store is down")
        return looked()

    async def listen() -> dict[str, Any]:
        nonlocal down
        async with listening(service.api, "/v1/events") as heard:
            await heard.block()
            service.api.state.parts.watch.look = look
            await asyncio.to_thread(weather, service, "AB", at(16), at(18))
            down = False
            return await heard.told(REACH)

    assert asyncio.run(listen())["changes"]


def weather(service: Service, pair: str, start: int, end: int, also: str = "") -> None:
    """Post a flood on a road (and on another one) and let the worker, which knows no listener, take it in."""
    for road in filter(None, (pair, also)):
        body = cap(TOWN, road, start=start, end=end, name=f"{road}-{start}")
        assert service.post("/v1/webhooks/weather", body).status_code == 202
    service.work()


def test_the_stream_is_described() -> None:
    document = Service(work=False).get("/openapi.json").json()
    told = document["paths"]["/v1/events"]["get"]
    assert "text/event-stream" in told["responses"]["200"]["content"]
    assert json.dumps(told).count("last-event-id") == 1

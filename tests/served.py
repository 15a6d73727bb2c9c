"""A service in one process for tests: a drawn town, a store in memory, a worker moved by hand, a client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import pytest

import drawn
from vado.api.main import make_api
from vado.app import lifecycles, load_geocodes, load_meaning
from vado.engine import Step
from vado.model.ids import WorldId
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.when import rfc3339
from vado.model.world import World
from vado.ports import Store
from vado.settings import Settings
from vado.store import MemoryStore
from vado.worker import Worker

MIDNIGHT = drawn.NOON - 12 * drawn.HOUR
MEANING = load_meaning()

# A valley behind one road: B hangs on AB, C is reached two ways.
TOWN = drawn.roads(
    """
    A------B
    |
    C------D
    |      |
    E------F
    """,
    ways={"AB": {"ref": "CG-4", "name": "Valley Road"}, "CD": {"class": "primary"}},
    name="town",
)


def at(hour: int, minute: int = 0) -> int:
    return MIDNIGHT + hour * drawn.HOUR + minute * drawn.MINUTE


class Service:
    """API and worker over one store; time stands still until it is set."""

    def __init__(
        self,
        *,
        town: Roads = TOWN,
        store: Store | None = None,
        now: int = at(9),
        alive: bool | None = None,
        work: bool = True,
        **settings: Any,
    ) -> None:
        self.town, self.now, self.alive = town, now, alive
        self.store = store or MemoryStore()
        self.settings = Settings(**{"home": "/nonexistent", "store_url": "memory://", **settings})
        self.api = make_api(
            self.settings,
            store=self.store,
            load_roads=lambda: self.town,
            now_s=lambda: self.now,
            worker_alive=lambda: self.alive,
        )
        self.peer = "127.0.0.1"  # where requests seem to come from
        self.parts_world = WorldId(self.settings.world)
        if not work:
            return
        self.worker = Worker(
            self.store,
            world_id=self.parts_world,
            roads=town,
            meaning=MEANING,
            budget=Budget(solutions_max=20, seconds_max=30.0),
            clock=self,
            lifecycles=lifecycles(self.settings),
            geocodes=load_geocodes(self.settings),
        )

    def now_s(self) -> int:
        return self.now

    def work(self, now: int | None = None) -> list[Step]:
        """Step until nothing is pending."""
        self.now = self.now if now is None else now
        made: list[Step] = []
        while (step := self.worker.run_once()) is not None:
            made.append(step)
        return made

    def set_aside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Step with a reader that can read nothing, as one of yesterday: what is pending is set aside."""

        def bad(*_: object, **__: object) -> Any:
            raise ValueError("the reader of yesterday")

        with monkeypatch.context() as yesterday:
            yesterday.setattr("vado.feeds.read", bad)
            self.work()

    @property
    def world(self) -> World:
        found = self.store.find_world(self.parts_world)
        assert found is not None
        return found

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request through ASGI: no socket, no network."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.api, client=(self.peer, 40_000), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Get a path; a header's name is written with underscores."""
        return self.send("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Post bytes as they are, everything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content=content, headers=headers)

    def start(self, jobs: str = "b@B d@D", vehicles: str = "v1@A") -> dict[str, str]:
        """Post a fleet and jobs ("name@letter"), let the worker take them in, give the tracking paths."""
        assert self.post(
            "/v1/vehicles", [vehicle(self.town, *v.split("@")) for v in vehicles.split()]
        ).is_success
        answer = self.post("/v1/jobs", [job(self.town, *j.split("@")) for j in jobs.split()])
        assert answer.status_code == 202, answer.text
        self.work()
        base = self.settings.url
        return {name: url.removeprefix(base) for name, url in answer.json()["tracking"].items()}


def job(town: Roads, name: str, letter: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "location": list(drawn.lonlat(town, letter)), "service": 60, **more}


def vehicle(town: Roads, name: str, letter: str, **more: Any) -> dict[str, Any]:
    home = list(drawn.lonlat(town, letter))
    shift = [rfc3339(at(8)), rfc3339(at(18))]
    return {"id": name, "profile": "van", "start": home, "end": home, "time_window": shift, **more}


def cap(
    town: Roads,
    pair: str,
    *,
    start: int,
    end: int,
    name: str = "flood-1",
    sent: int = at(9),
    event: str = "Flood",
    severity: str = "Extreme",
    msg_type: str = "Alert",
    references: Iterable[str] = (),
) -> bytes:
    """Write a CAP 1.2 message that lies on the middle of a road."""
    lon, lat = drawn.between(town, pair)
    ring = [(lat - 2e-4, lon - 2e-4), (lat - 2e-4, lon + 2e-4), (lat + 2e-4, lon + 2e-4),
            (lat + 2e-4, lon - 2e-4), (lat - 2e-4, lon - 2e-4)]  # fmt: skip
    polygon = " ".join(f"{y:.6f},{x:.6f}" for y, x in ring)
    refs = " ".join(references)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{name}</identifier><sender>warnings@example.org</sender><sent>{_cap_time(sent)}</sent>
  <status>Actual</status><msgType>{msg_type}</msgType><scope>Public</scope>
  {f"<references>{refs}</references>" if refs else ""}
  <info><language>en</language><category>Met</category><event>{event}</event>
    <urgency>Immediate</urgency><severity>{severity}</severity><certainty>Observed</certainty>
    <onset>{_cap_time(start)}</onset><expires>{_cap_time(end)}</expires>
    <headline>{event} on the valley road</headline>
    <area><areaDesc>Valley</areaDesc><polygon>{polygon}</polygon></area>
  </info>
</alert>""".encode()


def _cap_time(instant: int) -> str:
    return rfc3339(instant).replace("Z", "+00:00")

"""Two ways for a day to reach the product: over HTTP to a service that runs, or inside this process.

Both take the same bytes, in the same order, and both give the newest world once all of them are decided on.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Protocol

from vado.errors import OutsideError
from vado.hazards import Meaning
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind
from vado.model.problem import Budget
from vado.model.roads import Roads
from vado.model.world import World
from vado.ports import Store
from vado.store import MemoryStore
from vado.worker import Worker

WORLD = WorldId("orvane")
PATIENCE_S = 60.0  # for one step; a step takes a second


class Post(Protocol):
    """How messages are posted and time is told."""

    store: Store

    def tell_time(self, now_s: int) -> None:
        """Set the clock of the world."""

    def orders(self, kind: InboxKind, body: dict[str, Any]) -> None:
        """Put jobs or vehicles."""

    def alert(self, source: str, content_type: str, body: bytes) -> None: ...

    def progress(self, reports: list[dict[str, Any]]) -> None: ...

    def settle(self) -> World:
        """Wait until everything posted is decided on; gives the newest world."""


class Inside:
    """The worker in this process, a store in memory, a clock that stands until it is told."""

    def __init__(self, roads: Roads, meaning: Meaning, budget: Budget, *, now_s: int) -> None:
        self.store: Store = MemoryStore()
        self._now_s = now_s
        self._worker = Worker(
            self.store, world_id=WORLD, roads=roads, meaning=meaning, budget=budget, clock=self
        )

    def now_s(self) -> int:
        return self._now_s

    def tell_time(self, now_s: int) -> None:
        self._now_s = now_s

    def orders(self, kind: InboxKind, body: dict[str, Any]) -> None:
        self._accept(kind, kind.value, json.dumps(body).encode())

    def alert(self, source: str, content_type: str, body: bytes) -> None:  # noqa: ARG002  the bytes tell it
        self._accept(InboxKind.ALERT, source, body)

    def progress(self, reports: list[dict[str, Any]]) -> None:
        self._accept(InboxKind.PROGRESS, "drivers", json.dumps(reports).encode())

    def _accept(self, kind: InboxKind, source: str, body: bytes) -> None:
        self.store.accept(world=WORLD, kind=kind, source=source, key="", body=body, received_s=self._now_s)

    def settle(self) -> World:
        while self._worker.run_once() is not None:
            pass
        return _world(self.store)


class Wire:
    """The real service at an address: posts over HTTP as anybody would, reads the store it writes to."""

    def __init__(self, url: str, store: Store, clock: Path) -> None:
        import httpx

        self.store = store
        self._clock = clock
        self._now_s = 0
        # trust_env: a proxy of this machine has no business between the demo and its own loopback.
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)

    def tell_time(self, now_s: int) -> None:
        self._now_s = now_s
        write_clock(self._clock, now_s)

    def orders(self, kind: InboxKind, body: dict[str, Any]) -> None:
        self._post(f"/v1/{kind.value}", json.dumps(body).encode(), "application/json")

    def alert(self, source: str, content_type: str, body: bytes) -> None:
        self._post(f"/v1/webhooks/{source}", body, content_type)

    def progress(self, reports: list[dict[str, Any]]) -> None:
        self._post("/v1/progress", json.dumps(reports).encode(), "application/json")

    def _post(self, path: str, body: bytes, content_type: str) -> None:
        import httpx

        try:
            answer = self._http.post(path, content=body, headers={"content-type": content_type})
        except httpx.HTTPError as error:
            raise OutsideError(f"the service does not answer: {error}", code="E2001",
                               action="look at its log, start again") from error  # fmt: skip
        if answer.status_code != 202:
            raise OutsideError(
                f"POST {path} was answered {answer.status_code}: {answer.text[:500]}",
                code="E2001", action="look at the log of the service",
            )  # fmt: skip

    def settle(self) -> World:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.store.count_pending(WORLD) == 0:
                world = self.store.find_world(WORLD)
                # When the clock has passed a boundary, the worker owes a step of its own.
                if world is not None and not (
                    world.boundary_s is not None and world.now_s < world.boundary_s <= self._now_s
                ):
                    return world
            time.sleep(0.02)
        raise OutsideError(f"the worker has decided nothing for {PATIENCE_S:.0f} s", code="E2001",
                           action="look at its log, start again")  # fmt: skip


def write_clock(path: Path, now_s: int) -> None:
    """Write the clock file so that nobody ever reads half a number."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(str(now_s), encoding="ascii")
    fresh.replace(path)


def _world(store: Store) -> World:
    world = store.find_world(WORLD)
    if world is None:
        raise OutsideError("there is no world yet", code="E3003", action="post something first")
    return world

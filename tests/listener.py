"""A listener for tests: reads `/v1/events` through ASGI event by event, as a browser does; no socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 5  # a test that waits so long for an event has failed


@dataclass(slots=True, eq=False)
class Listener:
    """One open stream; `last_id` is what a browser would send when it comes back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    last_id: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _blocks: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    _rest: str = ""

    async def block(self) -> str:
        """Give the next lines up to an empty one, comments too."""
        return await asyncio.wait_for(self._blocks.get(), PATIENCE_S)

    async def event(self) -> dict[str, Any]:
        """Give the next event with data: the CloudEvent in it."""
        while True:
            lines = [line.partition(": ")[::2] for line in (await self.block()).splitlines()]
            fields = {name: value for name, value in lines if name}
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                found: dict[str, Any] = json.loads(fields["data"])
                assert found["type"] == fields["event"]
                return found

    async def told(self, kind: str) -> dict[str, Any]:
        """Give the data of the next event of a type, past all others."""
        while (found := await self.event())["type"] != kind:
            pass
        data: dict[str, Any] = found["data"]
        return data

    def take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        *whole, self._rest = (self._rest + message.get("body", b"").decode()).split("\n\n")
        for block in whole:
            self._blocks.put_nowait(block)
        if not message.get("more_body"):
            self.ended.set()


@asynccontextmanager
async def listening(api: Any, path: str, *, blocked: bool = False, **headers: str) -> AsyncIterator[Listener]:
    """Open a stream and leave it at the end; one that is `blocked` takes nothing after the headers."""
    listener, gone = Listener(), asyncio.Event()
    at = urlsplit(path)
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": at.path, "raw_path": at.path.encode(), "root_path": "",
        "query_string": at.query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        if blocked and message["type"] == "http.response.body":
            await asyncio.Event().wait()
        listener.take(message)

    task = asyncio.create_task(api(scope, receive, send))
    task.add_done_callback(lambda _: listener.ended.set())
    try:
        yield listener
    finally:
        gone.set()
        await asyncio.wait_for(task, PATIENCE_S)

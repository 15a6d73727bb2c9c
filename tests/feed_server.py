"""A feed for tests: answers as it is told, by a transport; no socket, no time that passes by itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import httpx

import drawn
from served import Service
from vado.feeds.fetch import make_client
from vado.model.feed import Contact, Feed
from vado.poller import Poller

URL = "https://roads.example/closures"
Answer = httpx.Response | Exception | None  # None: what the feed really has, with its ETag


class Parts(httpx.SyncByteStream):
    """A body as it comes over a wire: in parts, and maybe not to its end."""

    def __init__(self, parts: Sequence[bytes], *, breaks: bool = False) -> None:
        self._parts, self._breaks = parts, breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        if self._breaks:
            raise httpx.ReadError("gone")


def in_turn(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Give a server that answers so, one after the other, and what it was asked."""
    waiting, seen = list(answers), list[httpx.Request]()

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        one = waiting.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    return httpx.MockTransport(handle), seen


def answer(
    status: int = 200, body: bytes = b"", *, breaks: bool = False, packed: bool = False, **headers: str
) -> httpx.Response:
    """Make an answer; a header's name is written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if packed:
        body, named["content-encoding"] = gzip.compress(body), "gzip"
    half = len(body) // 2
    return httpx.Response(status, headers=named, stream=Parts([body[:half], body[half:]], breaks=breaks))


def closures(town: Any, *pairs: str, **members: Any) -> bytes:
    """Write GeoJSON that shuts roads of a drawn town, each under its letters."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [
                list(drawn.between(town, pair, 0.4)), list(drawn.between(town, pair, 0.6))]},
            "properties": {"id": pair, "start": "2026-01-10T00:00:00Z", "sent": "2026-01-10T00:00:00Z"},
        }
        for pair in pairs
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


class Source:
    """Some feeds at one service: what they have, how they answer, and the poller that asks them."""

    def __init__(self, service: Service, *feeds: Feed, seed: int = 1) -> None:
        self.service, self.feeds = service, feeds
        self.real = 1_000_000.0
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.pages: dict[str, bytes] = {}
        self.next: list[Answer] = []
        self.handler: Callable[[httpx.Request], httpx.Response] | None = None
        self.poller = self.start(seed)

    def start(self, seed: int = 1) -> Poller:
        """Make a poller, as a new process would: it knows what is in the store."""
        return Poller(
            self.service.store,
            world_id=self.service.parts_world,
            feeds=self.feeds,
            client=make_client(httpx.MockTransport(self._answer)),
            clock=self.service,
            real_s=lambda: self.real,
            pause=self._pause,
            random=Random(seed),
            callback="https://vado.example",
        )

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.real += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        scripted = self.next.pop(0) if self.next else None
        if isinstance(scripted, Exception):
            raise scripted
        if scripted is not None:
            return scripted
        if self.handler is not None:
            return self.handler(request)
        body = self.pages.get(str(request.url))
        if body is None:
            return answer(404)
        tag = f'"{hash(body)}"'
        if request.headers.get("if-none-match") == tag:
            return answer(304)
        return answer(200, body, etag=tag, content_length=str(len(body)))

    def ask(self, *answers: Answer, after_s: float = 0) -> Contact:
        """Ask the first feed now, whatever its pace; then let the worker work."""
        self.real += after_s
        self.service.now += int(after_s)
        self.next = list(answers)
        self.poller.poll(self.feeds[0], self.contact)
        self.service.work()
        return self.contact

    @property
    def contact(self) -> Contact:
        found = {
            (each.source, each.channel): each
            for each in self.service.store.contacts(self.service.parts_world)
        }
        feed = self.feeds[0]
        return found.get((feed.source, "poll"), Contact(source=feed.source, channel="poll", url=feed.url))

    @property
    def shut(self) -> set[str]:
        """Give the closures in force or to come, by their letters."""
        world = self.service.store.find_world(self.service.parts_world)
        return set() if world is None else {h.alert.rsplit(",", 1)[-1] for h in world.hazards.hazards}

    @property
    def row(self) -> dict[str, Any]:
        """Give the first feed's line in GET /v1/feeds."""
        rows = self.service.get("/v1/feeds").json()["feeds"]
        return next(row for row in rows if row["source"] == self.feeds[0].source)

"""Watch: one look at the store for all who listen, and a call to each when something is new.

In: a way to look, a way to read decisions. Out: what was seen last, and the changes of each new version, read
once for everybody. The worker may be another process or another machine: what it committed is in the store,
so the store is asked, a cheap question every `every_s` seconds while somebody listens and never else.
Nothing is queued for a listener: each asks for what follows on what it has, at its own speed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool

from vado.api.events import Told
from vado.errors import OutsideError, VadoError

LISTENERS_MAX = 1000  # of one process; each is a connection and a few kilobytes
KEPT_MAX = 64  # versions kept for who is a little behind
PAGE = 20  # decisions read at once for who is far behind; each holds a plan

log = structlog.get_logger("vado.api")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store held at the last look."""

    version: int = 0
    waiting: bool = False  # messages that no step has taken in


@dataclass(slots=True, eq=False)
class Watch:
    """State of one process; used from its event loop only."""

    look: Callable[[], Seen]
    read: Callable[[int, int], tuple[Told, ...]]  # after a version, at most so many
    every_s: float
    heartbeat_s: float = 15.0  # proxies end what is silent for a minute
    send_max_s: float = 20.0  # who takes nothing for so long is dropped, and comes back by its last id
    seen: Seen = Seen()
    _closed: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _told: OrderedDict[int, Told] = field(default_factory=OrderedDict)
    _listeners: int = 0
    _looking: asyncio.Task[None] | None = None

    def refuse_full(self) -> None:
        """Raise OutsideError E2005 when as many listen as may."""
        if self._listeners >= LISTENERS_MAX:
            raise OutsideError(f"{LISTENERS_MAX} listen already", code="E2005",
                               action="try again later, or ask GET /v1/reach?since=VERSION")  # fmt: skip

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Look at the store while anybody is inside."""
        self._listeners += 1
        try:
            if self._looking is None or self._looking.done():  # nobody waits, maybe in another loop now
                self._news, self._reading = asyncio.Event(), asyncio.Lock()
                self._looking = asyncio.create_task(self._look_on())
            yield
        finally:
            self._listeners -= 1  # with the last one the looking ends by itself

    async def look_now(self) -> Seen:
        """Ask the store and wake whoever waits for something new; raises what the store raises."""
        seen = await run_in_threadpool(self.look)
        if seen != self.seen:
            self.seen = seen
            self._wake()
        return seen

    async def other_than(self, known: Seen) -> Seen:
        """Wait for something else than is known; what is known again after `heartbeat_s`, or at the end."""
        news = self._news  # before the comparison: what comes after it must not be missed
        if self.seen == known and not self._closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.heartbeat_s):
                    await news.wait()
        return self.seen

    async def after(self, version: int) -> tuple[Told, ...]:
        """Give what followed on a version, oldest first, in pages; empty when nothing did."""
        async with self._reading:
            kept = self._kept(version)
            if kept:
                return kept
            found = await run_in_threadpool(self.read, version, PAGE)
            for told in found:
                if told.version > self.seen.version - KEPT_MAX:  # nobody else is as far behind
                    self._told[told.version] = told
            while len(self._told) > KEPT_MAX:
                self._told.popitem(last=False)
            return found

    def is_open(self) -> bool:
        return not self._closed

    def close(self) -> None:
        """End all streams, now and to come; they come back elsewhere by their last id."""
        self._closed = True
        self._wake()

    def _kept(self, version: int) -> tuple[Told, ...]:
        found: list[Told] = []
        while (told := self._told.get(version + len(found) + 1)) is not None:
            found.append(told)
        return tuple(found)

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _look_on(self) -> None:
        failing = False
        while self._listeners and not self._closed:
            try:
                await self.look_now()
                failing = False
            except VadoError as error:  # the store is down: who listens waits, and misses nothing
                if not failing:
                    log.warning("watch.failed", code=error.code, cause=error.faults[0].cause)
                failing = True
            await asyncio.sleep(self.every_s)

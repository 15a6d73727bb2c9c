"""Events out: what is new is pushed to who listens, as server-sent events that resume without loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse
from starlette.types import Message, Send

from vado.api import events
from vado.api.answers import problems
from vado.api.parts import Parts, UsesParts
from vado.api.watch import Watch
from vado.errors import InputError

router = APIRouter(tags=["situation"])

log = structlog.get_logger("vado.api")

EXAMPLE = """id: 17
retry: 2000

event: vado.reach.changed
data: {"specversion":"1.0","id":"18","source":"/worlds/main","type":"vado.reach.changed",…
id: 18

: still here
"""
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, until either side ends it.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


@router.get(
    "/v1/events",
    response_class=Response,
    responses={**problems(422), **STREAM},
    summary="What is new, as it is decided: server-sent events, CloudEvents in each",
)
async def get_events(
    parts: UsesParts,
    types: Annotated[
        str, Query(alias="type", max_length=200, description="Only these, comma between; else all.")
    ] = "",
    profile: Annotated[str, Query(max_length=100, description="Reach only of this way of travelling.")] = "",
    place: Annotated[str, Query(max_length=200, description="Reach only of the town of this name.")] = "",
    since: Annotated[
        int | None, Query(ge=0, le=2**53, description="From what followed on this version; else from now.")
    ] = None,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=2**53, description="The last id you had; before `since`.")
    ] = None,
) -> Response:
    """The id of an event is the version of the world: who comes back with the last one misses nothing."""
    wish = events.Wish(world=parts.world_id, types=_types(types), profile=profile, place=place)
    # Asked now, so that a store that is down is an answer and not a broken stream.
    parts.watch.refuse_full()
    newest = (await parts.watch.look_now()).version
    given = since if last_event_id is None else last_event_id
    return EventStream(parts.watch, _events(parts, wish, given, newest))


def _types(text: str) -> frozenset[str]:
    given = frozenset(filter(None, (one.strip() for one in text.split(","))))
    for unknown in sorted(given - set(events.TYPES)):
        raise InputError(f"there are no events {unknown!r}", code="E1004", field="type",
                         action=f"give some of {', '.join(events.TYPES)}")  # fmt: skip
    return given


async def _events(parts: Parts, wish: events.Wish, since: int | None, newest: int) -> AsyncGenerator[bytes]:
    """Write what followed on a version (none: the newest), then what comes, until the watch is closed."""
    watch = parts.watch
    sent = newest if since is None else min(since, newest)
    async with watch.listening():
        yield events.begin(sent)
        if since is not None and since > newest:  # another world than the one that this version was of
            yield events.restart_event(sent, wish)
        waiting = False
        while watch.is_open():
            seen = watch.seen
            while sent < seen.version and watch.is_open() and (found := await watch.after(sent)):
                for one in found:
                    sent = one.version
                    yield events.version_event(one, wish)
            if seen.waiting != waiting and wish.hears(events.INBOX):
                waiting = seen.waiting
                yield events.inbox_event(sent, wish, waiting=waiting)
            if await watch.other_than(seen) == seen and watch.is_open():
                yield events.heartbeat()


class EventStream(EventSourceResponse):
    """A stream that drops who does not take what is sent: nothing piles up, and the id brings them back."""

    def __init__(self, watch: Watch, content: AsyncGenerator[bytes]) -> None:
        super().__init__(content, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._content, self._send_max_s = content, watch.send_max_s

    async def stream_response(self, send: Send) -> None:
        async def in_time(message: Message) -> None:
            async with asyncio.timeout(self._send_max_s):
                await send(message)

        try:
            async with aclosing(self._content):
                await super().stream_response(in_time)
        except TimeoutError:
            log.info("events.dropped", after_s=self._send_max_s)

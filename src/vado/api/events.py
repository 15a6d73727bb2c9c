"""Events as they go out: CloudEvents 1.0 (structured JSON) in the lines of an event stream.

In: sealed decisions, what a listener asked for. Out: text of `text/event-stream`. The id of an event is the
version of the world: a browser sends the last one back (`Last-Event-ID`), and nothing is lost. Pure.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi.sse import format_sse_event

from vado.exchange.reach import sealed_change
from vado.model.when import rfc3339
from vado.model.world import Decision

Json = dict[str, Any]

REACH = "vado.reach.changed"  # towns stand otherwise than was known
WORLD = "vado.world.changed"  # a version that says nothing of towns, or not to who asked for this alone
INBOX = "vado.inbox.changed"  # messages wait for the worker, or no longer do
TYPES = (REACH, WORLD, INBOX)
RETRY_MS = 2000  # how soon a browser comes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One version of the world, as far as listeners care."""

    version: int
    at_s: int
    changes: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a listener wants to hear: types (none: all), one way of travelling, one town."""

    world: str
    types: frozenset[str] = field(default_factory=frozenset)
    profile: str = ""
    place: str = ""

    def hears(self, kind: str) -> bool:
        return not self.types or kind in self.types


def told(decision: Decision, local: Callable[[int], str]) -> Told:
    """Read from a sealed decision what is new about the towns."""
    record = json.loads(decision.record)
    changes = tuple(
        {**sealed_change(change, local), "version": decision.seq} for change in record.get("reach", ())
    )
    return Told(version=decision.seq, at_s=record["now_s"], changes=changes)


def chosen(changes: tuple[Json, ...], *, profile: str, place: str) -> list[Json]:
    """Keep the changes of one way of travelling ("van", or exactly "van+chains") and of one town."""
    return [
        change
        for change in changes
        if profile in ("", change["profile"], change["profile"].split("+")[0])
        and place.casefold() in ("", change["name"].casefold())
    ]


def begin(version: int) -> bytes:
    """Open a stream: when to come back, and from where on. An id without data is kept and not shown."""
    return format_sse_event(id=str(version), retry=RETRY_MS)


def heartbeat() -> bytes:
    return format_sse_event(comment="still here")


def version_event(one: Told, wish: Wish) -> bytes:
    """Tell of one version: of the towns, of something else, or only that it was passed."""
    changes = chosen(one.changes, profile=wish.profile, place=wish.place)
    kind = REACH if changes and wish.hears(REACH) else WORLD
    if not wish.hears(kind):
        return format_sse_event(id=str(one.version))
    data: Json = {"version": one.version}
    if kind == REACH:
        data["changes"] = changes
    return _event(kind, wish.world, str(one.version), data, at=rfc3339(one.at_s), number=str(one.version))


def restart_event(version: int, wish: Wish) -> bytes:
    """Tell who has a version that is not there that the world is another one: read it anew."""
    data = {"version": version, "restart": True}
    return _event(WORLD, wish.world, f"{version}-restart", data, number=str(version))


def inbox_event(version: int, wish: Wish, *, waiting: bool) -> bytes:
    """Tell that messages wait; it has no id, for nothing was decided."""
    return _event(INBOX, wish.world, secrets.token_hex(8), {"version": version, "waiting": waiting})


def _event(
    kind: str, world: str, name: str, data: Json, *, at: str | None = None, number: str | None = None
) -> bytes:
    """Write a CloudEvent; `name` tells it from all others of its source."""
    event = {
        "specversion": "1.0", "id": name, "source": f"/worlds/{world}", "type": kind,
        **({} if at is None else {"time": at}), "datacontenttype": "application/json", "data": data,
    }  # fmt: skip
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=text, event=kind, id=number)

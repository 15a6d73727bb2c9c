"""What `vado feed list` and `vado feed replay` do with a store: the same as the API, without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vado.cli import output
from vado.cli.files import settings
from vado.cli.serve import store_url
from vado.errors import StateError, VadoError
from vado.model.ids import WorldId

if TYPE_CHECKING:
    from vado.model.feed import Box
    from vado.ports import Store
    from vado.settings import Settings

Json = dict[str, Any]


@contextmanager
def _opened(store: str | None, world: str | None) -> Iterator[tuple[Settings, Store, WorldId]]:
    from vado.store import open_store

    configured = settings()
    opened = open_store(configured.store if store is None else store_url(store), create=False)
    try:
        yield configured, opened, WorldId(world or configured.world)
    finally:
        opened.close()


def list_rows(store: str | None, world: str | None) -> list[Json]:
    """Read how each source is doing, as GET /v1/feeds says it; StateError E3001 without such a world."""
    from vado.app import WorldClock
    from vado.exchange.feeds import feed_rows

    with _opened(store, world) as (configured, opened, name):
        found = opened.find_world(name)
        if found is None:
            raise StateError(f"the store has no world {name!r}", code="E3001", field="--world",
                             action="start vado serve, or name the world")  # fmt: skip
        return feed_rows(
            found,
            opened.count_quarantined(name),
            declared=configured.declared,
            contacts=opened.contacts(name),
            now_s=max(found.now_s, WorldClock(configured).now_s()),
            region=_box(configured),
        )


def _box(configured: Settings) -> Box | None:
    from vado.app import load_roads
    from vado.exchange.feeds import region_box

    try:
        return region_box(load_roads(configured))
    except VadoError:
        return None  # then every feed counts as covering it


def replay_rows(
    store: str | None, world: str | None, *, source: str, seq: int | None, dry_run: bool
) -> list[Json]:
    """Read again what was set aside; the worker takes it in with its next step."""
    from vado.app import WorldClock, lifecycles
    from vado.exchange.feeds import replay_row
    from vado.feeds.replay import replay

    with _opened(store, world) as (configured, opened, name):
        found = replay(
            opened,
            name,
            now_s=WorldClock(configured).now_s(),
            source=source,
            seq=seq,
            dry_run=dry_run,
            lifecycles=lifecycles(configured),
        )
        return [replay_row(each) for each in found]


def show_feeds(rows: Sequence[Json]) -> None:
    if not rows:
        print("no source is declared, and none was heard of")
        return
    shown = [
        (row["source"], row["state"], _age(row["age_s"]), row["format"] or "-", row["alerts"],
         " ".join(f"{code}×{n}" for code, n in row["rejects"].items()) or "-", row["quarantined"],
         row["covers"] if isinstance(row["covers"], str) else ",".join(f"{x:g}" for x in row["covers"]),
         row["text"]) for row in rows
    ]  # fmt: skip
    columns = [
        "source",
        "state",
        "age>",
        "format",
        "alerts>",
        "rejects",
        "set aside>",
        "covers",
        "what is wrong",
    ]
    missed = [row["source"] for row in rows if row["degraded"]]
    caption = f"nothing is surely open without {', '.join(missed)}" if missed else ""
    output.out().print(output.table("feeds", columns, shown, caption=caption))


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "never"
    return (
        f"{seconds} s"
        if seconds < 120
        else f"{seconds // 60} min"
        if seconds < 7200
        else f"{seconds // 3600} h"
    )


def show_replayed(rows: Sequence[Json], *, dry_run: bool) -> None:
    if not rows:
        print("nothing was set aside")
        return
    shown = [
        (row["seq"], row["source"], row["received"], row["alerts"] if row["readable"] else "-",
         "would be read" if row["readable"] and dry_run else f"row {row['new_seq']}" if row["readable"]
         else row["still"]) for row in rows
    ]  # fmt: skip
    output.out().print(output.table("set aside", ["seq>", "source", "received", "alerts>", "now"], shown))

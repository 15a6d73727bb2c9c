"""`vado verify`: is every decision of a store still what was sealed, in its order, and none left out?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import output
from vado.cli.files import settings
from vado.cli.options import AsJson
from vado.errors import InputError, StateError
from vado.model.ids import WorldId

if TYPE_CHECKING:
    from vado.model.world import Decision
    from vado.ports import Store

PAGE = 50  # decisions read at once; one with a plan in full is some 80 kB


def verify(
    store: Annotated[
        str | None,
        typer.Argument(metavar="[STORE]", help="A store's file or URL; the configured one if left out."),
    ] = None,
    world: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which world; the configured one if left out.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Verify a store's decisions: exit 0 when the whole chain holds, 1 when it is broken."""
    from vado.store import open_store

    configured = settings()
    url = _url(store) if store is not None else configured.store
    opened = open_store(url, create=False)
    try:
        found = _verify(opened, WorldId(world or configured.world))
    finally:
        opened.close()
    if as_json:
        output.write_json(found)
    else:
        _show(found)
    return output.DONE if found["ok"] else output.NO


def _url(store: str) -> str:
    if "://" in store:
        return store
    path = Path(store)
    if not path.is_file():
        raise InputError(f"there is no store at {store}", code="E1005", field="STORE",
                         action="give a store's file, or its URL")  # fmt: skip
    return f"sqlite:///{path.absolute()}"


def _verify(store: Store, world: WorldId) -> dict[str, Any]:
    from vado import ledger

    newest, forged = None, ""
    try:
        newest = store.find_world(world)
    except StateError as error:
        if error.code != "E3005":
            raise
        forged = str(error)  # the chain may hold all the same: both are told
    if newest is None and not store.list_decisions(world, after=0, limit=1):
        raise StateError(f"the store has no world {world!r}", code="E3001", field="--world",
                         action="name the world: --world NAME")  # fmt: skip
    chain = ledger.verify(_decisions(store, world), head=None if newest is None else newest.head)
    cause = chain.cause or forged
    if chain.ok and newest is not None and newest.version != chain.count:
        sealed = output.count(chain.count, "decision")
        cause = f"the world is at version {newest.version}, but the chain has {sealed}"
    return {
        "ok": chain.ok and not cause, "world": world, "decisions": chain.count, "head": chain.head,
        "first_bad": chain.first_bad, "cause": cause,
    }  # fmt: skip


def _decisions(store: Store, world: WorldId) -> Iterator[Decision]:
    after = 0
    while page := store.list_decisions(world, after=after, limit=PAGE):
        yield from page
        after = max(after + 1, page[-1].seq)


def _show(found: dict[str, Any]) -> None:
    decisions = output.count(found["decisions"], "decision")
    if found["ok"]:
        print(f"proven: {decisions} of world {found['world']}, newest {found['head']}")
        return
    where = f" at decision {found['first_bad']}" if found["first_bad"] else ""
    print(f"broken{where}: {found['cause']}")
    print(f"good up to there: {decisions}, {found['head'] or 'none'}")

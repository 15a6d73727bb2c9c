"""Replay: messages that were set aside, read again by the readers of today.

In: a store, which rows. Out: for each whether it is read now, and a new row of the inbox for those that are.
The row that was set aside stays as it is: what was decided without it was decided without it. The new one
names it and says when its bytes first came, so that an old message read late does not pass for a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from vado import feeds
from vado.errors import InputError, PayloadError
from vado.feeds.format import Lifecycle
from vado.model.feed import Replayed
from vado.model.ids import WorldId
from vado.model.inbox import InboxKind, InboxRow
from vado.ports import Store

MARK = b"vado replay "


def replay(
    store: Store,
    world: WorldId,
    *,
    now_s: int,
    source: str = "",
    seq: int | None = None,
    dry_run: bool = False,
    lifecycles: Mapping[str, Lifecycle] | None = None,
) -> Iterator[Replayed]:
    """Read alerts again that were set aside, of all sources or one; those that can be read go in once."""
    for row, cause in store.quarantined(world):
        if (
            row.kind not in (InboxKind.ALERT, InboxKind.PULLED)
            or source not in ("", row.source)
            or seq not in (None, row.seq)
        ):
            continue
        found = Replayed(seq=row.seq, source=row.source, received_s=row.received_s, cause=cause)
        try:
            read = feeds.read(
                row.body,
                source=row.source,
                received_s=row.received_s,
                lifecycle=(lifecycles or {}).get(row.source),
                pulled=row.kind is InboxKind.PULLED,
            )
        except InputError as error:
            yield replace(found, still=str(error)[:500])
            continue
        found = replace(found, alerts=len(read.alerts))
        if not dry_run:
            receipt = store.accept(
                world=world,
                kind=InboxKind.REPLAY,
                source=row.source,
                key=str(row.seq),
                body=wrapped(row),
                received_s=now_s,
            )
            found = replace(found, new_seq=receipt.seq)
        yield found


def wrapped(row: InboxRow) -> bytes:
    """Write the row that replays another: a line of our own, then the bytes as they came."""
    told = {"seq": row.seq, "received_s": row.received_s, "pulled": row.kind is InboxKind.PULLED}
    head = json.dumps(told, separators=(",", ":"))
    return MARK + head.encode() + b"\n" + row.body


def replayed(row: InboxRow) -> InboxRow:
    """Give a replaying row as the message it replays: its bytes, received when they were; PayloadError."""
    head, _, body = row.body.partition(b"\n")
    try:
        told = json.loads(head.removeprefix(MARK))
        received_s, pulled = told["received_s"], told["pulled"] is True
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PayloadError("it replays nothing", code="E1001", action="use vado feed replay") from error
    if not head.startswith(MARK) or not isinstance(received_s, int) or not 0 <= received_s <= row.received_s:
        raise PayloadError("it replays nothing", code="E1001", action="use vado feed replay")
    kind = InboxKind.PULLED if pulled else InboxKind.ALERT
    return replace(row, kind=kind, body=body, received_s=received_s)

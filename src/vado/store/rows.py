"""What all stores agree on: how a message is named, how a state is written, what may be committed.

In: values. Out: values, or an error. Refuses to know where rows are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from vado.errors import BugError, InputError, StateError
from vado.ledger import digest
from vado.model.codec import from_json, to_json
from vado.model.feed import Contact
from vado.model.ids import Hash, JobId
from vado.model.inbox import Receipt
from vado.model.world import Decision, World

# So many of a world's newest states stay, to look at what went wrong; its decisions all stay.
STATES_KEPT = 16
NAME_CHARS_MAX = 512  # of a source, key or token: far above any real one, far below an index row
CAUSE_CHARS_MAX = 2000


def check_message(*, source: str, key: str, tokens: Mapping[JobId, str]) -> None:
    """Refuse names that a database cannot keep: InputError E1004."""
    names = [("source", source), ("key", key)]
    names += [("token", text) for pair in tokens.items() for text in pair]
    for field, name in names:
        if len(name) > NAME_CHARS_MAX or clean(name) != name:
            raise InputError(
                f"{name[:40]!r} cannot name a message",
                code="E1004",
                action=f"give at most {NAME_CHARS_MAX} characters, none of them NUL",
                field=field,
            )


def retiring(removed: Iterable[str], tokens: Mapping[JobId, str]) -> list[JobId]:
    """Give the jobs whose tokens retire: removed, and not put again by the same message."""
    return [JobId(job) for job in sorted({*removed} - {*tokens}) if clean(job) == job]


def receipt_again(seq: int, known: Hash, body_hash: Hash, key: str) -> Receipt:
    """Answer a message whose name is known: the first receipt, or StateError E1109 for another body."""
    if known != body_hash:
        raise StateError(
            f"message {key!r} came before with another body",
            code="E1109",
            action="give a changed message a new id, or send the first body again",
            field="key",
        )
    return Receipt(seq=seq, body_hash=known, duplicate=True)


def check_step(world: World, decision: Decision) -> None:
    """Check what goes into the ledger before writing; BugError, because only our own worker calls this."""
    if not world.version == decision.seq >= 1 or world.head != decision.hash:
        raise BugError(f"decision {decision.seq} is not the one of version {world.version} of {world.id}")
    if digest(decision.record.encode()) != decision.hash:
        raise BugError(f"decision {decision.seq} of {world.id} does not have its hash")


def check_next(world: World, decision: Decision, *, version: int, head: Hash | None) -> None:
    """Check that a step follows what is kept (`version`, `head`); raises StateError E3004 or BugError."""
    if world.version != version + 1:
        raise StateError(
            f"version {world.version} of {world.id} does not follow version {version}",
            code="E3004",
            action="read the world again and repeat the step; stop the other writer if there is one",
        )
    if decision.prev != head:
        raise BugError(f"decision {decision.seq} of {world.id} does not follow the newest one kept")


def writer_lost(world: str) -> StateError:
    """Make the error for a writer that another one has replaced."""
    return StateError(
        f"another writer has taken over the world {world}",
        code="E3004",
        action="stop this worker; exactly one may write a world",
    )


def not_pending(seqs: list[int]) -> StateError:
    return StateError(
        f"inbox rows {seqs} are not there, or were consumed or set aside before",
        code="E3004",
        action="read the pending rows again and repeat the step",
    )


def dump_world(world: World) -> str:
    """Write a state; ASCII, so that every database keeps every string."""
    return json.dumps(to_json(world), separators=(",", ":"), allow_nan=False)


def load_world(text: str, *, version: int, head: Hash | None) -> World:
    """Read a state back and check it against the row it stood in."""
    try:
        world = from_json(World, json.loads(text))
    except (TypeError, KeyError, ValueError) as error:
        raise StateError(
            f"the state of version {version} cannot be read ({error})",
            code="E3006",
            action="run the version of vado that wrote this store, or restore a backup",
        ) from error
    if world.version != version or world.head != head:
        raise StateError(
            f"the state of version {version} is not the one that its decision sealed",
            code="E3005",
            action="restore the store from a backup and find out who changed it",
        )
    return world


def dump_contact(contact: Contact) -> str:
    """Write what was heard of a source; ASCII, as states are."""
    return json.dumps(to_json(contact), separators=(",", ":"), allow_nan=False)


def load_contact(text: str) -> Contact:
    """Read it back; raises StateError E3006 for what another version wrote."""
    try:
        return from_json(Contact, json.loads(text))
    except (TypeError, KeyError, ValueError) as error:
        raise StateError(
            f"what was heard of a feed cannot be read ({error})",
            code="E3006",
            action="run the version of vado that wrote this store; or empty its table contacts",
        ) from error


def clean(text: str) -> str:
    """Replace what PostgreSQL's text cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def clean_cause(cause: str) -> str:
    return clean(cause[:CAUSE_CHARS_MAX]) or "no cause was given"

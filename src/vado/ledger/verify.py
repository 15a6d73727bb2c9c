"""Verify decisions: nothing changed, nothing left out, nothing put in between. Needs no store and no key.

In: decisions in their order. Out: a `Verification` that names the first bad one and why. Whoever holds the
hash of the newest decision (`head`) also sees when the end was cut off; without it, nobody can.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vado.errors import StateError
from vado.ledger.canonical import canonical, digest, parse
from vado.model.ids import Hash
from vado.model.world import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of it. `count` decisions are good, counted from the first; `head` is the last good hash."""

    count: int
    ok: bool
    first_bad: int | None = None  # its seq, or that of the decision that is missing
    cause: str = ""
    head: Hash | None = None


def verify(decisions: Iterable[Decision], *, head: Hash | None = None) -> Verification:
    """Check a ledger from its first decision on; with `head`, also that it ends where it should."""
    last: Decision | None = None
    world: str | None = None
    count = 0
    for decision in decisions:
        cause, record = _fault(decision)
        cause = cause or _link_fault(last, decision, world, record)
        if cause:
            return Verification(
                count=count, ok=False, first_bad=count + 1, cause=cause, head=last.hash if last else None
            )
        last, world, count = decision, record["world"], count + 1
    end = last.hash if last else None
    if head is not None and end != head:
        cause = f"the ledger ends with {end or 'nothing'}, but should end with {head}"
        return Verification(count=count, ok=False, first_bad=count + 1, cause=cause, head=end)
    return Verification(count=count, ok=True, head=end)


def read(decision: Decision) -> dict[str, Any]:
    """Give the record of a decision as data; raises StateError E3005 unless it is what was sealed."""
    cause, record = _fault(decision)
    if cause:
        raise StateError(
            f"decision {decision.seq} is not what was sealed: {cause}",
            code="E3005",
            action="restore the store from a backup and find out who changed it",
        )
    return record


def _fault(decision: Decision) -> tuple[str, dict[str, Any]]:
    """Find what is wrong with one decision by itself; "" when nothing is."""
    try:
        raw = decision.record.encode()
    except UnicodeEncodeError:
        return "the record is no Unicode text", {}
    if digest(raw) != decision.hash:
        return "the record does not have its hash", {}
    try:
        record = parse(raw)
        is_canonical = isinstance(record, dict) and canonical(record) == raw
    except (ValueError, RecursionError) as error:
        return f"the record is not canonical JSON ({error})", {}
    if not is_canonical:
        return "the record is not a canonical JSON object", {}
    if not {"seq", "prev", "world"} <= record.keys():
        return "the record lacks seq, prev or world", {}
    if record["seq"] != decision.seq or isinstance(record["seq"], bool):
        return f"the record is of decision {record['seq']}, kept as {decision.seq}", {}
    if record["prev"] != decision.prev:
        return "the record names another decision before it than is kept beside it", {}
    return "", record


def _link_fault(last: Decision | None, decision: Decision, world: str | None, record: dict[str, Any]) -> str:
    """Find what is wrong with a decision as the one after `last`; "" when nothing is."""
    expected = 1 if last is None else last.seq + 1
    if decision.seq != expected:
        return f"decision {expected} should be here, but it is {decision.seq}"
    if decision.prev != (None if last is None else last.hash):
        return "it does not follow the decision before it"
    if last is not None and record["world"] != world:
        return f"it is of the world {record['world']!r}, those before of {world!r}"
    return ""

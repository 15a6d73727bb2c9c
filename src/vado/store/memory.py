"""A store in memory: small and complete, for tests, previews and simulations. Gone with the process.

It keeps states as text, as the others do, so that what they refuse is refused here too.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vado.ledger import digest
from vado.model.feed import Contact
from vado.model.ids import Hash, JobId, WorldId
from vado.model.inbox import InboxKind, InboxRow, Receipt
from vado.model.world import Decision, World
from vado.store import rows


@dataclass(frozen=True, slots=True)
class _Kept:
    row: InboxRow
    consumed: int | None = None
    cause: str | None = None

    @property
    def is_pending(self) -> bool:
        return self.consumed is None and self.cause is None


class MemoryStore:
    """`ports.Store` in dictionaries behind one lock; each method checks first and changes last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blobs: dict[Hash, bytes] = {}
        self._inbox: dict[int, _Kept] = {}
        self._names: dict[tuple[WorldId, InboxKind, str, str], int] = {}
        self._states: dict[WorldId, tuple[int, Hash | None, str]] = {}
        self._decisions: dict[WorldId, list[Decision]] = {}
        self._fences: dict[WorldId, int] = {}
        self._tokens: dict[str, tuple[WorldId, JobId]] = {}
        self._jobs: dict[tuple[WorldId, JobId], str] = {}
        self._retired: set[str] = set()
        self._contacts: dict[tuple[WorldId, str, str], str] = {}

    def accept(
        self,
        *,
        world: WorldId,
        kind: InboxKind,
        source: str,
        key: str,
        body: bytes,
        received_s: int,
        tokens: Mapping[JobId, str] | None = None,
        removed: Iterable[str] = (),
    ) -> Receipt:
        tokens = tokens or {}
        rows.check_message(source=source, key=key, tokens=tokens)
        body_hash = digest(body)
        key = key or body_hash
        with self._lock:
            known = self._names.get((world, kind, source, key))
            if known is not None:
                return rows.receipt_again(known, self._inbox[known].row.body_hash, body_hash, key)
            seq = len(self._inbox) + 1
            row = InboxRow(
                seq=seq, world=world, kind=kind, source=source, key=key, body_hash=body_hash, body=body,
                received_s=received_s,
            )  # fmt: skip
            self._blobs[body_hash] = body
            self._inbox[seq] = _Kept(row)
            self._names[world, kind, source, key] = seq
            self._keep_tokens(world, tokens, removed)
            return Receipt(seq=seq, body_hash=body_hash)

    def pending(self, world: WorldId, *, limit: int) -> tuple[InboxRow, ...]:
        with self._lock:
            found = [kept.row for kept in self._inbox.values() if kept.is_pending and kept.row.world == world]
        return tuple(found[:limit])

    def heard(
        self, world: WorldId, *, kinds: Sequence[InboxKind], until_s: int, after: int, limit: int
    ) -> tuple[InboxRow, ...]:
        with self._lock:
            found = [
                kept.row for seq, kept in self._inbox.items()
                if seq > after and kept.row.world == world and kept.cause is None
                and kept.row.kind in kinds and kept.row.received_s <= until_s
            ]  # fmt: skip
        return tuple(found[:limit])

    def take_writer(self, world: WorldId) -> int:
        with self._lock:
            self._fences[world] = self._fences.get(world, 0) + 1
            return self._fences[world]

    def commit(
        self,
        step_world: World,
        decision: Decision,
        *,
        consumed: Sequence[int],
        fence: int,
        set_aside: Mapping[int, str] | None = None,
    ) -> None:
        world, causes = step_world.id, set_aside or {}
        rows.check_step(step_world, decision)
        state = rows.dump_world(step_world)
        with self._lock:
            self._check_fence(world, fence)
            version, head, _ = self._states.get(world, (0, None, ""))
            rows.check_next(step_world, decision, version=version, head=head)
            self._check_pending(world, [*consumed, *causes])
            for seq in consumed:
                self._inbox[seq] = replace(self._inbox[seq], consumed=step_world.version)
            for seq, cause in causes.items():
                cause = rows.clean_cause(cause)
                self._inbox[seq] = replace(self._inbox[seq], consumed=step_world.version, cause=cause)
            self._states[world] = (step_world.version, step_world.head, state)
            self._decisions.setdefault(world, []).append(decision)

    def quarantine(self, seq: int, *, cause: str, fence: int) -> None:
        with self._lock:
            if seq not in self._inbox:
                raise rows.not_pending([seq])
            world = self._inbox[seq].row.world
            self._check_fence(world, fence)
            self._check_pending(world, [seq])
            self._inbox[seq] = replace(self._inbox[seq], cause=rows.clean_cause(cause))

    def quarantined(self, world: WorldId) -> tuple[tuple[InboxRow, str], ...]:
        with self._lock:
            return tuple(
                (kept.row, kept.cause)
                for kept in self._inbox.values()
                if kept.cause is not None and kept.row.world == world
            )

    def count_quarantined(self, world: WorldId) -> Mapping[str, int]:
        with self._lock:
            kept = [one for one in self._inbox.values() if one.cause is not None and one.row.world == world]
        return Counter(one.row.source for one in kept)

    def find_world(self, world: WorldId) -> World | None:
        with self._lock:
            found = self._states.get(world)
        return None if found is None else rows.load_world(found[2], version=found[0], head=found[1])

    def find_version(self, world: WorldId) -> int:
        with self._lock:
            return self._states.get(world, (0, None, ""))[0]

    def find_decision(self, world: WorldId, seq: int) -> Decision | None:
        with self._lock:
            found = self._decisions.get(world, [])
            return found[seq - 1] if 1 <= seq <= len(found) else None

    def list_decisions(self, world: WorldId, *, after: int, limit: int) -> tuple[Decision, ...]:
        with self._lock:
            return tuple(self._decisions.get(world, [])[max(after, 0) :][:limit])

    def find_blob(self, blob: Hash) -> bytes | None:
        with self._lock:
            return self._blobs.get(blob)

    def find_job_by_token(self, token: str) -> tuple[WorldId, JobId] | None:
        with self._lock:
            return self._tokens.get(token)

    def find_token(self, world: WorldId, job: JobId) -> str | None:
        with self._lock:
            return self._jobs.get((world, job))

    def keep_contact(self, world: WorldId, contact: Contact) -> None:
        with self._lock:
            self._contacts[world, contact.source, contact.channel] = rows.dump_contact(contact)

    def contacts(self, world: WorldId) -> tuple[Contact, ...]:
        with self._lock:
            found = [state for name, state in sorted(self._contacts.items()) if name[0] == world]
        return tuple(map(rows.load_contact, found))

    def count_pending(self, world: WorldId) -> int:
        with self._lock:
            return sum(kept.is_pending and kept.row.world == world for kept in self._inbox.values())

    def close(self) -> None:
        """Forget nothing: a closed memory can still be looked at."""

    def _keep_tokens(self, world: WorldId, tokens: Mapping[JobId, str], removed: Iterable[str]) -> None:
        for job in rows.retiring(removed, tokens):
            if (world, job) in self._jobs:
                self._retired.add(self._jobs[world, job])
        for job, token in tokens.items():
            old = self._jobs.get((world, job))
            if old in self._retired:
                self._retired.discard(old)
                del self._tokens[old], self._jobs[world, job]
            if (world, job) not in self._jobs and token not in self._tokens:
                self._jobs[world, job] = token
                self._tokens[token] = (world, job)

    def _check_fence(self, world: WorldId, fence: int) -> None:
        if self._fences.get(world) != fence:
            raise rows.writer_lost(world)

    def _check_pending(self, world: WorldId, seqs: Sequence[int]) -> None:
        kept = [self._inbox.get(seq) for seq in seqs]
        wrong = [
            seq
            for seq, one in zip(seqs, kept, strict=True)
            if one is None or one.row.world != world or not one.is_pending
        ]
        if wrong or len(set(seqs)) != len(seqs):
            raise rows.not_pending(wrong)

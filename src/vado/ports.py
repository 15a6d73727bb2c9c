"""Protocols: what a stage needs of another one without knowing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from vado.model.feed import Contact
from vado.model.ids import Hash, JobId, WorldId
from vado.model.inbox import InboxKind, InboxRow, Receipt
from vado.model.snapshot import Drive, Matrix, Travel
from vado.model.when import Interval
from vado.model.world import Decision, World


class Times(Protocol):
    """Travel between the S numbered stops of a problem."""

    @property
    def slots(self) -> tuple[Interval, ...]:
        """The horizon cut at every closure boundary; within a slot nothing opens or shuts."""

    def matrix(self, travel: Travel, slot: int) -> Matrix:
        """Give seconds and metres [S, S] with exactly the closures of that slot; computed once."""

    def matrices(self, travel: Travel, slots: Sequence[int]) -> Sequence[Matrix]:
        """Give the matrices of several slots: no slower than one by one, often much quicker."""

    def drive(self, travel: Travel, origin: int, target: int, depart_s: int) -> Drive | None:
        """Drive on the real clock, leaving at depart_s or, where a road opens later, as soon as that helps.

        Every edge is open the whole time it is driven. None: no way within the horizon.
        """


class Store(Protocol):
    """Truth. Every method is one transaction; what returned is durable (SQLite: synchronous=FULL)."""

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
        """Keep the bytes by hash, the row and the tracking tokens; first token of a job wins.

        The tokens of `removed` jobs retire: they lead to their job until its id gets another token, then
        nowhere. Who was told of the old parcel thus never sees the new one of that id. A job in both
        `tokens` and `removed` is replaced, not removed.
        (world, kind, source, key) names a message: same key and body gives the first receipt again with
        `duplicate`; same key and another body raises StateError E1109. An empty key is the body's hash.
        InputError E1004 when source, key or token cannot be kept (over 512 characters, NUL in it).
        """

    def pending(self, world: WorldId, *, limit: int) -> tuple[InboxRow, ...]:
        """List rows no step has consumed, in order of seq."""

    def heard(
        self, world: WorldId, *, kinds: Sequence[InboxKind], until_s: int, after: int, limit: int
    ) -> tuple[InboxRow, ...]:
        """List rows received up to an instant, taken in or not, by seq from after `after`; none set aside."""

    def take_writer(self, world: WorldId) -> int:
        """Become the only writer: give a fencing number higher than any before."""

    def commit(
        self,
        step_world: World,
        decision: Decision,
        *,
        consumed: Sequence[int],
        fence: int,
        set_aside: Mapping[int, str] | None = None,
    ) -> None:
        """Write world, decision and the consumed rows in one transaction.

        `set_aside` are rows that the step took in as what could not be understood, with the cause: consumed
        and quarantined at once. Raises StateError E3004 when another writer has taken over, the version is
        not the next one, or a row is not pending.
        """

    def quarantine(self, seq: int, *, cause: str, fence: int) -> None:
        """Set a pending row aside with its cause, without any step; its bytes stay."""

    def quarantined(self, world: WorldId) -> tuple[tuple[InboxRow, str], ...]: ...

    def count_quarantined(self, world: WorldId) -> Mapping[str, int]:
        """Count the rows set aside, by source; reads none of their bodies."""

    def find_world(self, world: WorldId) -> World | None:
        """Find the newest world; one read, no lock."""

    def find_version(self, world: WorldId) -> int:
        """Give the newest version number, 0 when there is none; cheap, for polling."""

    def find_decision(self, world: WorldId, seq: int) -> Decision | None: ...

    def list_decisions(self, world: WorldId, *, after: int, limit: int) -> tuple[Decision, ...]: ...

    def find_blob(self, blob: Hash) -> bytes | None: ...

    def find_job_by_token(self, token: str) -> tuple[WorldId, JobId] | None: ...

    def find_token(self, world: WorldId, job: JobId) -> str | None: ...

    def keep_contact(self, world: WorldId, contact: Contact) -> None:
        """Keep what was last heard of a source; one a source and channel, the newest stays."""

    def contacts(self, world: WorldId) -> tuple[Contact, ...]:
        """List what was last heard of all sources, sorted by source and channel."""

    def count_pending(self, world: WorldId) -> int: ...

    def close(self) -> None: ...

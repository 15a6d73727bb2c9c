"""A store in SQL, over SQLAlchemy Core: the same statements for SQLite and PostgreSQL.

Writers are kept apart by the database: SQLite lets one in at a time (BEGIN IMMEDIATE, see `sqlite`), in
PostgreSQL a commit locks the world's row in `writers`. Readers wait for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, exc, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from vado.errors import BugError, OutsideError, VadoError
from vado.ledger import digest
from vado.model.feed import Contact
from vado.model.ids import Hash, JobId, WorldId
from vado.model.inbox import InboxKind, InboxRow, Receipt
from vado.model.world import Decision, World
from vado.store import rows
from vado.store.migrations import migrate
from vado.store.schema import ASIDE, PENDING, blobs, contacts, decisions, inbox, tokens, worlds, writers

# For pg_advisory_xact_lock: any number nobody else uses. "vadot" in ASCII.
TOKENS_LOCK = 0x7661646F74
WRITE = "vado_write"  # the execution option that tells `sqlite` to take the write lock at once


@contextmanager
def outside(where: str) -> Iterator[None]:
    """Turn what a database says when it is away, locked, full or broken into OutsideError E2001."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        lost = isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError)
        if not lost and type(error) is not exc.DatabaseError:
            raise  # a statement of ours is wrong: no outside trouble
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise OutsideError(
            f"the store {where} cannot be reached: {cause}",
            code="E2001",
            action="see that the database runs, its address is right and its disk can be written to",
        ) from error


def open_sql(engine: Engine) -> SqlStore:
    """Bring the tables up to date; leaves no connection behind when that fails."""
    try:
        with outside(engine.url.render_as_string(hide_password=True)):
            migrate(engine)
    except VadoError:
        engine.dispose()
        raise
    return SqlStore(engine)


class SqlStore:
    """`ports.Store` on an engine whose tables are up to date."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write_engine = engine.execution_options(**{WRITE: True})
        self._where = engine.url.render_as_string(hide_password=True)
        self._insert: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

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
        retiring = rows.retiring(removed, tokens)
        rows.check_message(source=source, key=key, tokens=tokens)
        body_hash = digest(body)
        key = key or body_hash
        name = {"world": world, "kind": kind.value, "source": source, "key": key}
        with self._write() as db:
            again = self._receipt_again(db, name, body_hash)
            if again is not None:
                return again
            if tokens or retiring:
                self._lock_tokens(db)
            db.execute(self._insert(blobs).values(hash=body_hash, bytes=body).on_conflict_do_nothing())
            row = {**name, "body_hash": body_hash, "received_s": received_s}
            seq = db.execute(
                self._insert(inbox).values(row).on_conflict_do_nothing().returning(inbox.c.seq)
            ).scalar()
            if seq is None:  # PostgreSQL: somebody committed the same name while we waited for it
                again = self._receipt_again(db, name, body_hash)
                if again is None:
                    raise BugError(f"message {key!r} is there and is not")
                return again
            self._keep_tokens(db, world, tokens, retiring)
            return Receipt(seq=seq, body_hash=body_hash)

    def pending(self, world: WorldId, *, limit: int) -> tuple[InboxRow, ...]:
        query = _ROWS.where(inbox.c.world == world, PENDING).order_by(inbox.c.seq).limit(limit)
        with self._read() as db:
            return tuple(_row(found) for found in db.execute(query))

    def heard(
        self, world: WorldId, *, kinds: Sequence[InboxKind], until_s: int, after: int, limit: int
    ) -> tuple[InboxRow, ...]:
        query = _ROWS.where(inbox.c.world == world, inbox.c.seq > after, inbox.c.received_s <= until_s)
        query = query.where(inbox.c.kind.in_([kind.value for kind in kinds]), inbox.c.quarantined.is_(None))
        with self._read() as db:
            return tuple(_row(found) for found in db.execute(query.order_by(inbox.c.seq).limit(limit)))

    def take_writer(self, world: WorldId) -> int:
        put = self._insert(writers).values(world=world, fence=1)
        put = put.on_conflict_do_update(index_elements=["world"], set_={"fence": writers.c.fence + 1})
        with self._write() as db:
            return int(db.execute(put.returning(writers.c.fence)).scalar_one())

    def commit(
        self,
        step_world: World,
        decision: Decision,
        *,
        consumed: Sequence[int],
        fence: int,
        set_aside: Mapping[int, str] | None = None,
    ) -> None:
        world, version, causes = step_world.id, step_world.version, set_aside or {}
        rows.check_step(step_world, decision)
        state = rows.dump_world(step_world)
        with self._write() as db:
            _check_fence(db, world, fence)
            newest = db.execute(_NEWEST.where(worlds.c.world == world)).one_or_none()
            rows.check_next(
                step_world,
                decision,
                version=newest.version if newest else 0,
                head=newest.head if newest else None,
            )
            _set_rows(db, world, consumed, {"consumed_version": version})
            for seq, cause in causes.items():
                _set_rows(
                    db, world, [seq], {"consumed_version": version, "quarantined": rows.clean_cause(cause)}
                )
            db.execute(
                worlds.insert().values(world=world, version=version, state=state, head=step_world.head)
            )
            db.execute(decisions.insert().values(world=world, seq=decision.seq, prev=decision.prev,
                                                 hash=decision.hash, record=decision.record))  # fmt: skip
            old = (worlds.c.world == world) & (worlds.c.version <= version - rows.STATES_KEPT)
            db.execute(delete(worlds).where(old))

    def quarantine(self, seq: int, *, cause: str, fence: int) -> None:
        with self._write() as db:
            world = db.execute(select(inbox.c.world).where(inbox.c.seq == seq)).scalar()
            if world is None:
                raise rows.not_pending([seq])
            _check_fence(db, world, fence)
            _set_rows(db, world, [seq], {"quarantined": rows.clean_cause(cause)})

    def quarantined(self, world: WorldId) -> tuple[tuple[InboxRow, str], ...]:
        query = _ROWS.where(inbox.c.world == world, ASIDE).order_by(inbox.c.seq)
        with self._read() as db:
            return tuple((_row(found), found.quarantined) for found in db.execute(query))

    def count_quarantined(self, world: WorldId) -> Mapping[str, int]:
        query = select(inbox.c.source, func.count().label("rows"))
        query = query.where(inbox.c.world == world, ASIDE).group_by(inbox.c.source)
        with self._read() as db:
            return {found.source: found.rows for found in db.execute(query)}

    def find_world(self, world: WorldId) -> World | None:
        query = select(worlds.c.version, worlds.c.head, worlds.c.state).where(worlds.c.world == world)
        with self._read() as db:
            found = db.execute(query.order_by(worlds.c.version.desc()).limit(1)).one_or_none()
        return None if found is None else rows.load_world(found.state, version=found.version, head=found.head)

    def find_version(self, world: WorldId) -> int:
        query = select(func.max(worlds.c.version)).where(worlds.c.world == world)
        with self._read() as db:
            return db.execute(query).scalar() or 0

    def find_decision(self, world: WorldId, seq: int) -> Decision | None:
        found = self.list_decisions(world, after=seq - 1, limit=1)
        return found[0] if found and found[0].seq == seq else None

    def list_decisions(self, world: WorldId, *, after: int, limit: int) -> tuple[Decision, ...]:
        query = select(decisions).where(decisions.c.world == world, decisions.c.seq > after)
        with self._read() as db:
            return tuple(
                Decision(seq=row.seq, prev=row.prev, hash=row.hash, record=row.record)
                for row in db.execute(query.order_by(decisions.c.seq).limit(limit))
            )

    def find_blob(self, blob: Hash) -> bytes | None:
        with self._read() as db:
            found = db.execute(select(blobs.c.bytes).where(blobs.c.hash == blob)).scalar()
        return None if found is None else bytes(found)

    def find_job_by_token(self, token: str) -> tuple[WorldId, JobId] | None:
        if rows.clean(token) != token:
            return None  # a database would stumble over it; it is nobody's
        with self._read() as db:
            found = db.execute(select(tokens).where(tokens.c.token == token)).one_or_none()
        return None if found is None else (WorldId(found.world), JobId(found.job))

    def find_token(self, world: WorldId, job: JobId) -> str | None:
        query = select(tokens.c.token).where(tokens.c.world == world, tokens.c.job == rows.clean(job))
        with self._read() as db:
            return db.execute(query).scalar()

    def keep_contact(self, world: WorldId, contact: Contact) -> None:
        row = {"world": world, "source": contact.source, "channel": contact.channel}
        state = rows.dump_contact(contact)
        put = self._insert(contacts).values(**row, state=state)
        put = put.on_conflict_do_update(index_elements=list(row), set_={"state": state})
        with self._write() as db:
            db.execute(put)

    def contacts(self, world: WorldId) -> tuple[Contact, ...]:
        query = select(contacts.c.state).where(contacts.c.world == world)
        with self._read() as db:
            found = [rows.load_contact(state) for state in db.execute(query).scalars()]
        return tuple(sorted(found, key=lambda each: (each.source, each.channel)))

    def count_pending(self, world: WorldId) -> int:
        query = select(func.count()).select_from(inbox).where(inbox.c.world == world, PENDING)
        with self._read() as db:
            return db.execute(query).scalar_one()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with outside(self._where), self._engine.connect() as db:
            yield db

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with outside(self._where), self._write_engine.begin() as db:
            yield db

    def _receipt_again(self, db: Connection, name: dict[str, str], body_hash: Hash) -> Receipt | None:
        query = select(inbox.c.seq, inbox.c.body_hash).filter_by(**name)
        known = db.execute(query).one_or_none()
        return (
            None if known is None else rows.receipt_again(known.seq, known.body_hash, body_hash, name["key"])
        )

    def _lock_tokens(self, db: Connection) -> None:
        """Let one message about jobs in at a time: PostgreSQL gives numbers before it commits.

        A job removed by row 7 and put again by row 8 must get its new token after the old one retired.
        SQLite lets in one at a time anyway.
        """
        if db.dialect.name == "postgresql":
            db.execute(select(func.pg_advisory_xact_lock(TOKENS_LOCK)))

    def _keep_tokens(
        self, db: Connection, world: WorldId, kept: Mapping[JobId, str], retiring: Sequence[JobId]
    ) -> None:
        own = (tokens.c.world == world) & (tokens.c.job == bindparam("name"))
        if retiring:
            gone = [{"name": job} for job in retiring]
            db.execute(update(tokens).where(own).values(retired=True), gone)
        if kept:
            names = [{"name": job} for job in kept]
            db.execute(delete(tokens).where(own, tokens.c.retired), names)
            values = [{"world": world, "job": job, "token": token} for job, token in kept.items()]
            db.execute(self._insert(tokens).on_conflict_do_nothing(), values)


_ROWS = select(inbox, blobs.c.bytes.label("body")).join(blobs, inbox.c.body_hash == blobs.c.hash)
_NEWEST = select(worlds.c.version, worlds.c.head).order_by(worlds.c.version.desc()).limit(1)


def _row(found: Any) -> InboxRow:
    return InboxRow(
        seq=found.seq, world=found.world, kind=InboxKind(found.kind), source=found.source, key=found.key,
        body_hash=found.body_hash, body=bytes(found.body), received_s=found.received_s,
    )  # fmt: skip


def _check_fence(db: Connection, world: WorldId, fence: int) -> None:
    """Lock the world's line until this transaction ends, and see that it is still ours."""
    query = select(writers.c.fence).where(writers.c.world == world).with_for_update()
    if db.execute(query).scalar() != fence:
        raise rows.writer_lost(world)


def _set_rows(db: Connection, world: WorldId, seqs: Sequence[int], values: dict[str, Any]) -> None:
    """Change pending rows; none or another world's among them is an error that undoes the transaction."""
    if not seqs:
        return
    one = update(inbox).where(inbox.c.world == world, inbox.c.seq.in_(bindparam("seqs", expanding=True)))
    if db.execute(one.where(PENDING).values(**values), {"seqs": list(seqs)}).rowcount != len(seqs):
        raise rows.not_pending(sorted(seqs))

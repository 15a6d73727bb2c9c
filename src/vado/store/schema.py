"""The tables, for SQLite and PostgreSQL alike. `migrations/` makes them; a test keeps the two the same."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

# SQLite counts up by itself only in a column that is exactly INTEGER; it holds 64 bits all the same.
_SEQ = BigInteger().with_variant(Integer(), "sqlite")

# What came, by its hash: the same bytes are kept once.
blobs = Table(
    "blobs",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

# What was acknowledged and what became of it. A row is pending while both of its last columns are null:
# a flag and not a high-water mark, because PostgreSQL may show row 8 before row 7 is committed.
inbox = Table(
    "inbox",
    metadata,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    Column("world", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_hash", Text, ForeignKey("blobs.hash"), nullable=False),
    Column("received_s", BigInteger, nullable=False),
    Column("consumed_version", BigInteger),  # the version of the world whose step took it in
    Column("quarantined", Text),  # why it was set aside
    UniqueConstraint("world", "kind", "source", "key", name="inbox_name"),
    sqlite_autoincrement=True,
)
PENDING = inbox.c.consumed_version.is_(None) & inbox.c.quarantined.is_(None)
ASIDE = inbox.c.quarantined.is_not(None)
Index("inbox_aside", inbox.c.world, inbox.c.source, sqlite_where=ASIDE, postgresql_where=ASIDE)
Index("inbox_pending", inbox.c.world, inbox.c.seq, sqlite_where=PENDING, postgresql_where=PENDING)

# The newest states of each world, as JSON.
worlds = Table(
    "worlds",
    metadata,
    Column("world", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("state", Text, nullable=False),
    Column("head", Text, nullable=False),
)

# The ledger: never changed, never deleted.
decisions = Table(
    "decisions",
    metadata,
    Column("world", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("prev", Text),
    Column("hash", Text, nullable=False),
    Column("record", Text, nullable=False),
)

# Who may write a world: the holder of the highest number.
writers = Table(
    "writers",
    metadata,
    Column("world", Text, primary_key=True),
    Column("fence", BigInteger, nullable=False),
)

# By which secret a recipient finds their parcel; the first one of a job stays until the job is removed. Then
# it is retired: it still leads to what became of the job, and goes when the job's id gets another one.
tokens = Table(
    "tokens",
    metadata,
    Column("token", Text, primary_key=True),
    Column("world", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("retired", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("world", "job", name="tokens_job"),
)

# What was last heard of feeds, as JSON: one line a source and channel, written over and over.
contacts = Table(
    "contacts",
    metadata,
    Column("world", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False),
)

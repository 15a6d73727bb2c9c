"""The first tables. Written out and not taken from `schema`, which will move on."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PENDING = sa.text("consumed_version IS NULL AND quarantined IS NULL")


def upgrade() -> None:
    """Make blobs, inbox, worlds, decisions, writers and tokens."""
    op.create_table(
        "blobs",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("world", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body_hash", sa.Text, sa.ForeignKey("blobs.hash"), nullable=False),
        sa.Column("received_s", sa.BigInteger, nullable=False),
        sa.Column("consumed_version", sa.BigInteger),
        sa.Column("quarantined", sa.Text),
        sa.UniqueConstraint("world", "kind", "source", "key", name="inbox_name"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "inbox_pending", "inbox", ["world", "seq"], sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.create_table(
        "worlds",
        sa.Column("world", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("world", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("prev", sa.Text),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "writers",
        sa.Column("world", sa.Text, primary_key=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("world", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.UniqueConstraint("world", "job", name="tokens_job"),
    )


def downgrade() -> None:
    """Refuse: what was acknowledged is not thrown away."""
    raise NotImplementedError("restore a backup instead")

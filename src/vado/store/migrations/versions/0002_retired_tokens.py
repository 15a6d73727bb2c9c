"""Tokens of removed jobs retire: a job id used again gets a new address. Rows set aside are indexed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ASIDE = sa.text("quarantined IS NOT NULL")


def upgrade() -> None:
    """Add `retired` to tokens, where those that are there are taken to be in use; and the index."""
    op.add_column("tokens", sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()))
    # /health counts them, and is asked every few seconds.
    op.create_index("inbox_aside", "inbox", ["world", "source"], sqlite_where=ASIDE, postgresql_where=ASIDE)


def downgrade() -> None:
    """Refuse: without the column a removed job's address would lead to the next job of that id."""
    raise NotImplementedError("restore a backup instead")

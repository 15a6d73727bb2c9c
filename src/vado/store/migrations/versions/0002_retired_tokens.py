"""Tokens of removed jobs retire, so that a job id used again gets a new address."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add `retired` to tokens; those that are there are taken to be in use."""
    op.add_column("tokens", sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Refuse: without the column a removed job's address would lead to the next job of that id."""
    raise NotImplementedError("restore a backup instead")

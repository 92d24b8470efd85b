"""A case need not be about a rating."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let cases without a rating be kept; those that are there keep theirs."""
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("rating_id", nullable=True)


def downgrade() -> None:
    """Refuse them again; fails while there is one."""
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("rating_id", nullable=False)

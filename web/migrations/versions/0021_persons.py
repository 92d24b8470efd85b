"""Who does a task without holding its post is marked, since a rule lets them stand in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody stands in yet."""
    op.add_column("work_items", sa.Column("stands_in", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """What somebody does who stands in is free for its office again."""
    op.execute(sa.text("UPDATE work_items SET assignee_id = NULL WHERE stands_in AND status = 'open'"))
    op.drop_column("work_items", "stands_in")

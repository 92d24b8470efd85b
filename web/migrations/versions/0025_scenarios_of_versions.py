"""A version keeps the scenarios it was deployed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; `caseflow init` writes down what the drafts of earlier releases left."""
    op.add_column("definitions", sa.Column("scenarios", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it; what was kept with drafts is there."""
    op.drop_column("definitions", "scenarios")

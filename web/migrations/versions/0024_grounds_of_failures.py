"""A failure that the review of an appeal verifies keeps on what it rests that people are much upset by it (QJ-18)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was recorded before has none."""
    op.add_column("assessment_records", sa.Column("opinion", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("assessment_records", "opinion")

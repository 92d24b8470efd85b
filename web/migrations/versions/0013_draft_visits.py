"""Who has a draft of a diagram open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "draft_visits",
        sa.Column("draft_id", BIG, sa.ForeignKey("process_drafts.id"), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("draft_visits")

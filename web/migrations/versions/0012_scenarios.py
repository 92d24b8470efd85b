"""Try-outs of drafts: runs under way, and runs kept as scenarios."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trial_runs",
        sa.Column("draft_id", BIG, sa.ForeignKey("process_drafts.id"), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("acts", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "kept_scenarios",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("draft_id", BIG, sa.ForeignKey("process_drafts.id"), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kept_by_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.UniqueConstraint("draft_id", "key"),
    )


def downgrade() -> None:
    op.drop_table("kept_scenarios")
    op.drop_table("trial_runs")

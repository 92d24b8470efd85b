"""Who does a task without holding its post is marked, since a rule lets them stand in. Verified failures of units and
persons are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody stands in yet, and nothing is recorded."""
    op.add_column("work_items", sa.Column("stands_in", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "conduct_records",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("staff_no", sa.String(32)),
        sa.Column("grounds", sa.Text, nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("consequences", sa.String(120), nullable=False),
        sa.Column("article", sa.String(16), nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.Column("recorded_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("recorded_by", "form_token"),
    )
    op.create_index("ix_conduct_records_case_id", "conduct_records", ["case_id"])
    op.create_index("ix_conduct_records_regulation_year", "conduct_records", ["regulation", "year"])


def downgrade() -> None:
    """What somebody does who stands in is free for its office again; the records are lost."""
    op.drop_table("conduct_records")
    op.execute(sa.text("UPDATE work_items SET assignee_id = NULL WHERE stands_in AND status = 'open'"))
    op.drop_column("work_items", "stands_in")

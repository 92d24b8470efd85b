"""What is needed to watch a running installation: complaints, checkups, step times, and what finds them quickly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STANDING = sa.text("cleared_at IS NULL")
OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    """Add the tables and indexes."""
    op.create_table(
        "complaints",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("found_by", sa.String(40), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("case_number", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("cleared_at", MOMENT),
    )
    op.create_index("uq_complaints_standing", "complaints", ["code", "case_number", "subject"], unique=True,
                    sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_table(
        "checkups",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
    )
    op.create_table(
        "step_times",
        sa.Column("operation", sa.String(24), primary_key=True),
        sa.Column("le_ms", BIG, primary_key=True, autoincrement=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
    )
    op.create_index("ix_cases_open", "cases", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_timer_firings_fired_at", "timer_firings", ["fired_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_timer_firings_fired_at", "timer_firings")
    op.drop_index("ix_cases_open", "cases")
    for table in ("step_times", "checkups", "complaints"):
        op.drop_table(table)

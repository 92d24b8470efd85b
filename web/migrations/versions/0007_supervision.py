"""Deadlines that are stopped and extended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_supervision"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KEPT = ("deadline_entries",)   # nothing of these is ever rewritten


def upgrade() -> None:
    """Make the tables, and have the database refuse to rewrite what was recorded in them."""
    op.create_table(
        "deadline_entries",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("used", BIG, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.UniqueConstraint("case_id", "token", "seq"),
    )
    op.add_column("work_items", sa.Column("clock_stopped", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in KEPT:
        for event in ("UPDATE", "DELETE"):
            _refuse(table, event)


def downgrade() -> None:
    """Drop them; deadlines that stand still then run from where they stood."""
    op.execute("UPDATE timers SET status = 'pending' WHERE status = 'stopped'")
    op.drop_column("work_items", "clock_stopped")
    op.drop_table("deadline_entries")


def _refuse(table: str, event: str) -> None:
    name = f"{table}_no_{event.lower()}"
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                   f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded stays as it is'); END")
    else:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")

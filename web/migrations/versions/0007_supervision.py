"""What supervisors do: deadlines stopped and extended, tasks handed over, reminders, absences; indexes of the board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KEPT = ("deadline_entries",)   # nothing of these is ever rewritten

INDEXES = (
    ("ix_work_items_of_unit", ["unit_id", "due_at", "id"], sa.text("status = 'open'")),
    ("ix_work_items_due", ["due_at", "id"], sa.text("status = 'open'")),
    ("ix_work_items_stopped", ["unit_id", "id"], sa.text("status = 'open' AND clock_stopped")),
)


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
    _handovers()
    _absences()
    for name, columns, where in INDEXES:
        op.create_index(name, "work_items", columns, sqlite_where=where, postgresql_where=where)
    for table in KEPT:
        for event in ("UPDATE", "DELETE"):
            _refuse(table, event)


def downgrade() -> None:
    """Drop them; deadlines that stand still then run from where they stood."""
    op.execute("UPDATE timers SET status = 'pending' WHERE status = 'stopped'")
    for name, *_ in INDEXES:
        op.drop_index(name, "work_items")
    op.drop_column("work_items", "clock_stopped")
    for table in ("substituted_items", "absences", "ladder_steps"):
        op.drop_table(table)
    op.drop_table("handover_items")
    op.drop_table("handovers")
    op.drop_table("deadline_entries")


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("form_token", sa.String(64), nullable=False, unique=True),
        sa.Column("actor_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "handover_items",
        sa.Column("handover_id", BIG, sa.ForeignKey("handovers.id"), primary_key=True),
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("from_unit_id", BIG, sa.ForeignKey("units.id")),
        sa.Column("from_user_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("responsible", sa.Boolean(), nullable=False),
        sa.Column("moved_at", MOMENT),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("acknowledged_by", BIG, sa.ForeignKey("users.id")),
    )
    op.create_index("ix_handover_items_work_item_id", "handover_items", ["work_item_id"])
    op.create_table(
        "ladder_steps",
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), primary_key=True),
        sa.Column("rung", sa.String(16), primary_key=True),
        sa.Column("due_at", MOMENT, primary_key=True),
        sa.Column("taken_at", MOMENT, nullable=False),
    )


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("substitute_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("open_too", sa.Boolean(), nullable=False),
        sa.Column("entered_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("lent", sa.Text(), nullable=False),
    )
    op.create_index("ix_absences_ended_at_first_day", "absences", ["ended_at", "first_day"])
    for column in ("user_id", "substitute_id"):
        op.create_index(f"ix_absences_{column}", "absences", [column])
    op.create_table(
        "substituted_items",
        sa.Column("absence_id", BIG, sa.ForeignKey("absences.id"), primary_key=True),
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), primary_key=True),
    )


def _refuse(table: str, event: str) -> None:
    name = f"{table}_no_{event.lower()}"
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                   f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded stays as it is'); END")
    else:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")

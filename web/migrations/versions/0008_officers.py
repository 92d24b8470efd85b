"""What officers add to cases beside their answers. What was added stays as it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
RUNNING = sa.text("ended_at IS NULL")
APPEND_ONLY = ("attachments", "comments", "contact_attempts")


def upgrade() -> None:
    """Add the tables, and the triggers that keep what was recorded."""
    op.create_table(
        "attachments",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "purpose", "digest", name="uq_attachments_case_id_purpose_digest"),
    )
    op.create_index("ix_attachments_digest", "attachments", ["digest"])
    _create_remarks()
    _create_aids()
    _create_delegations()
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        _keep_on_sqlite(table) if sqlite else _keep_on_postgresql(table)


def _create_remarks() -> None:
    op.create_table(
        "comments",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.UniqueConstraint("written_by", "form_token", name="uq_comments_written_by_form_token"),
    )
    op.create_index("ix_comments_case_id_id", "comments", ["case_id", "id"])
    op.create_table(
        "contact_attempts",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.UniqueConstraint("made_by", "form_token", name="uq_contact_attempts_made_by_form_token"),
    )
    op.create_index("ix_contact_attempts_case_id_tried_at", "contact_attempts", ["case_id", "tried_at"])


def _create_aids() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("owner_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id")),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.UniqueConstraint("owner_id", "name", name="uq_saved_filters_owner_id_name"),
    )
    op.create_index("ix_saved_filters_unit_id", "saved_filters", ["unit_id"])
    op.create_table(
        "phrases",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("unit_id", "title", name="uq_phrases_unit_id_title"),
    )


def _create_delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), nullable=False),
        sa.Column("from_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("to_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("answer", sa.String(500), nullable=False),
    )
    op.create_index("uq_delegations_running", "delegations", ["work_item_id"], unique=True,
                    sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index("ix_delegations_work_item_id", "delegations", ["work_item_id"])
    op.create_index("ix_delegations_from_id_running", "delegations", ["from_id"],
                    sqlite_where=RUNNING, postgresql_where=RUNNING)


def _keep_on_sqlite(table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                   f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded stays as it is'); END")


def _keep_on_postgresql(table: str) -> None:
    for event, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                   f"FOR EACH {each} EXECUTE FUNCTION caseflow_refuse()")


def downgrade() -> None:
    """Drop them."""
    for table in (*APPEND_ONLY, "saved_filters", "phrases", "delegations"):
        op.drop_table(table)

"""All tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = """
        submissions notices drafts work_items timers timer_firings process_instances outbox newest_ratings
        incidents case_units awaited_messages applied_effects cases ratings web_sessions service_records
        role_assignments journal users units simulated_clock number_sequences journal_heads heartbeats
        definitions calendar_notices calendar_days api_keys login_failures
"""  # dependants first


def upgrade() -> None:
    """Create every table and index."""
    op.create_table(
        "api_keys",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("note", sa.Text),
    )
    op.create_table(
        "calendar_days",
        sa.Column("jurisdiction", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
    )
    op.create_table(
        "calendar_notices",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("jurisdiction", sa.String(32), nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.UniqueConstraint("jurisdiction", "year"),
    )
    op.create_table(
        "definitions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("regulation", sa.String(32), nullable=False, index=True),
        sa.Column("process_id", sa.String(64), nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("deployed_at", MOMENT, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.String(80), primary_key=True),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("fired", BIG, nullable=False),
        sa.Column("lag_seconds", sa.Double, nullable=False),
    )
    op.create_table(
        "journal_heads",
        sa.Column("stream", sa.String(40), primary_key=True),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_table(
        "number_sequences",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("last", BIG, nullable=False),
    )
    op.create_table(
        "simulated_clock",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("ahead_seconds", BIG, nullable=False),
    )
    op.create_table(
        "units",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("regulation", sa.String(32), nullable=False, index=True),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32)),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("parent_id", BIG, sa.ForeignKey("units.id"), index=True),
        sa.UniqueConstraint("regulation", "code"),
        sa.UniqueConstraint("regulation", "key"),
    )
    op.create_table(
        "users",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("username", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("staff_no", sa.String(32)),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
    )
    op.create_table(
        "login_failures",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("failures", BIG, nullable=False),
        sa.Column("since", MOMENT, nullable=False, index=True),
        sa.Column("locked_until", MOMENT),
    )
    op.create_table(
        "journal",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("stream", "seq"),
    )
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_table(
        "role_assignments",
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
    )
    op.create_index("ix_role_assignments_unit_id_role", "role_assignments", ["unit_id", "role"])
    op.create_table(
        "service_records",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("project_no", sa.String(64), nullable=False),
        sa.Column("service_number", BIG, nullable=False),
        sa.Column("service_name", sa.String(64)),
        sa.Column("service_time", MOMENT, nullable=False),
        sa.Column("task_code", sa.String(64)),
        sa.Column("task_name", sa.String(200)),
        sa.Column("task_type", sa.String(8)),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("org_code", sa.String(32)),
        sa.Column("org_name", sa.String(120)),
        sa.Column("handler_name", sa.String(64)),
        sa.Column("handler_no", sa.String(32)),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id")),
        sa.UniqueConstraint("project_no", "service_number"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "ratings",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("service_record_id", BIG, sa.ForeignKey("service_records.id"), nullable=False, unique=True),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("level", sa.String(24), nullable=False),
        sa.Column("raw_level", sa.String(8), nullable=False),
        sa.Column("detail_codes", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("channel", sa.String(8)),
        sa.Column("rated_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("real_name", sa.Boolean, nullable=False),
        sa.Column("rater_name", sa.String(64)),
        sa.Column("rater_phone", sa.String(32)),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("voided_at", MOMENT),
    )
    op.create_index("ix_ratings_regulation_received_at", "ratings", ["regulation", "received_at"])
    op.create_table(
        "cases",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("number", sa.String(40), nullable=False, unique=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("after_expiry", sa.Boolean, nullable=False),
        sa.Column("rating_id", BIG, sa.ForeignKey("ratings.id"), nullable=False, index=True),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False, index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("step", sa.String(120), nullable=False),
        sa.Column("outcome", sa.String(64)),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("version", BIG, nullable=False),
        sa.Column("next_due", MOMENT),
        sa.Column("next_try", MOMENT),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("incident", sa.Boolean, nullable=False, index=True),
        sa.Column("journal_seq", BIG, nullable=False),
        sa.Column("journal_head", sa.String(64), nullable=False),
    )
    op.create_index("ix_cases_next_try", "cases", ["next_try"])
    op.create_index("ix_cases_regulation_status_opened_at", "cases", ["regulation", "status", "opened_at"])
    op.create_table(
        "applied_effects",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("token", BIG, primary_key=True),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
    )
    op.create_table(
        "awaited_messages",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("token", BIG, primary_key=True),
        sa.Column("element", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
    )
    op.create_table(
        "case_units",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), primary_key=True),
    )
    op.create_index("ix_case_units_unit_id_case_id", "case_units", ["unit_id", "case_id"])
    op.create_table(
        "incidents",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", BIG, sa.ForeignKey("users.id")),
    )
    op.create_table(
        "newest_ratings",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("rating_id", BIG, sa.ForeignKey("ratings.id"), nullable=False, index=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("level", sa.String(24), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "token"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id")),
        sa.Column("role", sa.String(16)),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("next_try", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
    )
    op.create_index("ix_outbox_status_next_try", "outbox", ["status", "next_try"])
    op.create_table(
        "process_instances",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("definition", sa.String(64), sa.ForeignKey("definitions.digest"), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("state_digest", sa.String(64), nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "timer_firings",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("token", BIG, primary_key=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("fired_at", MOMENT, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("element", sa.String(64), nullable=False),
        sa.Column("attached_to", sa.String(64), nullable=False),
        sa.Column("interrupting", sa.Boolean, nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("since_name", sa.String(64), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("calendar", sa.String(64), nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "token"),
    )
    op.create_index("ix_timers_status_due_at", "timers", ["status", "due_at"])
    op.create_table(
        "work_items",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("element", sa.String(64), nullable=False),
        sa.Column("visit", BIG, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("assignee_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("due_provisional", sa.Boolean, nullable=False),
        sa.Column("completed_at", MOMENT),
        sa.Column("completed_by", BIG, sa.ForeignKey("users.id")),
        sa.UniqueConstraint("case_id", "token"),
    )
    op.create_index("ix_work_items_status_assignee_id_due_at", "work_items", ["status", "assignee_id", "due_at"])
    op.create_index("ix_work_items_status_unit_id_role_due_at", "work_items", ["status", "unit_id", "role", "due_at"])
    op.create_table(
        "drafts",
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("form_values", sa.Text, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("outbox_id", BIG, sa.ForeignKey("outbox.id"), nullable=False, unique=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id")),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_notices_unit_id_role_created_at", "notices", ["unit_id", "role", "created_at"])
    op.create_table(
        "submissions",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("work_item_id", BIG, sa.ForeignKey("work_items.id"), nullable=False),
        sa.Column("element", sa.String(64), nullable=False),
        sa.Column("form_values", sa.Text, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.Column("submitted_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.UniqueConstraint("work_item_id"),
    )
    op.create_index("ix_submissions_case_id", "submissions", ["case_id"])
    op.execute("INSERT INTO journal_heads (stream, seq, head) VALUES ('system', 0, '')")  # the lock of that chain


def downgrade() -> None:
    """Drop every table."""
    for table in TABLES.split():
        op.drop_table(table)

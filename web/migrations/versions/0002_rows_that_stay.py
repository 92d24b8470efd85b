"""Rows that never change: the database itself refuses to rewrite what was recorded."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journal", "submissions", "timer_firings", "applied_effects")
KEPT = {  # table → columns that never change; the row itself stays for ever
    "service_records": (
        "id", "project_no", "service_number", "service_name", "service_time", "task_code", "task_name", "task_type",
        "area_code", "org_code", "org_name", "handler_name", "handler_no",
    ),
    "ratings": (
        "id", "service_record_id", "regulation", "level", "raw_level", "detail_codes", "text", "channel", "rated_at",
        "received_at", "source", "real_name", "raw",
    ),
    "definitions": ("digest", "regulation", "process_id", "files", "deployed_at"),
}


def _triggers() -> dict[tuple[str, str], str]:
    """(table, trigger name) → what it stands before."""
    events = {}
    for table in APPEND_ONLY:
        events[table, f"{table}_no_update"] = "UPDATE"
    for table, columns in KEPT.items():
        events[table, f"{table}_no_update"] = f"UPDATE OF {', '.join(columns)}"
    for table in (*APPEND_ONLY, *KEPT):
        events[table, f"{table}_no_delete"] = "DELETE"
    return events


def _upgrade_sqlite() -> None:
    for (table, name), event in _triggers().items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded stays as it is'); END"
        )
    op.execute(  # INSERT OR REPLACE deletes without asking the trigger above
        "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal WHEN EXISTS "
        "(SELECT 1 FROM journal WHERE id = NEW.id OR (stream = NEW.stream AND seq = NEW.seq)) "
        "BEGIN SELECT RAISE(ABORT, 'journal: this entry exists'); END"
    )


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION caseflow_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%: what was recorded stays as it is', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END $$"
    )
    for (table, name), event in _triggers().items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
    for table in (*APPEND_ONLY, *KEPT):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION caseflow_refuse()"
        )


def upgrade() -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of what is kept as evidence."""
    if op.get_context().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    """Drop the triggers."""
    sqlite = op.get_context().dialect.name == "sqlite"
    names = list(_triggers())
    if sqlite:
        names.append(("journal", "journal_no_replace"))
    else:
        names += [(table, f"{table}_no_truncate") for table in (*APPEND_ONLY, *KEPT)]
    for table, name in names:
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
    if not sqlite:
        op.execute("DROP FUNCTION caseflow_refuse()")

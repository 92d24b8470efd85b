"""The migrations make what the models say, and the database refuses to rewrite evidence."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from caseflow.models import Base, db
from web import migrations

MOMENT = "2026-03-02 01:00:00"
ROWS = (
    ("units", "1, 'guichi', 'U1', 'bureau', '数据局', 'district', '341702', NULL"),
    ("users", "1, 'li', '李', NULL, '', true, false, 'zh', 0, NULL"),
    ("service_records", f"1, 'P1', 1, NULL, '{MOMENT}', NULL, NULL, NULL, '341702', NULL, NULL, NULL, NULL, 1"),
    ("ratings", f"1, 1, 'guichi', 'dissatisfied', '2', '', '慢', NULL, '{MOMENT}', '{MOMENT}', 'file:a', true, "
                "NULL, NULL, '{}', NULL"),
    ("definitions", f"'d', 'guichi', 'guichi_rectification', '{{}}', '{MOMENT}', true"),
    ("cases", f"1, 'GC-1', 'rectification', 'guichi', false, 1, 1, 'open', '', NULL, '{MOMENT}', NULL, 1, NULL, NULL, "
              "0, false, 0, ''"),
    ("work_items", f"1, 1, 1, 'rectify', 1, '整改', 1, 'officer', NULL, 'open', '{MOMENT}', NULL, false, NULL, NULL"),
    ("submissions", f"1, 1, 1, 'rectify', '{{}}', 't', 1, '{MOMENT}'"),
    ("timer_firings", f"1, 1, '{MOMENT}', '{MOMENT}'"),
    ("applied_effects", f"1, 1, 'escalate', '{MOMENT}'"),
    ("journal", f"1, 'case:1', 1, '{MOMENT}', NULL, '系统', 'case_opened', '{{}}', '', 'h'"),
)
REFUSED = [
    *(f"UPDATE ratings SET {column} = {column}" for column in (
        "level", "raw_level", "text", "received_at", "rated_at", "source", "channel", "raw", "service_record_id")),
    "UPDATE service_records SET project_no = 'P2'",
    "UPDATE service_records SET handler_name = '王'",
    "UPDATE submissions SET form_values = '{}'",
    "UPDATE definitions SET files = '{}'",
    "UPDATE timer_firings SET fired_at = due_at",
    "UPDATE applied_effects SET topic = 'remind'",
    "UPDATE journal SET details = '{}'",
    "UPDATE journal SET id = 9",
    *(f"DELETE FROM {table}" for table in (
        "journal", "submissions", "timer_firings", "applied_effects", "definitions")),
]
ALLOWED = (
    f"UPDATE ratings SET voided_at = '{MOMENT}'",
    "UPDATE service_records SET unit_id = NULL",
    "UPDATE definitions SET current = false",
    "UPDATE cases SET status = 'closed'",
)


@pytest.fixture
def filled(session):
    for table, values in ROWS:
        session.execute(text(f"INSERT INTO {table} VALUES ({values})"))
    session.commit()
    return session


@pytest.mark.both_databases
def test_models_and_migrations_agree(session):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.both_databases
def test_a_migrated_database_is_current_and_migrating_again_changes_nothing(session):
    assert migrations.is_current()
    migrations.upgrade()
    assert migrations.is_current()


@pytest.mark.both_databases
def test_the_database_refuses_to_rewrite_what_was_recorded(filled):
    for statement in REFUSED:
        with pytest.raises(DBAPIError, match="stays as it is"):
            filled.execute(text(statement))
        filled.rollback()


@pytest.mark.both_databases
def test_the_database_lets_change_what_may_change(filled):
    for statement in ALLOWED:
        assert filled.execute(text(statement)).rowcount == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_journal(filled):
    with pytest.raises(DBAPIError, match="stays as it is"):
        filled.execute(text("TRUNCATE journal"))


def test_sqlite_refuses_to_replace_an_entry(filled):
    values = dict(ROWS)["journal"]
    with pytest.raises(DBAPIError, match="this entry exists"):
        filled.execute(text(f"INSERT OR REPLACE INTO journal VALUES ({values})"))
    filled.rollback()
    with pytest.raises(DBAPIError, match="this entry exists"):
        filled.execute(text(f"INSERT OR REPLACE INTO journal VALUES ({values.replace('1,', '7,', 1)})"))


@pytest.mark.both_databases
def test_a_revision_that_fails_leaves_nothing_behind(app, monkeypatch):
    with app.app_context():
        migrations.downgrade("0001")
        monkeypatch.setattr(Operations, "execute", _fails_at_the_journal)
        with pytest.raises(RuntimeError):
            migrations.upgrade()
        monkeypatch.undo()
        assert not migrations.is_current()
        migrations.upgrade()
        assert migrations.is_current()


def _fails_at_the_journal(self, statement, execute=Operations.execute):
    if "journal_no_delete" in statement:
        raise RuntimeError("the disk is full")
    execute(self, statement)


@pytest.mark.both_databases
def test_the_way_back_leads_to_an_empty_database(app):
    with app.app_context():
        migrations.downgrade("base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}

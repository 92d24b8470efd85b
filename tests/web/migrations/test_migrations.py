"""The migrations make what the models say, and the database refuses to rewrite evidence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from caseflow.errors import ConfigurationError
from caseflow.models import (
    AppliedEffect,
    Base,
    Case,
    DeadlineEntry,
    Definition,
    JournalEntry,
    Rating,
    ServiceRecord,
    Submission,
    TimerFiring,
    Unit,
    User,
    WorkItem,
    db,
)
from web import migrations

MOMENT = datetime(2026, 3, 2, 1, tzinfo=UTC)
REFUSED = [
    *(f"UPDATE ratings SET {column} = {column}" for column in (
        "level", "raw_level", "text", "received_at", "rated_at", "source", "channel", "raw", "service_record_id")),
    "UPDATE service_records SET project_no = 'P2'",
    "UPDATE service_records SET handler_name = '王'",
    "UPDATE submissions SET form_values = '{}'",
    "UPDATE definitions SET files = '{}'",
    *(f"UPDATE definitions SET {column} = 1" for column in ("number", "deployed_by_id", "approved_by_id")),
    "UPDATE timer_firings SET fired_at = due_at",
    "UPDATE applied_effects SET topic = 'remind'",
    "UPDATE journal SET details = '{}'",
    "UPDATE journal SET id = 9",
    "UPDATE deadline_entries SET amount = 9",
    *(f"DELETE FROM {table}" for table in (
        "journal", "submissions", "timer_firings", "applied_effects", "definitions", "ratings", "service_records",
        "deadline_entries")),
]
ALLOWED = (
    "UPDATE ratings SET voided_at = received_at",
    "UPDATE service_records SET unit_id = NULL",
    "UPDATE definitions SET current = false",
    "UPDATE cases SET status = 'closed'",
)


def one_of_each():
    return [
        Unit(id=1, regulation="guichi", code="U1", name="数据局", level="district", area_code="341702"),
        User(id=1, username="li", name="李", password_hash=""),
        ServiceRecord(id=1, project_no="P1", service_number=1, service_time=MOMENT, area_code="341702", unit_id=1),
        Rating(id=1, service_record_id=1, regulation="guichi", level="dissatisfied", raw_level="2", text="慢",
               rated_at=MOMENT, received_at=MOMENT, source="file:a", real_name=True, raw="{}"),
        Definition(digest="d", regulation="guichi", process_id="guichi_rectification", number=1, files="{}",
                   deployed_at=MOMENT),
        Case(id=1, number="GC-1", kind="rectification", regulation="guichi", rating_id=1, unit_id=1, opened_at=MOMENT),
        WorkItem(id=1, case_id=1, token=1, element="rectify", visit=1, name="整改", unit_id=1, role="officer",
                 opened_at=MOMENT),
        Submission(id=1, case_id=1, work_item_id=1, element="rectify", form_values="{}", form_token="t", submitted_by=1,
                   submitted_at=MOMENT),
        TimerFiring(case_id=1, token=1, due_at=MOMENT, fired_at=MOMENT),
        AppliedEffect(case_id=1, token=1, topic="escalate", applied_at=MOMENT),
        DeadlineEntry(id=1, case_id=1, token=1, seq=1, kind="extended", at=MOMENT, amount=1),
        JournalEntry(id=1, stream="case:1", seq=1, at=MOMENT, actor="系统", kind="case_opened", details="{}",
                     previous="", hash="h"),
    ]


@pytest.fixture
def filled(session):
    for row in one_of_each():
        session.add(row)
        session.flush()
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
    for number in ("1", "7"):
        with pytest.raises(DBAPIError, match="this entry exists"):
            filled.execute(text(
                f"INSERT OR REPLACE INTO journal SELECT {number}, stream, seq, at, actor_id, actor, 'x', details, "
                "previous, hash FROM journal"))
        filled.rollback()


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
def test_a_case_need_not_be_about_a_rating_and_those_that_are_keep_theirs(filled):
    indexes = _indexes_of_cases()
    migrations.downgrade("0015")
    with pytest.raises(DBAPIError):
        filled.execute(text("UPDATE cases SET rating_id = NULL"))
    filled.rollback()
    migrations.upgrade()
    assert _indexes_of_cases() == indexes
    assert filled.execute(text("SELECT number, rating_id FROM cases")).all() == [("GC-1", 1)]
    with pytest.raises(DBAPIError):
        filled.execute(text("DELETE FROM cases"))      # its task, its answers and the rest still refer to it
    filled.rollback()
    assert filled.execute(text("UPDATE cases SET rating_id = NULL")).rowcount == 1


def _indexes_of_cases():
    return {index["name"]: (index["column_names"], [str(option) for option in index["dialect_options"].values()])
            for index in inspect(db.engine).get_indexes("cases")}


def test_a_revision_that_breaks_what_rows_refer_to_is_taken_back(filled, monkeypatch):
    monkeypatch.setattr(Operations, "execute", _loses_the_units)
    with pytest.raises(ConfigurationError, match="refer to nothing"):
        migrations.downgrade("0014")
    monkeypatch.undo()
    assert migrations.is_current()
    assert filled.scalar(text("SELECT count(*) FROM units")) == 1


def _loses_the_units(self, statement, execute=Operations.execute):
    execute(self, statement)
    execute(self, "DELETE FROM units")


@pytest.mark.both_databases
def test_the_way_back_leads_to_an_empty_database(app):
    with app.app_context():
        migrations.downgrade("base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}

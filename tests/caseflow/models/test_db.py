"""Writing: all or nothing, and whoever comes second is told so in words."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, IntegrityError, InternalError, NotSupportedError, OperationalError

from caseflow.errors import ConcurrentUpdate
from caseflow.models import (
    Case,
    NumberSequence,
    RoleAssignment,
    db,
    disconnect,
    forget,
    transaction,
    why_unusable,
)
from tests.ground import at_once


def give(key: str, last: int = 1) -> None:
    with transaction() as session:
        session.add(NumberSequence(key=key, last=last))


@pytest.mark.both_databases
def test_nothing_is_written_when_anything_fails(session):
    with pytest.raises(ZeroDivisionError), transaction():
        session.add(NumberSequence(key="a", last=1))
        session.flush()
        raise ZeroDivisionError
    assert session.get(NumberSequence, "a") is None


@pytest.mark.both_databases
def test_what_was_begun_outside_of_a_transaction_can_be_forgotten(session):
    session.add(NumberSequence(key="a", last=1))
    session.flush()
    forget()
    assert session.get(NumberSequence, "a") is None


def test_nothing_holds_a_database_that_was_disconnected(session):
    session.get(NumberSequence, "a")
    assert db.engine.pool.checkedout() == 1
    disconnect()
    assert (db.engine.pool.checkedout(), db.engine.pool.checkedin()) == (0, 0)


@pytest.mark.parametrize(("fault", "why"), [
    (OperationalError("SELECT 1", {}, Exception("first\nsecond")), "first"),
    (ArgumentError("no such driver"), "no such driver"),
    *((kind("SELECT 1", {}, Exception("first")), None) for kind in (IntegrityError, InternalError, NotSupportedError)),
    (ZeroDivisionError(), None)])
def test_only_what_lies_with_the_place_says_why_a_database_cannot_be_used(fault, why):
    assert why_unusable(fault) == why


@pytest.mark.both_databases
def test_a_key_that_somebody_else_has_taken_is_a_concurrent_update(session):
    give("a")
    with pytest.raises(ConcurrentUpdate) as refused:
        give("a", last=2)
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert session.get(NumberSequence, "a").last == 1


@pytest.mark.both_databases
def test_a_case_that_changed_since_it_was_read_is_a_concurrent_update(guichi, session):
    with pytest.raises(ConcurrentUpdate), transaction():
        case = session.get(Case, guichi.case_id)
        session.execute(text("UPDATE cases SET version = version + 1"))
        case.step = "later"
    assert session.get(Case, guichi.case_id).step != "later"


@pytest.mark.both_databases
def test_other_refusals_of_the_database_stay_what_they_are(session):
    with pytest.raises(IntegrityError, match="(?i)foreign key"), transaction():
        session.add(RoleAssignment(user_id=424242, unit_id=424242, role="officer"))
    with pytest.raises(IntegrityError, match="(?i)not.null"), transaction():
        session.add(NumberSequence(key="a"))
    with pytest.raises(Exception, match="no_such_table") as refused, transaction():
        session.execute(text("SELECT * FROM no_such_table"))
    assert not isinstance(refused.value, ConcurrentUpdate)


@pytest.mark.both_databases
def test_an_error_of_the_database_does_not_repeat_what_was_to_be_written(session):
    with pytest.raises(IntegrityError) as refused, transaction():
        session.execute(text("INSERT INTO number_sequences (key) VALUES (:key)"), {"key": "13900009029"})
    assert "13900009029" not in str(refused.value).partition("\n")[0]
    assert refused.value.hide_parameters


def test_a_database_that_somebody_else_keeps_locked_is_a_concurrent_update(session, tmp_path):
    session.execute(text("PRAGMA busy_timeout=1"))
    other = sqlite3.connect(tmp_path / "caseflow.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(ConcurrentUpdate) as refused:
            give("a")
    finally:
        other.close()
    assert isinstance(refused.value.__cause__, OperationalError)
    give("a")


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_that_wait_for_each_other_end_with_one_concurrent_update(app):
    with app.app_context():
        give("a")
        give("b")
    first_lock_held = threading.Barrier(2, timeout=30)

    def move(one: str, other: str) -> str:
        with transaction():
            db.session.get(NumberSequence, one, with_for_update=True)
            first_lock_held.wait()
            db.session.get(NumberSequence, other, with_for_update=True)
        return "moved"

    ends = at_once(app, lambda: move("a", "b"), lambda: move("b", "a"))
    assert sorted(type(end) for end in ends if end != "moved") == [ConcurrentUpdate], ends

"""Statements that go to the driver directly: the same values, transactions and errors as through SQLAlchemy."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import IntegrityError

from caseflow.casefile import holding, store
from caseflow.cases import steps
from caseflow.errors import ConcurrentUpdate, DatabaseUnavailable
from caseflow.models import AwaitedMessage, Case, NumberSequence, WorkItem, db, transaction
from caseflow.models.prepared import Prepared, inserting
from tests.ground import open_item

CASES = Prepared(select(Case.opened_at, Case.incident, Case.closed_at, Case.number).where(Case.id == bindparam("id")))
MESSAGES = inserting(AwaitedMessage.__table__)


@pytest.mark.both_databases
def test_values_come_out_as_they_do_from_rows(guichi, session):
    row = session.get(Case, guichi.case_id)
    assert CASES.rows(id=row.id) == [(row.opened_at, False, None, row.number)]
    assert row.opened_at.tzinfo is not None and CASES.first(id=0) is None


@pytest.mark.both_databases
def test_what_was_written_directly_goes_with_the_transaction(guichi, session):
    with pytest.raises(ZeroDivisionError), transaction():
        message = {"case_id": guichi.case_id, "element": "e", "message": "m"}
        MESSAGES.write_all([{**message, "token": token} for token in (101, 102)])
        assert session.query(AwaitedMessage).where(AwaitedMessage.token > 100).count() == 2
        1 / 0  # noqa: B018
    assert session.query(AwaitedMessage).where(AwaitedMessage.token > 100).count() == 0


@pytest.mark.both_databases
def test_what_the_session_has_pending_is_seen(guichi, session):
    with transaction():
        session.get(Case, guichi.case_id).number = "changed"
        assert CASES.first(id=guichi.case_id)[-1] == "changed"


@pytest.mark.both_databases
def test_a_refusal_of_the_database_is_told_without_the_values(guichi, session):
    with pytest.raises(IntegrityError) as refused, transaction():
        MESSAGES.write(case_id=guichi.case_id, token=101, element="e", message=None)
    assert refused.value.hide_parameters and "'e'" not in str(refused.value)


@pytest.mark.both_databases
def test_a_key_that_somebody_else_took_meanwhile_is_a_conflict(guichi, session):
    message = {"case_id": guichi.case_id, "token": 101, "element": "e", "message": "m"}
    with pytest.raises(ConcurrentUpdate), transaction():
        MESSAGES.write_all([message, message])


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_lost_connection_is_given_up_and_the_next_transaction_has_another(guichi, session, database):
    with pytest.raises(DatabaseUnavailable) as lost, transaction():
        with db.engine.connect() as other:
            process = session.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        CASES.first(id=guichi.case_id)
    assert lost.value.__cause__.connection_invalidated
    with transaction():
        assert CASES.first(id=guichi.case_id)


# --- a case in hand -----------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_case_that_somebody_else_changed_meanwhile_is_not_saved(guichi, session):
    with pytest.raises(ConcurrentUpdate), transaction():
        case = holding.hold(guichi.case_id)
        session.execute(text("UPDATE cases SET version = version + 1"))
        case.step = "overwritten"
        holding.save(case)
    assert session.get(Case, guichi.case_id).step != "overwritten"


def test_rows_that_were_read_before_are_read_again_after_a_step(guichi, session, clock):
    with transaction():
        row, item = session.get(Case, guichi.case_id), open_item(guichi.case_id)
        version, token = row.version, item.token
        case = holding.hold(guichi.case_id)
        case.note(store.CLOSE_ITEM, case=case.id, of=token, status="cancelled", completed_at=None, completed_by=None)
        holding.save(case)
        assert (row.version, item.status) == (version + 1, "cancelled")


def test_numbers_are_given_one_after_the_other_under_each_key(session):
    with transaction():
        assert [store.NEXT_NUMBER.first(key=key) for key in ("a", "a", "b", "a")] == [(1,), (2,), (1,), (3,)]
    assert {row.key: row.last for row in session.query(NumberSequence)} == {"a": 3, "b": 1}


def test_a_task_is_known_by_its_work_item(guichi, session):
    definition, task = steps.task_of(open_item(guichi.case_id).id)
    assert task is definition.user_tasks["first_response"]
    assert session.query(WorkItem).count() == 1

"""Accounts: what becomes of the work of somebody who leaves."""

from __future__ import annotations

import pytest

from caseflow.models import Unit, WorkItem, transaction
from caseflow.people import accounts
from caseflow.work import tasks
from tests.conftest import MONDAY_MORNING
from tests.ground import entries, newcomer, open_item, person


@pytest.fixture
def taken(guichi, session):
    """A task that the officer of the responsible office has taken."""
    item = open_item(guichi.case_id)
    with transaction():
        tasks.claim(item.id, person("guichi.dept1.officer"), guichi.now)
    return item.id


def test_the_tasks_of_a_disabled_account_go_back_to_the_unit(taken, guichi, session):
    with transaction():
        accounts.set_active(accounts.find("guichi.dept1.officer"), False, guichi.now)
    assert session.get(WorkItem, taken).assignee_id is None
    assert len(entries(guichi.case_id, "task_released")) == 1


def test_a_task_goes_back_with_the_role_it_was_taken_with(taken, guichi, session):
    officer = accounts.find("guichi.dept1.officer")
    with transaction():
        accounts.revoke(officer, "officer", session.get(Unit, session.get(WorkItem, taken).unit_id), guichi.now)
    assert session.get(WorkItem, taken).assignee_id is None


def test_a_task_stays_with_whoever_loses_another_role(taken, guichi, session):
    officer, bureau = accounts.find("guichi.dept1.officer"), accounts.find_unit("guichi", "bureau")
    with transaction():
        accounts.grant(officer, "supervisor", bureau, guichi.now)
    with transaction():
        accounts.revoke(officer, "supervisor", bureau, guichi.now)
    assert session.get(WorkItem, taken).assignee_id == officer.id
    assert entries(guichi.case_id, "task_released") == []


def test_the_people_of_the_demo_are_not_real_and_anybody_else_is_even_when_stopped(installed, session):
    assert not accounts.any_real()
    newcomer("anna")
    with transaction():
        accounts.set_active(accounts.find("anna"), False, MONDAY_MORNING)
    assert accounts.any_real()

"""The most urgent free task is taken with one call, by one person each."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.models import WorkItem, db, transaction
from caseflow.work import tasks
from tests.ground import at_once, colleague, entries, newcomer, open_item, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reviews(installed, app, clock, session):
    """Three cases; each is due later than the one before."""
    cases = []
    for _ in range(3):
        cases.append(Journey(app, clock, "guichi").bad_review())
        clock.advance(days=1)
    return cases


def take(actor, clock):
    with transaction():
        item = tasks.claim_next(actor, clock())
        return item.id if item else None


def test_what_is_due_first_is_taken_first_and_then_nothing_is_left(reviews, clock):
    officer = person("guichi.dept1.officer")
    wanted = [open_item(case.case_id).id for case in reviews]
    assert [take(officer, clock) for _ in range(4)] == [*wanted, None]
    assert len(entries(reviews[0].case_id, "task_claimed")) == 1


def test_what_a_colleague_has_taken_is_passed_over(reviews, clock):
    first, second, _ = [open_item(case.case_id) for case in reviews]
    other = colleague(first)
    with transaction():
        tasks.claim(first.id, other, clock())
    assert take(person("guichi.dept1.officer"), clock) == second.id


def test_officers_who_ask_at_once_get_a_task_each(reviews, app, clock):
    item = open_item(reviews[0].case_id)
    actors = [person("guichi.dept1.officer"), colleague(item, "b"), colleague(item, "c")]
    taken = at_once(app, *[lambda actor=actor: take(actor, clock) for actor in actors])
    db.session.rollback()
    assert set(taken) == {open_item(case.case_id).id for case in reviews}
    assert set(db.session.scalars(select(WorkItem.assignee_id))) == {actor.user_id for actor in actors}


def test_whoever_has_no_work_gets_none(reviews, clock):
    assert take(person("hefei.dept1.officer"), clock) is None
    assert take(newcomer("nobody"), clock) is None

"""Several people, and the scheduler, at the same case in the same moment: one goes first, nothing happens twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from caseflow.casefile import journal_check
from caseflow.models import AppliedEffect, Submission, TimerFiring, db
from scheduler import jobs, side_jobs
from tests.ground import at_once
from tests.web.desk import Desk, colleague, desk_of, work_item

pytestmark = pytest.mark.both_databases
ANSWERS = {"outcome": "simple", "contact_channel": "phone", "findings": "已核实"}


def count(journey, model) -> int:
    with journey.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(model.case_id == journey.case_id))


def sound(journey) -> None:
    """When the notices that wait are delivered, every invariant holds and the journal is whole."""
    with journey.app.app_context():
        side_jobs.deliver_notices()
    journey.healthy()
    with journey.app.app_context():
        assert journal_check.verify().broken == []


def test_of_two_who_claim_at_once_one_has_the_task(guichi, app):
    first, item = desk_of(guichi, "first_response")
    second = colleague(guichi, "first_response")
    given = at_once(app, *(lambda desk=desk: desk.sends(f"/work/{item}/claim").status_code for desk in (first, second)))
    assert given == [302, 302]
    assert guichi.kinds().count("task_claimed") == 1 and work_item(guichi, item).assignee_id
    sound(guichi)


def test_two_who_complete_at_once_complete_it_once(guichi, app):
    first, item = desk_of(guichi, "first_response")
    second = colleague(guichi, "first_response")
    tokens = [desk.token(item) for desk in (first, second)]
    given = at_once(app, *(
        lambda desk=desk, token=token: desk.submits(item, ANSWERS, token).status_code
        for desk, token in zip((first, second), tokens, strict=True)))
    assert sorted(given) == [302, 409] and count(guichi, Submission) == 1
    sound(guichi)


def test_what_a_colleague_has_claimed_cannot_be_completed_claimed_or_given_back(guichi):
    first, item = desk_of(guichi, "first_response")
    second = colleague(guichi, "first_response")
    token = second.token(item)
    first.sends(f"/work/{item}/claim")
    for act in ("claim", "release"):
        second.sends(f"/work/{item}/{act}")
    assert second.submits(item, ANSWERS, token).status_code == 409
    assert second.sends(f"/work/{item}/draft", {"f-findings": "x"}).status_code in (302, 403, 409)
    assert count(guichi, Submission) == 0 and guichi.kinds().count("task_claimed") == 1
    assert work_item(guichi, item).status == "open"
    sound(guichi)


def test_a_task_completed_while_its_deadline_fires_leaves_a_whole_case(guichi, app, clock):
    person, item = desk_of(guichi, "first_response")
    token = person.token(item)
    clock.advance(days=5)
    officer = Desk(app, clock, person.username)
    given = at_once(app, lambda: officer.submits(item, ANSWERS, token).status_code, jobs.fire_due_cases,
                    jobs.fire_due_cases)
    assert given[0] == 302 and guichi.done() == ["first_response"]
    fired, escalations = count(guichi, TimerFiring), guichi.effects().count("escalate")
    assert sum(given[1:]) == fired == escalations
    assert "incident_raised" not in guichi.kinds()
    sound(guichi)


def test_many_schedulers_fire_each_deadline_once(guichi, app, clock):
    clock.advance(days=5)
    given = at_once(app, *[jobs.fire_due_cases] * 4)
    assert sum(given) == count(guichi, TimerFiring) == guichi.effects().count("escalate") == 1
    assert count(guichi, AppliedEffect) == 2     # and the file that was opened
    sound(guichi)


def test_the_token_of_one_task_does_no_harm_at_the_next(guichi):
    person, item = desk_of(guichi, "first_response")
    token = person.token(item)
    person.submits(item, ANSWERS, token)
    after, following = desk_of(guichi, "rectify")
    answer = after.submits(following, {"feedback_channel": "phone", "measures": "已整改"}, token)
    assert answer.status_code == 302 and guichi.done() == ["first_response", "rectify"]
    sound(guichi)

"""Where tasks wait at a post that nobody has: the doctor says so once for each, the board counts and lists them."""

from __future__ import annotations

from datetime import date

import pytest

from caseflow.health import doctor
from caseflow.models import Absence, User, db, transaction
from caseflow.supervision import board
from caseflow.supervision.board import Wanted
from caseflow.work import tasks
from tests.ground import colleague, leave, newcomer, open_item, person
from tests.journeys.kit import Journey
from web.sentences.complaints import sentence

pytestmark = pytest.mark.both_databases


def complaints(journey):
    db.session.rollback()
    return [(found.code, found.case, dict(found.facts)) for found in doctor.examine(journey.now)]


def unstaffed(journey, username="guichi.bureau.supervisor"):
    """The tasks that the board lists as such that nobody may do; as many as it counts."""
    db.session.rollback()
    boss = person(username)
    page = board.items(boss, Wanted("unstaffed"), journey.now)
    assert len(page.items) == page.total == board.figures(boss, journey.now)["unstaffed"]
    return [item.case_id for item in page.items]


@pytest.fixture
def second(guichi, session):
    """Another case at the same office."""
    other = Journey(guichi.app, guichi.clock, "guichi").bad_review()
    session.rollback()
    return other


def test_a_post_that_nobody_has_is_named_once_and_its_tasks_stand_on_the_board(guichi, second):
    item = open_item(guichi.case_id)
    assert (complaints(guichi), unstaffed(guichi)) == ([], [])
    leave(item)
    facts = {"unit": "区市场监管局", "role": "officer", "tasks": 2}
    assert complaints(guichi) == [("no_staff", "", facts)]
    assert sentence("no_staff", facts) == (
        "区市场监管局没有在岗的经办人，有 2 项待办没有人可以办理；请给该单位配备人员。")
    assert sorted(unstaffed(guichi)) == sorted([guichi.case_id, second.case_id])
    assert unstaffed(guichi, "hefei.center.supervisor") == []
    colleague(open_item(guichi.case_id))
    assert (complaints(guichi), unstaffed(guichi)) == ([], [])


def test_a_task_of_whom_is_away_is_nobodys_until_somebody_else_has_the_post(guichi, second):
    officer, lead = person("guichi.dept1.officer"), person("guichi.bureau.supervisor")
    with transaction():
        tasks.claim(open_item(guichi.case_id).id, officer, guichi.now)
    with transaction():
        db.session.add(Absence(
            user_id=officer.user_id, substitute_id=lead.user_id, first_day=date(2026, 3, 2), last_day=date(2026, 3, 6),
            open_too=False, entered_by=officer.user_id, entered_at=guichi.now, begun_at=guichi.now))
    assert sorted(unstaffed(guichi)) == sorted([guichi.case_id, second.case_id])
    assert [facts["tasks"] for _, _, facts in complaints(guichi)] == [2]
    colleague(open_item(second.case_id))
    assert (complaints(guichi), unstaffed(guichi)) == ([], [])


def test_a_task_that_another_post_does_by_a_rule_is_not_named_though_nobody_has_its_own(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review(orgcode="11500222MB000091").does("assign")
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    session.rollback()
    leave(open_item(case.case_id))
    assert (complaints(case), unstaffed(case, "qijiang.office.supervisor")) == ([], [])
    boss = db.session.get(User, person("qijiang.office.supervisor").user_id)
    newcomer("above", ("supervisor", open_item(case.case_id).unit.parent_id))
    with transaction():
        boss.active = False
    assert [(code, facts["role"]) for code, _, facts in complaints(case)] == [("no_staff", "officer")]
    assert unstaffed(case, "above") == [case.case_id]


def test_what_staff_have_to_do_in_an_appeal_of_theirs_is_no_vacancy(installed, app, clock, session):
    appeal = Journey(app, clock, "qijiang").bad_review().does("assign").appeal("qijiang.dept1.staff")
    appeal.does("review", decision="more_evidence", reasons="请补充当天的叫号记录。")
    session.rollback()
    item = open_item(appeal.case_id)
    assert item.role == "staff"
    with transaction():
        db.session.get(User, item.assignee_id).active = False
    assert (complaints(appeal), unstaffed(appeal, "qijiang.office.supervisor")) == ([], [])

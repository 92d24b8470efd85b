"""Reminders before and after the due moment: each rung once, to its level, anew when the due moment moves."""

from __future__ import annotations

import pytest

from caseflow.cases import clock
from caseflow.models import Timer, db, transaction
from caseflow.supervision import reminders
from scheduler import jobs
from tests.ground import entries, person

pytestmark = pytest.mark.usefixtures("with_powers")

OFFICE, LEAD = "区市场监管局", "区数据资源管理局（政务服务管理局）"


def remind(journey):
    return jobs.remind() + jobs.remind()        # the second time nothing is left


@pytest.mark.both_databases
def test_each_rung_is_taken_once_and_reaches_its_level(guichi, session):
    assert remind(guichi) == 0                                  # Monday; due on Wednesday, two working days off
    guichi.until("2026-03-03")
    assert remind(guichi) == 1 and guichi.notices("due_soon") == {(OFFICE, "officer")}
    guichi.until("2026-03-04")
    assert remind(guichi) == 0
    guichi.until("2026-03-05")                                  # Thursday: late since midnight, no working day over
    assert guichi.notices("overdue") and remind(guichi) == 0
    guichi.until("2026-03-06")
    assert remind(guichi) == 1 and guichi.notices("still_late") == {(OFFICE, "supervisor")}
    guichi.until("2026-03-09")                                  # the weekend does not count
    assert remind(guichi) == 0
    guichi.until("2026-03-10")
    assert remind(guichi) == 1 and guichi.notices("still_late") == {(OFFICE, "supervisor"), (LEAD, "supervisor")}
    assert len(entries(guichi.case_id, "ladder_climbed")) == 3
    guichi.healthy()


@pytest.mark.both_databases
def test_the_ladder_waits_for_the_agreed_date_and_a_stopped_clock_has_none(guichi, session):
    guichi.does("first_response", outcome="simple").until("2026-03-06")     # due on Monday, 9 March
    assert remind(guichi) == 1
    lead = person("guichi.bureau.supervisor")
    with transaction():
        token = db.session.query(Timer).where(Timer.status == "pending").one().token
        clock.extend(guichi.case_id, token, 2, lead, "情况复杂", guichi.now)
    assert remind(guichi) == 0
    guichi.until("2026-03-10")                                  # late by the statute, a day before what was agreed
    assert guichi.notices("overdue") and remind(guichi) == 1 and guichi.notices("still_late") == set()
    guichi.until("2026-03-11")
    assert remind(guichi) == 0
    guichi.until("2026-03-13")
    assert remind(guichi) == 1 and guichi.notices("still_late") == {(OFFICE, "supervisor")}
    guichi.healthy()


def test_while_the_clock_stands_still_the_ladder_is_silent(guichi, session):
    guichi.does("first_response", outcome="simple")
    with transaction():
        clock.stop(guichi.case_id, person("guichi.bureau.supervisor"), "awaiting_rater", "等材料", guichi.now)
    guichi.until("2026-03-20")
    assert remind(guichi) == 0 and guichi.notices("overdue")


def test_a_task_done_meanwhile_is_left_alone(guichi, session):
    guichi.until("2026-03-03")
    (item, rung), = reminders.due(guichi.now)
    session.rollback()
    guichi.does("first_response", outcome="resolved")
    with transaction():
        assert reminders.climb(item, rung, guichi.now) is False

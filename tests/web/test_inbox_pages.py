"""Notices and incidents."""

from __future__ import annotations

import inspect
import re

import pytest
from sqlalchemy import text

from caseflow import cases, doctor
from caseflow.models import Case, db, transaction
from scheduler import side_jobs
from tests.web.desk import Desk, words
from web.words import complaints


@pytest.fixture
def parked(guichi):
    """The case failed five times in the scheduler's hands."""
    with guichi.app.app_context():
        for _ in range(5):
            with transaction():
                cases.record_failure(guichi.case_id, RuntimeError("磁盘已满"), guichi.now)
    return guichi


def test_a_new_file_is_told_to_the_office_that_must_act_and_to_nobody_else(guichi):
    guichi.notices("file_opened")
    told = Desk(guichi.app, guichi.clock, "guichi.bureau.officer").opens("/notices/")
    assert "新差评已建档，请办理" in words(told) and guichi.case().number in told.text
    assert "没有通知" in words(Desk(guichi.app, guichi.clock, "guichi.dept2.officer").opens("/notices/"))


def test_an_overdue_task_is_told_to_the_supervisors(guichi):
    guichi.time_passes(days=3)
    assert "任务逾期，请督办" in words(Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor").opens("/notices/"))


def test_a_parked_case_is_listed_with_its_reason_and_marked_on_its_page(parked):
    supervisor = Desk(parked.app, parked.clock, "guichi.bureau.supervisor")
    page = words(supervisor.opens("/incidents/"))
    assert parked.case().number in page and "磁盘已满" in page and "重试" in page
    assert "等待督办人员处理" in words(supervisor.opens(f"/cases/{parked.case().number}"))


def test_a_retry_hands_the_case_back_to_the_scheduler_and_is_recorded(parked):
    supervisor = Desk(parked.app, parked.clock, "guichi.bureau.supervisor")
    answer = supervisor.browser.post("/incidents/1/retry", follow_redirects=True)
    assert "将在几秒内自动重试" in words(answer)
    with parked.app.app_context():
        case = db.session.get(Case, parked.case_id)
        assert (case.incident, case.attempts, case.next_try) == (False, 0, case.next_due)
    assert "incident_resolved" in parked.kinds()


def test_an_officer_sees_the_incident_but_cannot_retry(parked):
    officer = Desk(parked.app, parked.clock, "guichi.bureau.officer")
    page = officer.opens("/incidents/").text
    assert parked.case().number in page and "/retry" not in page
    officer.sends("/incidents/1/retry")
    assert parked.case().incident


def test_a_stranger_sees_no_incident_and_retrying_changes_nothing(parked, hainan):
    stranger = Desk(parked.app, parked.clock, "hainan.platform.supervisor")
    assert parked.case().number not in stranger.opens("/incidents/").text
    assert stranger.sends("/incidents/1/retry").status_code == 404
    assert stranger.sends("/incidents/424242/retry").status_code == 404
    with parked.app.app_context():
        assert db.session.query(Case).filter_by(incident=True).count() == 1


# --- the doctor's complaints --------------------------------------------------------------------------------------


@pytest.fixture
def lost(guichi):
    """A task has lost its work item, and the doctor has been round."""
    with guichi.app.app_context():
        with transaction() as session:
            session.execute(text("DELETE FROM work_items"))
        assert side_jobs.watch() == 1
    return guichi


def test_supervisors_and_administrators_see_what_the_doctor_complains_about(lost):
    page = words(Desk(lost.app, lost.clock, "guichi.bureau.supervisor").opens("/incidents/"))
    assert "系统自检" in page and "有任务已就绪，但没有人能看到" in page and lost.case().number in page
    other = words(Desk(lost.app, lost.clock, "hainan.platform.supervisor").opens("/incidents/"))
    assert "自检没有发现问题" in other and lost.case().number not in other


def test_officers_are_not_shown_the_self_check(lost):
    assert "系统自检" not in words(Desk(lost.app, lost.clock, "guichi.bureau.officer").opens("/incidents/"))


def test_a_complaint_that_is_over_is_not_shown(lost):
    with lost.app.app_context():
        with transaction() as session:
            session.execute(text("UPDATE cases SET status = 'closed', outcome = 'rating_voided'"))
            session.execute(text("UPDATE timers SET status = 'cancelled' WHERE status = 'pending'"))
        lost.clock.advance(minutes=5)
        side_jobs.watch()
    page = words(Desk(lost.app, lost.clock, "guichi.bureau.supervisor").opens("/incidents/"))
    assert "自检没有发现问题" in page


def test_every_complaint_has_its_words():
    source = inspect.getsource(doctor)
    assert set(re.findall(r'(?:Complaint\(|^        \()"([a-z_]+)"', source, re.MULTILINE)) == set(complaints.WORDS)

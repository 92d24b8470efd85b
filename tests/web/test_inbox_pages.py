"""Notices and incidents."""

from __future__ import annotations

import pytest

from caseflow import cases
from caseflow.models import Case, db, transaction
from tests.web.desk import Desk, words


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

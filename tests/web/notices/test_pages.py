"""Notices and incidents."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from datetime import time

import pytest
from sqlalchemy import text

from caseflow.cases import incidents
from caseflow.health import doctor, law_watch
from caseflow.models import Case, Delivery, Notice, db, transaction
from caseflow.notices import deliveries
from caseflow.people import accounts
from scheduler import side_jobs
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words
from web.sentences import complaints
from web.words import messages


@pytest.fixture
def parked(guichi):
    """The case failed five times in the scheduler's hands."""
    with guichi.app.app_context():
        for _ in range(5):
            with transaction():
                incidents.record_failure(guichi.case_id, RuntimeError("磁盘已满"), guichi.now)
    return guichi


def test_a_new_file_is_told_to_the_office_that_must_act_and_to_nobody_else(guichi):
    guichi.notices("file_opened")
    told = Desk(guichi.app, guichi.clock, "guichi.bureau.officer").opens("/notices/")
    assert "新差评已建档，请办理" in words(told) and guichi.case().number in told.text
    assert "没有通知" in words(Desk(guichi.app, guichi.clock, "guichi.dept2.officer").opens("/notices/"))


def test_an_overdue_task_is_told_to_the_supervisors(guichi):
    guichi.time_passes(days=3)
    assert "任务逾期，请督办" in words(Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor").opens("/notices/"))


def test_a_day_that_is_no_limit_is_told_by_its_name_in_the_inbox_and_in_what_leaves(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review().does("assign")
    case.does("first_response", outcome="complex", promise_by="2026-03-03").until("2026-03-04", at=time(9))
    told = words(Desk(app, clock, "qijiang.office.supervisor").opens("/notices/"))
    assert "承诺的日期已过，请督办：按承诺整改" in told and "逾期" not in told
    notice = db.session.query(Notice).filter_by(kind="reminder_over").first()
    leaves = {key: json.loads(notice.details)[key] for key in deliveries.LEAVES}
    with app.test_request_context():
        assert messages.subject(notice.kind, leaves) == f"承诺的日期已过，请督办：按承诺整改（{case.case().number}）"


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
    source = inspect.getsource(doctor) + inspect.getsource(law_watch)
    found = set(re.findall(r'(?:Complaint\(|\()"([a-z_]+)", (?:[a-z_.]*number|case|"|tasks|items|timers|pending|[A-Z])',
                           source))
    assert found == {code for code, said in complaints.COMPLAINTS.items() if said.headline}
    assert complaints.COMPLAINTS.keys() - found == {"not_opened", "not_ended"}, "those of a simulation"


# --- reading, and other channels ----------------------------------------------------------------------------------


def test_reading_a_notice_leads_to_its_case_and_the_count_falls(guichi):
    guichi.notices("file_opened")
    officer = Desk(guichi.app, guichi.clock, "guichi.bureau.officer")

    def count():
        return re.search(r'href="/notices/"[^>]*>.*?通知(?: <span class="count">(\d+)</span>)?</a>',
                         officer.opens("/work/").text, re.DOTALL)[1]

    before = int(count())
    first = re.search(r'action="/notices/(\d+)/read"', officer.opens("/notices/").text)[1]
    answer = officer.sends(f"/notices/{first}/read", {"go": "case"})
    assert answer.location == f"/cases/{guichi.case().number}"
    assert int(count() or 0) == before - 1
    newest = re.search(r'name="newest" value="(\d+)"', officer.opens("/notices/").text)
    if newest:
        officer.sends("/notices/read", {"newest": newest[1]})
    assert count() is None and "标为已读" not in officer.opens("/notices/").text


def test_a_notice_of_somebody_else_cannot_be_read(guichi):
    guichi.notices("file_opened")
    officer = Desk(guichi.app, guichi.clock, "guichi.bureau.officer")
    first = re.search(r'action="/notices/(\d+)/read"', officer.opens("/notices/").text)[1]
    stranger = Desk(guichi.app, guichi.clock, "hainan.platform.officer")
    assert stranger.sends(f"/notices/{first}/read").status_code == 404
    assert stranger.sends("/notices/read", {"newest": "x"}).status_code == 302


def test_one_chooses_by_which_channels_one_is_told(guichi):
    officer = Desk(guichi.app, guichi.clock, "guichi.bureau.officer")
    assert "只在站内显示" in words(officer.opens("/account/"))
    guichi.app.config["CASEFLOW"] = dataclasses.replace(
        guichi.app.config["CASEFLOW"], smtp_host="127.0.0.1", smtp_from="a@example.cn")
    page = words(officer.opens("/account/"))
    assert "电子邮件" in page and "短信" not in page and "22:00 至 08:00" in page

    def choose(**form):
        return words(officer.opens(officer.sends("/account/channels", form).location))

    assert "邮箱地址不正确" in choose(email="nowhere", channel="email")
    assert "填写对应的邮箱" in choose(email="", channel="email")
    assert "已保存" in choose(email="li.lei@example.cn", channel="email", digest="1")
    with guichi.app.app_context():
        profile = accounts.find("guichi.bureau.officer").profile
        assert (profile.email, profile.channels, profile.digest) == ("li.lei@example.cn", "email", True)


def test_what_could_not_be_delivered_is_listed_and_sent_again(guichi):
    with guichi.app.app_context(), transaction():
        user = accounts.find("guichi.bureau.officer")
        deliveries.add(user.id, "sms", "overdue", {"number": "GC-1"}, deliveries.Rules(), guichi.now)
        db.session.flush()
        row = db.session.query(Delivery).one()
        row.status, row.problem, row.attempts, number = "dead", "HTTP 400", 1, row.id
    admin, auditor = (Desk(guichi.app, guichi.clock, f"guichi.{role}") for role in ("admin", "auditor"))
    assert "任务逾期" in words(admin.opens("/admin/deliveries"))
    assert "HTTP 400" in words(auditor.opens("/admin/deliveries"))
    assert "/resend" not in auditor.opens("/admin/deliveries").text
    assert Desk(guichi.app, guichi.clock, "guichi.security").opens("/admin/deliveries").status_code == 403
    assert Desk(guichi.app, guichi.clock, "hainan.admin").sends(f"/admin/deliveries/{number}/resend").status_code == 404
    answer = admin.sends(f"/admin/deliveries/{number}/resend")
    assert "将重新发送" in words(admin.opens(answer.location))
    with guichi.app.app_context():
        assert db.session.get(Delivery, number).status == "waiting"

"""The page on which supervisors stop, restart and extend, and its answers to stale and doubled requests."""

from __future__ import annotations

import pytest

from caseflow.models import Case, DeadlineEntry, Timer, db
from tests.journeys.kit import Journey
from tests.web.desk import Desk, desk_of, words

pytestmark = pytest.mark.usefixtures("with_powers")

REASON = "等待评价人补充材料"


@pytest.fixture
def journey(installed, app, clock):
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def lead(journey, app, clock):
    return Desk(app, clock, "guichi.bureau.supervisor")


def place(journey, what=""):
    return f"/cases/{journey.case().number}/deadlines/{what}"


def seen(journey):
    return {"seen": str(journey.case().journal_seq)}


def entries(journey):
    with journey.app.app_context():
        return [row.kind for row in db.session.query(DeadlineEntry).order_by(DeadlineEntry.id)]


def test_stop_restart_and_extend_add_up_on_the_case_page(journey, lead):
    assert "给定 2 个工作日 + 延期 0 个工作日 = 已用 0 个工作日 + 剩余 2 个工作日" in words(lead.opens(place(journey)))
    journey.time_passes(days=1)
    lead = Desk(journey.app, journey.clock, lead.username)      # the login of yesterday has ended
    lead.sends(place(journey, "stop"), {"category": "awaiting_rater", "reason": REASON, **seen(journey)})
    journey.time_passes(days=7)
    lead = Desk(journey.app, journey.clock, lead.username)
    lead.sends(place(journey, "restart"), {"reason": "材料已到", **seen(journey)})
    token = _token(journey)
    lead.sends(place(journey, "extend"), {"token": token, "days": "3", "reason": "复杂", **seen(journey)})
    page = words(lead.opens(f"/cases/{journey.case().number}"))
    assert "给定 2 个工作日 + 延期 3 个工作日 = 已用 1 个工作日 + 剩余 4 个工作日" in page
    assert f"中止计时，剩余 1 个工作日等待评价人补充材料或配合核实：{REASON}" in page
    assert entries(journey) == ["stopped", "restarted", "extended"]


def _token(journey):
    with journey.app.app_context():
        return str(db.session.query(Timer).one().token)


def test_a_doubled_request_changes_nothing_and_says_what_to_do(journey, lead):
    form = {"token": _token(journey), "days": "3", "reason": "复杂", **seen(journey)}
    lead.sends(place(journey, "extend"), form)
    again = lead.browser.post(place(journey, "extend"), data=form, follow_redirects=True)
    assert "您办理期间案件已有变化" in words(again) and entries(journey) == ["extended"]
    lead.sends(place(journey, "stop"), {"category": "awaiting_rater", "reason": REASON, **seen(journey)})
    twice = lead.browser.post(place(journey, "stop"), data={
        "category": "awaiting_rater", "reason": REASON, **seen(journey)}, follow_redirects=True)
    assert "没有正在计算的期限" in words(twice)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(journey, lead):
    page = lead.sends(place(journey, "stop"), {"category": "", "reason": REASON, **seen(journey)})
    assert page.status_code == 422 and "请选择中止计时的类别" in words(page) and REASON in page.text
    page = lead.sends(place(journey, "extend"), {"token": "x", "days": "99999999999", "reason": "", **seen(journey)})
    assert page.status_code in (302, 404, 422) and entries(journey) == []


def test_the_officer_may_ask_and_nothing_more(journey, app, clock):
    officer = Desk(app, clock, "guichi.dept1.officer")
    page = words(officer.opens(place(journey)))
    assert "申请延期" in page and "中止计时 类别" not in page
    answer = officer.browser.post(place(journey, "stop"), data={
        "category": "awaiting_rater", "reason": REASON, **seen(journey)}, follow_redirects=True)
    assert "您的岗位不能进行这项操作" in words(answer)
    officer.sends(place(journey, "ask"), {"token": _token(journey), "days": "2", "reason": "等材料", **seen(journey)})
    assert journey.notices("extension_asked") and entries(journey) == []


def test_a_case_of_others_is_not_found(journey, app, clock):
    stranger = Desk(app, clock, "hefei.center.supervisor")
    assert stranger.opens(place(journey)).status_code == 404
    for what in ("stop", "restart", "extend", "ask"):
        assert stranger.sends(place(journey, what), {"reason": REASON}).status_code == 404
    with app.app_context():
        assert db.session.query(Case).one().journal_seq == journey.case().journal_seq


def test_a_late_task_asks_for_the_reason_and_shows_it_on_the_case_page(journey):
    desk, item = desk_of(journey, "first_response")
    token = desk.token(item)
    assert "逾期原因" not in words(desk.opens(f"/work/{item}"))
    journey.time_passes(days=3)
    desk, _ = desk_of(journey, "first_response")
    sent = {"f-outcome": "simple", "f-findings": "属实。", "f-contact_channel": "phone",
            "form_token": token}
    desk.logs_contacts(item, {"contact_channel": "phone"})
    refused = desk.sends(f"/work/{item}", sent)
    assert refused.status_code == 422 and "请用 2 到 200 个字说明逾期原因" in words(refused)
    assert "属实。" in refused.text
    assert desk.sends(f"/work/{item}", sent | {"late_reason": "评价人出差"}).status_code == 302
    assert "（已逾期，原因：评价人出差）" in words(desk.opens(f"/cases/{journey.case().number}"))

"""The page on which supervisors stop, restart and extend, and its answers to stale and doubled requests."""

from __future__ import annotations

from datetime import time

import pytest

from caseflow.models import Case, DeadlineEntry, Timer, db
from tests.journeys.kit import Journey
from tests.web.desk import Desk, desk_of, words

pytestmark = pytest.mark.usefixtures("with_powers")

REASON = "等待评价人补充材料"


@pytest.fixture
def journey(installed, app, clock):
    """Guichi on Monday, 2 March: to be put right within five working days, by the 9th."""
    return Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")


@pytest.fixture
def lead(journey, app, clock):
    return Desk(app, clock, "guichi.bureau.supervisor")


def place(journey, what=""):
    return f"/cases/{journey.case().number}/deadlines/{what}"


def seen(journey):
    return {"seen": str(journey.case().journal_seq)}


def tight(answer) -> str:
    """The words of a page without the spaces between them."""
    return "".join(words(answer).split())


def entries(journey):
    with journey.app.app_context():
        return [row.kind for row in db.session.query(DeadlineEntry).order_by(DeadlineEntry.id)]


def test_stop_restart_and_extend_add_up_on_the_case_page(journey, lead):
    assert "给定 5 个工作日 + 延期 0 个工作日 = 已用 0 个工作日 + 剩余 5 个工作日" in words(lead.opens(place(journey)))
    journey.time_passes(days=1)
    lead = Desk(journey.app, journey.clock, lead.username)      # the login of yesterday has ended
    lead.sends(place(journey, "stop"), {"category": "awaiting_rater", "reason": REASON, **seen(journey)})
    page = words(lead.opens(place(journey)))
    assert "2026-03-09 24:00 中止计时中" in page and "已中止计时，法定期限不变" in page
    journey.time_passes(days=2)
    lead = Desk(journey.app, journey.clock, lead.username)
    lead.sends(place(journey, "restart"), {"reason": "材料已到", **seen(journey)})
    token = _token(journey)
    lead.sends(place(journey, "extend"), {"token": token, "days": "3", "reason": "复杂", **seen(journey)})
    page = words(lead.opens(f"/cases/{journey.case().number}"))
    assert "给定 5 个工作日 + 延期 3 个工作日 = 已用 1 个工作日 + 剩余 7 个工作日" in page
    assert f"中止计时，剩余 4 个工作日等待评价人补充材料或配合核实：{REASON}" in page
    assert "最近期限还剩2个工作日2026-03-0924:00同意延至2026-03-1624:00" in "".join(page.split())
    assert entries(journey) == ["stopped", "restarted", "extended"]


@pytest.mark.parametrize("change", ["extend", "stop"])
def test_on_every_screen_late_is_by_the_statute_and_what_is_agreed_stands_beside_it(journey, lead, change):
    what = {"token": _token(journey), "days": "3"} if change == "extend" else {"category": "awaiting_rater"}
    said = {"extend": "同意延至2026-03-1224:00", "stop": "中止计时中"}[change]
    lead.sends(place(journey, change), {"reason": REASON, **what, **seen(journey)})
    journey.until("2026-03-10", at=time(9))
    officer, item = desk_of(journey, "rectify")
    lead = Desk(journey.app, journey.clock, lead.username)
    number = journey.case().number
    both = f"逾期1个工作日2026-03-0924:00{said}"
    worklist = tight(officer.opens("/work/", due="overdue"))
    assert both in worklist and "逾期1到期" in worklist
    task = tight(officer.opens(f"/work/{item}"))
    assert f"逾期1个工作日期限2026-03-0924:00{said}" in task and "逾期原因" in task
    assert both in tight(lead.opens("/board/items", which="late"))
    assert f"最近期限{both}" in tight(lead.opens(f"/cases/{number}"))
    ledger = tight(lead.opens("/ledger/", overdue="1"))
    assert number in ledger and f"逾期1个工作日{said}有逾期" in ledger


def test_the_limit_of_the_first_contact_is_not_offered_and_the_page_says_why(installed, app, clock):
    fresh = Journey(app, clock, "guichi").bad_review()
    lead = Desk(app, clock, "guichi.bureau.supervisor")
    page = words(lead.opens(place(fresh)))
    assert "是首次联系评价人的期限，不能延期，也不能中止。" in page and "延长几个工作日" not in page
    for change, more in (("extend", {"token": _token(fresh), "days": "3"}), ("stop", {"category": "awaiting_rater"})):
        answer = lead.browser.post(place(fresh, change), data={"reason": REASON, **more, **seen(fresh)},
                                   follow_redirects=True)
        assert "首次联系评价人的期限只依条文，不能延期，也不能中止；请在期限内联系评价人。" in words(answer)
    assert entries(fresh) == []


def _token(journey):
    with journey.app.app_context():
        return str(db.session.query(Timer).where(Timer.status == "pending").one().token)


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


def test_a_late_task_asks_for_the_reason_and_shows_it_on_the_case_page(installed, app, clock):
    journey = Journey(app, clock, "guichi").bad_review()
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

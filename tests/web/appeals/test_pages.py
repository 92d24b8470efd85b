"""The screens of appeals: what staff see of the ratings about them, filing, following, deciding, the document."""

from __future__ import annotations

import io
import re
from copy import copy
from uuid import uuid4

import pytest
from sqlalchemy import select

from caseflow.models import Appeal, Attachment, RoleAssignment, User, db, transaction
from tests.caseflow.samples import PNG
from tests.ground import open_item
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

STATEMENT = "评价人把另一窗口的事记在了我的名下，录像可以证明。"
REASONS = "录像和叫号记录显示，评价所说的事发生在另一窗口。"


@pytest.fixture
def qijiang(installed, app, clock):
    """A bad review about the staff member of Qijiang's first department, at the first response."""
    return Journey(app, clock, "qijiang").bad_review().does("assign")


@pytest.fixture
def staff(qijiang, app, clock):
    return Desk(app, clock, "qijiang.dept1.staff")


def rating_of(journey):
    return journey.case().rating_id


def files(desk, rating_id, **changes):
    form = {"ground": "mistaken", "statement": STATEMENT, "form_token": uuid4().hex,
            "evidence": (io.BytesIO(PNG), "录像截图.png")} | changes
    return desk.sends(f"/appeals/ratings/{rating_id}", {key: value for key, value in form.items() if value is not None})


def filed(desk, journey):
    answer = files(desk, rating_of(journey))
    assert answer.status_code == 302, words(answer)
    return answer.location


def appeal_case(journey):
    with journey.app.app_context():
        return db.session.scalar(select(Appeal.case_id))


def reviewing(journey, app, clock):
    """The reviewer's desk and the work item of the review; the rater has been asked."""
    case_id = appeal_case(journey)
    with app.app_context():
        asked = open_item(case_id).element != "ask_rater"
    if not asked:
        appeal = copy(journey)
        appeal.case_id = case_id
        appeal.asks_rater()
    with app.app_context():
        return Desk(app, clock, "qijiang.office.reviewer"), open_item(case_id).id


def test_staff_see_the_ratings_about_themselves_and_what_each_led_to(qijiang, staff):
    page = staff.opens("/appeals/")
    assert "正在整改：初次处置" in words(page) and f"/appeals/ratings/{rating_of(qijiang)}" in page.text


def test_nothing_of_the_rater_is_shown_to_the_rated_person(qijiang, staff):
    location = filed(staff, qijiang)
    item = reviewing(qijiang, staff.app, staff.clock)[1]
    for path in ("/appeals/", f"/appeals/ratings/{rating_of(qijiang)}", location, f"/work/{item}"):
        page = staff.opens(path).text
        assert not re.search("卫建国|卫\\*|1390000|9029", page), path
    assert "按规定保密" in staff.opens(location).text


def test_a_rating_about_somebody_else_is_not_there(qijiang, app, clock):
    other = Desk(app, clock, "qijiang.dept2.staff")
    assert other.opens(f"/appeals/ratings/{rating_of(qijiang)}").status_code == 404
    assert files(other, rating_of(qijiang)).status_code == 404


def test_another_persons_appeal_is_not_there(qijiang, staff, app, clock):
    location = filed(staff, qijiang)
    for name in ("qijiang.dept2.staff", "guichi.dept1.officer"):
        other = Desk(app, clock, name)
        assert other.opens(location).status_code == 404
        assert other.opens(f"{location}/decision.pdf").status_code == 404
        assert other.sends(f"{location}/withdraw").status_code == 404


def test_an_appeal_is_filed_with_its_evidence(qijiang, staff):
    page = words(staff.opens(filed(staff, qijiang)))
    assert "QJ-S-2026-000001" in page and "正在办理：听取评价人意见" in page
    assert "录像截图.png" in page and "证据" in page


@pytest.mark.parametrize("changes, sentence", [
    ({"ground": ""}, "请选择申诉的理由。"), ({"statement": "  "}, "请写明申诉的事实和理由。"),
    ({"statement": "短"}, "至少写 10 个字"), ({"statement": "长" * 4001}, "最多 4000 个字"),
    ({"statement": STATEMENT + "\x1b"}, "理由含有无法保存的字符"),
    ({"evidence": None}, "请至少附上一份证据材料。"),
    ({"evidence": (io.BytesIO(b"MZ" + bytes(99)), "a.png")}, "不支持这种文件")])
def test_what_is_missing_is_said_and_nothing_is_kept(qijiang, staff, changes, sentence):
    page = files(staff, rating_of(qijiang), **changes)
    assert (page.status_code, sentence in words(page)) == (422, True)
    with qijiang.app.app_context():
        assert db.session.scalars(select(Appeal)).all() == db.session.scalars(select(Attachment)).all() == []


def test_the_same_form_sent_twice_files_one_appeal(qijiang, staff):
    token = uuid4().hex
    answers = [files(staff, rating_of(qijiang), form_token=token).location for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_second_appeal_against_the_same_rating_is_refused_also_after_withdrawing(qijiang, staff):
    location = filed(staff, qijiang)
    assert staff.sends(f"{location}/withdraw").status_code == 302
    assert "已撤回" in words(staff.opens(location))
    page = files(staff, rating_of(qijiang))
    assert (page.status_code, "每方只能提出一次" in words(page)) == (409, True)


def test_hefei_offers_no_appeal_and_says_so_with_the_article(installed, app, clock):
    journey = Journey(app, clock, "hefei").bad_review()
    page = Desk(app, clock, "hefei.dept1.staff").opens(f"/appeals/ratings/{rating_of(journey)}")
    assert "没有规定对差评的申诉" in words(page) and "HF-14" in words(page) and "<textarea" not in page.text
    answer = files(Desk(app, clock, "hefei.dept1.staff"), rating_of(journey))
    assert answer.status_code == 409


def test_in_guichi_the_staff_member_is_told_that_the_department_appeals(installed, app, clock):
    journey = Journey(app, clock, "guichi").bad_review()
    page = words(Desk(app, clock, "guichi.dept1.staff").opens(f"/appeals/ratings/{rating_of(journey)}"))
    assert "按规定，申诉由差评涉及的部门提出" in page and "GC-2(三)" in page


def test_the_reviewer_sees_both_sides_and_a_checklist(qijiang, staff, app, clock):
    qijiang.does("first_response", outcome="complex", promise="三日内补办")
    filed(staff, qijiang)
    reviewer, item = reviewing(qijiang, app, clock)
    page = words(reviewer.opens(f"/work/{item}"))
    assert "听取评价人意见" in page and "坚持原评价" in page       # what the rater says to it
    for expected in (STATEMENT, "等了两个小时", "三日内补办", "核对清单：误评", "录像截图.png", "营业执照办理"):
        assert expected in page, expected


def test_the_decision_reaches_the_appellant_and_prints(qijiang, staff, app, clock):
    location = filed(staff, qijiang)
    assert staff.opens(f"{location}/decision.pdf").status_code == 404
    reviewer, item = reviewing(qijiang, app, clock)
    answer = reviewer.submits(item, {"decision": "upheld", "finding": "mistaken", "reasons": REASONS})
    assert answer.status_code == 302, words(answer)
    assert "申诉成立（误评）" in words(staff.opens(location)) and REASONS in words(staff.opens(location))
    document = staff.opens(f"{location}/decision.pdf")
    assert (document.mimetype, document.data[:5]) == ("application/pdf", b"%PDF-")
    assert "不予采纳，不计入统计" in words(staff.opens("/appeals/"))


def test_whoever_is_of_the_rated_unit_is_refused_with_the_reason(qijiang, staff, app, clock):
    filed(staff, qijiang)
    reviewer, item = reviewing(qijiang, app, clock)
    token = reviewer.token(item)
    with app.app_context(), transaction():
        user = db.session.scalar(select(User).where(User.username == "qijiang.office.reviewer"))
        user.roles.append(RoleAssignment(unit_id=qijiang.case().unit_id, role="officer"))
    reason = "您在被评价的单位任职，应当回避"
    assert reason in words(reviewer.opens(f"/work/{item}"))
    assert 'name="form_token"' not in reviewer.opens(f"/work/{item}").text
    answer = reviewer.submits(item, {"decision": "upheld", "finding": "mistaken", "reasons": REASONS}, token)
    assert (answer.status_code, "您应当回避" in words(answer)) == (403, True)
    reviewer.sends(f"/work/{item}/claim")
    assert reason in words(reviewer.opens(f"/work/{item}"))
    assert "正在办理：复核申诉" in words(staff.opens("/appeals/"))


def test_the_second_review_does_not_offer_to_send_back_again(qijiang, staff, app, clock):
    filed(staff, qijiang)
    reviewer, item = reviewing(qijiang, app, clock)
    assert 'value="more_evidence"' in reviewer.opens(f"/work/{item}").text
    reviewer.submits(item, {"decision": "more_evidence", "reasons": REASONS})
    with app.app_context():
        supplement = open_item(appeal_case(qijiang)).id
    staff.submits(supplement, {"addition": "补上窗口录像。"})
    _, again = reviewing(qijiang, app, clock)
    assert again != item and 'value="more_evidence"' not in reviewer.opens(f"/work/{again}").text
    answer = reviewer.submits(again, {"decision": "more_evidence", "reasons": REASONS})
    assert answer.status_code == 422

"""Remarks and contact attempts on the screens: written once, nothing typed is lost, and the form knows the rule."""

from __future__ import annotations

import re

import pytest

from caseflow.models import Comment, CommentDraft, ContactAttempt, db
from caseflow.moments import SHANGHAI
from tests.web.desk import Desk, desk_of, words

TOKEN = "token-of-this-form-1"


@pytest.fixture
def officer(guichi):
    return desk_of(guichi, "first_response")[0]


def path(journey, what):
    return f"/cases/{journey.case().number}/{what}"


def count(journey, table):
    with journey.app.app_context():
        return db.session.query(table).count()


def local(journey):
    return f"{journey.now.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def attempt(desk, journey, **changed):
    fields = {"tried_at": local(journey), "channel": "telephone", "result": "no_answer", "note": "",
              "form_token": TOKEN}
    return desk.sends(path(journey, "contacts"), fields | changed)


def test_a_remark_is_read_by_everybody_who_works_on_the_case(guichi, officer, clock):
    answer = officer.sends(path(guichi, "comments"), {"text": "<b>已电话核实</b>", "form_token": TOKEN})
    assert answer.status_code == 302 and answer.location.endswith("#comments")
    officer.sends(path(guichi, "comments"), {"text": "<b>已电话核实</b>", "form_token": TOKEN})
    assert count(guichi, Comment) == 1
    page = Desk(guichi.app, clock, "guichi.bureau.officer").opens(f"/cases/{guichi.case().number}")
    assert "<b>已电话核实</b>" in words(page) and "<b>已电话核实" not in page.text and "写了备注" in words(page)


def test_what_was_typed_comes_back_when_it_cannot_be_kept(guichi, officer):
    answer = officer.sends(path(guichi, "comments"), {"text": "长" * 2001, "form_token": TOKEN, "back": "/work/"})
    assert answer.status_code == 422 and "长" * 2001 in answer.text and "最多 2000 个字" in words(answer)
    assert TOKEN in answer.text and 'value="/work/"' in answer.text and count(guichi, Comment) == 0


def test_a_remark_that_was_begun_outlives_the_login_and_goes_when_it_is_written(guichi, officer, clock):
    saved = officer.sends(path(guichi, "comments/draft"), {"text": "写到一半"})
    assert saved.json["saved"] and "草稿已保存" in saved.json["message"]
    ended = guichi.app.test_client().post(path(guichi, "comments/draft"), data={"text": "x"},
                                          headers={"Accept": "application/json"})
    assert ended.status_code == 401
    again = Desk(guichi.app, clock, officer.username)
    page = again.opens(f"/cases/{guichi.case().number}")
    assert "写到一半</textarea>" in page.text and "已恢复" in words(page)
    colleague = Desk(guichi.app, clock, "guichi.bureau.officer")
    assert "写到一半" not in colleague.opens(f"/cases/{guichi.case().number}").text
    again.sends(path(guichi, "comments"), {"text": "写完了", "form_token": TOKEN})
    assert count(guichi, CommentDraft) == 0


def test_a_draft_of_a_remark_is_refused_in_words_and_an_empty_one_is_none(guichi, officer, clock):
    officer.sends(path(guichi, "comments/draft"), {"text": "写到一半"})
    assert officer.sends(path(guichi, "comments/draft"), {"text": " "}).status_code == 200
    assert officer.sends(path(guichi, "comments/draft"), {"text": "长" * 30_000}).status_code == 422
    auditor = Desk(guichi.app, clock, "guichi.auditor")
    assert auditor.sends(path(guichi, "comments/draft"), {"text": "x"}).status_code == 403
    assert count(guichi, CommentDraft) == 0


def test_an_attempt_is_logged_once_and_shown_on_both_pages(guichi, officer):
    assert attempt(officer, guichi, note="明天再打").status_code == 302
    attempt(officer, guichi, note="明天再打")
    assert count(guichi, ContactAttempt) == 1
    page = words(officer.opens(f"/cases/{guichi.case().number}"))
    assert "无人接听或未回复" in page and "明天再打" in page and "联系评价人（电话" in page


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"tried_at": "2030-01-01T00:00"}, "不能晚于现在"), ({"tried_at": "昨天"}, "请填写联系时间"),
    ({"result": ""}, "请选择联系结果"), ({"result": "other"}, "请写明情况"), ({"channel": "x"}, "请选择联系方式")])
def test_an_attempt_that_cannot_be_is_explained(guichi, officer, changed, sentence):
    answer = attempt(officer, guichi, **changed)
    assert answer.status_code == 422 and sentence in words(answer) and count(guichi, ContactAttempt) == 0


def test_a_foreign_case_is_not_there(guichi, clock):
    stranger = Desk(guichi.app, clock, "hefei.dept1.officer")
    assert stranger.sends(path(guichi, "comments"), {"text": "x"}).status_code == 404
    assert attempt(stranger, guichi).status_code == 404


def test_what_is_changed_and_sent_again_from_the_same_form_is_kept_too(guichi, officer):
    """Whoever goes back in the browser sends the token of the page that was already sent."""
    for result in ("no_answer", "reached", "reached"):
        attempt(officer, guichi, result=result)
    for text in ("已电话核实", "已电话核实，对方要求书面答复", "已电话核实"):
        officer.sends(path(guichi, "comments"), {"text": text, "form_token": TOKEN})
    assert (count(guichi, ContactAttempt), count(guichi, Comment)) == (2, 2)


def test_an_attempt_that_was_written_down_on_a_later_day_says_so(guichi, officer):
    made = local(guichi)
    guichi.time_passes(hours=3)
    attempt(officer, guichi, tried_at=made, form_token=TOKEN + "a")
    page = f"/cases/{guichi.case().number}"
    assert "补记" not in words(officer.opens(page))
    guichi.time_passes(days=1)
    officer = desk_of(guichi, "first_response")[0]
    attempt(officer, guichi, tried_at=made, form_token=TOKEN + "b")
    assert f"{local(guichi).replace('T', ' ')} 补记" in words(officer.opens(page))


def test_whoever_may_not_contact_the_rater_gets_no_form_and_is_refused(guichi, clock):
    bureau = Desk(guichi.app, clock, "guichi.bureau.officer")
    assert path(guichi, "contacts") not in bureau.opens(f"/cases/{guichi.case().number}").text
    assert attempt(bureau, guichi).status_code == 403


def test_the_form_offers_unreachable_when_the_rule_is_met_and_says_why_not_before(guichi):
    guichi.does("first_response", outcome="resolved")
    desk, item = desk_of(guichi, "revisit")
    page = desk.opens(f"/work/{item}")
    assert 'value="unreachable"' not in page.text and "本环节已记录 0 次未联系上" in words(page)
    refused = desk.submits(item, {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"})
    assert refused.status_code == 422 and "联系的次数或者天数不够" in words(refused)
    assert 'value="unreachable"' not in refused.text
    guichi.cannot_be_reached("revisit")
    desk = Desk(guichi.app, guichi.clock, desk.username)     # the first login has idled out
    page = desk.opens(f"/work/{item}")
    assert 'value="unreachable"' in page.text and 'value="no_contact"' not in page.text
    assert re.search(r'name="f-attempts"[^>]*value="3"', page.text) and "可以选择“联系不上”" in words(page)
    desk.submits(item, {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"})
    guichi.closed_as("closed_unreachable")


def test_an_incomplete_form_offers_no_more_than_before(guichi):
    guichi.does("first_response", outcome="resolved")
    desk, item = desk_of(guichi, "revisit")
    assert 'value="unreachable"' not in desk.submits(item, {}).text

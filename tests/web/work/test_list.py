"""What makes an officer's day shorter: the most urgent task, kept filters, phrases, numbers, and a login that warns."""

from __future__ import annotations

import re

import pytest

from caseflow.models import Phrase, SavedFilter, WebSession, db
from tests.web.desk import Desk, desk_of, words


@pytest.fixture
def officer(guichi):
    return desk_of(guichi, "first_response")[0]


def rows(journey, table):
    with journey.app.app_context():
        return db.session.query(table).order_by(table.id).all()


def unit_of(journey):
    return journey.case().unit_id


def test_the_most_urgent_task_is_taken_with_one_button(guichi, officer):
    assert 'data-key="n"' in officer.opens("/work/").text
    answer = officer.sends("/work/next")
    assert re.fullmatch(r"/work/\d+", answer.location)
    assert "已签收最急的一件" in words(officer.opens(answer.location))
    assert 'data-key="n"' not in officer.opens("/work/").text      # nothing waits any more
    answer = officer.sends("/work/next")
    assert answer.location == "/work/" and "现在没有待签收的任务" in words(officer.opens("/work/"))


def test_a_filter_is_kept_shared_and_forgotten(guichi, officer, clock):
    fields = {"due": "overdue", "scope": "mine", "evil": "1", "q": "执照"}
    answer = officer.sends("/work/filters/", fields | {"name": "我的逾期", "share_with": str(unit_of(guichi))})
    assert answer.location == "/work/?scope=mine&due=overdue&q=%E6%89%A7%E7%85%A7"
    page = officer.browser.get(answer.location)
    assert "我的逾期" in words(page) and 'aria-current="true">我的逾期' in page.text and "evil" not in page.text
    other = Desk(guichi.app, clock, "guichi.dept1.supervisor")
    assert "我的逾期" in words(other.opens("/work/"))
    number = rows(guichi, SavedFilter)[0].id
    assert other.sends(f"/work/filters/{number}/delete").status_code == 404
    officer.sends(f"/work/filters/{number}/delete")
    assert rows(guichi, SavedFilter) == []


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"name": "空"}, "请先选择筛选条件"), ({"name": "", "due": "today"}, "请给筛选起一个名称"),
    ({"name": "a", "due": "today", "share_with": "999999"}, "岗位不能进行这项操作")])
def test_a_filter_that_cannot_be_kept_is_explained(guichi, officer, fields, sentence):
    answer = officer.sends("/work/filters/", fields)
    assert sentence in words(officer.browser.get(answer.location)) and rows(guichi, SavedFilter) == []


def test_supervisors_keep_phrases_and_officers_insert_them(guichi, clock):
    boss = Desk(guichi.app, clock, "guichi.dept1.supervisor")
    assert boss.sends("/phrases/", {"unit": str(unit_of(guichi)), "id": "", "title": "致歉", "text": "深表歉意。"}
                      ).status_code == 302
    desk, item = desk_of(guichi, "first_response")
    page = desk.opens(f"/work/{item}").text
    assert '<option value="深表歉意。">致歉</option>' in page and "data-phrases=" in page
    assert "为区" not in words(desk.opens("/phrases/")) and "深表歉意" in words(desk.opens("/phrases/"))
    refused = desk.sends("/phrases/", {"unit": str(unit_of(guichi)), "id": "", "title": "x", "text": "y"})
    assert refused.status_code == 302 and len(rows(guichi, Phrase)) == 1


def test_what_was_typed_of_a_phrase_is_not_lost(guichi, clock):
    boss = Desk(guichi.app, clock, "guichi.dept1.supervisor")
    answer = boss.sends("/phrases/", {"unit": str(unit_of(guichi)), "id": "", "title": "", "text": "写了很久的内容"})
    assert answer.status_code == 422 and "写了很久的内容" in answer.text and "请填写名称" in words(answer)
    assert boss.sends("/phrases/", {"unit": "x", "title": "a", "text": "b"}).status_code == 404


def test_a_phrase_is_changed_and_deleted(guichi, clock):
    boss = Desk(guichi.app, clock, "guichi.dept1.supervisor")
    fields = {"unit": str(unit_of(guichi)), "id": "", "title": "致歉", "text": "深表歉意。"}
    boss.sends("/phrases/", fields)
    number = rows(guichi, Phrase)[0].id
    boss.sends("/phrases/", fields | {"id": str(number), "text": "抱歉。"})
    assert [row.text for row in rows(guichi, Phrase)] == ["抱歉。"]
    stranger = Desk(guichi.app, clock, "hefei.center.supervisor")
    assert stranger.sends(f"/phrases/{number}/delete").status_code == 404
    boss.sends(f"/phrases/{number}/delete")
    assert rows(guichi, Phrase) == []


@pytest.mark.parametrize("spelt", [
    str, str.lower, lambda number: f" {number} ", lambda number: number.replace("-", "－")])
def test_a_number_leads_straight_to_its_case_from_anywhere(guichi, officer, spelt):
    number = guichi.case().number
    assert 'name="search"' in officer.opens("/work/").text
    answer = officer.opens("/cases/", search=spelt(number))
    assert answer.status_code == 302 and answer.location == f"/cases/{number}"


def test_the_number_of_a_foreign_case_leads_nowhere(guichi, clock):
    stranger = Desk(guichi.app, clock, "hefei.dept1.officer")
    answer = stranger.opens("/cases/", search=guichi.case().number)
    assert answer.status_code == 200 and "没有找到" in words(answer)


def test_enter_in_a_single_line_field_keeps_a_draft_where_no_script_runs(guichi):
    desk, item = desk_of(guichi, "first_response")
    form = desk.opens(f"/work/{item}").text.partition('class="card-body task-form"')[2]
    assert re.search(r"<button[^>]*>", form)[0] == f'<button hidden formaction="/work/{item}/draft">'


def test_every_page_says_what_the_keys_do(officer):
    page = officer.opens("/work/")
    assert 'id="keyboard"' in page.text and "键盘操作" in words(page)


def seen_at(journey):
    with journey.app.app_context():
        return db.session.query(WebSession).one().seen_at


def test_asking_how_long_the_login_lasts_does_not_prolong_it_and_going_on_does(guichi, officer, clock):
    idle = guichi.app.config["CASEFLOW"].session_idle * 60
    begun = seen_at(guichi)
    guichi.clock.advance(minutes=5)
    assert officer.opens("/session").json == {"left": idle - 300} and seen_at(guichi) == begun
    assert officer.sends("/session").json == {"left": idle} and seen_at(guichi) == guichi.now


def test_a_login_that_has_ended_says_so_to_the_page(guichi, officer):
    guichi.clock.advance(hours=1)
    answer = officer.browser.get("/session", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_the_end_of_the_day_counts_too(guichi, officer):
    settings = guichi.app.config["CASEFLOW"]
    for _ in range(settings.session_length // 10 - 1):
        guichi.clock.advance(minutes=10)
        officer.opens("/work/")
    assert officer.opens("/session").json["left"] == 600


def test_the_page_knows_how_long_the_login_lasts(officer):
    assert re.search(r'id="session"[^>]* data-left="900" data-warn="120"', officer.opens("/work/").text)

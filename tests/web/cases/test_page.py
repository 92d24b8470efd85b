"""The case page, the search for it, and the rater's contact."""

from __future__ import annotations

import json
import re
from datetime import time

import pytest
from lxml import html

from caseflow.models import Case, JournalEntry, Rating, db, transaction
from tests.journeys.kit import Journey
from tests.web.desk import Desk, desk_of, words

NAME, PHONE = "卫建国", "13900009029"


@pytest.fixture
def officer(guichi):
    return desk_of(guichi, "first_response")[0]


def page_of(person: Desk, journey: Journey):
    return person.opens(f"/cases/{journey.case().number}")


def diagram_data(page) -> dict:
    return json.loads(html.fromstring(page.text).xpath('//script[@id="diagram-data"]')[0].text)


def test_the_page_tells_where_the_case_stands(guichi, officer):
    page = words(page_of(officer, guichi))
    for expected in ("办理中", "联系并核实", "还剩 2 个工作日", "区市场监管局", "贵四最办〔2020〕5号",
                     "部门以书面形式报区数据资源管理局", "提出申诉", "GC-2(三)"):
        assert expected in page, expected


def test_the_timeline_speaks_in_sentences(guichi, officer):
    guichi.does("first_response", outcome="simple", contact_channel="phone")
    page = words(page_of(officer, guichi))
    for expected in ("建立案件 GC-2026-000001", "已建档，并通知承办单位和牵头单位",
                     "开始“联系并核实”，由区市场监管局办理",
                     "完成“联系并核实”：核实结果 确有问题，简单事项", "自收到评价起 5 个工作日，至 2026-03-09 24:00"):
        assert expected in page, expected


def test_every_kind_of_entry_has_a_sentence_and_shows_no_code(guichi, officer):
    from web.parts import journal

    kinds = set(journal._SENTENCES)
    assert {"case_opened", "task_opened", "timer_fired", "due_recomputed", "contact_revealed", "case_closed"} <= kinds
    guichi.time_passes(days=3).does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    assert set(guichi.kinds()) <= kinds


def test_a_deadline_that_passed_is_told_on_the_page_and_in_the_drawing(guichi):
    guichi.time_passes(days=3)
    page = page_of(desk_of(guichi, "first_response")[0], guichi)
    assert "逾期，已上报承办单位和牵头单位的督办人员" in words(page)
    assert {"element": "first_response", "text": "已到期", "level": "overdue"} in diagram_data(page)["due"]


def test_a_promised_day_that_passed_is_no_lateness_on_the_page_and_in_the_drawing(installed, app, clock):
    case = Journey(app, clock, "qijiang").bad_review().does("assign")
    case.does("first_response", outcome="complex", promise_by="2026-03-03").until("2026-03-04", at=time(9))
    page = page_of(desk_of(case, "rectify")[0], case)
    assert "sla-overdue" not in page.text and "逾期，已上报" not in page.text
    due = [one for one in diagram_data(page)["due"] if one["element"] == "rectify"]
    assert [(one["level"], one["text"]) for one in due] == [("ok", "还剩 3 个工作日")]


def test_the_drawing_knows_what_is_done_and_what_is_open(guichi, officer):
    guichi.does("first_response", outcome="simple", contact_channel="phone")
    data = diagram_data(page_of(officer, guichi))
    assert data["states"] == {"open_file": "done", "first_response": "done", "rectify": "current"}
    assert 'id="guichi_rectification"' in data["xml"]


def test_the_outline_says_the_same_in_words(guichi, officer):
    guichi.does("first_response", outcome="simple", contact_channel="phone")
    tree = html.fromstring(page_of(officer, guichi).text)
    current = tree.xpath('//li[@aria-current="step"]')
    assert ["整改并反馈" in step.text_content() for step in current] == [True]
    done = tree.xpath('//li[contains(@class,"state-done")]/span[@class="step-name"]/text()')
    assert {"联系并核实", "当日建档并通知承办单位"} <= set(done)


def test_the_drawing_has_a_name_for_those_who_do_not_see_it(guichi, officer):
    drawing = html.fromstring(page_of(officer, guichi).text).xpath('//*[@data-diagram]')[0]
    assert drawing.get("role") == "group" and "文字" in drawing.get("aria-label")


def test_a_deadline_explains_itself_day_by_day(guichi, officer):
    page = words(page_of(officer, guichi))
    assert "2026-03-02 不计入：起算当日" in page and "2026-03-04 第2个工作日" in page


def test_what_was_filled_in_is_shown_with_its_labels(guichi, officer):
    guichi.does("first_response", outcome="simple", contact_channel="phone", findings="窗口排队两小时属实")
    page = words(page_of(officer, guichi))
    assert "窗口排队两小时属实" in page and "联系方式 电话" in page


def test_a_closed_case_names_its_outcome(guichi):
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    person = Desk(guichi.app, guichi.clock, "guichi.bureau.officer")
    assert "已办结" in words(page_of(person, guichi))


def test_hefeis_case_past_the_validity_of_its_text_is_marked_with_the_reason(app, clock):
    journey = Journey(app, clock, "hefei").bad_review()
    with app.app_context():
        assert db.session.get(Case, journey.case_id).after_expiry
    page = words(page_of(Desk(app, clock, "hefei.center.officer"), journey))
    assert "办法期满后受理" in page and "HF-18" in page and "没有规定对差评的申诉" in page and "HF-14" in page


def test_what_else_was_said_of_the_service_stands_on_the_page(guichi, officer):
    with guichi.app.app_context(), transaction():
        first = db.session.get(Case, guichi.case_id).rating
        said = {name: getattr(first, name) for name in (
            "service_record_id", "regulation", "raw_level", "detail_codes", "channel", "rated_at", "received_at",
            "source", "real_name", "raw")}
        db.session.add(Rating(**said | {"level": "very_satisfied", "text": "后来办好了", "sequence": 2}))
    page = words(page_of(officer, guichi))
    assert "同一次服务的其他评价" in page and "后来办好了" in page and "后来的评价" in page


def test_a_stranger_is_not_told_that_the_case_exists(guichi, hainan):
    stranger = Desk(guichi.app, guichi.clock, "hainan.platform.officer")
    assert page_of(stranger, guichi).status_code == 404
    assert stranger.sends(f"/cases/{guichi.case().number}/contact", {"reason": "想看看"}).status_code == 404
    assert guichi.case().number not in stranger.opens("/cases/", q="GC-2026").text


@pytest.mark.both_databases
def test_odd_numbers_in_the_address_find_nothing(guichi, officer):
    for number in ("x", "%00", "GC-2026-000001%27--", "😀", "a" * 3000, "../login"):
        assert officer.opens(f"/cases/{number}").status_code in (302, 404), number


def test_a_whole_number_in_the_search_box_opens_its_case(guichi, officer):
    for name in ("q", "search"):
        answer = officer.opens("/cases/", **{name: guichi.case().number})
        assert answer.status_code == 302 and answer.headers["Location"].endswith(guichi.case().number)


def test_a_search_without_result_says_what_to_try(officer):
    assert "只输入其中几个字也可以查找" in words(officer.opens("/cases/", q="不存在"))


# --- the rater's contact --------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_name_and_number_are_masked_until_asked_for_with_a_reason(guichi, officer):
    page = page_of(officer, guichi)
    assert NAME not in page.text and PHONE not in page.text and "卫*" in page.text and "139****9029" in page.text
    shown = words(officer.sends(f"/cases/{guichi.case().number}/contact", {"reason": "首次联系核实情况"}))
    assert NAME in shown and PHONE in shown and "已记入案件日志" in shown


def test_the_look_at_the_contact_is_in_the_journal_with_its_reason_and_without_the_contact(guichi, officer):
    officer.sends(f"/cases/{guichi.case().number}/contact", {"reason": "首次联系核实情况"})
    assert "查看了评价人的联系方式，理由：首次联系核实情况" in words(page_of(officer, guichi))
    with guichi.app.app_context():
        told = "".join(row.details for row in db.session.query(JournalEntry))
        assert NAME not in told and PHONE not in told


@pytest.mark.parametrize("reason", ["", " ", "\x00", "长" * 201, "a" * 1_000_000])
def test_without_a_proper_reason_the_contact_stays_masked(guichi, officer, reason):
    answer = officer.sends(f"/cases/{guichi.case().number}/contact", {"reason": reason})
    assert answer.status_code == 422 and PHONE not in answer.text


def test_in_hainan_only_the_hotline_sees_the_contact(hainan, app, clock):
    number = hainan.case().number
    with app.app_context():
        from caseflow.models import CaseUnit, RoleAssignment, User
        own = db.session.query(User.username).join(RoleAssignment).join(
            CaseUnit, CaseUnit.unit_id == RoleAssignment.unit_id).filter(
            CaseUnit.case_id == hainan.case_id, User.username.like("hainan.dept%"), RoleAssignment.role == "officer")
        department = own.first()[0]
    refused = Desk(app, clock, department).sends(f"/cases/{number}/contact", {"reason": "想联系评价人"})
    assert refused.status_code == 403 and PHONE not in refused.text
    page = words(Desk(app, clock, department).opens(f"/cases/{number}"))
    assert "与评价人的联系统一通过" in page and "查看联系方式" not in page
    shown = Desk(app, clock, "hainan.platform.officer").sends(f"/cases/{number}/contact", {"reason": "转派前核实"})
    assert PHONE in shown.text


def test_the_way_back_leads_nowhere_else(guichi, officer):
    for target in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        page = officer.sends(f"/cases/{guichi.case().number}/contact", {"reason": "首次联系", "back": target}).text
        assert "example.org" not in page and "javascript:" not in page


def test_what_the_rater_wrote_is_quoted_and_never_run(guichi, officer):
    with guichi.app.app_context(), transaction():
        rating = db.session.get(Case, guichi.case_id).rating
        assert isinstance(rating, Rating)
        text = rating.text
    assert re.search(rf"<blockquote class=\"said\">{text}</blockquote>", page_of(officer, guichi).text)

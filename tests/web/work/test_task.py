"""My work, and the page on which a task is done."""

from __future__ import annotations

import json
import threading

import pytest
from lxml import html
from sqlalchemy import func, select

from caseflow.models import Case, Draft, Submission, WorkItem, db, transaction
from tests.journeys.kit import Journey
from tests.web.desk import Desk, colleague, desk_of, words

ANSWERS = {"outcome": "simple", "contact_channel": "phone", "findings": "已电话联系，情况属实。"}
NAME, PHONE = "卫建国", "13900009029"


def count(journey, model) -> int:
    with journey.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def desk(guichi):
    return desk_of(guichi, "first_response")


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_with_its_working_days(guichi, desk):
    page = words(desk[0].opens("/work/"))
    assert "还剩 2 个工作日" in page and guichi.case().number in page and "待签收" in page


def test_what_is_due_today_and_what_is_late_say_so(guichi, clock):
    clock.advance(days=2)
    assert "今天到期" in words(desk_of(guichi, "first_response")[0].opens("/work/"))
    clock.advance(days=1)
    assert "逾期 1 个工作日" in words(desk_of(guichi, "first_response")[0].opens("/work/"))


def test_a_due_date_in_a_year_without_a_notice_is_marked(app, clock):
    from datetime import UTC, datetime

    clock.set(datetime(2026, 12, 31, 1, 0, tzinfo=UTC))
    journey = Journey(app, clock, "guichi").bad_review()
    assert "暂定" in words(desk_of(journey, "first_response")[0].opens("/work/"))


def test_filters_narrow_the_list_and_an_empty_result_offers_a_way_back(desk, guichi):
    page = words(desk[0].opens("/work/", q="没有这样的事项"))
    assert "没有符合条件的待办" in page and "清除筛选" in page
    assert guichi.case().number in words(desk[0].opens("/work/", q="营业执照"))


@pytest.mark.both_databases
def test_odd_addresses_of_the_list_still_answer(desk):
    for query in ({"page": "-1"}, {"page": "9" * 40}, {"due": "x"}, {"q": "%_\\'\x00😀"}, {"scope": "nobody"}):
        assert desk[0].opens("/work/", **query).status_code == 200


def test_claiming_puts_ones_name_on_the_task_and_releasing_takes_it_off(guichi, desk):
    person, item = desk
    person.sends(f"/work/{item}/claim", {"back": "list"})
    assert "我签收的 1" in words(person.opens("/work/"))
    other = colleague(guichi, "first_response")
    assert "没有等待您办理的任务" in words(other.opens("/work/"))
    person.sends(f"/work/{item}/release", {"back": "list"})
    assert guichi.case().number in words(other.opens("/work/"))


def test_claiming_what_a_colleague_has_taken_is_explained(guichi, desk):
    person, item = desk
    colleague(guichi, "first_response").sends(f"/work/{item}/claim")
    page = person.browser.post(f"/work/{item}/claim", follow_redirects=True)
    assert "同事已经签收了这项任务" in words(page)


# --- the page of a task ---------------------------------------------------------------------------------------------


def test_the_page_says_what_to_do_on_what_basis_about_which_rating_and_by_when(desk):
    page = words(desk[0].opens(f"/work/{desk[1]}"))
    for expected in ("怎么办", "2个工作日内先联系评价人", "GC-2(二)", "先行联系反映问题的企业群众", "等了两个小时",
                     "214 服务态度生硬", "营业执照办理", "为什么是这个时间", "第1个工作日",
                     "办理过程", "卫*", "139****9029"):
        assert expected in page, expected


def test_a_stranger_is_not_told_that_the_task_exists(guichi, hainan, desk, app, clock):
    stranger = Desk(app, clock, "hainan.platform.officer")
    for path in ("", "/claim", "/release", "/draft"):
        assert stranger.sends(f"/work/{desk[1]}{path}").status_code == 404
    assert stranger.opens(f"/work/{desk[1]}").status_code == 404
    assert stranger.opens("/work/999999").status_code == 404


@pytest.mark.both_databases
def test_numbers_no_database_can_hold_are_not_found(desk):
    for number in ("9223372036854775807", "9" * 30, "-1", "1%00", "1.5"):
        assert desk[0].opens(f"/work/{number}").status_code == 404, number
        assert desk[0].sends(f"/incidents/{number}/retry").status_code in (302, 404), number


def test_whoever_is_not_signed_in_is_sent_to_the_login(guichi, desk):
    answer = guichi.app.test_client().get(f"/work/{desk[1]}")
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


def test_a_supervisor_may_read_the_task_but_finds_no_form(guichi, desk, app, clock):
    page = Desk(app, clock, "guichi.bureau.supervisor").opens(f"/work/{desk[1]}")
    assert page.status_code == 200 and "form_token" not in page.text


# --- submitting -----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_submitting_moves_the_case_on_and_says_what_comes_next_and_by_when(guichi, desk):
    person, item = desk
    answer = person.submits(item, ANSWERS)
    assert answer.status_code == 302
    assert guichi.open_tasks() == ["rectify"]
    page = words(person.browser.get(answer.headers["Location"]))
    assert "下一步由" in page and "整改并反馈" in page and "2026-03-09 24:00" in page


def test_what_is_missing_is_listed_and_what_was_typed_stays(guichi, desk):
    person, item = desk
    answer = person.submits(item, {"findings": "写了一半 <b>"})
    assert answer.status_code == 422
    assert "请选择“核实结果”。" in words(answer) and "写了一半 &lt;b&gt;" in answer.text
    assert guichi.open_tasks() == ["first_response"] and count(guichi, Submission) == 0


def test_a_broken_rule_is_told_at_its_field_and_what_was_typed_stays(app, clock):
    case = Journey(app, clock, "hefei").bad_review().does("first_response", outcome="complex", contact_channel="phone")
    person, item = desk_of(case, "open_ledger")
    answer = person.submits(item, {"rectify_by": "2099-12-31", "plan": "先改流程，再培训。"})
    assert answer.status_code == 422 and "先改流程，再培训。" in answer.text
    field = html.fromstring(answer.text).get_element_by_id("f-rectify_by-error")
    assert field.text_content() == "“整改期限”最长是从今天起的20个工作日，请改早一些。"
    assert case.open_tasks() == ["open_ledger"]
    assert person.submits(item, {"rectify_by": "2026-03-20", "plan": "先改流程，再培训。"}).status_code == 302


def test_a_double_click_gets_the_same_answer_once(guichi, desk):
    person, item = desk
    token = person.token(item)
    first, second = person.submits(item, ANSWERS, token), person.submits(item, ANSWERS, token)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(guichi, Submission) == 1 and guichi.done() == ["first_response"]


@pytest.mark.both_databases
def test_the_same_form_sent_twice_at_the_same_moment_counts_once(guichi, desk):
    person, item = desk
    token = person.token(item)
    person.logs_contacts(item, ANSWERS)
    cookie = person.browser.get_cookie("__Host-caseflow") or person.browser.get_cookie("caseflow")
    answers = []

    def click():
        browser = guichi.app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        fields = {f"f-{key}": value for key, value in ANSWERS.items()} | {"form_token": token}
        answers.append(browser.post(f"/work/{item}", data=fields).status_code)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert answers == [302] * 4 and count(guichi, Submission) == 1


def test_the_same_form_with_other_content_is_not_stored_over_the_first(guichi, desk):
    person, item = desk
    token = person.token(item)
    person.submits(item, ANSWERS, token)
    answer = person.submits(item, ANSWERS | {"findings": "改过的内容"}, token)
    assert answer.status_code == 409
    assert "这张表单已经提交过" in words(answer) and "改过的内容" in answer.text


def test_a_task_a_colleague_completed_is_explained_and_the_typing_is_shown(guichi, desk):
    person, item = desk
    token = person.token(item)
    colleague(guichi, "first_response").submits(item, ANSWERS)
    answer = person.submits(item, ANSWERS | {"findings": "我写的很长的说明"}, token)
    assert answer.status_code == 409
    page = words(answer)
    assert "这项任务已经办结" in page and "王同事" in page and "我写的很长的说明" in answer.text


def test_a_half_filled_form_of_a_finished_task_is_explained_too(guichi, desk):
    person, item = desk
    token = person.token(item)
    guichi.does("first_response")
    answer = person.submits(item, {"findings": "只写了这一项"}, token)
    assert answer.status_code == 409 and "只写了这一项" in answer.text


def test_a_task_a_colleague_claimed_is_explained_and_nothing_is_stored(guichi, desk):
    person, item = desk
    token = person.token(item)
    colleague(guichi, "first_response").sends(f"/work/{item}/claim")
    answer = person.submits(item, ANSWERS, token)
    assert answer.status_code == 409
    assert "王同事 签收了" in words(answer) and count(guichi, Submission) == 0


def test_a_withdrawn_task_is_explained(guichi, desk):
    person, item = desk
    token = person.token(item)
    guichi.message("appeal_upheld")
    answer = person.submits(item, ANSWERS, token)
    assert answer.status_code == 409 and "已经撤回" in words(answer)


def test_a_step_the_engine_cannot_take_keeps_what_was_typed(guichi, desk):
    person, item = desk
    with guichi.app.app_context(), transaction():
        db.session.get(Case, guichi.case_id).instance.state = b"damaged"
    answer = person.submits(item, ANSWERS | {"findings": "我写的很长的说明"})
    assert answer.status_code == 500
    assert "没有提交成功" in words(answer) and "我写的很长的说明" in answer.text and "form_token" in answer.text
    assert count(guichi, Submission) == 0


def test_a_draft_of_somebody_whose_session_ended_is_not_said_to_be_saved(guichi, desk):
    answer = guichi.app.test_client().post(f"/work/{desk[1]}/draft", data={"f-findings": "x"},
                                           headers={"X-Draft": "1", "Accept": "application/json"})
    assert answer.status_code == 401


def test_a_form_that_lost_its_token_is_still_stored_once(guichi, desk):
    person, item = desk
    assert person.submits(item, ANSWERS, token="x" * 5000).status_code == 302
    assert count(guichi, Submission) == 1


HOSTILE = ["", "\x00", "😀" * 50, "a" * 1_000_000, "‮abc", "{\"a\":" * 2000, "<script>alert(1)</script>", "=cmd()",
           "１２", "null", "-1", "'; DROP TABLE cases; --", "\ud7ff\ufffe", "typename"]


@pytest.mark.parametrize("field", ["outcome", "contact_channel", "findings"])
def test_hostile_values_are_refused_or_stored_whole_and_never_crash(guichi, desk, field):
    person, item = desk
    for value in HOSTILE:
        before = count(guichi, Submission)
        answer = person.submits(item, ANSWERS | {field: value})
        assert answer.status_code in (302, 413, 422), value[:40]
        assert "<script>alert" not in answer.text
        assert count(guichi, Submission) - before == (answer.status_code == 302)
        assert guichi.open_tasks() == (["rectify"] if answer.status_code == 302 else ["first_response"])
        if answer.status_code == 302:
            _person, item = desk_of(guichi.bad_review(), "first_response")


def test_a_file_in_place_of_a_text_is_no_text(guichi, desk):
    from io import BytesIO

    person, item = desk
    fields = {f"f-{key}": value for key, value in ANSWERS.items()} | {"form_token": person.token(item)}
    fields["f-findings"] = (BytesIO(b"x"), "x.txt")
    answer = person.browser.post(f"/work/{item}", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 422 and count(guichi, Submission) == 0


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_there_again_in_another_browser(guichi, desk, app, clock):
    person, item = desk
    answer = person.sends(f"/work/{item}/draft", {"f-outcome": "complex", "f-findings": "写到一半"}, **{"X-Draft": "1"})
    assert answer.json["saved"] is True
    page = Desk(app, clock, person.username).opens(f"/work/{item}")
    assert "写到一半" in page.text and 'checked' in page.text and "已恢复" in words(page)


def test_a_draft_can_be_saved_without_javascript(desk):
    person, item = desk
    answer = person.browser.post(f"/work/{item}/draft", data={"f-findings": "写到一半"}, follow_redirects=True)
    assert "草稿已保存" in words(answer) and "写到一半" in answer.text


def test_a_draft_is_nobody_elses(guichi, desk):
    person, item = desk
    person.sends(f"/work/{item}/draft", {"f-findings": "只有我知道"})
    assert "只有我知道" not in colleague(guichi, "first_response").opens(f"/work/{item}").text


@pytest.mark.both_databases
def test_a_draft_keeps_declared_fields_alone_and_ends_with_the_task(guichi, desk):
    person, item = desk
    person.sends(f"/work/{item}/draft", {"f-findings": "a\x00b", "f-typename": "x", "other": "y"})
    with guichi.app.app_context():
        assert json.loads(db.session.scalar(select(Draft.form_values))) == {"findings": "ab"}
    person.submits(item, ANSWERS)
    assert count(guichi, Draft) == 0


def test_what_a_colleague_was_faster_with_leaves_the_draft_to_be_copied_by_its_author(guichi, desk):
    person, item = desk
    slow = colleague(guichi, "first_response")
    slow.sends(f"/work/{item}/draft", {"f-outcome": "complex", "f-findings": "写到一半"})
    person.submits(item, ANSWERS)
    stale = slow.sends(f"/work/{item}", {"f-findings": "写完了", "late_reason": "出差"})
    assert stale.status_code == 409 and "写完了" in words(stale) and "出差" in words(stale)
    page = words(slow.opens(f"/work/{item}"))
    assert "您没有提交的草稿" in page and "写到一半" in page
    assert "写到一半" not in person.opens(f"/work/{item}").text


def test_a_draft_of_a_megabyte_is_refused_in_words(guichi, desk):
    person, item = desk
    answer = person.sends(f"/work/{item}/draft", {"f-findings": "长" * 1_000_000}, **{"X-Draft": "1"})
    assert answer.status_code == 422 and answer.json["message"] and count(guichi, Draft) == 0


def test_a_draft_for_a_finished_task_is_refused_in_words(guichi, desk):
    person, item = desk
    guichi.does("first_response")
    answer = person.sends(f"/work/{item}/draft", {"f-findings": "太晚"}, **{"X-Draft": "1"})
    assert answer.status_code == 409 and answer.json["saved"] is False


# --- masking --------------------------------------------------------------------------------------------------------


def test_no_page_of_the_task_shows_the_raters_name_or_number(guichi, desk):
    person, item = desk
    for path in ("/work/", f"/work/{item}"):
        page = person.opens(path).text
        assert NAME not in page and PHONE not in page


def test_the_next_task_of_the_same_case_comes_next_when_it_is_mine(guichi, desk):
    person, item = desk
    answer = person.submits(item, ANSWERS)
    with guichi.app.app_context():
        following = db.session.scalar(select(WorkItem.id).where(WorkItem.status == "open"))
    assert answer.headers["Location"].endswith(f"/work/{following}")

"""Linking duplicates on the case page, and filling in their tasks together."""

from __future__ import annotations

import re

import pytest

from tests.journeys.kit import Journey
from tests.web.desk import Desk, desk_of, words

ANSWERS = {"outcome": "simple", "contact_channel": "phone", "findings": "已核实，情况属实。"}


@pytest.fixture
def journeys(installed, app, clock):
    return [Journey(app, clock, "guichi").bad_review() for _ in range(2)]


def test_duplicates_are_linked_on_the_case_page_and_filled_in_together_at_the_task(journeys, app, clock):
    first, second = journeys
    boss, (officer, item_id) = Desk(app, clock, "guichi.bureau.supervisor"), desk_of(second, "first_response")
    case, numbers = f"/cases/{second.case().number}", [journey.case().number for journey in journeys]
    assert "同样填写并提交到" not in words(officer.opens(f"/work/{item_id}"))
    assert f"{case}/duplicates/" not in officer.opens(case).text
    page = boss.opens(case)
    assert f"{case}/duplicates/" in page.text and "GC-2(二)" in words(page)
    answer = boss.browser.post(f"{case}/duplicates/", data={"of": "", "reason": "同一件事"}, follow_redirects=True)
    assert "请选择列出的案件" in words(answer)
    assert boss.sends(f"{case}/duplicates/", {"of": first.case_id, "reason": "同一件事"}).status_code == 302
    assert f"{numbers[0]} 本案是它的重复" in words(boss.opens(case))
    assert f"{numbers[1]} 是本案的重复" in words(officer.opens(f"/cases/{numbers[0]}"))
    form = officer.opens(f"/work/{item_id}").text
    other = re.search(r'name="together" value="(\d+)"', form)[1]
    officer.logs_contacts(item_id, ANSWERS)
    fields = {f"f-{key}": value for key, value in ANSWERS.items()} | {
        "together": other, "form_token": officer.token(item_id)}
    uncalled = officer.sends(f"/work/{item_id}", fields)
    assert uncalled.status_code == 422 and f"关联案件 {numbers[0]} 不能这样提交一件都没有提交。" in words(uncalled)
    officer.logs_contacts(int(other), ANSWERS)
    assert officer.sends(f"/work/{item_id}", fields | {"f-findings": ""}).status_code == 422
    clock.advance(days=4)
    officer, boss = (Desk(app, clock, desk.username) for desk in (officer, boss))       # their logins are over
    late = officer.sends(f"/work/{item_id}", fields)
    assert late.status_code == 422 and re.search(r'name="together" value="\d+" checked', late.text)
    assert officer.sends(f"/work/{item_id}", fields | {"late_reason": "等待材料"}).status_code == 302
    assert [journey.open_tasks() for journey in journeys] == [["rectify"]] * 2
    assert boss.sends(f"{case}/duplicates/remove", {"reason": "不是一件事"}).status_code == 302
    assert "解除" in words(officer.opens(case)) and "本案是它的重复" not in words(officer.opens(case))


def test_one_call_is_logged_in_the_linked_cases_that_are_ticked_and_in_no_other(journeys, app, clock):
    first, second = journeys
    boss, (officer, item_id) = Desk(app, clock, "guichi.bureau.supervisor"), desk_of(second, "first_response")
    task, numbers = f"/work/{item_id}", [journey.case().number for journey in journeys]
    asked = f"/cases/{numbers[1]}/contacts/linked"
    assert asked not in officer.opens(task).text
    boss.sends(f"/cases/{numbers[1]}/duplicates/", {"of": first.case_id, "reason": "同一件事"})
    assert asked in officer.opens(task).text and asked in officer.opens(f"/cases/{numbers[1]}").text
    part, page = officer.browser.get(asked, headers={"HX-Request": "true"}), officer.opens(asked)
    for shown in (part, page):
        assert f'name="also" value="{first.case_id}">' in shown.text and "这次联系也谈了" in words(shown)
    assert "<form" not in part.text and "没有保存" not in words(page)
    assert boss.opens(asked).status_code == 403
    call = {"channel": "telephone", "result": "reached", "note": "", "form_token": "c" * 20, "back": task,
            "also": first.case_id, "tried_at": "2026-03-02T09:00"}
    wrong = officer.sends(f"/cases/{numbers[1]}/contacts", call | {"result": ""})
    assert wrong.status_code == 422 and f'name="also" value="{first.case_id}" checked' in wrong.text
    assert officer.sends(f"/cases/{numbers[1]}/contacts", call).status_code == 302
    assert "已联系上" in words(officer.opens(f"/cases/{numbers[0]}"))
    boss.sends(f"/cases/{numbers[1]}/duplicates/remove", {"reason": "不是一件事"})
    refused = officer.sends(f"/cases/{numbers[1]}/contacts", call | {"form_token": "d" * 20})
    assert refused.status_code == 422 and "不是本案的关联案件" in words(refused)

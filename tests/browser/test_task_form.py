"""The form of a task: what it says when something is missing, and that nothing typed is ever lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.keys import press, reach, tab_to

OFFICER, TASK = "guichi.dept2.officer", "联系并核实"
TYPED = "已电话联系评价人，核实了当天的情况。"


def test_an_empty_form_is_answered_in_chinese_beside_the_fields_and_nothing_is_lost(desk):
    person = desk("guichi.dept1.officer")      # has no drafts
    person.refusals.add(422)
    person.open_task(person.first_case(TASK), TASK).submit()
    problem = person.page.get_by_role("alert")
    expect(problem).to_contain_text("有 2 处需要修改")
    expect(problem).to_be_focused()
    expect(person.beside("核实结果")).to_have_text("请选择“核实结果”。")
    expect(person.beside("核实情况")).to_have_text("请填写“核实情况”。")
    person.look("没有填写").fill({"核实情况": TYPED}).submit()
    expect(problem).to_contain_text("有 1 处需要修改")
    expect(person.beside("核实情况")).to_have_count(0)
    expect(person.field("核实情况")).to_have_value(TYPED)


def test_a_draft_is_there_again_in_another_browser(desk):
    here = desk(OFFICER)
    number = here.first_case(TASK)
    here.open_task(number, TASK).fill({"核实结果": "缺乏法定依据", "联系方式": "短信", "核实情况": TYPED})
    expect(here.page.locator("[data-draft-state]")).to_have_text("草稿已自动保存")
    here.page.close()
    there = desk(OFFICER).open_task(number, TASK)
    expect(there.page.locator("[data-draft-state]")).to_contain_text("已恢复")
    expect(there.field("核实情况")).to_have_value(TYPED)
    expect(there.field("核实结果").get_by_role("radio", name="缺乏法定依据")).to_be_checked()
    expect(there.field("联系方式").get_by_role("radio", name="短信")).to_be_checked()
    there.look("恢复的草稿")


def test_what_was_typed_is_there_when_a_contact_is_logged_before_the_draft_was_kept(desk):
    person = desk(OFFICER)
    person.open_task(person.first_case(TASK), TASK).fill({"核实结果": "缺乏法定依据", "核实情况": TYPED})
    person.reaches("电话")
    expect(person.page.locator("#contacts")).to_contain_text("已联系上")
    expect(person.field("核实情况")).to_have_value(TYPED)
    expect(person.field("核实结果").get_by_role("radio", name="缺乏法定依据")).to_be_checked()


@pytest.mark.parametrize("width", [1280, 390])
def test_of_two_officers_at_one_task_the_slower_is_told_and_loses_nothing_typed(desk, width, colleague_of):
    slow, quick = desk(OFFICER, width), desk(colleague_of(OFFICER), width)
    number = slow.first_case(TASK)
    slow.open_task(number, TASK).fill({"核实结果": "确有问题，较为复杂", "联系方式": "当面", "核实情况": TYPED})
    expect(slow.page.locator("[data-draft-state]")).to_have_text("草稿已自动保存")
    task = slow.page.url
    quick.open_task(number, TASK).reaches("电话")
    quick.fill({"核实结果": "当场解决（情况清楚、诉求合理）", "告知评价人的方式": "电话",
                "当场解决的措施和结果": "当场补办。", "核实情况": "已当场解决。"}).submit()
    expect(quick.page.locator("#messages")).to_contain_text("已提交")
    slow.refusals.add(409)
    slow.submit()
    expect(slow.heading).to_have_text("这项任务已经办结")
    expect(slow.page.get_by_role("alert")).to_contain_text("钱同事 已于")
    expect(slow.page.get_by_text("请打开案件查看办理结果；需要的内容可以从下面复制。")).to_be_visible()
    expect(slow.page.get_by_label("核实结果")).to_have_value("确有问题，较为复杂")
    expect(slow.page.get_by_label("核实情况")).to_have_value(TYPED)
    slow.look("同事已先办结")
    slow.follow(slow.page.get_by_role("link", name=f"打开案件 {number}"))
    slow.diagram_is_drawn()
    slow.page.goto(task)                                   # and whoever comes back later finds the draft
    expect(slow.page.get_by_label("核实情况")).to_have_value(TYPED)
    slow.look("没有提交的草稿")


def test_a_task_is_done_with_the_keyboard_alone(desk):
    person = desk("guichi.dept3.officer")      # has no drafts: an answered group of choices takes the focus elsewhere
    number = person.first_case(TASK)
    page = person.page
    page.goto("/work/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    row = page.locator("tbody tr", has=page.get_by_role("link", name=number))
    with person.another_page():
        press(person, tab_to(person, row.get_by_role("link", name=TASK)), "Enter")
    expect(person.heading).to_have_text(TASK)
    reach(person)
    press(person, tab_to(person, person.field("核实结果").get_by_role("radio").first), "Space")
    press(person, tab_to(person, person.field("告知评价人的方式").get_by_role("radio").first), "Space")
    tab_to(person, person.field("当场解决的措施和结果"))
    page.keyboard.type("已当场补办。")
    tab_to(person, person.field("核实情况"))
    page.keyboard.type("情况属实。")
    if page.locator("#late-reason").is_visible():
        tab_to(person, page.locator("#late-reason"))
        page.keyboard.type("等待评价人补充材料")
    with person.another_page():
        press(person, tab_to(person, page.get_by_role("button", name="提交", exact=True)), "Enter")
    expect(page.locator("#messages")).to_contain_text(f"“{TASK}”已提交（{number}）")

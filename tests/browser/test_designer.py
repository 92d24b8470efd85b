"""The designer: a limit is changed in the panel, what that breaks is shown, taken back, and what is lawful is saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from caseflow.models import ProcessDraft, User, db, transaction
from caseflow.people.permissions import actor_for
from caseflow.workshop import drafts
from tests.bpmn.drawings import parts
from web.app import clock

STATE = "[data-findings-state]"
UNCOVERED = """mark => { const box = mark.getBoundingClientRect();
  return [[4, 4], [box.width / 2, box.height / 2], [box.width - 4, box.height - 4]].every(([x, y]) =>
    mark.contains(document.elementFromPoint(box.left + x, box.top + y))); }"""
HURRIED = """days => {
  const [amount, unit] = ['amount', 'time-unit'].map(key => document.querySelector(`[data-key=${key}]`));
  amount.focus(); amount.value = days;
  ['input', 'change'].forEach(kind => amount.dispatchEvent(new Event(kind, { bubbles: true })));
  unit.focus(); unit.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true })); }"""


@pytest.fixture
def draft(demo) -> int:
    """A draft of Guichi's rectification as it is deployed."""
    with demo.app.app_context(), transaction():
        designer = db.session.query(User).where(User.username == "guichi.designer").one()
        return drafts.begin("guichi_rectification", actor_for(designer), clock.now()).id


@pytest.fixture
def source(demo, draft):
    def read() -> bytes:
        with demo.app.app_context():
            return db.session.get(ProcessDraft, draft).source
    return read


def opened(person, draft):
    """The draft in the designer, checked for the first time."""
    person.page.goto(f"/workshop/drafts/{draft}/design")
    expect(person.page.locator("#designer")).to_have_attribute("data-ready", "yes")
    expect(person.page.locator(STATE)).to_contain_text("没有问题")
    return person.page


def choose(page, name):
    """By the list of steps, as somebody does who does not use the drawing."""
    page.get_by_role("tab", name="步骤清单").click()
    page.locator(".outline-list button", has=page.locator(".step-name").get_by_text(name, exact=True)).first.click()
    page.get_by_role("tab", name="属性").click()
    expect(page.locator("[data-panel-title]")).to_contain_text(name)


def lasts(page, days):
    page.get_by_label("数量", exact=True).fill(str(days))
    page.keyboard.press("Tab")


def test_an_unlawful_limit_is_refused_with_its_article_and_path_and_a_stricter_one_saved(desk, draft, source):
    person = desk("guichi.designer")
    page, before = opened(person, draft), source()
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    assert mark.evaluate(UNCOVERED)

    choose(page, "收到后2个工作日")
    lasts(page, 3)
    rule = page.locator(".rule")
    expect(rule).to_contain_text("GC-2(二)")
    expect(rule).to_contain_text("在2个工作日内，先行联系")
    expect(rule.locator(".path-steps li").first).to_have_text("案件开始")
    expect(rule.locator(".path-steps li").last).to_have_text("到“收到后3个工作日”")
    for element in ("open_file", "first_response", "flow_open_file_handling"):
        expect(page.locator(f".djs-element.broken-path[data-element-id={element}]")).to_be_attached()
    expect(page.locator(".finding-mark")).to_have_count(1)
    person.look("违反条款")

    page.get_by_role("tab", name="属性").focus()
    page.keyboard.press("Control+z")
    expect(page.locator(STATE)).to_contain_text(re.compile(r"没有问题，\d+ 条法规规则全部成立"))
    expect(page.get_by_label("名称", exact=True)).to_have_value("收到后2个工作日")
    expect(page.locator(".broken-path")).to_have_count(0)

    lasts(page, 1)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_have_text("已保存（第 2 次修订）")
    expect(page.locator(STATE)).to_contain_text("没有问题")
    page.get_by_role("button", name="撤销").click()
    lasts(page, 4)     # as many changes as when it was saved, but others
    expect(page.locator("[data-save-state]")).to_have_text("有修改没有保存")
    as_before = source().replace(b"working_days(1, ", b"working_days(2, ")
    as_before = as_before.replace("收到后1个".encode(), "收到后2个".encode())
    placed = [part for part in parts(as_before) - parts(before) if "BPMNLabel" not in part[0]]
    assert placed == []     # the name's place alone was measured anew


def test_what_is_changed_in_the_panel_is_written_in_the_dialect_and_taken_back_step_by_step(desk, draft):
    page = opened(desk("guichi.designer"), draft)
    before = drawn(page)
    choose(page, "联系并核实")
    page.get_by_label("依据条款").select_option("GC-2(一)")
    page.get_by_label("办理单位").select_option(label="区数据资源管理局（政务服务管理局）")
    page.get_by_label("岗位").select_option(label="督办人员")
    page.get_by_role("button", name="加一项").click()
    page.locator(".form-field summary").last.click()
    for label, choice in (("类型", "单选"), ("缺省值", "是"), ("何时出现", "核实结果：缺乏法定依据")):
        page.locator(".form-field").last.get_by_label(label, exact=True).select_option(label=choice)
    page.get_by_role("button", name="上移“新的一项”").click()
    expect(page.get_by_role("button", name="上移“新的一项”")).to_be_focused()
    choose(page, "核实结果？")
    page.locator(".ways-out li", has_text="缺乏法定依据").get_by_role("radio").check()
    page.locator(".ways-out").get_by_role("button", name="简单事项").click()
    page.get_by_text("可用的变量").click()
    page.locator(".variables").get_by_role("button", name="确有问题，简单事项").click()
    choose(page, "当日建档并通知承办单位")
    page.get_by_label("系统操作").select_option("remind")
    choose(page, "办结后5个工作日")
    page.get_by_label("单位", exact=True).select_option(label="小时")
    after = drawn(page)
    for written in (
            'candidateGroups="bureau.supervisor"', 'id="field_6" label="新的一项" type="enum" defaultValue="yes"',
            'id="visible_when" value="outcome == &#39;no_legal_basis&#39;"', 'default="flow_by_outcome_explain"',
            "outcome == 'simple'</bpmn:conditionExpression>", 'topic="remind"', "hours(5)", 'name="办结后5小时"'):
        assert written in after and written not in before, written
    assert after.index('id="field_6"') < after.index('id="findings"')
    expect(page.locator(".rule").first).to_be_visible()
    expect(page.locator(".finding:not(.rule)")).to_have_count(0)     # nothing that the gate refuses
    undo = page.get_by_role("button", name="撤销")
    while undo.is_enabled():
        undo.click()
    assert parts(drawn(page).encode()) == parts(before.encode())
    expect(page.locator("[data-save-state]")).to_have_text("已保存（第 1 次修订）")


def test_a_rule_of_a_field_is_drawn_checked_and_removed_in_the_panel(desk, draft):
    page = opened(desk("guichi.designer"), draft)
    before = drawn(page)
    choose(page, "联系并核实")
    page.locator(".form-field summary", has_text="核实结果").click()
    field = page.locator(".form-field").first
    field.get_by_role("button", name="加一条规则").click()
    field.get_by_label("规则", exact=True).fill("outcome == 'simple'")
    page.keyboard.press("Tab")
    field.get_by_label("不合时显示的话").fill("只办简单事项。")
    page.keyboard.press("Tab")
    written = drawn(page)
    assert 'id="rule" value="outcome == &#39;simple&#39;"' in written
    assert 'id="rule_says" value="只办简单事项。"' in written
    expect(page.locator(".finding", has_text="永远选不了").first).to_be_visible()
    field.get_by_role("button", name="删去这条规则").click()
    expect(page.locator(STATE)).to_contain_text("没有问题")
    assert parts(drawn(page).encode()) == parts(before.encode())


def drawn(page) -> str:
    """The file as the modeler would save it now."""
    return page.locator("#designer").evaluate("async place => (await place.modeler.saveXML({ format: true })).xml")


def test_who_comes_second_is_told_and_loses_nothing(desk, draft, colleague_of, source):
    first, second = desk("guichi.designer"), desk(colleague_of("guichi.designer"))
    page, other = opened(first, draft), opened(second, draft)
    expect(other.locator("[data-others]")).to_contain_text("也打开着这份草稿")
    for window, name in ((page, "先改的名称"), (other, "后改的名称")):
        choose(window, "联系并核实")
        window.get_by_label("名称", exact=True).fill(name)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-save-state]")).to_have_text("已保存（第 2 次修订）")

    second.refusals.add(409)
    other.get_by_role("button", name="保存").click()
    told = other.locator("[data-save-problem]")
    expect(told).to_contain_text(re.compile(r"孙流程设计|流程设计.*保存了这份草稿"))
    second.look("有人先保存了")
    with other.expect_download() as mine:
        told.get_by_role("button", name="下载我的图").click()
    assert "后改的名称" in mine.value.path().read_text()
    assert "先改的名称".encode() in source() and "后改的名称".encode() not in source()
    with other.context.expect_page() as theirs:
        told.get_by_role("link", name="在新标签页打开最新的图").click()
    expect(theirs.value.locator("#designer")).to_have_attribute("data-ready", "yes")
    theirs.value.close()
    other.once("dialog", lambda dialog: dialog.accept())     # what is not saved is not left without a warning
    other.goto("/work")


def test_on_a_telephone_the_drawing_is_shown_and_not_edited(desk, draft):
    person = desk("guichi.designer", 390)
    page = opened(person, draft)
    expect(page.get_by_text("画图需要更宽的屏幕")).to_be_visible()
    expect(page.locator(".djs-palette")).to_have_count(0)
    choose(page, "联系并核实")
    expect(page.get_by_label("名称", exact=True)).to_be_disabled()
    person.look("手机上的流程图")


def test_what_is_saved_at_once_after_a_change_is_the_change(desk, draft, source):
    page = opened(desk("guichi.designer"), draft)
    choose(page, "收到后2个工作日")
    page.evaluate(HURRIED, "1")
    expect(page.locator("[data-save-state]")).to_contain_text("第 2 次修订")
    assert b"working_days(1, since=received_at)" in source()

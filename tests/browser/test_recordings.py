"""A harmless edit that touches recordings: recorded anew in one step, seen old and new by whoever approves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.demo import running

STATE = "[data-findings-state]"
ANSWER = "核实情况，原来 “情况属实。”，现在 “情况属实。情况属实。”"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo of its own: the version that is deployed here is not the one that other tests begin with."""
    with running(tmp_path_factory.mktemp("instance")) as demo:
        yield demo


def longer_text(page) -> None:
    """In the designer: the findings have ten characters at least, and saved."""
    expect(page.locator("#designer")).to_have_attribute("data-ready", "yes")
    page.get_by_role("tab", name="步骤清单").click()
    step = page.locator(".step-name").get_by_text("联系并核实", exact=True)
    page.locator(".outline-list button", has=step).first.click()
    page.get_by_role("tab", name="属性").click()
    field = page.locator(".form-field", has=page.locator("summary", has_text="核实情况"))
    field.locator("summary").first.click()
    field.get_by_label("最少字数").fill("10")
    page.keyboard.press("Tab")
    expect(page.locator(STATE)).to_contain_text("没有问题，改动 8 个场景的记录")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已保存")


def looked_at(desk, who: str, draft: str, what: str, opens: str = "") -> None:
    """The draft's page on a telephone."""
    phone = desk(who, 390)
    phone.page.goto(draft)
    if opens:
        phone.page.locator(opens).first.click()
    phone.look(what)


def test_recordings_that_a_harmless_edit_changes_are_recorded_anew_and_seen_by_the_approver(desk):
    designer = desk("guichi.designer")
    page = designer.page
    page.goto("/workshop/guichi_rectification")
    designer.follow(page.get_by_role("button", name="按现行版本新建草稿"))
    longer_text(page)
    draft = re.sub(r"/design$", "", page.url)
    page.goto(draft)
    expect(page.locator("main")).not_to_contain_text("不能部署")
    expect(page.locator("#recordings h2")).to_contain_text("改动 8 个场景的记录")
    expect(page.locator("#recordings")).to_contain_text(ANSWER)
    expect(page.get_by_role("button", name="提交审批")).to_have_count(0)
    designer.look("改动的记录")
    looked_at(desk, "guichi.designer", draft, "手机上改动的记录")

    designer.follow(page.get_by_role("button", name="重新记录这 8 个场景"))
    expect(page.locator("#messages")).to_contain_text("已重新记录 8 个场景")
    designer.follow(page.get_by_role("button", name="提交审批"))
    expect(page.locator("#messages")).to_contain_text("已提交审批")
    designer.look("提交以后")
    second_person_approves(desk, draft)


def second_person_approves(desk, draft: str) -> None:
    """Having seen the recording of before and that of now."""
    approver = desk("guichi.approver")
    page = approver.page
    page.goto(draft)
    kept = page.locator("#kept-scenarios")
    expect(kept.locator("h2")).to_contain_text("这份草稿改动 8 个场景")
    simple = kept.locator(".differences > li", has_text="简单事项，按时办结，评价人满意")
    for told in ("重录", "GC-2(二)", ANSWER):
        expect(simple).to_contain_text(told)
    simple.locator("summary").click()
    for heading in ("原来的记录", "现在的记录"):
        expect(simple.get_by_role("heading", name=heading)).to_be_visible()
    expect(simple.locator("pre").nth(0)).not_to_contain_text("情况属实。情况属实。")
    expect(simple.locator("pre").nth(1)).to_contain_text("情况属实。情况属实。")
    approver.look("审批人看前后的记录")
    looked_at(desk, "guichi.approver", draft, "手机上看前后的记录", "#kept-scenarios summary")
    approver.follow(page.get_by_role("button", name="批准并部署"))
    expect(page.locator("#messages")).to_contain_text("已批准并部署")

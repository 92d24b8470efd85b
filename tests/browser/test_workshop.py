"""From a changed limit to a running case: what the law refuses, what a second person approves, and the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.demo import running

NAME = "贵池 · 差评整改"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo of its own: versions and deadlines are those that the demo begins with."""
    with running(tmp_path_factory.mktemp("instance")) as demo:
        yield demo


@pytest.fixture
def designer(desk):
    return desk("guichi.designer")


@pytest.fixture
def approver(desk):
    return desk("guichi.approver")


def opened(person):
    person.go("流程").look("流程")
    person.follow(person.page.get_by_role("link", name=NAME))
    person.diagram_is_drawn()
    return person.page


def limit_becomes(page, days, name):
    """In the designer: the contact limit is so many working days, and saved."""
    expect(page.locator("#designer")).to_have_attribute("data-ready", "yes")
    page.get_by_role("tab", name="步骤清单").click()
    step = page.locator(".step-name").get_by_text(name, exact=True)
    page.locator(".outline-list button", has=step).first.click()
    page.get_by_role("tab", name="属性").click()
    page.get_by_label("数量", exact=True).fill(str(days))
    page.keyboard.press("Tab")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已保存")


def told(page, words):
    expect(page.locator("#messages")).to_contain_text(words)


def test_a_limit_is_refused_then_approved_deployed_migrated_and_taken_back(designer, approver, desk):
    page = opened(designer)
    designer.follow(page.get_by_role("button", name="按现行版本新建草稿"))
    limit_becomes(page, 3, "收到后2个工作日")
    draft = re.sub(r"/design$", "", page.url)
    page.goto(draft)
    expect(page.locator("main")).to_contain_text("不能部署")
    expect(page.locator(".mark-violated + div").first).to_contain_text("GC-2(二)")
    expect(page.locator(".path-steps li").first).to_contain_text("收到")
    expect(page.locator("[data-diagram=diagram-path] .step-path").first).to_be_attached()
    expect(page.get_by_role("button", name="提交审批")).to_have_count(0)
    designer.look("违反条文")

    designer.follow(page.get_by_role("link", name="设计", exact=True))
    limit_becomes(page, 1, "收到后3个工作日")
    page.goto(draft)
    expect(page.locator("main")).to_contain_text("“联系并核实”的时限 2 个工作日 → 1 个工作日（自收到评价起）")
    expect(page.locator("[data-diagram=diagram-new] .step-changed").first).to_be_attached()
    designer.look("比较和影响")
    designer.follow(page.get_by_role("button", name="提交审批"))
    told(page, "已提交审批")

    phone = desk("guichi.approver", 390)
    phone.page.goto(draft)
    phone.look("手机上审批")
    approver.page.goto(draft)
    approver.follow(approver.page.get_by_role("button", name="批准并部署"))
    told(approver.page, "已批准并部署")
    one_case_goes_along(approver, draft)
    phone.page.goto("/workshop/guichi_rectification")
    phone.look("手机上的流程")
    back_to_the_first(approver)


def one_case_goes_along(approver, draft):
    """One running case is migrated with its deadline kept; the others stay under the first version."""
    page = opened(approver)
    approver.follow(page.get_by_role("link", name="迁移在办案件")).look("选择环节")
    page.get_by_role("checkbox", name="联系并核实").check()
    approver.follow(page.get_by_role("button", name="预览"))
    ticks = page.locator("input[name=case]")
    waiting = ticks.count()
    assert waiting > 1
    for tick in ticks.all()[1:]:
        tick.uncheck()
    kept = page.locator("select").first.locator("option").first
    expect(kept).to_contain_text("保留")
    approver.look("迁移预览")
    approver.follow(page.get_by_role("button", name="迁移勾选的案件"))
    expect(page.get_by_role("status")).to_contain_text("已迁移 1 件，共 1 件")
    expect(page.locator("tbody")).to_contain_text("期限保留 1 个，重新计算 0 个")
    approver.look("迁移结果")
    approver.follow(page.get_by_role("link", name="回到流程"))
    rows = page.locator("tbody tr", has=page.locator("a", has_text=re.compile(r"^第 \d 版$")))
    expect(rows.nth(0).get_by_role("cell").nth(4)).to_have_text("1")
    expect(rows.nth(1).get_by_role("cell").nth(4)).to_have_text(re.compile(r"\d+"))


def back_to_the_first(approver):
    """New cases start under the first version again; the migrated case stays where it is."""
    page = approver.page
    approver.follow(page.get_by_role("link", name="第 2 版"))
    expect(page.locator("main")).to_contain_text("与第 1 版比较")
    approver.look("版本")
    approver.follow(page.get_by_role("link", name="回到流程"))
    page.locator("summary", has_text="退回第 1 版").click()
    page.get_by_label("退回的理由").fill("承办单位人手不足，先按原时限办理")
    approver.follow(page.get_by_role("button", name="退回第 1 版"))
    told(page, "已退回第 1 版")
    first = page.locator("tbody tr", has=page.get_by_role("link", name="第 1 版"))
    expect(first).to_contain_text("现行")

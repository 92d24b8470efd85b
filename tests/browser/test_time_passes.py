"""What the scheduler brings about: deadlines that fire when the demo's clock is moved, and cases it cannot move."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [1280, 390])
def test_a_deadline_that_passes_is_told_to_the_supervisor_and_the_case_goes_on(desk, demo, width):
    supervisor = desk("hefei.dept3.supervisor", width)
    page = supervisor.page
    before = page.locator(".demo-now time").get_attribute("datetime")
    supervisor.follow(page.get_by_role("button", name="+5 工作日"))
    expect(page.locator("#messages")).to_contain_text("演示时钟已到")
    assert page.locator(".demo-now time").get_attribute("datetime") > before
    supervisor.awaits("/notices/", "任务逾期，请督办：初次处置").go("通知").look("通知")
    supervisor.follow(page.locator("li", has_text="任务逾期，请督办：初次处置").first.get_by_role("link"))
    supervisor.diagram_is_drawn()
    expect(page.locator(".step-overdue")).to_be_attached()
    expect(page.locator(".summary .sla-overdue")).to_contain_text("逾期")
    expect(page.locator(".history")).to_contain_text("逾期，已上报")
    supervisor.look("逾期的案件")
    officer = desk("hefei.dept3.officer", width)
    officer.follow(officer.page.get_by_role("link", name="逾期"))
    expect(officer.page.locator("tbody .sla-overdue").first).to_be_visible()
    officer.look("逾期的待办")


def test_a_case_that_cannot_be_moved_waits_for_a_supervisor_who_has_it_tried_again(desk, incident):
    supervisor = desk("qijiang.office.supervisor").go("异常").look("异常")
    page = supervisor.page
    expect(page.locator("tbody tr").first).to_contain_text("流程走不到下一步")
    supervisor.follow(page.get_by_role("link", name=incident))
    expect(page.get_by_role("alert")).to_contain_text("案件多次自动推进失败")
    supervisor.look("异常的案件").go("异常")
    supervisor.follow(page.get_by_role("button", name=f"重试 {incident}"))
    expect(page.locator("#messages")).to_contain_text("将在几秒内自动重试")
    expect(page.get_by_role("button", name=f"重试 {incident}")).to_have_count(0)

"""The other pages: entrance, lists and their filters, the spreadsheet, the language."""

from __future__ import annotations

import openpyxl
import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [1280, 390])
def test_the_login_page_offers_everybody_and_refuses_a_wrong_password_in_chinese(desk, width):
    nobody = desk(width=width)
    nobody.page.goto("/cases/")
    expect(nobody.page.get_by_role("heading", name="演示账号")).to_be_visible()
    nobody.look("登录")
    nobody.refusals.add(401)
    nobody.page.get_by_label("账号", exact=True).fill("guichi.dept1.officer")
    nobody.page.get_by_label("密码").fill("wrong")
    nobody.follow(nobody.page.get_by_role("button", name="登录", exact=True))
    expect(nobody.page.get_by_role("alert")).to_contain_text("账号或密码不正确")


def test_the_worklist_is_claimed_from_filtered_and_searched(desk):
    person = desk("hefei.dept1.officer")
    page, rows = person.page, person.page.locator("tbody tr")
    number = person.first_case("初次处置")
    person.follow(page.get_by_role("button", name=f"签收 初次处置 {number}"))
    expect(page.locator("#messages")).to_contain_text("已签收，现在由您办理。")
    person.follow(page.get_by_role("link", name="我签收的"))
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(number)
    person.follow(page.get_by_role("button", name=f"放回 初次处置 {number}"))
    expect(page.locator("#messages")).to_contain_text("已放回")
    page.get_by_label("到期").select_option(label="已逾期")
    page.get_by_label("搜索").fill("没有这样的事项")
    person.follow(page.get_by_role("button", name="筛选"))
    expect(page.locator("main")).to_contain_text("没有符合条件的待办。")
    person.look("没有符合条件的待办")
    person.follow(page.get_by_role("link", name="清除筛选"))
    expect(rows.filter(has_text=number)).to_have_count(1)


def test_the_cases_are_found(desk):
    person = desk("qijiang.office.supervisor").go("案件").look("案件")
    number = person.page.locator("tbody tr a").first.inner_text()
    person.page.get_by_label("查找", exact=True).fill(number)
    person.follow(person.page.get_by_role("button", name="查找"))
    expect(person.heading).to_contain_text(number)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_ledger_is_filtered_and_taken_away_as_a_spreadsheet(desk, width, tmp_path):
    person = desk("hainan.platform.supervisor", width).go("台账").look("台账")
    page = person.page
    page.get_by_label("评价等级").select_option(label="非常不满意")
    person.follow(page.get_by_role("button", name="筛选"))
    numbers = page.locator("tbody tr td:first-child a").all_inner_texts()
    assert set(page.locator("tbody .level").all_inner_texts()) == {"非常不满意"}
    with page.expect_download() as download:
        page.get_by_role("link", name=f"导出表格（{len(numbers)} 行）").click()
    assert download.value.suggested_filename.startswith("差评办理台账-")
    download.value.save_as(tmp_path / "ledger.xlsx")
    heading, *rows = openpyxl.load_workbook(tmp_path / "ledger.xlsx").active.iter_rows(values_only=True)
    assert heading[0] == "编号"
    assert sorted(row[0] for row in rows) == sorted(numbers)


def test_the_pages_are_read_in_english(desk):
    person = desk("qijiang.dept1.officer")
    page = person.page
    person.follow(page.get_by_role("button", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(person.heading).to_have_text("My work")
    person.look("English")
    person.follow(page.get_by_role("link", name="Ledger", exact=True))
    expect(person.heading).to_have_text("Ledger")
    person.look("English-Ledger")
    person.follow(page.locator("tbody a").first)
    person.diagram_is_drawn()
    person.look("English-Case")
    person.follow(page.get_by_role("button", name="中文"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_page_that_is_not_there_says_where_to_go(desk):
    person = desk("guichi.dept1.officer")
    person.refusals.add(404)
    person.page.goto("/cases/GC-1999-000001")
    person.look("没有这样的案件")
    person.follow(person.page.get_by_role("link", name="我的待办").first)
    expect(person.heading).to_have_text("我的待办")

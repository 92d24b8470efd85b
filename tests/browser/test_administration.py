"""Administration and the inbox, as people use them: a role is given, people are imported, a notice is read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scheduler import side_jobs

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def waiting(person) -> int:
    """How many tasks the worklist says there are."""
    person.go("我的待办")
    said = person.page.locator(".paging").inner_text() if person.page.locator(".paging").count() else "共 0 项"
    return int(re.search(r"共 (\d+)", said)[1])


def unread(person) -> int:
    figure = person.page.locator("#menu a", has_text="通知").locator(".count")
    return int(figure.text_content()) if figure.count() else 0


def open_person(desk, username):
    desk.go("管理")
    desk.page.get_by_label("搜索").fill(username)
    desk.follow(desk.page.get_by_role("button", name="查找"))
    desk.follow(desk.page.locator("tbody tr a").first)


@WIDTHS
def test_a_security_administrator_gives_a_role_and_the_person_sees_the_work(desk, width):
    username = {1280: "guichi.dept2.officer", 390: "guichi.dept3.officer"}[width]
    officer, security = desk(username, width), desk("guichi.security", width)
    before = waiting(officer)
    open_person(security, username)
    security.look("岗位")
    page = security.page
    page.locator("select[name=role]").select_option(label="经办人")
    office = page.locator("select[name=unit] option", has_text="区市场监管局").first.get_attribute("value")
    page.locator("select[name=unit]").select_option(value=office)
    security.follow(page.get_by_role("button", name="授予岗位"))
    expect(page.locator("#messages")).to_contain_text("已授予岗位")
    security.look("授予以后")
    assert waiting(officer) > before
    security.follow(page.get_by_role("button", name="撤销 经办人 区市场监管局"))
    expect(page.locator("#messages")).to_contain_text("已撤销岗位")
    assert waiting(officer) == before


@WIDTHS
def test_a_one_time_password_is_shown_once_and_must_be_changed(desk, width):
    security = desk("guichi.security", width)
    open_person(security, "guichi.dept3.supervisor")
    security.follow(security.page.get_by_role("button", name="设置一次性密码"))
    password = security.look("一次性密码").page.locator("#one-time").inner_text()
    newcomer = desk(width=width)
    newcomer.page.goto("/login")
    newcomer.page.get_by_label("账号", exact=True).fill("guichi.dept3.supervisor")
    newcomer.page.get_by_label("密码").fill(password)
    newcomer.follow(newcomer.page.get_by_role("button", name="登录", exact=True))
    expect(newcomer.heading).to_have_text("更换密码")
    newcomer.look("更换密码")
    new = f"Mountain-River-{width}"
    for label, text in (("现在的密码", password), ("新密码", new), ("再填一次新密码", new)):
        newcomer.page.get_by_label(label, exact=True).fill(text)
    newcomer.follow(newcomer.page.get_by_role("button", name="更换密码"))
    expect(newcomer.page.locator("#messages")).to_contain_text("密码已更换")


@WIDTHS
def test_a_system_administrator_looks_at_a_file_before_its_people_are_stored(desk, width, tmp_path):
    admin, file = desk("guichi.admin", width), tmp_path / "人员.csv"
    head = "账号,姓名,工号,单位编码\n"
    good = "".join(f"new{width}.n{number},人员{number},,bureau\n" for number in range(3))
    admin.refusals.add(422)

    def choose(text):
        file.write_text(text, encoding="gb18030")
        admin.page.get_by_label("文件（CSV 或 xlsx）").set_input_files(file)
        admin.follow(admin.page.get_by_role("button", name="预览"))
        expect(admin.heading).to_have_text("导入预览")

    admin.go("管理").follow(admin.page.get_by_role("link", name="导入", exact=True)).look("导入")
    choose(head + good + f"new{width}.n4,人员,,nowhere1\n")
    expect(admin.page.get_by_role("alert")).to_contain_text("有 1 行不对")
    admin.follow(admin.page.get_by_role("link", name="重新选择文件"))
    choose(head + good)
    admin.look("导入预览")
    admin.follow(admin.page.get_by_role("button", name="确认导入 3 行"))
    expect(admin.page.locator("#messages")).to_contain_text("已导入 3 行")
    admin.page.get_by_label("搜索").fill(f"new{width}")
    admin.follow(admin.page.get_by_role("button", name="查找"))
    expect(admin.page.locator("tbody tr")).to_have_count(3)
    admin.look("人员")
    for place in ("单位", "未送达"):
        tab = admin.page.get_by_role("navigation", name="管理").get_by_role("link", name=place, exact=True)
        admin.follow(tab).look(place)


@WIDTHS
def test_an_officer_reads_a_notice_and_the_count_falls(demo, desk, width):
    with demo.app.app_context():
        side_jobs.deliver_notices()      # its scheduler may not have begun yet
    officer = desk({1280: "guichi.dept1.officer", 390: "guichi.bureau.officer"}[width], width)
    officer.go("通知").look("通知")
    before = unread(officer)
    officer.follow(officer.page.get_by_role("button", name=re.compile("^查看")).first)
    officer.diagram_is_drawn()
    assert unread(officer) == before - 1
    officer.go("通知")
    officer.follow(officer.page.get_by_role("button", name="全部标为已读"))
    expect(officer.page.locator("#messages")).to_contain_text("已全部标为已读")
    assert unread(officer) == 0
    officer.follow(officer.page.get_by_role("link", name="通知方式")).look("我的账号")


def test_the_audit_reads_the_journal_of_the_system(desk):
    auditor = desk("guichi.auditor").go("管理")
    auditor.follow(auditor.page.get_by_role("link", name="系统日志"))
    expect(auditor.page.locator("tbody tr").first).to_be_visible()
    auditor.look("系统日志")


@WIDTHS
def test_a_system_administrator_sees_which_branch_serves_which_area(desk, width):
    admin = desk("hainan.admin", width).go("管理")
    admin.follow(admin.page.get_by_role("link", name="分支机构", exact=True)).look("分支机构")
    expect(admin.page.get_by_role("heading", name="海南 · 本地区的12345平台")).to_be_visible()
    admin.page.get_by_text("登记分支机构", exact=True).click()
    expect(admin.page.get_by_role("button", name="登记", exact=True)).to_be_visible()
    admin.look("登记分支机构")

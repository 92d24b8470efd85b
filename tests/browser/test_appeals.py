"""Appeals on the screens: a staff member wins, loses, is sent back once; a conflicted reviewer is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from caseflow.law import regulations
from caseflow.models import RoleAssignment, Unit, User, db, transaction
from tests.browser.conftest import STAFF
from tests.browser.desk import Desk
from tests.caseflow.samples import PNG

REVIEWER = "qijiang.office.reviewer"
STATEMENT = "当天该窗口由他人值班，评价把另一窗口的事记在了我的名下。"
REASONS = "叫号记录和窗口录像互相印证，足以作出决定。"
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def files(person: Desk, address: str) -> str:
    """From the list of one's ratings to the appeal that was filed; its number."""
    person.go("评价与申诉").look("评价与申诉")
    person.follow(person.page.locator(f'a[href="{address}"]')).look("对我的评价")
    expect(person.page.locator("main")).not_to_contain_text("卫")
    person.follow(person.page.get_by_role("button", name="提出申诉"))
    expect(person.page.locator(".alert-danger")).to_contain_text("请至少附上一份证据材料")
    person.look("申诉还缺什么")
    person.page.get_by_role("radio", name="误评").check()
    person.page.get_by_label("事实和理由").fill(STATEMENT)
    person.page.get_by_label("证据材料").set_input_files({"name": "录像.png", "mimeType": "image/png", "buffer": PNG})
    person.follow(person.page.get_by_role("button", name="提出申诉"))
    expect(person.page.locator("#messages .alert-success")).to_contain_text("申诉已提交")
    person.look("申诉")
    return person.heading.inner_text().split()[-1]


def filed(desk, rated, width: int) -> tuple[Desk, str, str]:
    """The appellant's desk, the address of the appeal's page, its number."""
    person = desk(STAFF, width)
    person.refusals = {422}
    number = files(person, rated())
    return person, person.page.url, number


def asking(reviewer, number):
    """The reviewer, who has asked the rater and is at the review."""
    reviewer.open_task(number, "听取评价人意见")
    reviewer.reaches("电话")
    reviewer.fill({"评价人的答复": "坚持原评价", "联系方式": "电话",
                   "评价人的说明（原话，不写姓名和联系方式）": REASONS})
    reviewer.look("听取评价人意见").submit()
    expect(reviewer.page.locator("main h1")).to_contain_text("复核申诉")
    return reviewer


@WIDTHS
def test_a_staff_member_appeals_and_wins(desk, rated, width):
    person, address, number = filed(desk, rated, width)
    reviewer = asking(desk(REVIEWER, width), number)
    expect(reviewer.page.locator("main")).to_contain_text(STATEMENT)
    expect(reviewer.page.locator("main")).to_contain_text("核对清单：误评")
    reviewer.fill({"复核决定": "申诉成立，评价不予采纳", "认定的理由": "误评", "决定的理由": REASONS})
    reviewer.look("复核").submit()
    expect(reviewer.page.locator("#messages .alert-success")).to_contain_text("案件已办结")
    person.page.goto(address)
    expect(person.page.locator("main")).to_contain_text("申诉成立（误评）")
    expect(person.page.locator("main")).to_contain_text("不予采纳，不计入统计")
    person.look("申诉成立")
    document = person.page.request.get(f"{address}/decision.pdf")
    assert (document.status, document.body()[:5]) == (200, b"%PDF-")


@WIDTHS
def test_a_staff_member_appeals_and_loses(desk, rated, width):
    person, address, number = filed(desk, rated, width)
    reviewer = asking(desk(REVIEWER, width), number)
    reviewer.fill({"复核决定": "申诉不成立", "经核实履职不到位，且企业和群众意见较大": "是",
                   "“意见较大”的依据": "一周内三名群众反映同一窗口。", "决定的理由": REASONS}).look("复核申诉")
    reviewer.submit()
    expect(reviewer.page.locator("#messages .alert-success")).to_contain_text("申诉不成立")
    person.page.goto(address)
    expect(person.page.locator("main")).to_contain_text("扣减绩效分")
    expect(person.page.locator("main")).to_contain_text("正在整改")
    person.look("申诉不成立")


@WIDTHS
def test_an_appeal_is_sent_back_once_and_cannot_be_a_second_time(desk, rated, width):
    person, address, number = filed(desk, rated, width)
    reviewer = asking(desk(REVIEWER, width), number)
    reviewer.fill({"复核决定": "证据不足，退回补充（仅一次）", "决定的理由": REASONS}).submit()
    expect(reviewer.page.locator("#messages .alert-success")).to_contain_text("补充证据")
    person.page.goto(address)
    person.follow(person.page.get_by_role("link", name="去办理"))
    expect(person.heading).to_have_text("补充证据")
    person.fill({"补充说明": "补上叫号记录。"}).look("补充证据").submit()
    expect(person.page.locator("#messages .alert-success")).to_contain_text("“补充证据”已提交")
    reviewer.open_task(number, "复核申诉")
    expect(reviewer.field("复核决定").get_by_role("radio")).to_have_count(2)
    expect(reviewer.field("复核决定")).not_to_contain_text("退回补充")
    reviewer.look("第二次复核")


@WIDTHS
def test_a_reviewer_of_the_rated_unit_is_refused(desk, rated, demo, width):
    _, _, number = filed(desk, rated, width)
    with demo.app.app_context(), transaction():
        office = db.session.scalars(select(Unit).where(Unit.regulation == "qijiang", Unit.key == "office")).one()
        rated_unit = db.session.scalars(
            select(Unit).where(Unit.code == regulations.get("qijiang").responsible_units[0].code)).one()
        person = User(username=f"conflicted.{width}", name="孙两职", password_hash="!", active=True, demo=True)
        person.roles = [RoleAssignment(unit_id=office.id, role="reviewer"),
                        RoleAssignment(unit_id=rated_unit.id, role="officer")]
        db.session.add(person)
    reviewer = desk(f"conflicted.{width}", width)
    reviewer.go("我的待办")     # where it is not offered to them
    expect(reviewer.page.locator("main")).not_to_contain_text(number)
    reviewer.open_case(number)
    reviewer.follow(reviewer.page.get_by_role("link", name="听取评价人意见", exact=True))
    expect(reviewer.page.locator("main .alert-danger")).to_contain_text("您在被评价的单位任职，应当回避")
    expect(reviewer.page.locator(".task-form")).to_have_count(0)
    reviewer.look("应当回避")

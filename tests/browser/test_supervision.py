"""What supervisors do, in a browser: forty tasks handed over, a deadline stopped and extended, an absence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from caseflow.law import calendars
from caseflow.models import RoleAssignment, User, WorkItem, db, transaction
from caseflow.moments import day_of
from tests.conftest import Clock
from tests.ground import unit
from tests.journeys.kit import Journey
from web.app import clock
from web.operations.demo import later

WIDTHS = pytest.mark.parametrize("width", [1280, 390])
NOTE = "材料在三号柜，评价人下午方便接电话。"


def told(desk, sentence):
    expect(desk.page.locator("#messages")).to_contain_text(sentence)


@pytest.fixture
def journeys(demo):
    """Make so many bad reviews of a department of Guichi, by the demo's clock."""
    def make(count, office=0):
        with demo.app.app_context():
            now = clock.now()
        return [Journey(demo.app, Clock(now), "guichi").bad_review(office=office) for _ in range(count)]
    return make


@pytest.fixture
def newcomer(demo):
    """Make somebody at an office, who signs in by name: their account."""
    def make(username, name, key, role="officer"):
        with demo.app.app_context(), transaction() as session:
            user = User(username=username, name=name, password_hash="!", active=True, demo=True)
            user.roles = [RoleAssignment(unit_id=unit("guichi", key).id, role=role)]
            session.add(user)
        return username
    return make


@WIDTHS
def test_a_supervisor_moves_forty_tasks_of_which_three_may_not_go(desk, demo, journeys, newcomer, width):
    theirs = journeys(40)
    for journey in theirs[:3]:
        journey.does("first_response", outcome="resolved")      # now with the bureau, which alone may revisit
    name = f"周接办{width}"
    newcomer(f"successor{width}", name, "market_supervision")
    with demo.app.app_context():
        ids = list(db.session.scalars(select(WorkItem.id).where(
            WorkItem.status == "open", WorkItem.case_id.in_([journey.case_id for journey in theirs]))))
    boss = desk("guichi.bureau.supervisor", width)
    boss.go("督办看板").look("看板")
    boss.follow(boss.page.get_by_role("link", name=re.compile("两个工作日内到期"))).look("列表")
    boss.page.goto("/board/items")
    boxes = boss.page.locator("input[name=item]")
    boss.page.evaluate("ids => document.querySelectorAll('input[name=item]').forEach((box, place) => {"
                       " if (place < ids.length) { box.value = ids[place]; box.checked = true } })", ids)
    expect(boxes.first).to_be_checked()
    boss.follow(boss.page.get_by_role("button", name="转办勾选的任务"))
    expect(boss.page.locator("main")).to_contain_text("共 40 项任务")
    boss.page.get_by_label("转给").select_option(label=f"{name}（区市场监管局）")
    boss.page.get_by_label("理由（记入案件日志）").fill("经办人生病住院")
    boss.page.get_by_label("交接说明（给接收人，可不填）").fill(NOTE)
    boss.look("转办").follow(boss.page.get_by_role("button", name="预览"))
    expect(boss.page.locator("main")).to_contain_text("可以转办 37 项，不能转办 3 项")
    expect(boss.page.get_by_text("按规定只能由该单位办理")).to_have_count(3)
    boss.look("预览").follow(boss.page.get_by_role("button", name="确认转办 37 项"))
    expect(boss.page.locator("main")).to_contain_text("已转办 37 项（其中 0 项已知悉），共 40 项")
    boss.look("结果")

    successor = desk(f"successor{width}", width)
    successor.open_task(theirs[5].case().number, "联系并核实")
    expect(successor.page.locator("main")).to_contain_text(NOTE)
    successor.look("接办").follow(successor.page.get_by_role("button", name="知悉"))
    told(successor, "已知悉交接说明")

    boss.follow(boss.page.get_by_role("button", name="撤销（10 分钟内）"))
    told(boss, "已撤销 36 项")
    told(boss, "有 1 项已不能撤销")
    boss.look("撤销")


def late_by_the_statute(boss, number: str) -> None:
    """The case is late on the ledger and on the board, with what is agreed beside it."""
    for page, text in ((f"/ledger/?q={number}", "台账"), ("/board/items?which=late", "看板")):
        boss.page.goto(page)
        row = boss.page.locator("tbody tr", has_text=number)
        while not row.count():      # late cases of other tests may fill the first page
            boss.follow(boss.page.get_by_role("link", name="下一页"))
        expect(row).to_contain_text("逾期")
        expect(row).to_contain_text("同意延至")
        boss.look(text)


@WIDTHS
def test_a_clock_is_stopped_restarted_and_extended_beside_the_statutory_date_and_late_is_by_that(desk, journeys, width):
    number = journeys(1, office=1)[0].does("first_response", outcome="simple").case().number
    boss = desk("guichi.bureau.supervisor", width)
    boss.open_case(number).follow(boss.page.get_by_role("link", name="期限明细"))
    boss.page.get_by_label("类别").select_option(label="等待评价人补充材料或配合核实")
    boss.page.locator("#stop").fill("评价人正在外地")
    boss.look("中止").follow(boss.page.get_by_role("button", name="中止计时"))
    told(boss, "已中止计时")
    boss.follow(boss.page.locator("button[name=move][value=day]"))
    boss.page.locator("#restart").fill("评价人已回来")
    boss.look("恢复").follow(boss.page.get_by_role("button", name="恢复计时"))
    told(boss, "已恢复计时")
    boss.page.locator("#extend-days").fill("3")
    boss.page.locator("#extend").fill("需要现场核实")
    boss.follow(boss.page.get_by_role("button", name="延期", exact=True))
    told(boss, "已同意延期")
    boss.open_case(number)
    expect(boss.page.locator(".sums")).to_have_text(
        "给定 5 个工作日 + 延期 3 个工作日 = 已用 0 个工作日 + 剩余 8 个工作日")
    expect(boss.page.locator(".ledger-lines li")).to_have_count(3)
    boss.page.locator("summary", has_text="催办、督办").click()
    boss.page.locator("#urge-note").fill("请在本周内联系评价人")
    boss.look("期限明细").follow(boss.page.get_by_role("button", name="催办", exact=True))
    told(boss, "已发出")
    boss.follow(boss.page.locator("button[name=move][value=week]"))
    boss.awaits(f"/cases/{number}", "已到期").open_case(number).look("逾期的案件")
    late_by_the_statute(boss, number)
    officer = desk("guichi.dept2.officer", width)
    officer.page.goto(f"/work/?q={number}&due=overdue")
    expect(officer.page.locator("tbody tr")).to_contain_text("同意延至")
    officer.look("待办").open_task(number, "整改并反馈")
    expect(officer.page.locator(".task-state")).to_contain_text("逾期")
    expect(officer.page.locator(".task-state")).to_contain_text("同意延至")
    expect(officer.page.get_by_label("逾期原因")).to_be_visible()
    officer.look("任务")


def enters_absence(person, first: str, last: str, substitute: str) -> None:
    person.page.goto("/absences")
    person.page.get_by_label("从", exact=True).fill(first)
    person.page.get_by_label("到（含当日）").fill(last)
    person.page.get_by_label("代办人", exact=True).select_option(label=substitute)
    person.look("请假").follow(person.page.get_by_role("button", name="登记"))
    told(person, "已登记请假")


@WIDTHS
def test_somebody_is_away_and_comes_back_on_the_days_of_the_absence(desk, demo, journeys, newcomer, width):
    taken, new = (journey.case().number for journey in journeys(2, office=2))
    away = newcomer(f"away{width}", f"孙经办{width}", "qiupu_service_center")
    substitute = newcomer(f"substitute{width}", f"李代办{width}", "qiupu_service_center", "reviewer")
    person = desk(away, width)
    person.open_task(taken, "联系并核实").follow(person.page.get_by_role("button", name="签收"))
    told(person, "已签收")
    with demo.app.app_context():
        now = clock.now()
        first, last = ((day_of(moment) + timedelta(days=1)).isoformat()
                       for moment in (now, later(now, 1, calendars.load("national"))))
    enters_absence(person, first, last, f"李代办{width}")
    other = desk(substitute, width)
    other.page.goto("/work/?q=" + taken)
    expect(other.page.locator("tbody tr")).to_have_count(0)       # it has not begun

    person.follow(person.page.locator("button[name=move][value=day]"))
    told(person, "演示时钟已到")
    person.awaits("/absences", "请假中").page.goto("/absences")
    expect(person.page.get_by_text("请假中", exact=True)).to_be_visible()
    person.look("请假中")
    other.open_task(taken, "联系并核实")
    expect(other.page.locator(".task-state")).to_contain_text("办理人：我")
    other.open_task(new, "联系并核实").follow(other.page.get_by_role("button", name="签收"))
    told(other, "已签收")

    person.follow(person.page.locator("button[name=move][value=week]"))
    told(person, "演示时钟已到")
    person.awaits("/absences", "没有登记的请假。").page.goto("/absences")
    expect(person.page.get_by_text("没有登记的请假。", exact=True)).to_be_visible()
    person.open_task(taken, "联系并核实")
    expect(person.page.locator(".task-state")).to_contain_text("办理人：我")
    person.open_task(new, "联系并核实")                            # what was taken at the lent post is free again
    expect(person.page.locator(".task-state")).to_contain_text("办理人：待签收")
    person.look("回来以后")
    other.page.goto("/work/?q=" + new)
    expect(other.page.locator("tbody tr")).to_have_count(0)

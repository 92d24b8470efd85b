"""An officer's day: evidence, calls in vain, a filter for the unit, and three tasks without the mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from caseflow.models import Case, Rating, RoleAssignment, Unit, User, WorkItem, db
from tests.browser.desk import Desk
from tests.browser.keys import press, reach, tab_to
from tests.caseflow.samples import PNG

WIDTHS = pytest.mark.parametrize("width", [1280, 390])
FIRST, REVISIT = "联系并核实", "满意度回访"
SENT = """document.addEventListener('submit', (event) => {
  event.preventDefault();
  document.body.dataset.sent = 'yes';
}, true)"""
ON_THE_SPOT = {"核实结果": "当场解决（情况清楚、诉求合理）", "告知评价人的方式": "电话",
               "当场解决的措施和结果": "当场补办。", "核实情况": "已当场解决。"}


@pytest.fixture
def reachable(demo):
    """The numbers of Guichi's cases whose rater left a telephone and whose first response nobody has taken."""
    def find(width: int) -> tuple[str, str]:
        with demo.app.app_context():
            rows = db.session.execute(
                select(Case.number, User.username).join(Rating, Rating.id == Case.rating_id)
                .join(WorkItem, WorkItem.case_id == Case.id)
                .join(RoleAssignment, RoleAssignment.unit_id == Case.unit_id)
                .join(User, User.id == RoleAssignment.user_id)
                .where(Case.regulation == "guichi", Rating.rater_phone.is_not(None), WorkItem.status == "open",
                       WorkItem.element == "first_response", WorkItem.assignee_id.is_(None),
                       RoleAssignment.role == "officer").order_by(Case.id)).all()
        return tuple(rows[0 if width > 600 else -1])
    return find


@WIDTHS
def test_a_photograph_is_attached_and_saved(desk, width, tmp_path, reachable):
    number, officer = reachable(width)
    person = desk(officer, width)
    page = person.open_task(number, FIRST).page
    page.get_by_label("添加附件").set_input_files({"name": "现场照片.png", "mimeType": "image/png", "buffer": PNG})
    person.follow(page.get_by_role("button", name="上传"))
    expect(page.locator("#messages")).to_contain_text("已添加 1 个附件")
    page.get_by_text("查看图片").click()
    expect(page.locator(".picture img")).to_be_visible()
    assert page.locator(".picture img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    person.look("附件")
    with page.expect_download() as download:
        page.get_by_role("link", name="现场照片.png").first.click()
    assert download.value.suggested_filename == "现场照片.png"
    download.value.save_as(tmp_path / "saved.png")
    assert (tmp_path / "saved.png").read_bytes() == PNG
    person.open_case(number)
    expect(page.locator("#files")).to_contain_text("现场照片.png")
    page.get_by_label("写备注").fill("已核对照片，与评价内容相符。")
    person.follow(page.get_by_role("button", name="记录", exact=True))
    expect(page.locator("#comments")).to_contain_text("与评价内容相符")
    person.diagram_is_drawn()
    person.look("案件与附件")


def log_in_vain(person: Desk) -> None:
    person.page.get_by_label("联系结果").select_option(label="无人接听或未回复")
    person.follow(person.page.get_by_role("button", name="记录这次联系"))
    expect(person.page.locator("#messages")).to_contain_text("已记入联系记录")


@WIDTHS
def test_unreachable_is_offered_when_the_log_bears_it_out(desk, width, reachable):
    number, officer = reachable(width)
    desk(officer).does(number, FIRST, **ON_THE_SPOT)
    person = desk("guichi.bureau.officer", width).open_task(number, REVISIT)
    page, choice = person.page, person.field("回访结果").get_by_role("radio", name="联系不上")
    expect(page.locator("#contacts")).to_contain_text("已记录 0 次未联系上")
    expect(choice).to_have_count(0)
    log_in_vain(person)
    log_in_vain(person)
    expect(choice).to_have_count(0)
    person.follow(page.get_by_role("button", name="+1 工作日"))
    expect(page.locator("#contacts")).to_contain_text("已记录 2 次未联系上（分在 1 天）")
    person.look("还不能选联系不上")
    log_in_vain(person)
    choice.check()
    person.field("联系不上的原因").get_by_role("radio", name="多次联系未果").check()
    expect(person.field("已联系次数")).to_have_value("3")
    person.look("可以选联系不上").submit()
    expect(page.locator("#messages")).to_contain_text("已提交")


@WIDTHS
def test_a_filter_is_saved_and_shared_with_the_unit(desk, width, demo):
    person = desk("guichi.dept2.officer", width)
    page, name = person.page, f"周计划{width}"
    page.get_by_label("到期", exact=True).select_option(label="三天内到期")
    person.follow(page.get_by_role("button", name="筛选", exact=True))
    page.get_by_text("保存当前筛选").click()
    page.get_by_label("名称").fill(name)
    with demo.app.app_context():
        unit = db.session.scalar(select(Unit.name).join(RoleAssignment).join(User).where(
            User.username == "guichi.dept2.officer"))
    page.get_by_label("给谁用").select_option(label=f"{unit}全体")
    person.look("保存筛选")
    person.follow(page.get_by_role("button", name="保存", exact=True))
    expect(page.locator("#messages")).to_contain_text("已保存筛选")
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
    other = desk("guichi.dept2.supervisor", width)
    other.follow(other.page.get_by_role("link", name=name))
    expect(other.page.get_by_label("到期", exact=True)).to_have_value("soon")
    other.look("共享的筛选")


@WIDTHS
def test_a_phrase_of_the_unit_is_inserted_where_the_cursor_is(desk, width):
    boss = desk("guichi.dept2.supervisor", width)
    boss.page.goto("/phrases/")
    boss.page.get_by_label("名称").last.fill(f"致歉{width}")
    boss.page.get_by_label("内容").last.fill("深表歉意。")
    boss.follow(boss.page.get_by_role("button", name="添加"))
    expect(boss.page.locator("#messages")).to_contain_text("已保存常用语")
    boss.look("常用语")
    person = desk("guichi.dept2.officer", width)
    person.open_task(person.first_case(FIRST), FIRST)
    field = person.field("核实情况")
    field.fill("已致电。")
    person.page.get_by_label("常用语", exact=True).last.select_option(label=f"致歉{width}")
    person.page.get_by_role("button", name="插入").last.click()
    expect(field).to_have_value("已致电。深表歉意。")
    expect(field).to_be_focused()
    person.look("插入常用语")
    field.fill("")                    # no draft is left behind for the next
    person.page.keyboard.press("Control+s")
    expect(person.page.locator("[data-draft-state]")).to_have_text("草稿已自动保存")


@WIDTHS
def test_a_task_is_handed_to_a_colleague_and_comes_back(desk, width, colleague_of):
    officer = "guichi.dept3.officer"
    helper = colleague_of(officer)
    person = desk(officer, width)
    number = person.first_case(FIRST)
    page = person.open_task(number, FIRST).page
    person.follow(page.get_by_role("button", name="签收", exact=True))
    page.get_by_text("委托同事办理").click()
    page.get_by_label("同事", exact=True).select_option(label="钱同事")
    page.get_by_label("交代的事项").fill("请下午再打一次电话。")
    person.look("委托")
    person.follow(page.get_by_role("button", name="委托", exact=True))
    expect(page.locator("#messages")).to_contain_text("已委托给同事")
    person.go("我的待办").look("委托出去的")
    other = desk(helper, width).open_task(number, FIRST)
    expect(other.page.locator("#delegation")).to_contain_text("请下午再打一次电话")
    other.page.get_by_label("交还时说明（可不填）").fill("已经打过。")
    other.look("受托")
    other.follow(other.page.get_by_role("button", name="交还给"))
    expect(other.page.locator("#messages")).to_contain_text("已交还")
    expect(person.open_task(number, FIRST).page.locator("#delegation")).to_contain_text("已经打过")


def test_three_tasks_are_done_with_the_keyboard_alone(desk):
    person = desk("guichi.dept3.officer")
    page, keys = person.page, person.page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    person.look("键盘说明")
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()
    keys.press("j")
    expect(page.locator("tbody tr").first.locator("[data-open]")).to_be_focused()
    for _ in range(3):
        page.goto("/work/")
        with person.another_page():
            keys.press("n")
        expect(page.locator("#messages")).to_contain_text("已签收最急的一件")
        reach(person)
        keys.press("e")
        keys.press("Space")                                # the first choice: solved on the spot
        expect(person.field("核实结果").get_by_role("radio", name=ON_THE_SPOT["核实结果"])).to_be_checked()
        press(person, tab_to(person, person.field("告知评价人的方式").get_by_role("radio").first), "Space")
        tab_to(person, person.field("当场解决的措施和结果"))
        keys.insert_text("当场补办。")
        tab_to(person, person.field("核实情况"))
        keys.insert_text("n e s ? 打字不算快捷键。")
        if page.locator("[name=late_reason]").count():     # the most urgent one may be late
            while page.evaluate("document.activeElement.name") != "late_reason":
                keys.press("Tab")
            keys.insert_text("等待材料。")
        keys.press("Control+s")
        expect(page.locator("[data-draft-state]")).to_have_text("草稿已自动保存")
        with person.another_page():
            keys.press("Control+Enter")
        expect(page.locator("#messages")).to_contain_text("已提交")


def test_enter_in_a_single_line_field_sends_nothing(desk):
    person = desk("guichi.dept1.officer")
    person.open_task(person.first_case(FIRST), FIRST)
    person.page.evaluate(SENT)
    person.page.get_by_label("联系时间").focus()
    person.page.keyboard.press("Enter")
    first = person.page.locator(".task-form input:visible").first
    first.focus()
    first.press("Enter")
    assert person.page.locator("body[data-sent]").count() == 0


def test_the_end_of_a_login_is_announced_and_can_be_put_off(desk):
    person = desk("guichi.dept1.officer")
    page = person.page
    page.route("**/session", lambda route: route.fulfill(json={"left": 100})
               if route.request.method == "GET" else route.continue_())
    page.evaluate("document.getElementById('session').dataset.left = '100'")
    page.evaluate("document.dispatchEvent(new Event('DOMContentLoaded'))")
    notice = page.get_by_role("alert").filter(has_text="登录将在 2 分钟内结束")
    expect(notice).to_be_visible()
    person.look("登录将结束")
    notice.get_by_role("button", name="继续使用").click()
    expect(notice).to_be_hidden()

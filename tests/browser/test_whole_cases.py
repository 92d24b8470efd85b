"""A bad review of each place, carried on the screens from the worklist to the page that says it is closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

FOUND = "已调阅窗口录像并与经办人核对，群众反映的情况属实。"
DONE = "已向群众道歉，当场补办，并对窗口人员重新培训。"


def closed(desk: Desk, number: str, outcome: str) -> None:
    """The case page says how it ended, in the summary and in the diagram."""
    desk.open_case(number)
    expect(desk.page.locator(".summary")).to_contain_text(f"已办结：{outcome}")
    expect(desk.page.locator(".step-done").first).to_be_visible()
    expect(desk.page.locator(".step-current")).to_have_count(0)
    desk.look("已办结的案件")


@pytest.mark.parametrize("width", [1280, 390])
def test_guichi(desk, width):
    person = desk("guichi.dept1.officer", width)
    number = person.first_case("联系并核实")
    person.look("我的待办")
    person.does(number, "联系并核实", 核实结果="确有问题，简单事项", 联系方式="电话", 核实情况=FOUND)
    person.does(number, "整改并反馈", 反馈方式="电话", 整改措施和结果=DONE)
    person.sign_out().sign_in("guichi.bureau.officer")
    person.does(number, "满意度回访", 回访结果="满意", 回访方式="电话")
    closed(person, number, "满意")


def test_hefei(desk):
    person = desk("hefei.dept1.officer")
    number = person.first_case("初次处置")
    person.does(number, "初次处置", 处置结果="确有问题，需整改", 联系方式="电话", 核实情况=FOUND)
    person.does(number, "整改并反馈", 反馈方式="当面", 整改措施和结果=DONE)
    person.sign_out().sign_in("hefei.center.officer")
    person.does(number, "满意度回访", 回访结果="满意", 回访方式="网上问卷")
    closed(person, number, "满意")


def test_qijiang(desk, officer_of, today):
    person = desk("qijiang.office.officer")
    number = person.first_case("分类转交")
    person.does(number, "分类转交", 问题类别="业务办理", 责任部门="区人力社保局", 交办意见="请在时限内办理。")
    person.sign_out().sign_in(officer_of(number))
    person.does(number, "初次处置", 处置结果="问题复杂，承诺限期解决", 承诺答复的内容="今日补发证照",
                承诺的日期=today, 告知评价人的方式="电话", 核实情况=FOUND)
    person.does(number, "按承诺整改", 整改措施和结果=DONE)
    person.does(number, "回访并反馈", 回访结果="满意", 回访方式="上门见面")
    person.sign_out().sign_in("qijiang.office.officer")
    person.does(number, "跟踪回访", 跟踪结果="与回访记录相符")
    closed(person, number, "满意")


def test_hainan_returns_a_case_once_for_rehandling(desk, officer_of, in_ten_days):
    person = desk("hainan.dept1.officer")
    number = person.first_case("核实")
    person.does(number, "核实", 核实情况=FOUND)
    person.sign_out().sign_in("hainan.platform.officer")
    person.does(number, "联系评价人", 联系结果="已联系上", 联系方式="电话", 评价人的诉求="希望尽快办结。")
    person.sign_out().sign_in(officer_of(number))
    person.does(number, "当场处置", 处置结果="不能当场解决，限时整改")
    person.sign_out().sign_in("hainan.platform.officer")
    person.does(number, "建立电子工单", 差评原因="服务态度", 差评事项="营业执照", 工单编号="HN-0001",
                办理期限=in_ten_days)
    person.sign_out().sign_in(officer_of(number))
    person.does(number, "限时整改", 整改措施和结果=DONE)
    person.sign_out().sign_in("hainan.platform.officer")
    person.does(number, "反馈并回访", 回访结果="不满意", 反馈和回访的方式="电话", 评价人的最新评价="不满意",
                整改落实情况和评价人的意见="问题没有解决。")
    person.sign_out().sign_in(officer_of(number))
    person.does(number, "重新办理", 重新办理的措施和结果=DONE)
    person.sign_out().sign_in("hainan.platform.officer")
    person.does(number, "反馈并回访", 回访结果="满意", 反馈和回访的方式="电话", 评价人的最新评价="满意",
                整改落实情况和评价人的意见="已经补办，窗口态度好多了。")
    closed(person, number, "满意")

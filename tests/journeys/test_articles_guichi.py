"""Guichi's articles on handling, revisit and appeal, each duty kept and each wrong way refused on the screens:
GC-2(一), GC-2(二), GC-2(三). A rating of Monday 2 March 2026 unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.journeys.screens import CALLED, DONE, FOUND, NOT_LOGGED, UNANSWERED, heard

PLAN, TOLD = "先改流程，再培训。", "该事项没有法定依据。"
SIMPLE = {"核实结果": "确有问题，简单事项", "联系方式": "电话", "核实情况": FOUND}
RECTIFIED = {"反馈方式": "电话", "整改措施和结果": DONE}
REASONS = "录像和叫号记录显示，评价所说的事不是本窗口的。"


@pytest.fixture
def department(case):
    return case.by("dept1.officer")


@pytest.fixture
def bureau(case):
    return case.by("bureau.officer")


def contacted(department, result="确有问题，简单事项"):
    department.logs(*CALLED)
    return department.does("联系并核实", **SIMPLE | {"核实结果": result})


def solved_at_once(department):
    department.logs(*CALLED)
    department.does("联系并核实", 核实结果="当场解决（情况清楚、诉求合理）", 告知评价人的方式="电话",
                    当场解决的措施和结果=DONE, 核实情况=FOUND)


def test_gc_2_1_the_file_is_opened_and_fed_back_the_same_day_on_a_sunday_too(screens, clock):
    clock.set(datetime(2026, 3, 1, 12, 30, tzinfo=UTC))              # Sunday, 20:30
    case = screens.bad_review()
    for person in (case.by("dept1.officer"), case.by("bureau.officer")):
        told = person.inbox()
        assert "已建档" in told and case.case().number in told and "2026-03-01 20:30" in told
    page = case.by("bureau.supervisor").reads()
    assert "GC-2026-000001" in page and "2026-03-01 20:30 系统 已建档，并通知承办单位和牵头单位" in page
    assert "期限 2026-03-03 24:00" in case.by("dept1.officer").opens("联系并核实").text     # the Sunday does not count
    assert case.by("dept2.officer").inbox().count("GC-2026-000001") == 0


def test_gc_2_2_what_is_clear_and_reasonable_is_put_right_at_once_and_the_rater_told(case, department, bureau):
    at_once = {"核实结果": "当场解决（情况清楚、诉求合理）", "核实情况": FOUND}
    assert department.refused("联系并核实", **at_once) == "请选择“告知评价人的方式”。 请填写“当场解决的措施和结果”。"
    at_once |= {"告知评价人的方式": "当面", "当场解决的措施和结果": DONE}
    assert NOT_LOGGED in department.refused("联系并核实", **at_once)
    department.logs("上门", "已联系上")
    department.does("联系并核实", **at_once)
    assert "期限 2026-03-09 24:00" in bureau.opens("满意度回访").text
    row = case.by("bureau.supervisor").ledger()
    assert (row["首次联系"], row["整改完成"]) == ("2026-03-02 09:00", "2026-03-02 09:05")


def test_gc_2_2_the_rater_is_contacted_within_two_working_days(case, department):
    supervisor = case.by("bureau.supervisor")
    sheet = department.opens("联系并核实")
    assert "期限 2026-03-04 24:00" in sheet.text and "未留联系方式" not in " ".join(sheet.questions["联系方式"].choices)
    assert NOT_LOGGED in department.refused("联系并核实", **SIMPLE)
    assert department.insists("联系并核实", outcome="simple", contact_channel="no_contact", findings=FOUND) == (
        "评价人留有联系电话，“联系方式”不能选“未留联系方式”。")
    case.until("2026-03-04")
    assert supervisor.ledger(overdue="1") == {}
    case.time_passes(seconds=1)
    assert supervisor.ledger(overdue="1")["首次联系"] == "未联系"
    assert "任务逾期，请督办" in supervisor.inbox() and "任务逾期，请督办" in case.by("dept1.supervisor").inbox()
    department.logs(*CALLED)
    assert "逾期" in department.refused("联系并核实", **SIMPLE)
    department.does("联系并核实", **SIMPLE, 逾期原因="经办人外出")
    assert supervisor.ledger(overdue="1")["首次联系"] == "2026-03-05 00:00"


def test_gc_2_2_a_simple_matter_is_rectified_and_fed_back_within_five_working_days(case, department):
    assert "期限 2026-03-09 24:00" in contacted(department)
    assert NOT_LOGGED in department.refused("整改并反馈", **RECTIFIED)   # the result is told, too
    department.logs(*CALLED)
    assert "下一步由区数据资源管理局（政务服务管理局）办理“满意度回访”" in department.does("整改并反馈", **RECTIFIED)


def test_gc_2_2_a_complex_matter_gets_a_ledger_and_fifteen_working_days(case, department):
    assert "期限 2026-03-09 24:00" in contacted(department, "确有问题，较为复杂")
    assert department.refused("建立台账") == "请填写“拟采取的解决办法”。"
    assert "期限 2026-03-23 24:00" in department.does("建立台账", 拟采取的解决办法=PLAN)
    assert PLAN in case.by("bureau.supervisor").reads()
    case.until("2026-03-23")
    assert case.by("bureau.supervisor").ledger(overdue="1") == {}
    case.time_passes(seconds=1)
    department.logs(*CALLED)
    department.does("复杂事项整改", **RECTIFIED, 逾期原因="供应商延误")
    handled = case.by("bureau.supervisor").ledger(overdue="1")["整改完成"]
    assert handled.startswith("2026-03-24 00:05") and "期限 2026-03-23 24:00" in handled and "没有按期整改" in handled


def test_gc_2_2_a_demand_without_legal_basis_is_explained(case, department, bureau):
    assert "期限 2026-03-09 24:00" in contacted(department, "缺乏法定依据")
    department.logs(*CALLED)
    department.does("解释说明", 说明方式="电话", 说明的要点和依据=TOLD)
    bureau.logs(*CALLED)
    bureau.does("满意度回访", 回访结果="满意", 回访方式="电话")
    assert "已办结：已解释" in bureau.reads()


def test_gc_2_2_the_bureau_revisits_within_five_working_days_of_the_end_of_handling(case, department, bureau):
    contacted(department)
    case.until("2026-03-06")
    department.logs(*CALLED)
    department.does("整改并反馈", **RECTIFIED)                        # done on Saturday, 0:04
    assert department.tasks() == {} and "期限 2026-03-13 24:00" in bureau.opens("满意度回访").text
    assert NOT_LOGGED in bureau.refused("满意度回访", 回访结果="满意", 回访方式="短信")
    case.until("2026-03-13").time_passes(seconds=1)
    assert "任务逾期，请督办" in case.by("bureau.supervisor").inbox()
    bureau.logs("短信", "已联系上")
    bureau.does("满意度回访", 回访结果="满意", 回访方式="短信", 逾期原因="评价人一直未回复")
    row = case.by("bureau.supervisor").ledger(overdue="1")
    assert (row["回访结果"], row["办结时间"]) == ("满意", "2026-03-14 00:05") and "已办结：满意" in bureau.reads()


def test_gc_2_2_who_cannot_be_reached_is_tried_three_times_on_two_days(case, department, bureau):
    solved_at_once(department)
    claimed = {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"}
    bureau.logs(*UNANSWERED), bureau.logs(*UNANSWERED)
    assert "联系的次数或者天数不够" in bureau.insists("满意度回访", **claimed)
    case.time_passes(days=1)
    bureau.logs("短信", "无人接听或未回复")
    bureau.does("满意度回访", 回访结果="联系不上", 联系不上的原因="多次联系未果", 已联系次数="3")
    assert "已办结：联系不上" in bureau.reads()


def test_gc_2_2_a_closed_review_names_the_guide_that_was_changed_for_it(case, department, bureau):
    solved_at_once(department)
    bureau.logs(*CALLED)
    bureau.does("满意度回访", 回访结果="满意", 回访方式="电话")
    lead = case.by("bureau.supervisor")
    sent = lead.desk.sends(f"/cases/{lead.number}/improvements/", {
        "kind": "guide", "subject": "营业执照办理指南", "text": "补充了材料样本。", "form_token": "t" * 24})
    assert sent.status_code == 302 and "办事指南 · 营业执照办理指南" in lead.reads()


def test_gc_2_3_the_department_reports_in_writing_the_bureau_reviews_and_the_province_corrects(case, department):
    assert "由差评涉及的部门提出" in case.by("dept1.staff").rating_page()
    appeal = department.appeals("恶意差评")
    written, reviewer = appeal.by("dept1.supervisor"), appeal.by("bureau.reviewer")
    assert reviewer.tasks() == {}                                    # first the department, in writing
    assert written.refused("书面核实", 核实结论="情况属实，上报复核") == "请填写“书面核实情况”。"
    written.does("书面核实", 核实结论="情况属实，上报复核", 书面核实情况=REASONS)
    heard(reviewer)
    sheet = reviewer.opens("复核申诉")
    assert "条文没有规定期限" in sheet.text and set(sheet.questions["认定的理由"].choices) == {"恶意差评", "误操作"}
    assert reviewer.insists("复核申诉", decision="upheld", finding="untrue", reasons=REASONS)
    reviewer.does("复核申诉", 复核决定="申诉成立，评价不予采纳", 认定的理由="恶意差评", 决定的理由=REASONS)
    assert "联系并核实" in department.tasks()                        # not voided before the province has corrected it
    correcting = appeal.by("bureau.officer")
    assert correcting.refused("省级系统更正") == "请填写“省级系统申诉编号”。"
    correcting.does("省级系统更正", 省级系统申诉编号="AH-2026-000123")
    assert department.tasks() == {} and "AH-2026-000123" in correcting.reads()
    row = case.by("bureau.supervisor").ledger(status="voided")
    assert row["办结时间"] == "2026-03-02 09:20" and "不予采纳" in case.by("dept1.supervisor").reads()


def test_gc_2_3_what_the_department_cannot_verify_is_not_reported_and_the_rectification_goes_on(case, department):
    appeal = department.appeals("误评")
    appeal.by("dept1.supervisor").does("书面核实", 核实结论="情况不属实，不上报", 书面核实情况=REASONS)
    assert "申诉不成立" in appeal.by("bureau.supervisor").reads() and "联系并核实" in department.tasks()


def test_gc_2_3_who_belongs_to_the_rated_department_does_not_review(case, department):
    appeal = department.appeals("恶意差评")
    appeal.by("dept1.supervisor").does("书面核实", 核实结论="情况属实，上报复核", 书面核实情况=REASONS)
    both = appeal.joined("both", ("reviewer", "bureau"), ("officer", "responsible"))
    assert both.tasks() == {} and "轮到您办理" not in both.inbox()
    assert appeal.by("bureau.reviewer").tasks()


def test_gc_2_3_the_department_that_answers_for_the_review_now_reports_not_the_one_that_gave_it_away(case, department):
    department.sends_back("办件在区民政局办理")
    case.by("bureau.supervisor").transfers("区民政局", "已核对办件系统")
    now = case.by("dept2.officer")
    assert department.tasks() == {} and "联系并核实" in now.tasks()
    assert "提出申诉" not in department.rating_page()
    appeal = now.appeals("恶意差评")
    assert appeal.by("dept1.supervisor").tasks() == {}
    appeal.by("dept2.supervisor").does("书面核实", 核实结论="情况属实，上报复核", 书面核实情况=REASONS)
    for partial in ("dept1", "dept2"):
        assert "复核申诉" not in appeal.by(f"{partial}.supervisor").tasks()
    assert "复核申诉" in heard(appeal.by("bureau.reviewer")).tasks()

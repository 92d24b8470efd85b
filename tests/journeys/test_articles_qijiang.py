"""Qijiang's articles on handling, revisit and appeal, each duty kept and each wrong way refused on the screens:
QJ-6, QJ-10, QJ-13, QJ-14, QJ-16, QJ-18. A rating of Monday 2 March 2026."""

from __future__ import annotations

import pytest
from lxml import html

from tests.journeys.screens import CALLED, DONE, FOUND, NOT_LOGGED, UNANSWERED, heard, main_text

TOLD = "该事项确实无法办理，已说明原因。"
NAME, PHONE = "卫建国", "13900009029"
PROMISED = {"处置结果": "问题复杂，承诺限期解决", "承诺答复的内容": "五日内补发证照", "承诺的日期": "2026-03-06",
            "告知评价人的方式": "电话", "核实情况": FOUND}
ASSIGNED = {"问题类别": "业务办理", "责任部门": "区市场监管局"}
REASONS = "录像和叫号记录显示，评价所说的事发生在另一窗口。"


@pytest.fixture
def office(case):
    return case.by("office.officer")


@pytest.fixture
def agency(case, office):
    """The officer of the responsible agency, to which the office has forwarded the review."""
    office.does("分类转交", **ASSIGNED)
    return case.by("dept1.officer")


def ruled(agency):
    agency.logs(*CALLED)
    agency.does("初次处置", 处置结果="情况简单，当场解决", 当场解决的方式="当场裁定", 告知评价人的方式="电话",
                当场解决的措施和结果=DONE, 核实情况=FOUND)


def revisited(agency):
    agency.logs(*CALLED)
    agency.does("回访并反馈", 回访结果="满意", 回访方式="电话")


def test_qj_6_the_district_office_reviews_appeals_and_somebody_impartial_there(case, agency):
    appeal = case.by("dept1.staff").appeals("误评")
    assert agency.tasks() == {"初次处置": agency.tasks()["初次处置"]} and appeal.by("dept1.officer").tasks() == {}
    assert appeal.joined("both", ("reviewer", "office"), ("officer", "responsible")).tasks() == {}
    reviewer = appeal.by("office.reviewer")
    heard(reviewer)
    sheet = reviewer.opens("复核申诉")
    assert "条文没有规定期限" in sheet.text and "QJ-6" in sheet.text and PHONE not in sheet.text
    assert "请填写“决定的理由”。" in reviewer.refused("复核申诉", 复核决定="申诉成立，评价不予采纳", 认定的理由="误评")
    reviewer.does("复核申诉", 复核决定="申诉成立，评价不予采纳", 认定的理由="误评", 决定的理由=REASONS)
    assert "不予采纳" in case.by("office.supervisor").reads()


def test_qj_10_the_revisit_by_telephone_is_one_that_was_made(case, agency):
    ruled(agency)
    asked = agency.opens("回访并反馈").questions
    assert set(asked["回访方式"].choices) == {"电话", "短信", "微信", "上门见面"}
    assert NOT_LOGGED in agency.refused("回访并反馈", 回访结果="满意", 回访方式="电话")
    agency.logs("短信", "已联系上")
    assert NOT_LOGGED in agency.refused("回访并反馈", 回访结果="满意", 回访方式="电话")
    agency.logs(*UNANSWERED)
    assert NOT_LOGGED in agency.refused("回访并反馈", 回访结果="满意", 回访方式="电话")
    agency.logs(*CALLED, note="评价人认可。")
    agency.does("回访并反馈", 回访结果="满意", 回访方式="电话")
    assert "评价人认可。" in case.by("office.supervisor").reads()


def test_qj_10_whether_the_rater_gave_a_name_is_shown_and_decides_what_can_be_said_of_contact(screens):
    case = screens.bad_review(real_name=False)
    case.by("office.officer").does("分类转交", **ASSIGNED)
    agency = case.by("dept1.officer")
    sheet = agency.opens("初次处置")
    assert "匿名" in sheet.text and list(sheet.questions["告知评价人的方式"].choices)[-1] == "匿名评价，未留联系方式"
    agency.does("初次处置", 处置结果="情况简单，当场解决", 当场解决的方式="解释说明", 当场解决的措施和结果=DONE,
                告知评价人的方式="匿名评价，未留联系方式", 核实情况=FOUND)
    agency.does("回访并反馈", 回访结果="联系不上", 联系不上的原因="匿名评价，未留联系方式", 已联系次数="3")
    case.by("office.officer").does("跟踪回访", 跟踪结果="与回访记录相符")
    assert "已办结：联系不上" in case.by("office.supervisor").reads()


def test_qj_13_the_review_is_assigned_by_its_kind(case, office):
    assert case.by("dept1.officer").tasks() == {}
    assert office.refused("分类转交") == "请选择“问题类别”。 请选择“责任部门”。"
    assert "下一步由区市场监管局办理“初次处置”" in office.does("分类转交", **ASSIGNED | {"问题类别": "服务态度、作风"})


def test_qj_13_the_rater_is_masked_and_shown_for_a_reason_to_those_who_handle_the_case(case, agency):
    for page in (agency.reads(), agency.opens("初次处置").text, case.by("office.supervisor").reads()):
        assert "卫* · 139****9029" in page and NAME not in page and PHONE not in page
    for reason in ("", "  "):
        assert PHONE not in agency.reveals(reason).text
    shown = main_text(agency.reveals("电话核实办理经过"))
    assert NAME in shown and PHONE in shown and PHONE not in agency.reads()
    auditor = case.by("auditor")
    assert "电话核实办理经过" in auditor.reads() and "卫*" in auditor.reads()
    assert PHONE not in auditor.reveals("看看").text
    for stranger in ("dept2.officer", "dept1.staff", "dept2.supervisor"):
        assert case.by(stranger).reads() == "" and case.by(stranger).reveals("看看").status_code == 404


def test_qj_14_the_office_forwards_follows_and_closes_and_another_person_than_who_revisited(case, office, agency):
    assert office.tasks() == {}
    ruled(agency)
    revisited(agency)
    assert agency.tasks() == {} and "条文没有规定期限" in office.opens("跟踪回访").text
    assert office.refused("跟踪回访", 跟踪结果="与回访记录不相符") == "请填写“不相符的情况”。"
    office.does("跟踪回访", 跟踪结果="与回访记录不相符", 不相符的情况="评价人说没有人回访过。")
    page = case.by("office.supervisor").reads()
    assert "已办结：不满意" in page and "评价人说没有人回访过。" in page


def test_qj_14_who_handled_and_revisited_at_the_office_does_not_track(screens):
    case = screens.bad_review(orgcode="11500222MB000091")            # the office itself was rated
    officer, boss = case.by("office.officer"), case.by("office.supervisor")
    officer.does("分类转交", **ASSIGNED | {"责任部门": "区政务服务管理办公室"})
    ruled(officer)
    revisited(officer)
    assert officer.tasks() == {} and "跟踪回访" in boss.tasks()
    address = boss.tasks()["跟踪回访"]
    refused = officer.desk.sends(address, {"f-track_result": "confirmed", "form_token": "t" * 24})
    assert refused.status_code == 403 and "这项任务应由另一人办理" in main_text(refused)
    assert "由您代为办理" in main_text(boss.desk.opens(address))
    boss.desk.sends(address + "/claim")
    boss.does("跟踪回访", 跟踪结果="与回访记录相符")
    assert "已办结：满意" in boss.reads() and "代为签收“跟踪回访”" in boss.reads()


def test_qj_14_a_forwarding_that_is_forgotten_is_reported(case, office):
    case.until("2026-03-09").time_passes(seconds=1)
    assert "任务逾期，请督办" in case.by("office.supervisor").inbox()
    office.does("分类转交", **ASSIGNED, 逾期原因="漏看")
    assert "逾期" in case.by("dept1.officer").opens("初次处置").text     # five days from the receipt, whoever lost them


def test_qj_16_what_is_simple_and_clear_is_explained_or_ruled_on_the_spot(case, agency):
    simple = {"处置结果": "情况简单，当场解决", "核实情况": FOUND}
    assert agency.refused("初次处置", **simple) == (
        "请选择“当场解决的方式”。 请选择“告知评价人的方式”。 请填写“当场解决的措施和结果”。")
    assert set(agency.opens("初次处置").questions["当场解决的方式"].choices) == {"解释说明", "当场裁定", "其他方式"}
    simple |= {"当场解决的方式": "当场裁定", "告知评价人的方式": "上门见面", "当场解决的措施和结果": DONE}
    assert NOT_LOGGED in agency.refused("初次处置", **simple)
    agency.logs("上门", "已联系上")
    agency.does("初次处置", **simple)
    assert "回访并反馈" in agency.tasks() and case.by("office.supervisor").ledger()["整改完成"] == "2026-03-02 09:10"


def test_qj_16_what_is_complex_is_promised_for_a_day_within_five_working_days_and_the_day_is_watched(case, agency):
    assert "期限 2026-03-09 24:00" in agency.opens("初次处置").text
    assert "承诺的日期" in agency.refused("初次处置", **{k: v for k, v in PROMISED.items() if k != "承诺的日期"})
    for day in ("2026-03-10", "2099-12-31"):
        assert agency.refused("初次处置", **PROMISED | {"承诺的日期": day}) == (
            "“承诺的日期”不能晚于收到差评后第5个工作日；期限已过的，只能承诺今天。")
    assert "“承诺的日期”" in agency.refused("初次处置", **PROMISED | {"承诺的日期": "2026-03-01"})
    assert "告知评价人的方式" in agency.refused("初次处置", **{k: v for k, v in PROMISED.items() if "告知" not in k})
    assert NOT_LOGGED in agency.refused("初次处置", **PROMISED)     # a promise is an answer to the rater
    agency.logs(*CALLED)
    assert "期限 2026-03-09 24:00" in agency.does("初次处置", **PROMISED)     # the promise is no later, and its own day
    lead, day_over = case.by("office.supervisor"), "承诺的日期已过，请督办：按承诺整改"
    case.until("2026-03-06")
    assert day_over not in lead.inbox()
    case.time_passes(seconds=1)
    assert day_over in lead.inbox() and day_over in case.by("dept1.supervisor").inbox()
    told = lead.reads()
    assert "承诺的日期已过，已上报承办单位和牵头单位的督办人员" in told
    assert "逾期" not in lead.inbox() and "逾期，已上报" not in told     # the statutory limit has not passed
    case.until("2026-03-09")
    assert "任务逾期" not in lead.inbox()
    case.time_passes(seconds=1)
    assert "任务逾期，请督办：按承诺整改" in lead.inbox() and "逾期，已上报" in lead.reads()
    agency.does("按承诺整改", 整改措施和结果=DONE, 逾期原因="证照打印机故障")
    agency.logs(*CALLED)
    agency.does("回访并反馈", 回访结果="满意", 回访方式="电话")
    case.by("office.officer").does("跟踪回访", 跟踪结果="与回访记录相符")
    page = case.by("office.supervisor").reads()
    assert "已办结：满意" in page and "五日内补发证照" in page and "证照打印机故障" in page


def test_qj_16_what_cannot_be_solved_is_patiently_explained(case, agency):
    agency.does("初次处置", 处置结果="确实无法解决", 核实情况=FOUND)
    assert "期限 2026-03-09 24:00" in agency.opens("耐心解释说明").text
    told = {"说明方式": "微信", "说明的要点": TOLD}
    assert NOT_LOGGED in agency.refused("耐心解释说明", **told)
    assert agency.insists("耐心解释说明", feedback_channel="no_contact", explanation=TOLD) == (
        "评价人留有联系电话，“说明方式”不能选“未留联系方式”。")
    agency.logs("微信", "已联系上")
    agency.does("耐心解释说明", **told)
    revisited(agency)
    case.by("office.officer").does("跟踪回访", 跟踪结果="与回访记录相符")
    assert "已办结：已解释" in case.by("office.supervisor").reads()


def test_qj_16_the_agency_revisits_and_calls_nobody_unreachable_before_three_attempts_on_two_days(case, agency):
    ruled(agency)
    claimed = {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"}
    agency.logs(*UNANSWERED), agency.logs("微信", "无人接听或未回复"), agency.logs(*UNANSWERED)
    assert "联系的次数或者天数不够" in agency.insists("回访并反馈", **claimed)
    case.time_passes(days=1)
    agency.logs("上门", "无人接听或未回复")
    agency.does("回访并反馈", 回访结果="联系不上", 联系不上的原因="多次联系未果", 已联系次数="4")
    assert "跟踪回访" in case.by("office.officer").tasks()


def test_qj_18_the_rated_person_appeals_and_a_mistaken_or_malicious_rating_is_not_adopted(case, agency):
    staff = case.by("dept1.staff")
    assert "被评价的工作人员" in case.by("dept1.supervisor").rating_page()
    assert "情况不实" not in staff.rating_page() and NAME not in staff.rating_page()
    appeal = staff.appeals("恶意差评")
    reviewer = appeal.by("office.reviewer")
    heard(reviewer)
    assert set(reviewer.opens("复核申诉").questions["认定的理由"].choices) == {"误评", "恶意差评"}
    for finding in ("other", "untrue"):
        assert reviewer.insists("复核申诉", decision="upheld", finding=finding, reasons=REASONS)
    reviewer.does("复核申诉", 复核决定="申诉成立，评价不予采纳", 认定的理由="恶意差评", 决定的理由=REASONS)
    assert agency.tasks() == {} and "申诉成立" in staff.inbox()
    assert case.by("office.supervisor").ledger(status="voided")["办结时间"] == "2026-03-02 09:15"


def test_qj_18_a_dismissed_appeal_leaves_the_rating_and_a_failure_of_duty_is_recorded_for_the_year(case, agency):
    staff = case.by("dept1.staff")
    reviewer = staff.appeals("误评").by("office.reviewer")
    heard(reviewer)
    failed = "经核实履职不到位，且企业和群众意见较大"
    assert failed in reviewer.refused("复核申诉", 复核决定="申诉不成立", 决定的理由=REASONS)
    found = {"复核决定": "申诉不成立", failed: "是", "决定的理由": REASONS}
    assert "请填写““意见较大”的依据”" in reviewer.refused("复核申诉", **found)
    reviewer.does("复核申诉", **found, **{"“意见较大”的依据": "一周内三名群众反映同一窗口。"})
    decided = main_text(staff.desk.opens(html.fromstring(staff.desk.opens("/appeals/").text).xpath(
        "//main//a[starts-with(@href, '/appeals/') and not(contains(@href, 'ratings'))]/@href")[0]))
    assert "初次处置" in agency.tasks() and "申诉不成立" in decided and REASONS in decided
    assert "2026" in decided and "扣减绩效分" in decided and "取消年度考核评优评选资格" in decided


def test_qj_18_a_verified_failure_of_duty_is_recorded_on_any_case_with_the_grounds_of_both_conditions(case, agency):
    lead, page = case.by("office.supervisor"), f"/conduct/cases/{case.case().number}"
    form = {"kind": "duty_failed", "person": "卫窗口", "staff_no": "S001", "form_token": "t" * 24,
            "grounds": "调取监控核实：当日擅自离岗四十分钟。", "opinion": "一周内三名群众反映同一窗口。"}
    for left_out in ("grounds", "opinion"):
        assert lead.desk.sends(page, form | {left_out: ""}).status_code == 422
    assert lead.desk.sends(page, form).status_code == 302
    shown = lead.reads()
    assert "擅自离岗四十分钟" in shown and "一周内三名群众" in shown and "扣减绩效分" in shown
    assert agency.desk.sends(page, form).status_code == 403

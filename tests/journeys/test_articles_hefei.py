"""Hefei's articles on handling and revisit, each duty kept and each wrong way refused on the screens: HF-14, HF-15.

A rating of Monday 2 March 2026, which falls into an ordinary working week. The text knows no appeal.
"""

from __future__ import annotations

import pytest

from tests.journeys.screens import CALLED, DONE, FOUND, NOT_LOGGED, UNANSWERED

PLAN, TOLD = "先改流程，再培训。", "该事项没有法定依据。"
CONFIRMED = {"处置结果": "确有问题，需整改", "联系方式": "电话", "核实情况": FOUND}
COMPLEX = CONFIRMED | {"处置结果": "较为复杂，一时难以解决"}
RECTIFIED = {"反馈方式": "电话", "整改措施和结果": DONE}


@pytest.fixture
def section(case):
    return case.by("dept1.officer")


@pytest.fixture
def center(case):
    return case.by("center.officer")


def solved_on_the_spot(section):
    section.logs(*CALLED)
    section.does("初次处置", 处置结果="当场解决", 告知评价人的方式="电话", 当场解决的措施和结果=DONE, 核实情况=FOUND)


def test_hf_14_what_can_be_solved_on_the_spot_is_and_the_rater_is_told(case, section):
    on_the_spot = {"处置结果": "当场解决", "核实情况": FOUND}
    assert section.refused("初次处置", **on_the_spot) == "请选择“告知评价人的方式”。 请填写“当场解决的措施和结果”。"
    on_the_spot |= {"告知评价人的方式": "电话", "当场解决的措施和结果": DONE}
    assert NOT_LOGGED in section.refused("初次处置", **on_the_spot)
    section.logs(*CALLED)
    assert "“初次处置”已提交" in section.does("初次处置", **on_the_spot)
    row = case.by("center.supervisor").ledger()
    assert (row["首次联系"], row["整改完成"]) == ("2026-03-02 09:00", "2026-03-02 09:05")
    assert row["当前环节"].startswith("满意度回访")


def test_hf_14_otherwise_the_rater_is_contacted_within_one_working_day_and_it_is_in_the_log(case, section):
    sheet = section.opens("初次处置")
    assert "期限 2026-03-03 24:00" in sheet.text and "在1个工作日内，主动联系反映问题的评价主体" in sheet.text
    assert set(sheet.questions["联系方式"].choices) == {"电话", "短信", "当面", "其他方式"}
    assert NOT_LOGGED in section.refused("初次处置", **CONFIRMED)
    for answer, sentence in (("no_contact", "评价人留有联系电话，“联系方式”不能选“未留联系方式”。"),
                             ("no_answer", "联系的次数或者天数不够")):
        assert sentence in section.insists("初次处置", outcome="confirmed", contact_channel=answer, findings=FOUND)
    section.logs("短信", "已联系上")
    assert NOT_LOGGED in section.refused("初次处置", **CONFIRMED)
    section.does("初次处置", **CONFIRMED | {"联系方式": "短信"})
    assert case.by("center.supervisor").ledger()["首次联系"] == "2026-03-02 09:00"


def test_hf_14_who_has_not_contacted_by_then_is_late_reported_and_says_why(case, section):
    supervisor = case.by("center.supervisor")
    case.until("2026-03-03")
    assert supervisor.ledger(overdue="1") == {} and "今天到期" in section.opens("初次处置").text
    case.time_passes(seconds=1)
    assert "逾期" in section.opens("初次处置").text and supervisor.ledger(overdue="1")["首次联系"] == "未联系"
    for boss in (supervisor, case.by("dept1.supervisor")):
        assert case.case().number in boss.inbox() and "任务逾期，请督办" in boss.inbox()
    section.logs(*CALLED)
    assert "逾期" in section.refused("初次处置", **CONFIRMED)
    section.does("初次处置", **CONFIRMED, 逾期原因="经办人外出，未及时联系")
    assert supervisor.ledger(overdue="1")["首次联系"] == "2026-03-04 00:00"
    assert "经办人外出，未及时联系" in supervisor.reads()


def test_hf_14_nobody_lengthens_or_stops_a_limit_because_the_text_knows_neither(case, section):
    for person in (section, case.by("dept1.supervisor"), case.by("center.supervisor")):
        page = person.desk.opens(f"/cases/{person.number}/deadlines/")
        assert page.status_code == 200 and "这里不提供中止计时和延期" in page.text
        for way in ("stop", "extend", "ask"):
            assert f'action="/cases/{person.number}/deadlines/{way}"' not in page.text


def test_hf_14_a_confirmed_problem_is_rectified_and_fed_back_within_five_working_days(case, section):
    section.logs(*CALLED)
    assert "期限 2026-03-09 24:00" in section.does("初次处置", **CONFIRMED)
    case.time_passes(days=1)
    assert NOT_LOGGED in section.refused("整改并反馈", **RECTIFIED)        # the call of the day before told no result
    section.logs(*CALLED)
    section.does("整改并反馈", **RECTIFIED)
    assert case.by("center.supervisor").ledger()["整改完成"] == "2026-03-03 09:15"


def test_hf_14_a_rectification_that_is_not_done_in_five_working_days_stays_late(case, section):
    section.logs(*CALLED)
    section.does("初次处置", **CONFIRMED)
    case.until("2026-03-09").time_passes(seconds=1)
    assert "任务逾期，请督办" in case.by("center.supervisor").inbox()
    section.logs(*CALLED)
    section.does("整改并反馈", **RECTIFIED, 逾期原因="等待系统升级")
    row = case.by("center.supervisor").ledger(overdue="1")
    assert row["整改完成"] == "2026-03-10 00:05"


def test_hf_14_what_is_complex_gets_a_ledger_with_plan_and_limit(case, section):
    section.logs(*CALLED)
    assert "期限 2026-03-09 24:00" in section.does("初次处置", **COMPLEX)
    plan = {"拟采取的整改办法": PLAN}
    assert section.refused("建立台账", **plan, 整改期限="2026-03-02") == "“整改期限”最早是明天，请改晚一些。"
    for too_late in ("2026-03-31", "2099-12-31"):
        assert section.refused("建立台账", **plan, 整改期限=too_late) == (
            "“整改期限”最长是从今天起的20个工作日，请改早一些。")
    assert "请填写“拟采取的整改办法”" in section.refused("建立台账", 整改期限="2026-03-30")
    assert "期限 2026-03-30 24:00" in section.does("建立台账", **plan, 整改期限="2026-03-30")
    assert PLAN in case.by("center.supervisor").reads()
    case.until("2026-03-30")
    assert case.by("center.supervisor").ledger(overdue="1") == {}
    case.time_passes(seconds=1)
    section.logs(*CALLED)
    section.does("按台账限期整改", **RECTIFIED, 逾期原因="供应商延误")
    assert case.by("center.supervisor").ledger(overdue="1")["当前环节"].startswith("满意度回访")


def test_hf_14_a_demand_without_legal_basis_is_explained(case, section, center):
    section.logs(*CALLED)
    assert "期限 2026-03-09 24:00" in section.does("初次处置", **CONFIRMED | {"处置结果": "缺乏法定依据"})
    assert section.refused("解释说明", 说明方式="电话") == "请填写“说明的要点和依据”。"
    section.logs(*CALLED)
    section.does("解释说明", 说明方式="电话", 说明的要点和依据=TOLD)
    center.logs(*CALLED)
    center.does("满意度回访", 回访结果="满意", 回访方式="电话回访")
    assert "已办结：已解释" in center.reads()


def test_hf_15_the_center_revisits_what_was_handled_by_telephone_or_questionnaire(case, section, center):
    solved_on_the_spot(section)
    assert section.tasks() == {}                                    # the section does not revisit its own work
    asked = center.opens("满意度回访").questions
    assert set(asked["回访方式"].choices) == {"电话回访", "网上问卷"}
    assert set(asked["回访结果"].choices) == {"满意", "不满意"}       # nobody has tried in vain yet
    assert NOT_LOGGED in center.refused("满意度回访", 回访结果="满意", 回访方式="电话回访")
    center.logs(*CALLED)
    center.does("满意度回访", 回访结果="满意", 回访方式="电话回访")
    assert "已办结：满意" in center.reads()
    row = case.by("center.supervisor").ledger()
    assert (row["回访结果"], row["办结时间"]) == ("满意", "2026-03-02 09:15")


def test_hf_15_a_rater_who_stays_dissatisfied_says_what_is_wrong(case, section, center):
    solved_on_the_spot(section)
    assert center.refused("满意度回访", 回访结果="不满意", 回访方式="网上问卷") == "请填写“评价人的意见”。"
    center.does("满意度回访", 回访结果="不满意", 回访方式="网上问卷", 评价人的意见="问题没有解决。")
    assert "已办结：不满意" in center.reads() and "问题没有解决。" in center.reads()


def test_hf_15_nobody_is_called_unreachable_before_three_attempts_on_two_days(case, section, center):
    solved_on_the_spot(section)
    claimed = {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"}
    for _ in range(3):                                              # three on one day are not enough
        assert "联系的次数或者天数不够" in center.insists("满意度回访", **claimed)
        center.logs(*UNANSWERED)
    assert "联系的次数或者天数不够" in center.insists("满意度回访", **claimed)
    case.time_passes(days=1)
    center.logs(*UNANSWERED)
    unreachable = {"回访结果": "联系不上", "联系不上的原因": "多次联系未果"}
    assert "已联系次数" in center.refused("满意度回访", **unreachable, 已联系次数="9")
    center.does("满意度回访", **unreachable, 已联系次数="4")
    assert "已办结：联系不上" in center.reads()


@pytest.mark.parametrize(("real_name", "label"), [(False, "匿名评价，未留联系方式"), (True, "实名评价，未留联系方式")])
def test_hf_15_who_left_nothing_to_be_reached_by_is_recorded_as_that(screens, real_name, label):
    case = screens.bad_review(real_name=real_name, mobile="")
    section, center = case.by("dept1.officer"), case.by("center.officer")
    assert label in section.opens("初次处置").questions["联系方式"].choices
    section.does("初次处置", **CONFIRMED | {"联系方式": label})
    section.does("整改并反馈", **RECTIFIED | {"反馈方式": label})
    center.does("满意度回访", 回访结果="联系不上", 联系不上的原因=label, 已联系次数="3")
    assert "已办结：联系不上" in center.reads()
    assert case.by("center.supervisor").ledger()["首次联系"] == "未联系"


def test_hf_15_a_revisit_that_waits_is_reminded_of_and_stands_on_the_board_as_waiting(case, section, center):
    solved_on_the_spot(section)
    assert "条文没有规定期限" in center.opens("满意度回访").text
    case.until("2026-03-05")
    assert case.case().number not in case.by("center.supervisor").board("搁置")
    case.time_passes(days=1)
    assert "已搁置多日，请及时办理" in center.inbox()
    assert case.case().number in case.by("center.supervisor").board("搁置")

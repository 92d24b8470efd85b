"""Hainan's articles on handling, revisit and appeal, each duty kept and each wrong way refused on the screens:
HN-5, HN-13, HN-14, HN-15, HN-17. A rating of Monday 2 March 2026 of a provincial department or of one of two cities."""

from __future__ import annotations

import pytest

from tests.journeys.screens import CALLED, DONE, FOUND, NOT_LOGGED, UNANSWERED, heard, main_text

PROVINCE, HAIKOU, QIONGSHAN, SANYA = range(4)
PLATFORM = {PROVINCE: "platform", HAIKOU: "platform_city", QIONGSHAN: "platform_city", SANYA: "platform_sanya"}
BUREAU = {PROVINCE: "service_office", HAIKOU: "bureau_haikou", QIONGSHAN: "bureau_haikou", SANYA: "bureau_sanya"}
TOLD = "该诉求没有依据，已说明。"
REACHED = {"联系结果": "已联系上", "联系方式": "电话", "评价人的诉求": "希望尽快办结。"}
ORDER = {"差评原因": "服务态度", "差评事项": "营业执照", "工单编号": "HN-0001", "办理期限": "2026-03-13"}
OPINION = "整改落实情况和评价人的意见"
SATISFIED = {"回访结果": "满意", "反馈和回访的方式": "电话", "评价人的最新评价": "满意",
             OPINION: "已经补办，态度好多了。"}
UNSATISFIED = SATISFIED | {"回访结果": "不满意", "评价人的最新评价": "非常不满意", OPINION: "没有解决。"}
REASONS = "通话录音和办件记录显示，评价所说的事没有发生。"
EXAMINED = {"核查情况和意见": "已核对通话录音，建议成立。"}
UPHELD = {"复核决定": "恶意或者不实，评价不予采纳", "认定的理由": "情况不实", "决定的理由": REASONS}


def people(case, office=PROVINCE):
    """The department's officer and the 12345 platform's of its area."""
    return case.by(f"dept{office + 1}.officer"), case.by(f"{PLATFORM[office]}.officer")


def contacted(department, platform):
    department.does("核实", 核实情况=FOUND)
    platform.logs(*CALLED)
    platform.does("联系评价人", **REACHED)


def solved(department, platform):
    contacted(department, platform)
    department.does("当场处置", 处置结果="当场解决", 怎样解决的=DONE)


def revisited(platform, answers=None):
    platform.logs(*CALLED)
    platform.does("反馈并回访", **answers or SATISFIED)


# --- HN-5 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("office", [PROVINCE, QIONGSHAN, SANYA])
def test_hn_5_an_appeal_is_examined_by_the_12345_platform_and_reviewed_by_the_approval_bureau_of_the_area(
        screens, office):
    appeal = screens.bad_review(office=office).by(f"dept{office + 1}.officer").appeals("情况不实")
    platform, bureau = appeal.by(f"{PLATFORM[office]}.reviewer"), appeal.by(f"{BUREAU[office]}.reviewer")
    cities = {"platform_city", "bureau_haikou", "platform_sanya", "bureau_sanya"}
    others = [appeal.by(f"{key}.reviewer") for key in sorted(cities - {PLATFORM[office], BUREAU[office]})]
    assert bureau.tasks() == {} and heard(platform).refused("核查申诉") == "请填写“核查情况和意见”。"
    platform.does("核查申诉", **EXAMINED)
    assert EXAMINED["核查情况和意见"] in bureau.reads() and "条文没有规定期限" in bureau.opens("复核申诉").text
    assert [(other.tasks(), other.reads()) for other in others] == [({}, "")] * len(others)
    bureau.does("复核申诉", **UPHELD)
    assert "申诉成立" in bureau.reads()


def test_hn_5_a_branch_sees_neither_the_case_nor_the_rater_of_another_city(screens):
    case = screens.bad_review(office=SANYA)
    department, sanya = people(case, SANYA)
    department.does("核实", 核实情况=FOUND)
    haikou = case.by("platform_city.officer")
    assert "联系评价人" in sanya.tasks() and "卫* · 139****9029" in sanya.reads()
    assert haikou.tasks() == {} and haikou.reads() == "" and haikou.reveals("看看").status_code == 404
    assert "核实" in case.by("platform.supervisor").reads()             # HN-5: the province tracks every one


# --- HN-13 --------------------------------------------------------------------------------------------------------


def test_hn_13_the_12345_platform_revisits_by_telephone_and_learns_how_the_rectification_went(screens):
    department, platform = people(screens.bad_review())
    solved(department, platform)
    assert department.tasks() == {}
    sheet = platform.opens("反馈并回访")
    assert set(sheet.questions["反馈和回访的方式"].choices) == {"网络", "电话", "短信"}
    assert "条文没有规定期限" in sheet.text
    assert NOT_LOGGED in platform.refused("反馈并回访", **SATISFIED)
    platform.logs(*CALLED)
    assert platform.refused("反馈并回访", **SATISFIED | {OPINION: " "}) == "请填写“整改落实情况和评价人的意见”。"
    platform.does("反馈并回访", **SATISFIED)
    assert "已经补办，态度好多了。" in platform.reads() and "已办结：满意" in platform.reads()


# --- HN-14 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("office", [PROVINCE, HAIKOU, SANYA])
def test_hn_14_the_department_verifies_the_rater_is_contacted_through_12345_and_what_can_be_is_solved_on_the_spot(
        screens, office):
    case = screens.bad_review(office=office)
    department, platform = people(case, office)
    assert platform.tasks() == {} and "第一时间" in department.opens("核实").text
    assert department.refused("核实") == "请填写“核实情况”。"
    department.does("核实", 核实情况=FOUND)
    assert department.tasks() == {}                                     # not handled before the rater is contacted
    for way in ("电话", "短信", "网络"):
        assert NOT_LOGGED in platform.refused("联系评价人", **REACHED | {"联系方式": way})
    platform.logs(*CALLED)
    platform.does("联系评价人", **REACHED)
    assert "希望尽快办结。" in department.reads()
    assert department.refused("当场处置", 处置结果="当场解决") == "请填写“怎样解决的”。"
    department.does("当场处置", 处置结果="当场解决", 怎样解决的=DONE)
    revisited(platform)                                                 # and no work order
    row = case.by("platform.supervisor").ledger()
    assert (row["首次联系"], row["回访结果"]) == ("2026-03-02 09:05", "满意")


def test_hn_14_what_cannot_be_solved_on_the_spot_gets_a_work_order_with_matter_cause_and_limit(screens):
    case = screens.bad_review(office=SANYA)
    department, platform = people(case, SANYA)
    contacted(department, platform)
    assert "12345三亚分平台" in department.does("当场处置", 处置结果="不能当场解决，限时整改")
    assert platform.refused("建立电子工单", 工单编号="HN-0001") == (
        "请选择“差评原因”。 请填写“差评事项”。 请填写“办理期限”。")
    assert platform.refused("建立电子工单", **ORDER | {"办理期限": "2026-03-02"}) == (
        "“办理期限”最早是明天，请改晚一些。")
    assert platform.refused("建立电子工单", **ORDER | {"办理期限": "2099-12-31"}) == (
        "“办理期限”最长是从今天起的20个工作日，请改早一些。")
    platform.does("建立电子工单", **ORDER)
    assert "期限 2026-03-13 24:00" in department.opens("限时整改").text
    case.until("2026-03-13").time_passes(seconds=1)
    assert "任务逾期，请督办" in case.by("dept4.supervisor").inbox()
    assert case.by("platform.supervisor").ledger(overdue="1")
    department.does("限时整改", 整改措施和结果=DONE, 逾期原因="证照打印机故障")
    revisited(platform)
    page = platform.reads()
    assert "已办结：满意" in page and "HN-0001" in page and "服务态度" in page


def test_hn_14_a_demand_that_cannot_be_met_is_explained_within_the_limit_of_the_work_order(screens):
    case = screens.bad_review()
    department, platform = people(case)
    contacted(department, platform)
    department.does("当场处置", 处置结果="无法按诉求办理，解释说明")
    platform.does("建立电子工单", **ORDER)
    assert "期限 2026-03-13 24:00" in department.opens("提出解释说明").text
    department.does("提出解释说明", 说明的要点和依据=TOLD)
    revisited(platform, SATISFIED | {"评价人的最新评价": "基本满意"})
    assert "已办结：已解释" in platform.reads()


def test_hn_14_of_a_mistaken_rating_the_newest_is_recorded_and_it_is_not_a_bad_one(screens):
    case = screens.bad_review(office=HAIKOU)
    department, platform = people(case, HAIKOU)
    contacted(department, platform)
    department.does("当场处置", 处置结果="误评")
    platform.logs(*CALLED)
    assert platform.refused("反馈并回访", **SATISFIED | {"评价人的最新评价": "非常不满意"}) == (
        "回访结果是“满意”的，“评价人的最新评价”不能是差评（不满意、非常不满意）。")
    platform.does("反馈并回访", **SATISFIED | {"评价人的最新评价": "非常满意"})
    assert "非常满意" in case.by("platform.supervisor").reads()


def test_hn_14_a_verification_that_waits_is_reminded_of_and_stands_on_the_board_as_waiting(screens):
    case = screens.bad_review(office=HAIKOU)
    department, _ = people(case, HAIKOU)
    assert "条文没有规定期限" in department.opens("核实").text
    case.until("2026-03-06")
    assert "已搁置多日，请及时办理" in department.inbox()
    assert case.case().number in case.by("platform.supervisor").board("搁置")


def test_hn_14_who_cannot_be_reached_through_12345_is_tried_three_times_on_two_days_and_then_handled(screens):
    case = screens.bad_review()
    department, platform = people(case)
    department.does("核实", 核实情况=FOUND)
    claimed = {"contact_result": "unreachable", "unreachable_reason": "no_answer", "attempts": "3"}
    platform.logs(*UNANSWERED), platform.logs(*UNANSWERED)
    assert "联系的次数或者天数不够" in platform.insists("联系评价人", **claimed)
    assert "评价人留有联系电话" in platform.insists("联系评价人", **claimed | {"unreachable_reason": "no_contact"})
    case.time_passes(days=1)
    platform.logs(*UNANSWERED)
    platform.does("联系评价人", 联系结果="联系不上", 联系不上的原因="多次联系未果", 已联系次数="3")
    assert "当场处置" in department.tasks()


@pytest.mark.parametrize(("before", "after", "name"), [
    (HAIKOU, PROVINCE, "省市场监管局"), (PROVINCE, HAIKOU, "海口市住建局"), (HAIKOU, SANYA, "三亚市住建局")])
def test_hn_14_after_a_transfer_the_platform_of_the_new_department_goes_on(screens, before, after, name):
    case = screens.bad_review(office=before)
    wrong, formerly = people(case, before)
    wrong.sends_back("该事项由别的单位办理")
    case.by("platform.supervisor").transfers(name, "已核对办件系统")
    department, platform = people(case, after)
    assert wrong.tasks() == {}
    solved(department, platform)
    assert formerly.tasks() == {} and (formerly.reads() == "" or before == PROVINCE)
    revisited(platform)
    assert "已办结：满意" in platform.reads()


# --- HN-15 --------------------------------------------------------------------------------------------------------


def test_hn_15_a_satisfied_rater_s_newest_rating_is_recorded_and_no_answer_contradicts_it(screens):
    case = screens.bad_review()
    department, platform = people(case)
    solved(department, platform)
    platform.logs(*CALLED)
    for level in ("不满意", "非常不满意"):
        assert "不能是差评" in platform.refused("反馈并回访", **SATISFIED | {"评价人的最新评价": level})
    for level in ("非常满意", "满意", "基本满意"):
        assert "要选不满意或者非常不满意" in platform.refused("反馈并回访", **UNSATISFIED | {"评价人的最新评价": level})
    platform.does("反馈并回访", **SATISFIED)
    page = platform.reads()
    assert "已办结：满意" in page and "评价人的最新评价满意" in page


def test_hn_15_a_rater_who_stays_dissatisfied_brings_the_case_back_once_and_the_last_word_is_kept(screens):
    case = screens.bad_review()
    department, platform = people(case)
    solved(department, platform)
    revisited(platform, UNSATISFIED)
    assert "期限 2026-03-09 24:00" in department.opens("重新办理").text
    department.does("重新办理", 重新办理的措施和结果=DONE)
    revisited(platform, UNSATISFIED)
    assert department.tasks() == {} and "已办结：仍不满意" in platform.reads()


def test_hn_15_the_last_word_stays_when_nobody_is_found_at_the_second_revisit(screens):
    case = screens.bad_review()
    department, platform = people(case)
    solved(department, platform)
    revisited(platform, UNSATISFIED)
    department.does("重新办理", 重新办理的措施和结果=DONE)
    platform.logs(*UNANSWERED), platform.logs(*UNANSWERED)
    case.time_passes(days=1)
    platform.logs(*UNANSWERED)
    platform.does("反馈并回访", 回访结果="联系不上", 联系不上的原因="多次联系未果", 已联系次数="3")
    page = case.by("platform.supervisor").reads()
    assert "已办结：联系不上" in page and "最新评价 非常不满意" in page.replace("：", " ")


# --- HN-17 --------------------------------------------------------------------------------------------------------


def test_hn_17_the_department_appeals_against_what_is_malicious_or_untrue_and_the_rating_ends_its_case_at_once(screens):
    case = screens.bad_review(office=HAIKOU)
    department, platform = people(case, HAIKOU)
    assert "由办事部门提出" in case.by("dept2.staff").rating_page()
    appeal = department.appeals("情况不实")
    heard(appeal.by("platform_city.reviewer")).does("核查申诉", **EXAMINED)
    appeal.by("bureau_haikou.reviewer").does("复核申诉", **UPHELD)
    assert department.tasks() == {} and platform.tasks() == {}           # at its first step, nothing to invent first
    row = case.by("platform.supervisor").ledger(status="voided")
    assert row["办结时间"] == "2026-03-02 09:15" and "申诉成立" in department.inbox()


def test_hn_17_a_dismissed_appeal_lets_the_handling_go_on_and_evidence_is_asked_for_once(screens):
    case = screens.bad_review()
    department, _ = people(case)
    appeal = department.appeals("恶意")
    heard(appeal.by("platform.reviewer")).does("核查申诉", **EXAMINED)
    bureau, appellant = appeal.by("service_office.reviewer"), appeal.by("dept1.officer")
    bureau.does("复核申诉", 复核决定="证据不足，退回补充（仅一次）", 决定的理由=REASONS)
    appellant.does("补充证据", 补充说明="补上窗口录像。")
    assert "证据不足，退回补充（仅一次）" not in bureau.opens("复核申诉").questions["复核决定"].choices
    assert bureau.insists("复核申诉", decision="more_evidence", reasons=REASONS)
    bureau.does("复核申诉", 复核决定="申诉不成立", 决定的理由=REASONS)
    assert "申诉不成立" in bureau.reads() and "核实" in department.tasks()


def test_hn_17_a_refusal_to_rectify_is_recorded_by_whoever_supervises_with_its_grounds(screens):
    case = screens.bad_review()
    department, _ = people(case)
    page = f"/conduct/cases/{case.case().number}"
    form = {"kind": "refuses", "person": "卫窗口", "staff_no": "S001", "form_token": "t" * 24, "grounds": ""}
    boss = case.by("dept1.supervisor")
    assert "约谈问责" in main_text(boss.desk.opens(page)) and boss.desk.sends(page, form).status_code == 422
    form |= {"grounds": "两次书面通知后仍未整改，也没有说明理由。"}
    assert department.desk.sends(page, form).status_code == 403
    assert case.by("platform_city.supervisor").desk.sends(page, form).status_code == 404
    assert boss.desk.sends(page, form).status_code == 302
    assert "两次书面通知后仍未整改" in boss.reads() and "约谈问责" in boss.reads()

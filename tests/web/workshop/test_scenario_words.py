"""What becomes of scenarios, in words: names for ids, in Chinese and in English."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from caseflow.law import regulations
from caseflow.trials import differences, scenario_file
from caseflow.trials.scenarios import Problem
from caseflow.trials.tryout import Act
from tests.bpmn import drawings
from tests.web.test_sentences import chinese_in, english
from web.workshop.scenario_words import Words, pause

OLD = scenario_file.read(regulations.folder() / "guichi" / "scenarios" / "rectification_simple.toml")
DUES = {**OLD.expect.due_by, "rectify_due": (date(2026, 3, 6),)}
NEW = replace(
    OLD, name="又名", acts=(
        OLD.acts[0], Act("deadline"), OLD.acts[1],
        replace(OLD.acts[2], answers={**OLD.acts[2].answers, "outcome": "complex", "extra": True}),
        *OLD.acts[3:5], replace(OLD.acts[5], after=timedelta(minutes=90), channel="sms"),
        replace(OLD.acts[6], post="bureau.supervisor", late_reason="大雪。")),
    expect=replace(OLD.expect, outcome="open", fired=("rectify_due",), effects=("escalate",), never=("explain",),
                   due_by=DUES, at_most={}, tasks=("first_response", "revisit")))
PROBLEMS = [
    Problem("", "outcome", {"wanted": "closed_resolved", "found": "open"}),
    Problem("explain", "tasks", {"wanted": ("first_response", "explain"), "found": ("first_response",)}),
    Problem("rectify", "stopped", {"number": 3, "do": "complete", "what": "rectify", "why": Problem("", "not_open", {
        "tasks": ("explain",), "messages": ()})}),
    Problem("rectify", "stopped", {"number": 3, "do": "complete", "what": "rectify", "why": Problem(
        "", "wrong_answers", {"fields": {"measures": "too_short"}, "sentences": {}})}),
    Problem("rectify", "stopped", {"number": 3, "do": "complete", "what": "rectify", "why": Problem(
        "", "other_post", {"post": "bureau.officer"})}),
    Problem("", "effects", {"wanted": ("escalate",), "found": ()}), Problem("revisit", "never"),
    Problem("revisit", "at_most", {"most": 1, "times": 2}),
]


def spoken() -> Words:
    return Words("guichi", [drawings.loaded("guichi")])


def told() -> list[str]:
    words = spoken()
    return [words.difference(one) for one in differences.between(OLD, NEW)]


@pytest.mark.usefixtures("session")
def test_every_difference_is_a_sentence_with_the_names_of_the_drawing():
    assert told() == [
        "名称，原来 简单事项，按时办结，评价人满意，现在 又名",
        "增加一步：到下一个期限",
        "办理“联系并核实”：核实结果，原来 “确有问题，简单事项”，现在 “确有问题，较为复杂”",
        "办理“联系并核实”：extra，原来 没有，现在 是",
        "联系评价人：间隔，原来 1 天，现在 90 分钟",
        "联系评价人：联系方式，原来 电话，现在 短信",
        "办理“满意度回访”：由谁办理，原来 区数据资源管理局（政务服务管理局） · 经办人，"
        "现在 区数据资源管理局（政务服务管理局） · 督办人员",
        "办理“满意度回访”：逾期原因，原来 没有，现在 大雪。",
        "结果，原来 满意，现在 没有办结",
        "依次办理的环节，原来 联系并核实 → 整改并反馈 → 满意度回访，现在 联系并核实 → 满意度回访",
        "依次到期的期限，原来 没有，现在 收到后5个工作日",
        "依次的系统任务，原来 “建档并通知承办单位和牵头单位（当日建档、当日反馈）”，"
        "现在 “到期：上报承办单位和牵头单位的督办人员，案件继续办理”",
        "不应到的环节，原来 没有，现在 解释说明",
        "期限“收到后5个工作日”最晚的时间，原来 2026-03-09，现在 2026-03-06",
        "“满意度回访”最多的次数，原来 1，现在 没有",
    ]


@pytest.mark.usefixtures("session")
def test_a_problem_is_told_with_names_in_place_of_ids():
    words = spoken()
    assert [words.problem(problem) for problem in PROBLEMS] == [
        "应以 满意 结束，实际没有办结。", "任务应依次有 联系并核实 → 解释说明，实际 联系并核实。",
        "第3步（办理 整改并反馈）做不了：这时没有这个任务或不等这个消息；正在等的任务：解释说明，消息：没有。",
        "第3步（办理 整改并反馈）做不了：整改措施和结果 太短。",
        "第3步（办理 整改并反馈）做不了：这个任务由 区数据资源管理局（政务服务管理局） · 经办人 办理。",
        "系统任务应依次有 “到期：上报承办单位和牵头单位的督办人员，案件继续办理”，实际 没有。",
        "不应到 满意度回访，实际到了。", "满意度回访 最多 1 次，实际 2 次。"]
    assert words.by_hand(PROBLEMS[6]).startswith("走的环节或者结果不一样")
    assert words.by_hand(Problem("", "unreadable", {"why": "x"})) == "场景文件读不了：x"


def test_readers_of_english_get_english():
    with english():
        assert "Step" in " ".join(told()) and "1 day" in " ".join(told())
        assert chinese_in(pause(timedelta(hours=3))) == "" and pause(timedelta(hours=1)) == "1 hour"

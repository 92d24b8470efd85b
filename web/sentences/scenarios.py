"""What a scenario met that it did not expect, and why a recorded case cannot be replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext, lazy_gettext

from caseflow.trials.scenario_file import OPEN
from caseflow.trials.scenarios import Problem

_ = lazy_gettext

PROBLEMS = {
    "unreadable": _("场景文件读不了：%(why)s"),
    "stopped": _("第%(number)s步（%(act)s）做不了：%(why)s"),
    "not_open": _("这时没有这个任务或不等这个消息；正在等的任务：%(tasks)s，消息：%(messages)s。"),
    "other_post": _("这个任务由 %(post)s 办理。"),
    "wrong_answers": _("%(fields)s。"),
    "step_failed": _("流程在 %(at)s 走不下去（%(why)s）。"),
    "no_limit": _("没有正在计算的期限。"),
    "contact_stays": _("首次联系评价人的期限不能延期，也不能中止。"),
    "limits_over": _("期限都已过，不能再中止。"),
    "clock_runs": _("没有中止计时。"),
    "no_stops": _("办法不许中止计时。"),
    "no_contact": _("只有办理中的整改案件才联系评价人。"),
    "outcome": _("应%(wanted)s，实际%(found)s。"),
    "tasks": _("任务应依次有 %(wanted)s，实际 %(found)s。"),
    "fired": _("到期的期限应依次有 %(wanted)s，实际 %(found)s。"),
    "effects": _("系统任务应依次有 %(wanted)s，实际 %(found)s。"),
    "due": _("期限 %(element)s 应为 %(wanted)s，实际 %(found)s。"),
    "due_by": _("期限 %(element)s 应不晚于 %(wanted)s，实际 %(found)s。"),
    "at_most": _("%(element)s 最多 %(most)s 次，实际 %(times)s 次。"),
    "never": _("不应到 %(element)s，实际到了。"),
    "fires_on": _("期限反复到期，超过 %(most)s 次。"),
}
ACTS = {
    "start": _("开始"), "complete": _("办理"), "deadline": _("到下一个期限"), "wait": _("等待"),
    "message": _("送达消息"), "stop": _("中止计时"), "resume": _("恢复计时"), "attempt": _("联系评价人"),
}
WRONG = {
    "required": _("没有填写"), "not_text": _("含有不能保存的字符"), "too_short": _("太短"), "too_long": _("太长"),
    "not_a_choice": _("不在选项之中"), "not_a_unit": _("不是列出的承办单位"), "no_ground": _("不是办法规定的理由"),
    "not_yes_or_no": _("应填 true 或 false"), "not_a_number": _("应填整数"),
    "too_small": _("太小"), "too_large": _("太大"), "not_a_date": _("应填日期（YYYY-MM-DD）"),
    "in_the_past": _("早于当时"), "unknown_variable": _("不是案件的变量"), "wrong_type": _("类型不对"),
    "unknown_field": _("表单里没有"), "too_many": _("太多"),
    "unknown": _("不在办法规定的类别之中"), "unreachable_yet": _("还不能选联系不上，记录的联系次数或天数不够"),
    "nothing_left": _("评价人没有留联系方式"), "not_contacted": _("联系记录里没有以这种方式联系上的记录"),
    "has_contact": _("与评价人留有电话不符"), "not_logged": _("与记录的联系次数不符"),
}


def sentence(problem: Problem) -> str:
    """The problem in a sentence."""
    return str(PROBLEMS[problem.code]) % {"element": problem.element, **_words(problem)}


def _words(problem: Problem) -> Mapping[str, object]:
    """The facts of a problem, each in words."""
    facts = problem.facts
    if problem.code == "stopped":
        act = " ".join(part for part in (str(ACTS.get(facts["do"], facts["do"])), facts["what"]) if part)
        return {"number": facts["number"], "act": act, "why": sentence(facts["why"])}
    if problem.code == "not_open":
        return {name: gettext("、").join(facts[name]) or gettext("没有") for name in ("tasks", "messages")}
    if problem.code == "wrong_answers":
        return {"fields": gettext("；").join(
            f"{field} {facts.get('sentences', {}).get(field, '').rstrip('。') or WRONG.get(code, code)}"
            for field, code in facts["fields"].items())}
    if problem.code == "step_failed":
        return {"at": facts["at"] or gettext("这里"), "why": facts["why"]}
    if problem.code == "outcome":
        return {name: _ends(facts[name]) for name in ("wanted", "found")}
    return {name: _row(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}


def _ends(outcome: str) -> str:
    return gettext("没有办结") if outcome == OPEN else gettext("以 %(outcome)s 结束", outcome=outcome)


def _row(names: Sequence[str]) -> str:
    return " → ".join(names) or gettext("没有")

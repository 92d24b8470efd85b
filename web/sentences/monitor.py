"""What the monitor found in a finished case: how it broke a rule, left its drawing, or why that cannot be said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from caseflow.errors import InvalidInput
from caseflow.moments import SHANGHAI, moment
from web.sentences import proof
from web.sentences.comparison import ROLES
from web.sentences.filling import filled

_ = lazy_gettext

SENTENCES = {
    # over the way of the case, by the codes of the proof
    "too_often": _("“%(name)s”走了%(times)s次，最多%(most)s次。"),
    "not_passed": _("案件没有经过“%(names)s”就以“%(outcome)s”结束。"),
    "passed_yet": _("案件经过了“%(name)s”，却以“%(outcome)s”结束。"),
    "too_early": _("还没有经过“%(names)s”就到了“%(name)s”。"),
    "not_at_start": _("“%(names)s”没有在收到时立即进行。"),
    "step_not_followed": _("经过了“%(name)s”，却没有经过“%(to)s”就到了“%(reached)s”。"),
    "answer_not_followed": _("在“%(name)s”选了“%(answer)s”，却没有经过“%(to)s”就到了“%(reached)s”。"),
    "case_not_followed": _("“%(answer)s”的案件，没有经过“%(to)s”就到了“%(reached)s”。"),
    "ends_without_answer": _("最后的答案不是“%(answer)s”，案件却以“%(outcome)s”结束。"),
    "goes_without_answer": _("没有“%(answer)s”，案件却走到了“%(name)s”。"),
    "goes_without_message": _("没有收到消息“%(message)s”，案件却走到了“%(name)s”。"),
    "ends_otherwise": _("“%(answer)s”的案件以“%(outcome)s”结束，应当以“%(wanted)s”结束。"),
    "message_not_awaited": _("在“%(name)s”时收不到消息“%(message)s”。"),
    "message_passes_by": _("在“%(name)s”时收到“%(message)s”，没有经过“%(names)s”。"),
    "message_ends_otherwise": _("在“%(name)s”时收到“%(message)s”，案件没有以“%(outcome)s”结束。"),
    "message_in_vain": _("在“%(name)s”时收到“%(message)s”，案件没有理会。"),
    # time
    "limit_missing": _("“%(name)s”没有时限，应当是%(wanted)s。"),
    "limit_too_long": _("“%(name)s”的时限是%(limits)s，应当不长于%(wanted)s。"),
    "escalation_without_limit": _("“%(name)s”没有时限，逾期不会上报。"),
    "still_waits": _("“%(name)s”没有到期不再等待的时限。"),
    "due_otherwise": _("“%(name)s”的期限记为%(found)s，按规定和工作日历应当是%(wanted)s。"),
    "since_otherwise": _("“%(name)s”的期限从%(found)s起算，应当从%(wanted)s起算。"),
    "fired_before": _("“%(name)s”的期限是%(due)s，却在%(at)s就按到期处理。"),
    "late_untold": _("“%(name)s”的期限是%(due)s，到%(at)s才结束，没有上报督办人员。"),
    "fired_untold": _("“%(name)s”在%(due)s到期，没有上报督办人员。"),
    "done_after_end": _("“%(name)s”的期限是%(due)s，过期不再等待，却在%(at)s办理。"),
    "passed_unseen": _("“%(to)s”应当在%(due)s以前完成，到%(at)s才结束，其间没有上报督办人员。"),
    # forms
    "not_answered": _("办理“%(name)s”时没有填“%(label)s”。"),
    "answered_too_low": _("“%(name)s”的“%(label)s”填了%(found)s，应当至少是%(least)s。"),
    "answered_otherwise": _("“%(name)s”的“%(label)s”填了“%(found)s”，条文没有这个答案。"),
    "answered_together": _("“%(name)s”的“%(label)s”填了“%(found)s”，不能与“%(answer)s”同时填。"),
    "date_too_late": _("“%(name)s”的“%(label)s”填了%(found)s，最晚是%(latest)s。"),
    "date_not_after": _("“%(name)s”的“%(label)s”填了%(found)s，应当晚于办理的当天。"),
    "contact_not_logged": _("“%(name)s”的“%(label)s”与在它之前的联系记录不符：%(problem)s。"),
    # persons and effects
    "other_role": _("“%(name)s”交给了%(found)s岗位，应当由%(wanted)s岗位办理。"),
    "other_office": _("“%(name)s”到了别的单位，应当由%(wanted)s办理。"),
    "by_nobody": _("“%(name)s”没有办理人。"),
    "one_person": _("“%(first)s”和“%(second)s”由同一个人办理。"),
    "one_office": _("“%(first)s”和“%(second)s”由同一单位办理。"),
    "effect_not_recorded": _("经过了“%(name)s”，却没有执行 %(topic)s。"),
    # what the journal does not tell
    "not_in_version": _("案件所用的流程版本没有“%(element)s”，无从核对。"),
    "not_in_journal": _("日志没有记载“%(what)s”，无从核对。"),
    "other_rules": _("案件所用的流程版本早已换下，画图时还没有这条规则，无从核对。"),
    "other_calendar": _("“%(name)s”按当时的工作日历记为%(found)s，按现在的日历是%(wanted)s，无从核对。"),
    # otherwise than drawn
    "cannot_follow": _("日志的这一步在流程图上走不通：%(why)s。"),
    "task_not_opened": _("流程图上这时应当出现任务“%(name)s”，日志里没有。"),
    "task_not_drawn": _("日志里出现了任务“%(name)s”，流程图上这时没有。"),
    "effect_not_run": _("流程图上这时应当执行“%(name)s”（%(topic)s），日志里没有。"),
    "effect_not_drawn": _("日志里执行了“%(name)s”（%(topic)s），流程图上这时没有。"),
    "timer_not_set": _("流程图上这时应当开始计时“%(name)s”，日志里没有。"),
    "timer_not_drawn": _("日志里开始了计时“%(name)s”，流程图上这时没有。"),
    "ended_otherwise": _("日志里案件以“%(found)s”结束，按流程图应当是“%(wanted)s”。"),
}
PROBLEMS = {
    "not_contacted": _("没有用这种方式联系上的记录"), "unreachable_yet": _("联系的次数或者天数还不够"),
    "nothing_left": _("评价人没有留电话"), "has_contact": _("评价人留了电话"),
    "not_logged": _("次数和记录的不同"),
}
MOMENTS = ("due", "at", "found", "wanted", "latest")


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What was found; `facts` are those of the code, as the monitor gives them or as they were kept in JSON."""
    spoken = {name: ROLES[fact] if code == "other_role" and fact in ROLES else _spoken(name, fact)
              for name, fact in facts.items()}
    return filled(SENTENCES[code], spoken)


def _spoken(name: str, fact: object) -> object:
    if isinstance(fact, list):
        fact = tuple(fact)
    if name == "problem":
        return PROBLEMS[fact]
    if name in MOMENTS and not isinstance(fact, Mapping | tuple):
        return _moment(fact)
    return proof.WORDS[name](fact) if name in proof.WORDS else fact


def _moment(fact: object) -> object:
    """A moment by the clock of Shanghai; whatever is none, a day among it, as it is."""
    if isinstance(fact, str) and len(fact) > len("2026-01-01"):
        try:
            fact = moment(fact)
        except InvalidInput:
            return fact
    return f"{fact.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if isinstance(fact, datetime) else fact or gettext("无")

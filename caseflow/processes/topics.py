"""The named operations that a diagram's service tasks may call (camunda:topic), what each does, and which fields of
the forms it reads. The same tables stand in bpmn/README.md for those who draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.appeal_rules import GROUNDS
from caseflow.law.rating_levels import RATING_LEVELS

TOPICS: Mapping[str, str] = MappingProxyType({
    "open_file": "建档并通知承办单位和牵头单位（当日建档、当日反馈）",
    "notify_responsible": "通知承办单位",
    "escalate": "逾期：上报承办单位负责人和牵头单位，案件继续办理",
    "remind": "提醒承办人即将到期",
    "tell_rater": "通知负责联系的单位向评价人反馈整改结果",
    "return_for_rehandling": "退回重办（最多一次）并通知承办单位",
    "record_newest_rating": "记录评价人最新的评价",
    "void_rating": "评价不予采纳：保留记录，不计入统计；在申诉案件里，同时告知整改案件终止办理",
    "receive_appeal": "收到申诉，告知被评价单位",
    "return_for_evidence": "退回申诉人补充材料（最多一次）并通知",
    "uphold_appeal": "申诉成立：记录决定和理由，告知各方",
    "dismiss_appeal": "申诉不成立：记录决定和理由，告知各方；查实履职不到位的，记入年度考核",
    "record_reference": "记录省级系统更正的编号",
})


@dataclass(frozen=True, slots=True)
class Read:
    """A field whose newest answer in the case an effect takes. `types` are those its form may give it, `choices` what
    a choice may be (none named: whatever is drawn); `needed`: without it there is nothing to apply."""

    field: str
    words: str
    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    needed: bool = True


_REASONS = Read("reasons", "决定的理由", ("text", "string"))
FAILURE = Read("duty_failed", "是否查实履职不到位", ("boolean",), needed=False)
READS: Mapping[str, tuple[Read, ...]] = MappingProxyType({
    "record_newest_rating": (Read("newest_level", "评价人最新的评价等级", ("enum",), RATING_LEVELS),),
    "uphold_appeal": (_REASONS, Read("finding", "认定的理由", ("enum",), GROUNDS, needed=False)),
    "dismiss_appeal": (_REASONS, FAILURE),
    "record_reference": (Read("provincial_no", "省级系统更正的编号", ("string", "text")),),
})

# Beside the answer "unreachable", which the log of attempts has to bear out (raters.unreachable).
UNREACHABLE = "unreachable"
ATTEMPTS = Read("attempts", "联系次数", ("long",))
REASON = Read("unreachable_reason", "联系不上的原因", ("enum",))
# Process → the message that the system sends to its cases, and what does not happen where nothing awaits it.
MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "rectification": ("appeal_upheld", "申诉成立时整改不会终止"),
    "appeal": ("appeal_withdrawn", "申诉人不能撤回申诉"),
})

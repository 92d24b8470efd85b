"""The named operations that a diagram's service tasks may call (camunda:topic): all that is known of each.

An effect is applied once per visit, in the step that passed its service task. It answers facts; nothing leaves the
system here, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.casefile import kinds
from caseflow.casefile.effected import EffectApplied
from caseflow.casefile.facts import Fact
from caseflow.cases.effects import appeal, rectification
from caseflow.cases.effects.occasion import Occasion, Outcome
from caseflow.errors import StepFailed
from caseflow.law.appeal_rules import GROUNDS
from caseflow.law.rating_levels import RATING_LEVELS
from caseflow.processes.asked import Read


@dataclass(frozen=True, slots=True)
class Effect:
    """What a topic means, and what it does.

    `of_appeals`: whether only the review of an appeal has it; `once` says why it is refused a second time in a case;
    `reads` are the fields whose newest answers it has to know; `tells_rater`: whether the rater's office is told.
    """

    meaning: str
    apply: Callable[[Occasion], Outcome]
    of_appeals: bool = False
    once: str = ""
    reads: tuple[Read, ...] = ()
    tells_rater: bool = False


_REASONS = Read("reasons", "决定的理由", ("text", "string"))
FAILURE = Read("duty_failed", "是否查实履职不到位", ("boolean",), needed=False)
EFFECTS: Mapping[str, Effect] = MappingProxyType({
    "open_file": Effect(
        "建档并通知承办单位和牵头单位（当日建档、当日反馈）", rectification.open_file),
    "notify_responsible": Effect("通知承办单位", rectification.notify_responsible),
    "escalate": Effect("逾期：上报承办单位负责人和牵头单位，案件继续办理", rectification.escalate),
    "remind": Effect("提醒承办人即将到期", rectification.remind),
    "tell_rater": Effect("通知负责联系的单位向评价人反馈整改结果", rectification.tell_rater),
    "return_for_rehandling": Effect(
        "退回重办（最多一次）并通知承办单位", rectification.return_for_rehandling,
        once="A case is returned for rehandling at most once."),
    "record_newest_rating": Effect(
        "记录评价人最新的评价", rectification.record_newest_rating,
        reads=(Read("newest_level", "评价人最新的评价等级", ("enum",), RATING_LEVELS),)),
    "void_rating": Effect(
        "评价不予采纳：保留记录，不计入统计；在申诉案件里，同时告知整改案件终止办理", rectification.void),
    "receive_appeal": Effect("收到申诉，告知被评价单位", appeal.receive),
    "return_for_evidence": Effect(
        "退回申诉人补充材料（最多一次）并通知", appeal.return_for_evidence, of_appeals=True,
        once="An appeal is sent back for evidence at most once."),
    "uphold_appeal": Effect(
        "申诉成立：记录决定和理由，告知各方", appeal.uphold, of_appeals=True,
        reads=(_REASONS, Read("finding", "认定的理由", ("enum",), GROUNDS, needed=False)),
        tells_rater=True),
    "dismiss_appeal": Effect(
        "申诉不成立：记录决定和理由，告知各方；查实履职不到位的，记入年度考核", appeal.dismiss, of_appeals=True,
        reads=(_REASONS, FAILURE), tells_rater=True),
    "record_reference": Effect(
        "记录省级系统更正的编号", appeal.record_reference, of_appeals=True,
        reads=(Read("provincial_no", "省级系统更正的编号", ("string", "text")),)),
})
TOPICS: Mapping[str, str] = MappingProxyType({topic: effect.meaning for topic, effect in EFFECTS.items()})


def find(kind: str, topic: str) -> Effect | None:
    """What this topic does in a case of this kind: its kind's own effect before that of all, None for an unknown."""
    return kinds.effects_of(kind).get(topic) or EFFECTS.get(topic)


def apply(occasion: Occasion, applied: Collection[str]) -> tuple[Fact, ...]:
    """What the effect comes to; `applied` are the topics that the case has had before.

    StepFailed for an unknown topic (the gate lets none pass), for what is possible once, and in a case of another kind.
    """
    call, effect = occasion.call, find(occasion.case.kind, occasion.call.topic)
    if effect is None:
        raise StepFailed(f"No effect is registered as {call.topic!r}.", element=call.element)
    if effect.once and call.topic in applied:
        raise StepFailed(effect.once, element=call.element)
    if effect.of_appeals and occasion.appeal is None:
        raise StepFailed("This effect belongs to an appeal.", element=call.element)
    outcome = effect.apply(occasion)
    return *outcome.facts, EffectApplied(call.topic, call.element, call.token, outcome.details)

"""The named operations that a diagram's service tasks may call (camunda:topic): all that is known of each.

An effect is applied once per visit, in the step that passed its service task. It answers facts; nothing leaves the
system here, and nothing is read. A kind of case may apply a topic in its own way: an appeal's `void_rating` also tells
the rectification (appeals/kind.py). `find` answers what holds in a case.
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
from caseflow.law.rating_levels import RATING_LEVELS
from caseflow.processes.asked import FINDING, REPLACING, Read


@dataclass(frozen=True, slots=True)
class Effect:
    """What a topic does.

    `of_appeals`: whether only the review of an appeal has it; `once` says why it is refused a second time in a case;
    `after` are topics of which one must have run before; `reads` are the fields whose newest answers it has to know;
    `tells_rater`: whether the rater's office is told. That no path of a diagram leads to an effect without what it
    needs is proven before it is deployed (workshop/proving.py).
    """

    apply: Callable[[Occasion], Outcome]
    of_appeals: bool = False
    once: str = ""
    after: tuple[str, ...] = ()
    reads: tuple[Read, ...] = ()
    tells_rater: bool = False


_REASONS = Read("reasons", ("text", "string"))
FAILURE = Read("duty_failed", ("boolean",), needed=False)
OPINION = Read("opinion", ("text", "string"), needed=False, when=(FAILURE.field, "true"))
EFFECTS: Mapping[str, Effect] = MappingProxyType({
    "open_file": Effect(rectification.open_file),
    "notify_responsible": Effect(rectification.notify_responsible),
    "escalate": Effect(rectification.escalate),
    "remind": Effect(rectification.remind),
    "tell_rater": Effect(rectification.tell_rater),
    "return_for_rehandling": Effect(
        rectification.return_for_rehandling, once="A case is returned for rehandling at most once.",
        reads=(Read("newest_level", ("enum",), RATING_LEVELS, needed=False),)),
    "record_newest_rating": Effect(
        rectification.record_newest_rating, reads=(Read("newest_level", ("enum",), RATING_LEVELS),)),
    REPLACING: Effect(
        rectification.replace_rating, reads=(Read("newest_level", ("enum",), RATING_LEVELS, good=True),)),
    "void_rating": Effect(rectification.void),
    "receive_appeal": Effect(appeal.receive),
    "return_for_evidence": Effect(
        appeal.return_for_evidence, of_appeals=True, once="An appeal is sent back for evidence at most once."),
    "uphold_appeal": Effect(
        appeal.uphold, of_appeals=True, reads=(_REASONS, FINDING), tells_rater=True),
    "dismiss_appeal": Effect(appeal.dismiss, of_appeals=True, reads=(_REASONS, FAILURE, OPINION), tells_rater=True),
    "record_reference": Effect(
        appeal.record_reference, of_appeals=True, reads=(Read("provincial_no", ("string", "text")),)),
})
TOPICS = frozenset(EFFECTS)


def find(kind: str, topic: str) -> Effect | None:
    """What this topic does in a case of this kind: its kind's own effect before that of all, None for an unknown."""
    return kinds.effects_of(kind).get(topic) or EFFECTS.get(topic)


def apply(occasion: Occasion, applied: Collection[str]) -> tuple[Fact, ...]:
    """What the effect comes to; `applied` are the topics that the case has had before.

    StepFailed for an unknown topic (the gate lets none pass), for what is possible once, before what it comes after,
    and in a case of another kind.
    """
    call, effect = occasion.call, find(occasion.case.kind, occasion.call.topic)
    if effect is None:
        raise StepFailed(f"No effect is registered as {call.topic!r}.", element=call.element)
    if effect.once and call.topic in applied:
        raise StepFailed(effect.once, element=call.element)
    if effect.after and not set(effect.after) & set(applied):
        raise StepFailed(f"{call.topic} comes after {' or '.join(effect.after)}.", element=call.element)
    if effect.of_appeals and occasion.appeal is None:
        raise StepFailed("This effect belongs to an appeal.", element=call.element)
    outcome = effect.apply(occasion)
    return *outcome.facts, EffectApplied(call.topic, call.element, call.token, outcome.details)

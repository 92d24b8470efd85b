"""The named operations that a diagram's service tasks may call (camunda:topic). One function each; what only cases of
one kind have, the kind brings (casefile/kinds.py).

An effect is applied once per visit, in the transaction of the step that passed its service task. It writes
rows and outbox messages; nothing leaves the system here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from caseflow.casefile import journal, kinds, store
from caseflow.cases.effects import appeal
from caseflow.cases.effects.occasion import Occasion
from caseflow.cases.effects.rectification import (
    escalate,
    notify_responsible,
    open_file,
    record_newest_rating,
    remind,
    return_for_rehandling,
    tell_rater,
    void,
)
from caseflow.errors import StepFailed


def apply(occasion: Occasion) -> None:
    """Apply the effect once; journaled as effect_applied. An unknown topic, or one that only cases of another kind
    have, is StepFailed."""
    call, case = occasion.call, occasion.case
    effect = kinds.of(case.kind).effects.get(call.topic) or _EFFECTS.get(call.topic)
    if effect is None:
        raise StepFailed(f"No effect of such a case is registered as {call.topic!r}.", element=call.element)
    details = effect(occasion) or {}
    store.INSERT_EFFECT.write(case_id=case.id, token=call.token, topic=call.topic, applied_at=occasion.now)
    journal.append(case, "effect_applied", occasion.actor, occasion.now,
                   {"topic": call.topic, "element": call.element, "token": call.token, **details})


_EFFECTS: Mapping[str, Callable[[Occasion], dict | None]] = MappingProxyType({
    "open_file": open_file,
    "notify_responsible": notify_responsible,
    "escalate": escalate,
    "remind": remind,
    "tell_rater": tell_rater,
    "return_for_rehandling": return_for_rehandling,
    "record_newest_rating": record_newest_rating,
    "void_rating": void,
    "receive_appeal": appeal.receive,
})

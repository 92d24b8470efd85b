"""The named operations that a diagram's service tasks may call (camunda:topic). One function each.

An effect is applied once per visit, in the transaction of the step that passed its service task. It writes
rows and outbox messages; nothing leaves the system here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from caseflow import appeal_effects
from caseflow.casefile import journal, store, submissions
from caseflow.casefile.hand import HeldCase
from caseflow.engine.values import EffectCall
from caseflow.errors import StepFailed
from caseflow.law.regulation_file import Regulation
from caseflow.models import AppliedEffect, NewestRating, db
from caseflow.notices import outbox
from caseflow.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class Occasion:
    """In which case, under which regulation, when and through whom an effect is applied. `name` is the task's."""

    case: HeldCase
    regulation: Regulation
    units: Mapping[str, int]     # unit key → id, "responsible" included
    call: EffectCall
    name: str
    actor: Actor
    now: datetime


def apply(occasion: Occasion) -> None:
    """Apply the effect once; journaled as effect_applied. An unknown topic is StepFailed: the gate lets none pass."""
    call, case = occasion.call, occasion.case
    effect = _EFFECTS.get(call.topic)
    if effect is None:
        raise StepFailed(f"No effect is registered as {call.topic!r}.", element=call.element)
    details = effect(occasion) or {}
    store.INSERT_EFFECT.write(case_id=case.id, token=call.token, topic=call.topic, applied_at=occasion.now)
    journal.append(case, "effect_applied", occasion.actor, occasion.now,
                   {"topic": call.topic, "element": call.element, "token": call.token, **details})


def _tell(occasion: Occasion, kind: str, unit: str, role: str) -> None:
    case, call = occasion.case, occasion.call
    unit_id = occasion.units[unit]
    outbox.send(
        f"{case.id}:{call.token}:{kind}:{unit}:{role}", kind, case=case, unit_id=unit_id, role=role,
        details={"number": case.number, "element": call.element, "name": occasion.name}, now=occasion.now)


def _open_file(occasion: Occasion) -> dict:
    _tell(occasion, "file_opened", "responsible", "officer")
    _tell(occasion, "file_opened", occasion.regulation.lead, "officer")
    return {"number": occasion.case.number}


def _notify_responsible(occasion: Occasion) -> None:
    _tell(occasion, "task_waiting", "responsible", "officer")


def _escalate(occasion: Occasion) -> None:
    _tell(occasion, "overdue", "responsible", "supervisor")
    _tell(occasion, "overdue", occasion.regulation.lead, "supervisor")


def _remind(occasion: Occasion) -> None:
    _tell(occasion, "due_soon", "responsible", "officer")


def _tell_rater(occasion: Occasion) -> None:
    offices = [key for key in occasion.units if occasion.regulation.contacts_raters(key)]
    for unit in offices or ["responsible"]:
        _tell(occasion, "feedback_due", unit, "officer")


def _return_for_rehandling(occasion: Occasion) -> None:
    earlier = select(AppliedEffect.token).where(
        AppliedEffect.case_id == occasion.case.id, AppliedEffect.topic == "return_for_rehandling")
    if db.session.scalar(earlier.limit(1)) is not None:
        raise StepFailed("A case is returned for rehandling at most once (HN-15).", element=occasion.call.element)
    _tell(occasion, "returned", "responsible", "officer")


def _record_newest_rating(occasion: Occasion) -> dict:
    level = submissions.latest(occasion.case.id, "newest_level")
    if level is None:
        raise StepFailed("No form of this case has asked for the newest rating.", element=occasion.call.element)
    db.session.add(NewestRating(rating_id=occasion.case.rating_id, case_id=occasion.case.id, token=occasion.call.token,
                                level=level, recorded_at=occasion.now))
    return {"level": level}


_EFFECTS: Mapping[str, Callable[[Occasion], dict | None]] = MappingProxyType({
    "open_file": _open_file,
    "notify_responsible": _notify_responsible,
    "escalate": _escalate,
    "remind": _remind,
    "tell_rater": _tell_rater,
    "return_for_rehandling": _return_for_rehandling,
    "record_newest_rating": _record_newest_rating,
    "void_rating": appeal_effects.void,
    "receive_appeal": appeal_effects.receive,
    "return_for_evidence": appeal_effects.return_for_evidence,
    "uphold_appeal": appeal_effects.uphold,
    "dismiss_appeal": appeal_effects.dismiss,
    "record_reference": appeal_effects.record_reference,
})

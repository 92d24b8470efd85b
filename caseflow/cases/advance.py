"""One step of one case in the database: what it is judged by is read once, and what it comes to is noted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import holding, journal, kinds, readings, store, submissions
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.cases import clock_entries, fold
from caseflow.cases.effects import registry
from caseflow.cases.effects.occasion import FiledAppeal
from caseflow.cases.effects.registry import Effect
from caseflow.cases.fold import Known
from caseflow.engine.definition import Definition
from caseflow.engine.values import Step
from caseflow.law import calendars, regulations
from caseflow.law.regulation_file import Regulation
from caseflow.models import Appeal, AppliedEffect, Rating, ServiceRecord, db
from caseflow.moments import day_of
from caseflow.notices import outbox
from caseflow.people import branches
from caseflow.people.permissions import Actor
from caseflow.raters import telling


@dataclass(frozen=True, slots=True)
class Advance:
    """One step of one case, as it is being recorded: who caused it, when, under which process."""

    case: HeldCase
    definition: Definition
    regulation: Regulation
    actor: Actor
    now: datetime


def record(case: HeldCase, definition: Definition, step: Step, actor: Actor, now: datetime) -> None:
    """Store the state and make work items, timers, messages, effects and summary follow it; journal all of it."""
    follow(Advance(case, definition, regulations.get(case.regulation), actor, now), step)
    holding.save(case)


def follow(advance: Advance, step: Step) -> None:
    """The same, noted in the held case and not written yet."""
    keep(advance.case, fold.fold(advance.case, step, known(advance, step), advance.now), advance.actor, advance.now)


def keep(case: HeldCase, facts: Iterable[Fact], actor: Actor, now: datetime) -> None:
    """Let the case in hand follow these facts and note their rows, notices and journal entries for `save`."""
    facts = tuple(facts)
    for fact in facts:
        fact.move(case)
    store.write(case, facts, actor, now)
    outbox.write(case, facts, now)
    journal.write(case, facts, actor, now)


def known(advance: Advance, step: Step) -> Known:
    """What this step of this case is judged by: no statement for what it does not need."""
    case, definition, regulation = advance.case, advance.definition, advance.regulation
    waiting = {timer.token for timer in step.timers}
    begun = bool(waiting - case.timers.keys())
    opened = {definition.user_tasks[task.element].unit for task in step.tasks if task.token not in case.items}
    found = (registry.find(case.kind, call.topic) for call in step.effects)
    effects = [effect for effect in found if effect is not None]
    return Known(
        definition, regulation,
        branches.offices_of(case, regulation, day_of(advance.now)) if step.effects or opened - {"responsible"}
        else {"responsible": case.unit_id},
        calendars.load(regulation.calendar) if begun else None,
        clock_entries.stopping_appeals(case, regulation) if begun else (),
        {timer.token: clock_entries.last_of(case, timer.token) for timer in (
            *case.timers.values(), *case.fired.values()) if timer.stopped and timer.token not in waiting},
        _applied(case) if any(effect.once or effect.after for effect in effects) else frozenset(),
        submissions.newest(case.id) if any(effect.reads for effect in effects) else {},
        _appeal(case, effects) if any(effect.of_appeals for effect in effects) else None,
        step.ended and kinds.of(case.kind).voidable and readings.is_voided(case.rating_id))


def _applied(case: HeldCase) -> frozenset[str]:
    return frozenset(db.session.scalars(select(AppliedEffect.topic).where(AppliedEffect.case_id == case.id)))


def _appeal(case: HeldCase, effects: Iterable[Effect]) -> FiledAppeal | None:
    """The appeal of this case, if it is one, with the office that tells the rater where an effect does."""
    found = db.session.execute(select(Appeal, ServiceRecord.handler_no).join(Appeal.rating).join(Rating.service).where(
        Appeal.case_id == case.id)).one_or_none()
    if found is None:
        return None
    appeal, handler_no = found
    teller = telling.teller_of(appeal) if any(effect.tells_rater for effect in effects) else None
    told = (appeal.rectification.id, appeal.rectification.number) if teller is not None else None
    return FiledAppeal(appeal.id, appeal.party.startswith("staff:"), appeal.appellant_id, appeal.unit_id, handler_no,
                       told, teller)

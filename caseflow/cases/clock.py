"""Stopping and restarting the clock of a case, and extending a deadline (中止计时、恢复计时、延期).

What is agreed stands beside the statutory date, which stays and by which what is late is late; the reminders of the
ladder wait for it. Nothing is agreed once the statutory date has passed; what stood still then runs on from a restart.
Each operation is one transaction with the case: ledger, timers, work items, journal and notices. Who may, for what and
how often are parameters in regulation.toml. `seen` is the number of the case's last journal entry that whoever decided
had before them: when the case has moved on since, ConcurrentUpdate refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from caseflow.casefile import holding, journal
from caseflow.casefile.agreed import ClockRestarted, ClockStopped, DeadlineExtended
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import FIRED, HeldCase
from caseflow.cases import advance, agreeable, clock_entries, due, standstill
from caseflow.cases.standstill import Clock
from caseflow.engine.definition import Definition
from caseflow.errors import (
    ConcurrentUpdate,
    DeadlineOver,
    ExtensionsUsedUp,
    LimitStays,
    NotFound,
    PermissionDenied,
)
from caseflow.law import calendars, regulations, time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.models import Case, DeadlineEntry, Timer, db
from caseflow.moments import day_of, is_over
from caseflow.notices import outbox
from caseflow.people import branches, permissions
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.processes import deployed


@dataclass(frozen=True, slots=True)
class _Change:
    """A case in hand beside whose deadlines something is agreed, with the rows of those that wait or stand still, and
    their ledgers."""

    case: HeldCase
    definition: Definition
    regulation: Regulation
    calendar: Calendar
    timers: tuple[Timer, ...]
    ledgers: Mapping[int, list[DeadlineEntry]]
    actor: Actor
    now: datetime


def stop(case_id: int, actor: Actor, category: str, reason: str, now: datetime, *, seen: int | None = None) -> None:
    """Let the agreed time of the case stand still, and keep what remains beside each deadline.

    `category` is one of the regulation's. Refuses with NotFound, PermissionDenied, InvalidInput, ClockNotRunning,
    LimitStays when only the first contact or what is no limit of a task waits, or DeadlineOver when every one that
    runs is over already. Journaled as clock_stopped.
    """
    change = _begin(case_id, actor, now, seen)
    rules = change.regulation.clock
    _require(change, rules.by if rules else "nobody")
    standstill.require_words(reason, category="" if category in rules.categories else "unknown")
    facts = standstill.stop(_clocks(change), change.calendar, category, reason.strip(), now)
    _finish(change, *ClockStopped(category, reason.strip(), standstill.changed(facts)).entry, facts)


def restart(case_id: int, actor: Actor, reason: str, now: datetime, *, seen: int | None = None) -> datetime | None:
    """End a stop by hand; the earliest due moment, None while an appeal keeps the clock from running again.

    Refuses with NotFound, PermissionDenied, InvalidInput or ClockNotStopped (details: `reason` "appeal" when only an
    appeal under review stops it: its decision or withdrawal lets it run). Journaled as clock_restarted.
    """
    change = _begin(case_id, actor, now, seen)
    _require(change, change.regulation.clock.by if change.regulation.clock else "nobody")
    standstill.require_words(reason)
    facts = standstill.restart(_clocks(change), change.calendar, reason.strip(), now)
    return _restart(change, facts, reason.strip(), {})


def stop_for_appeal(case_id: int, appeal_id: int, number: str, now: datetime) -> None:
    """An appeal was filed and the regulation stops the clock meanwhile: what runs in time stands still, what stands
    still by hand stands still for the appeal too. Journaled as clock_stopped, by the system."""
    change = _take(case_id, SYSTEM, now)
    if change.case.status != "open":
        return
    category, facts = standstill.by_appeal(appeal_id), []
    for clock in _clocks(change):
        if clock.stays:
            continue
        if clock.timer.stopped:
            facts.append(standstill.hold(clock, category, number, now))
        elif not is_over(clock.timer.due_at, now):
            facts += standstill.halt(clock, change.calendar, category, number, now)
    tokens = standstill.changed(facts)
    _finish(change, *ClockStopped(category, number, tokens, appeal_id).entry, facts, tell=bool(tokens))


def restart_for_appeal(case_id: int, appeal_id: int, number: str, now: datetime) -> None:
    """The appeal is over: what it alone held runs again with what was left, what a hand stopped stands still on.

    Journaled as clock_restarted, by the system, when the appeal held anything.
    """
    change, category = _take(case_id, SYSTEM, now), standstill.by_appeal(appeal_id)
    kept = [clock for clock in _clocks(change) if category in standstill.holders(clock.ledger)]
    if kept:
        facts = standstill.release(kept, change.calendar, category, number, now)
        _restart(change, facts, number, {"appeal": appeal_id, "number": number})


def _clocks(change: _Change) -> list[Clock]:
    """The timers that wait or stand still, each with its ledger, by token."""
    return [_clock(change, timer) for timer in change.timers]


def _clock(change: _Change, timer: Timer) -> Clock:
    case = change.case
    held = case.timers.get(timer.token) or case.fired[timer.element]
    return Clock(held, clock_entries.given_of(timer, change.regulation), change.ledgers[timer.token],
                 agreeable.refused(change.definition, change.regulation, timer.element))


def _restart(change: _Change, facts: Sequence[Fact], reason: str, further: dict) -> datetime | None:
    """Let these deadlines run again; the earliest due moment, None when none does."""
    due_at = standstill.earliest(facts)
    kind, details = ClockRestarted(reason, due_at, standstill.changed(facts)).entry
    _finish(change, kind, details | further, facts, tell=due_at is not None)
    return due_at


def extend(case_id: int, token: int, days: int, actor: Actor, reason: str, now: datetime, *,
           seen: int | None = None) -> datetime | None:
    """Agree on so many working days more beside a deadline; the agreed moment, None while its clock stands still.

    Refuses with NotFound, PermissionDenied, InvalidInput, LimitStays, DeadlineOver or ExtensionsUsedUp. The office
    that is in contact with the rater is told, if the parameters say so. Journaled as deadline_extended.
    """
    change = _begin(case_id, actor, now, seen)
    rules = change.regulation.extension
    _require(change, rules.by if rules else "nobody")
    timer = _extendable(change, token)
    standstill.require_words(reason, days="" if 1 <= days <= rules.longest else "out_of_range")
    earlier = _times_extended(change, token)
    if earlier >= rules.most_times:
        raise ExtensionsUsedUp
    clock = _clock(change, timer)
    facts = standstill.extend(
        clock, change.calendar, time_account.amount_of(days, clock.given), reason.strip(), now)
    if rules.tell_rater:
        _tell_contact(change, f"{token}:extended:{earlier + 1}")
    due_at = standstill.earliest(facts)
    _finish(change, *DeadlineExtended(timer.element, token, days, reason.strip(), due_at).entry, facts)
    return due_at


def ask_for_extension(case_id: int, token: int, days: int, actor: Actor, reason: str, now: datetime, *,
                      seen: int | None = None) -> None:
    """Ask those who may extend a deadline to do so, before it is over. Journaled as extension_asked.

    Whoever may do a task of the case now may ask. Refuses like `extend`.
    """
    change = _begin(case_id, actor, now, seen)
    rules = change.regulation.extension
    if not rules or rules.by == "nobody" or not any(
            permissions.may_work(actor, item) for item in change.case.items.values()):
        raise PermissionDenied
    _extendable(change, token)
    standstill.require_words(reason, days="" if 1 <= days <= rules.longest else "out_of_range")
    earlier = _times_extended(change, token)
    if earlier >= rules.most_times:
        raise ExtensionsUsedUp
    lead = permissions.lead_of(change.case)
    for unit_id in {lead, change.case.unit_id} if rules.by == "unit" else {lead}:
        _send(change, f"{token}:asked:{change.case.journal_seq}", "extension_asked", unit_id, "supervisor")
    journal.append(change.case, "extension_asked", actor, now, {
        "element": change.case.timers[token].element, "token": token, "days": days, "reason": reason.strip()})
    holding.save(change.case)


def may_change(case: Case | HeldCase, actor: Actor, by: str | None) -> bool:
    """Whether the actor is one of those who decide (`by` of the regulation's rules)."""
    if by in (None, "nobody"):
        return False
    if actor.is_system:
        return True
    return permissions.may_supervise(actor, case) if by == "unit" else permissions.leads(actor, case)


def _begin(case_id: int, actor: Actor, now: datetime, seen: int | None) -> _Change:
    change = _take(case_id, actor, now)
    permissions.require_see(actor, change.case)
    if seen not in (None, change.case.journal_seq):
        raise ConcurrentUpdate
    return change


def _take(case_id: int, actor: Actor, now: datetime) -> _Change:
    case = holding.hold(case_id)
    regulation = regulations.get(case.regulation)
    timers = db.session.scalars(select(Timer).where(
        Timer.case_id == case_id, or_(Timer.status == "pending", and_(Timer.status == FIRED, Timer.clock_stopped)))
        .order_by(Timer.token).execution_options(populate_existing=True)).all()
    return _Change(case, deployed.by_digest(case.definition), regulation, calendars.load(regulation.calendar),
                   tuple(timers), clock_entries.of_case(case_id), actor, now)


def _require(change: _Change, by: str) -> None:
    if not may_change(change.case, change.actor, by):
        raise PermissionDenied


def _extendable(change: _Change, token: int) -> Timer:
    timer = next((timer for timer in change.timers if timer.token == token), None)
    if timer is None:
        fired = select(Timer.id).where(Timer.case_id == change.case.id, Timer.token == token)
        raise DeadlineOver if db.session.scalar(fired) else NotFound
    stays = agreeable.refused(change.definition, change.regulation, timer.element)
    if stays:
        raise LimitStays(reason=stays)
    if is_over(timer.due_at, change.now):
        raise DeadlineOver
    return timer


def _times_extended(change: _Change, token: int) -> int:
    return sum(entry.kind == "extended" for entry in change.ledgers[token])


def _finish(change: _Change, kind: str, details: dict, facts: Iterable[Fact] = (), *, tell: bool = True) -> None:
    """Let timers and items follow, tell those whose tasks are concerned, journal and write it all."""
    case = change.case
    advance.keep(case, facts, change.actor, change.now)
    due.follow(case, change.actor, change.now)
    for unit_id, role in {(item.unit_id, item.role) for item in case.items.values()} if tell else ():
        _send(change, f"{kind}:{case.journal_seq}", kind, unit_id, role)
    journal.append(case, kind, change.actor, change.now, details)
    holding.save(case)


def _tell_contact(change: _Change, what: str) -> None:
    """Whoever is in contact with the rater has to tell them (HN-14: the platform; else the responsible unit)."""
    units = branches.offices_of(change.case, change.regulation, day_of(change.now))
    office = change.regulation.contact_office or "responsible"
    _send(change, what, "tell_rater_of_extension", units[office], "officer")


def _send(change: _Change, what: str, kind: str, unit_id: int, role: str) -> None:
    case = change.case
    outbox.send(f"{case.id}:{what}:{unit_id}:{role}", kind, case=case, unit_id=unit_id, role=role,
                 details={"number": case.number, "name": case.step}, now=change.now)

"""Stopping and restarting the clock of a case, and extending a deadline (中止计时、恢复计时、延期).

Each operation is one transaction with the case: ledger, timers, work items, the scheduler's next look, journal and
notices. Who may, for what and how often are parameters in regulation.toml. `seen` is the number of the case's last
journal entry that whoever decided had before them: when the case has moved on since, ConcurrentUpdate refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from caseflow import texts
from caseflow.casefile import journal, store
from caseflow.casefile import offices as casefile_offices
from caseflow.casefile.hand import HeldCase
from caseflow.cases import clock_entries, due
from caseflow.errors import (
    ClockNotRunning,
    ClockNotStopped,
    ConcurrentUpdate,
    DeadlineOver,
    ExtensionsUsedUp,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from caseflow.law import calendars, regulations, time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.models import Case, DeadlineEntry, Timer, db, work
from caseflow.notices import outbox
from caseflow.people import permissions
from caseflow.people.permissions import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class _Change:
    """A case in hand whose deadlines are being changed, with the rows of its waiting timers and their ledgers."""

    case: HeldCase
    regulation: Regulation
    calendar: Calendar
    timers: tuple[Timer, ...]
    ledgers: Mapping[int, list[DeadlineEntry]]
    actor: Actor
    now: datetime


def stop(case_id: int, actor: Actor, category: str, reason: str, now: datetime, *, seen: int | None = None) -> None:
    """Let the clock of the case stand still: no deadline of it fires, and what remains of each is kept.

    `category` is one of the regulation's. Refuses with NotFound, PermissionDenied, InvalidInput, ClockNotRunning, or
    DeadlineOver when every one that runs is over already. Journaled as clock_stopped.
    """
    change = _begin(case_id, actor, now, seen)
    rules = change.regulation.clock
    _require(change, rules.by if rules else "nobody")
    _require_words(reason, category="" if category in rules.categories else "unknown")
    running = [timer for timer in change.timers if timer.status == "pending"]
    if not running:
        raise ClockNotRunning
    in_time = [timer for timer in running if now <= timer.due_at]
    if not in_time:
        raise DeadlineOver
    for timer in in_time:
        _stop(change, timer, category, reason.strip())
    _finish(change, "clock_stopped", {"category": category, "reason": reason.strip(),
                                      "tokens": [timer.token for timer in in_time]})


def restart(case_id: int, actor: Actor, reason: str, now: datetime, *, seen: int | None = None) -> datetime | None:
    """End a stop by hand; the earliest due moment, None while an appeal keeps the clock from running again.

    Refuses with NotFound, PermissionDenied, InvalidInput or ClockNotStopped (details: `reason` "appeal" when only an
    appeal under review stops it: its decision or withdrawal lets it run). Journaled as clock_restarted.
    """
    change = _begin(case_id, actor, now, seen)
    _require(change, change.regulation.clock.by if change.regulation.clock else "nobody")
    _require_words(reason)
    stopped = [timer for timer in change.timers if timer.status == "stopped"]
    if not stopped:
        raise ClockNotStopped
    by_hand = [timer for timer in stopped if clock_entries.BY_HAND in _holders(change, timer)]
    if not by_hand:
        raise ClockNotStopped(reason="appeal")
    return _restart(change, by_hand, clock_entries.BY_HAND, {"reason": reason.strip()})


def stop_for_appeal(case_id: int, appeal_id: int, number: str, now: datetime) -> None:
    """An appeal was filed and the regulation stops the clock meanwhile: what runs in time stands still, what stands
    still by hand stands still for the appeal too. Journaled as clock_stopped, by the system."""
    change = _take(case_id, SYSTEM, now)
    if change.case.status != "open":
        return
    category, tokens = clock_entries.by_appeal(appeal_id), []
    for timer in change.timers:
        if timer.status == "stopped":
            _note(change, timer, "held", category=category, reason=number)
        elif now <= timer.due_at:
            _stop(change, timer, category, number)
            tokens.append(timer.token)
    _finish(change, "clock_stopped", {"appeal": appeal_id, "number": number, "tokens": tokens}, tell=bool(tokens))


def restart_for_appeal(case_id: int, appeal_id: int, number: str, now: datetime) -> None:
    """The appeal is over: what it alone held runs again with what was left, what a hand stopped stands still on.

    Journaled as clock_restarted, by the system, when the appeal held anything.
    """
    change, category = _take(case_id, SYSTEM, now), clock_entries.by_appeal(appeal_id)
    kept = [timer for timer in change.timers if category in _holders(change, timer)]
    if kept:
        _restart(change, kept, category, {"appeal": appeal_id, "number": number, "reason": number})


def _stop(change: _Change, timer: Timer, category: str, reason: str) -> None:
    used, remaining = time_account.parted(
        _given(change, timer), change.ledgers[timer.token], change.calendar, change.now)
    _note(change, timer, "stopped", amount=remaining, used=used, category=category, reason=reason)
    due.move(change.case, timer.token, timer.due_at, timer.provisional, change.calendar.version, stopped=True)


def _restart(change: _Change, timers: list[Timer], holder: str, details: dict) -> datetime | None:
    """Take one reason for standing still from these timers: those without another one run again."""
    category = "" if holder == clock_entries.BY_HAND else holder
    alone = [timer for timer in timers if _holders(change, timer) == {holder}]
    for timer in timers:
        entry = _note(change, timer, "restarted" if timer in alone else "released", category=category,
                      reason=details["reason"])
        if timer in alone:
            _settle(change, timer, entry)
    due_at = min((change.case.timers[timer.token].due_at for timer in alone), default=None)
    _finish(change, "clock_restarted", details | {
        "due_at": due_at.isoformat() if due_at else None, "tokens": [timer.token for timer in alone]},
        tell=due_at is not None)
    return due_at


def _holders(change: _Change, timer: Timer) -> set[str]:
    return clock_entries.holders(change.ledgers[timer.token])


def extend(case_id: int, token: int, days: int, actor: Actor, reason: str, now: datetime, *,
           seen: int | None = None) -> datetime | None:
    """Give a deadline so many working days more; its new due moment, None while its clock stands still.

    Refuses with NotFound, PermissionDenied, InvalidInput, DeadlineOver or ExtensionsUsedUp. The office that is in
    contact with the rater is told, if the parameters say so. Journaled as deadline_extended.
    """
    change = _begin(case_id, actor, now, seen)
    rules = change.regulation.extension
    _require(change, rules.by if rules else "nobody")
    timer = _extendable(change, token)
    _require_words(reason, days="" if 1 <= days <= rules.longest else "out_of_range")
    earlier = _times_extended(change, token)
    if earlier >= rules.most_times:
        raise ExtensionsUsedUp
    amount = time_account.amount_of(days, _given(change, timer))
    _settle(change, timer, _note(change, timer, "extended", amount=amount, reason=reason.strip()))
    if rules.tell_rater:
        _tell_contact(change, f"{token}:extended:{earlier + 1}")
    due_at = None if timer.status == "stopped" else change.case.timers[token].due_at
    _finish(change, "deadline_extended", {
        "element": timer.element, "token": token, "days": days, "reason": reason.strip(),
        "due_at": due_at.isoformat() if due_at else None})
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
    _require_words(reason, days="" if 1 <= days <= rules.longest else "out_of_range")
    earlier = _times_extended(change, token)
    if earlier >= rules.most_times:
        raise ExtensionsUsedUp
    lead = permissions.lead_of(change.case)
    for unit_id in {lead, change.case.unit_id} if rules.by == "unit" else {lead}:
        _send(change, f"{token}:asked:{change.case.journal_seq}", "extension_asked", unit_id, "supervisor")
    journal.append(change.case, "extension_asked", actor, now, {
        "element": change.case.timers[token].element, "token": token, "days": days, "reason": reason.strip()})
    store.save(change.case)


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
    case = store.hold(case_id)
    regulation = regulations.get(case.regulation)
    timers = db.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.status.in_(work.WAITING))
                                .order_by(Timer.token).execution_options(populate_existing=True))
    return _Change(case, regulation, calendars.load(regulation.calendar), tuple(timers),
                   clock_entries.of_case(case_id), actor, now)


def _require(change: _Change, by: str) -> None:
    if not may_change(change.case, change.actor, by):
        raise PermissionDenied


def _require_words(reason: str, **problems: str) -> None:
    found = {field: code for field, code in (*problems.items(), ("reason", texts.reason_problem(reason))) if code}
    if found:
        raise InvalidInput(fields=found)


def _extendable(change: _Change, token: int) -> Timer:
    timer = next((timer for timer in change.timers if timer.token == token), None)
    if timer is None:
        fired = select(Timer.id).where(Timer.case_id == change.case.id, Timer.token == token)
        raise DeadlineOver if db.session.scalar(fired) else NotFound
    if timer.status == "pending" and change.now > timer.due_at:
        raise DeadlineOver
    return timer


def _times_extended(change: _Change, token: int) -> int:
    return sum(entry.kind == "extended" for entry in change.ledgers[token])


def _given(change: _Change, timer: Timer) -> time_account.Given:
    return clock_entries.given_of(timer, change.regulation)


def _note(change: _Change, timer: Timer, kind: str, **values: object) -> DeadlineEntry:
    """The entry, with the due moment to which it leads."""
    entries = change.ledgers[timer.token]
    draft = DeadlineEntry(kind=kind, at=change.now, amount=values.get("amount", 0), used=values.get("used", 0))
    standing = time_account.standing(_given(change, timer), [*entries, draft], change.calendar, change.now)
    entry = clock_entries.note(
        change.case, timer.token, len(entries) + 1, kind, change.actor, change.now, due_at=standing.due_at, **values)
    entries.append(entry)
    return entry


def _settle(change: _Change, timer: Timer, entry: DeadlineEntry) -> None:
    standing = time_account.standing(
        _given(change, timer), change.ledgers[timer.token], change.calendar, change.now)
    due.move(change.case, timer.token, entry.due_at or timer.due_at, standing.provisional, change.calendar.version,
             stopped=entry.due_at is None)


def _finish(change: _Change, kind: str, details: dict, *, tell: bool = True) -> None:
    """Let items and schedule follow, tell those whose tasks are concerned, journal and write it all."""
    case = change.case
    due.follow(case)
    for unit_id, role in {(item.unit_id, item.role) for item in case.items.values()} if tell else ():
        _send(change, f"{kind}:{case.journal_seq}", kind, unit_id, role)
    journal.append(case, kind, change.actor, change.now, details)
    store.save(case)


def _tell_contact(change: _Change, what: str) -> None:
    """Whoever is in contact with the rater has to tell them (HN-14: the platform; else the responsible unit)."""
    units = casefile_offices.units_of(change.case)
    offices = [key for key in units if change.regulation.contacts_raters(key)] or ["responsible"]
    for key in offices:
        _send(change, what, "tell_rater_of_extension", units[key], "officer")


def _send(change: _Change, what: str, kind: str, unit_id: int, role: str) -> None:
    case = change.case
    outbox.send(f"{case.id}:{what}:{unit_id}:{role}", kind, case=case, unit_id=unit_id, role=role,
                 details={"number": case.number, "name": case.step}, now=change.now)

"""The rows of the deadline ledger: written together with a held case, read for one case or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow import deadline_ledger, deadlines
from caseflow.calendars import Calendar
from caseflow.deadline_ledger import Given, Standing
from caseflow.engine.values import DeadlineRule
from caseflow.models import DeadlineEntry, Timer, db, held
from caseflow.models.held import HeldCase, HeldStop
from caseflow.permissions import Actor
from caseflow.regulations import Regulation


def given_of(timer: Timer, regulation: Regulation) -> Given:
    """What a stored timer was given."""
    return Given(deadlines.rule_of(timer), timer.created_at, regulation.close_of_business)


def standing_of(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendar: Calendar,
                now: datetime) -> Standing:
    """How a stored timer stands by its ledger."""
    return deadline_ledger.standing(given_of(timer, regulation), entries, calendar, now)


def of_case(case_id: int) -> Mapping[int, list[DeadlineEntry]]:
    """The entries of each timer of the case, by token, in their order."""
    found: dict[int, list[DeadlineEntry]] = defaultdict(list)
    query = select(DeadlineEntry).where(DeadlineEntry.case_id == case_id)
    for entry in db.session.scalars(query.order_by(DeadlineEntry.token, DeadlineEntry.seq)):
        found[entry.token].append(entry)
    return found


def of_waiting() -> Mapping[tuple[int, int], list[DeadlineEntry]]:
    """The entries of all timers that wait, by case and token."""
    found: dict[tuple[int, int], list[DeadlineEntry]] = defaultdict(list)
    query = select(DeadlineEntry).join(Timer, (Timer.case_id == DeadlineEntry.case_id) & (
        Timer.token == DeadlineEntry.token)).where(Timer.status.in_(held.WAITING))
    for entry in db.session.scalars(query.order_by(DeadlineEntry.case_id, DeadlineEntry.token, DeadlineEntry.seq)):
        found[entry.case_id, entry.token].append(entry)
    return found


def note(case: HeldCase, token: int, seq: int, kind: str, actor: Actor, now: datetime, *, amount: int = 0,
         used: int = 0, category: str = "", reason: str = "", due_at: datetime | None = None) -> DeadlineEntry:
    """Have an entry written with the case; the entry as it will be."""
    values = {
        "case_id": case.id, "token": token, "seq": seq, "kind": kind, "at": now, "actor_id": actor.user_id,
        "actor": actor.name, "amount": amount, "used": used, "category": category, "reason": reason, "due_at": due_at}
    case.note(held.INSERT_DEADLINE_ENTRY, **values)
    if kind in held.STOPS:
        case.stops.append(HeldStop(token, seq, kind, now))
    return DeadlineEntry(**values)


def stood_still(stops: Iterable[HeldStop], now: datetime) -> list[tuple[datetime, datetime]]:
    """When clocks of a case stood still until now, from and to."""
    begun: dict[int, datetime] = {}
    intervals = []
    for stop in sorted(stops, key=lambda stop: (stop.token, stop.seq)):
        if stop.kind == "stopped":
            begun[stop.token] = stop.at
        else:
            intervals.append((begun.pop(stop.token), stop.at))
    return intervals + [(since, now) for since in begun.values()]


def carried(given: Given, stops: Sequence[HeldStop], calendar: Calendar, now: datetime) -> list[DeadlineEntry]:
    """What a timer set now gets of the time that clocks of its case stood still: one entry, or none.

    So the limits that count from the receipt of a rating move together, whichever of them stood still.
    """
    amount = deadline_ledger.stopped_between(given, stood_still(stops, now), calendar) if stops else 0
    return [DeadlineEntry(kind="carried", at=now, amount=amount, used=0)] if amount else []


def carry(case: HeldCase, token: int, rule: DeadlineRule, regulation: Regulation, calendar: Calendar, actor: Actor,
          now: datetime) -> Standing | None:
    """A new timer that counts from before the clock of its case stood still also gets that time; None: nothing to get.
    """
    given = Given(rule, now, regulation.close_of_business)
    entries = carried(given, case.stops, calendar, now)
    if not entries:
        return None
    standing = deadline_ledger.standing(given, entries, calendar, now)
    note(case, token, 1, "carried", actor, now, amount=entries[0].amount, due_at=standing.due_at)
    return standing


def granted(rule: DeadlineRule, entries: Iterable[DeadlineEntry], given: Given, now: datetime) -> list[DeadlineEntry]:
    """The extensions among these entries of a timer with this rule, as a timer set anew keeps them, in its own unit."""
    by_the_clock = rule.unit == "hours"
    kept = []
    for entry in entries:
        if entry.kind == "extended":
            days = entry.amount // deadline_ledger.HOURS_OF_A_DAY if by_the_clock else entry.amount
            amount = entry.amount if by_the_clock and given.by_the_clock else deadline_ledger.amount_of(days, given)
            kept.append(DeadlineEntry(kind="extended", at=now, amount=amount, used=0, reason=entry.reason))
    return kept


def end(case: HeldCase, token: int, actor: Actor, now: datetime) -> None:
    """The task of a stopped timer is over: its clock no longer stands still."""
    last = max(stop.seq for stop in case.stops if stop.token == token)
    later = db.session.scalars(select(DeadlineEntry.seq).where(
        DeadlineEntry.case_id == case.id, DeadlineEntry.token == token, DeadlineEntry.seq > last))
    note(case, token, max(later, default=last) + 1, "ended", actor, now)

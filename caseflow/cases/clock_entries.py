"""The rows of the deadline ledger: written together with a held case, read for one case or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import kinds, store
from caseflow.casefile.hand import HeldCase, HeldStop
from caseflow.engine.values import DeadlineRule
from caseflow.law import deadlines, time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given, Standing
from caseflow.law.working_days import Calendar
from caseflow.models import Appeal, Case, DeadlineEntry, Timer, db, work
from caseflow.people.permissions import Actor

BY_HAND = "by_hand"     # why a clock stands still: a supervisor's decision, or an appeal (by_appeal)


def given_of(timer: Timer, regulation: Regulation) -> Given:
    """What a stored timer was given."""
    return Given(deadlines.rule_of(timer), timer.created_at, regulation.close_of_business)


def standing_of(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendar: Calendar,
                now: datetime) -> Standing:
    """How a stored timer stands by its ledger."""
    return time_account.standing(given_of(timer, regulation), entries, calendar, now)


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
        Timer.token == DeadlineEntry.token)).where(Timer.status.in_(work.WAITING))
    for entry in db.session.scalars(query.order_by(DeadlineEntry.case_id, DeadlineEntry.token, DeadlineEntry.seq)):
        found[entry.case_id, entry.token].append(entry)
    return found


def note(case: HeldCase, token: int, seq: int, kind: str, actor: Actor, now: datetime, *, amount: int = 0,
         used: int = 0, category: str = "", reason: str = "", due_at: datetime | None = None) -> DeadlineEntry:
    """Have an entry written with the case; the entry as it will be."""
    values = {
        "case_id": case.id, "token": token, "seq": seq, "kind": kind, "at": now, "actor_id": actor.user_id,
        "actor": actor.name, "amount": amount, "used": used, "category": category, "reason": reason, "due_at": due_at}
    case.note(store.INSERT_DEADLINE_ENTRY, **values)
    if kind in store.STOPS:
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


def carried(given: Given, intervals: Sequence[tuple[datetime, datetime]], calendar: Calendar,
            now: datetime) -> list[DeadlineEntry]:
    """What a timer set now gets of the time that clocks of its case stood still (from and to): one entry, or none.

    So the limits that count from the receipt of a rating move together, whichever of them stood still.
    """
    amount = time_account.stopped_between(given, intervals, calendar) if intervals else 0
    return [DeadlineEntry(kind="carried", at=now, amount=amount, used=0)] if amount else []


def by_appeal(appeal_id: int) -> str:
    """The category of what an appeal under review does to a clock."""
    return f"appeal:{appeal_id}"


def holders(entries: Iterable[DeadlineEntry]) -> set[str]:
    """Why a clock stands still after these entries: BY_HAND, by_appeal(…), both; nothing while it runs."""
    found: set[str] = set()
    for entry in entries:
        of = entry.category if entry.category.startswith("appeal:") else BY_HAND
        if entry.kind in ("stopped", "held"):
            found.add(of)
        elif entry.kind == "released":
            found.discard(of)
        elif entry.kind in ("restarted", "ended"):
            found.clear()
    return found


def begin(case: HeldCase, token: int, rule: DeadlineRule, regulation: Regulation, calendar: Calendar, actor: Actor,
          now: datetime) -> tuple[Standing | None, bool]:
    """What a new timer of this case begins with: where it stands (None: as computed), and whether it stands still.

    It gets the time that clocks of its case stood still (`carried`); one that is set while an appeal stops the clock
    stands still from the beginning.
    """
    given = Given(rule, now, regulation.close_of_business)
    stopping = _stopping_appeals(case, regulation)
    intervals = stood_still(case.stops, now) + [(filed, over or now) for _, _, filed, over in stopping]
    entries, standing = carried(given, intervals, calendar, now), None
    if entries:
        standing = time_account.standing(given, entries, calendar, now)
        entries = [note(case, token, 1, "carried", actor, now, amount=entries[0].amount, due_at=standing.due_at)]
    waiting = [(by_appeal(appeal), number) for appeal, number, _, over in stopping if over is None]
    for category, number in waiting[:1]:
        used, remaining = time_account.parted(given, entries, calendar, now)
        note(case, token, len(entries) + 1, "stopped", actor, now, amount=remaining, used=used, category=category,
             reason=number)
    for further, (category, number) in enumerate(waiting[1:], len(entries) + 2):
        note(case, token, further, "held", actor, now, category=category, reason=number)
    return standing, bool(waiting)


def _stopping_appeals(case: HeldCase, regulation: Regulation) -> list[tuple[int, str, datetime, datetime | None]]:
    """(id, file number, filed, over) of the appeals against the rating of a case whose clock they stop."""
    if not kinds.of(case.kind).appealable or regulation.appeal is None or regulation.appeal.clock != "stops":
        return []
    return list(db.session.execute(select(Appeal.id, Case.number, Appeal.filed_at, Case.closed_at).join(
        Case, Case.id == Appeal.case_id).where(Appeal.rating_id == case.rating_id).order_by(Appeal.id)))


def granted(rule: DeadlineRule, entries: Iterable[DeadlineEntry], given: Given, now: datetime) -> list[DeadlineEntry]:
    """The extensions among these entries of a timer with this rule, as a timer set anew keeps them, in its own unit."""
    by_the_clock = rule.unit == "hours"
    kept = []
    for entry in entries:
        if entry.kind == "extended":
            days = entry.amount // time_account.HOURS_OF_A_DAY if by_the_clock else entry.amount
            amount = entry.amount if by_the_clock and given.by_the_clock else time_account.amount_of(days, given)
            kept.append(DeadlineEntry(kind="extended", at=now, amount=amount, used=0, reason=entry.reason))
    return kept


def end(case: HeldCase, token: int, actor: Actor, now: datetime) -> None:
    """The task of a stopped timer is over: its clock no longer stands still."""
    last = max(stop.seq for stop in case.stops if stop.token == token)
    later = db.session.scalars(select(DeadlineEntry.seq).where(
        DeadlineEntry.case_id == case.id, DeadlineEntry.token == token, DeadlineEntry.seq > last))
    note(case, token, max(later, default=last) + 1, "ended", actor, now)

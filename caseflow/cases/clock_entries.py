"""The rows of the deadline ledger, read for one case or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from caseflow.casefile import kinds
from caseflow.casefile.hand import FIRED, HeldCase
from caseflow.cases.standstill import StoppingAppeal
from caseflow.law import deadlines, time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given, Standing
from caseflow.law.working_days import Calendar
from caseflow.models import Appeal, Case, DeadlineEntry, Timer, db
from caseflow.models.cases import OPEN


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


def of_kept() -> Mapping[tuple[int, int], list[DeadlineEntry]]:
    """The entries of all timers (`kept`) that still matter, by case and token."""
    found: dict[tuple[int, int], list[DeadlineEntry]] = defaultdict(list)
    query = select(DeadlineEntry).join(Timer, (Timer.case_id == DeadlineEntry.case_id) & (
        Timer.token == DeadlineEntry.token)).join(Case, Case.id == Timer.case_id).where(kept())
    for entry in db.session.scalars(query.order_by(DeadlineEntry.case_id, DeadlineEntry.token, DeadlineEntry.seq)):
        found[entry.case_id, entry.token].append(entry)
    return found


def kept() -> ColumnElement[bool]:
    """Whether a timer waits, or is over in a case (joined) that goes on: then its task may still be open."""
    return or_(Timer.status == "pending", and_(Timer.status == FIRED, OPEN))


def agreed_of(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendar: Calendar,
              now: datetime, due_at: datetime) -> datetime | None:
    """The agreed moment that the ledger of a timer which is due then gives; None where it is no later. While the clock
    stands still, and once its task is over, what was agreed so far."""
    standing = standing_of(timer, entries, regulation, calendar, now)
    if standing.due_at is None:
        return timer.agreed_at
    return standing.due_at if standing.due_at > due_at else None


def stopping_appeals(case: HeldCase, regulation: Regulation) -> list[StoppingAppeal]:
    """The appeals against the rating of a case whose clock they stop."""
    if not kinds.of(case.kind).appealable or regulation.appeal is None or regulation.appeal.clock != "stops":
        return []
    rows = db.session.execute(select(Appeal.id, Case.number, Appeal.filed_at, Case.closed_at).join(
        Case, Case.id == Appeal.case_id).where(Appeal.rating_id == case.rating_id).order_by(Appeal.id))
    return [StoppingAppeal(*row) for row in rows]


def last_of(case: HeldCase, token: int) -> int:
    """The number of the last entry in the ledger of a timer that stands still."""
    last = max(stop.seq for stop in case.stops if stop.token == token)
    later = db.session.scalars(select(DeadlineEntry.seq).where(
        DeadlineEntry.case_id == case.id, DeadlineEntry.token == token, DeadlineEntry.seq > last))
    return max(later, default=last)

"""The rows of a case in hand: what each fact about it writes, in statements that are compiled once.

Nothing is written here: the rows are noted in the HeldCase, and `holding.save` sends each table its own at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import (
    ColumnCollection,
    Executable,
    bindparam,
    delete,
    select,
    update,
)

from caseflow.casefile import agreed, effected, facts
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.models.appeals import Appeal, AssessmentRecord
from caseflow.models.cases import Case, CaseUnit, NumberSequence, ProcessInstance, Submission
from caseflow.models.journal import JournalEntry
from caseflow.models.people import Unit
from caseflow.models.prepared import INSERTS, Prepared, inserting
from caseflow.models.ratings import NewestRating, Rating
from caseflow.models.work import (
    AppliedEffect,
    AwaitedMessage,
    DeadlineEntry,
    Draft,
    Timer,
    TimerFiring,
    WorkItem,
)

_case, _instance, _item = Case.__table__.c, ProcessInstance.__table__.c, WorkItem.__table__.c
_timer, _awaited, _entry = Timer.__table__.c, AwaitedMessage.__table__.c, DeadlineEntry.__table__.c


def _updating(columns: ColumnCollection, *names: str) -> Prepared:
    """These columns of the row of a case (parameter `case`) and token (parameter `of`)."""
    table = columns.token.table
    return Prepared(update(table).where(columns.case_id == bindparam("case"), columns.token == bindparam("of")).values(
        {name: bindparam(name) for name in names}))


_UPDATE_STATE = Prepared(update(ProcessInstance.__table__).where(_instance.case_id == bindparam("case")).values(
    {name: bindparam(name) for name in ("state", "state_digest", "ended")}))
_PIN = Prepared(update(ProcessInstance.__table__).where(_instance.case_id == bindparam("case")).values(
    definition=bindparam("definition")))

_INSERT_CASE = inserting(Case.__table__, without=["id"], returning="id")
_INSERT_STATE = inserting(ProcessInstance.__table__)
INSERT_UNIT = inserting(CaseUnit.__table__, or_nothing=True)
INSERT_SUBMISSION = inserting(Submission.__table__, without=["id"], returning="id")
INSERT_ENTRY = inserting(JournalEntry.__table__, without=["id"])
INSERT_ITEM = inserting(WorkItem.__table__, without=["id", "completed_at", "completed_by"])
CLOSE_ITEM = _updating(_item, "status", "completed_at", "completed_by")
HAND_ITEM = _updating(_item, "unit_id", "assignee_id", "stands_in")
MOVE_ITEM = _updating(_item, "name", "unit_id", "role", "assignee_id", "stands_in")
DATE_ITEM = _updating(_item, "due_at", "due_provisional", "agreed_at", "clock_stopped")
INSERT_TIMER = inserting(Timer.__table__, without=["id"])
END_TIMER = _updating(_timer, "status")
MOVE_TIMER = _updating(_timer, "interrupting")
DATE_TIMER = _updating(_timer, "due_at", "provisional", "calendar")
AGREE_TIMER = _updating(_timer, "agreed_at", "clock_stopped")
INSERT_DEADLINE_ENTRY = inserting(DeadlineEntry.__table__, without=["id"])
INSERT_FIRING = inserting(TimerFiring.__table__)
INSERT_EFFECT = inserting(AppliedEffect.__table__)
INSERT_NEWEST = inserting(NewestRating.__table__, without=["id"])
INSERT_FAILURE = inserting(AssessmentRecord.__table__, without=["id"])
VOID_RATING = Prepared(update(Rating.__table__).where(
    Rating.__table__.c.id == bindparam("rating"), Rating.__table__.c.voided_at.is_(None)).values(
    voided_at=bindparam("now")))
DECIDE_APPEAL = Prepared(update(Appeal.__table__).where(Appeal.__table__.c.case_id == bindparam("case")).values(
    {name: bindparam(name) for name in ("decision", "finding", "reasons", "decided_at", "decided_by")}))
KEEP_REFERENCE = Prepared(update(Appeal.__table__).where(Appeal.__table__.c.case_id == bindparam("case")).values(
    reference=bindparam("reference")))
INSERT_AWAITED = inserting(AwaitedMessage.__table__)
DELETE_AWAITED = Prepared(delete(AwaitedMessage.__table__).where(
    _awaited.case_id == bindparam("case"), _awaited.token == bindparam("of")))
DELETE_DRAFT = Prepared(delete(Draft.__table__).where(
    Draft.__table__.c.work_item_id == bindparam("item"), Draft.__table__.c.user_id == bindparam("user")))
TASK_OF = Prepared(select(_instance.definition, _item.element, _item.visit).join(
    WorkItem.__table__, _item.case_id == _instance.case_id).where(_item.id == bindparam("item")))
UNITS = Prepared(select(Unit.key, Unit.id).where(Unit.regulation == bindparam("regulation"), Unit.key.is_not(None)))
_due = select(_case.id, _case.next_due).where(
    _case.next_try <= bindparam("until"), _case.incident.is_(False)).order_by(
    _case.next_try, _case.id).limit(bindparam("limit"))
DUE = Prepared(_due)
CLAIM_DUE = Prepared(_due.with_for_update(of=Case.__table__, skip_locked=True))


@Prepared
def NEXT_NUMBER(dialect: str) -> Executable:
    """The next number under a key, from 1; its row stays locked to the end of the transaction."""
    table = NumberSequence.__table__
    counting = INSERTS[dialect](table).values(key=bindparam("key"), last=1)
    return counting.on_conflict_do_update(index_elements=["key"], set_={"last": table.c.last + 1}).returning(
        table.c.last)


def begin(*, number: str, kind: str, regulation: str, after_expiry: bool, rating_id: int | None, unit_id: int,
          opened_at: datetime, definition: str) -> HeldCase:
    """A new case, inserted at once for its id; everything else is written by `save`."""
    row = {
        "number": number, "kind": kind, "regulation": regulation, "after_expiry": after_expiry, "rating_id": rating_id,
        "unit_id": unit_id, "version": 0, "status": "open", "step": "", "outcome": None, "closed_at": None,
        "next_due": None, "next_try": None, "attempts": 0, "incident": False, "journal_seq": 0, "journal_head": ""}
    case_id, = _INSERT_CASE.first(**row, opened_at=opened_at)
    return HeldCase(case_id, **row, definition=definition, state=b"", ended=False)


def pin(case: HeldCase, definition: str) -> None:
    """Note that the case goes on under another version of its process."""
    case.definition = definition
    case.note(_PIN, case=case.id, definition=definition)


# --- facts --------------------------------------------------------------------------------------------------------


class _Who(Protocol):
    user_id: int | None
    name: str


def write(case: HeldCase, happened: Iterable[Fact], actor: _Who, now: datetime) -> None:
    """Note the rows of these facts, each read once, for `save`; what has none is passed over."""
    for fact in happened:
        row = _ROWS.get(type(fact))
        if row is not None:
            statement, values = row(case, fact, actor, now)
            case.note(statement, **values)


_Row = tuple[Prepared, dict[str, Any]]


def _state(case: HeldCase, fact: facts.StateKept, actor: _Who, now: datetime) -> _Row:
    values = {"state": fact.state, "state_digest": sha256(fact.state).hexdigest(), "ended": fact.ended}
    if case.version == 0:
        return _INSERT_STATE, {"case_id": case.id, "definition": case.definition, **values}
    return _UPDATE_STATE, {"case": case.id, **values}


def _timer_set(case: HeldCase, fact: facts.TimerSet, actor: _Who, now: datetime) -> _Row:
    timer, rule = fact.timer, fact.rule
    return INSERT_TIMER, {
        "case_id": case.id, "token": timer.token, "element": timer.element, "attached_to": timer.attached_to,
        "interrupting": fact.interrupting, "unit": rule.unit, "amount": rule.amount, "since": rule.since,
        "since_name": rule.since_name, "due_at": timer.due_at, "calendar": fact.calendar,
        "provisional": timer.provisional, "agreed_at": timer.agreed_at, "clock_stopped": timer.stopped,
        "status": "pending", "created_at": now}


def _timer_dated(case: HeldCase, fact: facts.TimerDated, actor: _Who, now: datetime) -> _Row:
    return DATE_TIMER, {
        "case": case.id, "of": fact.token, "due_at": fact.due_at, "provisional": fact.provisional,
        "calendar": fact.calendar}


def _ledger(case: HeldCase, fact: facts.LedgerKept, actor: _Who, now: datetime) -> _Row:
    return INSERT_DEADLINE_ENTRY, {
        "case_id": case.id, "token": fact.token, "seq": fact.seq, "kind": fact.kind, "at": fact.at,
        "actor_id": actor.user_id, "actor": actor.name, "amount": fact.amount, "used": fact.used,
        "category": fact.category, "reason": fact.reason, "due_at": fact.due_at}


def _task_opened(case: HeldCase, fact: facts.TaskOpened, actor: _Who, now: datetime) -> _Row:
    item = fact.item
    return INSERT_ITEM, {
        "case_id": case.id, "token": item.token, "element": item.element, "visit": item.visit, "name": item.name,
        "unit_id": item.unit_id, "role": item.role, "assignee_id": None, "stands_in": False, "status": "open",
        "opened_at": now, "due_at": item.due_at, "due_provisional": item.due_provisional,
        "agreed_at": item.agreed_at, "clock_stopped": item.clock_stopped}


def _failure(case: HeldCase, fact: effected.FailureRecorded, actor: _Who, now: datetime) -> _Row:
    return INSERT_FAILURE, {
        "appeal_id": fact.appeal_id, "regulation": case.regulation, "unit_id": fact.unit_id,
        "staff_no": fact.staff_no, "year": fact.year, "consequences": fact.consequences, "article": fact.article,
        "opinion": fact.opinion,
        "recorded_at": now}


_ROWS: Mapping[type[Fact], Callable[[HeldCase, Any, _Who, datetime], _Row]] = MappingProxyType({
    facts.StateKept: _state,
    facts.TimerSet: _timer_set,
    facts.TimerDated: _timer_dated,
    facts.LedgerKept: _ledger,
    facts.TaskOpened: _task_opened,
    effected.FailureRecorded: _failure,
    agreed.TimerAgreed: lambda case, fact, actor, now: (
        AGREE_TIMER, {"case": case.id, "of": fact.token, "agreed_at": fact.agreed_at,
                      "clock_stopped": fact.stopped}),
    agreed.FiringWithdrawn: lambda case, fact, actor, now: (
        END_TIMER, {"case": case.id, "of": fact.token, "status": "cancelled" if fact.again is None else "withdrawn"}),
    facts.TimerEnded: lambda case, fact, actor, now: (
        END_TIMER, {"case": case.id, "of": fact.token, "status": fact.status}),
    facts.TimerFired: lambda case, fact, actor, now: (
        INSERT_FIRING, {"case_id": case.id, "token": fact.timer.token, "due_at": fact.timer.due_at,
                        "fired_at": fact.at}),
    facts.TaskCompleted: lambda case, fact, actor, now: (
        CLOSE_ITEM, {"case": case.id, "of": fact.item.token, "status": "completed", "completed_at": now,
                     "completed_by": actor.user_id}),
    facts.TaskCancelled: lambda case, fact, actor, now: (
        CLOSE_ITEM, {"case": case.id, "of": fact.token, "status": "cancelled", "completed_at": None,
                     "completed_by": None}),
    facts.TaskDated: lambda case, fact, actor, now: (
        DATE_ITEM, {"case": case.id, "of": fact.token, "due_at": fact.due_at,
                    "due_provisional": fact.due_provisional, "agreed_at": fact.agreed_at,
                    "clock_stopped": fact.clock_stopped}),
    facts.TaskGiven: lambda case, fact, actor, now: (
        HAND_ITEM, {"case": case.id, "of": fact.token, "unit_id": case.items[fact.token].unit_id,
                    "assignee_id": fact.assignee_id, "stands_in": fact.stands_in}),
    facts.UnitTakesPart: lambda case, fact, actor, now: (INSERT_UNIT, {"case_id": case.id, "unit_id": fact.unit_id}),
    facts.MessageAwaited: lambda case, fact, actor, now: (
        INSERT_AWAITED, {"case_id": case.id, "token": fact.token, "element": fact.element, "message": fact.message}),
    facts.MessageAwaitedNoMore: lambda case, fact, actor, now: (DELETE_AWAITED, {"case": case.id, "of": fact.token}),
    effected.EffectApplied: lambda case, fact, actor, now: (
        INSERT_EFFECT, {"case_id": case.id, "token": fact.token, "topic": fact.topic, "applied_at": now}),
    effected.RatingVoided: lambda case, fact, actor, now: (VOID_RATING, {"rating": fact.rating_id, "now": now}),
    effected.NewestRatingKept: lambda case, fact, actor, now: (
        INSERT_NEWEST, {"rating_id": fact.rating_id, "case_id": case.id, "token": fact.token, "level": fact.level,
                        "recorded_at": now}),
    effected.AppealDecided: lambda case, fact, actor, now: (
        DECIDE_APPEAL, {"case": case.id, "decision": fact.decision, "finding": fact.finding,
                        "reasons": fact.reasons, "decided_at": now, "decided_by": actor.user_id}),
    effected.ReferenceKept: lambda case, fact, actor, now: (
        KEEP_REFERENCE, {"case": case.id, "reference": fact.reference}),
})

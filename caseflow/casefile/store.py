"""A case in hand: its row and the engine's state, locked, and everything that is open in it, as plain values.

Every step takes two statements to read a case and one for each table it writes. What an operation changes is
noted in the HeldCase and written by `save`; the rare operations use the rows of SQLAlchemy (lock_case) instead.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnCollection,
    Executable,
    Select,
    bindparam,
    delete,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from caseflow.casefile.hand import HeldCase, HeldItem, HeldStop, HeldTimer
from caseflow.errors import ConcurrentUpdate, NotFound
from caseflow.models.cases import Case, CaseUnit, NumberSequence, ProcessInstance, Submission
from caseflow.models.db import db
from caseflow.models.journal import JournalEntry
from caseflow.models.people import Unit
from caseflow.models.prepared import INSERTS, Prepared, current_connection, inserting
from caseflow.models.ratings import Rating
from caseflow.models.work import (
    WAITING,
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


STOPS = ("stopped", "restarted", "ended")   # the kinds of entries that say when a clock stood still
_OF_CASE = (
    _case.id, _case.number, _case.kind, _case.regulation, _case.after_expiry, _case.rating_id, _case.unit_id,
    _case.version, _case.status, _case.step, _case.outcome, _case.closed_at, _case.next_due, _case.next_try,
    _case.attempts, _case.incident, _case.journal_seq, _case.journal_head,
    _instance.definition, _instance.state, _instance.ended,
)


def _locking(query: Select) -> Prepared:
    return Prepared(query.with_for_update(of=(Case.__table__, ProcessInstance.__table__)))


_with_state = select(*_OF_CASE).join(ProcessInstance.__table__, _instance.case_id == _case.id)
_BY_ID = _locking(_with_state.where(_case.id == bindparam("id")))
_BY_ITEM = _locking(
    _with_state.join(WorkItem.__table__, _item.case_id == _case.id).where(_item.id == bindparam("item")))

_WHAT_IS_OPEN = Prepared(union_all(
    select(literal("item"), _item.token, _item.element, _item.name, _item.due_at, _item.due_provisional,
           _item.clock_stopped, _item.id, _item.visit, _item.unit_id, _item.role, _item.assignee_id).where(
        _item.case_id == bindparam("case"), _item.status == "open"),
    select(literal("timer"), _timer.token, _timer.element, _timer.attached_to, _timer.due_at, _timer.provisional,
           _timer.status == "stopped", *[null()] * 5).where(
        _timer.case_id == bindparam("case"), or_(*(_timer.status == status for status in WAITING))),
    select(literal("message"), _awaited.token, _awaited.element, _awaited.message,
           *[null()] * 8).where(_awaited.case_id == bindparam("case")),
    select(literal("stop"), _entry.token, _entry.kind, null(), _entry.at, null(), null(), _entry.seq,
           *[null()] * 4).where(_entry.case_id == bindparam("case"), or_(*(_entry.kind == kind for kind in STOPS))),
))


def _updating(columns: ColumnCollection, *names: str) -> Prepared:
    """These columns of the row of a case (parameter `case`) and token (parameter `of`)."""
    table = columns.token.table
    return Prepared(update(table).where(columns.case_id == bindparam("case"), columns.token == bindparam("of")).values(
        {name: bindparam(name) for name in names}))


_UPDATE_CASE = Prepared(update(Case.__table__).where(
    _case.id == bindparam("case"), _case.version == bindparam("read")).values({
        name: bindparam(name) for name in (
            "version", "status", "step", "outcome", "closed_at", "next_due", "next_try", "attempts", "incident",
            "journal_seq", "journal_head", "unit_id")}))
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
HAND_ITEM = _updating(_item, "unit_id", "assignee_id")
MOVE_ITEM = _updating(_item, "name", "unit_id", "role", "assignee_id")
DATE_ITEM = _updating(_item, "due_at", "due_provisional", "clock_stopped")
INSERT_TIMER = inserting(Timer.__table__, without=["id"])
END_TIMER = _updating(_timer, "status")
MOVE_TIMER = _updating(_timer, "interrupting")
DATE_TIMER = _updating(_timer, "status", "due_at", "provisional", "calendar")
INSERT_DEADLINE_ENTRY = inserting(DeadlineEntry.__table__, without=["id"])
INSERT_FIRING = inserting(TimerFiring.__table__)
INSERT_EFFECT = inserting(AppliedEffect.__table__)
INSERT_AWAITED = inserting(AwaitedMessage.__table__)
DELETE_AWAITED = Prepared(delete(AwaitedMessage.__table__).where(
    _awaited.case_id == bindparam("case"), _awaited.token == bindparam("of")))
DELETE_DRAFT = Prepared(delete(Draft.__table__).where(
    Draft.__table__.c.work_item_id == bindparam("item"), Draft.__table__.c.user_id == bindparam("user")))
TASK_OF = Prepared(select(_instance.definition, _item.element, _item.visit).join(
    WorkItem.__table__, _item.case_id == _instance.case_id).where(_item.id == bindparam("item")))
CASE_OF = Prepared(select(_case.id).where(_case.rating_id == bindparam("rating"), _case.kind == bindparam("kind")))
VOIDED_AT = Prepared(select(Rating.voided_at).where(Rating.id == bindparam("rating")))
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


def hold(case_id: int) -> HeldCase:
    """The case, fresh and locked to the end of the transaction (SQLite: by `transaction`). NotFound.

    The engine's state is locked with it: whoever waited for the lock would else get the new case and the old state.
    """
    return _held(_BY_ID.first(id=case_id))


def hold_by_item(work_item_id: int) -> HeldCase:
    """The case of this work item, likewise."""
    return _held(_BY_ITEM.first(item=work_item_id))


def _held(row: tuple[Any, ...] | None) -> HeldCase:
    if row is None:
        raise NotFound
    case = HeldCase(*row)
    for what, token, element, name, due_at, provisional, stopped, *others in _WHAT_IS_OPEN.rows(case=case.id):
        if what == "item":
            item_id, visit, unit_id, role, assignee_id = others
            case.items[token] = HeldItem(
                item_id, token, element, name, visit, unit_id, role, assignee_id, due_at, provisional, stopped)
        elif what == "timer":
            case.timers[token] = HeldTimer(token, element, name, due_at, provisional, stopped)
        elif what == "message":
            case.awaited.add(token)
        else:
            case.stops.append(HeldStop(token, others[0], element, due_at))
    return case


def save(case: HeldCase) -> None:
    """Write what was changed, each table once. ConcurrentUpdate when somebody else has changed the case meanwhile.

    Rows that the session has read before are read again when they are next used.
    """
    changed = _UPDATE_CASE.write(
        case=case.id, read=case.version, version=case.version + 1, status=case.status, step=case.step,
        outcome=case.outcome, closed_at=case.closed_at, next_due=case.next_due, next_try=case.next_try,
        attempts=case.attempts, incident=case.incident, journal_seq=case.journal_seq, journal_head=case.journal_head,
        unit_id=case.unit_id)
    if changed != 1:
        raise ConcurrentUpdate
    case.version += 1
    noted, case.noted = case.noted, {}
    connection = current_connection()   # what else was pending is written now, and not forgotten
    for statement, rows in noted.items():
        statement.write_all(rows, connection)
    db.session.expire_all()


def begin(*, number: str, kind: str, regulation: str, after_expiry: bool, rating_id: int | None, unit_id: int,
          opened_at: datetime, definition: str) -> HeldCase:
    """A new case, inserted at once for its id; everything else is written by `save`."""
    row = {
        "number": number, "kind": kind, "regulation": regulation, "after_expiry": after_expiry, "rating_id": rating_id,
        "unit_id": unit_id, "version": 0, "status": "open", "step": "", "outcome": None, "closed_at": None,
        "next_due": None, "next_try": None, "attempts": 0, "incident": False, "journal_seq": 0, "journal_head": ""}
    case_id, = _INSERT_CASE.first(**row, opened_at=opened_at)
    return HeldCase(case_id, **row, definition=definition, state=b"", ended=False)


def keep_state(case: HeldCase, state: bytes, ended: bool) -> None:
    """Note the engine's new state."""
    case.state, case.ended = state, ended
    values = {"state": state, "state_digest": sha256(state).hexdigest(), "ended": ended}
    if case.version == 0:
        case.note(_INSERT_STATE, case_id=case.id, definition=case.definition, **values)
    else:
        case.note(_UPDATE_STATE, case=case.id, **values)


def pin(case: HeldCase, definition: str) -> None:
    """Note that the case goes on under another version of its process."""
    case.definition = definition
    case.note(_PIN, case=case.id, definition=definition)

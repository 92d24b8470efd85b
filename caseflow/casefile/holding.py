"""Holding a case: its row and the engine's state, locked, and everything that is open in it, as plain values.

Every step takes two statements to read a case and one for each table it writes. What an operation changes is noted in
the HeldCase (store.py knows the rows) and written by `save`; the rare operations use the rows of SQLAlchemy
(lock_case_row) instead.
"""

from __future__ import annotations

from sqlalchemy import Select, bindparam, literal, null, or_, select, union_all, update

from caseflow.casefile.hand import FIRED, STOPS, HeldCase, HeldItem, HeldStop, HeldTimer
from caseflow.errors import ConcurrentUpdate, NotFound
from caseflow.models.cases import Case, ProcessInstance
from caseflow.models.db import db
from caseflow.models.prepared import Prepared, current_connection
from caseflow.models.work import AwaitedMessage, DeadlineEntry, Timer, WorkItem

_case, _instance, _item = Case.__table__.c, ProcessInstance.__table__.c, WorkItem.__table__.c
_timer, _awaited, _entry = Timer.__table__.c, AwaitedMessage.__table__.c, DeadlineEntry.__table__.c


def _locking(query: Select) -> Prepared:
    return Prepared(query.with_for_update(of=(Case.__table__, ProcessInstance.__table__)))


_OF_CASE = (
    _case.id, _case.number, _case.kind, _case.regulation, _case.after_expiry, _case.rating_id, _case.unit_id,
    _case.version, _case.status, _case.step, _case.outcome, _case.closed_at, _case.next_due, _case.next_try,
    _case.attempts, _case.incident, _case.journal_seq, _case.journal_head,
    _instance.definition, _instance.state, _instance.ended,
)
_with_state = select(*_OF_CASE).join(ProcessInstance.__table__, _instance.case_id == _case.id)
_BY_ID = _locking(_with_state.where(_case.id == bindparam("id")))
_BY_ITEM = _locking(
    _with_state.join(WorkItem.__table__, _item.case_id == _case.id).where(_item.id == bindparam("item")))
_WHAT_IS_OPEN = Prepared(union_all(
    select(literal("item"), _item.token, _item.element, _item.name, _item.due_at, _item.due_provisional,
           _item.clock_stopped, _item.agreed_at, _item.id, _item.visit, _item.unit_id, _item.role, _item.assignee_id,
           _item.stands_in).where(
        _item.case_id == bindparam("case"), _item.status == "open"),
    select(literal("timer"), _timer.token, _timer.element, _timer.attached_to, _timer.due_at, _timer.provisional,
           _timer.clock_stopped, _timer.agreed_at, *[null()] * 3, _timer.status, *[null()] * 2).where(
        _timer.case_id == bindparam("case"), or_(_timer.status == "pending", _timer.status == FIRED)),
    select(literal("message"), _awaited.token, _awaited.element, _awaited.message,
           *[null()] * 10).where(_awaited.case_id == bindparam("case")),
    select(literal("stop"), _entry.token, _entry.kind, null(), _entry.at, *[null()] * 3, _entry.seq,
           *[null()] * 5).where(_entry.case_id == bindparam("case"), or_(*(_entry.kind == kind for kind in STOPS))),
))
_UPDATE_CASE = Prepared(update(Case.__table__).where(
    _case.id == bindparam("case"), _case.version == bindparam("read")).values({
        name: bindparam(name) for name in (
            "version", "status", "step", "outcome", "closed_at", "next_due", "next_try", "attempts", "incident",
            "journal_seq", "journal_head", "unit_id")}))


def hold(case_id: int) -> HeldCase:
    """The case, fresh and locked to the end of the transaction (SQLite: by `transaction`). NotFound.

    The engine's state is locked with it: whoever waited for the lock would else get the new case and the old state.
    """
    return _held(_BY_ID, id=case_id)


def hold_by_item(work_item_id: int) -> HeldCase:
    """The case of this work item, likewise."""
    return _held(_BY_ITEM, item=work_item_id)


def _held(which: Prepared, **values: int) -> HeldCase:
    connection = current_connection()
    row = which.first(connection, **values)
    if row is None:
        raise NotFound
    case = HeldCase(*row)
    for what, token, element, name, due_at, provisional, stopped, agreed_at, *others in _WHAT_IS_OPEN.rows(
            connection, case=case.id):
        if what == "item":
            item_id, visit, unit_id, role, assignee_id, stands_in = others
            case.items[token] = HeldItem(item_id, token, element, name, visit, unit_id, role, assignee_id, due_at,
                                         provisional, stopped, stands_in, agreed_at)
        elif what == "timer":
            timer = HeldTimer(token, element, name, due_at, provisional, stopped, agreed_at)
            case.put(timer, fired=FIRED in others)
        elif what == "message":
            case.awaited.add(token)
        else:
            case.stops.append(HeldStop(token, others[0], element, due_at))
    return case


def save(case: HeldCase) -> None:
    """Write what was changed, each table once. ConcurrentUpdate when somebody else has changed the case meanwhile.

    Rows that the session has read before are read again when they are next used.
    """
    connection = current_connection()   # what else was pending is written now, and not forgotten
    changed = _UPDATE_CASE.write(
        connection, case=case.id, read=case.version, version=case.version + 1, status=case.status, step=case.step,
        outcome=case.outcome, closed_at=case.closed_at, next_due=case.next_due, next_try=case.next_try,
        attempts=case.attempts, incident=case.incident, journal_seq=case.journal_seq, journal_head=case.journal_head,
        unit_id=case.unit_id)
    if changed != 1:
        raise ConcurrentUpdate
    case.version += 1
    noted, case.noted = case.noted, {}
    for statement, rows in noted.items():
        statement.write_all(rows, connection)
    db.session.expire_all()

"""The ladder of reminders (催办): before and after the due moment, to rising levels; and once of a task without a limit
that has waited (搁置). Each rung is taken once.

The ladder waits for what is agreed beside the statutory date: it counts from the later moment, and is silent while the
clock stands still. At the statutory moment itself the diagrams escalate; what happens here beside them is set in
regulation.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, func, literal_column, select

from caseflow import moments
from caseflow.casefile import journal
from caseflow.law import calendars, regulations
from caseflow.law.regulation_file import LONGEST_LADDER, LadderRules, Regulation
from caseflow.law.working_days import Calendar
from caseflow.models import Case, LadderStep, WorkItem, db, insert_new, lock_case_row
from caseflow.moments import ONE_DAY
from caseflow.notices import outbox
from caseflow.people import permissions
from caseflow.people.permissions import SYSTEM

REACH = timedelta(days=3 * LONGEST_LADDER + 10)     # no ten working days are longer, holidays included
WAITING = "waiting"
RUNGS: Mapping[str, tuple[str, str]] = {            # rung → kind of the notice, and the role that gets it
    "before": ("due_soon", "officer"), "after_unit": ("still_late", "supervisor"),
    "after_lead": ("still_late", "supervisor"), "waiting": ("waiting_long", "officer"),
}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)        # before everything that waits


def due(now: datetime, limit: int = 200) -> list[tuple[int, str]]:
    """The tasks for which a rung has come, with the rung, the earliest due first."""
    found: list[tuple[int, str]] = []
    for key, regulation in regulations.all_regulations().items():
        for rung, (first, last) in _reach(regulation, now).items():
            found += [(item, rung) for item in db.session.scalars(_untaken(key, rung, first, last).limit(limit))]
    return found[:limit]


def climb(work_item_id: int, rung: str, now: datetime) -> bool:
    """Take the rung for a task, if it is still open and due then; whether it was taken. Journaled as ladder_climbed."""
    case_id = db.session.scalar(select(WorkItem.case_id).where(WorkItem.id == work_item_id))
    case = lock_case_row(case_id)
    item = db.session.get(WorkItem, work_item_id, populate_existing=True)
    regulation = regulations.get(case.regulation)
    first, last = _reach(regulation, now)[rung]
    moment = _counted_from(item, rung)
    if item.status != "open" or moment is None or not first <= moment < last:
        return False
    if db.session.get(LadderStep, (work_item_id, rung, moment)) is not None:
        return False
    insert_new(LadderStep, work_item_id=work_item_id, rung=rung, due_at=moment, taken_at=now)
    kind, role = RUNGS[rung]
    unit_id = permissions.lead_of(case) if rung == "after_lead" else item.unit_id
    outbox.send(f"{case.id}:{item.token}:{rung}:{moment.isoformat()}", kind, case=case, unit_id=unit_id,
                 role=item.role if role == "officer" else role, details={"number": case.number, "name": item.name},
                 now=now)
    journal.append(case, "ladder_climbed", SYSTEM, now, {
        "element": item.element, "token": item.token, "rung": rung,
        "since" if rung == WAITING else "due_at": moment.isoformat()})
    return True


def _counted_from(item: WorkItem, rung: str) -> datetime | None:
    """The moment that a rung looks at: when the task is to be done, or began where it has no limit; None where neither.
    """
    if rung != WAITING:
        return None if item.clock_stopped else item.agreed_at or item.due_at
    return item.opened_at if item.due_at is None else None


def _reach(regulation: Regulation, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Rung → the moments (from, to) for which it has come and the next one has not."""
    calendar = calendars.load(regulation.calendar)
    found = _ladder(regulation.ladder, calendar, now) if regulation.ladder else {}
    if regulation.waiting:
        found[WAITING] = BEGINNING, regulation.waiting.before(now, calendar)
    return found


def _ladder(rules: LadderRules, calendar: Calendar, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    after_unit, after_lead = (_back(now, days, calendar) for days in (rules.after_unit, rules.after_lead))
    return {
        "before": (now, _forward(now, rules.before, calendar)),
        "after_unit": (after_lead, after_unit),
        "after_lead": (now - REACH, after_lead),
    }


def _forward(now: datetime, days: int, calendar: Calendar) -> datetime:
    """The beginning of the day after so many working days: what is due before has no more than these left."""
    return moments.start_of(calendar.shift(moments.day_of(now), days) + ONE_DAY)


def _back(now: datetime, days: int, calendar: Calendar) -> datetime:
    """The beginning of the day after which so many working days are over: what was due before is late by these."""
    return moments.start_of(calendar.shift(moments.day_of(now), -days))


def _untaken(regulation: str, rung: str, first: datetime, last: datetime):
    moment = WorkItem.opened_at if rung == WAITING else func.coalesce(WorkItem.agreed_at, WorkItem.due_at)
    further = [WorkItem.due_at.is_(None)] if rung == WAITING else [WorkItem.due_at < last, ~WorkItem.clock_stopped]
    taken = exists().where(LadderStep.work_item_id == WorkItem.id, LadderStep.rung == rung, LadderStep.due_at == moment)
    return select(WorkItem.id).join(Case, Case.id == WorkItem.case_id).where(
        WorkItem.status == literal_column("'open'"), moment >= first, moment < last, *further,
        Case.regulation == regulation, ~taken).order_by(moment, WorkItem.id)

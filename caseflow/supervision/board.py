"""What supervisors look at first: what is late, due soon or stopped, and how much everybody has.

The units of the actor's supervision are asked one by one, each on an index, and nothing is counted beyond a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, false, literal_column, select
from sqlalchemy.orm import contains_eager

from caseflow import moments, paging
from caseflow.law import calendars, regulations
from caseflow.models import Case, RoleAssignment, Unit, User, WorkItem, db
from caseflow.models.people import POSTS
from caseflow.moments import ONE_DAY, over_by
from caseflow.paging import MOST_COUNTED, MOST_SHOWN, Page
from caseflow.people import permissions, staffing, vacancies
from caseflow.people.permissions import Actor
from caseflow.work import open_work
from caseflow.work.open_work import EARLIEST_FIRST, OPEN

SOON = 2            # working days
PER_PAGE = 50
A_ROW = 10           # loads are asked for in rows of so many, so that few statements serve every page
STOPPED = literal_column("work_items.clock_stopped")    # bare, so that the partial index is found
WHICH = ("all", "late", "today", "soon", "waiting", "stopped", "unstaffed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a supervised list is narrowed to; `which` is one of WHICH."""

    which: str = "all"
    unit_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How much open work a unit or a person has, and how much of it is late. MOST_SHOWN + 1 means more."""

    id: int
    name: str
    open: int
    late: int


def figures(actor: Actor, now: datetime) -> dict[str, int]:
    """How many tasks are late, due today, due within two working days, waiting without a limit, stopped, and such that
    nobody may do them; and how many cases are parked.

    Counts to a thousand.
    """
    units = _units(actor)
    wanted = {which: paging.bounded(_union(_where(units, which, now), MOST_COUNTED))
              for which in WHICH[1:]} if units else {}
    incidents = select(Case.id).where(Case.incident, permissions.visible_cases(actor)).limit(MOST_COUNTED)
    expressions = {**wanted, "incidents": paging.bounded(incidents)}
    found = db.session.execute(select(*expressions.values())).one()
    return {**dict.fromkeys(WHICH[1:], 0), **dict(zip(expressions, found, strict=True))}


def items(actor: Actor, wanted: Wanted, now: datetime, *, page: int = 1, per_page: int = PER_PAGE) -> Page:
    """The open tasks of the units the actor supervises, the earliest due first. Counts to a thousand."""
    where = _where(_units(actor, wanted.unit_id), wanted.which, now)
    if wanted.user_id is not None:
        where = [and_(condition, WorkItem.assignee_id == wanted.user_id) for condition in where]
    most = paging.most_counted(page, per_page)
    due = None if wanted.which in ("all", "unstaffed") else _any(wanted.which)
    ids = open_work.earliest(where, due, (page - 1) * per_page, per_page)
    total = db.session.scalar(select(open_work.number(where, None, most + 1)))
    rows = select(WorkItem).join(WorkItem.case).options(contains_eager(WorkItem.case)).where(WorkItem.id.in_(ids))
    found = list(db.session.scalars(rows.order_by(*EARLIEST_FIRST)).unique()) if ids else []
    return paging.counted(found, total, page, per_page, most)


def narrowed_to(wanted: Wanted) -> str:
    """The name of the office or the person that a list is narrowed to, "" for neither."""
    for table, one in ((Unit, wanted.unit_id), (User, wanted.user_id)):
        if one is not None:
            return db.session.scalar(select(table.name).where(table.id == one)) or ""
    return ""


def units(actor: Actor, now: datetime, *, page: int = 1) -> list[Load]:
    """The load of the supervised units, by name, so many a page."""
    query = select(Unit.id, Unit.name).where(Unit.id.in_(_units(actor))).order_by(Unit.regulation, Unit.name, Unit.id)
    rows = db.session.execute(paging.cut(query, page, PER_PAGE)).all()
    return _loads(rows, "unit_id", now)


def people(actor: Actor, now: datetime, *, unit_id: int | None = None, page: int = 1) -> list[Load]:
    """The load of the people who hold a post in the supervised units (or this one), by name: what they have taken."""
    holders = select(RoleAssignment.user_id).where(
        RoleAssignment.unit_id.in_(_units(actor, unit_id)), RoleAssignment.role.in_(POSTS))
    query = select(User.id, User.name).where(User.id.in_(holders)).order_by(User.name, User.id)
    rows = db.session.execute(paging.cut(query, page, PER_PAGE)).all()
    return _loads(rows, "assignee_id", now)


def _loads(rows: Sequence, whose: str, now: datetime) -> list[Load]:
    """The loads of these units or people, of which `whose` is the column of the tasks."""
    if not rows:
        return []
    count = -(-len(rows) // A_ROW) * A_ROW
    ids = {f"id{place}": rows[place].id if place < len(rows) else None for place in range(count)}
    found = db.session.execute(_loading(whose, count, MOST_SHOWN + 1), {**ids, "over": over_by(now)}).one()
    return [Load(row.id, row.name, found[2 * place], found[2 * place + 1]) for place, row in enumerate(rows)]


@lru_cache(maxsize=2 * -(-PER_PAGE // A_ROW))
def _loading(whose: str, count: int, most: int) -> Select:
    """What is open and what is late of so many, each counted to `most`. Made once: it takes longer to make than most
    databases take to answer."""
    late = WorkItem.due_at <= bindparam("over", type_=WorkItem.due_at.type)
    theirs = [and_(WorkItem.status == OPEN, getattr(WorkItem, whose) == bindparam(f"id{place}", type_=Integer))
              for place in range(count)]
    return select(*(open_work.number([one], due, most) for one in theirs for due in (None, late)))


def _units(actor: Actor, only: int | None = None) -> dict[int, str]:
    """The supervised units (or this one, if it is one) with their regulations."""
    supervised = permissions.supervised_units(actor)
    if only is not None:
        supervised = supervised & {only}
    if not supervised:
        return {}
    rows = db.session.execute(select(Unit.id, Unit.regulation).where(Unit.id.in_(supervised)).order_by(Unit.id))
    return dict(map(tuple, rows))


def _where(units: dict[int, str], which: str, now: datetime) -> list[ColumnElement[bool]]:
    """The condition on the tasks of each unit, or one for all. What is due soon is counted by its place's calendar."""
    if which == "unstaffed":
        return [*staffing.nobody_may_in(units), *vacancies.tasks_in(units)] or [false()]
    soon = {place: _end_of_soon(place, now) for place in set(units.values())} if which == "soon" else {}
    waiting = {place: _began_before(place, now) for place in set(units.values())} if which == "waiting" else {}
    midnight = _midnight(now)
    conditions = {
        "all": lambda place: (),
        "late": lambda place: (WorkItem.due_at <= over_by(now),),
        "today": lambda place: (WorkItem.due_at > over_by(now), WorkItem.due_at < midnight),
        "soon": lambda place: (WorkItem.due_at >= midnight, WorkItem.due_at < soon[place]),
        "waiting": lambda place: (
            (WorkItem.due_at.is_(None), WorkItem.opened_at < waiting[place])
            if waiting[place] else (false(),)),
        "stopped": lambda place: (STOPPED,),
    }[which]
    return [and_(WorkItem.status == OPEN, WorkItem.unit_id == unit_id, *conditions(place))
            for unit_id, place in units.items()]


def _any(which: str) -> ColumnElement[bool]:
    """Whether tasks of this list have a due moment; asked for beside the unit's own conditions."""
    return WorkItem.due_at.is_(None) if which == "waiting" else WorkItem.due_at.is_not(None)


def _union(where: Sequence[ColumnElement[bool]], most: int):
    parts = [select(WorkItem.id).where(condition).limit(most).subquery().select() for condition in where]
    return (parts[0].union_all(*parts[1:]) if len(parts) > 1 else parts[0]).limit(most)


def _began_before(place: str, now: datetime) -> datetime | None:
    """What has no limit and began before has waited too long; None where the regulation names no number of days."""
    regulation = regulations.get(place)
    return regulation.waiting.before(now, calendars.load(regulation.calendar)) if regulation.waiting else None


def _midnight(now: datetime) -> datetime:
    return moments.start_of(moments.day_of(now) + ONE_DAY)


def _end_of_soon(place: str, now: datetime) -> datetime:
    """The end of the second working day after today."""
    calendar = calendars.load(regulations.get(place).calendar)
    return moments.start_of(calendar.shift(moments.day_of(now), SOON) + ONE_DAY)

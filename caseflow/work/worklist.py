"""The worklist: what waits for whom, and how much. Reads tables, never engine state; taking a task is tasks.py's."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import contains_eager

from caseflow import moments, paging
from caseflow.casefile.readings import searching
from caseflow.models import Case, WorkItem, db
from caseflow.notices import inbox
from caseflow.paging import MOST_SHOWN, Page, counted
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.work import open_work
from caseflow.work.open_work import EARLIEST_FIRST


def _due(due: str | None, now: datetime):
    """overdue: past; today: ends on this Shanghai day; soon: within the next three calendar days."""
    over, midnight = moments.over_by(now), moments.start_of(moments.day_of(now) + moments.ONE_DAY)
    return {
        "overdue": WorkItem.due_at <= over,
        "today": and_(WorkItem.due_at > over, WorkItem.due_at < midnight),
        "soon": and_(WorkItem.due_at > over, WorkItem.due_at < midnight + timedelta(days=3)),
    }.get(due or "")


def my_work(actor: Actor, *, now: datetime, scope: str = "all", due: str | None = None, regulation: str | None = None,
            search: str = "", page: int = 1, per_page: int = 50) -> Page:
    """Open work items that are the actor's or free for them, the earliest due first, undated ones last.

    `search` looks into case number, item of service, name of the office and linked numbers. Counts to a thousand, or
    to the end of the next page.
    """
    places, bound = open_work.places(actor, scope, regulation), _due(due, now)
    most = paging.most_counted(page, per_page)
    if search:
        conditions = [or_(false(), *places), *([] if bound is None else [bound])]
        matching = searching(select(WorkItem.id).join(WorkItem.case), search).where(*conditions)
        start = paging.cut(matching.order_by(*EARLIEST_FIRST), page, per_page)
        ids, total = list(db.session.scalars(start)), paging.bounded(matching.limit(most + 1))
    else:
        ids = open_work.earliest(places, bound, (page - 1) * per_page, per_page)
        total = open_work.number(places, bound, most + 1)
    rows = select(WorkItem).join(WorkItem.case).options(contains_eager(WorkItem.case)).where(WorkItem.id.in_(ids))
    items = db.session.scalars(rows.order_by(*EARLIEST_FIRST)).unique() if ids else []
    return counted(list(items), db.session.scalar(select(total)), page, per_page, most)


def next_in_case(case_id: int, actor: Actor) -> WorkItem | None:
    """An open task of this case that the actor may do now."""
    query = select(WorkItem).where(WorkItem.case_id == case_id, or_(false(), *open_work.places(actor)))
    return db.session.scalar(query.order_by(*EARLIEST_FIRST).limit(1))


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many open tasks the actor has: all, mine, overdue; incidents they may see; and notices they have not read.
    Counts little beyond 99."""
    everything, mine = open_work.places(actor), open_work.places(actor, "mine")
    incidents = select(Case.id).where(Case.incident, permissions.visible_cases(actor)).limit(MOST_SHOWN + 1)
    figures = {
        "work": open_work.number(everything, None, MOST_SHOWN + 1),
        "mine": open_work.number(mine, None, MOST_SHOWN + 1),
        "overdue": open_work.number(everything, WorkItem.due_at <= moments.over_by(now), MOST_SHOWN + 1),
        "incidents": paging.bounded(incidents),
        "notices": inbox.unread_figure(actor),
    }
    found = db.session.execute(select(*figures.values())).one()
    return {name: min(figure, MOST_SHOWN + 1) for name, figure in zip(figures, found, strict=True)}

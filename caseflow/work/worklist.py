"""The worklist: what waits for whom, and how much. Reads tables, never engine state; taking a task is tasks.py's."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import contains_eager

from caseflow import moments, paging
from caseflow.casefile.readings import searching
from caseflow.models import Case, WorkItem, db
from caseflow.notices import inbox
from caseflow.paging import MOST_SHOWN, Page, counted
from caseflow.people import apart, permissions
from caseflow.people.apart import Rules
from caseflow.people.permissions import Actor
from caseflow.work import open_work
from caseflow.work.open_work import EARLIEST_FIRST, Within

MOMENTS = {name: bindparam(name, type_=WorkItem.due_at.type) for name in ("over", "midnight", "soon")}


def _moments(now: datetime) -> dict[str, datetime]:
    """The moments by which tasks are late, due today, and due within the next three calendar days."""
    midnight = moments.start_of(moments.day_of(now) + moments.ONE_DAY)
    return {"over": moments.over_by(now), "midnight": midnight, "soon": midnight + timedelta(days=3)}


def _due(due: str | None) -> ColumnElement[bool] | None:
    """overdue: past; today: ends on this Shanghai day; soon: within the next three calendar days."""
    over, midnight, soon = MOMENTS.values()
    return {
        "overdue": WorkItem.due_at <= over,
        "today": and_(WorkItem.due_at > over, WorkItem.due_at < midnight),
        "soon": and_(WorkItem.due_at > over, WorkItem.due_at < soon),
    }.get(due or "")


class _Listed(NamedTuple):
    """What a list shows, as far as its statements depend on it: for whoever has these posts, under these rules."""

    whoever: Actor
    rules: Rules
    scope: str
    due: str | None
    only: Within | None
    start: int
    count: int
    most: int


def my_work(actor: Actor, *, now: datetime, scope: str = "all", due: str | None = None, regulation: str | None = None,
            search: str = "", page: int = 1, per_page: int = 50) -> Page:
    """Open work items that are the actor's or free for them, the earliest due first, undated ones last.

    `search` looks into case number, item of service, name of the office and linked numbers. Counts to a thousand, or
    to the end of the next page.
    """
    most = paging.most_counted(page, per_page)
    only = None if regulation is None else open_work.within(regulation)
    listed = _Listed(open_work.whoever(actor), apart.kept_apart(), scope, due, only, (page - 1) * per_page,
                     per_page, most + 1)
    found, total = _searched(listed, search) if search else _listing(listed)
    values = {"me": actor.user_id, **_moments(now)}
    ids = list(db.session.scalars(found, values))
    rows = select(WorkItem).join(WorkItem.case).options(contains_eager(WorkItem.case)).where(WorkItem.id.in_(ids))
    items = db.session.scalars(rows.order_by(*EARLIEST_FIRST)).unique() if ids else []
    return counted(list(items), db.session.scalar(total, values), page, per_page, most)


@lru_cache(maxsize=open_work.KEPT)
def _listing(listed: _Listed) -> tuple[Select[tuple[int]], Select[tuple[int]]]:
    """The ids of a page, and how many there are on all."""
    places = open_work.places(listed.whoever, listed.scope, listed.only) or [false()]
    bound = _due(listed.due)
    return (open_work.earliest_of(places, bound, listed.start, listed.count),
            select(open_work.number(places, bound, listed.most)))


def _searched(listed: _Listed, search: str) -> tuple[Select[tuple[int]], Select[tuple[int]]]:
    """The same of those that have these words."""
    places, bound = open_work.places(listed.whoever, listed.scope, listed.only), _due(listed.due)
    conditions = [or_(false(), *places), *([] if bound is None else [bound])]
    matching = searching(select(WorkItem.id).join(WorkItem.case), search).where(*conditions)
    page = matching.order_by(*EARLIEST_FIRST).limit(listed.count).offset(listed.start)
    return page, select(paging.bounded(matching.limit(listed.most)))


def next_in_case(case_id: int, actor: Actor) -> WorkItem | None:
    """An open task of this case that the actor may do now."""
    query = select(WorkItem).where(WorkItem.case_id == case_id, or_(false(), *open_work.places(actor)))
    return db.session.scalar(query.order_by(*EARLIEST_FIRST).limit(1))


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many open tasks the actor has: all, mine, overdue; incidents they may see; and notices they have not read.
    Counts little beyond 99."""
    figures = _figures(open_work.whoever(actor), apart.kept_apart(), MOST_SHOWN + 1)
    found = db.session.execute(figures, {"me": actor.user_id, **_moments(now)}).one()
    return {name: min(figure, MOST_SHOWN + 1) for name, figure in found._mapping.items()}


@lru_cache(maxsize=open_work.KEPT)
def _figures(whoever: Actor, _rules: Rules, most: int) -> Select:
    """The figures by name, each counted to so many. Conditions rest on the rules that keep tasks apart."""
    everything, mine = open_work.places(whoever), open_work.places(whoever, "mine")
    incidents = select(Case.id).where(Case.incident, permissions.visible_cases(whoever)).limit(most)
    figures = {
        "work": open_work.number(everything, None, most),
        "mine": open_work.number(mine, None, most),
        "overdue": open_work.number(everything, _due("overdue"), most),
        "incidents": paging.bounded(incidents),
        "notices": inbox.unread_figure(whoever),
    }
    return select(*(figure.label(name) for name, figure in figures.items()))

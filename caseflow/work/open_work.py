"""Finding open work quickly, however much of it there is: each question is asked place by place, on one index.

A place is a unit, a role, and who has taken the task: nobody, or the actor. Nothing is counted beyond a bound.

Making such a question takes longer than most databases take to answer. What is asked at every click is made once for
`whoever` has these posts, and run with the moment and the person (ME).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    literal,
    literal_column,
    select,
    union_all,
)

from caseflow.models import Unit, WorkItem, db
from caseflow.paging import bounded
from caseflow.people import impartiality, staffing
from caseflow.people.permissions import Actor

OPEN = literal_column("'open'")   # spelled out: with a parameter the partial index would not be found
EARLIEST_FIRST = (WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id)   # undated ones last
ME = bindparam("me", type_=Integer)
KEPT = 256      # statements of a kind, each for the people who have the same posts


class Within(NamedTuple):
    """One place of the regulations, with its units."""

    regulation: str
    units: frozenset[int]


def within(regulation: str) -> Within:
    """The units of this regulation."""
    return Within(regulation, frozenset(db.session.scalars(select(Unit.id).where(Unit.regulation == regulation))))


def whoever(actor: Actor) -> Actor:
    """Whoever has the posts of this actor and sees the same cases. What is asked about them is run with "me"."""
    return Actor(ME, "", "", actor.roles, actor.visible_units)


def places(actor: Actor, scope: str = "all", only: Within | None = None) -> list[ColumnElement[bool]]:
    """Where the actor's open work lies. `scope` is "mine" (taken), "unit" (free) or both.

    What is free and barred to the actor is none of it; what nobody at its post may do is, for whoever stands in.
    """
    posts = sorted((unit, role) for role, unit in actor.roles if only is None or unit in only.units)
    whose = {role: [] if scope == "mine" else [
        and_(WorkItem.assignee_id.is_(None), ~impartiality.barred(actor.user_id, role))] for _, role in posts}
    mine = [] if scope == "unit" else [WorkItem.assignee_id == actor.user_id]
    found = [and_(WorkItem.status == OPEN, WorkItem.unit_id == unit, WorkItem.role == role, one)
             for unit, role in posts for one in whose[role] + mine]
    return found + _standing_in(actor, scope, only)


def _standing_in(actor: Actor, scope: str, only: Within | None) -> list[ColumnElement[bool]]:
    """What the actor does, or may take, though it is not at a post of theirs."""
    here = [] if only is None else [WorkItem.unit_id.in_(only.units)]
    taken = and_(WorkItem.status == OPEN, WorkItem.assignee_id == actor.user_id, WorkItem.stands_in, *here)
    waiting = [] if scope == "mine" else list(staffing.free_for(actor, only.regulation if only else None))
    return waiting if scope == "unit" or not staffing.may_stand_in(actor) else [taken, *waiting]


def earliest(where: Sequence[ColumnElement[bool]], due: ColumnElement[bool] | None, start: int,
             count: int) -> list[int]:
    """The ids of `count` tasks of these places from number `start` on, the earliest due first, undated ones last."""
    return list(db.session.scalars(earliest_of(where, due, start, count))) if where else []


def earliest_of(where: Sequence[ColumnElement[bool]], due: ColumnElement[bool] | None, start: int,
                count: int) -> Select[tuple[int]]:
    """The same as a statement, of one place at least."""
    dated, undated = WorkItem.due_at.is_not(None), WorkItem.due_at.is_(None)
    ids = select(WorkItem.id, WorkItem.due_at).order_by(WorkItem.due_at, WorkItem.id).limit(start + count)
    parts = [ids.where(place, when) for when in ([dated, undated] if due is None else [due]) for place in where]
    found = union_all(*(part.subquery().select() for part in parts)).subquery()
    page = select(found.c.id).order_by(found.c.due_at.is_(None), found.c.due_at, found.c.id)
    return page.limit(count).offset(start)


def number(where: Sequence[ColumnElement[bool]], due: ColumnElement[bool] | None, most: int) -> ColumnElement[int]:
    """How many tasks these places have, as an expression; of one place not more than `most` are counted."""
    parts = [select(WorkItem.id).where(place, *([] if due is None else [due])).limit(most) for place in where]
    if not parts:
        return literal(0)
    return bounded(union_all(*(part.subquery().select() for part in parts)))

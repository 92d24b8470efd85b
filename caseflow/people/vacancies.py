"""Posts at which nobody is, active and not away, while tasks wait there: what nobody may do until somebody has them.

What staff have to do in an appeal of theirs is theirs alone, and waits at no post.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from caseflow.models import RoleAssignment, Unit, User, WorkItem, db
from caseflow.models.people import POSTS
from caseflow.people.staffing import OPEN, is_there, somebody_stands_in


class Vacancy(NamedTuple):
    """A post that nobody is at, and how many of its open tasks nobody else may do."""

    unit_id: int
    unit: str
    role: str
    tasks: int


def tasks_in(units: Collection[int]) -> list[ColumnElement[bool]]:
    """Conditions on WorkItem: the open tasks of these units whose post has nobody, and that nobody else may do. They
    have no task in common. The posts are looked up first, so that it costs little however much is open."""
    return _tasks(_posts(units))


def vacancies() -> Iterator[Vacancy]:
    """All of them, by unit and role."""
    found: dict[tuple[int, str, str], int] = {}
    for condition in _tasks(_posts(None)):
        query = select(WorkItem.unit_id, Unit.name, WorkItem.role, func.count()).join(Unit, Unit.id == WorkItem.unit_id)
        for *post, tasks in db.session.execute(query.where(condition).group_by(*query.selected_columns[:3])):
            found[tuple(post)] = found.get(tuple(post), 0) + tasks
    return (Vacancy(*post, found[post]) for post in sorted(found))


def _tasks(posts: Collection[tuple[int, str, int | None]]) -> list[ColumnElement[bool]]:
    """What is free at these posts, and what those have taken who are away."""
    wanted = []
    for role in POSTS:
        free = [unit for unit, one, user_id in posts if one == role and user_id is None]
        taken = [(unit, user_id) for unit, one, user_id in posts if one == role and user_id is not None]
        if free:
            wanted.append(and_(WorkItem.role == role, WorkItem.unit_id.in_(free), WorkItem.assignee_id.is_(None)))
        if taken:
            units, users = map(set, zip(*taken, strict=True))
            wanted.append(and_(WorkItem.role == role, WorkItem.unit_id.in_(units), WorkItem.assignee_id.in_(users)))
    return [and_(OPEN, one, ~somebody_stands_in()) for one in wanted]


def _posts(units: Collection[int] | None) -> list[tuple[int, str, int | None]]:
    """(unit, role, who took them, None for what is free) of the posts of these units, or all, that nobody is at and
    that have open tasks."""
    values = {} if units is None else {"units": list(units)}
    return [tuple(row) for row in db.session.execute(_looking(units is None), values)]


@lru_cache(maxsize=2)
def _looking(everywhere: bool) -> CompoundSelect:
    """Made once: a look at the people of each post, and only where nobody is there one at its tasks."""
    within = [] if everywhere else [Unit.id.in_(bindparam("units", expanding=True))]
    empty = union_all(*(select(Unit.id.label("unit_id"), literal(role).label("role")).where(
        *within, _nobody_at(Unit.id, role)) for role in POSTS)).cte("empty")
    held, at_it = aliased(RoleAssignment), and_(WorkItem.unit_id == empty.c.unit_id, WorkItem.role == empty.c.role)
    free = select(empty.c.unit_id, empty.c.role, cast(null(), Integer)).where(
        exists().where(OPEN, WorkItem.assignee_id.is_(None), at_it))
    taken = select(empty.c.unit_id, empty.c.role, held.user_id).join(
        held, and_(held.unit_id == empty.c.unit_id, held.role == empty.c.role)).where(
        exists().where(OPEN, WorkItem.assignee_id == held.user_id, at_it))
    return union_all(free, taken)


def _nobody_at(unit_id: ColumnElement[int], role: str) -> ColumnElement[bool]:
    post, user = aliased(RoleAssignment), aliased(User)
    return ~exists().where(post.unit_id == unit_id, post.role == role, user.id == post.user_id,
                           is_there(user)).correlate_except(post, user)

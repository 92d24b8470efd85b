"""Where nobody at a post may do a task of the case, since they are all barred from it or there is nobody: who stands in
for them by the rule (different_person, else=), and from which tasks everybody is barred."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    SelectBase,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from caseflow.casefile import offices
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.casefile.readings import Reading
from caseflow.law.appeal_rules import STAFF
from caseflow.law.person_rules import Apart
from caseflow.models import Absence, Case, RoleAssignment, Unit, User, WorkItem, db
from caseflow.people import apart, impartiality
from caseflow.people.apart import Rules
from caseflow.people.impartiality import REVIEWER
from caseflow.people.permissions import Actor

# made once: each costs a millisecond
_CASE, _POST, _USER, _UNIT, _ABSENCE = map(aliased, (Case, RoleAssignment, User, Unit, Absence))
OPEN = WorkItem.status == literal_column("'open'")  # spelled out: with a parameter the partial index would not be found


def stands_in(actor: Actor, item: HeldItem | WorkItem, case: Case | HeldCase | Reading) -> Apart | None:
    """The rule by which the actor may take this free task though they do not hold its post; None where they may not."""
    if item.assignee_id is not None or item.role == STAFF or actor.holds(item.role, item.unit_id):
        return None
    for rule in apart.rules_on(case, item.element):
        office, _, role = rule.fallback.partition(".")
        if actor.has_role(role) and actor.holds(role, offices.unit_for(case, office)):
            alone = select(WorkItem.id).where(WorkItem.id == item.id, _nobody_at_its_post())
            return rule if db.session.scalar(alone) is not None else None
    return None


def may_stand_in(actor: Actor) -> bool:
    """Whether the actor has a role with which somebody stands in, wherever it is held."""
    return actor.has_role(*(rule.fallback.partition(".")[2] for _, _, rule in apart.kept_apart()))


def free_for(actor: Actor, regulation: str | None = None) -> Iterator[ColumnElement[bool]]:
    """Conditions on WorkItem, one of which holds for each free task that the actor may take by such a rule."""
    for key, kind, rule in apart.kept_apart():
        office, _, role = rule.fallback.partition(".")
        here, unit = sorted(unit for held, unit in actor.roles if held == role), _UNIT
        if here and regulation in (None, key):
            yield and_(OPEN, WorkItem.assignee_id.is_(None), WorkItem.role != STAFF, _is_of(key, kind, rule),
                       exists().where(unit.id.in_(here), unit.regulation == key, unit.key == office),
                       _nobody_at_its_post(), ~impartiality.barred(actor.user_id))


def nobody_may() -> ColumnElement[bool]:
    """A condition on WorkItem: an open review, or a task that a rule keeps apart, at a post where people are, of whom
    nobody may do it, nor anybody for them. Where nobody is at all: vacancies."""
    return _nobody_may(apart.kept_apart())


def nobody_may_in(units: Collection[int]) -> list[ColumnElement[bool]]:
    """The same for the tasks of these units, as conditions with no task in common, and cheap however many they have:
    one person of each post is looked up, in a statement of its own, and everybody else is asked for only where a rule
    may bar that one. Tasks are looked at on the index of their step; reviews, of which that may be any, on those of
    what is free and what its holders have taken (who stands in for them is somebody)."""
    posts = _somebody_at_posts(units)
    reviewing = [unit for unit, role, _ in posts if role == REVIEWER]
    return [*(_reviews_in(reviewing) if reviewing else ()),
            *(_kept_apart_in([post for post in posts if post[1] != REVIEWER]) if len(posts) > len(reviewing) else ())]


def _somebody_at_posts(units: Collection[int]) -> list[tuple[int, str, int]]:
    """(unit, role, a person who is there) of each post that has open tasks which somebody may be barred from."""
    return [tuple(row) for row in db.session.execute(_looking(apart.elements()), {"units": list(units)})]


@lru_cache(maxsize=8)
def _looking(elements: tuple[str, ...]) -> SelectBase:
    """Made once for the tasks that rules are about."""
    here = bindparam("units", expanding=True)
    asked = select(WorkItem.unit_id, WorkItem.role).where(
        OPEN, WorkItem.element.in_(elements), WorkItem.unit_id.in_(here),
        WorkItem.role.not_in((STAFF, REVIEWER))).distinct().subquery()
    active = select(RoleAssignment).join(User, User.id == RoleAssignment.user_id).where(is_there(User)).subquery()
    kept = select(asked.c.unit_id, asked.c.role, func.min(active.c.user_id)).join(
        active, and_(active.c.unit_id == asked.c.unit_id, active.c.role == asked.c.role))
    review = and_(OPEN, WorkItem.role == REVIEWER, WorkItem.unit_id == active.c.unit_id)
    held = aliased(RoleAssignment)
    reviews = select(active.c.unit_id, active.c.role, func.min(active.c.user_id)).where(
        active.c.unit_id.in_(here), active.c.role == REVIEWER, or_(
            exists().where(review, WorkItem.assignee_id.is_(None)),
            exists().where(review, WorkItem.assignee_id.in_(select(held.user_id).where(
                held.unit_id == active.c.unit_id, held.role == REVIEWER).correlate(active)))))
    reviews = reviews.group_by(active.c.unit_id, active.c.role)
    return union_all(kept.group_by(asked.c.unit_id, asked.c.role), reviews) if elements else reviews


def _reviews_in(units: Collection[int]) -> Iterator[ColumnElement[bool]]:
    holders = select(RoleAssignment.user_id).where(RoleAssignment.unit_id.in_(units), RoleAssignment.role == REVIEWER)
    for whose in (WorkItem.assignee_id.is_(None), WorkItem.assignee_id.in_(holders)):
        yield and_(OPEN, WorkItem.unit_id.in_(units), WorkItem.role == REVIEWER, whose, nobody_may())


def _kept_apart_in(posts: Collection[tuple[int, str, int]]) -> Iterator[ColumnElement[bool]]:
    """One look at the index of the case finds whether the person at its post did something there that a rule is
    about."""
    done = aliased(WorkItem)
    did = [and_(_at(unit, role), done.completed_by == user_id) for unit, role, user_id in posts]
    at_once = exists().where(done.case_id == WorkItem.case_id, done.element.in_(apart.elements()),
                             or_(*did)).correlate_except(done)
    yield and_(OPEN, WorkItem.element.in_(apart.elements()), or_(*(_at(unit, role) for unit, role, _ in posts)),
               at_once, nobody_may())


def _at(unit: int, role: str) -> ColumnElement[bool]:
    return and_(WorkItem.unit_id == unit, WorkItem.role == role)


def _bounded(elements: Collection[str]) -> ColumnElement[bool]:
    """Tasks from which somebody may be barred: reviews, and those that a rule is about."""
    return or_(WorkItem.role == REVIEWER, and_(WorkItem.role != STAFF, WorkItem.element.in_(elements)))


@lru_cache(maxsize=8)
def _nobody_may(rules: Rules) -> ColumnElement[bool]:
    """Made once for the rules there are: making it takes longer than most databases take to answer."""
    post, user = _POST, _USER
    there = exists().where(post.unit_id == WorkItem.unit_id, post.role == WorkItem.role, user.id == post.user_id,
                           is_there(user)).correlate_except(post, user)
    return and_(OPEN, _bounded(apart.elements()), _is_bounded(rules), there, _nobody_at_its_post(),
                ~_somebody_stands_in(rules))


def somebody_stands_in() -> ColumnElement[bool]:
    """A condition on WorkItem: who does it by a rule where nobody else can is there, and may."""
    return _somebody_stands_in(apart.kept_apart())


@lru_cache(maxsize=8)
def _somebody_stands_in(rules: Rules) -> ColumnElement[bool]:
    return or_(false(), *(and_(WorkItem.role != STAFF, _is_of(key, kind, rule), _somebody_at(key, rule.fallback))
                          for key, kind, rule in rules if rule.fallback))


def _is_bounded(rules: Iterable[tuple[str, str, Apart]]) -> ColumnElement[bool]:
    """What _bounded finds by element alone, held against the rules of the task's own regulation and kind of case."""
    return or_(WorkItem.role == REVIEWER, *(_is_of(key, kind, rule) for key, kind, rule in rules))


def _is_of(regulation: str, kind: str, rule: Apart) -> ColumnElement[bool]:
    """Whether this rule is about the task."""
    case = _CASE
    return and_(WorkItem.element.in_(rule.tasks[0] + rule.tasks[1]), exists().where(
        case.id == WorkItem.case_id, case.regulation == regulation, case.kind == kind).correlate_except(case))


def _nobody_at_its_post() -> ColumnElement[bool]:
    return _nobody_there(apart.kept_apart())


@lru_cache(maxsize=8)
def _nobody_there(_rules: Rules) -> ColumnElement[bool]:
    """Made once for the rules there are, which stand in impartiality.barred."""
    post, user = _POST, _USER
    return ~exists().where(post.unit_id == WorkItem.unit_id, post.role == WorkItem.role, user.id == post.user_id,
                           is_there(user), ~impartiality.barred(post.user_id)).correlate_except(post, user)


def is_there(user: type[User]) -> ColumnElement[bool]:
    """Whether the person is active and not away, as a condition: who stands in for them holds their post meanwhile."""
    return and_(user.active, ~exists().where(
        _ABSENCE.user_id == user.id, _ABSENCE.begun_at.is_not(None), _ABSENCE.ended_at.is_(None)).correlate_except(
        _ABSENCE))


def _somebody_at(regulation: str, fallback: str) -> ColumnElement[bool]:
    post, user, unit = _POST, _USER, _UNIT
    office, _, role = fallback.partition(".")
    return exists().where(unit.regulation == regulation, unit.key == office, post.unit_id == unit.id, post.role == role,
                          user.id == post.user_id, is_there(user),
                          ~impartiality.barred(post.user_id)).correlate_except(unit, post, user)

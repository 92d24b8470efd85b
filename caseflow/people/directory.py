"""What the pages of administration read: offices, people, logins and the journal of the system, as far as a duty
reaches. What lies beyond it is not found."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from caseflow import paging
from caseflow.errors import NotFound
from caseflow.models import Case, CaseUnit, Profile, RoleAssignment, Unit, User, WebSession, db
from caseflow.paging import Page, containing
from caseflow.people import duties
from caseflow.people.permissions import Actor

MOST_CHOICES = 2000


def unit(unit_id: int, actor: Actor) -> Unit:
    """The office of this id; NotFound beyond the actor's reach."""
    found = db.session.get(Unit, unit_id)
    if found is None or found.regulation not in duties.reach(actor):
        raise NotFound
    return found


def user(user_id: int, actor: Actor) -> User:
    """The account of this id; NotFound beyond the actor's reach."""
    found = db.session.scalar(select(User).where(User.id == user_id, duties.within(duties.reach(actor))))
    if found is None:
        raise NotFound
    return found


def units(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 50) -> Page:
    """Offices by regulation and code."""
    query = select(Unit).where(Unit.regulation.in_(duties.reach(actor)))
    if search:
        query = query.where(or_(*containing(search, Unit.name, Unit.code, Unit.key)))
    return paging.read(db.session, query.order_by(Unit.regulation, Unit.code), page, per_page)


def users(actor: Actor, *, search: str = "", unit_id: int | None = None, role: str = "", page: int = 1,
          per_page: int = 50) -> Page:
    """Accounts by name of account; those that belong to a unit or hold a role at it, those with a role."""
    query = select(User).where(duties.within(duties.reach(actor)))
    if search:
        query = query.where(or_(*containing(search, User.username, User.name, User.staff_no)))
    if unit_id is not None:
        query = query.where(or_(
            exists().where(Profile.user_id == User.id, Profile.unit_id == unit_id),
            exists().where(RoleAssignment.user_id == User.id, RoleAssignment.unit_id == unit_id)))
    if role:
        query = query.where(exists().where(RoleAssignment.user_id == User.id, RoleAssignment.role == role))
    return paging.read(db.session, query.order_by(User.username), page, per_page)


def choices(actor: Actor, *which: str) -> list[Unit]:
    """The active offices where the actor has a duty, to choose from."""
    query = select(Unit).where(Unit.regulation.in_(duties.reach(actor, *which)), Unit.active)
    return list(db.session.scalars(query.order_by(Unit.regulation, Unit.code).limit(MOST_CHOICES)))


def logins_of(user: User) -> list[WebSession]:
    """The person's logins, the last used first."""
    query = select(WebSession).where(WebSession.user_id == user.id).order_by(WebSession.seen_at.desc(), WebSession.id)
    return list(db.session.scalars(query))


def names(table: type[User] | type[Unit], ids: set[int]) -> dict[int, str]:
    """Id → name, of people or offices."""
    return dict(map(tuple, db.session.execute(select(table.id, table.name).where(table.id.in_(ids)))))


def responsible_units(actor: Actor) -> list[Unit]:
    """The units that are responsible in cases the actor may see, by name: the choices of the ledger's filter."""
    if actor.is_system or not actor.visible_units:
        return []
    seen = select(Case.unit_id).join(CaseUnit, CaseUnit.case_id == Case.id).where(
        CaseUnit.unit_id.in_(actor.visible_units))
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(seen)).order_by(Unit.regulation, Unit.name)))


def units_of(actor: Actor) -> list[Unit]:
    """The units where the actor holds a role, by name."""
    units = {unit for _, unit in actor.roles}
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(units)).order_by(Unit.name)))


def regulations_seen(actor: Actor) -> list[str]:
    """The regulations of the units whose cases the actor may see."""
    query = select(Unit.regulation).where(Unit.id.in_(actor.visible_units)).distinct().order_by(Unit.regulation)
    return list(db.session.scalars(query)) if actor.visible_units else []

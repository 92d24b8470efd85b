"""The separated duties: system administration (units, people), security administration (roles, passwords, sessions),
audit (reads all, changes nothing).

Nobody holds two of them, or one together with another role. Each reaches as far as the regulation of the unit at
which it is held; what lies beyond is not there.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select

from caseflow.errors import AdministrationRefused, NotFound, PermissionDenied
from caseflow.models import Profile, RoleAssignment, Unit, User, db
from caseflow.models.people import DUTIES
from caseflow.people.permissions import Actor


def reach(actor: Actor, *duties: str) -> frozenset[str]:
    """The regulations in which the actor has one of these duties (any, when none is named)."""
    units = {unit for role, unit in actor.roles if role in (duties or DUTIES)}
    return frozenset(db.session.scalars(select(Unit.regulation).where(Unit.id.in_(units)))) if units else frozenset()


def require(actor: Actor, duty: str, regulation: str) -> None:
    """Refuse whoever has duties elsewhere (NotFound), or not this one here (PermissionDenied). The system has all."""
    if actor.is_system or regulation in reach(actor, duty):
        return
    if actor.has_role(*DUTIES) and regulation not in reach(actor):
        raise NotFound
    raise PermissionDenied("This is for another duty of administration.")


def require_over(actor: Actor, duty: str, user: User) -> None:
    """Likewise for an account: it belongs to a unit, or holds a role, where the actor has this duty."""
    if actor.is_system or _is_within(user, reach(actor, duty)):
        return
    if actor.has_role(*DUTIES) and not _is_within(user, reach(actor)):
        raise NotFound
    raise PermissionDenied("This is for another duty of administration.")


def _is_within(user: User, regulations: frozenset[str]) -> bool:
    return bool(db.session.scalar(select(exists().where(User.id == user.id, within(regulations)))))


def within(regulations: frozenset[str]) -> ColumnElement[bool]:
    """A condition on User that holds for the accounts of these regulations."""
    units = select(Unit.id).where(Unit.regulation.in_(regulations))
    return or_(
        exists().where(Profile.user_id == User.id, Profile.unit_id.in_(units)),
        exists().where(RoleAssignment.user_id == User.id, RoleAssignment.unit_id.in_(units)))


def require_another(user: User, role: str, regulation: str) -> None:
    """Refuse to take this duty from, or to stop, its last active holder under the regulation.

    Locks all of its holders, so that two of them cannot go at the same time.
    """
    if role not in DUTIES:
        return
    holders = db.session.scalars(
        select(User.id).join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.role == role, Unit.regulation == regulation, User.active)
        .order_by(User.id).with_for_update(key_share=True, of=(User, RoleAssignment)))
    if set(holders) == {user.id}:
        raise AdministrationRefused("last_holder")

"""Accounts and the roles they hold. Whatever changes what somebody may do is in the journal and ends their logins."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from caseflow import journal, regulations
from caseflow.errors import Conflict, InvalidInput, NotFound
from caseflow.models import RoleAssignment, Unit, User, WebSession, WorkItem, db, lock_case
from caseflow.models.people import ROLES
from caseflow.permissions import SYSTEM, Actor

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")
APART = frozenset({"admin", "auditor"})  # powers that nobody holds together with another


def find(username: str) -> User:
    user = db.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound(f"There is no user {username!r}.")
    return user


def find_unit(regulation: str, code: str) -> Unit:
    """The unit of this regulation with this code or key; NotFound tells some that there are."""
    regulations.get(regulation)
    named = (Unit.code == code) | (Unit.key == code)
    unit = db.session.scalar(select(Unit).where(Unit.regulation == regulation, named))
    if unit is None:
        some = db.session.execute(select(Unit.key, Unit.code).where(Unit.regulation == regulation).limit(20))
        raise NotFound(f"{regulation} has no unit {code!r}; it has {', '.join(key or code for key, code in some)}.")
    return unit


def add(username: str, name: str, password_hash: str, now: datetime, actor: Actor = SYSTEM) -> User:
    """Make an account without roles. Refuses a name in use (Conflict) or of another form (InvalidInput)."""
    if not USERNAME.fullmatch(username):
        raise InvalidInput("A username is 2 to 64 lower-case letters, digits, dots, dashes or underscores, "
                           "beginning with a letter.", fields={"username": "form"})
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Conflict(f"The username {username!r} is in use.")
    user = User(username=username, name=name, password_hash=password_hash)
    db.session.add(user)
    db.session.flush()
    journal.append(None, "user_added", actor, now, {"user": user.id})
    return user


def grant(user: User, role: str, unit: Unit, now: datetime, actor: Actor = SYSTEM) -> None:
    """Give a role at a unit; holding it already changes nothing.

    Refuses to join administration or audit with another power: who manages accounts or reads the journal
    handles no cases.
    """
    if role not in ROLES:
        raise InvalidInput(f"{role!r} is none of: {', '.join(ROLES)}.", fields={"role": "unknown"})
    held = {assignment.role for assignment in user.roles}
    if held - {role} and (held | {role}) & APART:
        raise InvalidInput(f"{role} cannot be held together with {', '.join(sorted(held - {role}))}.",
                           fields={"role": "apart"})
    if any((assignment.role, assignment.unit_id) == (role, unit.id) for assignment in user.roles):
        return
    user.roles.append(RoleAssignment(unit_id=unit.id, role=role))
    db.session.flush()
    journal.append(None, "role_granted", actor, now, {"user": user.id, "role": role, "unit": unit.id})


def revoke(user: User, role: str, unit: Unit, now: datetime, actor: Actor = SYSTEM) -> None:
    """Take a role at a unit away, from the next request on; the tasks taken with it go back to the unit."""
    found = db.session.get(RoleAssignment, (user.id, unit.id, role))
    if found is None:
        raise NotFound(f"{user.username} is not {role} at {unit.name}.")
    db.session.delete(found)
    _give_back(user, now, actor, WorkItem.role == role, WorkItem.unit_id == unit.id)
    journal.append(None, "role_revoked", actor, now, {"user": user.id, "role": role, "unit": unit.id})


def set_password(user: User, password_hash: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Replace the password; every login of the account ends."""
    user.password_hash = password_hash
    _end_logins(user)
    journal.append(None, "password_changed", actor, now, {"user": user.id})


def set_active(user: User, active: bool, now: datetime, actor: Actor = SYSTEM) -> None:
    """Stop an account (its logins end on the next request, its tasks go back to their units) or let it in again."""
    user.active = active
    _end_logins(user)
    if not active:
        _give_back(user, now, actor)
    journal.append(None, "user_enabled" if active else "user_disabled", actor, now, {"user": user.id})


def _give_back(user: User, now: datetime, actor: Actor, *which: ColumnElement[bool]) -> None:
    """Free the open tasks this person has taken (those meant), so that nobody waits for who will not come.

    What a staff member has to do in an appeal of their own stays theirs: its time runs out, and it goes on without.
    """
    taken = select(WorkItem.case_id).where(
        WorkItem.status == "open", WorkItem.assignee_id == user.id, WorkItem.role != "staff", *which)
    for case_id in sorted(set(db.session.scalars(taken))):
        case = lock_case(case_id)
        for item in db.session.scalars(taken.with_only_columns(WorkItem).where(WorkItem.case_id == case_id)):
            item.assignee_id = None
            journal.append(case, "task_released", actor, now, {"element": item.element, "token": item.token})


def _end_logins(user: User) -> None:
    db.session.execute(delete(WebSession).where(WebSession.user_id == user.id))

"""Accounts and the roles they hold. Whatever changes what somebody may do is in the journal, with before and after."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased

from caseflow.casefile import assigning, journal
from caseflow.errors import AdministrationRefused, Conflict, InvalidInput, NotFound
from caseflow.law import regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.models import Identity, Profile, RoleAssignment, Unit, User, WebSession, WorkItem, db
from caseflow.models.people import DUTIES, ROLES
from caseflow.people import duties
from caseflow.people.permissions import SYSTEM, Actor

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")
NO_PASSWORD = "!"     # what no password hashes to: such an account waits for its one-time password
STAFF_NO = re.compile(r"[\w-]{0,32}")
LONGEST_NAME = 64


def find(username: str) -> User:
    """The user with this username, be they active or not; NotFound."""
    user = db.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound(f"There is no user {username!r}.")
    return user


def of(actor: Actor) -> User:
    """The account behind this actor, as it is in the present transaction. NotFound for the system."""
    user = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotFound
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


def accounts(regulation: str | None = None, everybody: bool = False) -> list[User]:
    """The active accounts (or all), of one regulation if it is named, by name of account."""
    query = select(User).order_by(User.username)
    if regulation is not None:
        query = query.where(duties.within(frozenset({regulations.get(regulation).key})))
    return list(db.session.scalars(query if everybody else query.where(User.active)).unique())


def any_real() -> bool:
    """Whether anybody has an account who is not of the demo, be it active or not."""
    return bool(db.session.scalar(select(exists().where(User.demo.is_(False)))))


def add(username: str, name: str, password_hash: str, now: datetime, actor: Actor = SYSTEM, *,
        unit: Unit | None = None, staff_no: str | None = None) -> User:
    """Make an account without roles, at a unit of a system administrator's regulation.

    Refuses a name in use (Conflict), values of another form (InvalidInput), a closed unit.
    """
    if unit is not None:
        duties.require(actor, "admin", unit.regulation)
    elif not actor.is_system:
        raise InvalidInput("Choose the unit to which the person belongs.", fields={"unit": "required"})
    if not USERNAME.fullmatch(username):
        raise InvalidInput("A username is 2 to 64 lower-case letters, digits, dots, dashes or underscores, "
                           "beginning with a letter.", fields={"username": "form"})
    name, staff_no = good_name(name), _good_staff_no(staff_no)
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Conflict(f"The username {username!r} is in use.")
    if unit is not None and not unit.active:
        raise AdministrationRefused("unit_closed")
    user = User(username=username, name=name, staff_no=staff_no, password_hash=password_hash)
    user.profile = Profile(unit_id=unit.id if unit else None)
    db.session.add(user)
    db.session.flush()
    journal.append(None, "user_added", actor, now, {
        "user": user.id, "username": username, "after": _facts(user)})
    return user


def change(user: User, now: datetime, actor: Actor, *, name: str, staff_no: str | None, unit: Unit | None) -> None:
    """Rename somebody, or let them belong to another unit (of a regulation the actor administers)."""
    duties.require_over(actor, "admin", user)
    lock(user)
    before, profile = _facts(user), profile_of(user)
    if unit is not None and unit.id != profile.unit_id:
        duties.require(actor, "admin", unit.regulation)
        if not unit.active:
            raise AdministrationRefused("unit_closed")
        profile.unit_id = unit.id
    user.name, user.staff_no = good_name(name), _good_staff_no(staff_no)
    if _facts(user) != before:
        journal.append(None, "user_changed", actor, now, {"user": user.id, "before": before, "after": _facts(user)})


def grant(user: User, role: str, unit: Unit, now: datetime, actor: Actor = SYSTEM) -> None:
    """Give a role at a unit; holding it already changes nothing. For security administrators, to others.

    Refuses to join one of the separated duties with another role: who manages accounts or reads the journal
    handles no cases.
    """
    duties.require(actor, "security", unit.regulation)
    duties.require_over(actor, "security", user)
    if role not in ROLES:
        raise InvalidInput(f"{role!r} is none of: {', '.join(ROLES)}.", fields={"role": "unknown"})
    if actor.user_id == user.id:
        raise AdministrationRefused("own_roles")
    lock(user)
    if not user.active:
        raise AdministrationRefused("user_stopped")
    if not unit.active:
        raise AdministrationRefused("unit_closed")
    held, before = {assignment.role for assignment in user.roles}, _roles(user)
    if held - {role} and (held | {role}) & set(DUTIES):
        raise InvalidInput(f"{role} cannot be held together with {', '.join(sorted(held - {role}))}.",
                           fields={"role": "apart"})
    if any((assignment.role, assignment.unit_id) == (role, unit.id) for assignment in user.roles):
        return
    user.roles.append(RoleAssignment(unit_id=unit.id, role=role))
    _belongs(user, unit)
    db.session.flush()
    journal.append(None, "role_granted", actor, now, {
        "user": user.id, "role": role, "unit": unit.id, "before": before, "after": _roles(user)})


def revoke(user: User, role: str, unit: Unit, now: datetime, actor: Actor = SYSTEM) -> None:
    """Take a role at a unit away, from the next request on; the tasks taken with it go back to the unit.

    Not one's own, and not a duty from its last holder.
    """
    duties.require(actor, "security", unit.regulation)
    if actor.user_id == user.id:
        raise AdministrationRefused("own_roles")
    if user.active and not _holds_elsewhere(user, role, unit):
        duties.require_another(user, role, unit.regulation)
    lock(user)
    found = next((held for held in user.roles if (held.role, held.unit_id) == (role, unit.id)), None)
    if found is None:
        raise NotFound(f"{user.username} is not {role} at {unit.name}.")
    before = _roles(user)
    _belongs(user, unit)      # also when it was the last role: somebody must be able to give another
    user.roles.remove(found)
    db.session.delete(found)
    db.session.flush()
    at_its_post = and_(WorkItem.role == role, WorkItem.unit_id == unit.id)
    _give_back(user, now, actor, or_(at_its_post, WorkItem.stands_in))
    journal.append(None, "role_revoked", actor, now, {
        "user": user.id, "role": role, "unit": unit.id, "before": before, "after": _roles(user)})


def set_password(user: User, password_hash: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Replace the password for good, by the person or by the command line; every login of the account ends."""
    user.password_hash, user.password_until = password_hash, None
    _end_logins(user)
    journal.append(None, "password_changed", actor, now, {"user": user.id})


def reset_password(user: User, password_hash: str, until: datetime, now: datetime, actor: Actor) -> None:
    """Set a one-time password, by a security administrator and for somebody else; every login of the account ends."""
    duties.require_over(actor, "security", user)
    if actor.user_id == user.id:
        raise AdministrationRefused("own_account")
    if not user.active:
        raise AdministrationRefused("user_stopped")
    user.password_hash, user.password_until = password_hash, until
    _end_logins(user)
    journal.append(None, "password_reset", actor, now, {"user": user.id, "until": until})


def without_password(actor: Actor, limit: int) -> list[User]:
    """Accounts within a security administrator's reach that wait for their first password, by office and name.

    Not one's own, not those of the demo, and not those who sign in at an identity provider.
    """
    office = aliased(Profile)     # duties.within asks for profiles of its own
    query = select(User).outerjoin(office, office.user_id == User.id).where(
        User.active, ~User.demo, User.password_hash == NO_PASSWORD, User.id != actor.user_id,
        duties.within(duties.reach(actor, "security")), ~exists().where(Identity.user_id == User.id))
    return list(db.session.scalars(query.order_by(office.unit_id, User.username).limit(limit)).unique())


def give_first_password(user: User, password_hash: str, until: datetime, now: datetime, actor: Actor) -> bool:
    """Set a one-time password where there is none yet, as reset_password does; whether there was none.

    Of two who do this at once one does: nobody is handed a password that was replaced in the same moment.
    """
    lock(user)
    if user.password_hash != NO_PASSWORD or not user.active:
        return False
    reset_password(user, password_hash, until, now, actor)
    return True


def set_active(user: User, active: bool, now: datetime, actor: Actor = SYSTEM) -> None:
    """Stop an account (its logins end on the next request, its tasks go back to their units) or let it in again.

    By a system administrator; not one's own, and not the last holder of a duty.
    """
    duties.require_over(actor, "admin", user)
    if actor.user_id == user.id:
        raise AdministrationRefused("own_account")
    if not active:
        for role, regulation in sorted({(held.role, held.unit.regulation) for held in user.roles if user.active}):
            duties.require_another(user, role, regulation)
    lock(user)
    if user.active == active:
        return
    user.active = active
    _end_logins(user)
    if not active:
        _give_back(user, now, actor)
    journal.append(None, "user_enabled" if active else "user_disabled", actor, now, {
        "user": user.id, "before": {"active": not active}, "after": {"active": active}})


def end_logins(user: User, now: datetime, actor: Actor, session: str | None = None) -> int:
    """End one login of a person, or all; by the person, or by a security administrator. Returns how many ended."""
    if actor.user_id != user.id:
        duties.require_over(actor, "security", user)
    ended = _end_logins(user, *([WebSession.id == session] if session else []))
    if ended:
        journal.append(None, "logins_ended", actor, now, {"user": user.id, "logins": ended})
    return ended


def link(user: User, issuer: str, subject: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Let somebody sign in as `subject` of an identity provider; an empty subject ends that. For security
    administrators, and for others. Refuses (Conflict) who is somebody else already, or no subject (InvalidInput).
    """
    duties.require_over(actor, "security", user)
    if actor.user_id == user.id:
        raise AdministrationRefused("own_account")
    if len(subject) > 255 or not subject.isprintable():
        raise InvalidInput("A subject has at most 255 characters.", fields={"subject": "form"})
    present = db.session.scalar(select(Identity).where(Identity.issuer == issuer, Identity.user_id == user.id))
    before = present.subject if present else None
    if before == (subject or None):
        return
    if subject and db.session.get(Identity, (issuer, subject)) is not None:
        raise Conflict("This subject belongs to another account.")
    if present is not None:
        db.session.delete(present)
        db.session.flush()
    if subject:
        db.session.add(Identity(issuer=issuer, subject=subject, user_id=user.id))
    db.session.flush()
    journal.append(None, "identity_linked" if subject else "identity_unlinked", actor, now, {
        "user": user.id, "issuer": issuer, "before": {"subject": before}, "after": {"subject": subject or None}})


def by_identity(issuer: str, subject: str) -> User | None:
    """Whoever is this subject of this provider; nobody is made by asking."""
    return db.session.scalar(select(User).join(Identity, Identity.user_id == User.id).where(
        Identity.issuer == issuer, Identity.subject == subject))


def subject_of(user: User, issuer: str) -> str:
    """Who the person is for this provider; "" when not linked."""
    return db.session.scalar(select(Identity.subject).where(
        Identity.issuer == issuer, Identity.user_id == user.id)) or ""


def free_stranded(now: datetime) -> int:
    """Give back what people have taken in the very moment in which their account was stopped; how many people."""
    stranded = select(User).where(~User.active, User.id.in_(
        select(WorkItem.assignee_id).where(WorkItem.status == "open", WorkItem.assignee_id.is_not(None))))
    users = list(db.session.scalars(stranded.order_by(User.id)))
    for user in users:
        _give_back(user, now, SYSTEM)
    return len(users)


def profile_of(user: User) -> Profile:
    """The person's profile, made when there is none yet."""
    if user.profile is None:
        user.profile = Profile(user_id=user.id, email="", phone="", chat="", channels="", digest=False, read_to=0)
        db.session.flush()
    return user.profile


def lock(user: User) -> None:
    """Have the account as it is now, to the end of the transaction. Whoever only refers to it need not wait."""
    db.session.refresh(user, with_for_update={"key_share": True})
    db.session.expire(user, ["roles"])


def _belongs(user: User, unit: Unit) -> None:
    """Whoever belongs nowhere yet belongs to this office."""
    profile = profile_of(user)
    profile.unit_id = profile.unit_id or unit.id


def _holds_elsewhere(user: User, role: str, unit: Unit) -> bool:
    return any(held.role == role and held.unit_id != unit.id and held.unit.regulation == unit.regulation
               for held in user.roles)


def good_name(name: str) -> str:
    """The name without needless blanks; refuses what is none."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name[0] in "=+-@":
        raise InvalidInput(f"A name has 1 to {LONGEST_NAME} characters.", fields={"name": "form"})
    return name


def _good_staff_no(staff_no: str | None) -> str | None:
    staff_no = (staff_no or "").strip()
    if not STAFF_NO.fullmatch(staff_no):
        raise InvalidInput("A staff number has at most 32 letters, digits or dashes.", fields={"staff_no": "form"})
    return staff_no or None


def _facts(user: User) -> dict[str, object]:
    return {"name": user.name, "staff_no": user.staff_no, "unit": user.profile.unit_id if user.profile else None}


def _roles(user: User) -> list[list[object]]:
    return sorted([held.role, held.unit_id] for held in user.roles)


def _give_back(user: User, now: datetime, actor: Actor, *which: ColumnElement[bool]) -> None:
    """Free the open tasks this person has taken (those meant), so that nobody waits for who will not come.

    What a staff member has to do in an appeal of their own stays theirs: its time runs out, and it goes on without.
    """
    for case, item in assigning.open_items(WorkItem.assignee_id == user.id, WorkItem.role != STAFF, *which):
        assigning.give(case, item, None, actor, "task_released", now)


def _end_logins(user: User, *which: ColumnElement[bool]) -> int:
    return db.session.execute(delete(WebSession).where(WebSession.user_id == user.id, *which)).rowcount

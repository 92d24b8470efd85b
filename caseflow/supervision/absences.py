"""Absences: a substitute stands in from a day to a day, and everything goes back at the end.

New work: the substitute holds the absent person's posts for the time, so that what waits at these posts is theirs to
take, and nothing is handed to the absent person meanwhile. Open work, if wished: what the person had taken goes to
the substitute, and what is still theirs at the end comes back. The scheduler begins and ends absences by their days.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select

from caseflow import moments
from caseflow.casefile import assigning, journal
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Absence, RoleAssignment, SubstitutedItem, Unit, User, WorkItem, db
from caseflow.models.people import POSTS
from caseflow.notices import outbox
from caseflow.people import accounts, impartiality, permissions
from caseflow.people.permissions import SYSTEM, Actor

LONGEST = 366       # days


def enter(user_id: int, substitute_id: int, first_day: date, last_day: date, open_too: bool, actor: Actor,
          now: datetime) -> Absence:
    """Enter an absence: one's own, or that of somebody in a unit one supervises. Journaled as absence_entered.

    The substitute works in a unit of the absent person's. Refuses with NotFound, PermissionDenied or InvalidInput
    (days out of order or past, another absence in these days, a substitute who is away, inactive or elsewhere).
    """
    user = _person(user_id, actor)
    substitute = db.session.get(User, substitute_id)
    problems = {}
    if not moments.day_of(now) <= last_day or not first_day <= last_day or (last_day - first_day).days > LONGEST:
        problems["last_day"] = "out_of_range"
    elif _away(user_id, first_day, last_day):
        problems["first_day"] = "taken"
    if substitute is None or substitute_id not in {other.id for other in substitutes(user)}:
        problems["substitute"] = "unknown"
    elif "last_day" not in problems and _away(substitute_id, first_day, last_day):
        problems["substitute"] = "away"
    if problems:
        raise InvalidInput(fields=problems)
    absence = Absence(user_id=user_id, substitute_id=substitute_id, first_day=first_day, last_day=last_day,
                      open_too=open_too, entered_by=actor.user_id, entered_at=now)
    db.session.add(absence)
    db.session.flush()
    journal.append(None, "absence_entered", actor, now, {
        "absence": absence.id, "user": user_id, "substitute": substitute_id, "first_day": first_day,
        "last_day": last_day, "open_too": open_too})
    return absence


def end_early(absence_id: int, actor: Actor, now: datetime) -> None:
    """Somebody is back, or does not go: end an absence now. Again: changes nothing."""
    absence = _locked(absence_id)
    if absence is None:
        raise NotFound
    _person(absence.user_id, actor)
    if absence.ended_at is None:
        _end(absence, actor, now)


def turn(now: datetime) -> int | None:
    """Begin or end the next absence whose day has come; its id, or None when there is none."""
    today = moments.day_of(now)
    due = or_(Absence.last_day < today, Absence.begun_at.is_(None) & (Absence.first_day <= today))
    query = select(Absence).where(Absence.ended_at.is_(None), due).order_by(Absence.first_day, Absence.id).limit(1)
    absence = db.session.scalar(query.with_for_update(of=Absence, skip_locked=True))
    if absence is None:
        return None
    if absence.last_day < today:
        _end(absence, SYSTEM, now)
    else:
        _begin(absence, now)
    return absence.id


def substitutes(user: User) -> list[User]:
    """The active people who hold a post in a unit of this person's, by name."""
    units = {post.unit_id for post in user.roles if post.role in POSTS}
    query = select(User).join(RoleAssignment).where(
        RoleAssignment.unit_id.in_(units), RoleAssignment.role.in_(POSTS), User.active, User.id != user.id)
    return list(db.session.scalars(query.order_by(User.name, User.id)).unique())


def people_of(actor: Actor) -> list[User]:
    """Whose absence the actor may enter: their own, and that of everybody in the units they supervise."""
    units = permissions.supervised_units(actor)
    inside = select(RoleAssignment.user_id).where(
        RoleAssignment.unit_id.in_(units), RoleAssignment.role.in_(POSTS))
    query = select(User).where(User.active, or_(User.id == actor.user_id, User.id.in_(inside)))
    return list(db.session.scalars(query.order_by(User.name, User.id).limit(500)).unique())


def seen_by(actor: Actor) -> list[Absence]:
    """The absences that last or are to come, of oneself, for oneself, and in the units one supervises."""
    mine = {user.id for user in people_of(actor)}
    query = select(Absence).where(Absence.ended_at.is_(None), or_(
        Absence.user_id.in_(mine), Absence.substitute_id == actor.user_id))
    return list(db.session.scalars(query.order_by(Absence.first_day, Absence.id)))


def _person(user_id: int, actor: Actor) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    if user_id == actor.user_id:
        return user
    places = {post.unit_id for post in user.roles}
    if not places & permissions.supervised_units(actor):
        raise NotFound if not places & actor.visible_units else PermissionDenied
    return user


def _away(user_id: int, first_day: date, last_day: date) -> bool:
    query = select(Absence.id).where(Absence.user_id == user_id, Absence.ended_at.is_(None),
                                     Absence.first_day <= last_day, Absence.last_day >= first_day)
    return db.session.scalar(query.limit(1)) is not None


def _locked(absence_id: int) -> Absence | None:
    query = select(Absence).where(Absence.id == absence_id).with_for_update(of=Absence)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _begin(absence: Absence, now: datetime) -> None:
    absence.begun_at, user, substitute = now, absence.user, absence.substitute
    held = {(post.role, post.unit_id) for post in substitute.roles}
    lent = [post for post in user.roles if post.role in POSTS and (post.role, post.unit_id) not in held]
    if substitute.active:
        _pass_on(absence, now)
        for post in lent:
            accounts.grant(substitute, post.role, post.unit, now)
        absence.lent = " ".join(f"{post.role}:{post.unit_id}" for post in lent)
        _tell("stands_in", absence, substitute, user, now)
    journal.append(None, "absence_begun", SYSTEM, now, {"absence": absence.id, "user": user.id})


def _pass_on(absence: Absence, now: datetime) -> None:
    if not absence.open_too:
        return
    for case, item in assigning.open_items(WorkItem.assignee_id == absence.user_id):
        db.session.add(SubstitutedItem(absence_id=absence.id, work_item_id=item.id))
        _give(case, item, _able(absence.substitute, case, item), SYSTEM, "task_substituted", now)


def _able(user: User, case: HeldCase, item: HeldItem) -> User | None:
    """The person, unless they may not have this task: then it is free for its office."""
    return None if impartiality.reason(user.id, item, case) else user


def _end(absence: Absence, actor: Actor, now: datetime) -> None:
    """Everything goes back: first the tasks, then the posts. What the substitute took at a lent post is free again.

    An absence that had begun ends with a notice to whom it was.
    """
    absence.ended_at = now
    ids = select(SubstitutedItem.work_item_id).where(SubstitutedItem.absence_id == absence.id)
    theirs = or_(WorkItem.assignee_id == absence.substitute_id, WorkItem.assignee_id.is_(None))   # None: barred from it
    for case, item in assigning.open_items(WorkItem.id.in_(ids), theirs):
        back = any((post.role, post.unit_id) == (item.role, item.unit_id) for post in absence.user.roles)
        to = _able(absence.user, case, item) if back and absence.user.active else None
        _give(case, item, to, actor, "task_returned", now)
    db.session.flush()
    for post in absence.lent.split():
        role, _, unit_id = post.partition(":")
        if db.session.get(RoleAssignment, (absence.substitute_id, int(unit_id), role)) is not None:
            accounts.revoke(absence.substitute, role, db.session.get(Unit, int(unit_id)), now)
    if absence.begun_at is not None:
        _tell("came_back", absence, absence.user, absence.substitute, now)
    journal.append(None, "absence_ended", actor, now, {"absence": absence.id, "user": absence.user_id})


def _tell(kind: str, absence: Absence, user: User, other: User, now: datetime) -> None:
    """A notice to one of the two, at a post of theirs: for whom they stand in, or who stood in for them."""
    post = min(user.roles, key=lambda held: (held.role not in POSTS, held.unit_id, held.role), default=None)
    if post is not None:
        outbox.send(f"absence:{absence.id}:{kind}", kind, case=None, unit_id=post.unit_id, role=post.role,
                     user_id=user.id, details={"note": other.name}, now=now)


def _give(case: HeldCase, item: HeldItem, to: User | None, actor: Actor, why: str, now: datetime) -> None:
    details = {"user": to.id, "to": to.name} if to else {"user": None, "to": ""}
    assigning.give(case, item, details["user"], actor, why, now, details)

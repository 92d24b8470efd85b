"""Who may not review an appeal, and why: the rated person, the appellant, a member of the rated unit, and on a second
round whoever reviewed the first. Asked when a review is taken or given, and again when it is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from caseflow.casefile.hand import HeldItem
from caseflow.errors import NotImpartial
from caseflow.models import Appeal, Rating, RoleAssignment, ServiceRecord, Unit, User, WorkItem, db

REVIEWER = "reviewer"


def bar(user_id: int | None, case_id: int) -> str | None:
    """Why this person may not review the appeal of this case: rated, appellant, rated_unit, first_handler, or None."""
    query = select(Appeal, ServiceRecord.handler_no, ServiceRecord.handler_name).join(
        Rating, Rating.id == Appeal.rating_id).join(ServiceRecord, ServiceRecord.id == Rating.service_record_id)
    found = db.session.execute(query.where(Appeal.case_id == case_id)).first()
    user = db.session.get(User, user_id) if user_id else None
    if found is None or user is None:
        return None
    appeal, staff_no, name = found
    member = any(post.unit_id == appeal.unit_id for post in user.roles)
    if staff_no and user.staff_no == staff_no and (member or user.name == name):
        return "rated"
    if user.id == appeal.appellant_id:
        return "appellant"
    if member:
        return "rated_unit"
    return "first_handler" if _reviewed_before(user.id, appeal) else None


def _reviewed_before(user_id: int, appeal: Appeal) -> bool:
    """Whether this person has reviewed an earlier appeal against the same rating."""
    earlier = exists().where(
        WorkItem.completed_by == user_id, WorkItem.role == REVIEWER, WorkItem.case_id == Appeal.case_id,
        Appeal.rating_id == appeal.rating_id, Appeal.case_id != appeal.case_id)
    return bool(db.session.scalar(select(earlier)))


def require(user_id: int | None, item: HeldItem | WorkItem, case_id: int) -> None:
    """Refuse with NotImpartial (details: `reason`) whoever may not have or complete this task; others at once."""
    found = reason(user_id, item, case_id)
    if found:
        raise NotImpartial(reason=found)


def reason(user_id: int | None, item: HeldItem | WorkItem, case_id: int) -> str | None:
    """Why this person may not have this task; None for whoever may, and for every task but a review."""
    return bar(user_id, case_id) if item.role == REVIEWER else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Reviews of appeals about `rated` that nobody impartial could do: who reviews at `office` is of the unit too."""

    regulation: str
    office: str
    office_id: int
    rated: str
    rated_id: int


def gaps(regulation: str, posts: set[str]) -> Iterator[Gap]:
    """The rated units of a place for which none of these posts (unit.role) has an impartial person.

    Only units where somebody works are looked at: a place that nobody has been given to yet is not complained of.
    """
    reviewer, member = aliased(RoleAssignment), aliased(RoleAssignment)
    rated = list(db.session.scalars(select(Unit).where(
        Unit.regulation == regulation, Unit.key.is_(None) | Unit.key.not_in({post.partition(".")[0] for post in posts}),
        exists().where(RoleAssignment.unit_id == Unit.id, RoleAssignment.role.in_(("officer", "staff")),
                       RoleAssignment.user_id == User.id, User.active)).order_by(Unit.id)))
    for key in sorted(post.partition(".")[0] for post in posts):
        office = db.session.scalar(select(Unit).where(Unit.regulation == regulation, Unit.key == key))
        for unit in rated:
            outsider = exists().where(
                reviewer.unit_id == office.id, reviewer.role == REVIEWER, User.id == reviewer.user_id, User.active,
                ~exists().where(member.user_id == User.id, member.unit_id == unit.id))
            if not db.session.scalar(select(outsider)):
                yield Gap(regulation, office.name, office.id, unit.name, unit.id)


def someone_for(item: WorkItem) -> bool:
    """Whether anybody who holds the role may do this open review."""
    holders = db.session.scalars(select(RoleAssignment.user_id).join(User).where(
        RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role, User.active))
    return any(bar(user_id, item.case_id) is None for user_id in holders)

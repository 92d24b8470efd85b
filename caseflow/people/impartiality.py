"""Who may not review an appeal, and why: the rated person, the appellant, a member of the rated unit, and on a second
round whoever reviewed the first. Asked when a review is taken or given, and again when it is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from caseflow.casefile.hand import HeldItem
from caseflow.errors import NotImpartial
from caseflow.law.appeal_rules import STAFF
from caseflow.law.regulation_file import Regulation
from caseflow.models import Appeal, Branch, Rating, RoleAssignment, ServiceRecord, Unit, User, WorkItem, db
from caseflow.people import branches

REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Contested:
    """What an appeal is about, as far as it bars anybody from its review: the unit and the person (by number and name)
    that were rated, the appellant, and who has reviewed an earlier appeal against the same rating."""

    unit_id: int
    appellant_id: int
    staff_no: str | None
    name: str | None
    reviewed_by: frozenset[int]

    def bar(self, user: User) -> str | None:
        """Why this person may not review it: rated, appellant, rated_unit, first_handler, or None."""
        member = any(post.unit_id == self.unit_id for post in user.roles)
        if self.staff_no and user.staff_no == self.staff_no and (member or user.name == self.name):
            return "rated"
        if user.id == self.appellant_id:
            return "appellant"
        if member:
            return "rated_unit"
        return "first_handler" if user.id in self.reviewed_by else None


def contested(case_id: int) -> Contested | None:
    """What the appeal of this case is about; None for a case of another kind."""
    earlier = aliased(Appeal)
    query = select(
        Appeal.unit_id, Appeal.appellant_id, ServiceRecord.handler_no, ServiceRecord.handler_name,
        WorkItem.completed_by).join(Rating, Rating.id == Appeal.rating_id).join(
        ServiceRecord, ServiceRecord.id == Rating.service_record_id).outerjoin(
        earlier, and_(earlier.rating_id == Appeal.rating_id, earlier.case_id != Appeal.case_id)).outerjoin(
        WorkItem, and_(WorkItem.case_id == earlier.case_id, WorkItem.role == REVIEWER))
    rows = db.session.execute(query.where(Appeal.case_id == case_id)).all()
    reviewed_by = frozenset(user_id for *_, user_id in rows if user_id is not None)
    return Contested(*rows[0][:4], reviewed_by) if rows else None


def contested_in(item: HeldItem | WorkItem, case_id: int) -> Contested | None:
    """The same for whoever is to have this task; None for every task but a review."""
    return contested(case_id) if item.role == REVIEWER else None


def bar(user_id: int | None, case_id: int) -> str | None:
    """Why this person may not review the appeal of this case; see `Contested.bar`."""
    return bar_of(user_id, contested(case_id))


def require(user_id: int | None, item: HeldItem | WorkItem, case_id: int) -> None:
    """Refuse with NotImpartial (details: `reason`) whoever may not have or complete this task; others at once."""
    found = reason(user_id, item, case_id)
    if found:
        raise NotImpartial(reason=found)


def reason(user_id: int | None, item: HeldItem | WorkItem, case_id: int) -> str | None:
    """Why this person may not have this task; None for whoever may, and for every task but a review."""
    return bar_of(user_id, contested_in(item, case_id))


def bar_of(user_id: int | None, matter: Contested | None) -> str | None:
    """The same, where it is known what the appeal is about; None for whoever may."""
    user = db.session.get(User, user_id) if user_id and matter else None
    return matter.bar(user) if matter and user else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Reviews of appeals about `rated` that nobody impartial could do: who reviews at `office` is of the unit too."""

    regulation: str
    office: str
    office_id: int
    rated: str
    rated_id: int


def gaps(regulation: Regulation, day: date) -> Iterator[Gap]:
    """The rated units of a place for which a post that reviews their appeals on this day has no impartial person.

    Only units where somebody works are looked at: a place that nobody has been given to yet is not complained of.
    """
    keys = sorted({post.partition(".")[0] for post in regulation.appeal.reviewed_by} if regulation.appeal else ())
    if not keys:
        return
    units = dict(db.session.execute(select(Unit.key, Unit.id).where(
        Unit.regulation == regulation.key, Unit.key.is_not(None))).all())
    for unit in _rated(regulation, keys):
        offices = {**units, **branches.serving(unit.id, regulation, units, day)}
        for office in db.session.scalars(select(Unit).where(Unit.id.in_({offices.get(key) for key in keys}))):
            if not _has_outsider(office, unit):
                yield Gap(regulation.key, office.name, office.id, unit.name, unit.id)


def _rated(regulation: Regulation, keys: Collection[str]) -> list[Unit]:
    """The units of a place where somebody works who may be rated, without those that review."""
    reviews = exists().where(Branch.unit_id == Unit.id, Branch.office.in_(keys))
    named = {rules.otherwise for key, rules in regulation.branches.items() if key in keys} | set(keys)
    return list(db.session.scalars(select(Unit).where(
        Unit.regulation == regulation.key, Unit.key.is_(None) | Unit.key.not_in(named), ~reviews,
        exists().where(RoleAssignment.unit_id == Unit.id, RoleAssignment.role.in_(("officer", STAFF)),
                       RoleAssignment.user_id == User.id, User.active)).order_by(Unit.id)))


def _has_outsider(office: Unit, rated: Unit) -> bool:
    """Whether somebody reviews at the office who is not of the rated unit too."""
    reviewer, member = aliased(RoleAssignment), aliased(RoleAssignment)
    return bool(db.session.scalar(select(exists().where(
        reviewer.unit_id == office.id, reviewer.role == REVIEWER, User.id == reviewer.user_id, User.active,
        ~exists().where(member.user_id == User.id, member.unit_id == rated.id)))))


def someone_for(item: WorkItem) -> bool:
    """Whether anybody who holds the role may do this open review."""
    holders = db.session.scalars(select(User).join(User.roles).where(
        RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role, User.active))
    matter = contested(item.case_id)
    return any(matter is None or matter.bar(user) is None for user in holders)

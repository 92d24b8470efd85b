"""Who may not have a task, and why: who must recuse from the review of an appeal (the rated person, the appellant, a
member of the rated unit, and on a second round whoever reviewed the first), and who did the task from which the rules
keep it apart. Asked at every door: when a task is shown, taken, given and completed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from caseflow.casefile.hand import HeldItem
from caseflow.errors import NotImpartial, OtherPersonNeeded, PermissionDenied
from caseflow.law import regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.law.regulation_file import Regulation
from caseflow.models import Appeal, Branch, Case, Rating, RoleAssignment, ServiceRecord, Unit, User, WorkItem, db
from caseflow.people import apart, branches
from caseflow.people.apart import Did, OfCase

REVIEWER = "reviewer"
OTHER_TASK = "other_task"


@dataclass(frozen=True, slots=True)
class Contested:
    """What an appeal is about, as far as it bars anybody from its review: the units that were rated, answered for the
    rating when it was filed, or answer now; the person (by number and name) that was rated, the appellant, and who has
    reviewed an earlier appeal against the same rating."""

    unit_ids: frozenset[int]
    appellant_id: int
    staff_no: str | None
    name: str | None
    reviewed_by: frozenset[int]

    def bar(self, user: User) -> str | None:
        """Why this person may not review it: rated, appellant, rated_unit, first_handler, or None."""
        member = any(post.unit_id in self.unit_ids for post in user.roles)
        if self.staff_no and user.staff_no == self.staff_no and (member or user.name == self.name):
            return "rated"
        if user.id == self.appellant_id:
            return "appellant"
        if member:
            return "rated_unit"
        return "first_handler" if user.id in self.reviewed_by else None


@dataclass(frozen=True, slots=True)
class Bars:
    """What bars people from one task: the appeal that it reviews, if it does, and by user what they did."""

    contested: Contested | None = None
    did: Mapping[int, Did] = field(default_factory=dict)

    def bar(self, user: User) -> str | None:
        """Why this person may not have it: a code of Contested.bar, other_task, or None."""
        partial = self.contested.bar(user) if self.contested else None
        return partial or (OTHER_TASK if user.id in self.did else None)


def contested(case_id: int) -> Contested | None:
    """What the appeal of this case is about; None for a case of another kind."""
    earlier, answering = aliased(Appeal), aliased(Case)
    query = select(
        Appeal.unit_id, answering.unit_id, Unit.id, Appeal.appellant_id, ServiceRecord.handler_no,
        ServiceRecord.handler_name, WorkItem.completed_by).join(Rating, Rating.id == Appeal.rating_id).join(
        ServiceRecord, ServiceRecord.id == Rating.service_record_id).outerjoin(
        Unit, _was_rated()).outerjoin(answering, answering.id == Appeal.rectification_id).outerjoin(
        earlier, and_(earlier.rating_id == Appeal.rating_id, earlier.case_id != Appeal.case_id)).outerjoin(
        WorkItem, and_(WorkItem.case_id == earlier.case_id, WorkItem.role == REVIEWER))
    rows = db.session.execute(query.where(Appeal.case_id == case_id)).all()
    if not rows:
        return None
    reviewed_by = frozenset(user_id for *_, user_id in rows if user_id is not None)
    return Contested(frozenset(unit for unit in rows[0][:3] if unit is not None), *rows[0][3:6], reviewed_by)


def _was_rated() -> ColumnElement[bool]:
    """The unit of the service, unless the lead office keeps the rating for an office that nobody has registered."""
    return and_(Unit.id == ServiceRecord.unit_id, Unit.code == ServiceRecord.org_code)


_ALIASES = tuple(map(aliased, (User, Case, RoleAssignment, Appeal, WorkItem)))    # made once: each costs a millisecond


def must_recuse(case_id: ColumnElement[int], user_id: ColumnElement[int] | int | None) -> ColumnElement[bool]:
    """The same as a condition: this person may not review the appeal of the case with this id."""
    user, answering, member, earlier, review = _ALIASES
    its_units = or_(*(member.unit_id == unit for unit in (Appeal.unit_id, answering.unit_id, Unit.id)))
    why = or_(
        Appeal.appellant_id == user.id,
        and_(user.staff_no == ServiceRecord.handler_no, user.name == ServiceRecord.handler_name),
        exists().where(member.user_id == user.id, its_units).correlate_except(member),
        exists().where(earlier.rating_id == Appeal.rating_id, earlier.case_id != Appeal.case_id,
                       review.case_id == earlier.case_id, review.role == REVIEWER,
                       review.completed_by == user.id).correlate_except(earlier, review))
    found = select(Appeal.id).join(Rating, Rating.id == Appeal.rating_id).join(
        ServiceRecord, ServiceRecord.id == Rating.service_record_id).outerjoin(
        Unit, _was_rated()).outerjoin(answering, answering.id == Appeal.rectification_id).join(
        user, user.id == user_id)
    return found.where(Appeal.case_id == case_id, why).correlate_except(
        Appeal, Rating, ServiceRecord, Unit, answering, user).exists()


def recused(case_ids: Collection[int], user_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """(case, person) for each of these people who may not review the appeal of one of these cases."""
    if not case_ids or not user_ids:
        return frozenset()
    query = select(Case.id, User.id).join(User, User.id.in_(user_ids)).where(
        Case.id.in_(case_ids), must_recuse(Case.id, User.id))
    return frozenset(map(tuple, db.session.execute(query)))


def barred(user_id: ColumnElement[int] | int | None, role: str = REVIEWER) -> ColumnElement[bool]:
    """A condition on WorkItem: this person may not have it. `role` is that of the tasks, where only such are meant."""
    did = apart.did_the_other(user_id)
    recuse = and_(WorkItem.role == REVIEWER, must_recuse(WorkItem.case_id, user_id))
    return or_(recuse, did) if role == REVIEWER else did


def bars_of(item: HeldItem | WorkItem, case: OfCase) -> Bars:
    """What bars people from this task. No statement for one that is no review, and that no rule keeps apart."""
    return Bars(contested(case.id) if item.role == REVIEWER else None, apart.those_who_did(item, case))


def bar(user_id: int | None, case_id: int) -> str | None:
    """Why this person may not review the appeal of this case; see `Contested.bar`."""
    return bar_of(user_id, Bars(contested(case_id)))


def require(user_id: int | None, item: HeldItem | WorkItem, case: OfCase) -> None:
    """Refuse with NotImpartial (details: `reason`) or OtherPersonNeeded whoever may not have or complete this task."""
    refused = refusal(user_id, bars_of(item, case), case)
    if refused is not None:
        raise refused


def refusal(user_id: int | None, bars: Bars, case: OfCase) -> PermissionDenied | None:
    """The error with which this person is refused a task of the case, None for whoever may have it."""
    found = bar_of(user_id, bars)
    if found != OTHER_TASK:
        return NotImpartial(reason=found) if found else None
    did = bars.did[user_id]
    office, _, role = did.rule.fallback.partition(".")
    units = regulations.get(case.regulation).units
    return OtherPersonNeeded(article=did.rule.article, done=did.task,
                             fallback=(units[office].name, role) if office else None)


def reason(user_id: int | None, item: HeldItem | WorkItem, case: OfCase) -> str | None:
    """Why this person may not have this task, as Bars.bar says; None for whoever may."""
    return bar_of(user_id, bars_of(item, case))


def bar_of(user_id: int | None, bars: Bars) -> str | None:
    """The same, where it is known what bars people; None for whoever may."""
    user = db.session.get(User, user_id) if user_id and bars != Bars() else None
    return bars.bar(user) if user else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Reviews of appeals about `rated` that nobody impartial could do: who reviews at `office` is of the unit too."""

    regulation: str
    office: str
    office_id: int
    rated: str
    rated_id: int


def gaps(regulation: Regulation, day: date) -> Iterator[Gap]:
    """The rated units of a place for which a post that reviews their appeals on this day, with those who stand in for
    it, has no impartial person.

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
    """Whether somebody reviews at the office, or stands in for it, who is not of the rated unit too."""
    holder, member, post = aliased(RoleAssignment), aliased(RoleAssignment), aliased(Unit)
    others = [fallback.split(".") for fallback in apart.fallbacks_of_appeals(office.regulation)]
    able = or_(and_(post.id == office.id, holder.role == REVIEWER),
               *(and_(post.key == key, holder.role == role) for key, role in others))
    return bool(db.session.scalar(select(exists().where(
        post.id == holder.unit_id, post.regulation == office.regulation, able, User.id == holder.user_id, User.active,
        ~exists().where(member.user_id == User.id, member.unit_id == rated.id)))))

"""Finding appeals and the ratings they are against, as far as the actor may see them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased, contains_eager

from caseflow import paging
from caseflow.casefile.readings import Reading
from caseflow.errors import NotFound
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import (
    Appeal,
    AssessmentRecord,
    Case,
    NewestRating,
    Rating,
    ServiceRecord,
    Unit,
    WorkItem,
    db,
)
from caseflow.models.people import OFFICIALS
from caseflow.paging import Page
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import Actor


def is_party(appeal: Appeal, actor: Actor) -> bool:
    """Whether the appeal is the actor's own, or that of the department they act for."""
    if appeal.party.startswith("staff:"):
        return appeal.party == f"staff:{actor.user_id}"
    return any(role in OFFICIALS and unit == appeal.unit_id for role, unit in actor.roles)


def find(appeal_id: int, actor: Actor) -> Appeal:
    """The appeal; NotFound unless the actor filed it or may see its case."""
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound
    permissions.require_see(actor, appeal.case)
    return appeal


def of_case(case_id: int) -> Appeal | None:
    """The appeal that this case reviews, None for a case of another kind."""
    return db.session.scalar(select(Appeal).where(Appeal.case_id == case_id))


def against(rating_id: int) -> list[Appeal]:
    """Every appeal against a rating, the first first."""
    return list(db.session.scalars(select(Appeal).where(Appeal.rating_id == rating_id).order_by(Appeal.id)))


def assessment_of(appeal_id: int) -> AssessmentRecord | None:
    """What was recorded for the annual assessment because of this appeal (QJ-18), if anything was."""
    return db.session.scalar(select(AssessmentRecord).where(AssessmentRecord.appeal_id == appeal_id))


def corrects(appeal: Appeal) -> bool:
    """Whether the appeal led to a newer rating, which counts in the place of the one it is against."""
    return db.session.scalar(select(NewestRating.id).where(NewestRating.case_id == appeal.case_id).limit(1)) is not None


def rating_of(rating_id: int, actor: Actor) -> Rating:
    """A rating about the actor, or one whose case they may see; else NotFound."""
    rating = db.session.get(Rating, rating_id)
    if rating is None:
        raise NotFound
    mine = select(Rating.id).join(ServiceRecord).where(Rating.id == rating.id, _about(actor))
    if db.session.scalar(mine) is None:
        case = rectification_of(rating)
        if case is None or not permissions.may_see(actor, case):
            raise NotFound
    return rating


def rectification_of(rating: Rating) -> Case | None:
    """The case in which this rating is put right, None when it needed none."""
    return db.session.scalar(select(Case).where(Case.rating_id == rating.id, Case.kind == HANDLED_IN))


def answering(rating: Rating, case: Case | Reading | None) -> int | None:
    """The office that answers for a rating now: the one that has its case, also after a transfer. None while the lead
    office keeps it for an office that nobody has registered."""
    service = rating.service
    registered = service.unit is not None and service.unit.code == service.org_code
    if case is not None and (registered or case.unit_id != service.unit_id):
        return case.unit_id
    return service.unit_id if registered else None


def is_rated(rating: Rating, actor: Actor, office: int) -> bool:
    """Whether the rating is about the actor: their number, at the office of the service; where another office answers
    for it by now, at one of the two with the name of the service record, as numbers are an office's own."""
    service = rating.service
    if not service.handler_no or service.handler_no != actor.staff_no:
        return False
    posts = {unit for _, unit in actor.roles}
    if office == service.unit_id:
        return office in posts
    return bool(posts & {office, service.unit_id}) and actor.name == service.handler_name


def _about(actor: Actor) -> ColumnElement[bool]:
    """Services that the actor handled: their number, at an office where they have a post; and by name too at one that
    a case was handed to."""
    units = {unit for _, unit in actor.roles}
    number = actor.staff_no
    if not number or not units:
        return false()
    at_home = and_(ServiceRecord.unit_id.in_(units), ServiceRecord.org_code == select(Unit.code).where(
        Unit.id == ServiceRecord.unit_id).scalar_subquery())
    handed = aliased(Case)
    elsewhere = and_(ServiceRecord.handler_name == actor.name, exists().where(
        handed.rating_id == Rating.id, handed.kind == HANDLED_IN, handed.unit_id.in_(units),
        handed.unit_id != ServiceRecord.unit_id).correlate_except(handed))
    return and_(ServiceRecord.handler_no == number, or_(at_home, elsewhere))


def about(actor: Actor, *, page: int = 1, per_page: int = 20) -> Page:
    """(rating, its rectification case or None), newest first, for every rating about the actor."""
    query = select(Rating, Case).join(Rating.service).options(contains_eager(Rating.service)).outerjoin(
        Case, and_(Case.rating_id == Rating.id, Case.kind == HANDLED_IN)).where(_about(actor))
    rows = query.order_by(Rating.received_at.desc(), Rating.id.desc())
    return paging.read(db.session, rows, page, per_page, paging.most_counted(page, per_page))


def filed_by(actor: Actor, *, page: int = 1, per_page: int = 20) -> Page:
    """The appeals of the actor and of the departments they act for, newest first."""
    units = {unit for role, unit in actor.roles if role in OFFICIALS}
    theirs = or_(Appeal.appellant_id == actor.user_id, and_(
        Appeal.unit_id.in_(units), Appeal.party.startswith("department:")))
    rows = select(Appeal).where(theirs).order_by(Appeal.filed_at.desc(), Appeal.id.desc())
    return paging.read(db.session, rows, page, per_page, paging.most_counted(page, per_page))


def task_for(appeal: Appeal, actor: Actor) -> WorkItem | None:
    """The open task of the appeal that the actor may do, such as adding evidence."""
    items = db.session.scalars(select(WorkItem).where(WorkItem.case_id == appeal.case_id, WorkItem.status == "open"))
    return next((item for item in items.unique() if permissions.may_work(actor, item)
                 and impartiality.reason(actor.user_id, item, item.case) is None), None)


def withdrawable(appeal: Appeal, actor: Actor) -> bool:
    """Whether the actor may still withdraw it."""
    return is_party(appeal, actor) and appeal.withdrawn_at is None and appeal.decision is None \
        and appeal.case.status == "open"

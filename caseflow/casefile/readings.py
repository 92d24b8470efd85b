"""What the screens read beside the worklist: one case with all its records, the ledger's columns, incidents.

Reads tables only. What an actor may not see is not in the lists; single cases are found through cases.find.
"""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from caseflow.models import (
    AwaitedMessage,
    Case,
    CaseReference,
    NewestRating,
    OutboxMessage,
    Rating,
    ServiceRecord,
    Submission,
    Timer,
    Unit,
    User,
    WorkItem,
    db,
)
from caseflow.paging import containing


def work_items_of(case: Case) -> list[WorkItem]:
    """All tasks of the case, oldest first."""
    query = select(WorkItem).where(WorkItem.case_id == case.id).order_by(WorkItem.opened_at, WorkItem.id)
    return list(db.session.scalars(query.options(joinedload(WorkItem.unit), joinedload(WorkItem.assignee))).unique())


def timers_of(case: Case) -> list[Timer]:
    """All deadlines and delays of the case, the earliest first."""
    return list(db.session.scalars(select(Timer).where(Timer.case_id == case.id).order_by(Timer.due_at, Timer.id)))


def submissions_of(case: Case) -> list[tuple[Submission, str]]:
    """(what was filled in, by whom), oldest first."""
    query = select(Submission, User.name).join(User, User.id == Submission.submitted_by)
    rows = db.session.execute(query.where(Submission.case_id == case.id).order_by(Submission.id))
    return [(submission, name) for submission, name in rows]


def submission_of(work_item_id: int) -> Submission | None:
    """What was filled in at this task, if it is done."""
    return db.session.scalar(select(Submission).where(Submission.work_item_id == work_item_id))


def messages_of(case: Case) -> list[tuple[OutboxMessage, str]]:
    """(message, name of the unit it goes to), oldest first."""
    query = select(OutboxMessage, Unit.name).outerjoin(Unit, Unit.id == OutboxMessage.unit_id)
    rows = db.session.execute(query.where(OutboxMessage.case_id == case.id).order_by(OutboxMessage.id))
    return [(message, name or "") for message, name in rows]


def awaited_of(case: Case) -> list[AwaitedMessage]:
    """The messages that this case waits for."""
    return list(db.session.scalars(select(AwaitedMessage).where(AwaitedMessage.case_id == case.id)))


def newest_ratings_of(rating_id: int) -> list[NewestRating]:
    """What the rater said later, in the rectification or to whoever reviewed an appeal."""
    query = select(NewestRating).where(NewestRating.rating_id == rating_id).order_by(NewestRating.id)
    return list(db.session.scalars(query))


def searching(query: Select, text: str) -> Select:
    """Narrowed to cases whose number, service, office or linked numbers contain the text."""
    elsewhere = select(CaseReference.case_id).where(
        CaseReference.removed_at.is_(None), *containing(text, CaseReference.number))
    return (
        query.outerjoin(Rating, Case.rating_id == Rating.id)
        .outerjoin(ServiceRecord, Rating.service_record_id == ServiceRecord.id)
        .join(Unit, Case.unit_id == Unit.id)
        .where(or_(Case.id.in_(elsewhere), *containing(
            text, Case.number, ServiceRecord.task_name, ServiceRecord.project_no, Unit.name)))
    )

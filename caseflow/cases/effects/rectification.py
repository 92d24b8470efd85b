"""What the service tasks of a rectification's diagram do: notices, the one return, the newest rating."""

from __future__ import annotations

from sqlalchemy import select, update

from caseflow.casefile import submissions
from caseflow.cases.effects.occasion import Occasion
from caseflow.errors import StepFailed
from caseflow.models import AppliedEffect, NewestRating, Rating, db
from caseflow.notices import outbox


def tell(occasion: Occasion, kind: str, unit: str, role: str) -> None:
    """A notice of this kind to a role at an office of the case, once per visit."""
    case, call = occasion.case, occasion.call
    unit_id = occasion.units[unit]
    outbox.send(
        f"{case.id}:{call.token}:{kind}:{unit}:{role}", kind, case=case, unit_id=unit_id, role=role,
        details={"number": case.number, "element": call.element, "name": occasion.name}, now=occasion.now)


def open_file(occasion: Occasion) -> dict:
    """The file stands: the responsible unit and the lead office are told; answers the file number."""
    tell(occasion, "file_opened", "responsible", "officer")
    tell(occasion, "file_opened", occasion.regulation.lead, "officer")
    return {"number": occasion.case.number}


def notify_responsible(occasion: Occasion) -> None:
    """A task waits: the officers of the responsible unit are told."""
    tell(occasion, "task_waiting", "responsible", "officer")


def escalate(occasion: Occasion) -> None:
    """A limit is over: the supervisors of the responsible unit and of the lead office are told."""
    tell(occasion, "overdue", "responsible", "supervisor")
    tell(occasion, "overdue", occasion.regulation.lead, "supervisor")


def remind(occasion: Occasion) -> None:
    """A limit is near: the officers of the responsible unit are told."""
    tell(occasion, "due_soon", "responsible", "officer")


def tell_rater(occasion: Occasion) -> None:
    """The rater is to be told: the office that may speak to raters is asked to, else the responsible unit."""
    offices = [key for key in occasion.units if occasion.regulation.contacts_raters(key)]
    for unit in offices or ["responsible"]:
        tell(occasion, "feedback_due", unit, "officer")


def return_for_rehandling(occasion: Occasion) -> None:
    """Back to the responsible unit, at most once in a case (HN-15): a second time is StepFailed."""
    earlier = select(AppliedEffect.token).where(
        AppliedEffect.case_id == occasion.case.id, AppliedEffect.topic == "return_for_rehandling")
    if db.session.scalar(earlier.limit(1)) is not None:
        raise StepFailed("A case is returned for rehandling at most once.", element=occasion.call.element)
    tell(occasion, "returned", "responsible", "officer")


def record_newest_rating(occasion: Occasion) -> dict:
    """The newest level the rater gave, kept beside the rating; StepFailed when no form has asked for it."""
    level = submissions.latest(occasion.case.id, "newest_level")
    if level is None:
        raise StepFailed("No form of this case has asked for the newest rating.", element=occasion.call.element)
    db.session.add(NewestRating(rating_id=occasion.case.rating_id, case_id=occasion.case.id, token=occasion.call.token,
                                level=level, recorded_at=occasion.now))
    return {"level": level}


def void(occasion: Occasion) -> dict:
    """The rating is not adopted: kept, marked, out of every statistic."""
    db.session.execute(update(Rating).where(
        Rating.id == occasion.case.rating_id, Rating.voided_at.is_(None)).values(voided_at=occasion.now))
    return {"rating": occasion.case.rating_id}

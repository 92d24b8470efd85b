"""What the service tasks of an appeal's diagram do: telling the parties, the one return, the decision."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from caseflow.casefile import assigning, submissions
from caseflow.cases.effects import rectification
from caseflow.cases.effects.occasion import Occasion
from caseflow.errors import StepFailed
from caseflow.models import Appeal, AppliedEffect, AssessmentRecord, db
from caseflow.moments import day_of
from caseflow.notices import outbox
from caseflow.raters import telling

PERSONAL = "staff"     # a task of this role is the appellant's own


def receive(occasion: Occasion) -> None:
    """The appeal has arrived: tell the rated unit."""
    _tell(occasion, "appeal_filed", "supervisor")


def return_for_evidence(occasion: Occasion) -> None:
    """Back to the appellant, at most once; a staff member's own task is given to them alone."""
    earlier = select(AppliedEffect.token).where(
        AppliedEffect.case_id == occasion.case.id, AppliedEffect.topic == "return_for_evidence")
    if db.session.scalar(earlier.limit(1)) is not None:
        raise StepFailed("An appeal is sent back for evidence at most once.", element=occasion.call.element)
    appeal = of(occasion)
    for item in list(occasion.case.items.values()):
        if item.role == PERSONAL:
            assigning.give(occasion.case, item, appeal.appellant_id, occasion.actor, None, occasion.now)
    _tell_appellant(occasion, appeal, "appeal_returned")


def uphold(occasion: Occasion) -> dict:
    """The reviewer finds for the appellant: decision and reasons are kept, and the parties told."""
    return _decide(occasion, "upheld")


def dismiss(occasion: Occasion) -> dict:
    """The reviewer finds against the appellant; a verified failure of duty goes to the annual assessment (QJ-18)."""
    details = _decide(occasion, "dismissed")
    consequences = occasion.regulation.appeal.consequences if occasion.regulation.appeal else ()
    if consequences and submissions.latest(occasion.case.id, "duty_failed") is True:
        _record_failure(occasion, consequences)
        details["consequences"] = list(consequences)
    return details


def record_reference(occasion: Occasion) -> dict:
    """Keep the number under which the provincial system corrects the rating (GC-2(三))."""
    reference = submissions.latest(occasion.case.id, "provincial_no")
    if reference is None:
        raise StepFailed("No form of this case has asked for the provincial number.", element=occasion.call.element)
    of(occasion).reference = str(reference)
    return {"reference": reference}


def void(occasion: Occasion) -> dict:
    """The rating is not adopted, and its rectification is told."""
    occasion.case.to_related.append("appeal_upheld")
    return rectification.void(occasion)


def of(occasion: Occasion) -> Appeal:
    """The appeal of this case; StepFailed in a case that is none."""
    appeal = db.session.scalar(select(Appeal).where(Appeal.case_id == occasion.case.id))
    if appeal is None:
        raise StepFailed("This effect belongs to an appeal.", element=occasion.call.element)
    return appeal


def _decide(occasion: Occasion, decision: str) -> dict:
    appeal = of(occasion)
    appeal.decision, appeal.decided_at, appeal.decided_by = decision, occasion.now, occasion.actor.user_id
    appeal.finding = submissions.latest(occasion.case.id, "finding") if decision == "upheld" else None
    appeal.reasons = str(submissions.latest(occasion.case.id, "reasons") or "")
    _tell_appellant(occasion, appeal, f"appeal_{decision}")
    _tell(occasion, f"appeal_{decision}", "supervisor")
    return {"decision": decision, "finding": appeal.finding,
            "rater_told_by": telling.tell_of_decision(appeal, decision, occasion.now)}


def _record_failure(occasion: Occasion, consequences: Iterable[str]) -> None:
    appeal = of(occasion)
    db.session.add(AssessmentRecord(
        appeal_id=appeal.id, regulation=occasion.regulation.key, unit_id=appeal.unit_id,
        staff_no=appeal.rating.service.handler_no, year=day_of(occasion.now).year,
        consequences=",".join(consequences), article=occasion.regulation.appeal.article, recorded_at=occasion.now))


def _tell_appellant(occasion: Occasion, appeal: Appeal, kind: str) -> None:
    _tell(occasion, kind, outbox.APPELLANT if appeal.party.startswith("staff:") else "officer")


def _tell(occasion: Occasion, kind: str, role: str) -> None:
    """A notice to this role at the rated unit; the rater's name is in none."""
    case, call = occasion.case, occasion.call
    outbox.send(
        f"{case.id}:{call.token}:{kind}:responsible:{role}", kind, case=case, unit_id=occasion.units["responsible"],
        role=role, details={"number": case.number, "element": call.element, "name": occasion.name}, now=occasion.now)

"""Linking a case with what other channels have on the same matter, such as a 12345 work order or a complaint, so that
it is not handled twice (GC-3(三))."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow import texts
from caseflow.casefile import journal
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, CaseReference, User, db, lock_case_row
from caseflow.models.people import OFFICIALS
from caseflow.people import permissions
from caseflow.people.permissions import Actor

CHANNELS = ("hotline", "complaint", "petition", "other")
NUMBER = (2, 64)         # characters
LONGEST_TEXT = 200


def may_link(case: Case | Reading, actor: Actor) -> bool:
    """Of those who see the case officers and supervisors, whether it is open or not."""
    rules = regulations.offered(case.regulation, "references")
    return rules is not None and rules.available and actor.has_role(*OFFICIALS)


def link(case_id: int, actor: Actor, channel: str, number: str, text: str, now: datetime) -> CaseReference:
    """Note that another channel has this matter under that number; a link that stands already is answered as it is.

    Refuses with NotFound, PermissionDenied or InvalidInput (channel, number, text). Journaled as reference_linked.
    """
    case = _locked(case_id, actor)
    number = " ".join(number.split())
    wrong = {"channel": None if channel in CHANNELS else "not_a_choice",
             "number": texts.text_problem(number, NUMBER[1]) or ("required" if len(number) < NUMBER[0] else None),
             "text": texts.text_problem(text, LONGEST_TEXT, required=False)}
    if any(wrong.values()):
        raise InvalidInput(fields={field: code for field, code in wrong.items() if code})
    standing = db.session.scalar(select(CaseReference).where(
        CaseReference.case_id == case.id, CaseReference.channel == channel, CaseReference.number == number,
        CaseReference.removed_at.is_(None)))
    if standing is not None:
        return standing
    row = CaseReference(case_id=case.id, channel=channel, number=number, text=text.strip(), added_by=actor.user_id,
                        added_at=now)
    db.session.add(row)
    db.session.flush()
    journal.append(case, "reference_linked", actor, now, {"reference": row.id, "channel": channel, "number": number})
    return row


def unlink(case_id: int, reference_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Take a link away that was wrong, and say why; again changes nothing. Journaled as reference_unlinked.

    Refuses with NotFound, PermissionDenied or InvalidInput (reason).
    """
    case = _locked(case_id, actor)
    row = db.session.get(CaseReference, reference_id, populate_existing=True)
    if row is None or row.case_id != case.id:
        raise NotFound
    problem = texts.reason_problem(reason)
    if problem:
        raise InvalidInput(fields={"reason": problem})
    if row.removed_at is None:
        row.removed_by, row.removed_at, row.removal_reason = actor.user_id, now, reason.strip()
        journal.append(case, "reference_unlinked", actor, now, {
            "reference": row.id, "channel": row.channel, "number": row.number, "reason": reason.strip()})


def _locked(case_id: int, actor: Actor) -> Case:
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    if not may_link(case, actor):
        raise PermissionDenied
    return case


def of_case(case: Case | Reading) -> list[CaseReference]:
    """The links that stand, of a case the reader may see, oldest first."""
    query = select(CaseReference).where(CaseReference.case_id == case.id, CaseReference.removed_at.is_(None))
    by = joinedload(CaseReference.adder).lazyload(User.roles)
    return list(db.session.scalars(query.order_by(CaseReference.id).options(by)))

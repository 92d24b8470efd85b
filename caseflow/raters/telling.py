"""Telling the rater what became of an appeal against their rating: by which office, and until when it may look up how
to reach them. The rater is not told who the staff member is, nor the appellant who the rater is."""

from __future__ import annotations

from sqlalchemy import exists, select

from caseflow.law import regulations
from caseflow.models import Appeal, Case, ContactAttempt, Unit, db
from caseflow.people import permissions
from caseflow.people.permissions import Actor

OFFICIALS = frozenset({"officer", "supervisor"})


def teller_of(appeal: Appeal) -> int | None:
    """The unit that tells the rater of the decision on an appeal; None when they left no contact."""
    if appeal.rectification is None or not (appeal.rating.rater_name or appeal.rating.rater_phone):
        return None
    return office_for(appeal.rectification)


def office_for(case: Case) -> int:
    """The unit that speaks to the rater about an appeal: never the rated one, which may be the appellant.

    Where a regulation names one office for all contact (HN-14) its branch that has the case, else the lead office.
    """
    regulation = regulations.get(case.regulation)
    units = db.session.execute(select(Unit.id, Unit.key).where(
        Unit.regulation == case.regulation, Unit.key.is_not(None),
        Unit.id.in_(permissions.units_of_case(case.id)))).all()
    branches = [unit for unit, key in units if regulation.contacts_raters(key) and key != regulation.lead]
    lead = next(unit for unit, key in units if key == regulation.lead)
    return branches[0] if branches else lead


def has_to_tell(case: Case, actor: Actor) -> bool:
    """Whether the actor's office has to tell the rater of a decision, and nobody has reached them since."""
    if not actor.has_role(*OFFICIALS):
        return False
    reached = exists().where(ContactAttempt.case_id == case.id, ContactAttempt.result == "reached",
                             ContactAttempt.tried_at >= Appeal.decided_at)
    waiting = db.session.scalars(select(Appeal).where(
        Appeal.rating_id == case.rating_id, Appeal.decided_at.is_not(None), ~reached)).all()
    if not waiting or any(unit == appeal.unit_id for appeal in waiting for _, unit in actor.roles):
        return False
    office = office_for(case)
    return any(unit == office and role in OFFICIALS for role, unit in actor.roles)

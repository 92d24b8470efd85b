"""Telling the rater what became of an appeal against their rating: by which office, and until when it may look up how
to reach them. The rater is not told who the staff member is, nor the appellant who the rater is."""

from __future__ import annotations

from caseflow.casefile import readings
from caseflow.casefile.readings import Reading
from caseflow.law import regulations
from caseflow.models import Appeal, Case
from caseflow.models.people import OFFICIALS
from caseflow.people.permissions import Actor


def teller_of(appeal: Appeal) -> int | None:
    """The unit that tells the rater of the decision on an appeal; None when they left no contact."""
    if appeal.rectification is None or not (appeal.rating.rater_name or appeal.rating.rater_phone):
        return None
    return office_for(appeal.rectification)


def office_for(case: Case | Reading) -> int:
    """The unit that speaks to the rater about an appeal: never the rated one, which may be the appellant.

    Where a regulation names one office for all contact (HN-14) its branch of the area, else the lead office.
    """
    regulation, units = regulations.get(case.regulation), readings.of(case).taking_part
    return units.get(regulation.contact_office, units[regulation.lead])


def has_to_tell(case: Case | Reading, actor: Actor) -> bool:
    """Whether the actor's office has to tell the rater of a decision, and nobody has reached them since."""
    if not actor.has_role(*OFFICIALS):
        return False
    read = readings.of(case)
    decided = [appeal for appeal in read.appeals if appeal.decided_at is not None]
    waiting = [appeal for appeal in decided if not any(
        row.result == "reached" and row.tried_at >= appeal.decided_at for row, _ in read.attempts)]
    if not waiting or any(unit == appeal.unit_id for appeal in waiting for _, unit in actor.roles):
        return False
    office = office_for(read)
    return any(unit == office and role in OFFICIALS for role, unit in actor.roles)

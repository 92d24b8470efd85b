"""The case in which a bad rating is handled (整改): its kind, and how one is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from caseflow.casefile import readings
from caseflow.casefile.begun import RatingReceived
from caseflow.casefile.hand import HeldCase
from caseflow.cases import advance, steps
from caseflow.errors import InvalidInput, RegulationExpired
from caseflow.law import regulations
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import Rating, Unit, db
from caseflow.moments import day_of
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.processes.asked import CORRECTED, UPHELD
from caseflow.raters import counted, rated
from caseflow.ratings import kind


def open_case(rating: Rating, now: datetime, actor: Actor = SYSTEM, *, intake: Mapping | None = None) -> HeldCase:
    """Open the case of a bad rating under the regulation of its area, at once, with a file number.

    The case keeps the process it starts under. Past the regulation's validity it is marked, or refused
    with RegulationExpired, as regulation.toml says (HF-18). Refuses a rating that already has a case.
    The journal begins with the rating; `intake` is what else its intake has to say there.
    """
    regulation = regulations.get(rating.regulation)
    if regulation.is_over(day_of(now)) and regulation.after_expiry == "refuse":
        raise RegulationExpired(f"{regulation.name} was valid to {regulation.valid_to}.")
    if readings.case_about(rating.id, HANDLED_IN) is not None:
        raise InvalidInput("This rating has a case already.")
    subject = rated.subject(rating, db.session.get(Unit, rating.service.unit_id))
    case, definition = steps.begin(RECTIFICATION, subject, now)
    advance.keep(case, [RatingReceived(
        rating.id, rating.source, rating.level, rating.received_at.isoformat(), intake or {})], actor, now)
    steps.start(case, definition, subject, actor, now)
    return case


def _hear_of_earlier_decision(case: HeldCase, waited: set[int], actor: Actor, now: datetime) -> None:
    """A case that waits from now on is told of an appeal that was upheld before."""
    if not case.awaited - waited:
        return
    if readings.is_voided(case.rating_id):
        steps.deliver_if_awaited(case.id, UPHELD, now, actor)
    elif counted.is_replaced(case.rating_id):
        steps.deliver_if_awaited(case.id, CORRECTED, now, actor)


RECTIFICATION = replace(
    kind.RECTIFICATION, subject=rated.subject_of, titles=rated.titles, after_task=_hear_of_earlier_decision)

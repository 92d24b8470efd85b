"""Cases that are about a rating: what their diagrams begin with, and how a list calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseflow.casefile.kinds import Subject
from caseflow.models import Case, Rating, Unit


def subject(rating: Rating, unit: Unit) -> Subject:
    """The rating as the subject of a case for which this unit is responsible."""
    return Subject(rating.regulation, unit.id, {
        "received_at": rating.received_at.isoformat(), "level": rating.level,
        "real_name": rating.real_name, "business_level": unit.level,
    }, rating.id, reachable=bool(rating.rater_phone))


def subject_of(case: Case) -> Subject:
    """The same of a case that was opened, for the unit that is responsible now."""
    return subject(case.rating, case.unit)


def titles(cases: Sequence[Case]) -> Mapping[int, str]:
    """The item of service of each of these cases, by case id."""
    return {case.id: case.rating.service.task_name or "" for case in cases}

"""What a later rating of a service means to the cases that lie open about an earlier one: each notes it, and those who
have its tasks are told. The cases go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from caseflow.casefile import holding, journal
from caseflow.casefile.hand import HeldCase
from caseflow.models import Case, Rating, db
from caseflow.models.cases import OPEN
from caseflow.notices import outbox
from caseflow.people.permissions import SYSTEM


class Later(NamedTuple):
    """A rating that came after another of its service; `replaces`: it took the place of the default that stood."""

    service_id: int
    sequence: int
    replaces: bool


def tell(ratings: Iterable[Later], now: datetime) -> None:
    """Tell every open case about an earlier rating of the same services (later_rating), by the id of the case."""
    came = {(one.service_id, one.sequence): one for one in ratings}
    if not came:
        return
    services = {service for service, _ in came}
    later = list(db.session.execute(select(Rating.id, Rating.service_record_id, Rating.sequence, Rating.level).where(
        Rating.service_record_id.in_(services)).order_by(Rating.sequence)))
    found = db.session.execute(select(Case.id, Rating.service_record_id, Rating.sequence).join(
        Rating, Rating.id == Case.rating_id).where(Rating.service_record_id.in_(services), OPEN).order_by(Case.id))
    told = [(case, row, came[service, row.sequence].replaces) for case, service, sequence in found.all()
            for row in later if row.service_record_id == service and row.sequence > sequence
            and (service, row.sequence) in came]
    for case_id, rows in groupby(told, key=lambda one: one[0]):
        case = holding.hold(case_id)
        for _, row, replaces in rows:
            details = {"rating": row.id, "level": row.level, "default_replaced": replaces}
            journal.append(case, "later_rating", SYSTEM, now, details)
            _tell_handlers(case, row.id, now)
        holding.save(case)


def _tell_handlers(case: HeldCase, rating_id: int, now: datetime) -> None:
    """A notice to whoever has an open task of the case, or to its post where nobody has taken it."""
    details: Mapping[str, str] = {"number": case.number, "name": ""}
    for unit_id, role, user_id in sorted({(item.unit_id, item.role, item.assignee_id) for item in case.items.values()},
                                         key=str):
        outbox.send(f"{case.id}:later_rating:{rating_id}:{unit_id}:{role}:{user_id or ''}", "later_rating", case=case,
                    unit_id=unit_id, role=role, user_id=user_id, details=details, now=now)

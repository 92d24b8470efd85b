"""All verified failures of units and persons in one list: what supervisors recorded on cases (conduct.py), and what the
review of an appeal that was dismissed found (QJ-18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import aliased, joinedload, lazyload

from caseflow import paging
from caseflow.models import Appeal, AssessmentRecord, Case, ConductRecord, ConductWithdrawal, Unit, User, db
from caseflow.paging import Page
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.supervision import conduct

BATCH = 500
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to: a regulation, a year of the annual assessment; None for all."""

    regulation: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One verified failure. `kind` is a code of [supervision.conduct], "" for one that the review of an appeal found;
    `person` is "" for the unit itself, and where only the number of the person is known. `case` is where it stands."""

    case: Case
    kind: str
    unit: Unit
    person: str
    staff_no: str | None
    grounds: str
    opinion: str
    consequences: str
    article: str
    by: User | None
    at: datetime
    withdrawal: ConductWithdrawal | None = None


def listed(actor: Actor, wanted: Wanted, *, page: int = 1, per_page: int = PER_PAGE) -> Page:
    """Those on the cases that the actor may see, the newest first."""
    found = paging.read(db.session, _order(actor, wanted), page, per_page)
    return Page(_failures([(row.source, row.id) for row in found.items]), found.total, page, per_page)


def rows(actor: Actor, wanted: Wanted) -> Iterator[Failure]:
    """All of them, read in batches."""
    keys = [(row.source, row.id) for row in db.session.execute(_order(actor, wanted))]
    for start in range(0, len(keys), BATCH):
        yield from _failures(keys[start:start + BATCH])


def _order(actor: Actor, wanted: Wanted) -> Select:
    """(source, id) of each: "conduct" or "assessment"."""
    parts = []
    for source, table, case_id in (("conduct", ConductRecord, ConductRecord.case_id),
                                   ("assessment", AssessmentRecord, Appeal.case_id)):
        part = select(literal(source).label("source"), table.id, table.recorded_at)
        if table is AssessmentRecord:
            part = part.join(Appeal, Appeal.id == AssessmentRecord.appeal_id)
        part = part.join(Case, Case.id == case_id).where(permissions.visible_cases(actor))
        for column, value in ((table.regulation, wanted.regulation), (table.year, wanted.year)):
            part = part if value is None else part.where(column == value)
        parts.append(part)
    both = union_all(*parts).subquery()
    return select(both.c.source, both.c.id).order_by(both.c.recorded_at.desc(), both.c.source, both.c.id.desc())


def _failures(keys: Sequence[tuple[str, int]]) -> list[Failure]:
    recorded = conduct.by_ids([key for source, key in keys if source == "conduct"])
    found = _found([key for source, key in keys if source == "assessment"])
    return [_of_record(recorded[key]) if source == "conduct" else found[key] for source, key in keys]


def _of_record(row: ConductRecord) -> Failure:
    return Failure(row.case, row.kind, row.unit, row.person, row.staff_no, row.grounds, row.opinion, row.consequences,
                   row.article, row.recorder, row.recorded_at, row.withdrawal)


def _found(ids: Sequence[int]) -> dict[int, Failure]:
    unit = aliased(Unit)
    query = select(AssessmentRecord, Appeal, unit).join(Appeal, Appeal.id == AssessmentRecord.appeal_id).join(
        unit, unit.id == AssessmentRecord.unit_id).where(AssessmentRecord.id.in_(ids)).options(
        joinedload(Appeal.decider).lazyload(User.roles),
        joinedload(Appeal.case).options(lazyload(Case.rating), lazyload(Case.unit)))
    return {row.id: Failure(appeal.case, "", office, "", row.staff_no, appeal.reasons or "", row.opinion,
                            row.consequences, row.article, appeal.decider, row.recorded_at)
            for row, appeal, office in db.session.execute(query)}

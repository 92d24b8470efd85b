"""What was changed after a bad review: an item, a guide, a material or a process (GC-2(二), HN-16, QJ-19). Noted once
the case is closed, never edited; a later entry corrects an earlier one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from caseflow import paging, texts
from caseflow.casefile import journal, kinds
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, Improvement, User, db, lock_case_row
from caseflow.paging import Page
from caseflow.people import permissions
from caseflow.people.permissions import Actor

KINDS = ("item", "guide", "material", "process")
WITHDRAWN = "withdrawn"
LONGEST_SUBJECT, LONGEST_TEXT = 200, 1_000       # characters
BATCH = 500


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody fills in: `kind` out of KINDS, or WITHDRAWN in a correction, which then names no subject."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to: a regulation, and entries from a moment until before another."""

    regulation: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def obstacle(case: Case | Reading, actor: Actor) -> str:
    """Why the actor may note nothing on this case, as a code, or "".

    unavailable, not_yours (neither an officer of the responsible unit nor a supervisor of it or of the lead office),
    open.
    """
    rules = regulations.offered(case.regulation, "improvements")
    if rules is None or not rules.available or not kinds.of(case.kind).may_improve:
        return "unavailable"
    if not actor.holds("officer", case.unit_id) and not permissions.may_supervise(actor, case):
        return "not_yours"
    return "open" if case.status == "open" else ""


def record(case_id: int, actor: Actor, entered: Entered, form_token: str, now: datetime, *,
           corrects: int | None = None) -> Improvement:
    """Note what was changed, or correct an entry of the case that stands. Journaled as improvement_recorded.

    The same again with the same token answers with the first entry. Refuses with NotFound, PermissionDenied or
    InvalidInput (kind, subject, text; corrects: not_standing).
    """
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    if obstacle(case, actor):
        raise PermissionDenied
    form_token = texts.sent_once(form_token, case_id, entered, corrects)
    earlier = db.session.scalar(select(Improvement).where(
        Improvement.entered_by == actor.user_id, Improvement.form_token == form_token))
    if earlier is not None:
        return earlier
    wrong = _problems(entered, correcting=corrects is not None)
    if corrects is not None and corrects not in {row.id for row in standing(of_case(case))}:
        wrong["corrects"] = "not_standing"
    if wrong:
        raise InvalidInput(fields=wrong)
    return _write(case, actor, entered, form_token, now, corrects)


def _problems(entered: Entered, *, correcting: bool) -> dict[str, str]:
    withdrawn = correcting and entered.kind == WITHDRAWN
    found = {
        "kind": None if withdrawn or entered.kind in KINDS else "not_a_choice",
        "subject": texts.text_problem(entered.subject, LONGEST_SUBJECT, required=not withdrawn),
        "text": texts.text_problem(entered.text, LONGEST_TEXT)}
    return {field: code for field, code in found.items() if code}


def _write(case: Case, actor: Actor, entered: Entered, form_token: str, now: datetime,
           corrects: int | None) -> Improvement:
    text = entered.text.strip()
    row = Improvement(case_id=case.id, kind=entered.kind, subject=entered.subject.strip(), text=text,
                      corrects_id=corrects, entered_by=actor.user_id, entered_at=now, form_token=form_token)
    db.session.add(row)
    db.session.flush()
    journal.append(case, "improvement_recorded", actor, now, {
        "improvement": row.id, "kind": row.kind, "subject": row.subject, "corrects": corrects,
        "sha256": hashlib.sha256(text.encode()).hexdigest()})
    return row


def of_case(case: Case | Reading) -> list[Improvement]:
    """All entries of a case the reader may see, corrected ones too, oldest first."""
    query = select(Improvement).where(Improvement.case_id == case.id).order_by(Improvement.id)
    return list(db.session.scalars(query.options(
        lazyload(Improvement.case), joinedload(Improvement.by).lazyload(User.roles))))


def standing(rows: Sequence[Improvement]) -> list[Improvement]:
    """Those that no later one corrects and that do not themselves say that nothing was changed."""
    corrected = {row.corrects_id for row in rows}
    return [row for row in rows if row.id not in corrected and row.kind != WITHDRAWN]


def listed(actor: Actor, wanted: Wanted, *, page: int = 1, per_page: int = 50) -> Page:
    """What stands of the cases the actor may see, the newest first."""
    return paging.read(db.session, _query(actor, wanted).options(*_WITH), page, per_page)


def rows(actor: Actor, wanted: Wanted) -> Iterator[Improvement]:
    """All of the same, read in batches: memory stays flat."""
    ids = list(db.session.scalars(_query(actor, wanted).with_only_columns(Improvement.id)))
    for start in range(0, len(ids), BATCH):
        yield from db.session.scalars(select(Improvement).where(Improvement.id.in_(ids[start:start + BATCH])).order_by(
            Improvement.id.desc()).options(*_WITH)).unique()


_WITH = (joinedload(Improvement.case).joinedload(Case.unit), joinedload(Improvement.by).lazyload(User.roles))


def _query(actor: Actor, wanted: Wanted) -> Select:
    later = aliased(Improvement)
    query = select(Improvement).join(Case, Case.id == Improvement.case_id).where(
        permissions.visible_cases(actor), Improvement.kind != WITHDRAWN,
        ~exists().where(later.corrects_id == Improvement.id))
    if wanted.regulation is not None:
        query = query.where(Case.regulation == wanted.regulation)
    if wanted.since is not None:
        query = query.where(Improvement.entered_at >= wanted.since)
    if wanted.before is not None:
        query = query.where(Improvement.entered_at < wanted.before)
    return query.order_by(Improvement.id.desc())

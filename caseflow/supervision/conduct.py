"""What is recorded, once it is verified, of a unit or a person that failed: of duty (QJ-18), or by refusing to put
right (HN-17). Which kinds there are, who may record them and what follows stands in the regulation. A record stays;
one that was wrong is withdrawn, with the reason, and shows as such.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from caseflow import texts
from caseflow.casefile import holding, journal, readings
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.law.supervision_rules import Conduct
from caseflow.models import Case, ConductRecord, ConductWithdrawal, User, db
from caseflow.moments import day_of
from caseflow.notices import outbox
from caseflow.people import permissions
from caseflow.people.permissions import Actor

GROUNDS = (10, 2000)        # fewest and most characters
LONGEST_NAME = 80
STAFF_NO = re.compile(r"[A-Za-z0-9-]{0,32}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a supervisor found: of the responsible unit, or of this `person` there. `opinion` are the grounds of the
    second condition, where the kind has one."""

    kind: str
    person: str
    staff_no: str
    grounds: str
    opinion: str = ""


def kinds_for(case: Case | HeldCase | Reading, actor: Actor) -> Mapping[str, Conduct]:
    """What the actor may record on this case, by kind."""
    found = regulations.conduct(case.regulation)
    may = {"lead": permissions.leads, "unit": permissions.may_supervise, "area": _may_in_area}
    return {kind: rules for kind, rules in found.items() if may[rules.by](actor, case)}


def _may_in_area(actor: Actor, case: Case | HeldCase | Reading) -> bool:
    """Supervisors as of "unit", and those of the branches of its area that take part in the case (HN-5)."""
    if permissions.may_supervise(actor, case):
        return True
    if isinstance(case, HeldCase):
        case = db.session.get(Case, case.id)
    here = regulations.get(case.regulation).branches
    return permissions.supervises(
        actor, *(unit for key, unit in readings.of(case).taking_part.items() if key in here))


def record(case_id: int, said: Said, actor: Actor, form_token: str, now: datetime) -> ConductRecord:
    """Record it on the case, whether it is open or closed; the supervisors of the responsible unit are told. The same
    again with the same token answers with the first record.

    Refuses with NotFound, PermissionDenied, or InvalidInput whose fields say: person, grounds, opinion required,
    too_short, too_long, not_text; staff_no form. Journaled as conduct_recorded, with the digest of the grounds.
    """
    case = holding.hold(case_id)
    permissions.require_see(actor, case)
    rules = kinds_for(case, actor).get(said.kind)
    if rules is None:
        raise PermissionDenied
    form_token = texts.sent_once(form_token, case_id, said)
    earlier = db.session.scalar(select(ConductRecord).where(
        ConductRecord.recorded_by == actor.user_id, ConductRecord.form_token == form_token))
    if earlier is not None:
        return earlier
    wrong = _problems(said, rules)
    if wrong:
        raise InvalidInput(fields=wrong)
    row = ConductRecord(
        case_id=case.id, regulation=case.regulation, kind=said.kind, unit_id=case.unit_id, person=said.person.strip(),
        staff_no=said.staff_no.strip() or None, grounds=said.grounds.strip(), opinion=said.opinion.strip(),
        consequences=",".join(rules.consequences), article=rules.article, year=day_of(now).year,
        form_token=form_token, recorded_by=actor.user_id, recorded_at=now)
    db.session.add(row)
    db.session.flush()
    outbox.send(f"{case.id}:conduct:{row.id}", "conduct_recorded", case=case, unit_id=case.unit_id, role="supervisor",
                details={"number": case.number, "name": rules.name}, now=now)
    digest = hashlib.sha256(f"{row.grounds}\n{row.opinion}".encode()).hexdigest()
    journal.append(case, "conduct_recorded", actor, now, {
        "record": row.id, "conduct": said.kind, "unit": case.unit_id, "personal": bool(row.person),
        "consequences": list(rules.consequences), "sha256": digest})
    holding.save(case)
    return row


def may_withdraw(row: ConductRecord, case: Case | HeldCase | Reading, actor: Actor) -> bool:
    """Supervisors of the lead office, and whoever recorded it as long as they may record such a thing on the case."""
    return row.withdrawal is None and (permissions.leads(actor, case) or (
        row.recorded_by == actor.user_id and row.kind in kinds_for(case, actor)))


def withdraw(case_id: int, record_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """What was recorded on the case no longer holds; again changes nothing. Who was told of it is told of this.

    Refuses with NotFound, PermissionDenied, or InvalidInput: reason as texts.reason_problem says. Journaled as
    conduct_withdrawn, with the digest of the reason.
    """
    case = holding.hold(case_id)
    permissions.require_see(actor, case)
    row = db.session.scalar(_read().where(ConductRecord.id == record_id, ConductRecord.case_id == case.id))
    if row is None:
        raise NotFound
    if row.withdrawal is not None:
        return
    if not may_withdraw(row, case, actor):
        raise PermissionDenied
    problem = texts.reason_problem(reason)
    if problem:
        raise InvalidInput(fields={"reason": problem})
    db.session.add(ConductWithdrawal(record_id=row.id, reason=reason.strip(), withdrawn_by=actor.user_id,
                                     withdrawn_at=now))
    db.session.flush()
    outbox.send(f"{case.id}:conduct-withdrawn:{row.id}", "conduct_withdrawn", case=case, unit_id=row.unit_id,
                role="supervisor", details={"number": case.number}, now=now)
    journal.append(case, "conduct_withdrawn", actor, now, {
        "record": row.id, "conduct": row.kind, "unit": row.unit_id,
        "sha256": hashlib.sha256(reason.strip().encode()).hexdigest()})
    holding.save(case)


def _problems(said: Said, rules: Conduct) -> dict[str, str]:
    wrong = {
        "person": texts.text_problem(said.person, LONGEST_NAME, required=False),
        "staff_no": None if STAFF_NO.fullmatch(said.staff_no.strip()) else "form",
        "grounds": _text_problem(said.grounds),
        "opinion": _text_problem(said.opinion) if rules.opinion else None,
    }
    return {field: code for field, code in wrong.items() if code}


def _text_problem(text: str) -> str | None:
    return texts.text_problem(text, GROUNDS[1]) or ("too_short" if len(text.strip()) < GROUNDS[0] else None)


def of_case(case: Reading) -> list[ConductRecord]:
    """What was recorded on a case the reader may see, oldest first; no statement where its journal tells of nothing."""
    if not any(entry.kind == "conduct_recorded" for entry in case.entries):
        return []
    return list(db.session.scalars(_read().where(ConductRecord.case_id == case.id).order_by(ConductRecord.id)))


def by_ids(ids: Sequence[int]) -> dict[int, ConductRecord]:
    """The named records with all that a list says of them."""
    return {row.id: row for row in db.session.scalars(_read().where(ConductRecord.id.in_(ids)))}


def _read():
    return select(ConductRecord).options(
        joinedload(ConductRecord.unit), joinedload(ConductRecord.recorder).lazyload(User.roles),
        joinedload(ConductRecord.withdrawal).joinedload(ConductWithdrawal.by).lazyload(User.roles),
        joinedload(ConductRecord.case).options(lazyload(Case.rating), lazyload(Case.unit)))

"""Forwarding what suggests that a staff member broke discipline or law (QJ-20, HN-20) to the office that handles it.

Only the forwarder, the post that receives it and the auditors of the place know that a report exists; nobody with a
post in the rated unit does, whatever else they are. So it stands in the system's journal and not in that of the case,
and its notice names no case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from caseflow import texts
from caseflow.casefile import journal, readings
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, DisciplineReport, Rating, ServiceRecord, Unit, db
from caseflow.notices import outbox
from caseflow.paging import MOST_COUNTED
from caseflow.people import permissions
from caseflow.people.permissions import Actor

FACTS = (10, 4000)      # fewest and most characters


def may_forward(case: Case | Reading, actor: Actor) -> bool:
    """Whoever sees the case, holds one of the regulation's posts, and has no post in the rated unit. Nobody while the
    receiving office is not there yet (`caseflow init` makes it)."""
    rules = regulations.offered(case.regulation, "discipline")
    if rules is None or not rules.available or _is_of_rated_unit(case, actor):
        return False
    units = readings.of(case).offices
    return rules.to.partition(".")[0] in units and any(
        actor.holds(post.partition(".")[2], units.get(post.partition(".")[0])) for post in rules.by)


def _is_of_rated_unit(case: Case, actor: Actor) -> bool:
    rated = {case.unit_id, *([case.rating.service.unit_id] if case.rating else [])}
    return any(unit in rated for _, unit in actor.roles)


def _unit(regulation: str, post: str) -> int | None:
    return db.session.scalar(select(Unit.id).where(Unit.regulation == regulation, Unit.key == post.partition(".")[0]))


def forward(case_id: int, actor: Actor, facts: str, form_token: str, now: datetime) -> DisciplineReport:
    """Forward what the rater said that suggests a breach. The same again with its token answers with the first report.

    Refuses with NotFound, PermissionDenied or InvalidInput (facts). In the system's journal as discipline_forwarded,
    with the digest of the text; the receiving post is told that there is something for it.
    """
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    permissions.require_see(actor, case)
    if not may_forward(case, actor):
        raise PermissionDenied
    problem = texts.text_problem(facts, FACTS[1]) or ("too_short" if len(facts.strip()) < FACTS[0] else None)
    if problem:
        raise InvalidInput(fields={"facts": problem})
    form_token = texts.sent_once(form_token, case_id, facts)
    earlier = db.session.scalar(select(DisciplineReport).where(
        DisciplineReport.forwarded_by == actor.user_id, DisciplineReport.form_token == form_token))
    return earlier or _write(case, actor, facts.strip(), form_token, now)


def _write(case: Case, actor: Actor, facts: str, form_token: str, now: datetime) -> DisciplineReport:
    post = regulations.offered(case.regulation, "discipline").to
    report = DisciplineReport(
        case_id=case.id, to_unit_id=_unit(case.regulation, post), to_role=post.partition(".")[2], facts=facts,
        form_token=form_token, forwarded_by=actor.user_id, forwarded_at=now)
    db.session.add(report)
    db.session.flush()
    outbox.send(f"discipline:{report.id}", "confidential", case=None, unit_id=report.to_unit_id,
                 role=report.to_role, details={}, now=now)
    journal.append(None, "discipline_forwarded", actor, now, {
        "report": report.id, "to": report.to_unit_id, "sha256": hashlib.sha256(facts.encode()).hexdigest()})
    return report


def receive(report_id: int, actor: Actor, now: datetime) -> None:
    """The receiving post has it; again changes nothing. In the system's journal as discipline_received.

    Refuses with NotFound, or PermissionDenied for who may see it and does not receive it.
    """
    report = find(report_id, actor)
    if not actor.holds(report.to_role, report.to_unit_id):
        raise PermissionDenied
    db.session.refresh(report, with_for_update=True)
    if report.received_at is None:
        report.received_by, report.received_at = actor.user_id, now
        journal.append(None, "discipline_received", actor, now, {"report": report.id})


def find(report_id: int, actor: Actor) -> DisciplineReport:
    """The report; NotFound for all who may not know of it."""
    report = db.session.scalar(_visible(actor).where(DisciplineReport.id == report_id))
    if report is None:
        raise NotFound
    return report


def visible_to(actor: Actor, case: Case | Reading | None = None) -> list[DisciplineReport]:
    """The reports the actor may know of, newest first: of one case, or the newest of all."""
    query = _visible(actor)
    if case is not None:
        query = query.where(DisciplineReport.case_id == case.id)
    return list(db.session.scalars(query.order_by(DisciplineReport.id.desc()).limit(MOST_COUNTED)))


def _visible(actor: Actor):
    own = {unit for _, unit in actor.roles}
    ways: list[ColumnElement[bool]] = [DisciplineReport.forwarded_by == actor.user_id if own else false()]
    ways += [and_(DisciplineReport.to_unit_id == unit, DisciplineReport.to_role == role) for role, unit in actor.roles]
    ways.append(Case.regulation.in_(permissions.led_from(actor.audited)) if actor.audited else false())
    found = select(DisciplineReport).join(Case, Case.id == DisciplineReport.case_id).outerjoin(
        Rating, Rating.id == Case.rating_id).outerjoin(ServiceRecord, ServiceRecord.id == Rating.service_record_id)
    return found.where(
        or_(*ways), Case.unit_id.not_in(own), or_(
            ServiceRecord.unit_id.is_(None), ServiceRecord.unit_id.not_in(own)))


def _audited(actor: Actor) -> frozenset[str]:
    """The regulations whose lead office the actor audits."""
    return permissions.led_by(actor.audited)


def concerns(actor: Actor, known: Iterable[Unit] | None = None) -> bool:
    """Whether the actor receives or audits reports somewhere: they have a place in the navigation.

    `known` are the units at which the actor has a role, where they have been read already.
    """
    rules = {key: regulations.offered(key, "discipline") for key in regulations.all_regulations()}
    posts = {(key, *offered.to.split(".")) for key, offered in rules.items() if offered and offered.available}
    units = {unit for role, unit in actor.roles if role in {role for _, _, role in posts}}
    if known is None:
        known = db.session.scalars(select(Unit).where(Unit.id.in_(units))).all() if units else []
    receives = any((one.regulation, one.key, role) in posts for one in known
                   for role, unit in actor.roles if unit == one.id)
    return receives or bool(_audited(actor) & {key for key, _, _ in posts})

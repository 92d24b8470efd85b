"""Appeals against a rating: who may file one, filing, withdrawing, and finding them.

What happens between is a case of its own under bpmn/<place>/appeal.bpmn; its effects are in appeal_effects.py, who may
not review it in impartiality.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager

from caseflow import (
    attachments,
    calendars,
    cases,
    deadline_changes,
    deadlines,
    journal,
    notices,
    permissions,
    regulations,
)
from caseflow.engine.values import DeadlineRule
from caseflow.errors import AppealRefused, InvalidInput, NotFound, PermissionDenied, TokenReused
from caseflow.file_store import Received
from caseflow.models import Appeal, AssessmentRecord, Case, Rating, ServiceRecord, Unit, User, WorkItem, db, held
from caseflow.permissions import Actor
from caseflow.regulation_file import AppealRules
from caseflow.worklist import MOST_COUNTED, Page

KIND = "appeal"
STATEMENT = (10, 4000)       # fewest and most characters
MOST_FILES = 10
WITHDRAWN = "appeal_withdrawn"
OFFICIALS = frozenset({"officer", "supervisor"})

Evidence = Sequence[tuple[BinaryIO | Received, str]]    # files, open or taken in already, with their names


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may appeal against a rating now. `code` is "open", or why not: no_appeal, not_party, level,
    over, voided, filed (then `appeal` is theirs). `until` is the end of the window, None without one."""

    code: str
    rules: AppealRules | None
    party: str = ""
    until: datetime | None = None
    appeal: Appeal | None = None


def standing(rating: Rating, actor: Actor, now: datetime) -> Standing:
    """How the actor stands to an appeal against this rating, under its regulation."""
    rules = regulations.get(rating.regulation).appeal
    if rules is None or not rules.available:
        return Standing("no_appeal", rules)
    party = _party(rating, actor, rules)
    if not party:
        return Standing("not_party", rules)
    filed = db.session.scalar(select(Appeal).where(Appeal.rating_id == rating.id, Appeal.party == party))
    if filed is not None:
        return Standing("filed", rules, party, appeal=filed)
    until = _until(rating, rules)
    if rating.voided_at is not None:
        return Standing("voided", rules, party)
    if rating.level not in rules.levels:
        return Standing("level", rules, party)
    return Standing("over" if until is not None and now > until else "open", rules, party, until)


def _party(rating: Rating, actor: Actor, rules: AppealRules) -> str:
    """Under which name the actor may appeal, "" under none. A rating that the lead office keeps for an office nobody
    registered has no party yet."""
    service = rating.service
    here = {role for role, unit in actor.roles if unit == service.unit_id}
    if not here or service.unit is None or service.unit.code != service.org_code:
        return ""
    if "staff" in rules.parties and service.handler_no and service.handler_no == _staff_no(actor):
        return f"staff:{actor.user_id}"
    return f"department:{service.unit_id}" if "department" in rules.parties and here & OFFICIALS else ""


def _staff_no(actor: Actor) -> str | None:
    return db.session.scalar(select(User.staff_no).where(User.id == actor.user_id))


def _until(rating: Rating, rules: AppealRules) -> datetime | None:
    if rules.working_days is None:
        return None
    regulation = regulations.get(rating.regulation)
    rule = DeadlineRule("working_days", rules.working_days, rating.received_at.isoformat(), "received_at")
    return deadlines.compute(rule, calendars.load(regulation.calendar), regulation.close_of_business).due_at


def file(rating_id: int, actor: Actor, ground: str, statement: str, evidence: Evidence, form_token: str,
         now: datetime) -> Appeal:
    """File an appeal: its case opens at once, and with it the review; the clock of the rectification stops, if the
    parameters say so. The same token again gives the first one.

    Refuses with NotFound (no rating of the actor's to see), AppealRefused (details: `reason`, a code of Standing) or
    InvalidInput (ground, statement, evidence). Journaled as case_opened and appeal_filed, each file as file_added.
    """
    rating = rating_of(rating_id, actor)
    stands = standing(rating, actor, now)
    if stands.appeal is not None and stands.appeal.form_token == form_token:
        if (stands.appeal.ground, stands.appeal.statement) != (ground, statement.strip()):
            raise TokenReused
        return stands.appeal
    if stands.code != "open":
        raise AppealRefused(reason=stands.code)
    _check(stands.rules, ground, statement, evidence)
    case, definition = cases.begin(rating, KIND, stands.rules.number_format, now)
    found = held.CASE_OF.first(rating=rating.id, kind=cases.KIND)
    appeal = Appeal(
        case_id=case.id, rating_id=rating.id, rectification_id=found[0] if found else None, party=stands.party,
        appellant_id=actor.user_id, unit_id=rating.service.unit_id, ground=ground, statement=statement.strip(),
        form_token=form_token, filed_at=now)
    db.session.add(appeal)
    db.session.flush()
    journal.append(case, "appeal_filed", actor, now, {"appeal": appeal.id, "ground": ground, "party": stands.party})
    cases.start(case, definition, rating, actor, now)
    for opened, name in evidence:
        attachments.keep(case.id, actor, opened, name, now, purpose="evidence")
    if stands.rules.clock == "stops" and appeal.rectification_id is not None:
        deadline_changes.stop_for_appeal(appeal.rectification_id, appeal.id, case.number, now)
    return appeal


def _check(rules: AppealRules, ground: str, statement: str, evidence: Evidence) -> None:
    wrong: dict[str, str] = {}
    text = statement.strip()
    if ground not in rules.grounds:
        wrong["ground"] = "not_a_choice"
    if len(text) < STATEMENT[0]:
        wrong["statement"] = "too_short" if text else "required"
    elif len(text) > STATEMENT[1] or "\x00" in text:
        wrong["statement"] = "too_long"
    if not evidence:
        wrong["evidence"] = "required"
    elif len(evidence) > MOST_FILES:
        wrong["evidence"] = "too_many"
    if wrong:
        raise InvalidInput(fields=wrong)


def withdraw(appeal_id: int, actor: Actor, now: datetime) -> Appeal:
    """Take an appeal back before it is decided; it cannot be filed again. Doing so twice changes nothing.

    Refuses with NotFound, PermissionDenied (another party's) or TaskNotOpen (decided). Journaled as message_delivered.
    """
    appeal = find(appeal_id, actor)
    held.hold(appeal.case_id)
    db.session.refresh(appeal)
    if not is_party(appeal, actor):
        raise PermissionDenied("Only who filed this appeal can withdraw it.")
    if appeal.withdrawn_at is not None:
        return appeal
    cases.deliver_message(appeal.case_id, WITHDRAWN, now, actor)
    appeal.withdrawn_at = now
    case = appeal.case
    for unit_id in sorted(permissions.units_of_case(case.id)):
        notices.send(f"{case.id}:withdrawn:{unit_id}", "appeal_withdrawn", case=case, unit_id=unit_id,
                     role="reviewer" if unit_id != case.unit_id else "supervisor",
                     details={"number": case.number, "name": ""}, now=now)
    return appeal


def is_party(appeal: Appeal, actor: Actor) -> bool:
    """Whether the appeal is the actor's own, or that of the department they act for."""
    if appeal.party.startswith("staff:"):
        return appeal.party == f"staff:{actor.user_id}"
    return any(role in OFFICIALS and unit == appeal.unit_id for role, unit in actor.roles)


# --- finding --------------------------------------------------------------------------------------------------------


def find(appeal_id: int, actor: Actor) -> Appeal:
    """The appeal; NotFound unless the actor filed it or may see its case."""
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound
    permissions.require_see(actor, appeal.case)
    return appeal


def of_case(case_id: int) -> Appeal | None:
    """The appeal that this case reviews, None for a case of another kind."""
    return db.session.scalar(select(Appeal).where(Appeal.case_id == case_id))


def against(rating_id: int) -> list[Appeal]:
    """Every appeal against a rating, the first first."""
    return list(db.session.scalars(select(Appeal).where(Appeal.rating_id == rating_id).order_by(Appeal.id)))


def assessment_of(appeal_id: int) -> AssessmentRecord | None:
    """What was recorded for the annual assessment because of this appeal (QJ-18), if anything was."""
    return db.session.scalar(select(AssessmentRecord).where(AssessmentRecord.appeal_id == appeal_id))


def rating_of(rating_id: int, actor: Actor) -> Rating:
    """A rating about the actor, or one whose case they may see; else NotFound."""
    rating = db.session.get(Rating, rating_id)
    if rating is None:
        raise NotFound
    mine = select(Rating.id).join(ServiceRecord).where(Rating.id == rating.id, _about(actor))
    if db.session.scalar(mine) is None:
        case = db.session.scalar(select(Case).where(Case.rating_id == rating.id, Case.kind == cases.KIND))
        if case is None or not permissions.may_see(actor, case):
            raise NotFound
    return rating


def _about(actor: Actor) -> ColumnElement[bool]:
    """Services that the actor handled: their number, at an office where they have a post."""
    units = {unit for _, unit in actor.roles}
    staff_no = _staff_no(actor)
    if not staff_no or not units:
        return false()
    return and_(ServiceRecord.unit_id.in_(units), ServiceRecord.handler_no == staff_no,
                ServiceRecord.org_code == select(Unit.code).where(Unit.id == ServiceRecord.unit_id).scalar_subquery())


def about(actor: Actor, *, page: int = 1, per_page: int = 20) -> Page:
    """(rating, its rectification case or None), newest first, for every rating about the actor."""
    query = select(Rating, Case).join(Rating.service).options(contains_eager(Rating.service)).outerjoin(
        Case, and_(Case.rating_id == Rating.id, Case.kind == cases.KIND)).where(_about(actor))
    return _page(query.order_by(Rating.received_at.desc(), Rating.id.desc()), page, per_page)


def filed_by(actor: Actor, *, page: int = 1, per_page: int = 20) -> Page:
    """The appeals of the actor and of the departments they act for, newest first, as (appeal,)."""
    units = {unit for role, unit in actor.roles if role in OFFICIALS}
    theirs = or_(Appeal.appellant_id == actor.user_id, and_(
        Appeal.unit_id.in_(units), Appeal.party.startswith("department:")))
    return _page(select(Appeal).where(theirs).order_by(Appeal.filed_at.desc(), Appeal.id.desc()), page, per_page)


def _page(query: Select, page: int, per_page: int) -> Page:
    most = max(MOST_COUNTED, (page + 1) * per_page)
    bounded = query.order_by(None).with_only_columns(Rating.id if _selects_rating(query) else Appeal.id).limit(most + 1)
    total = db.session.scalar(select(func.count()).select_from(bounded.subquery())) or 0
    rows = db.session.execute(query.limit(per_page).offset((page - 1) * per_page)).unique()
    return Page(list(rows), min(total, most), page, per_page, more=total > most)


def _selects_rating(query: Select) -> bool:
    return query.column_descriptions[0]["entity"] is Rating


def task_for(appeal: Appeal, actor: Actor) -> WorkItem | None:
    """The open task of the appeal that the actor may do, such as adding evidence."""
    items = db.session.scalars(select(WorkItem).where(WorkItem.case_id == appeal.case_id, WorkItem.status == "open"))
    return next((item for item in items.unique() if permissions.may_work(actor, item)), None)


def withdrawable(appeal: Appeal, actor: Actor) -> bool:
    """Whether the actor may still withdraw it."""
    return is_party(appeal, actor) and appeal.withdrawn_at is None and appeal.decision is None \
        and appeal.case.status == "open"

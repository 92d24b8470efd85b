"""Appeals against a rating: who may file one, filing, and withdrawing; finding them, and who is rated, is finding.py's.

What happens between is a case of its own under bpmn/<place>/appeal.bpmn; its effects are in
cases/effects/appeal.py, who may not review it in people/impartiality.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from caseflow import texts
from caseflow.appeals.finding import against, answering, find, is_party, is_rated, rating_of, rectification_of
from caseflow.appeals.review import APPEAL
from caseflow.casefile import holding
from caseflow.casefile.begun import AppealFiled
from caseflow.casefile.readings import Reading
from caseflow.cases import advance, attachments, clock, steps
from caseflow.engine.values import DeadlineRule
from caseflow.errors import AppealRefused, InvalidInput, PermissionDenied, TokenReused
from caseflow.files.store import Received
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.law.calendars import Calendar
from caseflow.law.regulation_file import AppealRules
from caseflow.models import Appeal, Case, Rating, Unit, db
from caseflow.models.people import OFFICIALS
from caseflow.moments import is_over
from caseflow.notices import outbox
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes.asked import WITHDRAWN
from caseflow.raters import counted, rated

STATEMENT = (10, 4000)       # fewest and most characters
MOST_FILES = 10
Evidence = Sequence[tuple[BinaryIO | Received, str]]    # files, open or taken in already, with their names


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may appeal against a rating now. `code` is "open", or why not: no_appeal, not_party, level,
    over, voided, replaced, filed (then `appeal` is theirs). `until` is the end of the window, None without one."""

    code: str
    rules: AppealRules | None
    party: str = ""
    until: datetime | None = None
    appeal: Appeal | None = None


def standing(rating: Rating, actor: Actor, now: datetime, *, case: Case | Reading | None = None,
             appeals: Iterable[Appeal] | None = None, calendar: Calendar | None = None) -> Standing:
    """How the actor stands to an appeal against this rating, under its regulation.

    `case` is that in which it is put right, `appeals` are those against it, and `calendar` its regulation's, where they
    have been read already.
    """
    rules = regulations.get(rating.regulation).appeal
    if rules is None or not rules.available:
        return Standing("no_appeal", rules)
    party = _party(rating, case or rectification_of(rating), actor, rules)
    if not party:
        return Standing("not_party", rules)
    known = against(rating.id) if appeals is None else appeals
    filed = next((appeal for appeal in known if appeal.party == party), None)
    if filed is not None:
        return Standing("filed", rules, party, appeal=filed)
    until = _until(rating, rules, calendar)
    if rating.voided_at is not None:
        return Standing("voided", rules, party)
    if rating.level not in rules.levels:
        return Standing("level", rules, party)
    if counted.is_replaced(rating.id):
        return Standing("replaced", rules, party)
    return Standing("over" if is_over(until, now) else "open", rules, party, until)


def _party(rating: Rating, case: Case | Reading | None, actor: Actor, rules: AppealRules) -> str:
    """Under which name the actor may appeal, "" under none. A rating that the lead office keeps for an office nobody
    registered has no party before it is handed on."""
    office = answering(rating, case)
    if office is None:
        return ""
    if STAFF in rules.parties and is_rated(rating, actor, office):
        return f"staff:{actor.user_id}"
    acts = any(role in OFFICIALS and unit == office for role, unit in actor.roles)
    return f"department:{office}" if "department" in rules.parties and acts else ""


def _until(rating: Rating, rules: AppealRules, calendar: Calendar | None) -> datetime | None:
    if rules.working_days is None:
        return None
    regulation = regulations.get(rating.regulation)
    rule = DeadlineRule("working_days", rules.working_days, rating.received_at.isoformat(), "received_at")
    calendar = calendar or calendars.load(regulation.calendar)
    return deadlines.compute(rule, calendar, regulation.close_of_business).due_at


def file(rating_id: int, actor: Actor, ground: str, statement: str, evidence: Evidence, form_token: str,
         now: datetime) -> Appeal:
    """File an appeal: its case opens at once, and with it the review; the clock of the rectification stops, if the
    parameters say so. The same token again gives the first one.

    Refuses with NotFound (no rating of the actor's to see), AppealRefused (details: `reason`, a code of Standing) or
    InvalidInput (ground, statement, evidence). Journaled as case_opened and appeal_filed, each file as file_added.
    """
    rating = rating_of(rating_id, actor)
    rectification = rectification_of(rating)
    stands = standing(rating, actor, now, case=rectification)
    if stands.appeal is not None and stands.appeal.form_token == form_token:
        if (stands.appeal.ground, stands.appeal.statement) != (ground, statement.strip()):
            raise TokenReused
        return stands.appeal
    if stands.code != "open":
        raise AppealRefused(reason=stands.code)
    _check(stands.rules, ground, statement, evidence)
    unit = db.session.get(Unit, answering(rating, rectification))
    subject = rated.subject(rating, unit)
    case, definition = steps.begin(APPEAL, subject, now)
    appeal = Appeal(
        case_id=case.id, rating_id=rating.id, rectification_id=rectification and rectification.id, party=stands.party,
        appellant_id=actor.user_id, unit_id=unit.id, ground=ground, statement=statement.strip(),
        form_token=form_token, filed_at=now)
    db.session.add(appeal)
    db.session.flush()
    advance.keep(case, [AppealFiled(appeal.id, ground, stands.party)], actor, now)
    steps.start(case, definition, subject, actor, now)
    for opened, name in evidence:
        attachments.keep(case.id, actor, opened, name, now, purpose="evidence")
    if stands.rules.clock == "stops" and appeal.rectification_id is not None:
        clock.stop_for_appeal(appeal.rectification_id, appeal.id, case.number, now)
    return appeal


def _check(rules: AppealRules, ground: str, statement: str, evidence: Evidence) -> None:
    wrong: dict[str, str] = {}
    text = statement.strip()
    if ground not in rules.grounds:
        wrong["ground"] = "not_a_choice"
    problem = texts.text_problem(text, STATEMENT[1]) or ("too_short" if len(text) < STATEMENT[0] else None)
    if problem:
        wrong["statement"] = problem
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
    holding.hold(appeal.case_id)
    db.session.refresh(appeal)
    if not is_party(appeal, actor):
        raise PermissionDenied("Only who filed this appeal can withdraw it.")
    if appeal.withdrawn_at is not None:
        return appeal
    steps.deliver_message(appeal.case_id, WITHDRAWN, now, actor)
    appeal.withdrawn_at = now
    case = appeal.case
    for unit_id in sorted(permissions.units_of_case(case.id)):
        outbox.send(f"{case.id}:withdrawn:{unit_id}", "appeal_withdrawn", case=case, unit_id=unit_id,
                     role="reviewer" if unit_id != case.unit_id else "supervisor",
                     details={"number": case.number, "name": ""}, now=now)
    return appeal



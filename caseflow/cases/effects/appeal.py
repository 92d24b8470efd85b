"""What the service tasks of an appeal's diagram do: telling the parties, the one return, the decision."""

from __future__ import annotations

from caseflow.casefile.effected import (
    APPELLANT,
    AppealDecided,
    FailureRecorded,
    NoticeSent,
    RectificationTold,
    ReferenceKept,
)
from caseflow.casefile.facts import TaskGiven
from caseflow.cases.effects import rectification
from caseflow.cases.effects.occasion import Occasion, Outcome, notice
from caseflow.errors import InvalidForm, StepFailed
from caseflow.law.appeal_rules import STAFF
from caseflow.moments import day_of
from caseflow.processes.asked import CORRECTED, FINDING, UPHELD


def receive(occasion: Occasion) -> Outcome:
    """The appeal has arrived: tell the rated unit."""
    return Outcome((notice(occasion, "appeal_filed", "responsible", "supervisor"),))


def return_for_evidence(occasion: Occasion) -> Outcome:
    """Back to the appellant; a staff member's own task is given to them alone."""
    own = [item.token for item in occasion.case.items.values() if item.role == STAFF]
    given = [TaskGiven(token, occasion.appeal.appellant_id) for token in own]
    return Outcome((*given, _to_appellant(occasion, "appeal_returned")))


def uphold(occasion: Occasion) -> Outcome:
    """The reviewer finds for the appellant: decision and reasons are kept, and the parties told.

    InvalidForm for a finding that is none of the regulation's grounds, as a form of an earlier version may offer it.
    """
    finding, rules = occasion.answers.get("finding"), occasion.regulation.appeal
    if finding is not None and rules is not None and finding not in rules.grounds:
        raise InvalidForm(fields={FINDING.field: "no_ground"})
    return _decide(occasion, "upheld", finding)


def dismiss(occasion: Occasion) -> Outcome:
    """The reviewer finds against the appellant; a verified failure of duty goes to the annual assessment (QJ-18)."""
    decided = _decide(occasion, "dismissed", None)
    rules = occasion.regulation.appeal
    if not rules or not rules.consequences or occasion.answers.get("duty_failed") is not True:
        return decided
    appeal = occasion.appeal
    failure = FailureRecorded(
        appeal.id, appeal.unit_id, appeal.staff_no, day_of(occasion.now).year,
        ",".join(rules.consequences), rules.article, str(occasion.answers.get("opinion") or ""))
    return Outcome((*decided.facts, failure), {**decided.details, "consequences": list(rules.consequences)})


def record_reference(occasion: Occasion) -> Outcome:
    """Keep the number under which the provincial system corrects the rating (GC-2(三))."""
    reference = occasion.answers.get("provincial_no")
    if reference is None:
        raise StepFailed("No form of this case has asked for the provincial number.", element=occasion.call.element)
    return Outcome((ReferenceKept(str(reference)),), {"reference": reference})


def void(occasion: Occasion) -> Outcome:
    """The rating is not adopted, and its rectification is told."""
    voided = rectification.void(occasion)
    return Outcome((*voided.facts, RectificationTold(UPHELD)), voided.details)


def replace_rating(occasion: Occasion) -> Outcome:
    """The rater's newest word takes the place of the rating, and its rectification is told."""
    replaced = rectification.replace_rating(occasion)
    return Outcome((*replaced.facts, RectificationTold(CORRECTED)), replaced.details)


def _decide(occasion: Occasion, decision: str, finding: object) -> Outcome:
    appeal, kind = occasion.appeal, f"appeal_{decision}"
    facts = [AppealDecided(decision, finding, str(occasion.answers.get("reasons") or "")),
             _to_appellant(occasion, kind), notice(occasion, kind, "responsible", "supervisor")]
    if appeal.teller is not None:
        case_id, number = appeal.told_of
        facts.append(NoticeSent(f"{occasion.case.id}:rater:{decision}", f"tell_rater_{decision}", case_id,
                                appeal.teller, "officer", {"number": number, "name": ""}))
    return Outcome(tuple(facts), {"decision": decision, "finding": finding, "rater_told_by": appeal.teller})


def _to_appellant(occasion: Occasion, kind: str) -> NoticeSent:
    return notice(occasion, kind, "responsible", APPELLANT if occasion.appeal.by_staff else "officer")

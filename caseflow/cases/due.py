"""When something is due in a case: what follows once its deadlines have moved."""

from __future__ import annotations

from datetime import datetime

from caseflow.casefile.hand import HeldCase
from caseflow.cases import advance, fold
from caseflow.people.permissions import Actor
from caseflow.processes import deployed


def follow(case: HeldCase, actor: Actor, now: datetime) -> None:
    """Let each open task show where its own limit stands now, and the scheduler look when the earliest is over."""
    advance.keep(case, fold.dated(case, deployed.by_digest(case.definition)), actor, now)
    _reschedule(case)


def _reschedule(case: HeldCase) -> None:
    """The scheduler's next look follows the earliest deadline; a pause after a failure, or a parked case, stays."""
    before, case.next_due = case.next_try, fold.earliest_due(case)
    if not case.incident:
        paused = case.attempts and before and case.next_due
        case.next_try = max(before, case.next_due) if paused else case.next_due

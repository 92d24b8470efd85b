"""When something is due in a case."""

from __future__ import annotations

from caseflow.casefile.hand import HeldCase
from caseflow.cases.fold import earliest_due


def reschedule(case: HeldCase) -> None:
    """The scheduler's next look follows the earliest deadline; a pause after a failure, or a parked case, stays."""
    before, case.next_due = case.next_try, earliest_due(case)
    if not case.incident:
        paused = case.attempts and before and case.next_due
        case.next_try = max(before, case.next_due) if paused else case.next_due

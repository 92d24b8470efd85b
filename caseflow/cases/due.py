"""When something is due in a case: moving a deadline, and what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from caseflow.casefile import store
from caseflow.casefile.hand import HeldCase
from caseflow.cases import fold
from caseflow.engine import step as engine
from caseflow.engine.values import Step
from caseflow.processes import deployed


def move(case: HeldCase, token: int, due_at: datetime, provisional: bool, calendar: str, *,
         stopped: bool = False) -> None:
    """Let a deadline of the case be due at this moment, counted by this version of a calendar; `stopped`: let it stand
    still there. Noted in the case; once all of its deadlines have moved, `follow` does the rest.
    """
    case.timers[token] = replace(case.timers[token], due_at=due_at, provisional=provisional, stopped=stopped)
    case.note(store.DATE_TIMER, case=case.id, of=token, status="stopped" if stopped else "pending", due_at=due_at,
              provisional=provisional, calendar=calendar)


def follow(case: HeldCase, step: Step | None = None) -> None:
    """Let each open task show where its own deadline stands now, and the scheduler look when the earliest is over.

    `step` is how the case stands, where the caller has it at hand.
    """
    fold.date_items(case, step or engine.inspect(deployed.by_digest(case.definition), case.state))
    _reschedule(case)


def _reschedule(case: HeldCase) -> None:
    """The scheduler's next look follows the earliest deadline; a pause after a failure, or a parked case, stays."""
    before, case.next_due = case.next_try, fold.earliest_due(case)
    if not case.incident:
        paused = case.attempts and before and case.next_due
        case.next_try = max(before, case.next_due) if paused else case.next_due

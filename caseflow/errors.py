"""Everything caseflow refuses, as one tree.

The docstring of a class is its default message (English, for logs and the command line); `code` is the
stable name under which the web shows a Chinese or English sentence.

CaseflowError
├── NotFound
├── PermissionDenied
│   ├── NotImpartial        ─ reason: rated, appellant, rated_unit or first_handler
│   ├── OtherPersonNeeded   ─ article, done: the task they did, fallback: (office, role) or None
│   └── SecondPersonNeeded
├── InvalidInput            ─ fields: {name: code}
│   ├── InvalidForm
│   └── LateReasonMissing
├── AppealRefused           ─ reason: no_appeal, not_party, level, over, voided or filed
├── Conflict
│   ├── ConcurrentUpdate
│   ├── TaskNotOpen
│   ├── TokenReused
│   ├── CaseClosed
│   ├── AlreadyClaimed
│   ├── ClockNotRunning
│   ├── ClockNotStopped
│   ├── DeadlineOver
│   ├── LimitStays
│   ├── ExtensionsUsedUp
│   ├── DispatchNotRefusable ─ reason: a code of dispatches.obstacle
│   ├── DraftChanged        ─ by, at, revision
│   ├── DraftClosed         ─ state: submitted, deployed or discarded; open: it was not submitted
│   ├── BaseReplaced        ─ number: the current version
│   ├── NothingChanged
│   ├── VersionReplaced
│   └── CannotMove          ─ obstacles: (Obstacle, …)
├── AdministrationRefused   ─ reason: a key of its SENTENCES
├── DefinitionRefused       ─ findings: [Finding]
├── ExpressionRefused       ─ refusal: (code, facts, position)
├── StepFailed              ─ element: the diagram element where the engine stopped
├── RegulationNotFound
├── RegulationExpired
├── CalendarMissing
├── DatabaseUnavailable
└── ConfigurationError
"""

from __future__ import annotations

import re
from typing import Any


class CaseflowError(Exception):
    """Something was refused."""

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.details = details
        super().__init__(message or " ".join((type(self).__doc__ or "").split()))

    @property
    def code(self) -> str:
        """The name of the class in snake_case: not_found, permission_denied."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(CaseflowError):
    """There is no such thing here, or it is not yours to see."""


class PermissionDenied(CaseflowError):
    """Your role does not allow this; ask a supervisor of the unit."""


class NotImpartial(PermissionDenied):
    """You cannot review this appeal: you are not impartial in it."""


class OtherPersonNeeded(PermissionDenied):
    """You did the task from which the regulation keeps this one apart; another person does it."""


class SecondPersonNeeded(PermissionDenied):
    """Whoever edited or submitted a draft does not approve it; another approver does."""


class InvalidInput(CaseflowError):
    """Some fields need another value."""

    def __init__(self, message: str | None = None, *, fields: dict[str, str] | None = None, **details: Any) -> None:
        self.fields = fields or {}
        super().__init__(message or (f"Invalid: {self.fields}" if fields else None), fields=self.fields, **details)


class InvalidForm(InvalidInput):
    """The form is not complete; correct the marked fields and submit it again."""


class LateReasonMissing(InvalidInput):
    """The task is overdue; say in 2 to 200 characters why, and submit it again."""


class AppealRefused(CaseflowError):
    """An appeal against this rating is not possible, or no more."""


class Conflict(CaseflowError):
    """Somebody else was here first."""


class ConcurrentUpdate(Conflict):
    """The case changed while you were working on it; look at it again and repeat what you meant to do."""


class TaskNotOpen(Conflict):
    """This task is no longer open: it was completed or withdrawn meanwhile."""


class TokenReused(Conflict):
    """This form was sent before with other content; open the task again."""


class CaseClosed(Conflict):
    """The case is closed; nothing can be added to it any more."""


class AlreadyClaimed(Conflict):
    """A colleague has taken this task."""


class ClockNotRunning(Conflict):
    """No deadline of this case is running: there is none, or its clock stands still already."""


class ClockNotStopped(Conflict):
    """The clock of this case does not stand still: somebody has let it run again, or the task is done."""


class DeadlineOver(Conflict):
    """The deadline is over; it can be neither stopped nor extended any more."""


class LimitStays(Conflict):
    """Nothing is agreed beside this deadline: `reason` is contact (that of the first contact is the statute's alone) or
    no_limit (it is not the limit of a task, or ends it)."""


class ExtensionsUsedUp(Conflict):
    """This deadline has been extended as often as the regulation's parameters allow."""


class DispatchNotRefusable(Conflict):
    """This case cannot be sent back as wrongly dispatched, or no more."""


class DraftChanged(Conflict):
    """Somebody has saved this draft meanwhile; nothing of theirs was overwritten. Look at their version first."""


class DraftClosed(Conflict):
    """This draft is not in the state for that: look at it again."""


class ScenariosChanged(Conflict):
    """The scenarios of this draft are others than on your page: look at them first."""


class NothingToRecord(Conflict):
    """No scenario of this draft is to be recorded anew, or none can be without you."""


class BaseReplaced(Conflict):
    """Another version was deployed since this draft was begun; compare the two, then confirm the new one as base."""


class NothingChanged(Conflict):
    """This is what is deployed already."""


class VersionReplaced(Conflict):
    """Another version of this process is current now; look at the preview again."""


class CannotMove(Conflict):
    """This case cannot go on under that version of its process; nothing was changed."""

    def __init__(self, message: str | None = None, *, obstacles: tuple = ()) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(message or "; ".join(f"{o.element}: {o.code}" for o in self.obstacles) or None)


class AdministrationRefused(CaseflowError):
    """This would join what is kept apart, or leave something without anybody."""

    SENTENCES = {
        "own_roles": "Nobody changes their own roles; another security administrator does.",
        "own_account": "Nobody stops or resets their own account here; another administrator does.",
        "apart": "System administration, security administration and audit are held by different people, "
                 "and together with no other role.",
        "last_holder": "This is the last active holder of this duty; give it to somebody else first.",
        "unit_of_regulation": "The regulation itself names this unit; it stays as it is.",
        "unit_is_branch": "This unit is the branch of an area; end that first, and close it afterwards.",
        "area_outside": "The regulation does not reach this area.",
        "branch_there": "This area has a branch of this office on these days; end it first.",
        "unit_has_cases": "This unit is responsible for open cases; let them be closed first.",
        "unit_has_tasks": "This unit has open tasks; let them be done or moved first.",
        "unit_has_people": "Active people hold roles at this unit; take these away first.",
        "unit_has_units": "There are active units below this one; move or close them first.",
        "unit_closed": "This unit is closed; open it again or choose another.",
        "unit_below_itself": "A unit cannot lie below itself; choose another one above it.",
        "user_stopped": "This account is stopped; let it in again first.",
    }

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(self.SENTENCES.get(reason), reason=reason)


class DefinitionRefused(CaseflowError):
    """The diagram breaks the rules; see the findings."""

    def __init__(self, message: str | None = None, *, findings: tuple = ()) -> None:
        self.findings = tuple(findings)
        super().__init__(message or "; ".join(f"{f.element}: {f.code}" for f in self.findings) or None)


class ExpressionRefused(CaseflowError):
    """This expression is outside the language, or its values do not fit it."""

    def __init__(self, message: str | None = None, *, refusal: Any = None) -> None:
        self.refusal = refusal
        super().__init__(message, refusal=refusal)


class StepFailed(CaseflowError):
    """The process could not take this step; nothing was changed."""

    @property
    def element(self) -> str:
        """The id of the element where the engine stopped, "" when it is not known."""
        return self.details.get("element", "")


class RegulationNotFound(CaseflowError):
    """No regulation applies to this area."""


class RegulationExpired(CaseflowError):
    """The regulation is past its validity and says that it applies no longer."""


class CalendarMissing(CaseflowError):
    """No working-day calendar reaches so far; import the State Council notice of that year."""


class DatabaseUnavailable(CaseflowError):
    """The database cannot work just now; repeat what you meant to do, as it was: it is done once."""


class ConfigurationError(CaseflowError):
    """The settings do not allow a start."""

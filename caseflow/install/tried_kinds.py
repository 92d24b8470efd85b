"""The kinds of cases as far as their diagrams are tried out, which needs no database. One more has a line here too."""

from __future__ import annotations

from caseflow.appeals.kind import APPEAL
from caseflow.casefile import kinds
from caseflow.ratings.kind import RECTIFICATION

KINDS = (
    RECTIFICATION,
    APPEAL,
)


def read() -> None:
    """Let the core know them where it knows none: whoever tries diagrams out without an application does so first."""
    if not kinds.registered():
        kinds.register(*KINDS)

"""The kinds of cases there are. A new one has a folder of its own and a line here."""

from __future__ import annotations

from caseflow.appeals.review import APPEAL
from caseflow.casefile import kinds
from caseflow.ratings.rectification import RECTIFICATION

KINDS = (
    RECTIFICATION,
    APPEAL,
)


def read() -> None:
    """Let the core know them; whoever makes an application, or works without one, does so first."""
    kinds.register(*KINDS)

"""Who did something, as a journal names them: people by their names, and the one that is nobody."""

from __future__ import annotations

from flask_babel import gettext

from caseflow.people.permissions import SYSTEM


def actor_name(kept: str) -> str:
    """The name as it was kept; that of the system in the reader's language."""
    return gettext("系统") if kept == SYSTEM.name else kept

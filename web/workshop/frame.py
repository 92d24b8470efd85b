"""What the pages of the workshop share: the blueprint, how a change is told, drawings as data for the viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_login import current_user

from caseflow.errors import Conflict, DefinitionRefused, InvalidInput, NotFound, SecondPersonNeeded
from caseflow.models import transaction
from caseflow.workshop.comparison import Comparison
from web import sentences
from web.errors import refusal
from web.sign_in.auth import current_actor
from web.words import places, processes
from web.workshop import words

blueprint = Blueprint("workshop", __name__, template_folder="templates", url_prefix="/workshop")
PROCESS = "/<process_id>"
DRAFT = "/drafts/<int(max=9223372036854775807):draft_id>"


@blueprint.url_value_preprocessor
def _printable(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Names in the address that no process can have (PostgreSQL takes no NUL even to compare with) are not found."""
    if any(isinstance(value, str) and not value.isprintable() for value in (values or {}).values()):
        raise NotFound


@blueprint.context_processor
def _frame() -> dict[str, Any]:
    """Words, and what whoever asks may do somewhere."""
    if not current_user.is_authenticated:      # the page of a refusal
        return {}
    actor = current_actor()
    return {"words": words, "place": places.place, "process_title": processes.title,
            "is_designer": actor.has_role("designer"), "is_approver": actor.has_role("approver")}


def changes(done: str, change: Callable[[], object], back: str) -> Any:
    """Make the change and say so, or say why it was refused; either way go to `back`."""
    try:
        with transaction():
            change()
        flash(done, "success")
    except (Conflict, InvalidInput, SecondPersonNeeded, DefinitionRefused) as error:
        flash(said(error), "warning")
    return redirect(back)


def seen_revision() -> int | None:
    """The revision that the page showed, as its form names it; None where it names none."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def said(error: Any) -> str:
    """The refusal in a sentence: of a reason what is wrong with it, of a diagram the first that is."""
    if isinstance(error, InvalidInput) and error.fields.get("reason") in words.REASONS:
        return str(words.REASONS[error.fields["reason"]])
    if isinstance(error, DefinitionRefused) and error.findings:
        return f"{refusal(error)[1]} {sentences.of(error.findings[0])}"
    return refusal(error)[1]


def focus(comparison: Comparison) -> list[str]:
    """Where to look first in two drawings that are compared."""
    return [change.element for change in (*comparison.added, *comparison.removed, *comparison.changed)]


def drawing(source: bytes, states: Mapping[str, str], notes: Sequence[Mapping[str, str]] = (),
            look_at: Sequence[str] = ()) -> dict[str, Any]:
    """What the viewer needs: the file, a mark for each element that has one, what is written at some, where to look."""
    return {"xml": source.decode(), "states": dict(states), "due": list(notes), "focus": list(look_at)}

"""Linking a case with what other channels have on the same matter, from the case page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow import cases, references
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import transaction
from caseflow.permissions import Actor
from web import clock
from web.auth import current_actor
from web.errors import refusal
from web.forms.typed_text import tidy
from web.words import oversight as words

blueprint = Blueprint("references", __name__, url_prefix="/cases/<number>/references")
blueprint.add_app_template_global(lambda: words.CHANNELS, "reference_channels")


@blueprint.post("/")
def link(number: str):
    """Sent twice, it stands once."""
    return _do(number, gettext("已关联，按这个编号可以查到本案件。"), lambda case_id, actor, now: references.link(
        case_id, actor, request.form.get("channel", ""), _typed("number"), _typed("text"), now))


@blueprint.post("/<int(max=9223372036854775807):reference_id>/remove")
def unlink(number: str, reference_id: int):
    return _do(number, gettext("已解除关联。"), lambda case_id, actor, now: references.unlink(
        case_id, reference_id, actor, _typed("reason"), now))


def _do(number: str, done: str, operation: Callable[[int, Actor, datetime], object]):
    if not number.isprintable():      # PostgreSQL takes no NUL even to compare with
        raise NotFound
    actor = current_actor()
    case = cases.find(number, actor)
    try:
        with transaction():
            operation(case.id, actor, clock.now())
        flash(done, "success")
    except InvalidInput as error:
        flash(" ".join(words.problems(error.fields)), "warning")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("cases.show", number=number) + "#references")


def _typed(field: str) -> str:
    return " ".join(tidy(request.form.get(field, "")).split())

"""Linking bad reviews that say the same, from the case page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow import cases, duplicates
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, transaction
from caseflow.permissions import Actor
from web import clock
from web.auth import current_actor
from web.errors import refusal
from web.forms.typed_text import tidy
from web.words import oversight as words

blueprint = Blueprint("duplicates", __name__, url_prefix="/cases/<number>/duplicates")


@blueprint.post("/")
def link(number: str):
    """Sent twice, it stands once."""
    of = request.form.get("of", "")
    _find(number)
    if not (of.isascii() and of.isdigit() and len(of) < 16):
        flash(words.problems({"of": "not_alike"})[0], "warning")
        return redirect(url_for("cases.show", number=number) + "#duplicates")
    return _do(number, gettext("已关联为重复的差评：各案照常办结，填表时可以一次填好。"),
               lambda case_id, actor, now: duplicates.link(case_id, int(of), actor, _reason(), now))


@blueprint.post("/remove")
def unlink(number: str):
    return _do(number, gettext("已解除关联。"),
               lambda case_id, actor, now: duplicates.unlink(case_id, actor, _reason(), now))


def _do(number: str, done: str, operation: Callable[[int, Actor, datetime], object]):
    case, actor = _find(number), current_actor()
    try:
        with transaction():
            operation(case.id, actor, clock.now())
        flash(done, "success")
    except InvalidInput as error:
        flash(" ".join(words.problems(error.fields)), "warning")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("cases.show", number=number) + "#duplicates")


def _find(number: str) -> Case:
    if not number.isprintable():      # PostgreSQL takes no NUL even to compare with
        raise NotFound
    return cases.find(number, current_actor())


def _reason() -> str:
    return " ".join(tidy(request.form.get("reason", "")).split())

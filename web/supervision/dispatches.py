"""Sending a wrong dispatch back, and deciding about one that was sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import Conflict, InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, transaction
from caseflow.people.permissions import Actor
from caseflow.supervision import dispatches
from web.app import clock
from web.errors import refusal
from web.forms.typed import line
from web.parts import one_case
from web.sign_in.auth import current_actor
from web.supervision import words
from web.words import problems

blueprint = Blueprint("dispatches", __name__, template_folder="templates", url_prefix="/cases/<number>/dispatch")


@blueprint.get("/", strict_slashes=False)
def show(number: str):
    return _page(one_case.find(number))


@blueprint.post("/refuse")
def refuse(number: str):
    unit = request.form.get("unit", "")
    return _do(number, gettext("已退回牵头单位，等待督办人员决定。期限照常计算，决定之前仍由本单位负责。"),
               lambda case, actor, now: dispatches.refuse(
                   case.id, actor, line("reason"), _number("unit") if unit else None, now))


@blueprint.post("/decide")
def decide(number: str):
    if request.form.get("decision") == "transferred":
        return _do(number, gettext("已改转，原单位和新单位都会收到通知。"),
                   lambda case, actor, now: dispatches.transfer(
                       _number("refusal"), actor, _number("unit"), line("reason"), now))
    return _do(number, gettext("已维持原转办，原单位会收到通知。"), lambda case, actor, now: dispatches.confirm(
        _number("refusal"), actor, line("reason"), now))


def _do(number: str, done: str, operation: Callable[[Case, Actor, datetime], object]):
    case, actor = one_case.find(number), current_actor()
    try:
        with transaction():
            operation(case, actor, clock.now())
    except InvalidInput as error:
        return _page(one_case.find(number), problems.problems(error.fields)), 422
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    else:
        flash(done, "success")
    return redirect(url_for("dispatches.show", number=number))


def _page(case: Case, wrong: list[str] | None = None):
    actor, regulation = current_actor(), regulations.get(case.regulation)
    rows = dispatches.of_case(case)
    return render_template(
        "supervision/dispatch.html", case=case, regulation=regulation, rows=rows, problems=wrong or [],
        rules=regulations.offered(case.regulation, "refusal"), words=words.DISPATCHES, typed=request.form,
        waiting=next((row for row in rows if dispatches.is_waiting(row, case)), None),
        may_decide=dispatches.may_decide(case, actor), may_refuse=not dispatches.obstacle(case, actor),
        candidates=dispatches.candidates(case))


def _number(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1

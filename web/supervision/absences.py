"""Absences: entering one's own or that of people one supervises, the list of those to come, coming back early."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from caseflow import moments
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.models import transaction
from caseflow.supervision import absences
from web.app import clock
from web.sign_in.auth import current_actor

blueprint = Blueprint("absences", __name__, template_folder="templates", url_prefix="/absences")
PROBLEMS = {
    ("last_day", "out_of_range"): lazy_gettext("请填写起止日期：止日不早于起日和今天，最长一年。"),
    ("first_day", "taken"): lazy_gettext("这段时间已经登记过请假。"),
    ("substitute", "unknown"): lazy_gettext("请选择同一单位的在岗人员代办。"),
    ("substitute", "away"): lazy_gettext("代办人在这段时间也请假，请另选一人。"),
}


@blueprint.get("/", strict_slashes=False)
def index():
    return _page()


@blueprint.post("/")
def enter():
    actor = current_actor()
    user_id, substitute_id = _number("user"), _number("substitute")
    try:
        with transaction():
            absences.enter(user_id, substitute_id, _day("first_day"), _day("last_day"), "open_too" in request.form,
                               actor, clock.now())
    except InvalidInput as error:
        return _page([PROBLEMS[problem] for problem in error.fields.items()]), 422
    flash(gettext("已登记请假，到期自动交还。"), "success")
    return redirect(url_for("absences.index"))


@blueprint.post("/<int(max=9223372036854775807):absence_id>/end")
def end(absence_id: int):
    with transaction():
        absences.end_early(absence_id, current_actor(), clock.now())
    flash(gettext("请假已结束，代办的任务和岗位已交还。"), "success")
    return redirect(url_for("absences.index"))


def _page(problems: list | None = None):
    actor, now = current_actor(), clock.now()
    people = absences.people_of(actor)
    chosen = _number("user") if request.form else _number("user", request.args) or actor.user_id
    user = next((person for person in people if person.id == chosen), None)
    if user is None:
        raise PermissionDenied
    return render_template(
        "supervision/absences.html", people=people, user=user, substitutes=absences.substitutes(user),
        absences=absences.seen_by(actor), may_end={person.id for person in people}, typed=request.form,
        problems=problems or [], today=moments.day_of(now).isoformat())


def _number(field: str, values=None) -> int:
    text = (request.form if values is None else values).get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise InvalidInput(fields={"last_day": "out_of_range"}) from None

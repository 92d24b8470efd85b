"""Forwarding a suspected breach of discipline or law, and the pages of those who may know of it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, transaction
from caseflow.supervision import discipline
from web.app import clock
from web.errors import refusal
from web.forms import token
from web.forms.typed import tidy
from web.parts import one_case, rating
from web.sign_in.auth import current_actor
from web.supervision import words

blueprint = Blueprint("discipline", __name__, template_folder="templates", url_prefix="/discipline")
REPORT = "/<int(max=9223372036854775807):report_id>"


@blueprint.get("/", strict_slashes=False)
def index():
    """The reports the reader may know of."""
    return render_template("supervision/discipline.html", rows=discipline.visible_to(current_actor()))


@blueprint.get(REPORT)
def show(report_id: int):
    actor = current_actor()
    report = discipline.find(report_id, actor)
    regulation, rated = regulations.get(report.case.regulation), report.case.rating
    return render_template(
        "supervision/discipline_show.html", report=report, regulation=regulation,
        rules=regulations.offered(report.case.regulation, "discipline"),
        rating=rated and replace(rating.about_rating(rated), appeals=()),
        receives=actor.holds(report.to_role, report.to_unit_id))


@blueprint.post(REPORT + "/receive")
def receive(report_id: int):
    try:
        with transaction():
            discipline.receive(report_id, current_actor(), clock.now())
        flash(gettext("已确认接收，转送人可以看到。"), "success")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("discipline.show", report_id=report_id))


@blueprint.get("/cases/<number>")
def write(number: str):
    return _form(one_case.find(number))


@blueprint.post("/cases/<number>")
def forward(number: str):
    """Forward it. Sent twice, it is forwarded once."""
    case = one_case.find(number)
    try:
        with transaction():
            report = discipline.forward(
                case.id, current_actor(), tidy(request.form.get("facts", "")),
                token.sent(), clock.now())
            report_id = report.id
    except InvalidInput as error:
        return _form(one_case.find(number), str(words.FACTS[error.fields["facts"]])), 422
    flash(gettext("已转送。只有您、接收岗位和审计人员知道。"), "success")
    return redirect(url_for("discipline.show", report_id=report_id))


def _form(case: Case, problem: str = ""):
    if not discipline.may_forward(case, current_actor()):
        raise PermissionDenied
    regulation = regulations.get(case.regulation)
    rules = regulations.offered(case.regulation, "discipline")
    return render_template(
        "supervision/discipline_write.html", case=case, regulation=regulation, rules=rules, problem=problem,
        facts=request.form.get("facts", ""), to=regulation.units[rules.to.partition(".")[0]].name,
        token=token.sent())

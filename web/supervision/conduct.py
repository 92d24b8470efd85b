"""Recording a verified failure of a unit or a person on a case, and the list of what was recorded."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, transaction
from caseflow.moments import day_of
from caseflow.supervision import conduct
from caseflow.supervision.conduct import Said
from web.app import clock
from web.forms import token
from web.forms.typed import line, tidy
from web.parts import one_case
from web.sign_in.auth import current_actor
from web.supervision import words

blueprint = Blueprint("conduct", __name__, template_folder="templates", url_prefix="/conduct")


@blueprint.get("/", strict_slashes=False)
def index():
    """What was recorded on the cases that the reader watches or audits."""
    actor = current_actor()
    if not actor.has_role("supervisor", "auditor"):
        raise PermissionDenied
    this_year = day_of(clock.now()).year
    years, chosen = range(this_year, this_year - 5, -1), request.args.get("year", "")
    year = int(chosen) if chosen in map(str, years) else None
    return render_template("supervision/conduct.html", rows=conduct.visible_to(actor, year), years=years, chosen=year,
                           kinds=words.conduct_kinds(), followed=words.followed)


@blueprint.get("/cases/<number>")
def write(number: str):
    return _form(one_case.find(number), {})


@blueprint.post("/cases/<number>")
def record(number: str):
    """Record it. Sent twice, it is recorded once."""
    case = one_case.find(number)
    said = Said(request.form.get("kind", ""), line("person"), line("staff_no"), tidy(request.form.get("grounds", "")),
                tidy(request.form.get("opinion", "")))
    try:
        with transaction():
            conduct.record(case.id, said, current_actor(), token.sent(), clock.now())
    except InvalidInput as error:
        return _form(one_case.find(number), error.fields), 422
    flash(gettext("已记录，承办单位的督办人员会收到通知。"), "success")
    return redirect(url_for("cases.show", number=number) + "#conduct")


def _form(case: Case, wrong: dict[str, str]):
    kinds = conduct.kinds_for(case, current_actor())
    if not kinds:
        raise PermissionDenied
    service = case.rating.service if case.rating else None
    typed = {"person": service and service.handler_name, "staff_no": service and service.handler_no} | dict(
        request.form.items())
    return render_template(
        "supervision/conduct_write.html", case=case, regulation=regulations.get(case.regulation), kinds=kinds,
        typed=typed, token=token.sent(), followed=words.followed,
        problems={field: str(words.CONDUCT[field, code]) for field, code in wrong.items()})

"""Recording a verified failure of a unit or a person on a case, and the list of what was recorded."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext

from caseflow import moments
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, transaction
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.supervision import conduct, failures
from caseflow.supervision.conduct import Said
from web.app import clock
from web.forms import filters, token
from web.forms.typed import line, tidy
from web.parts import one_case, sheet
from web.sign_in.auth import current_actor
from web.supervision import words
from web.words import places

blueprint = Blueprint("conduct", __name__, template_folder="templates", url_prefix="/conduct")


YEARS = 5       # that can be chosen, this one and those before
COLUMNS: sheet.Columns = (
    (lazy_gettext("认定时间"), 17, lambda row: row.at),
    (lazy_gettext("地区"), 8, lambda row: places.place(row.case.regulation)),
    (lazy_gettext("案件编号"), 18, lambda row: row.case.number),
    (lazy_gettext("认定"), 24, lambda row: words.failure_name(row)),
    (lazy_gettext("依据"), 12, lambda row: row.article),
    (lazy_gettext("单位"), 22, lambda row: row.unit.name),
    (lazy_gettext("工作人员"), 12, lambda row: row.person),
    (lazy_gettext("工号"), 12, lambda row: row.staff_no),
    (lazy_gettext("查实的情况和依据"), 50, lambda row: row.grounds),
    (lazy_gettext("另一条件的依据"), 50, lambda row: row.opinion),
    (lazy_gettext("后果"), 30, lambda row: words.failure_followed(row)),
    (lazy_gettext("认定人"), 10, lambda row: row.by.name if row.by else ""),
    (lazy_gettext("撤销时间"), 17, lambda row: row.withdrawal and row.withdrawal.withdrawn_at),
    (lazy_gettext("撤销理由"), 40, lambda row: row.withdrawal and row.withdrawal.reason),
)


@blueprint.get("/", strict_slashes=False)
def index():
    """What was recorded on the cases that the reader watches or audits, and what dismissed appeals found there."""
    actor, wanted, years = _reader(), _wanted(), _years()
    page = failures.listed(actor, wanted, page=filters.page_number(request.args))
    query = {name: value for name, value in (("year", wanted.year), ("regulation", wanted.regulation)) if value}
    return render_template(
        "supervision/conduct.html", page=page, years=years, chosen=wanted, query=query, name=words.failure_name,
        followed=words.failure_followed, places=places.places_of(actor), place=places.place,
        may_export=permissions.may_export(actor))


@blueprint.get("/export.xlsx")
def export():
    """The filtered list as a spreadsheet, written row by row; those that were withdrawn say so."""
    actor, now = _reader(), clock.now()
    if not permissions.may_export(actor):
        raise PermissionDenied
    rows = ((row,) for row in failures.rows(actor, _wanted()))
    name = f"责任认定-{now.astimezone(moments.SHANGHAI):%Y%m%d-%H%M}.xlsx"
    return send_file(sheet.table(gettext("责任认定"), COLUMNS, rows), mimetype=sheet.MIMETYPE, as_attachment=True,
                     download_name=name)


def _reader() -> Actor:
    actor = current_actor()
    if not actor.has_role("supervisor", "auditor"):
        raise PermissionDenied
    return actor


def _years() -> range:
    this_year = moments.day_of(clock.now()).year
    return range(this_year, this_year - YEARS, -1)


def _wanted() -> failures.Wanted:
    year, regulation = request.args.get("year", ""), request.args.get("regulation", "")
    return failures.Wanted(regulation if regulation in regulations.all_regulations() else None,
                           int(year) if year in map(str, _years()) else None)


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


@blueprint.post("/cases/<number>/<int(max=9223372036854775807):record_id>/withdraw")
def withdraw(number: str, record_id: int):
    """Withdraw what was recorded. Sent twice, it is withdrawn once."""
    return one_case.change(
        number, "conduct", gettext("已撤销：记录仍在，注明已撤销。"),
        lambda case_id, actor, now: conduct.withdraw(case_id, record_id, actor, line("reason"), now))


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

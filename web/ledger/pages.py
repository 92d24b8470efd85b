"""The ledger (台账): every case one may see, narrowed by filters, and the same as a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext

from caseflow import moments
from caseflow.casefile import kinds
from caseflow.cases import ledger
from caseflow.cases.ledger import Due
from caseflow.errors import PermissionDenied
from caseflow.law import calendars, regulations
from caseflow.models import Case
from caseflow.models.cases import CASE_STATUSES
from caseflow.people import directory, permissions
from caseflow.work import saved_filters
from web.app import clock
from web.forms import filters
from web.ledger import words
from web.parts import sheet
from web.sign_in.auth import current_actor
from web.words import places, statuses, times
from web.words.levels import LEVELS

blueprint = Blueprint("ledger", __name__, template_folder="templates", url_prefix="/ledger")


@blueprint.get("/", strict_slashes=False)
def index():
    actor, now = current_actor(), clock.now()
    chosen = filters.ledger_filter(request.args, regulations.all_regulations())
    page = ledger.ledger(actor, chosen.wanted(), now, page=filters.page_number(request.args))
    facts = ledger.ledger_facts([case.id for case in page.items], now)
    seen = directory.regulations_seen(actor)
    rows = [(case, facts[case.id], _badge(case, facts[case.id].due, now)) for case in page.items]
    return render_template(
        "ledger/index.html", page=page, rows=rows, titles=kinds.titles(page.items), chosen=chosen,
        query=filters.as_query(chosen),
        units=[(unit.id, unit.name) for unit in directory.responsible_units(actor)],
        places=[(key, places.place(key)) for key in seen], place=places.place, levels=LEVELS,
        statuses={status: statuses.STATUSES[status] for status in CASE_STATUSES},
        revisit_result=words.revisit_result, counted=words.counted_otherwise, not_yet=words.not_yet,
        keeps_plans=any(ledger.keeps_plans(key) for key in seen), may_export=permissions.may_export(actor),
        saved=saved_filters.of_actor(actor, "ledger"), own_units=directory.units_of(actor))


def _badge(case: Case, due: Due | None, now) -> times.Badge | None:
    """How the most urgent open task of the case stands, over or not; a reminder or a later rung is no due date."""
    if due is None:
        return None
    calendar = calendars.load(regulations.get(case.regulation).calendar)
    return times.due_badge(now, due.due_at, calendar, provisional=due.provisional)


@blueprint.get("/export.xlsx")
def export():
    """The filtered ledger as a spreadsheet, written row by row to a file: memory does not grow with it."""
    actor, now = current_actor(), clock.now()
    if not permissions.may_export(actor):
        raise PermissionDenied
    chosen = filters.ledger_filter(request.args, regulations.all_regulations())
    file = sheet.table(gettext("差评办理台账"), words.COLUMNS, ledger.ledger_rows(actor, chosen.wanted(), now))
    name = f"差评办理台账-{now.astimezone(moments.SHANGHAI):%Y%m%d-%H%M}.xlsx"
    return send_file(file, mimetype=sheet.MIMETYPE, as_attachment=True, download_name=name)

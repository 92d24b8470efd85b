"""What was changed after bad reviews, of all cases one may see: by place and month, and as a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext, lazy_gettext

from caseflow import moments
from caseflow.errors import PermissionDenied
from caseflow.law import regulations
from caseflow.models import Improvement
from caseflow.people import permissions
from caseflow.supervision import improvements
from web.app import clock
from web.forms import filters
from web.parts import sheet
from web.sign_in.auth import current_actor
from web.words import places
from web.words.improvements import kind_name

blueprint = Blueprint("improvements", __name__, template_folder="templates", url_prefix="/ledger/improvements")

COLUMNS: sheet.Columns = (
    (lazy_gettext("案件编号"), 18, lambda row: row.case.number),
    (lazy_gettext("地区"), 8, lambda row: places.place(row.case.regulation)),
    (lazy_gettext("承办单位"), 22, lambda row: row.case.unit.name),
    (lazy_gettext("改的是"), 10, lambda row: kind_name(row.kind)),
    (lazy_gettext("名称"), 30, lambda row: row.subject),
    (lazy_gettext("改了什么"), 50, lambda row: row.text),
    (lazy_gettext("依据"), 12, lambda row: _article(row)),
    (lazy_gettext("登记人"), 10, lambda row: row.by.name),
    (lazy_gettext("登记时间"), 17, lambda row: row.entered_at),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter as it stands in the address: a regulation, and a month of Shanghai as YYYY-MM."""

    regulation: str = ""
    month: str = ""

    def wanted(self) -> improvements.Wanted:
        """The same for the core."""
        if not self.month:
            return improvements.Wanted(self.regulation or None)
        first = date.fromisoformat(f"{self.month}-01")
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return improvements.Wanted(self.regulation or None, moments.start_of(first), moments.start_of(after))

    def query(self) -> dict[str, str]:
        """The same as arguments of an address."""
        return {name: value for name, value in (("regulation", self.regulation), ("month", self.month)) if value}


@blueprint.get("/", strict_slashes=False)
def index():
    actor, chosen = current_actor(), _chosen()
    page = improvements.listed(actor, chosen.wanted(), page=filters.page_number(request.args))
    return render_template("ledger/improvements.html", page=page, chosen=chosen, query=chosen.query(),
                           places=places.places_of(actor), place=places.place, article=_article,
                           may_export=permissions.may_export(actor))


@blueprint.get("/export.xlsx")
def export():
    """The filtered list as a spreadsheet, written row by row."""
    actor, now = current_actor(), clock.now()
    if not permissions.may_export(actor):
        raise PermissionDenied
    rows = ((row,) for row in improvements.rows(actor, _chosen().wanted()))
    name = f"差评改进清单-{now.astimezone(moments.SHANGHAI):%Y%m%d-%H%M}.xlsx"
    return send_file(sheet.table(gettext("差评改进清单"), COLUMNS, rows), mimetype=sheet.MIMETYPE, as_attachment=True,
                     download_name=name)


def _chosen() -> Chosen:
    regulation = request.args.get("regulation", "")
    return Chosen(regulation if regulation in regulations.all_regulations() else "",
                  filters.month(request.args.get("month", "")))


def _article(row: Improvement) -> str:
    """The article that asks for it."""
    rules = regulations.offered(row.case.regulation, "improvements")
    return rules.article if rules else ""

"""Notices to my roles at my units, and which I have read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.cases import incidents, ledger
from caseflow.models import transaction
from caseflow.notices import inbox, outbox
from web.app import clock
from web.forms import filters
from web.sign_in.auth import current_actor
from web.words import notices, places

blueprint = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")
PATH = "/<int(max=9223372036854775807):notice_id>"


@blueprint.get("/", strict_slashes=False)
def index():
    actor, page = current_actor(), filters.page_number(request.args)
    found = outbox.for_actor(actor, page=page, per_page=incidents.PER_PAGE)
    cases = ledger.cases_by_id([notice.case_id for notice in found if notice.case_id])
    rows = [(notice, notices.sentence(notice.kind, notice.details), cases.get(notice.case_id)) for notice in found]
    return render_template("notices/index.html", rows=rows, page=page, per_page=incidents.PER_PAGE,
                           place=places.place, now=clock.now(), unread=inbox.unread_among(actor, found))


@blueprint.post(PATH + "/read")
def read(notice_id: int):
    """I have read it; on to its case, if that is what was asked for. Again changes nothing."""
    actor = current_actor()
    notice = inbox.find(notice_id, actor)
    case = ledger.cases_by_id([notice.case_id]).get(notice.case_id) if request.form.get("go") == "case" else None
    page = url_for("cases.show", number=case.number) if case else filters.local_path(request.form.get("next", ""))
    with transaction():
        inbox.mark_read(notice_id, actor)
    return redirect(page or url_for("notices.index"))


@blueprint.post("/read")
def read_all():
    """I have read all that was on the list, not what arrived since."""
    newest = request.form.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        with transaction():
            inbox.mark_all_read(int(newest), current_actor(), clock.now())
        flash(gettext("已全部标为已读。"), "success")
    return redirect(url_for("notices.index"))

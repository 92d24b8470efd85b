"""The list of what waits for me and my units."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.casefile import kinds
from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.people import directory
from caseflow.work import delegation, saved_filters, tasks, worklist
from web.app import clock
from web.forms import filters
from web.frame import shell
from web.sign_in.auth import current_actor
from web.words import places
from web.work.frame import blueprint, row


@blueprint.get("/", strict_slashes=False)
def index():
    now, actor = clock.now(), current_actor()
    chosen = filters.work_filter(request.args, regulations.all_regulations())
    page = worklist.my_work(actor, now=now, scope=chosen.scope, due=chosen.due or None,
                            regulation=chosen.regulation or None, search=chosen.q,
                            page=filters.page_number(request.args))
    return render_template(
        "work/list.html", page=page, rows=[row(item, actor, now) for item in page.items], chosen=chosen,
        titles=kinds.titles(item.case for item in page.items),
        query=filters.as_query(chosen), counts=shell.counts() or worklist.counts(actor, now),
        places=places.places_of(actor),
        saved=saved_filters.of_actor(actor), anything_free=tasks.anything_free(actor),
        units=directory.units_of(actor), handed_over=delegation.handed_over_by(actor))


@blueprint.post("/next")
def claim_next():
    """Take the most urgent free task, and go there."""
    with transaction():
        item = tasks.claim_next(current_actor(), clock.now())
    if item is None:
        flash(gettext("现在没有待签收的任务。"), "info")
        return redirect(url_for("work.index"))
    flash(gettext("已签收最急的一件，现在由您办理。"), "success")
    return redirect(url_for("work.show", work_item_id=item.id))

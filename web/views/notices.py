"""Notices to my roles at my units."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from caseflow import listings, notices
from web import clock
from web.auth import current_actor
from web.forms import filters
from web.words import notices as words
from web.words import places

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("/", strict_slashes=False)
def index():
    actor, page = current_actor(), filters.page_number(request.args)
    found = notices.for_actor(actor, page=page, per_page=listings.PER_PAGE)
    cases = listings.cases_by_id([notice.case_id for notice in found if notice.case_id])
    rows = [(notice, words.sentence(notice.kind, notice.details), cases.get(notice.case_id)) for notice in found]
    return render_template("notices/index.html", rows=rows, page=page, per_page=listings.PER_PAGE,
                           place=places.place, now=clock.now())

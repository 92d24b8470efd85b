"""Incidents: cases the scheduler could not move, and what the doctor complains about.

Supervisors and administrators see both, and may have the scheduler try a case again.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.cases import incidents as cases_incidents
from caseflow.errors import PermissionDenied
from caseflow.health import watchdog
from caseflow.models import transaction
from caseflow.people import permissions
from web.app import clock
from web.errors import refusal
from web.forms import filters
from web.sentences import complaints
from web.sign_in.auth import current_actor
from web.words import incidents, places

blueprint = Blueprint("incidents", __name__, template_folder="templates", url_prefix="/incidents")


@blueprint.get("/", strict_slashes=False)
def index():
    page = filters.page_number(request.args)
    actor = current_actor()
    rows = cases_incidents.incidents(actor, page=page)
    seen = {case.id: permissions.may_see(actor, case) for _incident, case in rows}
    return render_template("operations/incidents.html", rows=rows, reason=incidents.reason, page=page,
                           place=places.place,
                           per_page=cases_incidents.PER_PAGE, seen=seen,
                           may_retry=actor.has_role("supervisor", "admin"), headline=complaints.headline,
                           sentence=complaints.standing, complaints=watchdog.complaints_for(actor),
                           last_round=watchdog.last_round())


@blueprint.post("/<int(max=9223372036854775807):incident_id>/retry")
def retry(incident_id: int):
    """Let the scheduler try the parked case again. Whoever may not see the case finds nothing here."""
    try:
        with transaction():
            case = cases_incidents.resolve_incident(incident_id, current_actor(), clock.now())
            number = case.number
        flash(gettext("案件 %(number)s 将在几秒内自动重试；再次失败会重新出现在这里。", number=number), "success")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("incidents.index"))

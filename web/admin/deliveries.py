"""What could not be delivered by e-mail, SMS or chat: sending it again, or putting it aside."""

from __future__ import annotations

import json

from flask import abort, render_template, request, url_for
from flask_babel import gettext

from caseflow.notices import deliveries
from web.admin.frame import ID, blueprint, changes
from web.app import clock
from web.forms import filters
from web.sign_in.auth import current_actor
from web.words import messages

PER_PAGE = 50


@blueprint.get("/deliveries", endpoint="deliveries")
def index():
    actor, page = current_actor(), filters.page_number(request.args)
    if not actor.has_role("admin", "auditor"):
        abort(403)
    found = deliveries.dead_letters(actor, page=page, per_page=PER_PAGE)
    rows = [(row, user, messages.subject(row.kind, json.loads(row.details))) for row, user in found]
    return render_template("admin/deliveries.html", rows=rows, page=page, per_page=PER_PAGE, channels=messages.CHANNELS)


@blueprint.post("/deliveries/" + ID.format("delivery_id") + "/resend")
def resend(delivery_id: int):
    actor = current_actor()
    return changes(gettext("将重新发送。"), lambda: deliveries.resend(delivery_id, actor, clock.now()),
                   url_for("admin.deliveries"))


@blueprint.post("/deliveries/" + ID.format("delivery_id") + "/put-aside")
def put_aside(delivery_id: int):
    actor = current_actor()
    return changes(gettext("不再发送这条通知。"), lambda: deliveries.put_aside(delivery_id, actor, clock.now()),
                   url_for("admin.deliveries"))

"""Urging and supervision orders, from the case page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from caseflow.models import transaction
from caseflow.supervision import urging
from web.app import clock
from web.errors import refusal
from web.forms.typed import line
from web.parts import one_case
from web.sign_in.auth import current_actor

blueprint = Blueprint("urging", __name__, template_folder="templates", url_prefix="/cases")


@blueprint.post("/<number>/urge")
def urge(number: str):
    """Send the word and go back to the case."""
    actor, kind, seen = current_actor(), request.form.get("kind", ""), request.form.get("seen", "")
    case = one_case.find(number)
    if kind not in urging.KINDS:
        raise NotFound
    try:
        with transaction():
            urging.urge(case.id, kind, line("note"), actor, clock.now(),
                        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1)
        flash(gettext("已发出，承办人会收到通知。"), "success")
    except InvalidInput:
        flash(gettext("没有发出：请用 2 到 500 个字写明要求。"), "warning")
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("cases.show", number=number))

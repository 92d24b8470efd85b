"""Linking bad reviews that say the same, from the case page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow.supervision import duplicates
from web.forms.typed import line
from web.parts import one_case
from web.words import problems

blueprint = Blueprint("duplicates", __name__, template_folder="templates", url_prefix="/cases/<number>/duplicates")


@blueprint.post("/")
def link(number: str):
    """Sent twice, it stands once."""
    of = request.form.get("of", "")
    one_case.find(number)
    if not (of.isascii() and of.isdigit() and len(of) < 16):
        flash(problems.problems({"of": "not_alike"})[0], "warning")
        return redirect(url_for("cases.show", number=number) + "#duplicates")
    return one_case.change(
        number, "duplicates", gettext("已关联为重复的差评：各案照常办结，填表时可以一次填好。"),
        lambda case_id, actor, now: duplicates.link(case_id, int(of), actor, line("reason"), now))


@blueprint.post("/remove")
def unlink(number: str):
    return one_case.change(
        number, "duplicates", gettext("已解除关联。"),
        lambda case_id, actor, now: duplicates.unlink(case_id, actor, line("reason"), now))

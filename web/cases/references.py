"""Linking a case with what other channels have on the same matter, from the case page."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext

from caseflow.cases import references
from web.forms.typed import line
from web.parts import one_case
from web.words import channels

blueprint = Blueprint("references", __name__, template_folder="templates", url_prefix="/cases/<number>/references")
blueprint.add_app_template_global(lambda: channels.CHANNELS, "reference_channels")


@blueprint.post("/")
def link(number: str):
    """Sent twice, it stands once."""
    return one_case.change(
        number, "references", gettext("已关联，按这个编号可以查到本案件。"),
        lambda case_id, actor, now: references.link(
            case_id, actor, request.form.get("channel", ""), line("number"), line("text"), now))


@blueprint.post("/<int(max=9223372036854775807):reference_id>/remove")
def unlink(number: str, reference_id: int):
    return one_case.change(
        number, "references", gettext("已解除关联。"),
        lambda case_id, actor, now: references.unlink(case_id, reference_id, actor, line("reason"), now))

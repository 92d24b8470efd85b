"""The phrases of one's units: read by everybody there, kept by the supervisors."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import transaction
from caseflow.work import phrases
from web.app import clock
from web.errors import refusal
from web.forms import filters
from web.forms.typed import tidy
from web.sign_in.auth import current_actor

blueprint = Blueprint("phrases", __name__, template_folder="templates", url_prefix="/phrases")


@blueprint.get("/", strict_slashes=False)
def index():
    return _page({}, {})


def _page(typed: dict[str, str], problems: dict[str, str]):
    actor = current_actor()
    managed = phrases.managed(actor)
    return render_template("work/phrases.html", rows=phrases.of_actor(actor), managed=managed, typed=typed,
                           mine={unit.id for unit in managed}, problems=problems)


@blueprint.post("/")
def put():
    """Add a phrase, or change one (`id`). What was typed stays in the form when it cannot be kept."""
    typed = {name: tidy(request.form.get(name, "")) for name in ("unit", "id", "title", "text")}
    if not filters.is_id(typed["unit"]) or typed["id"] and not filters.is_id(typed["id"]):
        raise NotFound
    try:
        with transaction():
            phrases.put(current_actor(), int(typed["unit"]), typed["title"], typed["text"], clock.now(),
                        phrase_id=int(typed["id"]) if typed["id"] else None)
    except InvalidInput as error:
        return _page(typed, {field: _why(field, code) for field, code in error.fields.items()}), 422
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    else:
        flash(gettext("已保存常用语。"), "success")
    return redirect(url_for("phrases.index"))


def _why(field: str, code: str) -> str:
    if code == "taken":
        return gettext("本单位已有同名的常用语，请换一个名称，或修改原来的。")
    if code == "too_many":
        return gettext("本单位的常用语已达上限，请先删除不用的。")
    if field == "title":
        return gettext("请填写名称，不超过 40 个字。")
    return gettext("请填写内容，不超过 1000 个字。")


@blueprint.post("/<int(max=9223372036854775807):phrase_id>/delete")
def remove(phrase_id: int):
    try:
        with transaction():
            phrases.remove(phrase_id, current_actor(), clock.now())
        flash(gettext("已删除常用语。"), "success")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("phrases.index"))

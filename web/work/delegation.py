"""Handing one's task to a colleague, giving it back, taking it back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow.errors import Conflict, InvalidInput, PermissionDenied
from caseflow.models import transaction
from caseflow.work import delegation
from web.app import clock
from web.errors import refusal
from web.forms import filters
from web.forms.typed import tidy
from web.sign_in.auth import current_actor

blueprint = Blueprint("delegation", __name__, template_folder="templates",
                      url_prefix="/work/<int(max=9223372036854775807):work_item_id>/delegation")


@blueprint.post("/")
def delegate(work_item_id: int):
    to = request.form.get("to", "")
    to_id = int(to) if filters.is_id(to) else 0
    return _done(work_item_id, gettext("已委托给同事，对方可以交还，您也可以收回。"), lambda: delegation.delegate(
        work_item_id, current_actor(), to_id, _note(), clock.now()))


@blueprint.post("/back")
def give_back(work_item_id: int):
    return _done(work_item_id, gettext("已交还。"), lambda: delegation.give_back(
        work_item_id, current_actor(), _note(), clock.now()))


@blueprint.post("/take")
def take_back(work_item_id: int):
    return _done(work_item_id, gettext("已收回，现在由您办理。"), lambda: delegation.take_back(
        work_item_id, current_actor(), clock.now()))


def _note() -> str:
    return tidy(request.form.get("note", ""))


def _done(work_item_id: int, sentence: str, operation: Callable[[], None]):
    """Back to the task, with what happened or why it did not."""
    try:
        with transaction():
            operation()
        flash(sentence, "success")
    except InvalidInput as error:
        flash(_why(error), "warning")
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("work.show", work_item_id=work_item_id))


def _why(error: InvalidInput) -> str:
    if error.fields.get("to") == "delegated":
        return gettext("这项任务是同事委托给您的，请交还，不要再转给别人。")
    if "to" in error.fields:
        return gettext("请选择同一单位、同一岗位的同事。")
    return gettext("请写明交代的事项，不超过 500 个字。")

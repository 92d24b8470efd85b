"""Filters of the worklist and of the ledger under a name: kept, shared with a unit, and forgotten."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.work import saved_filters
from web.app import clock
from web.errors import refusal
from web.forms import filters
from web.forms.typed import tidy
from web.sign_in.auth import current_actor

blueprint = Blueprint("saved_filters", __name__, template_folder="templates", url_prefix="/work/filters")


@blueprint.post("/")
def save():
    """Keep the filter that the form carries; only what a filter of its list can hold is kept."""
    of = _list()
    read = filters.ledger_filter if of == "ledger" else filters.work_filter
    query = filters.as_query(read(request.form, regulations.all_regulations()))
    unit = request.form.get("share_with", "")
    try:
        with transaction():
            saved_filters.save(current_actor(), tidy(request.form.get("name", "")), query, clock.now(),
                               unit_id=int(unit) if filters.is_id(unit) else None, of=of)
        flash(gettext("已保存筛选。"), "success")
    except InvalidInput as error:
        flash(_why(error), "warning")
    except PermissionDenied as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for(f"{of}.index", **query))


def _list() -> str:
    return "ledger" if request.form.get("list") == "ledger" else "work"


def _why(error: InvalidInput) -> str:
    if "query" in error.fields:
        return gettext("请先选择筛选条件，再保存。")
    if error.fields.get("name") == "too_many":
        return gettext("您保存的筛选已达上限，请先删除不用的。")
    return gettext("请给筛选起一个名称，不超过 40 个字。")


@blueprint.post("/<int(max=9223372036854775807):filter_id>/delete")
def remove(filter_id: int):
    with transaction():
        saved_filters.remove(filter_id, current_actor())
    flash(gettext("已删除筛选。"), "success")
    return redirect(url_for(f"{_list()}.index"))

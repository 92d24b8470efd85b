"""The supervisors' board: figures that each lead to their list, the load of units and people, and the list itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from caseflow.errors import PermissionDenied
from caseflow.law import calendars, regulations
from caseflow.models import WorkItem
from caseflow.people import directory
from caseflow.people.permissions import Actor
from caseflow.supervision import board, dispatches
from caseflow.supervision.board import Wanted
from web.app import clock
from web.forms import filters
from web.sign_in.auth import current_actor
from web.words import places, times

blueprint = Blueprint("board", __name__, template_folder="templates", url_prefix="/board")


@blueprint.get("/", strict_slashes=False)
def index():
    actor, now = _supervisor(), clock.now()
    unit_page, people_page = _page("units"), _page("people")
    return render_template(
        "supervision/board.html", figures=board.figures(actor, now), titles=titles(), per_page=board.PER_PAGE,
        units=board.units(actor, now, page=unit_page), unit_page=unit_page,
        people=board.people(actor, now, page=people_page), people_page=people_page,
        refused=dispatches.waiting_for(actor),
        records_failures=any(map(regulations.records_failures, directory.regulations_seen(actor))))


@blueprint.get("/items")
def items():
    actor, now = _supervisor(), clock.now()
    wanted = wanted_of(request.args)
    page = board.items(actor, wanted, now, page=filters.page_number(request.args))
    badge = badges(now)
    query = {name: value for name, value in (
        ("which", wanted.which), ("unit", wanted.unit_id), ("user", wanted.user_id)) if value is not None}
    return render_template(
        "supervision/board_items.html", page=page, rows=[(item, badge(item)) for item in page.items], wanted=wanted,
        query=query, title=titles()[wanted.which], all_checked="all" in request.args,
        narrowed_to=board.narrowed_to(wanted) if page.items else "", place=places.place)


def wanted_of(values: Any) -> Wanted:
    """The filter that a query or a form asks for."""
    which = values.get("which", "all")
    return Wanted(which if which in board.WHICH else "all", _number(values.get("unit")), _number(values.get("user")))


def badges(now: datetime) -> Callable[[WorkItem], times.Badge]:
    """How open tasks stand; each calendar is asked for once."""
    calendar = cache(lambda regulation: calendars.load(regulations.get(regulation).calendar))

    def badge(item: WorkItem) -> times.Badge:
        return times.due_badge(now, item.due_at, calendar(item.case.regulation), provisional=item.due_provisional)

    return badge


def titles() -> dict[str, str]:
    return {"all": gettext("全部待办"), "late": gettext("已逾期"), "today": gettext("今天到期"),
            "soon": gettext("两个工作日内到期"), "waiting": gettext("搁置"),
            "stopped": gettext("中止计时"), "unstaffed": gettext("没有人可以办理"), "incidents": gettext("异常案件")}


def _supervisor() -> Actor:
    actor = current_actor()
    if not actor.has_role("supervisor"):
        raise PermissionDenied
    return actor


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _page(name: str) -> int:
    return max(1, min(_number(request.args.get(name)) or 1, 10_000))

"""What every page has around it: the navigation with its counts, the place, the clock."""

from __future__ import annotations

import functools
import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date
from flask_babel import lazy_gettext as _
from flask_login import current_user

from caseflow import paging
from caseflow.models.people import DUTIES, Unit
from caseflow.moments import SHANGHAI
from caseflow.people.permissions import SEES_PROCESSES, Actor
from caseflow.supervision import discipline
from caseflow.work import worklist
from web import sentences
from web.app import clock
from web.sign_in import auth, sessions
from web.words import roles

log = logging.getLogger(__name__)
WARNING = 120  # seconds


@dataclass(frozen=True)
class Place:
    """An entry of the navigation. `count` names the figure of worklist.counts shown beside it; with `roles` the entry
    is for those who hold one of them, and with `when` for those of whom it holds."""

    endpoint: str
    label: Any
    icon: str
    count: str | None = None
    roles: tuple[str, ...] = ()
    when: Callable[[Actor, Iterable[Unit]], bool] | None = None


PLACES = (
    Place("work.index", _("我的待办"), "inbox", "work"),
    Place("board.index", _("督办看板"), "users", roles=("supervisor",)),
    Place("cases.index", _("案件"), "folder"),
    Place("appeals.index", _("评价与申诉"), "scale"),
    Place("ledger.index", _("台账"), "table"),
    Place("workshop.index", _("流程"), "route", roles=SEES_PROCESSES),
    Place("discipline.index", _("线索转送"), "lock", roles=("supervisor", "auditor"), when=discipline.concerns),
    Place("notices.index", _("通知"), "bell", "notices"),
    Place("incidents.index", _("异常"), "alert-triangle", "incidents"),
    Place("admin.users", _("管理"), "users", roles=DUTIES),
)
# Pages that belong to another entry than their own.
WITHIN = {"designer": "workshop", "tryout": "workshop", "conduct": "board"}


def init_app(app: Flask) -> None:
    app.url_defaults(_add_digest)
    app.jinja_env.globals.update(
        navigation=navigation, clock_now=clock_now, here_path=here_path, weekday=weekday, locale=auth.locale,
        session_left=session_left, session_warning=session_warning,
        in_demo=lambda: current_app.config["CASEFLOW"].demo,
        place_name=lambda: roles.place_name(roles.place_of(current_user.user)),
        role_name=lambda role: roles.RECIPIENTS.get(role, role),
        what_they_do=lambda role: roles.WHAT_THEY_DO.get(role, ""),
        said=sentences.of,
    )
    app.jinja_env.filters["role_name"] = lambda role: roles.ROLE_NAMES.get(role, role)
    app.jinja_env.filters["role_choice"] = lambda role: (role, roles.ROLE_NAMES.get(role, role))
    app.jinja_env.filters["place_choice"] = lambda key: (key, roles.place_name(key))
    app.jinja_env.filters["figure"] = lambda count: f"{paging.MOST_SHOWN}+" if count > paging.MOST_SHOWN else count
    app.jinja_env.filters["shanghai"] = lambda moment, form="%Y-%m-%d %H:%M": moment.astimezone(SHANGHAI).strftime(form)


def navigation() -> list[dict[str, Any]]:
    """The entries of the navigation for whoever asks, with figures and the one that is open."""
    figures = counts()
    here = WITHIN.get(request.blueprint, request.blueprint)
    return [{"url": url_for(place.endpoint), "label": place.label, "icon": place.icon,
             "count": figures.get(place.count, 0) if place.count else 0,
             "current": place.endpoint.partition(".")[0] == here}
            for place in PLACES if _is_for(place, auth.current_actor())]


def _is_for(place: Place, actor: Actor) -> bool:
    return not place.roles or actor.has_role(*place.roles) and (
        place.when is None or place.when(actor, [post.unit for post in current_user.user.roles]))


def counts() -> dict[str, int]:
    """How much waits for the person asking. A page shows without its figures rather than not at all."""
    if "counts" not in g:
        try:
            g.counts = worklist.counts(auth.current_actor(), clock.now())
        except Exception:
            log.exception("the counts of the navigation failed")
            g.counts = {}
    return g.counts


def clock_now():
    """The present moment as the page shows it (Asia/Shanghai)."""
    return clock.now().astimezone(SHANGHAI)


def session_left() -> int:
    """Seconds that the login has left as the page leaves the server."""
    return sessions.left(g.login, clock.real(), current_app.config["CASEFLOW"])


def session_warning() -> int:
    """How many seconds before the end of an unused login its end is announced."""
    return min(WARNING, current_app.config["CASEFLOW"].session_idle * 60 // 4)


def here_path() -> str:
    """Where to come back to after a form of the frame: this page, if it can be opened by its address."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    adapter = current_app.create_url_adapter(request)
    return request.path if adapter.test(request.path, "GET") else url_for("home")


def weekday(moment: datetime) -> str:
    return format_date(moment.date(), "EEE")


def _add_digest(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        values["v"] = _digest(Path(current_app.static_folder or "") / values.get("filename", ""))


@functools.cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""

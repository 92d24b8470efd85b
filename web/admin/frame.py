"""What the pages of administration share: the blueprint, their tabs, and how a change is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask_babel import lazy_gettext as _
from flask_login import current_user

from caseflow.errors import AdministrationRefused, Conflict, InvalidInput
from caseflow.models import transaction
from web.admin import words
from web.errors import refusal
from web.forms.typed import line
from web.sign_in.auth import current_actor
from web.words import refusals

blueprint = Blueprint("admin", __name__, template_folder="templates", url_prefix="/admin")
ID = "<int(max=9223372036854775807):{}>"
TABS = (
    ("admin.users", _("人员"), ("admin", "security", "auditor")),
    ("admin.units", _("单位"), ("admin", "security", "auditor")),
    ("admin.branches", _("分支机构"), ("admin", "security", "auditor")),
    ("admin.imports", _("导入"), ("admin",)),
    ("admin.deliveries", _("未送达"), ("admin", "auditor")),
    ("admin.journal", _("系统日志"), ("auditor",)),
)
LONGEST = 200    # characters of a field


@blueprint.context_processor
def _frame() -> dict[str, Any]:
    """The tabs of whoever asks, and what they may do."""
    if not current_user.is_authenticated:      # the page of a refusal
        return {}
    actor = current_actor()
    return {"tabs": [(endpoint, label) for endpoint, label, roles in TABS if actor.has_role(*roles)],
            "is_admin": actor.has_role("admin"), "is_security": actor.has_role("security"), "levels": words.LEVELS}


def only(duty: str) -> None:
    """Refuse whoever has another duty: its page does not offer this."""
    if not current_actor().has_role(duty):
        abort(403)


def yes_or_no(name: str) -> bool:
    """A field that says "1" or "0"; a form without it is none of ours (400)."""
    text = request.form.get(name)
    if text not in ("0", "1"):
        abort(400)
    return text == "1"


def typed(name: str) -> str:
    """A field of the form as it was meant: one line, no invisible characters."""
    return line(name)[:LONGEST]


def number(name: str) -> int | None:
    """A field that holds the number of something, else nothing."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def changes(done: str, change: Callable[[], object], back: str) -> Any:
    """Make the change and say so, or say why it was refused; either way go to `back`."""
    try:
        with transaction():
            change()
        flash(done, "success")
    except (AdministrationRefused, Conflict, InvalidInput) as error:
        flash(refusals.problem(error) or refusal(error)[1], "warning")
    return redirect(back)

"""How a case stands, by name."""

from __future__ import annotations

from flask_babel import lazy_gettext

STATUSES = {"open": lazy_gettext("办理中"), "closed": lazy_gettext("已办结"), "voided": lazy_gettext("不予采纳")}


def status_name(status: str) -> str:
    return str(STATUSES.get(status, status))

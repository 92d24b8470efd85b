"""Why a case could not be moved, in words."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

KINDS = {
    "step_failed": lazy_gettext("流程走不到下一步"),
    "calendar_missing": lazy_gettext("工作日历没有覆盖到所需年份"),
    "configuration_error": lazy_gettext("系统设置有误"),
}


def reason(kind: str) -> str:
    """The kind of an incident; one we have no words for is an unexpected error, with its technical name."""
    return str(KINDS.get(kind) or gettext("意外错误（%(kind)s）", kind=kind))

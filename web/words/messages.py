"""What a message that leaves says: what happened, the step, the number of the case. Nothing of the rater."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask_babel import gettext, lazy_gettext

from web.words import notices

CHANNELS = {"email": lazy_gettext("电子邮件"), "sms": lazy_gettext("短信"), "chat": lazy_gettext("办公平台")}
DIGEST = {
    "overdue": lazy_gettext("已逾期 %(n)s 项"), "today": lazy_gettext("今天到期 %(n)s 项"),
    "new": lazy_gettext("新增 %(n)s 项"),
}


def subject(kind: str, details: Mapping[str, Any]) -> str:
    """One line: what happened, and in which case."""
    if kind == "digest":
        return gettext("今日待办：%(figures)s", figures=_figures(details))
    said, number = _said(kind, details), details.get("number")
    return gettext("%(said)s（%(number)s）", said=said, number=number) if number else said


def text(kind: str, details: Mapping[str, Any], site: str, *, short: bool) -> str:
    """The message itself; `short` for SMS: the line alone, with who sends it."""
    line = subject(kind, details)
    if short:
        return gettext("【好差评办理】%(line)s", line=line)
    number = details.get("number")
    place = f"/cases/{number}" if number else "/work/"
    where = gettext("请登录系统办理：%(link)s", link=site + place) if site else gettext("请登录系统办理。")
    return "\n\n".join((line + gettext("。"), where, gettext("这是系统自动发送的通知，可在“我的账号”里更改通知方式。")))


def _said(kind: str, details: Mapping[str, Any]) -> str:
    return notices.sentence(kind, orjson.dumps(dict(details)).decode())


def _figures(details: Mapping[str, Any]) -> str:
    return gettext("，").join(str(sentence) % {"n": details[name]} for name, sentence in DIGEST.items()
                            if details.get(name))

"""How a chain of the journal is broken."""

from __future__ import annotations

from flask_babel import lazy_gettext

_ = lazy_gettext

BROKEN = {
    "gap": _("前面缺少记录（上一条是第 %(number)s 条）"),
    "unlinked": _("与上一条记录接不上"),
    "altered": _("内容与指纹不符"),
    "no_case": _("没有与这条链对应的案件"),
    "other_tail": _("链尾与案件所记不符"),
    "cut": _("链尾与案件所记不符（应到第 %(number)s 条）"),
    "vanished": _("整条链不见了（应有 %(number)s 条）"),
}


def what(code: str, number: int) -> str:
    """What is wrong where the chain is broken."""
    return str(BROKEN[code]) % {"number": number}

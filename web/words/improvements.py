"""What may be changed after a bad review, by name."""

from __future__ import annotations

from flask_babel import lazy_gettext

KINDS = {
    "item": lazy_gettext("事项"), "guide": lazy_gettext("办事指南"), "material": lazy_gettext("材料"),
    "process": lazy_gettext("流程"),
}
WITHDRAWN = lazy_gettext("撤销登记")


def kind_name(key: str) -> str:
    return str(KINDS.get(key, WITHDRAWN))

"""What supervision says: what is wrong with the facts of a suspected breach, and what became of a dispatch."""

from __future__ import annotations

from flask_babel import lazy_gettext

FACTS = {
    "required": lazy_gettext("请写明评价人反映的具体情况。"), "too_short": lazy_gettext("具体情况至少写 10 个字。"),
    "too_long": lazy_gettext("具体情况最多 4000 个字，请删减。"),
    "not_text": lazy_gettext("内容含有无法保存的字符，请删去后再提交。"),
}
DISPATCHES = {"transferred": lazy_gettext("已改转别的单位"), "confirmed": lazy_gettext("维持原转办，由原单位办理")}

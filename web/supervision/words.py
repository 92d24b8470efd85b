"""What supervision says: what is wrong with the facts of a suspected breach or of a failure, what follows from one, and
what became of a dispatch."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.law import regulations
from caseflow.law.appeal_rules import AppealRules
from caseflow.law.supervision_rules import Conduct
from caseflow.supervision.failures import Failure

FACTS = {
    "required": lazy_gettext("请写明评价人反映的具体情况。"), "too_short": lazy_gettext("具体情况至少写 10 个字。"),
    "too_long": lazy_gettext("具体情况最多 4000 个字，请删减。"),
    "not_text": lazy_gettext("内容含有无法保存的字符，请删去后再提交。"),
}
DISPATCHES = {"transferred": lazy_gettext("已改转别的单位"), "confirmed": lazy_gettext("维持原转办，由原单位办理")}
_GROUNDS = {"required": lazy_gettext("请写明查实的情况和依据。"),
            "too_short": lazy_gettext("查实的情况和依据至少写 10 个字。"),
            "too_long": lazy_gettext("查实的情况和依据最多 2000 个字，请删减。"), "not_text": FACTS["not_text"]}
_OPINION = {"required": lazy_gettext("请写明这一条件的依据。"),
            "too_short": lazy_gettext("这一条件的依据至少写 10 个字。"),
            "too_long": lazy_gettext("这一条件的依据最多 2000 个字，请删减。"), "not_text": FACTS["not_text"]}
CONDUCT = {
    **{("grounds", code): text for code, text in _GROUNDS.items()},
    **{("opinion", code): text for code, text in _OPINION.items()},
    ("person", "too_long"): lazy_gettext("姓名最多 80 个字。"), ("person", "not_text"): FACTS["not_text"],
    ("staff_no", "form"): lazy_gettext("工号最多 32 个字母、数字或横线。"),
}


def followed(rules: Conduct | AppealRules | None, codes: str) -> str:
    """What follows from a record, in the words of its regulation; a code that it no longer has stays a code."""
    return gettext("、").join(rules.consequences.get(code, code) if rules else code for code in codes.split(","))


def failure_name(row: Failure) -> str:
    """What was found: the name of its kind in the regulation, or that an appeal found it."""
    if not row.kind:
        return gettext("复核申诉时查实履职不到位")
    rules = regulations.conduct(row.case.regulation).get(row.kind)
    return rules.name if rules else row.kind


def failure_followed(row: Failure) -> str:
    """What follows from it, as its regulation says; "" once it is withdrawn."""
    if row.withdrawal is not None:
        return ""
    place = row.case.regulation
    return followed(regulations.conduct(place).get(row.kind) if row.kind else regulations.get(place).appeal,
                    row.consequences)

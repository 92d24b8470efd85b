"""The wording of the pages of appeals: hints and problems of the form, what a rating led to, a failure of duty.

What other screens say of appeals too (grounds, decisions, how one stands, why none can be filed) is in
web/words/appeals.py; the rest of the wording stands in the templates.
"""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.law import regulations
from caseflow.law.regulation_file import AppealRules
from caseflow.models import AssessmentRecord, Case, Rating
from caseflow.processes import deployed
from web.words import drawn
from web.words.problems import PROBLEMS

HINTS = {
    "mistaken": lazy_gettext("评价人本意不是差评，或者评错了事项、窗口、人员"),
    "malicious": lazy_gettext("故意捏造、报复、索取不当利益等"),
    "untrue": lazy_gettext("评价所说的情况与办理记录不符"),
    "other": lazy_gettext("在下面写明"),
}
CLOCKS = {
    "continues": lazy_gettext("申诉期间整改照常办理，期限继续计算。"),
    "stops": lazy_gettext(
        "申诉期间整改照常办理，法定期限不变；同意的时间中止计时，申诉办结或者撤回后接着计算，剩余的时间不变。"),
}
FIELDS = {
    ("ground", "not_a_choice"): lazy_gettext("请选择申诉的理由。"),
    ("statement", "required"): lazy_gettext("请写明申诉的事实和理由。"),
    ("statement", "too_short"): lazy_gettext("申诉的事实和理由至少写 10 个字。"),
    ("statement", "too_long"): lazy_gettext("申诉的事实和理由最多 4000 个字，请删减。"),
    ("statement", "not_text"): PROBLEMS["reason", "not_text"],
    ("evidence", "required"): lazy_gettext("请至少附上一份证据材料。"),
    ("evidence", "too_many"): lazy_gettext("一次最多附 10 份证据材料。"),
}


def led_to(rating: Rating, case: Case | None) -> str:
    """What came of a rating, for whom it is about: how its case stands, in a few words."""
    if rating.voided_at is not None:
        return gettext("不予采纳，不计入统计")
    if case is None:
        return gettext("无需整改")
    if case.status == "open":
        return gettext("正在整改：%(step)s", step=case.step or "—")
    return gettext("已办结：%(outcome)s", outcome=drawn.outcome_name(case.outcome, deployed.of(case)))


def assessed(record: AssessmentRecord) -> str:
    """The failure of duty that a review has verified, in the words of the regulation, with what follows from it."""
    rules = regulations.get(record.regulation).appeal
    codes = record.consequences.split(",")
    said = gettext("、").join(rules.consequences.get(code, code) if rules else code for code in codes)
    return gettext("%(failure)s，记入 %(year)s 年度考核：%(said)s（%(article)s）。", year=record.year, said=said,
                   failure=rules.failure if rules and rules.failure else gettext("经核实属于履职不到位"),
                   article=record.article)


def clock(rules: AppealRules, rectification: Case | None) -> str:
    """What the limits of the rectification do while the appeal is reviewed, as the regulation has it; "" where none is
    under way."""
    under_way = rectification is not None and rectification.status == "open"
    return str(CLOCKS[rules.clock]) if under_way else ""

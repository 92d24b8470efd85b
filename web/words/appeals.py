"""Appeals in words: grounds, decisions, how one stands, and why somebody may not file or review."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.law import regulations
from caseflow.law.regulation_file import AppealRules
from caseflow.models import Appeal, AssessmentRecord, Case

GROUNDS = {
    "mistaken": lazy_gettext("误评"), "malicious": lazy_gettext("恶意差评"), "untrue": lazy_gettext("情况不实"),
    "other": lazy_gettext("其他"),
}
HINTS = {
    "mistaken": lazy_gettext("评价人本意不是差评，或者评错了事项、窗口、人员"),
    "malicious": lazy_gettext("故意捏造、报复、索取不当利益等"),
    "untrue": lazy_gettext("评价所说的情况与办理记录不符"),
    "other": lazy_gettext("在下面写明"),
}
QUESTIONS = {
    "mistaken": (
        lazy_gettext("评价等级与文字意见、勾选的原因是否矛盾？"),
        lazy_gettext("评价的事项、窗口、时间与办件记录是否对得上？"),
        lazy_gettext("评价人是否确认评错了，最新的评价是什么？")),
    "malicious": (
        lazy_gettext("有没有捏造事实、报复或者索取不当利益的证据？"),
        lazy_gettext("同一评价人对同一单位是否反复给出差评？"),
        lazy_gettext("提出批评本身不是恶意：排除证据后还剩下什么？")),
    "untrue": (
        lazy_gettext("评价所说的每一件事，办件记录里怎么写？"),
        lazy_gettext("材料的时间、地点、人物是否与办件一致？"),
        lazy_gettext("有没有能印证评价的材料没有交来？")),
    "other": (
        lazy_gettext("理由是否属于办法允许申诉的情形？"),
        lazy_gettext("材料能否证明所说的理由？")),
}
DECISIONS = {"upheld": lazy_gettext("申诉成立"), "dismissed": lazy_gettext("申诉不成立")}
CLOCKS = {
    "continues": lazy_gettext("申诉期间整改照常办理，期限继续计算。"),
    "stops": lazy_gettext("申诉期间整改照常办理，期限中止计时；申诉办结或者撤回后接着计算，剩余的时间不变。"),
}
FIELDS = {
    ("ground", "not_a_choice"): lazy_gettext("请选择申诉的理由。"),
    ("statement", "required"): lazy_gettext("请写明申诉的事实和理由。"),
    ("statement", "too_short"): lazy_gettext("申诉的事实和理由至少写 10 个字。"),
    ("statement", "too_long"): lazy_gettext("申诉的事实和理由最多 4000 个字，请删减。"),
    ("evidence", "required"): lazy_gettext("请至少附上一份证据材料。"),
    ("evidence", "too_many"): lazy_gettext("一次最多附 10 份证据材料。"),
}


def ground_name(code: str | None) -> str:
    return str(GROUNDS.get(code or "", code or "—"))


def party_name(appeal: Appeal) -> str:
    """Who appeals: the rated person by name, or the unit."""
    if appeal.party.startswith("staff:"):
        return appeal.appellant.name
    return appeal.case.unit.name


def state(appeal: Appeal) -> str:
    """How the appeal stands: withdrawn, decided, or which step it is at."""
    if appeal.withdrawn_at:
        return gettext("已撤回")
    if appeal.decision and appeal.case.status != "open":
        return str(DECISIONS[appeal.decision])
    if appeal.decision:
        return gettext("%(decision)s，%(step)s", decision=DECISIONS[appeal.decision], step=appeal.case.step)
    return gettext("正在办理：%(step)s", step=appeal.case.step or "—")


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


def not_open(code: str, rules: AppealRules | None) -> str:
    """Why no appeal can be filed, with the article that stands beside it on the page."""
    if code == "no_appeal":
        return (rules.note if rules else "") or gettext("本办法没有规定申诉。")
    sentences = {
        "not_party": gettext("按规定，申诉由%(who)s提出。", who=rules.who if rules else ""),
        "level": gettext("这一评价等级不属于可以申诉的差评。"),
        "over": gettext("申诉的期限已过。"),
        "voided": gettext("这条评价已经不予采纳，不需要再申诉。"),
        "filed": gettext("已经对这条评价提出过申诉，每方只能提出一次。"),
    }
    return sentences.get(code, code)

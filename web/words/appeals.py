"""What several screens say of appeals: their grounds and decisions, how one stands, and why none can be filed.

What the pages of appeals alone say stands in web/appeals/words.py.
"""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.law.regulation_file import AppealRules
from caseflow.models import Appeal

GROUNDS = {
    "mistaken": lazy_gettext("误评"), "malicious": lazy_gettext("恶意差评"), "untrue": lazy_gettext("情况不实"),
    "other": lazy_gettext("其他"),
}
DECISIONS = {"upheld": lazy_gettext("申诉成立"), "dismissed": lazy_gettext("申诉不成立")}


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


def not_open(code: str, rules: AppealRules | None) -> str:
    """Why no appeal can be filed, with the article that stands beside it on the page."""
    if code == "no_appeal":
        return (rules.note if rules else "") or gettext("本办法没有规定申诉。")
    sentences = {
        "not_party": gettext("按规定，申诉由%(who)s提出。", who=rules.who if rules else ""),
        "level": gettext("这一评价等级不属于可以申诉的差评。"),
        "over": gettext("申诉的期限已过。"),
        "replaced": gettext("这条评价已经按误评更正，以评价人最新的评价为准，不需要再申诉。"),
        "voided": gettext("这条评价已经不予采纳，不需要再申诉。"),
        "filed": gettext("已经对这条评价提出过申诉，每方只能提出一次。"),
    }
    return sentences.get(code, code)

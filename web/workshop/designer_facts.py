"""The words of the designer's page, and what it offers to choose from: articles, units, roles, effects, variables."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.engine.values import CASE_VARIABLES
from caseflow.law import regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.models import ProcessDraft
from caseflow.models.people import POSTS
from caseflow.processes import deployed
from caseflow.processes.asked import CORRECTED, UPHELD, WITHDRAWN
from web.sign_in import auth
from web.words import processes
from web.words.roles import ROLE_NAMES
from web.workshop.designer_words import MODELER, SIMULATION, WORDS

_ = lazy_gettext

EFFECTS = {     # what each does, in a designer's words
    "open_file": _("建档并通知承办单位和牵头单位（当日建档、当日反馈）"),
    "notify_responsible": _("通知承办单位"),
    "escalate": _("到期：上报承办单位和牵头单位的督办人员，案件继续办理"),
    "remind": _("提醒承办人即将到期"),
    "tell_rater": _("通知负责联系的单位向评价人反馈整改结果"),
    "return_for_rehandling": _("退回重办（最多一次）并通知承办单位"),
    "record_newest_rating": _("记录评价人最新的评价"),
    "replace_rating": _("误评：以评价人最新的评价代替原评价、计入统计；在申诉案件里，同时告知整改案件终止办理"),
    "void_rating": _("评价不予采纳：保留记录，不计入统计；在申诉案件里，同时告知整改案件终止办理"),
    "receive_appeal": _("收到申诉，告知被评价单位"),
    "return_for_evidence": _("退回申诉人补充材料（最多一次）并通知"),
    "uphold_appeal": _("申诉成立：记录决定和理由，告知各方"),
    "dismiss_appeal": _("申诉不成立：记录决定和理由，告知各方；查实履职不到位的，记入年度考核"),
    "record_reference": _("记录省级系统更正的编号"),
}
MESSAGES = {UPHELD: _("申诉属实"), CORRECTED: _("误评成立，以最新评价为准"), WITHDRAWN: _("申诉撤回")}
VARIABLES = {"received_at": _("收到评价的时间"), "level": _("评价等级"), "real_name": _("是否实名"),
             "business_level": _("承办单位层级")}
CHOICES = {
    "level": {"dissatisfied": _("不满意"), "very_dissatisfied": _("非常不满意")},
    "business_level": {"province": _("省"), "city": _("市"), "district": _("县（市、区）"), "town": _("乡镇（街道）"),
                       "village": _("村（社区）")},
}


def facts(draft: ProcessDraft) -> dict[str, Any]:
    """What the page's script needs to know, as data."""
    regulation = regulations.get(draft.regulation)
    return {
        "draft": draft.id, "process": draft.process_id, "revision": draft.revision, "locale": auth.locale(),
        "xml": draft.source.decode("utf-8-sig", errors="replace"),
        "articles": list(regulation.articles.items()),
        "units": [["responsible", gettext("承办单位")], *([key, name] for key, name in regulation.offices.items())],
        "roles": [*([role, str(ROLE_NAMES[role])] for role in POSTS), [STAFF, gettext("申诉人本人")]],
        "topics": [[topic, str(words)] for topic, words in EFFECTS.items()],
        "messages": [[name, str(words)] for name, words in MESSAGES.items()],
        "variables": [_variable(name, kind) for name, kind in CASE_VARIABLES.items()],
        "processes": [[key, processes.title_of(key)] for key in deployed.processes_of(draft.regulation)
                      if key != draft.process_id],
        "words": {key: str(word) for key, word in WORDS.items()},
        "modeler_words": MODELER, "simulation_words": SIMULATION,
    }


def _variable(name: str, kind: str) -> dict[str, Any]:
    choices = [{"id": key, "name": str(word)} for key, word in CHOICES.get(name, {}).items()]
    return {"name": name, "type": kind, "label": str(VARIABLES.get(name, name)), "choices": choices}

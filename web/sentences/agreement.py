"""What a diagram lacks of what its regulation names and its effects read."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext, lazy_pgettext

from caseflow.processes.asked import UPHELD, WITHDRAWN
from web.sentences.filling import filled

_ = lazy_gettext

SENTENCES = {
    "no_rules": _("regulation.toml 没有 [[rules.%(process)s]]：没有一条规则守着这个流程，就证明不了它守法，不能部署；"
                  "请照条文写上规则。"),
    "unwatched_words": _("%(article)s的“%(words)s”：这句话没有规则守住，也没有说明，不能部署；请写规则，"
                         "或者在 regulation.toml 的 [[unwatched]] 里写明理由。"),
    "milestone_unknown": _("%(table)s写着“%(task)s”，图上没有这个人工任务，台账会缺这一栏；"
                           "请把任务的编号改回来，或者改 regulation.toml。"),
    "milestone_result": _("%(table)s说回访结果填在“%(result)s”，“%(name)s”的表单没有这个选择项；"
                          "请补上（类型 enum），或者改 regulation.toml。"),
    "milestone_entry": _("%(table)s说复杂事项的台账取“%(wanted)s”，“%(name)s”的表单没有这一项；"
                         "请补上（类型 %(type)s），或者改 regulation.toml。"),
    "outcome_unknown": _("regulation.toml 的 closed_without_revisit 写着“%(outcome)s”，图上没有这个结束事件；"
                         "请把编号改回来，或者改 regulation.toml。"),
    "form_rule_parameter": _("“%(name)s”的“%(label)s”的规则按“%(parameter)s”数工作日，regulation.toml 的 [parameters] "
                        "里却没有这个 1 到 400 的整数；请补上，或改正规则。"),
    "effect_field_missing": _("操作 %(topic)s 要用“%(field)s”（%(meaning)s），没有表单问这一项；"
                              "请在它之前的任务表单里加上，类型 %(type)s。"),
    "effect_field_form": _("操作 %(topic)s 要用“%(field)s”（%(meaning)s），%(wrong)s"),
    "effect_of_appeals": _("操作 %(topic)s 只用在申诉里，案件走到“%(name)s”会停住；请删去，或者换成别的操作。"),
    "effect_unruled": _("“%(name)s”执行 %(topic)s，条文没有让这个流程做这件事，也没有规则写明是这一步；"
                        "请删去这一步，或者改它的 topic。"),
    "unreachable_field": _("“%(name)s”可以填“%(answer)s”，表单没有“%(field)s”（%(meaning)s），不会与联系记录核对；"
                           "要核对的，请加上，类型 %(type)s。"),
    "channel_unknown": _("“%(name)s”的“%(label)s”有选项“%(strange)s”，联系记录里没有这种方式，无法核对；"
                         "选项的编号只能用 %(choices)s。"),
    "message_not_awaited": _("图上没有等消息“%(message)s”的事件，%(lost)s；请加上一个边界消息事件。"),
}
ASKED_OTHERWISE = _("“%(field)s”（%(meaning)s）要与联系记录核对，%(wrong)s")
TABLE = _("regulation.toml 的 [milestones.%(process)s.%(milestone)s]")
WRONG_TYPE = _("它的类型应当是 %(types)s，不是 %(found)s；请改正。")
WRONG_CHOICE = _("它的选项只能是 %(choices)s，没有“%(strange)s”；请改正。")
MEANINGS = {
    "reasons": lazy_pgettext("finding", "决定的理由"), "duty_failed": lazy_pgettext("finding", "是否查实履职不到位"),
    "opinion": lazy_pgettext("finding", "意见较大的依据"),
    "newest_level": lazy_pgettext("finding", "评价人最新的评价等级"),
    "finding": lazy_pgettext("finding", "认定的理由"), "provincial_no": lazy_pgettext("finding", "省级系统更正的编号"),
    "attempts": lazy_pgettext("finding", "联系次数"), "unreachable_reason": lazy_pgettext("finding", "联系不上的原因"),
}
LOST = {UPHELD: _("申诉成立时整改不会终止"), WITHDRAWN: _("申诉人不能撤回申诉")}


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What the diagram lacks, and what to do."""
    words = dict(facts)
    if "milestone" in facts:
        words["table"] = filled(TABLE, facts)
    if "field" in facts:
        words["meaning"] = MEANINGS[facts["field"]]
    if "types" in facts or "choices" in facts:
        words["wrong"] = filled(WRONG_TYPE if "types" in facts else WRONG_CHOICE, facts)
    if "message" in facts:
        words["lost"] = LOST[facts["message"]]
    otherwise = code == "unreachable_field" and "wrong" in words
    return filled(ASKED_OTHERWISE if otherwise else SENTENCES[code], words)

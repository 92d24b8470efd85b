"""Why a rule of the regulation is broken, or cannot be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext, lazy_gettext, ngettext

from web.sentences.agreement import MEANINGS
from web.sentences.filling import either, filled, listed
from web.sentences.paths import CASE_WORDS

_ = lazy_gettext

SENTENCES = {
    # over paths
    "too_often": _("“%(name)s”可以走到第%(times)s次，最多%(most)s次；"
                   "请在往回的路上加条件，如 visits('%(task)s') < %(most)s。"),
    "not_passed": _("案件没有经过“%(names)s”就以“%(outcome)s”结束；请让每条通向这个结束的路都经过它。"),
    "passed_yet": _("案件经过了“%(name)s”，却以“%(outcome)s”结束；只有以“%(allowed)s”结束的案件可以经过它。"),
    "too_early": _("还没有经过“%(names)s”就到了“%(name)s”；请调整连线，让前者在先。"),
    "not_at_start": _("“%(names)s”没有在收到时立即进行；请把它接在开始之后、任何等待之前。"),
    "step_not_followed": _("经过了“%(name)s”，却没有经过“%(to)s”就到了“%(reached)s”；请检查网关的条件和连线。"),
    "answer_not_followed": _(
        "在“%(name)s”选了“%(answer)s”，却没有经过“%(to)s”就到了“%(reached)s”；请检查网关的条件和连线。"),
    "case_not_followed": _("“%(answer)s”的案件，却没有经过“%(to)s”就到了“%(reached)s”；请检查网关的条件和连线。"),
    "ends_without_answer": _("没有“%(answer)s”，案件也能以“%(outcome)s”结束；请检查通向它的条件。"),
    "goes_without_answer": _("没有“%(answer)s”，案件也会走到“%(name)s”；请检查通向它的条件和连线。"),
    "goes_without_message": _("没有收到消息“%(message)s”，案件也会走到“%(name)s”；请只从消息事件连到它。"),
    "ends_otherwise": _("“%(answer)s”的案件以“%(outcome)s”结束，应当以“%(wanted)s”结束；请检查网关的条件和连线。"),
    "message_not_awaited": _("在“%(name)s”时收不到消息“%(message)s”；请把消息事件附在包含它的子流程上。"),
    "message_passes_by": _("在“%(name)s”时收到“%(message)s”，没有经过“%(names)s”；请检查消息事件之后的连线。"),
    "message_ends_otherwise": _(
        "在“%(name)s”时收到“%(message)s”，案件没有以“%(outcome)s”结束；消息事件应当中断子流程，并通向这个结束。"),
    # in the diagram
    "step_missing": _("图上没有“%(element)s”，条文要求有这一步；请把它放回图上，编号不要改。"),
    "not_a_user_task": _("“%(name)s”不是人工任务；条文要求有人办理，请改回人工任务。"),
    "end_missing": _("图上没有结束事件“%(outcome)s”；请把它放回图上，编号不要改。"),
    "message_missing": _("图上没有等待消息“%(message)s”的事件；请把它附在办理的子流程上。"),
    "field_nowhere": _("没有表单问“%(field)s”；请把这个字段放回表单。"),
    "field_missing": _("“%(name)s”的表单没有问“%(field)s”；请把这个字段放回去。"),
    "choice_missing": _("“%(name)s”的“%(label)s”没有选项“%(value)s”；请补上。"),
    "choice_too_many": _(
        "“%(name)s”的“%(label)s”多了选项“%(value)s”，条文没有规定，也没有规则写明它通向哪里；请删去。"),
    "label_changed": _("“%(name)s”的“%(label)s”里，选项 %(value)s 写成了“%(found)s”，应当写“%(wanted)s”；请改回。"),
    "choice_first_only": _("“%(name)s”的“%(label)s”里，“%(value)s”只在第一次办理时可以选；"
                           "每次都要能选，请改 first_visit_only。"),
    "question_renamed": _("“%(name)s”的表单问的是“%(label)s”，条文要问的是“%(wanted)s”；请在名称里写上这几个字。"),
    "question_kind": _("“%(name)s”的“%(label)s”是%(given)s，应当是%(kind)s；请改类型。"),
    "question_narrow": _("“%(name)s”的“%(label)s”最多只能写%(longest)s个字，写不清楚；请让它至少能写%(least)s个字。"),
    "question_single": _("“%(name)s”的“%(label)s”只有一个选项，等于没有问；请补上别的选项。"),
    "question_preset": _("“%(name)s”的“%(label)s”预先填好了“%(value)s”；要由办理的人自己答，请删去默认值。"),
    "asked_elsewhere": _("“%(name)s”的表单也问“%(label)s”，会改掉“%(names)s”的回答；请从这个表单里删去。"),
    "answer_nowhere": _("“%(answer)s”没有表单可以选；请补上这个选项。"),
    "wrong_post": _("“%(name)s”由%(found)s办理，应当由%(wanted)s办理；请改候选组。"),
    "same_unit": _("“%(first)s”和“%(second)s”由同一单位办理；请把其中一个交给另一个单位。"),
    "fallback_missing": _("“%(first)s”和“%(second)s”可能落到同一单位，规则却没有写明没有别人可以办理时由哪个岗位办理；"
                          "请在规则里写 else=单位.岗位，如 else=office.supervisor，并且不是这两项任务自己的岗位。"),
    "field_optional": _("“%(name)s”的表单没有必填的“%(field)s”；请补上。"),
    "answers_together": _("“%(name)s”的表单里，“%(label)s”填“%(value)s”、%(answer)s，可以同时提交；"
                          "请在“%(label)s”上写规则（rule）拦住。"),
    "date_unbounded": _("“%(name)s”的“%(label)s”没有最晚的日子；"
                        "请在它上面写规则，如 日期 <= working_days('%(parameter)s')。"),
    "date_not_ahead": _("“%(name)s”的“%(label)s”可以填今天或者以前的日子；请在它上面写规则，如 日期 > today()。"),
    "question_optional": _("“%(name)s”的表单没有必填的“%(field)s”；请补上，并设为必填。"),
    "question_hidden": _("“%(name)s”的“%(label)s”在“%(answer)s”时不出现，条文要求那时也问；请改它的 visible_when。"),
    "question_hidden_unanswered": _(
        "“%(name)s”的“%(label)s”在“%(other)s”没有填时不出现，条文要求那时也问；请改它的 visible_when。"),
    "minimum_too_low": _("“%(name)s”的“%(label)s”最小可以填%(lowest)s，应当至少是%(least)s；请改 min。"),
    "effect_missing": _("“%(name)s”没有执行 %(topic)s；请改为系统任务，topic 写 %(topic)s。"),
    "effect_elsewhere": _(
        "“%(name)s”也执行 %(topic)s，条文只让“%(steps)s”这样做；请删去这一步，或者让它通向“%(steps)s”。"),
    # limits
    "never_reached": _("“%(name)s”走不到；请检查通向它的条件和连线。"),
    "limit_missing": _("“%(name)s”没有到期会上报（或不再等待）的时限，应当是%(wanted)s；请加上定时事件。"),
    "limit_too_long": _("“%(name)s”的时限是%(limits)s，应当不长于%(wanted)s；请改定时事件。"),
    "escalation_without_limit": _("“%(name)s”没有时限，逾期不会上报；请加上定时事件，到期接“逾期上报”。"),
    "escalation_missing": _(
        "“%(name)s”逾期时没有做到上报督办人员而任务继续；请用不中断的定时事件，接上 escalate 的系统任务。"),
    "still_waits": _("“%(name)s”到期后仍在等待；请用中断的定时事件，到期不再等待。"),
    "uncovered": _("案件停在“%(name)s”时没有到期会上报的时限：“%(to)s”应当在%(wanted)s以内，过了也没有人知道；"
                   "请给它加上定时事件和“逾期上报”，或者把它移到“%(to)s”之后。"),
    "uncovered_pause": _(
        "案件在“%(name)s”等时间过去，“%(to)s”应当在%(wanted)s以内；请删去这个等待，或者移到“%(to)s”之后。"),
    "covered_too_long": _("案件停在“%(name)s”时的时限是%(limits)s，“%(to)s”应当在%(wanted)s以内；请改定时事件。"),
    # powers
    "limit_extended": _(
        "“%(name)s”的期限是%(from_limit)s，regulation.toml 的 [extension] 让%(by)s延期%(times)s次、"
        "每次最多%(days)s个工作日，最长可以到%(to_limit)s；条文没有给这个权力，请把 by 改回 nobody。"
        "条文另有规定的，请照条文写规则 extendable。"),
    "day_extended": _(
        "“%(name)s”的期限是%(from_limit)s，regulation.toml 的 [extension] 让%(by)s延期%(times)s次、"
        "每次最多%(days)s个工作日；"
        "条文没有给这个权力，请把 by 改回 nobody。条文另有规定的，请照条文写规则 extendable。"),
    "limit_stopped": _(
        "“%(name)s”的期限是%(from_limit)s，regulation.toml 让%(by)s中止计时（%(categories)s），中止多久没有限制；"
        "条文没有给这个权力，请改回不中止。条文另有规定的，请照条文写规则 stoppable。"),
    "extension_too_wide": _(
        "“%(name)s”的期限，条文给%(given_to)s延期%(most)s次、每次最多%(longest)s个工作日；"
        "regulation.toml 的 [extension] 让%(by)s延期%(times)s次、每次最多%(days)s个工作日，超出了条文；请改小。"),
    "stop_too_wide": _("“%(name)s”的期限，条文只让因 %(categories)s 中止计时；regulation.toml 还让%(by)s"
                       "因 %(category)s 中止，超出了条文；请删去这一类别。"),
    "parameter_missing": _("regulation.toml 的 [parameters] 里没有 %(parameter)s，或者它的 value 不是天数；请补上。"),
    "parameter_too_long": _(
        "“%(name)s”的“%(label)s”按参数 %(parameter)s 最长%(days)s个工作日，规则只给%(longest)s个工作日；"
        "请把参数改回，不要超过规则的天数。"),
    # the rater
    "contact_not_asked": _("“%(name)s”的表单没有“%(field)s”这样一个单选（编号以 _channel 结尾），怎样联系的"
                           "就不会与联系记录核对；请补上。"),
    "contact_unlogged": _("“%(name)s”的“%(label)s”可以选“%(value)s”，选了就不会与联系记录核对，没有联系也能提交；"
                          "请删去这个选项。"),
    "tried_nowhere": _("“%(name)s”的表单没有“联系不上”或者“多次联系未果”可以选；请补上。"),
    "tried_unlogged": _("regulation.toml 没有 [unreachable]：在“%(name)s”没有联系过，也能填联系不上；请补上，"
                        "至少%(attempts)s次、分在%(days)s天。"),
    "tried_too_little": _(
        "按 regulation.toml 的 [unreachable]，在“%(name)s”联系%(attempts)s次、分在%(days)s天就能填联系不上，"
        "应当至少%(least_attempts)s次、分在%(least_days)s天；请改回。"),
    "voids_elsewhere": _("“%(name)s”执行 %(topic)s，使评价不再照原样计入统计；条文只让“%(steps)s”这样做，请删去这一步，"
                         "或者让它通向“%(steps)s”。"),
    "voids_without_answer": _(
        "没有“%(answer)s”，也会走到“%(name)s”，评价不再照原样计入统计；请检查通向它的条件和连线。"),
    # effects
    "effect_value_missing": _("走到“%(name)s”时，系统操作 %(topic)s 要用的“%(field)s”（%(meaning)s）还没有填，"
                              "案件会停在这里；请让前面的表单在这条路上问这一项，设为必填，不要让它不出现。"),
    "effect_value_refused": _("走到“%(name)s”时，“%(field)s”（%(meaning)s）可以是“%(value)s”，"
                              "系统操作 %(topic)s 不接受，案件会停在这里；"
                              "请在表单上写规则（rule）拦住，或者改通向它的条件。"),
    "effect_too_early": _("走到“%(name)s”时，系统操作 %(after)s 还没有做过，%(topic)s 做不了，案件会停在这里；"
                          "请把它接在后面。"),
    "effect_again": _("“%(name)s”可以走到第二次，系统操作 %(topic)s 在一个案件里只能做一次，案件会停在这里；"
                      "请在往回的路上加条件，如 visits('任务') < 1。"),
    # the end
    "outcome_unreachable": _("没有一条路走到“%(name)s”；请检查通向它的条件。"),
    "date_missing": _("走到“%(name)s”时流程停住：它要用的日期没有填，或条件算不出结果；请让前面的表单必填这个字段。"),
    "waits_for_message": _(
        "从这里起案件要等到消息“%(messages)s”才能结束，消息可能永远不来；请再给它一条靠任务或定时到结束的路。"),
    "stuck": _("“%(name)s”之后案件停住了：没有任务，也没有定时；请把这条路接到结束事件。"),
    "no_end": _("从这里起案件再也不能结束；请检查条件，给它一条到结束的路。"),
    "endless_circle": _("案件可以在“%(name)s”这里没有次数限制地反复；请在往回的路上加条件，如 visits('任务') < 1。"),
    # what could not be decided
    "too_many_states": _("流程的状态太多，只看了%(states)s个状态、%(moves)s步；请把图改简单。"),
    "values_sampled": _("有的条件把数字或日期相互比较，只试了有代表性的值；请把图改简单。"),
}
KINDS = {"text": _("文字"), "string": _("文字"), "enum": _("单选"), "choice": _("单选"), "boolean": _("是否"),
         "yes_no": _("是否"), "long": _("数字"), "number": _("数字"), "date": _("日期"), "unit": _("承办单位")}
SINCE = {"now": _("任务出现后"), "received_at": _("收到后"), "after": _("前面的步骤完成后")}


DECIDERS = {
    "lead": _("牵头单位的督办人员"), "unit": _("承办单位或者牵头单位的督办人员"), "appeal": _("申诉（复核期间）"),
}


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with a process and what to do."""
    spoken = {name: WORDS[name](fact) if name in WORDS else fact for name, fact in facts.items()}
    if code.startswith("effect_value"):
        spoken["meaning"] = MEANINGS.get(facts["field"], facts["field"])
    if code == "stuck":
        spoken["name"] = facts["name"] or gettext("开始")
    return filled(SENTENCES[code], spoken)


def with_article(facts: Mapping[str, object]) -> str:
    """The same with the article before it, of a finding whose facts hold `article` and, as `reason`, the code."""
    return gettext("%(article)s：%(reason)s", article=facts["article"], reason=sentence(facts["reason"], facts))


def _answer(fact: Mapping[str, object]) -> str:
    label, words = CASE_WORDS.get(fact["field"], (fact["field"], {})) if not fact["label"] else (fact["label"], {})
    return gettext("%(label)s：%(answer)s", label=label, answer=gettext("或").join(
        str(words.get(value, value)) for value in fact["values"]))


def _limit(fact: Mapping[str, object]) -> str:
    if fact["unit"] == "date":
        return gettext("表单写明的%(label)s", label=fact["label"])
    since = SINCE.get(fact["since"]) or gettext("%(name)s起", name=fact["since"])
    return LIMITS[fact["unit"]](fact["amount"], since=since)


def _end_of_day(_amount: int, since: object) -> str:
    return gettext("%(since)s当日", since=since)


def _hours(amount: int, since: object) -> str:
    return ngettext("%(since)s%(num)s小时", "%(since)s%(num)s小时", amount, since=since)


def _calendar_days(amount: int, since: object) -> str:
    return ngettext("%(since)s%(num)s日", "%(since)s%(num)s日", amount, since=since)


def _working_days(amount: int, since: object) -> str:
    return ngettext("%(since)s%(num)s个工作日", "%(since)s%(num)s个工作日", amount, since=since)


LIMITS = {"working_days": _working_days, "calendar_days": _calendar_days, "hours": _hours, "end_of_day": _end_of_day}


def _wanted(fact: object) -> object:
    return _limit(fact) if isinstance(fact, Mapping) else _either(fact)


def _either(fact: object) -> object:
    return either(fact) if isinstance(fact, tuple) else fact


WORDS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(("names", "allowed", "to", "messages", "steps", "after"), _either),
    **dict.fromkeys(("from_limit", "to_limit"), _limit),
    **dict.fromkeys(("by", "given_to"), lambda fact: DECIDERS[fact]),
    "wanted": _wanted,
    "answer": _answer,
    "limits": lambda fact: listed(map(_limit, fact)),
    "lowest": lambda fact: gettext("任意数") if fact is None else fact,
    "task": lambda fact: fact or gettext("任务"),
    **dict.fromkeys(("given", "kind"), KINDS.__getitem__),
}

"""What lies between two versions of a process, each difference in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext, lazy_pgettext, pgettext

from caseflow.workshop.comparison import Change
from caseflow.workshop.drawn_facts import Drawn, Fact, Named

_ = lazy_gettext

MOST_SHOWN = 80     # characters of a value in a sentence
KINDS = {
    "userTask": lazy_pgettext("difference", "人工任务"), "serviceTask": lazy_pgettext("difference", "系统任务"),
    "exclusiveGateway": lazy_pgettext("difference", "排他网关"),
    "parallelGateway": lazy_pgettext("difference", "并行网关"),
    "startEvent": lazy_pgettext("difference", "开始事件"), "endEvent": lazy_pgettext("difference", "结束事件"),
    "boundaryEvent": lazy_pgettext("difference", "边界事件"),
    "intermediateCatchEvent": lazy_pgettext("difference", "等待事件"),
    "subProcess": lazy_pgettext("difference", "子流程"), "callActivity": lazy_pgettext("difference", "调用活动"),
    "sequenceFlow": lazy_pgettext("difference", "流向"), "process": lazy_pgettext("difference", "流程"),
    "lane": lazy_pgettext("difference", "泳道"), "participant": lazy_pgettext("difference", "流程池"),
    "message": lazy_pgettext("difference", "消息"), "textAnnotation": lazy_pgettext("difference", "注释"),
    "association": lazy_pgettext("difference", "注释连线"), "group": lazy_pgettext("difference", "分组"),
}
ATTRIBUTES = {
    "kind": lazy_pgettext("difference", "类型"), "name": lazy_pgettext("difference", "名称"),
    "performer": lazy_pgettext("difference", "办理者"), "deadline": lazy_pgettext("difference", "时限"),
    "condition": lazy_pgettext("difference", "条件"), "attachedToRef": lazy_pgettext("difference", "所附环节"),
    "default": lazy_pgettext("difference", "默认走向"), "topic": lazy_pgettext("difference", "系统操作"),
    "called": lazy_pgettext("difference", "调用的流程"), "message": lazy_pgettext("difference", "等待的消息"),
    "article": lazy_pgettext("difference", "依据条款"), "documentation": lazy_pgettext("difference", "办理说明"),
    "text": lazy_pgettext("difference", "文字"), "lane": lazy_pgettext("difference", "泳道"),
    "parent": lazy_pgettext("difference", "所在的阶段"),
    "camunda:versionTag": lazy_pgettext("difference", "版本标签"),
    "camunda:historyTimeToLive": lazy_pgettext("difference", "历史保留期"),
}
FIELD_ATTRIBUTES = {
    "label": lazy_pgettext("difference", "名称"), "type": lazy_pgettext("difference", "类型"),
    "required": lazy_pgettext("difference", "是否必填"), "choices": lazy_pgettext("difference", "选项"),
    "default": lazy_pgettext("difference", "默认值"), "visible_when": lazy_pgettext("difference", "何时填写"),
    "first_visit_only": lazy_pgettext("difference", "只在第一次提供的选项"),
    "rules": lazy_pgettext("difference", "规则"),
    "minimum": lazy_pgettext("difference", "最小值"), "maximum": lazy_pgettext("difference", "最大值"),
    "min_length": lazy_pgettext("difference", "最少字数"), "max_length": lazy_pgettext("difference", "最多字数"),
}
CANCELS = {"": _("到时终止该环节"), "false": _("到时只上报，环节继续")}
UNITS = {"working_days": _("%(n)s 个工作日"), "calendar_days": _("%(n)s 日"), "hours": _("%(n)s 小时"),
         "end_of_day": _("当日内")}
ROLES = {
    "officer": lazy_pgettext("difference", "经办人"), "supervisor": lazy_pgettext("difference", "督办人员"),
    "reviewer": lazy_pgettext("difference", "复核人"), "staff": lazy_pgettext("difference", "窗口人员"),
}
TOLD_OF_NEW = ("performer", "deadline", "condition", "topic")


def sentence(change: Change) -> str:
    """The difference in a sentence."""
    return SAID[change.code](change)


def before(change: Change) -> str:
    """What it was, in words; "" where there was nothing."""
    if change.code == "field_removed":
        return change.label
    return called(change.was) if change.code == "removed" else _limit(change.before)


def after(change: Change) -> str:
    """What it is, in words; "" where there is nothing any more."""
    if change.code == "field_added":
        return change.label
    return called(change.now) if change.code == "added" else _limit(change.after)


def called(drawn: Drawn) -> str:
    """What a sentence calls an element: its kind and name, or its kind and id; a flow by its ends."""
    if drawn.ends:
        return gettext("从%(source)s到%(target)s的流向", source=_title(drawn.ends[0]), target=_title(drawn.ends[1]))
    title = _title(Named(drawn.id, drawn.kind, drawn.name))
    return gettext("%(kind)s%(title)s", kind=KINDS[drawn.kind], title=title) if drawn.name else title


def words(fact: Fact) -> str:
    """A fact in words; a limit without its beginning."""
    return _FORMS[fact.form](fact.told)


# --- sentences ----------------------------------------------------------------------------------------------------


def _whole(change: Change) -> str:
    drawn = change.drawn
    told = [gettext("%(what)s：%(value)s", what=ATTRIBUTES[key], value=_short(_limit(fact)))
            for key in TOLD_OF_NEW if (fact := drawn.facts.get(key))]
    what = gettext("%(guarded)s的%(called)s", guarded=_title(drawn.guards), called=called(drawn)) if drawn.guards \
        else called(drawn)
    said = gettext("增加了%(what)s", what=what) if change.code == "added" else gettext("删去了%(what)s", what=what)
    return said + (gettext("（%(details)s）", details=gettext("；").join(told)) if told else "")


def _moved(change: Change) -> str:
    return gettext("%(called)s在图上换了位置", called=called(change.now))


def _fact(change: Change) -> str:
    old, new, key = change.was, change.now, change.attribute
    if key == "targetRef":
        return gettext("%(called)s改接到%(end)s", called=called(old), end=words(change.after))
    if key == "sourceRef":
        return gettext("%(called)s改从%(end)s引出", called=called(old), end=words(change.after))
    if key == "deadline":
        return _deadline(change)
    if key == "cancelActivity":
        was, now = (str(CANCELS.get(words(fact), words(fact))) for fact in (change.before, change.after))
        return gettext("%(guarded)s的%(called)s：%(before)s → %(after)s", guarded=_title(new.guards),
                       called=called(new), before=was, after=now)
    return _told(called(old if key == "name" else new), str(ATTRIBUTES.get(key, key)), words(change.before),
                 words(change.after))


def _deadline(change: Change) -> str:
    what = _title(change.now.guards) if change.now.guards else called(change.now)
    since = _since(change.before)
    if since and since == _since(change.after):
        return gettext("%(called)s的时限 %(before)s → %(after)s（自%(since)s起）", called=what,
                       before=words(change.before), after=words(change.after), since=since)
    return _told(what, str(ATTRIBUTES["deadline"]), _limit(change.before), _limit(change.after))


def _field_added(change: Change) -> str:
    return gettext("%(called)s的表单增加了“%(label)s”（%(required)s）", called=called(change.now), label=change.label,
                   required=words(change.after))


def _field_removed(change: Change) -> str:
    return gettext("%(called)s的表单删去了“%(label)s”", called=called(change.now), label=change.label)


def _order(change: Change) -> str:
    return _told(called(change.now), gettext("表单顺序"), words(change.before), words(change.after))


def _field(change: Change) -> str:
    what = gettext("%(called)s的表单项“%(label)s”", called=called(change.now), label=change.label)
    key = change.attribute.rpartition(".")[2]
    told = _choices(change) if key == "choices" else ""
    if told:
        return gettext("%(called)s的选项：%(told)s", called=what, told=told)
    return _told(what, str(FIELD_ATTRIBUTES[key]), words(change.before), words(change.after))


def _choices(change: Change) -> str:
    """Which choices came and went; "" when only their order or an id did."""
    was, now = (dict(fact.told).values() for fact in (change.before, change.after))
    came, went = (gettext("、").join(name for name in these if name not in those) for these, those in
                  ((now, was), (was, now)))
    return gettext("；").join(filter(None, (came and gettext("增加 %(choices)s", choices=came),
                                           went and gettext("删去 %(choices)s", choices=went))))


def _told(what: str, attribute: str, was: str, now: str) -> str:
    if not was:
        return gettext("%(called)s加了%(what)s：%(value)s", called=what, what=attribute, value=_short(now))
    if not now:
        return gettext("%(called)s去掉了%(what)s：%(value)s", called=what, what=attribute, value=_short(was))
    return gettext("%(called)s的%(what)s：%(before)s → %(after)s", called=what, what=attribute, before=_short(was),
                   after=_short(now))


SAID: Mapping[str, Callable[[Change], str]] = MappingProxyType({
    "added": _whole, "removed": _whole, "moved": _moved, "fact": _fact, "field_added": _field_added,
    "field_removed": _field_removed, "field": _field, "order": _order,
})


# --- facts --------------------------------------------------------------------------------------------------------


def _title(named: Named) -> str:
    """“its name”, or its kind and id when it has none."""
    if named.kind and not named.name:
        return gettext("%(kind)s %(id)s", kind=KINDS[named.kind], id=named.id)
    return gettext("“%(name)s”", name=named.name or named.id)


def _limit(fact: Fact) -> str:
    since = _since(fact)
    return gettext("自%(since)s起 %(limit)s", since=since, limit=words(fact)) if since else words(fact)


def _since(fact: Fact) -> str:
    """Since when a limit counts; "" of all other facts."""
    if fact.form != "limit":
        return ""
    _amount, _unit, since, label = fact.told
    if since is None:
        return pgettext("difference", "本环节开始")
    return pgettext("difference", "收到评价") if since == "received_at" else gettext("“%(name)s”", name=label)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[:MOST_SHOWN] + "…"


def _performer(told: tuple[str, str]) -> str:
    office, role = told
    unit = pgettext("difference", "承办单位") if office == "responsible" else office
    return f"{unit} {ROLES.get(role, role)}".strip()


def _visible(told: tuple[str, tuple]) -> str:
    label, answers = told
    values = pgettext("difference", "或").join(
        pgettext("difference", "是") if value is True else value for value in answers)
    return gettext("“%(label)s”是%(values)s时", label=label, values=values)


_FORMS: Mapping[str, Callable[[Any], str]] = MappingProxyType({
    "text": str,
    "kind": lambda kind: str(KINDS[kind]),
    "performer": _performer,
    "limit": lambda told: str(UNITS[told[1]]) % {"n": told[0]},
    "day": lambda label: gettext("到“%(name)s”那天", name=label),
    "element": _title,
    "stage": lambda named: _title(named) if named else gettext("主流程"),
    "asked": lambda required: pgettext("difference", "必填") if required else pgettext("difference", "选填"),
    "choices": lambda choices: gettext("、").join(
        gettext("%(name)s（%(id)s）", name=name, id=key) for key, name in choices),
    "names": lambda names: gettext("、").join(names),
    "visible": _visible,
})

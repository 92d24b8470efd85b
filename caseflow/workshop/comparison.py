"""Two versions of a process beside each other: what was added, removed, changed and moved, each said in a sentence.

As bpmn-js-differ means it: an element is the same while its id is; a change of its place alone is a move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
from caseflow.workshop.drawn_facts import Drawn, Fact, elements, field_facts

MOST_SHOWN = 80     # characters of a value in a sentence
WORDS = {
    "kind": "类型", "name": "名称", "performer": "办理者", "deadline": "时限", "condition": "条件",
    "attachedToRef": "所附环节", "default": "默认走向", "topic": "系统操作", "called": "调用的流程",
    "message": "等待的消息", "article": "依据条款", "documentation": "办理说明", "text": "文字", "lane": "泳道",
    "parent": "所在的阶段",
    "camunda:versionTag": "版本标签", "camunda:historyTimeToLive": "历史保留期",
}
FIELD_WORDS = {
    "label": "名称", "type": "类型", "required": "是否必填", "choices": "选项", "default": "默认值",
    "visible_when": "何时填写", "first_visit_only": "只在第一次提供的选项", "minimum": "最小值", "maximum": "最大值",
    "min_length": "最少字数", "max_length": "最多字数",
}
CANCELS = {"": "到时终止该环节", "false": "到时只上报，环节继续"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `attribute` is "" for a whole element, "form.<field>" and "form.<field>.<attribute>" in forms.

    `before` and `after` are in words, "" where there is nothing; `sentence` is Chinese.
    """

    element: str
    name: str
    attribute: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What lies between two versions. `moved` are drawn elsewhere on the page and otherwise the same or changed."""

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything at all does, be it only its place on the page."""
        return bool(self.added or self.removed or self.changed or self.moved)

    @property
    def marks(self) -> dict[str, str]:
        """Element id → added, removed, changed or moved: how to colour it in a drawing."""
        kinds = (("moved", self.moved), ("changed", self.changed), ("removed", self.removed), ("added", self.added))
        return {change.element: kind for kind, changes in kinds for change in changes}


def compare(old: Definition | None, new: Definition, offices: Mapping[str, str] | None = None) -> Comparison:
    """What `new` changes of `old` (None: there was nothing). `offices`: unit key → name, for the performers."""
    return compare_files({} if old is None else old.files, new.files, offices)


def compare_files(old: Mapping[str, bytes], new: Mapping[str, bytes],
                  offices: Mapping[str, str] | None = None) -> Comparison:
    """The same for files that need not have passed the gate; DefinitionRefused for one that cannot be read."""
    before, after = elements(old, offices or {}), elements(new, offices or {})
    both = [(before[key], after[key]) for key in after if key in before]
    return Comparison(
        added=tuple(_whole(drawn, "增加了") for key, drawn in after.items() if key not in before),
        removed=tuple(_whole(drawn, "删去了") for key, drawn in before.items() if key not in after),
        changed=tuple(change for pair in both for change in _changes(*pair)),
        moved=tuple(_moved(new) for old, new in both if old.layout != new.layout))


def _whole(drawn: Drawn, verb: str) -> Change:
    """An element that is there in one version only."""
    told = [f"{WORDS[key]}：{_short(_limit(fact))}" for key in ("performer", "deadline", "condition", "topic")
            if (fact := drawn.facts.get(key))]
    called = f"{drawn.guards}的{drawn.called}" if drawn.guards else drawn.called
    sentence = f"{verb}{called}" + (f"（{'；'.join(told)}）" if told else "")
    before, after = ("", drawn.called) if verb == "增加了" else (drawn.called, "")
    return Change(drawn.id, drawn.name, "", before, after, sentence)


def _moved(drawn: Drawn) -> Change:
    return Change(drawn.id, drawn.name, "layout", "", "", f"{drawn.called}在图上换了位置")


def _changes(old: Drawn, new: Drawn) -> Iterator[Change]:
    empty = Fact("", "")
    for key in dict.fromkeys((*old.facts, *new.facts)):
        before, after = old.facts.get(key, empty), new.facts.get(key, empty)
        if before.value != after.value:
            yield Change(new.id, new.name, key, _limit(before), _limit(after), _sentence(old, new, key, before, after))
    if old.form != new.form:
        yield from _form_changes(old, new)


def _sentence(old: Drawn, new: Drawn, key: str, before: Fact, after: Fact) -> str:
    if key == "targetRef":
        return f"{old.called}改接到{after.words}"
    if key == "sourceRef":
        return f"{old.called}改从{after.words}引出"
    if key == "deadline":
        return _deadline_sentence(new, before, after)
    if key == "cancelActivity":
        was, now = (CANCELS.get(fact.words, fact.words) for fact in (before, after))
        return f"{new.guards}的{new.called}：{was} → {now}"
    return _told(old.called if key == "name" else new.called, WORDS.get(key, key), before.words, after.words)


def _deadline_sentence(new: Drawn, before: Fact, after: Fact) -> str:
    called = new.guards or new.called
    if before.since and before.since == after.since:
        return f"{called}的时限 {before.words} → {after.words}（自{after.since}起）"
    return _told(called, "时限", _limit(before), _limit(after))


def _form_changes(old: Drawn, new: Drawn) -> Iterator[Change]:
    before, after = {one.id: one for one in old.form}, {one.id: one for one in new.form}
    for one in new.form:
        if one.id not in before:
            yield Change(new.id, new.name, f"form.{one.id}", "", one.label,
                         f"{new.called}的表单增加了“{one.label}”（{'必填' if one.required else '选填'}）")
    for one in old.form:
        if one.id not in after:
            yield Change(new.id, new.name, f"form.{one.id}", one.label, "", f"{new.called}的表单删去了“{one.label}”")
    for key in (one.id for one in new.form if one.id in before):
        yield from _field_changes(new, (before[key], old.form), (after[key], new.form))
    kept = [one.id for one in old.form if one.id in after]
    if kept != [one.id for one in new.form if one.id in before]:
        orders = ["、".join(one.label for one in form) for form in (old.form, new.form)]
        yield Change(new.id, new.name, "form", *orders, _told(new.called, "表单顺序", *orders))


def _field_changes(drawn: Drawn, old: tuple[FormField, tuple], new: tuple[FormField, tuple]) -> Iterator[Change]:
    before, after = field_facts(*old), field_facts(*new)
    for key, words in FIELD_WORDS.items():
        if before[key].value != after[key].value:
            called, texts = f"{drawn.called}的表单项“{old[0].label}”", (before[key].words, after[key].words)
            told = _choices(old[0], new[0]) if key == "choices" else ""
            sentence = f"{called}的选项：{told}" if told else _told(called, words, *texts)
            yield Change(drawn.id, drawn.name, f"form.{new[0].id}.{key}", *texts, sentence)


def _choices(old: FormField, new: FormField) -> str:
    """Which choices came and went; "" when only their order or an id did."""
    before, after = dict(old.choices).values(), dict(new.choices).values()
    came, went = ("、".join(name for name in these if name not in those) for these, those in
                  ((after, before), (before, after)))
    return "；".join(filter(None, (came and f"增加 {came}", went and f"删去 {went}")))


def _told(called: str, what: str, before: str, after: str) -> str:
    if not before:
        return f"{called}加了{what}：{_short(after)}"
    if not after:
        return f"{called}去掉了{what}：{_short(before)}"
    return f"{called}的{what}：{_short(before)} → {_short(after)}"


def _limit(fact: Fact) -> str:
    return f"自{fact.since}起 {fact.words}" if fact.since else fact.words


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[:MOST_SHOWN] + "…"

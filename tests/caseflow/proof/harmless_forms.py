"""Edits of forms that break nothing. Each operator says why its edits are harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.caseflow.proof.diagrams import CAM, B, Diagram, Edit
from tests.caseflow.proof.pieces import REQUIRED, ask_first, ask_last

OPEN = ("cause", "problem_kind", "resolution")
FIELD = f'<camunda:formField id="extra_{{0}}" label="经过" type="{{0}}">{REQUIRED}</camunda:formField>'
CHOICE = ('<camunda:formField id="extra_kind" label="来访方式" type="enum">{}<camunda:value id="a" name="甲"/>'
          '<camunda:value id="b" name="乙"/></camunda:formField>')


def _asked_too(diagram: Diagram, xml: str, *, first: bool = False) -> Iterator[Edit]:
    for step in diagram.users():
        yield step, (ask_first if first else ask_last)(diagram.again(), step, xml)


def more_text(diagram: Diagram) -> Iterator[Edit]:
    """One more remark, which may be left out."""
    return _asked_too(diagram, '<camunda:formField id="extra_remark" label="备注" type="text"/>')


def more_line(diagram: Diagram) -> Iterator[Edit]:
    """One more line, with a text already in it: nobody is asked for it."""
    return _asked_too(diagram, '<camunda:formField id="extra_line" label="经手人" type="string" defaultValue="无"/>')


def more_day(diagram: Diagram) -> Iterator[Edit]:
    """One more day, which limits nothing."""
    return _asked_too(diagram, '<camunda:formField id="extra_day" label="来访日期" type="date"/>')


def more_tick(diagram: Diagram) -> Iterator[Edit]:
    """One more tick, which decides nothing."""
    return _asked_too(diagram, '<camunda:formField id="extra_in" label="已存档" type="boolean" defaultValue="true"/>')


def more_choice(diagram: Diagram) -> Iterator[Edit]:
    """One more choice, which may be left out."""
    return _asked_too(diagram, CHOICE.format(""))


def required_choice(diagram: Diagram) -> Iterator[Edit]:
    """One more choice that has to be made, at the top of the form."""
    return _asked_too(diagram, CHOICE.format(REQUIRED), first=True)


def required_text(diagram: Diagram) -> Iterator[Edit]:
    """One more text that has to be written."""
    return _asked_too(diagram, FIELD.format("text"))


def required_number(diagram: Diagram) -> Iterator[Edit]:
    """One more number that has to be given."""
    return _asked_too(diagram, FIELD.format("long"))


def asked_behind_tick(diagram: Diagram) -> Iterator[Edit]:
    """Two more questions, of which one shows the other."""
    shown = ('<camunda:formField id="extra_why" label="为什么" type="text"><camunda:properties><camunda:property '
             f'id="visible_when" value="extra_odd == True"/></camunda:properties>{REQUIRED}</camunda:formField>')
    return _asked_too(diagram, '<camunda:formField id="extra_odd" label="有异常" type="boolean"/>' + shown)


def ruled_extra(diagram: Diagram) -> Iterator[Edit]:
    """One more number with a rule of its own."""
    return _asked_too(
        diagram, '<camunda:formField id="extra_sum" label="金额" type="long"><camunda:properties><camunda:property '
        'id="rule" value="extra_sum &gt;= 5"/><camunda:property id="rule_says" value="“金额”至少是5，请改大。"/>'
        "</camunda:properties></camunda:formField>")


def swap_fields(diagram: Diagram) -> Iterator[Edit]:
    """Two questions that show each other not change places."""
    for step in diagram.users():
        fields = [field.get("id") for field in diagram.fields(step)]
        for one, two in zip(fields, fields[1:], strict=False):
            if not diagram.shown_when(step, two).startswith(one):
                edited = diagram.again()
                first, second = edited.field(step, one), edited.field(step, two)
                first.addprevious(second)
                yield f"{step}: {two} before {one}", edited


def turn_choices(diagram: Diagram) -> Iterator[Edit]:
    """The answers to choose from stand in another order."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("type") == "enum":
                edited = diagram.again()
                node = edited.field(step, field.get("id"))
                for value in reversed(node.findall(f"{CAM}value")):
                    node.remove(value)
                    node.append(value)
                yield f"{step}.{field.get('id')}", edited


def open_choice(diagram: Diagram) -> Iterator[Edit]:
    """One more answer to a question whose answers no article closes."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id") in OPEN:
                edited = diagram.again()
                edited.add(edited.field(step, field.get("id")), '<camunda:value id="extra_other" name="又一种"/>')
                yield f"{step}.{field.get('id')}", edited


def less_choice(diagram: Diagram) -> Iterator[Edit]:
    """One answer less that no article names."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id") in OPEN or field.get("id").endswith("_channel"):
                for value in [one for one in field.iter(f"{CAM}value") if one.get("id") == "other"]:
                    edited = diagram.again()
                    node = edited.field(step, field.get("id"))
                    node.remove(next(one for one in node.iter(f"{CAM}value") if one.get("id") == value.get("id")))
                    yield f"{step}.{field.get('id')}", edited


def _texts(diagram: Diagram) -> Iterator[tuple[str, str]]:
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("type") in ("text", "string"):
                yield step, field.get("id")


def shorter_text(diagram: Diagram) -> Iterator[Edit]:
    """Less may be written, and still enough to say something."""
    for step, name in _texts(diagram):
        for most in ("300", "60"):
            yield f"{step}.{name}: {most}", diagram.again().constrain(step, name, "minlength", None).constrain(
                step, name, "maxlength", most)


def some_text(diagram: Diagram) -> Iterator[Edit]:
    """At least some words are to be written."""
    for step, name in _texts(diagram):
        for least in ("2", "10"):
            yield f"{step}.{name}: {least}", diagram.again().constrain(step, name, "minlength", least)


def any_text(diagram: Diagram) -> Iterator[Edit]:
    """No length is said: as much as fits may be written."""
    for step, name in _texts(diagram):
        edited = diagram.again().constrain(step, name, "maxlength", None)
        yield f"{step}.{name}", edited.constrain(step, name, "minlength", None)


def one_line(diagram: Diagram) -> Iterator[Edit]:
    """A text of several lines is one of one line, or the other way round."""
    kinds: dict[str, int] = {}
    for _, name in _texts(diagram):
        kinds[name] = kinds.get(name, 0) + 1
    for step, name in _texts(diagram):
        if kinds[name] == 1:
            edited = diagram.again()
            field = edited.field(step, name)
            field.set("type", "string" if field.get("type") == "text" else "text")
            yield f"{step}.{name}", edited


def explained_label(diagram: Diagram) -> Iterator[Edit]:
    """A question is asked in more words."""
    for step in diagram.users():
        for field in diagram.fields(step):
            for form in ("{}（请如实填写）", "请写明：{}"):
                edited = diagram.again()
                edited.field(step, field.get("id")).set("label", form.format(field.get("label")))
                yield f"{step}.{field.get('id')}: {form}", edited


def required_too(diagram: Diagram) -> Iterator[Edit]:
    """What could be left out has to be answered."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if not [one for one in field.iter(f"{CAM}constraint") if one.get("name") == "required"]:
                edited = diagram.again()
                edited.add(edited.field(step, field.get("id")), REQUIRED)
                node = edited.field(step, field.get("id"))
                old = node.findall(f"{CAM}validation")
                for constraint in list(old[0]) if len(old) > 1 else ():
                    old[1].append(constraint)
                if len(old) > 1:
                    node.remove(old[0])
                yield f"{step}.{field.get('id')}", edited


def optional_unasked(diagram: Diagram) -> Iterator[Edit]:
    """What no article wants written may be left out."""
    for step, name in _texts(diagram):
        if name in ("track_note", "addition") or (name == "opinion" and diagram.key in ("guichi", "hefei")):
            yield f"{step}.{name}", diagram.again().constrain(step, name, "required", None)


def shown_in_other_words(diagram: Diagram) -> Iterator[Edit]:
    """The same question is shown with the same answers, said otherwise."""
    for step in diagram.users():
        for field in diagram.fields(step):
            text = diagram.shown_when(step, field.get("id"))
            named = re.findall(r"'(\w+)'", text)
            if len(named) == 1:
                other = re.sub(r"== ('\w+')", r"in [\1]", text)
            else:
                other = re.sub(r"\[.*\]", str(named[::-1]), text)
            if named and other != text:
                yield f"{step}.{field.get('id')}", diagram.again().show_when(step, field.get("id"), other)


def stricter_day(diagram: Diagram) -> Iterator[Edit]:
    """A day is bounded by one more rule."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id").endswith("_by"):
                name = field.get("id")
                for number, text in enumerate((f"{name} <= working_days(10)", f"days_between(today(), {name}) < 60")):
                    edited = diagram.again().say(step, name, "rule_9", text)
                    yield f"{step}.{name}: {number}", edited.say(step, name, "rule_9_says", "请把日期改早一些。")


def ruled_otherwise(diagram: Diagram) -> Iterator[Edit]:
    """What an answer has to keep is said otherwise."""
    for step in diagram.users():
        for field in diagram.fields(step):
            for rule in [one for one in field.iter(f"{CAM}property") if one.get("id") in ("rule", "rule_2")]:
                for form in ("({})", "not (not ({}))"):
                    yield f"{step}.{field.get('id')}: {form}", diagram.again().say(
                        step, field.get("id"), rule.get("id"), form.format(rule.get("value")))


def said_otherwise(diagram: Diagram) -> Iterator[Edit]:
    """What is shown to whoever breaks a rule of a form is said in other words."""
    for step in diagram.users():
        for field in diagram.fields(step):
            for rule in [one for one in field.iter(f"{CAM}property") if (one.get("id") or "").endswith("_says")]:
                yield f"{step}.{field.get('id')}", diagram.again().say(
                    step, field.get("id"), rule.get("id"), "填写的内容不合规定，请修改。")


def more_tries(diagram: Diagram) -> Iterator[Edit]:
    """One more attempt is asked for, or any number of them may be given."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id") == "attempts":
                yield f"{step}: 4", diagram.again().constrain(step, "attempts", "min", "4")
                yield f"{step}: no most", diagram.again().constrain(step, "attempts", "max", None)
                yield f"{step}: 20", diagram.again().constrain(step, "attempts", "max", "20")


def offered_once(diagram: Diagram) -> Iterator[Edit]:
    """An answer of an open question is offered at the first visit only."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id") in ("cause", "problem_kind"):
                edited = diagram.again().say(step, field.get("id"), "first_visit_only", "other")
                yield f"{step}.{field.get('id')}", edited


def undocumented(diagram: Diagram) -> Iterator[Edit]:
    """Nothing is said to the officer about how to do it."""
    for node in diagram.all("documentation"):
        step = node.getparent()
        if step.get("id") and step.tag == f"{B}userTask":
            edited = diagram.again()
            for one in edited.node(step.get("id")).findall(f"{B}documentation"):
                one.getparent().remove(one)
            yield step.get("id"), edited


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    more_text, more_line, more_day, more_tick, more_choice, required_choice, required_text, required_number,
    asked_behind_tick, ruled_extra, swap_fields, turn_choices, open_choice, less_choice, shorter_text, some_text,
    any_text, one_line, explained_label, required_too, optional_unasked, shown_in_other_words, stricter_day,
    ruled_otherwise, said_otherwise, more_tries, offered_once, undocumented,
)

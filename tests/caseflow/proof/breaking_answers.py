"""Edits of what is asked, and of who may answer how, that break an article. Each operator says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import combinations

from tests.caseflow.proof.breaking_forms import CLOSED, RECORDED, RULE
from tests.caseflow.proof.breaking_ways import choices
from tests.caseflow.proof.diagrams import CAM, Diagram, Edit
from tests.caseflow.proof.pieces import REQUIRED, ask_last, post, task

ASKED = RECORDED | {"resolution"}
VALUES = {"string": "已办", "text": "已按规定办理。", "boolean": "true", "date": "2026-12-31", "long": "9"}
TURNED = {"<=": ">=", ">=": "<=", ">": ">=", "<": "<=", "!=": "==", " in ": " not in ", " or ": " and "}
HIDING = {"level": "level == 'very_dissatisfied'", "office": "business_level == 'city'", "name": "real_name == True"}


def _asked(diagram: Diagram, *types: str) -> Iterator[tuple[str, str]]:
    """Task and id of each field that a rule asks for, of these types or of any."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("id") in ASKED and (not types or field.get("type") in types):
                yield step, field.get("id")


def preset(diagram: Diagram) -> Iterator[Edit]:
    """Whoever clicks through has answered."""
    for step, name in _asked(diagram):
        field = diagram.field(step, name)
        values = [value.get("id") for value in field.iter(f"{CAM}value")][:2] or [VALUES.get(field.get("type"), "")]
        for value in values if field.get("type") != "unit" else ():
            edited = diagram.again()
            edited.field(step, name).set("defaultValue", value)
            yield f"{step}.{name}: {value}", edited


def _retyped(diagram: Diagram, step: str, name: str, kind: str, *shown: str) -> Diagram:
    edited = diagram.again()
    field = edited.field(step, name)
    for part in [*field.iter(f"{CAM}value", f"{CAM}constraint")]:
        if part.tag == f"{CAM}value" or part.get("name") != "required":
            part.getparent().remove(part)
    for part in [one for one in field.iter(f"{CAM}property") if RULE.match(one.get("id") or "")]:
        part.getparent().remove(part)
    field.set("type", kind)
    for number, one in enumerate(shown):
        edited.add(field, f'<camunda:value id="v{number}" name="{one}"/>')
    return edited


def ticked(diagram: Diagram) -> Iterator[Edit]:
    """What is to be written is ticked."""
    for step, name in _asked(diagram, "text", "string"):
        yield f"{step}.{name}", _retyped(diagram, step, name, "boolean")


def chosen(diagram: Diagram) -> Iterator[Edit]:
    """What is to be written is chosen from ready answers."""
    for step, name in _asked(diagram, "text", "string"):
        yield f"{step}.{name}", _retyped(diagram, step, name, "enum", "已按规定办理", "其他")


def counted(diagram: Diagram) -> Iterator[Edit]:
    """What is to be written is a number, or a day."""
    for step, name in _asked(diagram, "text", "string"):
        for kind in ("long", "date"):
            yield f"{step}.{name}: {kind}", _retyped(diagram, step, name, kind)


def written(diagram: Diagram) -> Iterator[Edit]:
    """What is to be chosen, counted or dated is written: nothing can be held against it."""
    for step, name in _asked(diagram, "enum", "long", "date", "boolean", "unit"):
        yield f"{step}.{name}", _retyped(diagram, step, name, "text")


def one_letter(diagram: Diagram) -> Iterator[Edit]:
    """No more than a few characters may be written."""
    for step, name in _asked(diagram, "text", "string"):
        for most in ("1", "5"):
            edited = diagram.again().constrain(step, name, "minlength", None)
            yield f"{step}.{name}: {most}", edited.constrain(step, name, "maxlength", most)


def one_choice(diagram: Diagram) -> Iterator[Edit]:
    """Only one answer is left."""
    for step, name in _asked(diagram, "enum"):
        edited = diagram.again()
        field = edited.field(step, name)
        for value in field.findall(f"{CAM}value")[:-1]:
            field.remove(value)
        yield f"{step}.{name}", edited


def other_question(diagram: Diagram) -> Iterator[Edit]:
    """Another thing is asked under the same id."""
    for step, name in _asked(diagram):
        for shown in ("天气", "其他"):
            edited = diagram.again()
            edited.field(step, name).set("label", shown)
            yield f"{step}.{name}: {shown}", edited


def swap_questions(diagram: Diagram) -> Iterator[Edit]:
    """Two questions of a form change their labels, or their ids."""
    for step in diagram.users():
        texts = [field.get("id") for field in diagram.fields(step) if field.get("id") in ASKED]
        for one, two in combinations(texts, 2):
            for what in ("label", "id"):
                edited = diagram.again()
                first, second = edited.field(step, one), edited.field(step, two)
                kept = first.get(what)
                first.set(what, second.get(what))
                second.set(what, kept)
                yield f"{step}: {what} of {one} ↔ {two}", edited


def swap_choices(diagram: Diagram) -> Iterator[Edit]:
    """Two answers that the article names change their ids: what is chosen leads where the other should."""
    for step, name in _asked(diagram, "enum"):
        if name not in CLOSED:
            continue
        for one, two in combinations([value.get("id") for value in diagram.field(step, name).iter(f"{CAM}value")], 2):
            edited = diagram.again()
            named = {value.get("id"): value for value in edited.field(step, name).iter(f"{CAM}value")}
            named[one].set("id", two)
            named[two].set("id", one)
            if "more_evidence" not in (one, two):
                yield f"{step}.{name}: {one} ↔ {two}", edited


def split_answer(diagram: Diagram) -> Iterator[Edit]:
    """One answer becomes two, of which no rule knows the second; it goes the way of the first."""
    for step, name in _asked(diagram, "enum"):
        for value in diagram.field(step, name).iter(f"{CAM}value") if name in CLOSED else ():
            edited = diagram.again()
            chosen_id = value.get("id")
            edited.add(edited.field(step, name), f'<camunda:value id="extra_part" name="{value.get("name")}（二）"/>')
            for way, text in diagram.conditions():
                changed = re.sub(rf"\b{name} == '{chosen_id}'", f"{name} in ['{chosen_id}', 'extra_part']", text)
                edited.set_text(way, "conditionExpression", changed)
            yield f"{step}.{name}: {value.get('id')}", edited


def first_time_only(diagram: Diagram) -> Iterator[Edit]:
    """At a second visit an answer that the article names cannot be given any more."""
    for step, name in _asked(diagram, "enum"):
        found = choices(diagram, name)
        comes_back = step == "review" or (step == "revisit" and "rehandle" in diagram.users())
        if comes_back and name in CLOSED:
            for value in [one for one in found if one != "more_evidence"]:
                edited = diagram.again().say(step, name, "first_visit_only", value)
                yield f"{step}.{name}: {value}", edited


def move_question(diagram: Diagram) -> Iterator[Edit]:
    """What is to be asked at one step is asked at a later, or an earlier one."""
    for step, name in _asked(diagram):
        for other in diagram.users():
            if other != step and name not in [field.get("id") for field in diagram.fields(other)]:
                edited = diagram.again().show_when(step, name, "")
                field = edited.field(step, name)
                field.getparent().remove(field)
                next(edited.node(other).iter(f"{CAM}formData")).append(field)
                yield f"{name}: {step} → {other}", edited
                break


def split_question(diagram: Diagram) -> Iterator[Edit]:
    """What is to be asked moves into a task of its own behind, which not everybody reaches."""
    for step, name in _asked(diagram, "text", "string"):
        edited = diagram.again().show_when(step, name, "")
        field = edited.field(step, name)
        field.getparent().remove(field)
        edited.insert(step, "extra_step", "extra_step", task(post(edited, step), "<camunda:formField/>"))
        form = next(edited.node("extra_step").iter(f"{CAM}formData"))
        form.replace(form[0], field)
        yield f"{step}.{name}", edited


def hide_by_case(diagram: Diagram) -> Iterator[Edit]:
    """What is to be asked is asked only in some cases: of a level, an office, a name."""
    for step, name in _asked(diagram):
        for condition in HIDING.values():
            yield f"{step}.{name}: {condition}", diagram.again().show_when(step, name, condition)


def hide_by_number(diagram: Diagram) -> Iterator[Edit]:
    """What is to be asked is asked only for many items, or where something was written."""
    for step, name in _asked(diagram):
        for kind, condition in (("long", "extra_count > 2"), ("text", "extra_count == 'x'")):
            xml = f'<camunda:formField id="extra_count" label="件数" type="{kind}"/>'
            yield f"{step}.{name}: {kind}", diagram.again().ask_before(step, name, xml).show_when(step, name, condition)


def hide_by_choice(diagram: Diagram) -> Iterator[Edit]:
    """What is to be asked is asked only with one answer to a new question, with which the other is as good."""
    xml = ('<camunda:formField id="extra_needed" label="需要吗" type="enum"><camunda:validation><camunda:constraint '
           'name="required"/></camunda:validation><camunda:value id="y" name="需要"/>'
           '<camunda:value id="n" name="不需要"/></camunda:formField>')
    for step, name in _asked(diagram):
        yield f"{step}.{name}", diagram.again().ask_before(step, name, xml).show_when(step, name, "extra_needed == 'y'")


def hide_behind_optional(diagram: Diagram) -> Iterator[Edit]:
    """The question that shows another may be left open."""
    xml = ('<camunda:formField id="extra_kind" label="类别" type="enum"><camunda:value id="a" name="甲"/>'
           '<camunda:value id="b" name="乙"/></camunda:formField>')
    for step, name in _asked(diagram):
        yield f"{step}.{name}", diagram.again().ask_before(step, name, xml).show_when(
            step, name, "extra_kind in ['a', 'b']")


def _ruled(diagram: Diagram) -> Iterator[tuple[str, str, str, str]]:
    for step in diagram.users():
        for field in diagram.fields(step):
            for rule in list(field.iter(f"{CAM}property")):
                if RULE.fullmatch(rule.get("id") or ""):
                    yield step, field.get("id"), rule.get("id"), rule.get("value")


def _weakened(diagram: Diagram, form: str) -> Iterator[Edit]:
    for step, name, rule, text in _ruled(diagram):
        yield f"{step}.{name}: {rule}", diagram.again().say(step, name, rule, form.format(text=text, name=name))


def rule_for_some(diagram: Diagram) -> Iterator[Edit]:
    """What an answer has to keep is held in some cases only."""
    yield from _weakened(diagram, "{text} or level == 'very_dissatisfied'")
    yield from _weakened(diagram, "{text} or real_name == False")


def rule_later(diagram: Diagram) -> Iterator[Edit]:
    """What an answer has to keep is not held from the day after the receipt on."""
    return _weakened(diagram, "{text} or received_at < today()")


def rule_or_true(diagram: Diagram) -> Iterator[Edit]:
    """What an answer has to keep is said, and anything else is as good."""
    yield from _weakened(diagram, "{text} or {name} == {name}")
    yield from _weakened(diagram, "{text} or not ({text})")


def rule_far(diagram: Diagram) -> Iterator[Edit]:
    """A day that is far enough off is let through, or one bound is another number of days."""
    for step, name, rule, text in _ruled(diagram):
        for changed in ((f"{text} or days_between(today(), {name}) > 500",) if "working_days" in text else ()):
            yield f"{step}.{name}: {rule} far", diagram.again().say(step, name, rule, changed)
        longer = re.sub(r"working_days\('\w+'", "working_days(120", text)
        if longer != text:
            yield f"{step}.{name}: {rule} longer", diagram.again().say(step, name, rule, longer)


def rule_flipped(diagram: Diagram) -> Iterator[Edit]:
    """A comparison in what an answer has to keep is turned round."""
    for step, name, rule, text in _ruled(diagram):
        for found in re.finditer(r"<=|>=|>|<|!=| in | or ", text):
            other = TURNED[found[0]]
            changed = text[:found.start()] + other + text[found.end():]
            if (other, name) not in ((" and ", "promise_by"), ("==", "promise_by")):
                yield f"{step}.{name}: {rule} {other.strip()}", diagram.again().say(step, name, rule, changed)


def set_again(diagram: Diagram) -> Iterator[Edit]:
    """Another task may set the day again, or answer again, what was bounded or decided at the first."""
    for step, name in _asked(diagram):
        kept = diagram.field(step, name)
        if name not in CLOSED and kept.get("type") != "date":
            continue
        for other in diagram.users():
            if other != step and name not in [field.get("id") for field in diagram.fields(other)]:
                edited = diagram.again()
                field = deepcopy(edited.field(step, name))
                for one in field.findall(f"{CAM}properties"):
                    field.remove(one)
                next(edited.node(other).iter(f"{CAM}formData")).append(field)
                yield f"{name}: {step}, {other}", edited


def fewer_tries(diagram: Diagram) -> Iterator[Edit]:
    """No number of attempts is the least."""
    for step, name in _asked(diagram, "long"):
        for least in (None, "0", "2"):
            yield f"{step}: {least}", diagram.again().constrain(step, name, "min", least)


def doubled(diagram: Diagram) -> Iterator[Edit]:
    """The same question stands twice, once where nobody has to answer."""
    for step, name in _asked(diagram):
        edited = diagram.again()
        field = deepcopy(edited.field(step, name))
        yield f"{step}.{name}", edited.constrain(step, name, "required", None) and _with(edited, step, field)


def _with(diagram: Diagram, step: str, field) -> Diagram:
    form = next(diagram.node(step).iter(f"{CAM}formData"))
    form.append(field)
    return diagram


def optional_copy(diagram: Diagram) -> Iterator[Edit]:
    """What is to be written may be left out, and another text may be written instead."""
    for step, name in _asked(diagram, "text", "string"):
        edited = diagram.again().constrain(step, name, "required", None)
        xml = f'<camunda:formField id="extra_text" label="说明" type="text">{REQUIRED}</camunda:formField>'
        yield f"{step}.{name}", ask_last(edited, step, xml)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    preset, ticked, chosen, counted, written, one_letter, one_choice, other_question, swap_questions, swap_choices,
    split_answer, first_time_only, move_question, split_question, hide_by_case, hide_by_number, hide_by_choice,
    hide_behind_optional, rule_for_some, rule_later, rule_or_true, rule_far, rule_flipped, set_again, fewer_tries,
    doubled, optional_copy,
)

"""Whether a diagram has what others ask of it: the steps that its regulation names, the fields that its effects read.

Of a regulation.toml these are the milestones and the ends that need no revisit; its rules are the proof's.
"""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.cases.effects.registry import EFFECTS, FAILURE
from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding, FormField
from caseflow.law.milestones import EVERYWHERE, Revisited
from caseflow.law.regulation_file import Regulation
from caseflow.processes.asked import ATTEMPTS, MESSAGES, REASON, UNREACHABLE, Read
from caseflow.proof.facts import topics_of

TABLE = "regulation.toml 的 [milestones.{process}.{name}]"


def disagreements(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """Everything of this kind in the diagram of a process of the regulation, with what to do, in Chinese: errors, and
    warnings where the diagram does without something."""
    process = definition.process_id.removeprefix(f"{regulation.key}_")
    if process in regulation.milestones:
        yield from _milestones(regulation, process, definition)
    if process == EVERYWHERE:
        yield from _ends(regulation, definition)
    yield from _fields(regulation, definition)
    if regulation.unreachable is not None:
        yield from _logged(definition)
    if regulation.appeal is not None and regulation.appeal.available:
        yield from _messages(process, definition)


def _milestones(regulation: Regulation, process: str, definition: Definition) -> Iterator[Finding]:
    steps = regulation.milestones[process]
    named = [("first_contact", steps.first_contact.tasks), ("revisited", steps.revisited.tasks),
             ("handled", (*steps.handled.tasks, *steps.handled.on_the_spot))]
    for name, tasks in named:
        for task in dict.fromkeys(tasks):
            if task not in definition.user_tasks:
                yield Finding("milestone_unknown", task if task in definition.elements else "", 0,
                              f"{TABLE.format(process=process, name=name)}写着“{task}”，图上没有这个人工任务，"
                              "台账会缺这一栏；请把任务的编号改回来，或者改 regulation.toml。")
    yield from _results(steps.revisited, process, definition)


def _results(revisited: Revisited, process: str, definition: Definition) -> Iterator[Finding]:
    """Tasks of the revisit whose form does not ask for its result."""
    for task in revisited.tasks:
        asked = definition.user_tasks.get(task)
        if asked is not None and not any(one.id == revisited.result and one.type == "enum" for one in asked.form):
            yield Finding("milestone_result", task, 0,
                          f"{TABLE.format(process=process, name='revisited')}说回访结果填在“{revisited.result}”，"
                          f"“{asked.element.name}”的表单没有这个选择项；请补上（类型 enum），或者改 regulation.toml。")


def _ends(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    for outcome in regulation.closed_without_revisit:
        known = definition.elements.get(outcome)
        if known is None or known.kind != "endEvent":
            yield Finding("outcome_unknown", "", 0, f"regulation.toml 的 closed_without_revisit 写着“{outcome}”，"
                          "图上没有这个结束事件；请把编号改回来，或者改 regulation.toml。")


def _fields(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """Fields that an effect of this diagram reads and no form asks for, or asks for otherwise."""
    for element, topic in topics_of(definition).items():
        for read in EFFECTS[topic].reads if topic in EFFECTS else ():
            asked = [(task.element.id, one) for task in definition.user_tasks.values() for one in task.form
                     if one.id == read.field]
            if not asked and _needed(read, regulation):
                yield Finding("effect_field_missing", element, 0,
                              f"操作 {topic} 要用“{read.field}”（{read.words}），没有表单问这一项；"
                              f"请在它之前的任务表单里加上，类型 {read.types[0]}。")
            for task, one in asked:
                if wrong := _wrong(read, one):
                    yield Finding("effect_field_form", task, 0,
                                  f"操作 {topic} 要用“{read.field}”（{read.words}），{wrong}")


def _logged(definition: Definition) -> Iterator[Finding]:
    """Forms in which the rater may be called unreachable, without the figures that are held against the log."""
    for task in definition.user_tasks.values():
        if any(UNREACHABLE in dict(one.choices) for one in task.form):
            for read in (ATTEMPTS, REASON):
                asked = next((one for one in task.form if one.id == read.field), None)
                if asked is None:
                    yield Finding("unreachable_field", task.element.id, 0,
                                  f"“{task.element.name}”可以填“{UNREACHABLE}”，表单没有“{read.field}”（{read.words}），"
                                  f"不会与联系记录核对；要核对的，请加上，类型 {read.types[0]}。", "warning")
                elif wrong := _wrong(read, asked):
                    yield Finding("unreachable_field", task.element.id, 0,
                                  f"“{read.field}”（{read.words}）要与联系记录核对，{wrong}")


def _messages(process: str, definition: Definition) -> Iterator[Finding]:
    message, lost = MESSAGES.get(process, ("", ""))
    if message and message not in definition.messages.values():
        yield Finding("message_not_awaited", "", 0,
                      f"图上没有等消息“{message}”的事件，{lost}；请加上一个边界消息事件。", "warning")


def _needed(read: Read, regulation: Regulation) -> bool:
    """Whether it must be asked for; a failure of duty where the regulation has consequences of it."""
    return read.needed or (read is FAILURE and regulation.appeal is not None and bool(regulation.appeal.consequences))


def _wrong(read: Read, asked: FormField) -> str:
    """What is wrong with how a form asks for it, and what to do; "" if nothing is."""
    if asked.type not in read.types:
        return f"它的类型应当是 {'、'.join(read.types)}，不是 {asked.type}；请改正。"
    strange = [choice for choice, _ in asked.choices if read.choices and choice not in read.choices]
    return f"它的选项只能是 {'、'.join(read.choices)}，没有“{strange[0]}”；请改正。" if strange else ""

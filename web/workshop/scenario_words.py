"""What becomes of the scenarios of a draft, in words: what was changed in one, and why one is recorded by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from flask_babel import gettext, lazy_gettext, ngettext

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
from caseflow.law import regulations
from caseflow.trials import mending
from caseflow.trials.differences import Difference
from caseflow.trials.rerecording import Question
from caseflow.trials.scenario_file import OPEN
from caseflow.trials.scenarios import Problem
from caseflow.trials.tryout import Act
from web import sentences
from web.words import contacts, drawn, roles, times
from web.workshop.designer_facts import EFFECTS, MESSAGES

_ = lazy_gettext

KINDS = {"new": _("新增"), "replaced": _("改换"), "rerecorded": _("重录"), "left_out": _("去掉")}
MARKS = {"new": "added", "replaced": "changed", "rerecorded": "moved", "left_out": "removed"}
HEADING = {"name": _("名称"), "article": _("依据"), "note": _("说明")}
ATTRIBUTES = {
    "post": _("由谁办理"), "late_reason": _("逾期原因"), "at": _("时间"), "after": _("间隔"),
    "phone": _("是否留有电话"), "category": _("中止的类别"), "reason": _("理由"), "channel": _("联系方式"),
    "result": _("联系结果"), "note": _("说明"),
}
EXPECTED = {
    "outcome": _("结果"), "tasks": _("依次办理的环节"), "fired": _("依次到期的期限"), "effects": _("依次的系统任务"),
    "never": _("不应到的环节"), "due": _("期限“%(name)s”的时间"), "due_by": _("期限“%(name)s”最晚的时间"),
    "at_most": _("“%(name)s”最多的次数"),
}
ACTS = {
    "start": _("开始"), "complete": _("办理“%(what)s”"), "deadline": _("到下一个期限"), "wait": _("等待"),
    "message": _("送达消息“%(what)s”"), "stop": _("中止计时"), "resume": _("恢复计时"), "attempt": _("联系评价人"),
}


class Words:
    """The words of one draft: ids are told as its own drawing names them, those that are gone as the version did."""

    def __init__(self, regulation: str, definitions: Iterable[Definition | None]) -> None:
        self.definitions = [one for one in definitions if one]
        self.offices = {"responsible": gettext("承办单位"), **regulations.get(regulation).offices}

    # --- what was changed ---------------------------------------------------------------------------------------

    def difference(self, one: Difference) -> str:
        """One difference between two texts of a scenario, in a sentence."""
        if one.code in ("act_added", "act_removed"):
            return (gettext("增加一步：%(act)s", act=self.act(one.act)) if one.code == "act_added"
                    else gettext("少了一步：%(act)s", act=self.act(one.act)))
        if one.code in HEADING:
            what = str(HEADING[one.code])
        elif one.code in EXPECTED:
            what = str(EXPECTED[one.code]) % {"name": self.element(one.name)}
        else:
            label = self.field(one.act.task, one.name) if one.code == "answer" else str(ATTRIBUTES[one.name])
            what = gettext("%(act)s：%(what)s", act=self.act(one.act), what=label)
        return gettext("%(what)s，原来 %(before)s，现在 %(after)s", what=what, before=self._value(one, one.before),
                       after=self._value(one, one.after))

    def act(self, act: Act) -> str:
        """What happens, with what."""
        return str(ACTS[act.do]) % {"what": self.element(act.task) or str(MESSAGES.get(act.message, act.message))}

    def _value(self, one: Difference, value: object) -> str:
        if value is None or value == () or value == "":
            return gettext("没有")
        if one.code == "answer":
            return self._answer(one.act, one.name, value)
        if one.code == "act":
            return self._attribute(one.name, value)
        if one.code == "effects":
            return " → ".join(self.effect(topic) for topic in value)
        if one.code in ("tasks", "fired", "never"):
            return " → ".join(self.element(name) for name in value)
        if one.code == "outcome":
            return gettext("没有办结") if value == OPEN else self.outcome(value)
        if one.code in ("due", "due_by"):
            return gettext("、").join(_moment(moment) for moment in value)
        return str(value)

    def _answer(self, act: Act, name: str, value: object) -> str:
        field = self._field(act.task, name)
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        return gettext("“%(text)s”", text=dict(field.choices).get(str(value), value) if field else value)

    def _attribute(self, name: str, value: object) -> str:
        if name == "post":
            return self.post(str(value))
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if isinstance(value, timedelta):
            return pause(value)
        if isinstance(value, datetime):
            return times.moment(value)
        known = {"channel": contacts.CHANNELS, "result": contacts.RESULTS}.get(name, {})
        return str(known.get(value, value))

    # --- why not ------------------------------------------------------------------------------------------------

    def problem(self, problem: Problem) -> str:
        """A problem of a scenario, with names in place of ids."""
        return sentences.of(self._named(problem))

    def by_hand(self, problem: Problem) -> str:
        """Why a scenario is not recorded anew by itself."""
        if problem.code == "unreadable":
            return self.problem(problem)
        return gettext("走的环节或者结果不一样，不能自动重新记录：%(why)s", why=self.problem(problem))

    def _named(self, problem: Problem, task: str = "") -> Problem:
        task = problem.element or task
        facts = {name: self._fact(problem.code, name, fact, task) for name, fact in problem.facts.items()}
        return replace(problem, element=self.element(problem.element), facts=facts)

    def _fact(self, code: str, name: str, fact: object, task: str) -> object:
        if isinstance(fact, Problem):
            return self._named(fact, task)
        if code == "wrong_answers" and isinstance(fact, Mapping):
            return {self.field(task, field): told for field, told in fact.items()}
        if name == "post":
            return self.post(str(fact))
        if code == "effects" and isinstance(fact, tuple):
            return tuple(self.effect(topic) for topic in fact)
        if code == "outcome" and fact != OPEN:
            return self.outcome(str(fact))
        if isinstance(fact, tuple):
            return tuple(self.element(one) for one in fact)
        return self.element(fact) if name in ("what", "at") else fact

    # --- names --------------------------------------------------------------------------------------------------

    def element(self, name: str) -> str:
        """As one of the drawings names it."""
        return next((drawn.element_name(one, name) for one in self.definitions if name in one.elements), name)

    def outcome(self, name: str) -> str:
        """What an end says."""
        return next((drawn.outcome_name(name, one) for one in self.definitions if name in one.elements), name)

    def effect(self, topic: str) -> str:
        """What a system task does."""
        return gettext("“%(name)s”", name=EFFECTS.get(topic, topic))

    def post(self, name: str) -> str:
        """“承办单位 · 经办人” for responsible.officer."""
        unit, _, role = name.partition(".")
        return f"{self.offices.get(unit, unit)} · {roles.RECIPIENTS.get(role, role)}"

    def field(self, task: str, name: str) -> str:
        """The label of a field in the form of the task."""
        found = self._field(task, name)
        return found.label if found else self._label(name)

    def _field(self, task: str, name: str) -> FormField | None:
        forms = (one.user_tasks[task].form for one in self.definitions if task in one.user_tasks)
        return next((field for form in forms for field in form if field.id == name), None)

    def _label(self, name: str) -> str:
        return next((found for one in self.definitions if (found := drawn.field_label(one, name))), name)


def question(found: Question, words: Words, names: Mapping[str, str]) -> dict[str, object]:
    """A question as the form asks it: the step and its field, for one scenario or for all, with the answers."""
    options = [(str(answer).lower() if isinstance(answer, bool) else answer,
                label or (gettext("是") if answer else gettext("否"))) for answer, label in
               mending.choices_of(found.field)]
    step = gettext("“%(step)s”的“%(field)s”", step=words.element(found.element), field=found.field.label)
    label = (gettext("%(step)s（场景“%(name)s”）", step=step, name=names[found.scenario]) if found.scenario
             else gettext("%(step)s（所有要重新记录的场景）", step=step))
    return {"key": found.key, "label": label, "options": options,
            "type": {"date": "date", "long": "number"}.get(found.field.type, "text")}


def pause(time: timedelta) -> str:
    """How long something waits, in the largest unit that counts it without a rest."""
    minutes = int(time / timedelta(minutes=1))
    if minutes % 60:
        return ngettext("%(num)s 分钟", "%(num)s 分钟", minutes)
    return (ngettext("%(num)s 小时", "%(num)s 小时", minutes // 60) if minutes % 1440
            else ngettext("%(num)s 天", "%(num)s 天", minutes // 1440))


def _moment(moment: date | datetime) -> str:
    return times.moment(moment) if isinstance(moment, datetime) else moment.isoformat()

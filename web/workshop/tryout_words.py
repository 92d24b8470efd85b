"""A try-out in words: where the run stands, what is due, the journal it would write, what the scenarios cover."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow import moments
from caseflow.cases import agreeable
from caseflow.engine.definition import Definition
from caseflow.errors import CaseflowError, ExpressionRefused, InvalidInput, PermissionDenied, StepFailed
from caseflow.raters import reaching
from caseflow.raters.reaching import Standing
from caseflow.trials import tryout
from caseflow.trials.scenarios import Coverage
from caseflow.trials.tried_case import Entry, Ground, Limit, Task, TriedCase
from caseflow.trials.tryout import Trial
from web import sentences
from web.errors import refusal
from web.parts import journal, outline
from web.sentences.deadlines import explain
from web.words import contacts, drawn, roles, times

FIELDS = {
    "name": lazy_gettext("请给场景起个名字，不超过 60 个字。"),
    "in_place_of": lazy_gettext("要代替的场景已经没有了，请重新选择。"),
    "run": lazy_gettext("请先试办几步，再存为场景。"),
    "amount": lazy_gettext("等待的时间应为 1 至 400。"),
    "at": lazy_gettext("请填写开始的日期和时间。"),
    "reason": lazy_gettext("请用 2 到 200 个字写明理由。"),
    "category": lazy_gettext("请选择办法规定的中止类别。"),
}
DENIED = {"clock": lazy_gettext("这个办法不许中止计时。"),
          "contact": lazy_gettext("只有办理中的整改案件才联系评价人。")}
ACTORS = {TriedCase.system: lazy_gettext("系统"), TriedCase.lead: lazy_gettext("牵头单位"),
          TriedCase.contact: lazy_gettext("联系单位")}
COVERED, MISSED = "covered", "missed"


@dataclass(frozen=True)
class Told:
    """An entry as the journal would hold it, for the words of the journal."""

    seq: int
    at: datetime
    actor: str
    kind: str
    details: str


@dataclass(frozen=True)
class DeadlineLine:
    """One deadline that runs, as the case page shows it."""

    name: str
    rule: str
    due: str
    agreed: str
    badge: times.Badge
    since: str
    reasons: tuple[str, ...]


def why_not(error: CaseflowError) -> str:
    """Why something could not be done; of a step that fails, where."""
    if isinstance(error, InvalidInput) and (known := [field for field in error.fields if field in FIELDS]):
        return str(FIELDS[known[0]])
    if isinstance(error, InvalidInput) and (wrong := [one for one in error.fields.items() if one in contacts.ATTEMPT]):
        return str(contacts.ATTEMPT[wrong[0]])
    if isinstance(error, PermissionDenied) and error.details.get("reason") in DENIED:
        return str(DENIED[error.details["reason"]])
    if isinstance(error, StepFailed):
        return gettext("流程在“%(element)s”走不下去：%(why)s", element=error.element, why=_fault(error))
    return refusal(error)[1]


def _fault(error: StepFailed) -> str:
    """What the engine stopped at; of an expression, the sentence of its refusal."""
    cause = error.__cause__
    return sentences.of(cause.refusal) if isinstance(cause, ExpressionRefused) else str(error)


def offices(ground: Ground) -> Mapping[str, str]:
    """The names of offices by their key in the diagram."""
    return {"responsible": gettext("承办单位"), **ground.regulation.offices}


def post(ground: Ground, name: str) -> str:
    """“承办单位 · 经办人” for responsible.officer, “系统” for nobody."""
    unit, parted, role = name.partition(".")
    return f"{offices(ground).get(unit, unit)} · {roles.RECIPIENTS.get(role, role)}" if parted else str(ACTORS[name])


def posts(ground: Ground, trial: Trial | None) -> list[tuple[str, str, int]]:
    """(unit.role, in words, how many tasks wait for it) of everybody in the diagram."""
    waiting = [task.post for task in trial.open_tasks] if trial else []
    return [(name, post(ground, name), waiting.count(name)) for name in tryout.posts(ground.definition)]


def run(ground: Ground, trial: Trial) -> dict[str, Any]:
    """How the run stands, for the page."""
    definition = ground.definition
    told = [_told(ground, entry) for entry in trial.journal]
    known = outline.states(told, trial.tasks, trial.outcome)
    return {
        "now": trial.now, "weekday": trial.now.astimezone(moments.SHANGHAI),
        "outcome": drawn.outcome_name(trial.outcome, definition),
        "tasks": [(task, definition.elements[task.element].name, post(ground, task.post), _badge(ground, trial, task))
                  for task in trial.open_tasks],
        "deadlines": [_line(ground, trial, limit) for limit in trial.limits],
        "next": _next(ground, trial), "clock": _clock(ground, trial),
        "contact": not trial.ended and tryout.speaks_to_rater(ground, trial.tasks),
        "tried": contacts.standing(_reached(ground, trial)),
        "messages": [(message, drawn.element_name(definition, element))
                     for element, message in trial.awaited.items()],
        "timeline": journal.timeline(told, definition, offices(ground)),
        "diagram": {"xml": definition.source.decode(), "states": known, "due": [
            {"element": limit.attached_to or limit.element, "text": line.badge.text, "level": line.badge.level}
            for limit in trial.limits for line in [_line(ground, trial, limit)]]},
        "outline": outline.outline(definition.outline(), known, definition.messages), "states": outline.STATES,
    }


def _told(ground: Ground, entry: Entry) -> Told:
    return Told(entry.seq, entry.at, post(ground, entry.actor), entry.kind, json.dumps(dict(entry.details)))


def _clock(ground: Ground, trial: Trial) -> dict[str, Any]:
    """Whether the clock may be stopped now (and for what), or run again."""
    rules = ground.regulation.clock
    allowed = rules is not None and rules.by != "nobody"
    running = any(not agreeable.refused(ground.definition, ground.regulation, limit.element) for limit in trial.limits)
    return {"categories": list(rules.categories.items()) if allowed and running else [],
            "stands": allowed and any(task.clock_stopped for task in trial.open_tasks)}


def _reached(ground: Ground, trial: Trial) -> Standing | None:
    """How it stands for the open task whose form can be answered with "unreachable", if there is one."""
    asking = next((task for task in trial.open_tasks if reaching.asks(tryout.form_of(ground, task).form)), None)
    return tryout.log_of(ground, asking, trial.tried, trial.phone).standing if asking else None


def _badge(ground: Ground, trial: Trial, task: Task) -> times.Badge:
    return times.due_badge(trial.now, task.due_at, ground.calendar, provisional=task.provisional)


def _next(ground: Ground, trial: Trial) -> str:
    """The next deadline, with what it guards and when it is over."""
    limit = trial.next_limit
    if limit is None:
        return ""
    return f"{_name(ground, limit)}（{times.moment(limit.due_at)}）"


def _name(ground: Ground, limit: Limit) -> str:
    guarded = ground.definition.elements.get(limit.attached_to)
    name = drawn.element_name(ground.definition, limit.element)
    return f"{guarded.name}：{name}" if guarded and guarded.name else name


def _line(ground: Ground, trial: Trial, limit: Limit) -> DeadlineLine:
    rule, since = limit.rule, limit.rule.since_name
    return DeadlineLine(
        _name(ground, limit), times.rule(rule.unit, rule.amount, since, drawn.field_label(ground.definition, since)),
        times.moment(limit.due_at), times.agreed(limit.agreed_at, stopped=limit.stopped),
        times.due_badge(trial.now, limit.due_at, ground.calendar, provisional=limit.provisional),
        times.since(rule.since),
        (*explain(rule, ground.calendar, ground.regulation.close_of_business),
         *([gettext("另有中止、恢复、延期或重新计算的记录，见期限明细")] if limit.changed else [])))


def coverage(definition: Definition, covered: Coverage) -> dict[str, Any]:
    """What the scenarios reach: figures, the drawing with what they do not, and that in words."""
    marks = {name: COVERED if name in covered.passed else MISSED for name in (*covered.elements, *covered.flows)}
    frames = [name for name, element in definition.elements.items() if element.kind == "subProcess"]
    marks = {name: mark for name, mark in marks.items() if name not in frames or mark == MISSED}
    return {
        "elements": covered.share(covered.elements), "flows": covered.share(covered.flows),
        "missing": [_where(definition, name) for name in covered.missing],
        "diagram": {"xml": definition.source.decode(), "states": marks},
    }


def _where(definition: Definition, name: str) -> str:
    if name in definition.elements:
        return drawn.element_name(definition, name)
    source, target = definition.flows[name]
    return gettext("从“%(source)s”到“%(target)s”", source=drawn.element_name(definition, source),
                   target=drawn.element_name(definition, target))

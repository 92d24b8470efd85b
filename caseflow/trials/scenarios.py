"""Named scenarios: runs with what is expected of them, as bpmn/<regulation>/scenarios/*.toml or kept with a draft.

A scenario is played on the national calendar as it was released, so that its verdict depends on nothing but the
diagram.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from caseflow.cases import agreeable
from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding
from caseflow.errors import (
    CaseflowError,
    ClockNotStopped,
    ConfigurationError,
    DeadlineOver,
    InvalidInput,
    LimitStays,
    PermissionDenied,
    StepFailed,
    TaskNotOpen,
)
from caseflow.law import working_days
from caseflow.law.regulation_file import Regulation
from caseflow.moments import LAST_SECOND, SHANGHAI, day_of
from caseflow.trials import scenario_file
from caseflow.trials.scenario_file import OPEN, Expectation, Scenario
from caseflow.trials.tried_case import Ground
from caseflow.trials.tryout import Act, Stop, Trial, play

FOLDER = "scenarios"
FAILED = "scenario_failed"         # the code of its findings
DENIED = {"clock": "no_stops", "contact": "no_contact"}     # reason of a refusal → code of a problem


@dataclass(frozen=True, slots=True)
class Problem:
    """What a scenario met that it did not expect: a code with its facts. `element` is the BPMN id to mark, or "".

    | code | facts |
    |---|---|
    | unreadable | why, in the words of whoever read the file |
    | stopped | number and do of the act, what it is about, why: a Problem |
    | not_open | tasks and messages that are waited for |
    | other_post, step_failed, no_limit | post; at and why; nothing |
    | wrong_answers | fields: the code of each; sentences: those of broken rules |
    | outcome, tasks, fired, effects, due, due_by | wanted and found |
    | at_most, never | most and times; nothing |
    | fires_on | most, the firings that are waited for |
    """

    element: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Result:
    """A scenario played on a definition. It passes when there is no problem; `trial` is None when it is unreadable."""

    key: str
    scenario: Scenario | None
    trial: Trial | None
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as the scenario expects."""
        return not self.problems

    @property
    def name(self) -> str:
        """As its file names it; the name of the file when that could not be read."""
        return self.scenario.name if self.scenario else self.key


@dataclass(frozen=True, slots=True)
class Coverage:
    """The elements and flows (ids) that some run passed, and all there are, in the order of the file."""

    passed: frozenset[str]
    elements: tuple[str, ...]
    flows: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The elements and flows that no run passed, in the order of the file."""
        return tuple(name for name in (*self.elements, *self.flows) if name not in self.passed)

    def share(self, names: Sequence[str]) -> tuple[int, int]:
        """(passed, all) of these."""
        return sum(name in self.passed for name in names), len(names)


def run(definition: Definition, regulation: Regulation, scenarios: Iterable[Scenario]) -> tuple[Result, ...]:
    """Play each scenario that is for this process."""
    ground = Ground(definition, regulation, working_days.national())
    return tuple(_judge(ground, scenario) for scenario in scenarios if scenario.process == ground.process)


def run_folder(definition: Definition, regulation: Regulation, folder: Path) -> tuple[Result, ...]:
    """Play the scenarios in a folder of a regulation. What cannot be read is a failed scenario of each process."""
    return _run(definition, regulation, {
        file.stem: partial(scenario_file.read, file) for file in sorted((folder / FOLDER).glob("*.toml"))})


def run_texts(definition: Definition, regulation: Regulation, texts: Mapping[str, str]) -> tuple[Result, ...]:
    """Play scenarios that are kept (key → text), by their keys; what cannot be read is a failed one."""
    return _run(definition, regulation, {
        key: partial(scenario_file.parse, text, key) for key, text in sorted(texts.items())})


def texts_in(folder: Path, process: str) -> dict[str, str]:
    """The scenarios of this process in a folder of a regulation, key → text; a file that cannot be read is among them
    as it is."""
    found = {}
    for file in sorted((folder / FOLDER).glob("*.toml")):
        try:
            scenario = scenario_file.read(file)
        except ConfigurationError:
            found[file.stem] = file.read_text(encoding="utf-8", errors="replace").replace("\0", "")
        else:
            found |= {file.stem: scenario_file.write(scenario)} if scenario.process == process else {}
    return found


def _run(definition: Definition, regulation: Regulation,
         readers: Mapping[str, Callable[[], Scenario]]) -> tuple[Result, ...]:
    results = []
    for key, read in readers.items():
        try:
            results += run(definition, regulation, [read()])
        except ConfigurationError as error:
            results.append(Result(key, None, None, (Problem("", "unreadable", {"why": str(error)}),)))
    return tuple(results)


def findings(results: Iterable[Result]) -> Iterator[Finding]:
    """What a failed scenario says against the diagram."""
    for result in results:
        for problem in result.problems:
            yield Finding(FAILED, problem.element, 0,
                          {"name": result.name, "key": result.key, "problem": problem})


def keep(trial: Trial, ground: Ground, key: str, name: str, replaced: Scenario | None = None) -> Scenario:
    """The scenario that this run is, expecting what happened in it.

    Of one that it replaces it has the article, the note, and what must never or not more often happen, as far as the
    run keeps that.
    """
    played = play(Ground(ground.definition, ground.regulation, working_days.national()), trial.acts)
    due_by: dict[str, tuple[date | datetime, ...]] = {}
    for element, moment in played.dues:
        due_by[element] = (*due_by.get(element, ()), as_written(moment))
    old = replaced.expect if replaced else Expectation()
    expect = Expectation(
        outcome=played.outcome or OPEN, tasks=tuple(task.element for task in played.tasks), fired=played.fired,
        effects=played.effects, due_by=due_by,
        at_most={name: most for name, most in old.at_most.items() if times(played, name) <= most},
        never=tuple(name for name in old.never if not times(played, name)))
    return Scenario(key, name, ground.process, replaced.article if replaced else "",
                    replaced.note if replaced else "", trial.acts, expect)


def as_written(moment: datetime) -> date | datetime:
    """A due moment as an expectation names it: the day whose last second it is, else the moment."""
    local = moment.astimezone(SHANGHAI)
    return local.date() if local.time() == LAST_SECOND else moment


def coverage(definition: Definition, trials: Iterable[Trial | None]) -> Coverage:
    """What these runs have passed together. Flows between the same two elements count as one."""
    passed: set[str] = set()
    followed: set[tuple[str, str]] = set()
    for trial in trials:
        if trial is not None:
            passed |= set(trial.passed)
            followed |= set(trial.chosen)
    choices = {name for name, element in definition.elements.items() if element.kind == "exclusiveGateway"}
    flows = {name for name, (source, target) in definition.flows.items()
             if ((source, target) in followed if source in choices else source in passed)}
    return Coverage(frozenset(passed | flows), tuple(definition.elements), tuple(definition.flows))


# --- the verdict --------------------------------------------------------------------------------------------------


def _judge(ground: Ground, scenario: Scenario) -> Result:
    trial = play(ground, scenario.acts)
    if trial.stopped:
        problems = [stopped(trial.stopped, scenario.acts[trial.stopped.number - 1], trial)]
    else:
        problems = unexpected(scenario.expect, trial)
    return Result(scenario.key, scenario, trial, tuple(problems))


def unexpected(expect: Expectation, trial: Trial) -> list[Problem]:
    """What a run that was not stopped shows otherwise."""
    return [problem for check in (_outcome, _sequences, _due, _due_by, _at_most, _never)
            for problem in check(expect, trial)]


def stopped(stop: Stop, act: Act, trial: Trial) -> Problem:
    """That an act of a scenario could not be done."""
    return Problem(act.task, "stopped", {"number": stop.number, "do": act.do, "what": act.task or act.message,
                                         "why": why_not(stop.error, trial)})


def why_not(error: CaseflowError, trial: Trial) -> Problem:
    """Why an act could not be done."""
    if isinstance(error, TaskNotOpen):
        return Problem("", "not_open", {"tasks": tuple(task.element for task in trial.open_tasks),
                                        "messages": tuple(sorted(set(trial.awaited.values())))})
    return refusal(error)


def refusal(error: CaseflowError) -> Problem:
    """Why an act was refused, whatever else was open."""
    if isinstance(error, PermissionDenied) and error.details.get("reason") in DENIED:
        return Problem("", DENIED[error.details["reason"]])
    if isinstance(error, PermissionDenied):
        return Problem("", "other_post", {"post": error.details.get("post", "")})
    if isinstance(error, InvalidInput):
        return Problem("", "wrong_answers", {
            "fields": dict(error.fields), "sentences": dict(error.details.get("sentences", {}))})
    if isinstance(error, StepFailed):
        return Problem("", "step_failed", {"at": error.element, "why": str(error)})
    if isinstance(error, ClockNotStopped):
        return Problem("", "clock_runs")
    if isinstance(error, LimitStays):
        return Problem("", {agreeable.CONTACT: "contact_stays"}.get(error.details["reason"], "no_limit"))
    return Problem("", "limits_over" if isinstance(error, DeadlineOver) else "no_limit")


def _outcome(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    ended = trial.outcome or OPEN
    if expect.outcome is not None and ended != expect.outcome:
        yield Problem("" if ended == OPEN else ended, "outcome", {"wanted": expect.outcome, "found": ended})


def _sequences(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    seen = (("tasks", expect.tasks, tuple(task.element for task in trial.tasks)),
            ("fired", expect.fired, trial.fired), ("effects", expect.effects, trial.effects))
    for what, wanted, found in seen:
        rest = iter(found)
        missing = next((name for name in wanted if name not in rest), None)    # consumes `rest` up to each of them
        if missing is not None:
            yield Problem(missing if what != "effects" else "", what, {"wanted": wanted, "found": found})


def _due(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    for element, wanted in expect.due.items():
        found = tuple(moment for name, moment in trial.dues if name == element)
        if len(found) != len(wanted) or not all(map(_same, wanted, found)):
            yield Problem(element, "due", {"wanted": tuple(map(spell, wanted)), "found": tuple(map(spell, found))})


def _due_by(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    for element, latest in expect.due_by.items():
        found = tuple(moment for name, moment in trial.dues if name == element)
        if len(found) < len(latest) or any(_later(moment, limit) for moment, limit in zip(found, latest, strict=False)):
            yield Problem(element, "due_by", {"wanted": tuple(map(spell, latest)), "found": tuple(map(spell, found))})


def _later(found: datetime, limit: date | datetime) -> bool:
    return found > limit if isinstance(limit, datetime) else day_of(found) > limit


def _same(wanted: date | datetime, found: datetime) -> bool:
    return wanted == found if isinstance(wanted, datetime) else wanted == day_of(found)


def spell(moment: date | datetime) -> str:
    """A day, or a moment of Shanghai."""
    local = moment.astimezone(SHANGHAI) if isinstance(moment, datetime) else moment
    return f"{local:%Y-%m-%d %H:%M:%S}" if isinstance(local, datetime) else local.isoformat()


def _at_most(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    for element, most in expect.at_most.items():
        found = times(trial, element)
        if found > most:
            yield Problem(element, "at_most", {"most": most, "times": found})


def _never(expect: Expectation, trial: Trial) -> Iterable[Problem]:
    for element in expect.never:
        if times(trial, element):
            yield Problem(element, "never")


def times(trial: Trial, element: str) -> int:
    """How often a task was opened, or another element passed."""
    return sum(task.element == element for task in trial.tasks) or trial.passed.count(element)

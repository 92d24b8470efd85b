"""A scenario recorded anew on another drawing: the same acts, what the forms ask today, the times and notices of today.

Only where the steps are the same and the same end is reached; else it says what differs, and people record it by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from caseflow.engine.values import FormField
from caseflow.errors import (
    CaseflowError,
    ClockNotRunning,
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    PermissionDenied,
    StepFailed,
    TaskNotOpen,
)
from caseflow.moments import day_of
from caseflow.raters import reaching
from caseflow.trials import mending, scenarios, tryout
from caseflow.trials.mending import Open
from caseflow.trials.scenario_file import OPEN, Expectation, Scenario
from caseflow.trials.scenarios import Problem
from caseflow.trials.tried_case import Ground, Task, TriedCase
from caseflow.trials.tryout import Act, Stop, Trial

STEPS = ("outcome", "tasks", "at_most", "never")     # problems that say that the way is another
MOST_JUMPS = 20         # to a deadline that was the next one before
MOST_MENDINGS = 40      # of one act
SHORTEST_REASON, LONGEST_REASON = 2, 200
EVERYWHERE = "all"      # in the key of a question that is the same for every scenario


@dataclass(frozen=True, slots=True)
class Question:
    """What only people can answer: a field of a task, in one scenario or (key "") in all that ask it."""

    key: str
    scenario: str
    element: str
    field: FormField


@dataclass(frozen=True, slots=True)
class Rerecording:
    """A scenario that does not pass, and what can become of it: `new`, or `questions` first, or neither for this
    reason (`problem`), when it is to be recorded by hand."""

    key: str
    name: str
    old: Scenario | None
    new: Scenario | None = None
    questions: tuple[Question, ...] = ()
    problem: Problem | None = None


def rerecord(ground: Ground, scenario: Scenario, before: Ground | None = None,
             chosen: Mapping[str, str] | None = None) -> Rerecording:
    """What can become of this scenario on this ground. `before` is the ground on which it was recorded, where that is
    known; `chosen` are answers to questions, by their keys."""
    recorder = _Recorder(ground, scenario, chosen or {})
    earlier = _recorded(before, scenario) if before else None
    found = Rerecording(scenario.key, scenario.name, scenario)
    problem = recorder.plays(earlier)
    if recorder.questions:
        return replace(found, questions=tuple(recorder.questions.values()))
    if problem is None:
        trial = tryout.told(recorder.case, recorder.acts)
        problem = _other_way(scenario.expect, trial, earlier.trial if earlier else None)
    if problem is not None:
        return replace(found, problem=problem)
    expect = _expected(scenario.expect, trial, earlier.trial if earlier else None)
    return _checked(ground, replace(found, new=replace(scenario, acts=tuple(recorder.acts), expect=expect)))


def _checked(ground: Ground, found: Rerecording) -> Rerecording:
    """Only what passes is recorded."""
    result, = scenarios.run(ground.definition, ground.regulation, [found.new])
    return found if result.passed else replace(found, new=None, problem=result.problems[0])


# --- what was recorded -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The run as it was recorded, and of the deadlines that fired during each act how often they had fired by then."""

    trial: Trial
    fired: tuple[Mapping[str, int], ...]


def _recorded(ground: Ground, scenario: Scenario) -> _Earlier | None:
    """None where the scenario does not pass there: it was recorded on another drawing."""
    case, fired = TriedCase(ground), []
    for number, act in enumerate(scenario.acts, 1):
        seen = len(case.fired)
        try:
            tryout.do(case, act, number)
        except CaseflowError:
            return None
        fired.append({name: case.fired.count(name) for name in case.fired[seen:]})
    trial = tryout.told(case, scenario.acts)
    return None if scenarios.unexpected(scenario.expect, trial) else _Earlier(trial, tuple(fired))


# --- the acts --------------------------------------------------------------------------------------------------------


class _Recorder:
    """A run under way on the drawing of today, following the acts of a scenario."""

    def __init__(self, ground: Ground, scenario: Scenario, chosen: Mapping[str, str]) -> None:
        self.ground, self.scenario, self.chosen = ground, scenario, chosen
        self.case, self.acts = TriedCase(ground), []
        self.questions: dict[str, Question] = {}
        rules = ground.regulation.rules.get(ground.process, ())
        self.apart = mending.told_apart(ground.definition, rules)

    def plays(self, earlier: _Earlier | None) -> Problem | None:
        """Follow every act; the problem with the first that cannot be followed."""
        for number, act in enumerate(self.scenario.acts, 1):
            try:
                self._follow(act, number, earlier.fired[number - 1] if earlier else {})
            except CaseflowError as error:
                return scenarios.stopped(Stop(number, error), act, tryout.told(self.case, self.acts))
        return None

    def _follow(self, act: Act, number: int, fired: Mapping[str, int]) -> None:
        if act.do == "deadline" and fired:
            self._jump(act, {name: times for name, times in fired.items() if name in self.ground.definition.elements})
            return
        for _ in range(MOST_MENDINGS):
            try:
                self._does(act)
                return
            except CaseflowError as error:
                act = self._mended(act, number, error)
        raise StepFailed("The answers cannot be made to fit.", element=act.task)

    def _does(self, act: Act) -> None:
        case = self.case.kept()
        tryout.do(case, act, len(self.acts) + 1)
        self.case = case
        self.acts.append(act)

    def _jump(self, act: Act, wanted: Mapping[str, int]) -> None:
        """On until these deadlines have fired as often as they had here before, past new ones; where they never do, by
        one deadline. Where they have fired already, or are gone from the drawing, there is nothing to jump to."""
        begun = self.case, len(self.acts)
        for _ in range(MOST_JUMPS):
            if all(self.case.fired.count(name) >= times for name, times in wanted.items()):
                return
            try:
                self._does(act)
            except ClockNotRunning:
                break
        self.case = begun[0]
        del self.acts[begun[1]:]
        self._does(act)

    def _mended(self, act: Act, number: int, error: CaseflowError) -> Act:
        """The act, made to fit; raises what cannot be mended."""
        if isinstance(error, InvalidForm):
            return self._answered(act, number, error)
        if isinstance(error, LateReasonMissing):
            return replace(act, late_reason=self._reason(act))
        if isinstance(error, PermissionDenied) and error.details.get("post"):
            return replace(act, post=str(error.details["post"]))
        if isinstance(error, InvalidInput) and error.fields.get("at") == "in_the_past" and act.at:
            return replace(act, at=None)
        raise error

    def _reason(self, act: Act) -> str:
        given = (one.late_reason.strip() for one in (act, *self.scenario.acts))
        words = next(filter(None, given), self.ground.definition.elements[act.task].name or act.task)
        return mending.padded(words, SHORTEST_REASON, LONGEST_REASON)

    def _answered(self, act: Act, number: int, error: InvalidForm) -> Act:
        task = self._task(act)
        form = {field.id: field for field in tryout.form_of(self.ground, task).form}
        answers = {name: value for name, value in act.answers.items() if name in form}
        for name, code in error.fields.items():
            if name not in form:
                raise error
            if name == reaching.NUMBER and code in ("too_small", "not_logged") and self._tries_again(form[name], act):
                answers[name] = tryout.log_of(self.ground, task, self.case.tried, self.case.phone).standing.attempts
                act = replace(act, at=None, after=None)
            else:
                answers[name] = self._answer(task, form[name], code, answers.get(name), number)
            if answers[name] is None:
                raise error
        return replace(act, answers=answers)

    def _answer(self, task: Task, field: FormField, code: str, value: object, number: int) -> object:
        found = mending.mended(field, code, value, day_of(self.case.now))
        if not isinstance(found, Open):
            return found
        question = self._question(task, field, number)
        given = mending.typed(field, self.chosen.get(question.key, ""))
        if given is not None and given != value:
            return given
        self.questions[question.key] = question
        decides = field.id in self.apart and field.type != "date"
        return None if decides else found.provisional       # what lies behind it is asked once it is answered

    def _question(self, task: Task, field: FormField, number: int) -> Question:
        """One for all scenarios, unless the answer may lead elsewhere."""
        alone = field.id in self.apart or field.type == "date"
        scenario = self.scenario.key if alone else ""
        where = f"{scenario}.{number}" if alone else EVERYWHERE
        return Question(f"{where}.{task.element}.{field.id}", scenario, task.element, field)

    def _tries_again(self, field: FormField, act: Act) -> bool:
        """As many more attempts in vain as the form asks for now, just before the task is done."""
        log = tryout.log_of(self.ground, self._task(act), self.case.tried, self.case.phone).standing
        last = next((one for one in reversed(self.acts) if one.do == "attempt"), None)
        missing = (field.minimum or 0) - log.attempts if log else 0
        if last is None or last.result == reaching.REACHED or missing < 0:
            return False
        for again in range(missing):
            self._does(replace(last, at=act.at if not again else None, after=act.after if not again else None))
        return True

    def _task(self, act: Act) -> Task:
        found = (task for task in self.case.tasks.values() if task.element == act.task and task.status == "open")
        task = next(found, None)
        if task is None:
            raise TaskNotOpen(element=act.task)
        return task


# --- what is expected ------------------------------------------------------------------------------------------------


def _other_way(expect: Expectation, trial: Trial, earlier: Trial | None) -> Problem | None:
    """What says that the way is another: a step that is missing, another end, what must not happen."""
    found = next((one for one in scenarios.unexpected(expect, trial) if one.code in STEPS), None)
    if found is not None or earlier is None:
        return found
    wanted, opened = (tuple(task.element for task in run.tasks) for run in (earlier, trial))
    missing = next(iter(Counter(wanted) - Counter(opened)), None)
    if missing is not None:
        return Problem(missing, "tasks", {"wanted": wanted, "found": opened})
    if earlier.outcome != trial.outcome:
        return Problem("", "outcome", {"wanted": earlier.outcome or OPEN,
                                       "found": trial.outcome or OPEN})
    return None


def _expected(old: Expectation, trial: Trial, earlier: Trial | None) -> Expectation:
    """The same expectations, with the steps, notices and times of this run where they are others."""
    broken = {problem.code for problem in scenarios.unexpected(old, trial)}

    def names(key: str) -> tuple[str, ...]:
        was, now = getattr(old, key), _names(trial, key)
        whole = earlier is not None and was and was == _names(earlier, key)
        return now if whole or key in broken else was

    return replace(old, tasks=names("tasks"), fired=names("fired"), effects=names("effects"),
                   due=dict(_dues(old, "due", trial)), due_by=dict(_dues(old, "due_by", trial)))


def _names(trial: Trial, key: str) -> tuple[str, ...]:
    return tuple(task.element for task in trial.tasks) if key == "tasks" else getattr(trial, key)


def _dues(old: Expectation, key: str, trial: Trial) -> Iterator[tuple[str, tuple]]:
    """The due moments that were expected, those that come otherwise as they come; none of a deadline that is gone."""
    other = {problem.element for problem in scenarios.unexpected(old, trial) if problem.code == key}
    for element, moments in getattr(old, key).items():
        if element not in other:
            yield element, moments
        elif found := tuple(scenarios.as_written(moment) for name, moment in trial.dues if name == element):
            yield element, found

"""A case tried out on a simulated clock: acts go in, what a real case would do comes out. No rows are read or written.

The rules of forms, of stopped clocks and of raters that cannot be reached are those of real cases too. What hangs on
persons is left out: who is impartial, who may look up the rater. A run is its list of acts: playing them again gives it
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from caseflow.casefile.agreed import ClockRestarted, ClockStopped
from caseflow.casefile.begun import CaseOpened
from caseflow.casefile.facts import ContactAttempted, MessageDelivered
from caseflow.cases import fold, standstill
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import UNIT, Context, UserTask
from caseflow.errors import (
    CaseflowError,
    ClockNotRunning,
    InvalidInput,
    PermissionDenied,
    StepFailed,
    TaskNotOpen,
)
from caseflow.law.regulation_file import ClockRules
from caseflow.moments import day_of, is_over, over_at
from caseflow.processes import form_values
from caseflow.raters import reaching
from caseflow.raters.reaching import Attempt, Log
from caseflow.trials.tried_case import START, Entry, Ground, Limit, Task, TriedCase

RATING = MappingProxyType({"level": "dissatisfied", "real_name": True, "business_level": "district"})
DOING = ("start", "complete", "deadline", "wait", "message", "stop", "resume", "attempt")
MOST_ACTS = 200
MOST_FIRINGS = 200                # in one act: a loop of deadlines that are all over already


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens: `do` is start, complete, deadline (jump to the next one), wait, message, stop or resume
    (the clock of the case), or attempt (to reach the rater).

    The clock first goes to `at`, or on by `after`; deadlines on the way fire. `answers` are those of a form, or what
    the case begins with. `post` is who does it (unit.role; "": whoever's task it is). `phone`: the rater left a number,
    so that only logged attempts make them unreachable. A stop has a `category` of the regulation's ("": its first) and
    a `reason`, a resume a `reason`, an attempt a `channel` (raters.reaching), its `result` and a `note`.
    """

    do: str
    at: datetime | None = None
    after: timedelta | None = None
    task: str = ""
    post: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    late_reason: str = ""
    message: str = ""
    phone: bool = False
    category: str = ""
    reason: str = ""
    channel: str = reaching.TELEPHONE
    result: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """The act (from 1) that could not be done, and why."""

    number: int
    error: CaseflowError


@dataclass(frozen=True, slots=True)
class Trial:
    """A run as far as it went. `tasks` are all, in the order in which they opened, `awaited` messages by element.

    `passed` are the elements that were completed, `chosen` the flows exclusive gateways took, `fired` the deadlines,
    in their order; `dues` every due moment that was set, as (element, moment); `tried` the attempts to reach the rater,
    and `phone` whether there is a number to call.
    """

    acts: tuple[Act, ...]
    now: datetime
    ended: bool
    outcome: str | None
    tasks: tuple[Task, ...]
    limits: tuple[Limit, ...]
    awaited: Mapping[str, str]
    journal: tuple[Entry, ...]
    passed: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...]
    fired: tuple[str, ...]
    effects: tuple[str, ...]
    dues: tuple[tuple[str, datetime], ...]
    tried: tuple[Attempt, ...] = ()
    phone: bool = False
    stopped: Stop | None = None

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that wait for somebody, in the order in which they opened."""
        return tuple(task for task in self.tasks if task.status == "open")

    @property
    def next_limit(self) -> Limit | None:
        """The deadline that is due first, None when none runs."""
        return min(self.limits, key=lambda limit: (limit.due_at, limit.token), default=None)

    @property
    def real_name(self) -> bool:
        """Whether the rater gave their name."""
        return bool({**RATING, **self.acts[0].answers}["real_name"])

    def is_late(self, task: Task) -> bool:
        """Whether whoever completes this task now has to say why it is late."""
        return is_over(task.due_at, self.now)


def play(ground: Ground, acts: Sequence[Act]) -> Trial:
    """Do these acts from the beginning; the run ends before the first that cannot be done (`stopped` says why)."""
    case = TriedCase(ground)
    for number, act in enumerate(acts, 1):
        before = case.kept()
        try:
            do(case, act, number)
        except CaseflowError as error:
            return told(before, acts[:number - 1], Stop(number, error))
    return told(case, acts)


def told(case: TriedCase, acts: Sequence[Act], stopped: Stop | None = None) -> Trial:
    """The run that has come so far with these acts."""
    return Trial(
        tuple(acts), case.now, case.case.ended, case.case.outcome, tuple(case.tasks.values()),
        tuple(sorted(case.limits.values(), key=lambda limit: (limit.due_at, limit.token))),
        MappingProxyType(dict(case.awaited.values())), tuple(case.journal), tuple(case.passed),
        tuple(case.chosen), tuple(case.fired), tuple(case.effects), tuple(case.dues), tuple(case.tried), case.phone,
        stopped)


def form_of(ground: Ground, task: Task) -> UserTask:
    """What the task asks for at its visit."""
    asked = ground.definition.user_tasks[task.element].at_visit(task.visit)
    return replace(asked, form=tuple(
        replace(field, choices=ground.units) if field.type == UNIT else field for field in asked.form))


def speaks_to_rater(ground: Ground, tasks: Iterable[Task]) -> bool:
    """Whether the rater may be contacted: by the kind of case, or since one of these tasks that is open asks them."""
    return ground.kind.speaks_to_rater or any(
        task.status == "open" and reaching.asks(form_of(ground, task).form) is not None for task in tasks)


def log_of(ground: Ground, task: Task, tried: Sequence[Attempt], phone: bool) -> Log:
    """What the task's answers about the rater are held against."""
    return Log(phone, tried[task.attempts:], task.opened_at, ground.regulation.unreachable)


def posts(definition: Definition) -> list[str]:
    """Everybody the diagram gives a task to, as unit.role."""
    return list(dict.fromkeys(f"{task.unit}.{task.role}" for task in definition.user_tasks.values()))


# --- acts ---------------------------------------------------------------------------------------------------------


def do(case: TriedCase, act: Act, number: int) -> None:
    """One act more, the so-manieth (from 1), in a run under way; after a refusal the case is to be thrown away."""
    if (act.do == "start") != (number == 1):
        raise InvalidInput("A run begins with start, once.", fields={"do": "not_a_choice"})
    if act.do not in DOING:
        raise InvalidInput(fields={"do": "not_a_choice"})
    if number > MOST_ACTS:
        raise InvalidInput(f"A run has at most {MOST_ACTS} acts.", fields={"do": "too_many"})
    if act.do == "start":
        _start(case, act)
    else:
        _go_to(case, act.at or (case.now + act.after if act.after else case.now))
        _DO[act.do](case, act)
    _fire_until(case, case.now)


def _start(case: TriedCase, act: Act) -> None:
    case.now, case.phone = act.at or START, act.phone
    given = {**RATING, "received_at": case.now.isoformat(), **act.answers}
    ground, today = case.ground, day_of(case.now)
    case.keep(ground.kind.tried_with(ground.regulation, given))
    case.case.number = ground.kind.number_format(ground.regulation).format(year=today.year, number=1)
    case.case.after_expiry = ground.regulation.is_over(today)
    case.keep([CaseOpened.of(case.case, given, case.phone)])
    case.follow(engine.start(ground.definition, given, Context(case.now)))


def _complete(case: TriedCase, act: Act) -> None:
    task = next((task for task in case.tasks.values() if task.element == act.task and task.status == "open"), None)
    if task is None:
        raise TaskNotOpen(element=act.task)
    if act.post and act.post != task.post:
        raise PermissionDenied(f"{task.element} is for {task.post}, not for {act.post}.", post=task.post)
    form = form_of(case.ground, task).form
    accepted = form_values.accept_by_rules(form, act.answers, case.circumstances())
    reaching.judge(form, accepted, lambda: log_of(case.ground, task, case.tried, case.phone))
    late = fold.lateness(case.case.items[task.token].due_at, act.late_reason, case.now)
    case.complete(task, accepted, form, late)


def _jump(case: TriedCase, act: Act) -> None:
    due = fold.earliest_due(case.case)
    if due is None:
        raise ClockNotRunning
    _go_to(case, max(case.now, over_at(due)))


def _wait(case: TriedCase, act: Act) -> None:
    if act.at is None and act.after is None:
        raise InvalidInput("Say how long to wait.", fields={"after": "required"})


def _deliver(case: TriedCase, act: Act) -> None:
    step = engine.deliver(case.ground.definition, case.case.state, act.message, Context(case.now))
    case.keep([MessageDelivered(act.message)], case.lead)
    case.follow(step)


def _stop(case: TriedCase, act: Act) -> None:
    rules = _clock_rules(case)
    category = act.category or next(iter(rules.categories), "")
    standstill.require_words(act.reason, category="" if category in rules.categories else "unknown")
    facts = standstill.stop(case.clocks, case.ground.calendar, category, act.reason.strip(), case.now)
    case.change_clock(facts, ClockStopped(category, act.reason.strip(), standstill.changed(facts)))


def _resume(case: TriedCase, act: Act) -> None:
    _clock_rules(case)
    standstill.require_words(act.reason)
    facts = standstill.restart(case.clocks, case.ground.calendar, act.reason.strip(), case.now)
    case.change_clock(facts, ClockRestarted(
        act.reason.strip(), standstill.earliest(facts), standstill.changed(facts)))


def _clock_rules(case: TriedCase) -> ClockRules:
    """The rules of who may stop the clock; PermissionDenied when nobody may."""
    rules = case.ground.regulation.clock
    if rules is None or rules.by == "nobody":
        raise PermissionDenied("This regulation does not let anybody stop the clock.", reason="clock")
    return rules


def _attempt(case: TriedCase, act: Act) -> None:
    if case.case.ended or not speaks_to_rater(case.ground, case.tasks.values()):
        raise PermissionDenied("The rater is contacted in an open rectification, or by who has to ask them.",
                               reason="contact")
    reaching.require(case.now, act.channel, act.result, act.note, case.journal[0].at, case.now)
    case.tried.append(Attempt(case.now, act.channel, act.result, case.now))
    case.keep([ContactAttempted(len(case.tried), act.channel, act.result, case.now)], case.contact)


_DO: Mapping[str, Callable[[TriedCase, Act], None]] = MappingProxyType({
    "complete": _complete, "deadline": _jump, "wait": _wait, "message": _deliver, "stop": _stop, "resume": _resume,
    "attempt": _attempt,
})


def _go_to(case: TriedCase, moment: datetime) -> None:
    if moment < case.now:
        raise InvalidInput("The clock only goes forward.", fields={"at": "in_the_past"})
    _fire_until(case, moment)
    case.now = moment


def _fire_until(case: TriedCase, moment: datetime) -> None:
    """Let everything happen that is due by then, each at the moment at which it is over."""
    for _ in range(MOST_FIRINGS):
        due = fold.next_over(case.case, moment)
        if due is None:
            return
        case.now = max(case.now, over_at(due.due_at))
        case.fire(due.token)
    raise StepFailed(f"More than {MOST_FIRINGS} deadlines fire at once.", element=due.element)

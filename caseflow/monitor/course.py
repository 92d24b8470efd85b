"""A case's journal as the monitor reads it: the acts that moved the case, its tasks, deadlines and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caseflow.engine.values import DeadlineRule
from caseflow.moments import moment
from caseflow.monitor.values import Line
from caseflow.raters.reaching import Attempt

# What moves a case → the kind of the move, as the proof has them; noted, moved and again move no token.
ACTS = {"case_opened": "start", "task_completed": "complete", "timer_fired": "timer", "message_delivered": "message",
        "message_noted": "noted", "case_migrated": "moved", "lateness_withdrawn": "again"}
FOLLOWING = ("task_opened", "timer_set", "effect_applied", "case_closed")


@dataclass(slots=True)
class Act:
    """One thing that moved the case, with the entries of what it led to. `digest` is the version that it was under."""

    kind: str
    line: Line
    digest: str
    followed: list[Line] = field(default_factory=list)

    def led_to(self, kind: str) -> list[Line]:
        """Of what it led to, the entries of this kind."""
        return [line for line in self.followed if line.kind == kind]


@dataclass(slots=True)
class Task:
    """A task of the case. `begun` and `ended` number the acts that opened and completed it, `done` is its completion.

    `units` are those at which it lay, in order; `digest` the version under which it was completed, or opened.
    """

    token: int
    element: str
    visit: int
    opened: Line
    begun: int
    units: list[int]
    role: str
    digest: str
    done: Line | None = None
    ended: int | None = None

    @property
    def answers(self) -> Mapping[str, object]:
        """What was answered, without what stays in tables; empty for a task that was not done."""
        return self.done.details.get("answers", {}) if self.done else {}

    @property
    def filled(self) -> Sequence[str] | None:
        """The fields whose answers stay in tables; None where the journal does not say which were filled in."""
        return self.done.details.get("filled") if self.done else ()


@dataclass(slots=True)
class Timer:
    """A deadline of the case. `act` numbers the one that set it, `dues` are its due moments in order, each with the
    entry and the version of the calendar that gave it ("" where the journal does not say)."""

    token: int
    element: str
    rule: DeadlineRule
    set: Line
    act: int
    dues: list[tuple[Line, datetime, str]]
    again: bool = False
    fired: Line | None = None
    fired_act: int | None = None
    withdrawn: bool = False

    def due(self, before: int | None = None) -> datetime:
        """Its last due moment, or that which stood before the entry of this number."""
        return [due for line, due, _ in self.dues if before is None or line.seq < before][-1]

    @property
    def calendar(self) -> str:
        """The version of the calendar that gave its last due moment; "" where the journal does not say."""
        return self.dues[-1][2]


@dataclass
class Course:
    """All of it. `opened` and `closed` are the entries of beginning and end (None: not in the journal)."""

    acts: list[Act] = field(default_factory=list)
    tasks: dict[int, Task] = field(default_factory=dict)
    timers: dict[int, Timer] = field(default_factory=dict)
    attempts: list[tuple[Line, Attempt]] = field(default_factory=list)
    received: datetime | None = None
    opened: Line | None = None
    closed: Line | None = None
    digest: str = ""

    @property
    def variables(self) -> Mapping[str, object] | None:
        """With what the case began; None where the journal does not say all of it."""
        return self.opened.details.get("variables")

    @property
    def reachable(self) -> bool | None:
        """Whether the rater left a number; None where the journal does not say."""
        return self.opened.details.get("reachable")

    def of(self, elements: Iterable[str]) -> list[Task]:
        """The tasks of these elements, in the order in which they opened."""
        wanted = set(elements)
        return [task for task in self.tasks.values() if task.element in wanted]

    def known(self, name: str, act: int) -> object:
        """The newest answer to a field in the acts before this one, else what was known at the start; None without."""
        done = [one for one in self.acts[:act][::-1] if one.kind == "complete"]
        found = (one.line.details.get("answers", {}) for one in done)
        return next((answers[name] for answers in found if name in answers), (self.variables or {}).get(name))


def read(lines: Iterable[Line]) -> Course:
    """The course of a case from its journal, oldest entry first. Entries that it does not need are passed over."""
    course = Course()
    for line in lines:
        if line.kind == "case_opened":
            course.opened, course.digest = line, str(line.details["definition"])
        if line.kind == "case_migrated":
            course.digest = str(line.details["to"])
        if line.kind in ACTS and (line.kind != "lateness_withdrawn" or line.details.get("again") is not None):
            course.acts.append(Act(ACTS[line.kind], line, course.digest))
        elif line.kind in FOLLOWING and course.acts:
            course.acts[-1].followed.append(line)
        if line.kind in _READ:
            _READ[line.kind](course, line)
    if course.received is None and course.opened and "received_at" in (course.variables or {}):
        course.received = moment(course.variables["received_at"])
    return course


def _received(course: Course, line: Line) -> None:
    course.received = moment(line.details["received_at"])


def _opened(course: Course, line: Line) -> None:
    told, known = line.details, course.tasks.get(line.details["token"])
    if known is not None:       # the case went on under another version, and the task lies elsewhere
        known.units.append(told["unit"])
        known.role = told["role"]
        return
    course.tasks[told["token"]] = Task(
        told["token"], told["element"], told["visit"], line, len(course.acts) - 1, [told["unit"]], told["role"],
        course.digest)


def _moved(course: Course, line: Line) -> None:
    task = course.tasks.get(line.details["token"])
    if task is not None and line.details.get("unit") is not None:
        task.units.append(line.details["unit"])


def _completed(course: Course, line: Line) -> None:
    task = course.tasks.get(line.details["token"])
    if task is not None:
        task.done, task.ended, task.digest = line, len(course.acts) - 1, course.digest


def _set(course: Course, line: Line) -> None:
    told = line.details
    rule = DeadlineRule(told["unit"], told["amount"], str(told["since"]), told["since_name"])
    course.timers[told["token"]] = Timer(
        told["token"], told["element"], rule, line, len(course.acts) - 1,
        [(line, moment(told["due_at"]), told.get("calendar", ""))], again=course.acts[-1].kind == "again")


def _fired(course: Course, line: Line) -> None:
    timer = course.timers.get(line.details["token"])
    if timer is not None:
        timer.fired, timer.fired_act = line, len(course.acts) - 1


def _dated(course: Course, line: Line) -> None:
    timer = course.timers.get(line.details["token"])
    if timer is not None:
        timer.dues.append((line, moment(line.details["due_at"]), line.details.get("calendar", "")))
        timer.withdrawn = timer.withdrawn or line.kind == "lateness_withdrawn"


def _tried(course: Course, line: Line) -> None:
    told = line.details
    course.attempts.append((line, Attempt(moment(told["at"]), told["channel"], told["result"], line.at)))


def _closed(course: Course, line: Line) -> None:
    course.closed = line


_READ = {"rating_received": _received, "task_opened": _opened, "task_reassigned": _moved, "handover_undone": _moved,
         "task_completed": _completed, "timer_set": _set, "timer_fired": _fired, "due_recomputed": _dated,
         "lateness_withdrawn": _dated, "contact_attempted": _tried, "case_closed": _closed}

"""A case without rows: what a real one would have open, due and journaled, for try-outs, scenarios and replays.

It stands on the same fold as the cases of the database (cases/fold.py) and keeps its facts as values; offices stand in
them by their key. Moments are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from caseflow.casefile import effected, entries, facts, kinds
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.kinds import Kind
from caseflow.cases import agreeable, fold
from caseflow.cases.effects.occasion import FiledAppeal
from caseflow.cases.fold import Known
from caseflow.cases.standstill import Clock
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import Context, DeadlineRule, FormField, Step
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given
from caseflow.law.working_days import Calendar
from caseflow.processes import form_values
from caseflow.processes.form_values import Circumstances
from caseflow.raters.reaching import Attempt

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)        # a Monday, 09:00 in Shanghai
RESPONSIBLE = "responsible"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on."""

    definition: Definition
    regulation: Regulation
    calendar: Calendar

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """The units that a form may give the case to, as (code, name): those of the samples."""
        return tuple((unit.code, unit.name) for unit in self.regulation.responsible_units)

    @property
    def process(self) -> str:
        """The id of the process without the name of its place."""
        return self.definition.process_id.removeprefix(f"{self.regulation.key}_")

    @property
    def kind(self) -> Kind:
        """The kind of case that is tried out."""
        return kinds.trying(self.process)


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the run. `status` is open, completed or cancelled; `post` is unit.role. `attempts` is how many attempts
    to reach the rater were made before it was opened: they do not count for it, though the clock stands."""

    token: int
    element: str
    visit: int
    unit: str
    role: str
    opened_at: datetime
    due_at: datetime | None
    provisional: bool
    agreed_at: datetime | None = None
    clock_stopped: bool = False
    status: str = "open"
    attempts: int = 0

    @property
    def post(self) -> str:
        """unit.role, as in the diagram."""
        return f"{self.unit}.{self.role}"


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline that waits, and how its due moment was computed.

    `agreed_at`: the later moment that is agreed beside it; `stopped`: that stands still; `changed`: something was
    agreed.
    """

    token: int
    element: str
    attached_to: str
    rule: DeadlineRule
    due_at: datetime
    provisional: bool
    agreed_at: datetime | None = None
    stopped: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal would hold."""

    seq: int
    at: datetime
    actor: str
    kind: str
    details: Mapping[str, Any]


class TriedCase:
    """A case in hand, and the facts that a database would keep in rows.

    `passed` are the elements that were completed, `chosen` the flows exclusive gateways took, `fired` the deadlines,
    in their order; `dues` every due moment that was set, as (element, moment); `answers` the newest of each field;
    `tried` the attempts to reach the rater, and `phone` whether there is a number to call.
    """

    system, lead, contact = "system", "lead", "contact"     # who acts in a trial, beside the posts of the diagram

    def __init__(self, ground: Ground) -> None:
        self.ground, self.now, self.case = ground, START, _begun(ground)
        self.units = {RESPONSIBLE: RESPONSIBLE, **{key: key for key in ground.regulation.offices}}
        self.tasks: dict[int, Task] = {}
        self.given: dict[int, Given] = {}
        self.ledgers: dict[int, tuple[facts.LedgerKept, ...]] = {}
        self.awaited: dict[int, tuple[str, str]] = {}
        self.answers: dict[str, object] = {}
        self.journal: list[Entry] = []
        self.passed: list[str] = []
        self.chosen: list[tuple[str, str]] = []
        self.fired: list[str] = []
        self.effects: list[str] = []
        self.dues: list[tuple[str, datetime]] = []
        self.tried: list[Attempt] = []
        self.phone = self.voided = False

    def kept(self) -> TriedCase:
        """The case as it is, to go back to."""
        copy = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(copy, name, value.copy() if isinstance(value, (dict, list, HeldCase)) else value)
        return copy

    @property
    def limits(self) -> dict[int, Limit]:
        """The deadlines that wait, by token."""
        return {token: Limit(token, timer.element, timer.attached_to, self.given[token].rule, timer.due_at,
                             timer.provisional, timer.agreed_at, timer.stopped, token in self.ledgers)
                for token, timer in self.case.timers.items()}

    @property
    def clocks(self) -> list[Clock]:
        """The same, and those that are over while their agreed time stands still, with their ledgers."""
        ground = self.ground
        found = [*self.case.timers.values(), *(timer for timer in self.case.fired.values() if timer.stopped)]
        return [Clock(timer, self.given[timer.token], self.ledgers.get(timer.token, ()),
                      agreeable.refused(ground.definition, ground.regulation, timer.element))
                for timer in sorted(found, key=lambda timer: timer.token)]

    def circumstances(self) -> Circumstances:
        """What the rules of a form may know of the case."""
        ground = self.ground
        return Circumstances(self.now, ground.regulation, lambda: ground.calendar,
                             lambda: engine.inspect(ground.definition, self.case.state).variables)

    def complete(self, task: Task, accepted: Mapping[str, object], form: Sequence[FormField],
                 late: Mapping[str, object]) -> None:
        """One task done, with answers that its form has accepted."""
        deciding, others = form_values.deciding(form, accepted), form_values.others(form, accepted)
        self.answers.update((name, value) for name, value in accepted.items() if value is not None)
        self.keep([facts.TaskCompleted(self.case.items[task.token], deciding, late, others)], task.post)
        step = engine.complete(self.ground.definition, self.case.state, task.token, deciding, Context(self.now))
        self.follow(step, task.post)

    def fire(self, token: int) -> None:
        """A deadline happens, at the case's moment, and what follows from it."""
        step = engine.fire(self.ground.definition, self.case.state, token, Context(self.now))
        self.keep(fold.fired(self.case.timers[token], self.now))
        self.follow(step)

    def follow(self, step: Step, actor: str = system) -> None:
        """What a step comes to."""
        self.passed += step.passed
        self.chosen += step.chosen
        self.keep(fold.fold(self.case, step, self._known(), self.now), actor)

    def change_clock(self, happened: Iterable[Fact], told: Fact) -> None:
        """Deadlines stand still or run again, by the lead office; the open tasks show it."""
        self.keep(happened, self.lead)
        self.keep(fold.dated(self.case, self.ground.definition), self.lead)
        self.keep([told], self.lead)

    def keep(self, happened: Iterable[Fact], actor: str = system) -> None:
        """Let the case follow these facts, and keep them and what the journal says of them."""
        for fact in happened:
            fact.move(self.case)
            self.store(fact)
            if fact.entry is not None:
                self.note(*fact.entry, actor)

    def note(self, kind: str, details: Mapping[str, Any], actor: str = system) -> None:
        """What the journal would hold: an entry at the case's moment, numbered from 1."""
        entries.require(kind, details)
        self.journal.append(Entry(len(self.journal) + 1, self.now, actor, kind, details))

    def store(self, fact: Fact) -> None:
        """What a database would have in rows beside the case in hand."""
        match fact:
            case facts.TaskOpened(item):
                self.tasks[item.token] = Task(
                    item.token, item.element, item.visit, item.unit_id, item.role, self.now, item.due_at,
                    item.due_provisional, item.agreed_at, item.clock_stopped, attempts=len(self.tried))
            case facts.TaskCompleted(item):
                self.tasks[item.token] = replace(self.tasks[item.token], status="completed")
            case facts.TaskCancelled(token):
                self.tasks[token] = replace(self.tasks[token], status="cancelled")
            case facts.TaskDated(token, due_at, provisional, agreed_at, stopped):
                self.tasks[token] = replace(self.tasks[token], due_at=due_at, provisional=provisional,
                                            agreed_at=agreed_at, clock_stopped=stopped)
            case facts.TimerSet(timer, rule):
                self.given[timer.token] = Given(rule, self.now, self.ground.regulation.close_of_business)
                self.dues.append((timer.element, timer.due_at))
            case facts.TimerFired(timer):
                self.fired.append(timer.element)
            case facts.LedgerKept(token):
                self.ledgers[token] = (*self.ledgers.get(token, ()), fact)
            case facts.MessageAwaited(token, element, message):
                self.awaited[token] = (element, message)
            case facts.MessageAwaitedNoMore(token):
                del self.awaited[token]
            case effected.EffectApplied(topic):
                self.effects.append(topic)
            case effected.RatingVoided():
                self.voided = True

    def _known(self) -> Known:
        appeal = FiledAppeal(0, False, 0, RESPONSIBLE) if self.ground.kind.about_appeal else None
        return Known(
            self.ground.definition, self.ground.regulation, self.units, self.ground.calendar,
            ledgers={token: len(entries) for token, entries in self.ledgers.items()},
            applied=frozenset(self.effects), answers=self.answers, appeal=appeal, voided=self.voided)


def _begun(ground: Ground) -> HeldCase:
    """A case in which nothing is open yet."""
    return HeldCase(
        id=0, number="", kind=ground.kind.name, regulation=ground.regulation.key, after_expiry=False, rating_id=0,
        unit_id=RESPONSIBLE, version=0, status="open", step="", outcome=None, closed_at=None, next_due=None,
        next_try=None, attempts=0, incident=False, journal_seq=0, journal_head="",
        definition=ground.definition.digest, state=b"", ended=False)

"""Recorded cases on another definition: which would have gone another way, been due at another time, or not at all.

Reads only. What happened comes from the journal, in its order and at its times, the answers from the submissions. A
deadline with the recorded rule ends and fires as it did, or did not; one with another rule is counted by today's
calendar and fires by the clock. What was agreed beside a deadline moves none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import kinds
from caseflow.casefile.facts import Fact, MessageDelivered, TimerSet
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import UNIT, Context, DeadlineRule, FormField
from caseflow.errors import CaseflowError, InvalidInput
from caseflow.law import calendars, regulations
from caseflow.models import Case, db
from caseflow.moments import is_over, moment, over_at
from caseflow.processes import form_values
from caseflow.trials import recordings, scenarios
from caseflow.trials.recordings import Event, RecordedTimer, Recording
from caseflow.trials.scenarios import Problem
from caseflow.trials.tried_case import Ground, TriedCase
from caseflow.trials.tryout import form_of

LIMIT = 500                            # cases that a replay looks at, if nothing else is said
MOST_FIRINGS = 200                     # of one case
@dataclass(frozen=True, slots=True)
class OtherPath:
    """A case that would have gone another way: after `same` steps the record goes on with `recorded`, the definition
    with `instead` (ids of tasks, system tasks and ends; "" where one of them has come to its end)."""

    case_id: int
    number: str
    same: int
    recorded: str
    instead: str


@dataclass(frozen=True, slots=True)
class OtherDeadline:
    """A deadline of a case that goes the same way. A due moment is None where there is no such deadline; `missed_…`:
    whether it fired."""

    case_id: int
    number: str
    element: str
    due_before: datetime | None
    due_after: datetime | None
    missed_before: bool
    missed_after: bool


@dataclass(frozen=True, slots=True)
class Impossible:
    """A case that cannot be replayed: `element` is where, `why` the reason."""

    case_id: int
    number: str
    element: str
    why: Problem


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of `cases` cases that were opened since a day; `more` were left out for the limit.

    Each case counts once: the same, another path, other deadlines (then with each that differs), or impossible.
    """

    process_id: str
    digest: str
    since: datetime
    limit: int
    cases: int
    more: bool
    same: int
    other_path: tuple[OtherPath, ...]
    deadlines: tuple[OtherDeadline, ...]
    impossible: tuple[Impossible, ...]


def run(process_id: str, target: Definition, since: datetime, now: datetime, limit: int = LIMIT) -> Replay:
    """Replay the newest cases of this process that were opened since then on the target, up to the limit.

    InvalidInput when the target is another process.
    """
    if target.process_id != process_id:
        raise InvalidInput(f"The definition is of {target.process_id}, not of {process_id}.",
                           fields={"process": "not_a_choice"})
    regulation = next(place for key, place in regulations.all_regulations().items() if process_id.startswith(f"{key}_"))
    ground = Ground(target, regulation, calendars.load(regulation.calendar))
    query = select(Case).where(Case.regulation == regulation.key, Case.opened_at >= since,
                               Case.kind.in_(kinds.running(ground.process)))
    query = query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit + 1)
    found_cases = list(db.session.scalars(query).unique())
    cases = found_cases[:limit]
    verdicts = [one for recording in recordings.of_cases(cases) for one in _verdict(ground, recording, now)]
    of_kind = [tuple(one for one in verdicts if isinstance(one, kind))
               for kind in (OtherPath, OtherDeadline, Impossible)]
    same = len(cases) - len({one.case_id for one in verdicts})
    return Replay(process_id, target.digest, since, limit, len(cases), len(found_cases) > limit, same, *of_kind)


def _as_it_was(field: FormField, answers: Mapping[str, object]) -> FormField:
    """Which unit the case was given to stays as it was, also where nobody was asked for it then."""
    return replace(field, required=False, choices=((str(answers.get(field.id)), ""),))


def _verdict(ground: Ground, recording: Recording, now: datetime) -> Iterator[OtherPath | OtherDeadline | Impossible]:
    """Every way in which the case differs; nothing for one that is the same."""
    case = _ReplayedCase(ground, recording)
    try:
        case.play(now)
    except _Broken as broken:
        yield Impossible(recording.case_id, recording.number, broken.element, broken.why)
        return
    path = recordings.path_of(case.journal)
    if path != recording.path:
        same = next((n for n, pair in enumerate(zip(path, recording.path, strict=False)) if pair[0] != pair[1]),
                    min(len(path), len(recording.path)))
        recorded, instead = ((*way, "")[same] for way in (recording.path, path))
        yield OtherPath(recording.case_id, recording.number, same, recorded, instead)
        return
    yield from _other_deadlines(case, recording)


def _other_deadlines(case: _ReplayedCase, recording: Recording) -> Iterator[OtherDeadline]:
    for place in dict.fromkeys((*recording.timers, *case.fates)):
        before, after = recording.timers.get(place), case.fates.get(place)
        told = (before and before.due_at, after and after.due_at, bool(before and before.fired),
                bool(after and after.fired))
        if told[0] != told[1] or told[2] != told[3]:
            yield OtherDeadline(recording.case_id, recording.number, place[0], *told)


class _Broken(Exception):
    """The case cannot be replayed any further."""

    def __init__(self, element: str, why: Problem) -> None:
        self.element, self.why = element, why
        super().__init__(why.code)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A deadline of the replay. `recorded`: the one whose fate it shares; None when it goes its own way."""

    token: int
    due_at: datetime
    fired: bool = False
    recorded: RecordedTimer | None = None


class _ReplayedCase(TriedCase):
    """A recorded case under way on another definition. `astray`: it has left the recorded path, and no deadline is
    known any more not to fire."""

    def __init__(self, ground: Ground, recording: Recording) -> None:
        super().__init__(ground)
        self.recording = recording
        self.fates: dict[tuple[str, int], _Clock] = {}
        self.counted: Counter[str] = Counter()
        self.firings = 0

    def play(self, now: datetime) -> None:
        for event in self.recording.events:
            self._fire_own(event.at)
            self.now = max(self.now, event.at) if event.kind != "start" else event.at
            try:
                {"start": self._start, "complete": self._redo, "fire": self._refire, "message": self._deliver}[
                    event.kind](event)
            except CaseflowError as error:
                element = event.element or str(error.details.get("element", ""))
                raise _Broken(element, scenarios.refusal(error)) from None
        if not self.recording.ended:
            self._fire_own(now)

    def _start(self, event: Event) -> None:
        self.note("case_opened", {})
        variables = self.recording.variables
        self.follow(engine.start(self.ground.definition, variables, Context(self.now)))

    def _redo(self, event: Event) -> None:
        """The same task, if the definition has it open now; else it is off the path, and that will show."""
        open_now = [task for task in self.tasks.values() if task.element == event.element and task.status == "open"]
        task = next((task for task in open_now if task.visit == event.visit), open_now[0] if open_now else None)
        if task is None:
            return
        form, answers = form_of(self.ground, task).form, event.answers or {}
        form = tuple(_as_it_was(one, answers) if one.type == UNIT else one for one in form)
        accepted = form_values.accept_by_rules(form, answers, self.circumstances())
        self.complete(task, accepted, form, {})

    def _refire(self, event: Event) -> None:
        for clock in list(self.fates.values()):
            recorded = clock.recorded
            if recorded is not None and recorded.fired and recorded.token == event.token and (
                    clock.token in self.case.timers):
                self.fire(clock.token)

    def _deliver(self, event: Event) -> None:
        if event.message in (message for _, message in self.awaited.values()):
            step = engine.deliver(self.ground.definition, self.case.state, event.message, Context(self.now))
            self.keep([MessageDelivered(event.message)])
            self.follow(step)

    # --- deadlines ------------------------------------------------------------------------------------------------

    @property
    def astray(self) -> bool:
        return recordings.path_of(self.journal) != self.recording.path[:len(recordings.path_of(self.journal))]

    def store(self, fact: Fact) -> None:
        super().store(fact)
        if isinstance(fact, TimerSet):
            self._begin(fact)

    def _begin(self, fact: TimerSet) -> None:
        token, element = fact.timer.token, fact.timer.element
        place = element, self.counted[element]
        self.counted[element] += 1
        recorded = self.recording.timers.get(place)
        if recorded is not None and _same_rule(recorded.rule, fact.rule):
            self.fates[place] = _Clock(token, recorded.due_at, False, recorded)
        else:
            self.fates[place] = _Clock(token, fact.timer.due_at)

    def fire(self, token: int) -> None:
        place = next(place for place, clock in self.fates.items() if clock.token == token)
        self.fates[place] = replace(self.fates[place], fired=True)
        super().fire(token)

    def _fire_own(self, until: datetime) -> None:
        """What the record says nothing of fires by the clock, before what happens at `until`."""
        while self.case.state:
            astray = self.astray
            mine = [clock for clock in self.fates.values() if clock.token in self.case.timers
                    and is_over(clock.due_at, until)
                    and (clock.recorded is None or (astray and not clock.recorded.fired))]
            if not mine:
                return
            clock = min(mine, key=lambda clock: (clock.due_at, clock.token))
            self.now = max(self.now, over_at(clock.due_at))
            self.firings += 1
            if self.firings > MOST_FIRINGS:
                raise _Broken(self.case.timers[clock.token].element, Problem("", "fires_on", {"most": MOST_FIRINGS}))
            try:
                self.fire(clock.token)
            except CaseflowError as error:
                raise _Broken(str(error.details.get("element", "")), scenarios.refusal(error)) from None


def _same_rule(one: DeadlineRule, other: DeadlineRule) -> bool:
    """Whether both count the same from the same moment, however it is spelt."""
    return (one.unit, one.amount) == (other.unit, other.amount) and moment(one.since) == moment(other.since)

"""The database and a trial stand on one fold: the same acts leave the same journal and the same things open.

Played are the scenarios of every shipped diagram, which reach all that is drawn, straight and with a clock that stands
still between two of their acts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from caseflow.casefile import journal, readings
from caseflow.cases import clock, steps
from caseflow.law import regulations, working_days
from caseflow.models import AwaitedMessage, Case, Timer, Unit, User, WorkItem, transaction
from caseflow.moments import ONE_SECOND, day_of
from caseflow.people import branches
from caseflow.people.permissions import actor_for
from caseflow.raters import attempts, contacts
from caseflow.trials import scenario_file
from caseflow.trials.tried_case import Ground
from caseflow.trials.tryout import RATING, Act, Trial, play
from tests.bpmn import drawings
from tests.journeys.kit import Journey

pytestmark = pytest.mark.usefixtures("with_powers")

OF_DATABASES = {("rating_received", "unit"), ("timer_set", "calendar"), ("case_opened", "reachable")}
OF_ROWS = {"rating", "number", "source", "orgcode", "office_registered", "appeal", "party", "ground", "attempt"}
BESIDE = ("file_added",)                # the evidence of an appeal, for which a trial has no files
LEVELS = {"dissatisfied": "2", "very_dissatisfied": "1"}
APPELLANTS = {"qijiang": "staff"}     # by department elsewhere
SEED = 20260302


class Twin:
    """A case of the database that does the acts of a trial, each at its moment."""

    def __init__(self, app, simulated, place: str, session) -> None:
        self.place, _, process = place.partition("/")
        self.appeal, self.session = process == "appeal", session
        self.ground = Ground(drawings.loaded(place), regulations.get(self.place), working_days.national())
        self.journey = Journey(app, simulated, self.place)

    def begins(self, act: Act) -> Act:
        """The rating arrives (and is appealed against); the act that begins the same in a trial."""
        journey, answers = self.journey, act.answers
        journey.clock.set(act.at)
        levels = [unit.level for unit in journey.regulation.responsible_units]
        level = answers.get("business_level", RATING["business_level"])
        office = levels.index(level) if level in levels else 0
        real_name = not self.appeal and answers.get("real_name", True)
        journey.bad_review(level=LEVELS[answers.get("level", "dissatisfied")], real_name=real_name, office=office)
        if self.appeal:
            self.journey = journey.appeal(f"{self.place}.dept{office + 1}.{APPELLANTS.get(self.place, 'officer')}")
        case = self.case
        return replace(act, at=journey.now, phone=real_name, answers={
            **answers, "real_name": real_name, "level": case.rating.level, "business_level": case.unit.level})

    @property
    def case(self) -> Case:
        """The row as it is now; not inside a transaction."""
        self.session.rollback()
        return self.session.get(Case, self.journey.case_id)

    def does(self, act: Act) -> None:
        now = self.journey.now
        self._until(act.at or now + (act.after or timedelta()))
        if act.do == "deadline":
            self._until(max(self.journey.now, self.case.next_due + ONE_SECOND))
        elif act.do != "wait":
            with transaction():
                getattr(self, f"_{act.do}")(act)
        self._until(self.journey.now)

    def _until(self, moment: datetime) -> None:
        while (due := self.case.next_due) is not None and due + ONE_SECOND <= moment:
            self.journey.clock.set(max(self.journey.now, due + ONE_SECOND))
            with transaction():
                steps.fire_due(self.journey.case_id, self.journey.now)
        self.journey.clock.set(moment)

    def _complete(self, act: Act) -> None:
        item = self.journey._item(act.task)
        steps.complete_task(item.id, self.journey._person(item), act.answers, uuid4().hex, self.journey.now,
                            act.late_reason)

    def _message(self, act: Act) -> None:
        steps.deliver_message(self.journey.case_id, act.message, self.journey.now)

    def _stop(self, act: Act) -> None:
        clock.stop(self.journey.case_id, self._lead(), act.category, act.reason, self.journey.now)

    def _resume(self, act: Act) -> None:
        clock.restart(self.journey.case_id, self._lead(), act.reason, self.journey.now)

    def _attempt(self, act: Act) -> None:
        read = readings.of(self.session.get(Case, self.journey.case_id))
        users = self.session.scalars(select(User).where(User.active).order_by(User.id))
        caller = next(actor for actor in map(actor_for, users) if contacts.may_reveal(read, actor))
        attempts.log(self.journey.case_id, caller, tried_at=self.journey.now, channel=act.channel, result=act.result,
                     note=act.note, form_token=uuid4().hex, now=self.journey.now)

    def _lead(self):
        lead = select(Unit.id).where(Unit.regulation == self.place, Unit.key == self.ground.regulation.lead)
        holds = User.roles.any(role="supervisor", unit_id=self.session.scalar(lead))
        return actor_for(self.session.scalars(select(User).where(holds).limit(1)).one())

    # --- what both have -------------------------------------------------------------------------------------------

    def told(self) -> list[tuple]:
        case = self.case
        read = [(entry, json.loads(entry.details)) for entry in journal.entries(case) if entry.kind not in BESIDE]
        return [_told(entry.kind, entry.at, {**details, "unit": self._key(case, details["unit"])}
                      if entry.kind == "task_opened" else details) for entry, details in read]

    def _key(self, case: Case, unit_id: int) -> str:
        if unit_id == case.unit_id:
            return "responsible"
        found = branches.offices_of(case, self.ground.regulation, day_of(self.journey.now))
        by_area = {found[key]: key for key in self.ground.regulation.branches}
        return by_area.get(unit_id) or self.session.get(Unit, unit_id).key

    def open(self) -> tuple:
        case = self.case
        items = self.session.scalars(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open"))
        timers = self.session.scalars(select(Timer).where(
            Timer.case_id == case.id, Timer.status == "pending"))
        messages = self.session.scalars(select(AwaitedMessage.message).where(AwaitedMessage.case_id == case.id))
        return (
            {(item.token, item.element, item.visit, self._key(case, item.unit_id), item.role, item.due_at,
              item.due_provisional, item.agreed_at, item.clock_stopped) for item in items},
            {(timer.token, timer.element, timer.due_at, timer.provisional, timer.agreed_at, timer.clock_stopped)
             for timer in timers},
            sorted(messages), case.outcome)


def _told(kind: str, at: datetime, details: dict) -> tuple:
    return kind, at, {key: value for key, value in details.items() if key not in OF_ROWS
                      and (kind, key) not in OF_DATABASES}


def _trial_open(trial: Trial) -> tuple:
    return (
        {(task.token, task.element, task.visit, task.unit, task.role, task.due_at, task.provisional,
          task.agreed_at, task.clock_stopped) for task in trial.open_tasks},
        {(limit.token, limit.element, limit.due_at, limit.provisional, limit.agreed_at, limit.stopped)
         for limit in trial.limits},
        sorted(trial.awaited.values()), trial.outcome)


def _reaching(acts: Sequence[Act], ground: Ground) -> Iterator[Act]:
    """The acts, with as many attempts before a rater is called unreachable as the regulation asks."""
    rule = ground.regulation.unreachable
    for act in acts:
        if "unreachable" in act.answers.values():
            for number in range(rule.attempts):
                yield Act("attempt", result="no_answer", after=timedelta(days=int(0 < number < rule.days)))
            act = replace(act, answers={name: rule.attempts if name == "attempts" else value
                                        for name, value in act.answers.items()})
        yield act


def _with_a_stop(acts: Sequence[Act], ground: Ground, random: Random) -> list[Act]:
    """The acts, with a clock that stands still for some days after one of them, where it can."""
    pause = timedelta(days=random.randint(0, 9), hours=random.randint(0, 5))
    category = next(iter(ground.regulation.clock.categories))
    for place in random.sample(range(1, len(acts) + 1), len(acts)):
        stopped = [*acts[:place], Act("stop", category=category, reason="等待其他单位答复。"),
                   Act("resume", reason="已经答复。", after=pause)]
        if play(ground, stopped).stopped is None:
            return [*stopped, *acts[place:]]
    return list(acts)


@pytest.mark.parametrize(("place", "way"), [
    *((place, "straight") for place in drawings.PLACES + drawings.APPEALS),
    *((place, "stopped") for place in drawings.PLACES)])    # in an appeal there is nothing to stop
def test_the_same_acts_leave_the_same_journal_and_the_same_things_open(place, way, installed, app, clock, session):
    random, stops = Random(f"{SEED} {place}"), 0
    files = sorted((regulations.folder() / place.partition("/")[0] / "scenarios").glob("*.toml"))
    played = [scenario for scenario in map(scenario_file.read, files)
              if scenario.process == (place.partition("/")[2] or "rectification")]
    for scenario in played:
        twin = Twin(app, clock, place, session)
        acts = list(_reaching([twin.begins(scenario.acts[0]), *scenario.acts[1:]], twin.ground))
        if way == "stopped":
            acts = _with_a_stop(acts, twin.ground, random)
            stops += len(acts) > len(scenario.acts)
        trial = play(twin.ground, acts)
        if way == "straight":
            assert trial.stopped is None, (scenario.key, trial.stopped)
        for act in trial.acts[1:]:
            twin.does(act)
        told = [_told(entry.kind, entry.at, dict(entry.details)) for entry in trial.journal]
        assert told == twin.told(), scenario.key
        assert _trial_open(trial) == twin.open(), scenario.key
    assert played and (stops or way == "straight")

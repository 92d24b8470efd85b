"""What is recorded of cases, as it can be played again: with what a case began, what happened when, what it led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import select

from caseflow.casefile import kinds
from caseflow.casefile.hand import FIRED
from caseflow.engine.values import DeadlineRule
from caseflow.law import deadlines
from caseflow.models import Case, JournalEntry, Submission, Timer, WorkItem, db

BATCH = 100
HAPPENED = {"case_opened": "start", "task_completed": "complete", "timer_fired": "fire", "message_delivered": "message"}
LED_TO = ("task_opened", "effect_applied", "case_closed")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind` is start, complete, fire or message. `token` is that of the record."""

    kind: str
    at: datetime
    element: str = ""
    visit: int = 0
    token: int = 0
    message: str = ""
    answers: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class RecordedTimer:
    """A deadline as it stood at last, and whether it fired. `place` counts those of the same element from 0."""

    token: int
    element: str
    place: int
    rule: DeadlineRule
    due_at: datetime
    fired: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """A case as it is recorded. `path` is what `path_of` makes of its journal."""

    case_id: int
    number: str
    variables: Mapping[str, object]
    events: tuple[Event, ...]
    path: tuple[str, ...]
    timers: Mapping[tuple[str, int], RecordedTimer]
    ended: bool


class _Entry(Protocol):
    kind: str
    details: Any


def path_of(entries: Iterable[_Entry]) -> tuple[str, ...]:
    """The way of a case: the tasks that opened and the end, and the effects that no deadline caused.

    What one step led to has no order of its own, so that branches count alike however they are drawn.
    """
    way: list[str] = []
    led: list[str] = []
    cause = ""
    for entry in entries:
        if entry.kind in HAPPENED:
            way, led, cause = [*way, *sorted(led)], [], entry.kind
        elif entry.kind == "case_closed":
            led.append(f"~{entry.details['outcome']}")        # after everything else of its step
        elif entry.kind == "task_opened" or (entry.kind == "effect_applied" and cause != "timer_fired"):
            led.append(entry.details["element"])
    return tuple(name.removeprefix("~") for name in [*way, *sorted(led)])


def of_cases(cases: Sequence[Case]) -> Iterator[Recording]:
    """The recordings of these cases, in their order; a few queries for each hundred."""
    for begin in range(0, len(cases), BATCH):
        batch = cases[begin:begin + BATCH]
        ids = [case.id for case in batch]
        journals, answers, timers = _journals(ids), _answers(ids), _timers(ids)
        for case in batch:
            yield _recording(case, journals[case.id], answers[case.id], timers[case.id])


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    at: datetime
    details: Mapping[str, Any]


def _recording(case: Case, lines: list[_Line], answers: Mapping[int, Mapping[str, object]],
               timers: list[RecordedTimer]) -> Recording:
    variables = kinds.of(case.kind).subject(case).variables
    return Recording(
        case.id, case.number, variables, tuple(_event(line, answers) for line in lines if line.kind in HAPPENED),
        path_of(lines), {(timer.element, timer.place): timer for timer in timers}, case.closed_at is not None)


def _event(line: _Line, answers: Mapping[int, Mapping[str, object]]) -> Event:
    details, token = line.details, line.details.get("token", 0)
    return Event(
        HAPPENED[line.kind], line.at, details.get("element", ""), details.get("visit", 0), token,
        details.get("message", ""), answers.get(token, details.get("answers")))


def _journals(ids: list[int]) -> Mapping[int, list[_Line]]:
    streams = {f"case:{case_id}": case_id for case_id in ids}
    query = select(JournalEntry.stream, JournalEntry.kind, JournalEntry.at, JournalEntry.details).where(
        JournalEntry.stream.in_(streams), JournalEntry.kind.in_([*HAPPENED, *LED_TO]))
    found: dict[int, list[_Line]] = defaultdict(list)
    for stream, kind, at, details in db.session.execute(query.order_by(JournalEntry.stream, JournalEntry.seq)):
        found[streams[stream]].append(_Line(kind, at, orjson.loads(details)))
    return found


def _answers(ids: list[int]) -> Mapping[int, dict[int, Mapping[str, object]]]:
    query = select(Submission.case_id, WorkItem.token, Submission.form_values).join(
        WorkItem, WorkItem.id == Submission.work_item_id).where(Submission.case_id.in_(ids))
    found: dict[int, dict[int, Mapping[str, object]]] = defaultdict(dict)
    for case_id, token, values in db.session.execute(query):
        found[case_id][token] = orjson.loads(values)
    return found


def _timers(ids: list[int]) -> Mapping[int, list[RecordedTimer]]:
    """Those of each case in their order; one whose firing was withdrawn has left its place to the next."""
    found: dict[int, list[RecordedTimer]] = defaultdict(list)
    query = select(Timer).where(Timer.case_id.in_(ids), Timer.status != "withdrawn")
    for timer in db.session.scalars(query.order_by(Timer.case_id, Timer.token)):
        place = sum(other.element == timer.element for other in found[timer.case_id])
        found[timer.case_id].append(RecordedTimer(
            timer.token, timer.element, place, deadlines.rule_of(timer), timer.due_at, timer.status == FIRED))
    return found

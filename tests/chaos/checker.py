"""Compares what was acknowledged with what is stored. Every deviation is a Finding; an empty list is the proof."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from caseflow.health import doctor
from caseflow.models import (
    AppliedEffect,
    Case,
    Incident,
    JournalEntry,
    Notice,
    NumberSequence,
    OutboxMessage,
    Rating,
    Submission,
    Timer,
    TimerFiring,
    WorkItem,
    db,
)
from tests.chaos import faults, ledger, workload

SECOND = timedelta(seconds=1)
# Of a task that was done late while no scheduler ran nobody was told: the monitor says so, and rightly.
UNTOLD = ("late_untold", "passed_unseen")


@dataclass(frozen=True)
class Finding:
    """Something that must not be: its kind, and a sentence with the facts."""

    kind: str
    sentence: str


def examine(folder: Path, now: datetime, *, ratings: int, hurried: int) -> list[Finding]:
    """All that is wrong after a run that was to bring `ratings` bad ratings to the end of their cases."""
    intents = list(ledger.all_intents(folder))
    return [
        *acknowledged_against_stored(intents), *ratings_against_cases(ratings), *what_happened_once(),
        *deadlines(hurried), *messages(folder), *unfinished(),
        *(Finding(f"doctor:{found.code}", f"{found.case} {dict(found.facts)}") for found in doctor.examine(now)
          if found.facts.get("reason") not in UNTOLD),
    ]


def acknowledged_against_stored(intents: list[tuple[str, ledger.Intent]]) -> Iterator[Finding]:
    """What was answered "done" is stored as it was meant; what was refused is not; nothing else is there."""
    stored = {row.form_token: row for row in db.session.scalars(select(Submission))}
    meant = {}
    for who, intent in intents:
        if intent.facts["op"] != "complete":
            continue
        token = intent.facts["token"]
        meant[token] = intent.facts
        row, final = stored.get(token), intent.final
        if final is None:
            yield Finding("unanswered", f"{who}: {intent.facts} has no answer")
        elif final["answer"] == "done" and row is None:
            yield Finding("lost", f"{who}: {token} for task {intent.facts['item']} was acknowledged and is not stored")
        elif final["answer"] == "refused" and row is not None:
            yield Finding("wrong_answer", f"{who}: {token} is stored, but was refused with {final['code']}")
        elif row is not None and "submission" in final and final["submission"] != row.id:
            yield Finding("wrong_answer", f"{who}: {token} got submission {final['submission']}, not {row.id}")
    for token, row in stored.items():
        facts = meant.get(token)
        if facts is None:
            yield Finding("invented", f"submission {row.id} was meant by nobody")
        elif (row.work_item_id, row.submitted_by, json.loads(row.form_values)) != (
                facts["item"], facts["user"], facts["values"]):
            yield Finding("altered", f"submission {row.id} is not what was meant: {facts}")


def ratings_against_cases(expected: int) -> Iterator[Finding]:
    """Every rating of the feed is there once, with one case; file numbers have neither gap nor double."""
    ratings, cases = (db.session.scalar(select(func.count()).select_from(table)) for table in (Rating, Case))
    if (ratings, cases) != (expected, expected):
        yield Finding("lost", f"{expected} ratings were to be received: {ratings} are stored, with {cases} cases")
    last = db.session.scalar(select(func.sum(NumberSequence.last)))
    if last != cases:
        yield Finding("doubled", f"{last} file numbers were given to {cases} cases")


def what_happened_once() -> Iterator[Finding]:
    """Completions, firings and effects stand in the journal once, and each has its row; no other row is there."""
    for kind, rows, mark in (
        ("task_completed", _pairs(WorkItem.case_id, WorkItem.token, WorkItem.status == "completed"), "completion"),
        ("timer_fired", _pairs(TimerFiring.case_id, TimerFiring.token), "firing"),
        ("timer_fired", _pairs(Timer.case_id, Timer.token, Timer.status == "fired"), "fired timer"),
        ("effect_applied", _pairs(AppliedEffect.case_id, AppliedEffect.token), "effect"),
    ):
        journaled = Counter(
            (int(stream.removeprefix("case:")), json.loads(details)["token"]) for stream, details in db.session.execute(
                select(JournalEntry.stream, JournalEntry.details).where(JournalEntry.kind == kind)))
        for pair in journaled.keys() | rows.keys():
            if (journaled[pair], rows[pair]) != (1, 1):
                yield Finding("twice" if max(journaled[pair], rows[pair]) > 1 else "half",
                              f"{mark} {pair}: {journaled[pair]} in the journal, {rows[pair]} rows")


def _pairs(case: object, token: object, *conditions: object) -> Counter:
    return Counter(tuple(row) for row in db.session.execute(select(case, token).where(*conditions)))


def deadlines(hurried: int) -> Iterator[Finding]:
    """No timer fired before its moment had passed; in every case that was not hurried, all three fired."""
    for row in db.session.scalars(select(TimerFiring)):
        if row.fired_at < row.due_at + SECOND:
            yield Finding("early", f"case {row.case_id}: timer {row.token}, due {row.due_at}, fired {row.fired_at}")
    fired: dict[int, list[str]] = {case_id: [] for case_id in db.session.scalars(select(Case.id))}
    for case_id, element in db.session.execute(select(Timer.case_id, Timer.element).where(Timer.status == "fired")):
        fired[case_id].append(element)
    for case_id, elements in fired.items():
        if not workload.is_hurried(case_id, hurried) and sorted(elements) != sorted(workload.DEADLINES.values()):
            yield Finding("not_fired", f"case {case_id} fired {sorted(elements)}")


def messages(folder: Path) -> Iterator[Finding]:
    """Each effect has sent its two messages, each message has become one notice, nothing left on another way."""
    sent = Counter(db.session.scalars(select(OutboxMessage.case_id)))
    effects = Counter(db.session.scalars(select(AppliedEffect.case_id)))
    for case_id in sent.keys() | effects.keys():
        if sent[case_id] != 2 * effects[case_id]:
            yield Finding("message", f"case {case_id}: {effects[case_id]} effects, {sent[case_id]} messages")
    delivered = Counter(db.session.scalars(select(Notice.outbox_id)))
    for message in db.session.scalars(select(OutboxMessage)):
        if (message.status, delivered[message.id]) != ("sent", 1):
            yield Finding("message", f"message {message.key} is {message.status}, with {delivered[message.id]} notices")
    outside = folder / faults.OUTSIDE
    for key, times in Counter(outside.read_text().split() if outside.exists() else ()).items():
        if times > 1:
            yield Finding("message", f"message {key} left {times} times")


def unfinished() -> Iterator[Finding]:
    """Every case has ended as its answers say, and none was parked on the way."""
    for case in db.session.scalars(select(Case).where(Case.outcome.is_distinct_from(workload.OUTCOME))):
        yield Finding("unfinished", f"case {case.number} is {case.status} ({case.outcome}), open: {case.step}")
    for incident in db.session.scalars(select(Incident)):
        yield Finding("incident", f"case {incident.case_id}: {incident.kind} {incident.detail}")

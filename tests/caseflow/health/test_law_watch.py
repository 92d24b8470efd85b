"""The doctor looks at what ended since its last round, at what is complained of, and at each old case in its turn."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from caseflow.casefile.journal import fingerprint
from caseflow.health import doctor, law_watch, watchdog
from caseflow.models import Case, Checkup, JournalEntry, StandingComplaint, db, snapshot, transaction
from caseflow.monitor import finished
from web.sentences.complaints import sentence

BROKEN = ("GC-2(二) deadline(rectify) <= 5 working_days since=received_at", "due_otherwise")


@pytest.fixture
def ended(guichi, session):
    guichi.does("first_response", outcome="simple").does("rectify").does("revisit", revisit_result="satisfied")
    return guichi.healthy()


def rewrite(journey) -> None:
    """Whoever owns the database moves a date in the tables and in the journal, and chains the journal anew."""
    with transaction() as session:
        for trigger in ("journal_no_update", "journal_no_delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        session.execute(text("UPDATE timers SET due_at = '2026-03-20 15:59:59.000000' WHERE element = 'rectify_due'"))
        session.execute(text("UPDATE work_items SET due_at = '2026-03-20 15:59:59.000000' WHERE element = 'rectify'"))
        head = ""
        for entry in session.scalars(select(JournalEntry).where(
                JournalEntry.stream == f"case:{journey.case_id}").order_by(JournalEntry.seq)):
            told = json.loads(entry.details)
            if told.get("element") == "rectify_due":
                told["due_at"] = "2026-03-20T15:59:59+00:00"
            details = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            new = fingerprint(entry.stream, entry.seq, entry.at, entry.actor_id, entry.actor, entry.kind, details, head)
            session.execute(text("UPDATE journal SET details = :told, previous = :head, hash = :hash WHERE id = :id"),
                            {"told": details, "head": head, "hash": new, "id": entry.id})
            head = new
        session.execute(text("UPDATE cases SET journal_head = :head WHERE id = :id"),
                        {"head": head, "id": journey.case_id})
    db.session.remove()


def test_a_date_moved_in_the_tables_and_in_a_journal_chained_anew_is_found(ended):
    rewrite(ended)
    found, = doctor.examine(ended.now)
    assert (found.code, found.case, found.subject, found.facts["reason"]) == (
        "law_broken", ended.case().number, *BROKEN)
    assert "2026-03-20 23:59:59" in sentence(found.code, found.facts)


def test_a_date_moved_in_the_tables_alone_is_found_when_the_case_has_ended(guichi, session):
    with transaction() as session:      # so that the scheduler tells nobody, and nobody has to say why it is late
        for statement in ("UPDATE timers SET due_at = :later", "UPDATE work_items SET due_at = :later",
                          "UPDATE cases SET next_due = :later, next_try = :later"):
            session.execute(text(statement), {"later": "2026-03-31 15:59:59.000000"})
    guichi.time_passes(days=9).does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    assert {(found.code, found.facts["reason"]) for found in doctor.examine(guichi.now)} == {
        ("law_broken", "late_untold"), ("law_broken", "passed_unseen")}


def round_of(now):
    rounds = ("history",)
    with snapshot():
        found = watchdog.examine(rounds, now)
    with transaction():
        news = watchdog.keep(rounds, found, now)
        return [row.code for row in news.begun], [row.code for row in news.cleared]


def test_a_complaint_lasts_from_round_to_round_until_it_is_answered(ended, monkeypatch):
    with transaction():
        watchdog.claim(ended.now)
    rewrite(ended)
    assert round_of(ended.now) == (["law_broken"], [])
    monkeypatch.setattr(finished, "slice_of", lambda turn, most: [])
    assert round_of(ended.now + timedelta(days=1)) == ([], [])
    row, = db.session.scalars(select(StandingComplaint))
    assert (row.code, json.loads(row.facts)["entries"]) == ("law_broken", [8, 9])


def test_what_ended_before_the_last_round_is_not_new_and_has_its_turn(ended, monkeypatch):
    looked = []
    monkeypatch.setattr(finished, "reports", lambda numbers: looked.extend(numbers) or ())
    number = ended.case().number
    with transaction() as session:
        session.add(Checkup(name="history", begun_at=ended.now, ended_at=ended.now + timedelta(hours=1)))
    monkeypatch.setattr(finished, "slice_of", lambda turn, most: [])
    assert list(law_watch.findings(ended.now)) == [] == looked
    monkeypatch.undo()
    monkeypatch.setattr(finished, "reports", lambda numbers: looked.extend(numbers) or ())
    assert list(law_watch.findings(ended.now)) == [] and looked == [number]


def test_every_old_case_has_its_turn_once_in_as_many_turns_as_there_are_slices(app, guichi, session):
    for _ in range(4):
        guichi.bad_review().does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    turns = [finished.slice_of(turn, 2) for turn in range(2)]
    ended = set(db.session.scalars(select(Case.number).where(Case.status != "open")))
    assert sorted(turns[0] + turns[1]) == sorted(ended) and len(ended) == 4


def test_a_journal_that_cannot_be_read_is_told_and_stops_nobody(ended):
    with transaction() as session:
        session.execute(text("DROP TRIGGER journal_no_update"))
        session.execute(text("UPDATE journal SET details = '{}' WHERE kind = 'timer_set'"))
    assert {"law_not_judged", "broken_journal"} == {found.code for found in doctor.examine(ended.now)}

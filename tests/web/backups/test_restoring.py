"""Bringing a backup back: whole though others wrote meanwhile, and nothing happens twice afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, inspect, select

from caseflow.casefile import journal_check
from caseflow.cases import steps
from caseflow.health import doctor
from caseflow.install import random_people
from caseflow.models import (
    Case,
    JournalEntry,
    Notice,
    OutboxMessage,
    Submission,
    TimerFiring,
    User,
    WorkItem,
    db,
    transaction,
)
from caseflow.notices import outbox
from caseflow.people.permissions import Actor
from scheduler import jobs, side_jobs
from tests.conftest import build_app
from tests.ground import person, rows
from tests.journeys.kit import Journey
from tests.web.backups.ground import back_up, bring_back, whole
from web.backups.archive import kind_of
from web.backups.files import BackupFailed
from web.commands.init import take_out_raters
from web.migrations import downgrade, upgrade
from web.sign_in import sessions

pytestmark = pytest.mark.both_databases
WRITERS, REVIEWS, ROUNDS = 2, 24, 3


# --- while others write -------------------------------------------------------------------------------------------


def _filled(journey: Journey, work_item_id: int, officer: Actor, now: datetime) -> dict[str, object]:
    """The answers to a first response, its contact logged."""
    item = db.session.get(WorkItem, work_item_id)
    answers = journey._filled(item, {"outcome": "simple"})
    random_people.log_contacts(item, {"contact_channel": answers["contact_channel"]}, officer, now)
    return answers


@contextmanager
def officers_at_work(journey, acknowledged):
    """Threads that complete one task after the other; what was confirmed to them goes into `acknowledged`.

    Gives a semaphore, of what they did, and an event: the last task is left until it is set.
    """
    app, now = journey.app, journey.now
    with app.app_context():
        waiting = list(db.session.scalars(select(WorkItem.id).where(WorkItem.status == "open").order_by(WorkItem.id)))
        officer = person("guichi.dept1.officer")
        db.session.remove()
    done, looked, failures, lock = threading.Semaphore(0), threading.Event(), [], threading.Lock()

    def work() -> None:
        with app.app_context():
            while True:
                with lock:
                    if not waiting:
                        return
                    item, is_last = waiting.pop(), not waiting
                if is_last:
                    looked.wait()
                try:
                    with transaction():
                        answers = _filled(journey, item, officer, now)
                        number = steps.complete_task(item, officer, answers, uuid4().hex, now).id
                    acknowledged.append(number)
                except Exception as error:
                    failures.append(error)
                done.release()

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield done, looked
    finally:
        looked.set()
        for thread in threads:
            thread.join()
    assert failures == []


def test_a_backup_taken_while_officers_work_is_whole(guichi, app, clock, elsewhere, tmp_path):
    for _ in range(REVIEWS):
        Journey(app, clock, "guichi").bad_review()
    acknowledged, known = [], []
    with officers_at_work(guichi, acknowledged) as (done, looked):
        for number in range(ROUNDS):
            assert done.acquire(timeout=60)
            known.append(list(acknowledged))
            looked.set()
            back_up(app, tmp_path / f"{number}.backup")
    assert len(acknowledged) == REVIEWS + 1 > len(known[0]) > 0
    for number, before in enumerate(known):
        with elsewhere() as other:
            assert whole(bring_back(other, tmp_path / f"{number}.backup", clock))
            kept = set(db.session.scalars(select(Submission.id)))
            assert set(before) <= kept <= set(acknowledged)


def test_a_restored_database_holds_what_the_first_one_held(guichi, app, clock, elsewhere, tmp_path):
    guichi.time_passes(days=3).does("first_response", outcome="simple")
    path = back_up(app, tmp_path / "a.backup")
    with app.app_context():
        before = rows()
    with elsewhere() as other:
        assert whole(bring_back(other, path, clock))
        changed = {"journal": 1, "journal_heads": 0}
        assert rows() == before | {name: before[name] + more for name, more in changed.items()}
        entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        assert (entry.stream, entry.kind) == ("system", "restored") and "a.backup" in entry.details


# --- once ---------------------------------------------------------------------------------------------------------


def test_timers_that_fell_due_meanwhile_fire_once_after_a_restore(guichi, app, clock, elsewhere, tmp_path):
    late = Journey(app, clock, "guichi").bad_review().time_passes(days=3)     # both have fired their first timer
    path = back_up(app, tmp_path / "a.backup")
    late.does("first_response", outcome="simple")
    with app.app_context():
        already = set(db.session.scalars(select(TimerFiring.case_id)))
        Journey(app, clock, "guichi").bad_review()
    clock.advance(days=30)
    with elsewhere() as other:
        assert whole(bring_back(other, path, clock))
        Journey(other, clock, "guichi").bad_review()
        clock.advance(days=30)
        while jobs.fire_due_cases():
            pass
        fired = Counter(map(tuple, db.session.execute(select(TimerFiring.case_id, TimerFiring.token))))
        told = Counter(db.session.scalars(select(JournalEntry.stream).where(JournalEntry.kind == "timer_fired")))
        assert len(already) == 2 and max(fired.values()) == 1
        assert told == Counter(f"case:{case}" for case, _token in fired)
        assert jobs.fire_due_cases() == 0
        side_jobs.deliver_notices()
        assert doctor.examine(clock()) == []


def test_a_timer_that_was_waiting_fires_once_although_it_fired_after_the_backup(
        guichi, app, clock, elsewhere, tmp_path):
    path = back_up(app, tmp_path / "a.backup")
    guichi.time_passes(days=3)
    with elsewhere() as other:
        bring_back(other, path, clock)
        assert jobs.fire_due_cases() == 1
        assert jobs.fire_due_cases() == 0
        firing = db.session.scalars(select(TimerFiring)).one()
        assert firing.fired_at == clock() and firing.due_at < clock()


def test_messages_that_were_sent_are_not_sent_again(guichi, app, clock, elsewhere, tmp_path):
    with app.app_context(), transaction():
        assert outbox.deliver_waiting(clock()) > 0
    Journey(app, clock, "guichi").bad_review()
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        bring_back(other, path, clock)
        sent = dict(map(tuple, db.session.execute(select(Notice.outbox_id, Notice.created_at))))
        waiting = set(db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.status == "waiting")))
        assert sent and waiting and not waiting & sent.keys()
        clock.advance(hours=1)
        assert side_jobs.deliver_notices() == len(waiting)
        assert side_jobs.deliver_notices() == 0
        now_there = db.session.execute(select(Notice.outbox_id, Notice.created_at)).all()
        assert Counter(number for number, _ in now_there) == Counter([*sent, *waiting])
        assert all(at == sent.get(number, clock()) for number, at in now_there)


def test_nobody_is_signed_in_after_a_restore_and_no_process_counts_as_alive(guichi, app, clock, elsewhere, tmp_path):
    with app.app_context():
        with transaction():
            sessions.begin(db.session.scalars(select(User)).first(), clock(), app.config["CASEFLOW"])
        jobs.beat()
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        bring_back(other, path, clock)
        counts = rows()
        assert (counts["web_sessions"], counts["heartbeats"]) == (0, 0)


# --- refusals -----------------------------------------------------------------------------------------------------


def test_a_database_that_holds_something_is_left_alone(guichi, app, clock, elsewhere, tmp_path):
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        Journey(other, clock, "guichi") if inspect(db.engine).has_table("units") else bring_back(other, path, clock)
        before = rows()
        with pytest.raises(BackupFailed, match="--replace"):
            bring_back(other, path, clock)
        assert rows() == before


def test_what_is_replaced_is_backed_up_first(guichi, app, clock, elsewhere, tmp_path):
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other, elsewhere() as third:
        with other.app_context():
            bring_back(other, path, clock)
            Journey(other, clock, "guichi").bad_review()
            assert rows()["cases"] == 2
            done = bring_back(other, path, clock, replace=True)
            assert whole(done) and rows()["cases"] == 1
            assert done.kept.parent == other.config["CASEFLOW"].instance
        assert whole(bring_back(third, done.kept, clock)) and rows()["cases"] == 2


def test_a_database_that_is_in_use_is_not_replaced(guichi, app, clock, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr("web.backups.sqlite.PATIENCE", 0.05)
    monkeypatch.setattr("web.backups.postgresql.ENDING", 0.05)
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        bring_back(other, path, clock)
        user = build_app(str(db.engine.url.render_as_string(hide_password=False)), clock, tmp_path)
        with user.app_context():
            before = rows()
        with pytest.raises(BackupFailed, match="in use"):
            bring_back(other, path, clock, replace=True)
        with user.app_context():
            assert rows() == before
            db.session.remove()
            db.engine.dispose()
        assert list(other.config["CASEFLOW"].instance.glob("before-restore-*")) == []


@pytest.mark.parametrize("spoil", ["cut", "flipped", "empty", "text"])
def test_a_damaged_file_is_refused_before_anything_is_changed(guichi, app, clock, elsewhere, tmp_path, spoil):
    path = back_up(app, tmp_path / "a.backup")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    if spoil == "flipped":
        content[middle:middle + 4096] = bytes(byte ^ 0xFF for byte in content[middle:middle + 4096])
    path.write_bytes({"cut": content[:middle], "flipped": content, "empty": b"", "text": b"hello\n"}[spoil])
    with elsewhere() as other:
        with pytest.raises(BackupFailed):
            bring_back(other, path, clock)
        assert inspect(db.engine).get_table_names() == []


def test_an_older_backup_says_that_the_tables_must_be_brought_up_to_date(guichi, app, clock, elsewhere, tmp_path):
    with app.app_context():
        db.session.remove()
        downgrade("0002")
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        done = bring_back(other, path, clock)
        assert (done.older, done.revision) == (True, "0002")
        upgrade()
        take_out_raters()       # as `caseflow init` does next
        found = {complaint.code for complaint in doctor.examine(clock())}
        assert found == {"area_without_branch"}       # that revision knew no branches
        assert journal_check.verify().broken == []


def test_a_backup_of_a_newer_version_is_refused(guichi, app, clock, elsewhere, tmp_path, monkeypatch):
    path = back_up(app, tmp_path / "a.backup")
    monkeypatch.setattr("web.migrations.is_known", lambda revision: False)
    with elsewhere() as other:
        with pytest.raises(BackupFailed, match="newer version"):
            bring_back(other, path, clock)
        assert inspect(db.engine).get_table_names() == []


def test_the_backup_begins_as_its_kind_of_database_says(guichi, app, clock, elsewhere, tmp_path):
    path = back_up(app, tmp_path / "a.backup")
    with app.app_context():
        assert kind_of(path) == db.engine.dialect.name
        assert db.session.scalar(select(func.count(Case.id))) == 1

"""The watchdog: each of seven breakages is found within its round, kept once while it lasts, and cleared after."""

from __future__ import annotations

import threading
import tracemalloc
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from caseflow.casefile import journal_check
from caseflow.health import doctor, watchdog
from caseflow.models import Case, ProcessInstance, StandingComplaint, Timer, WorkItem, db, snapshot, transaction
from caseflow.models.cases import OPEN
from caseflow.people.permissions import SYSTEM
from tests.ground import newcomer, open_item, person, unit
from tests.journeys.kit import Journey

EVERY = timedelta(minutes=5)


@pytest.fixture
def well(guichi, session):
    """A case that waits to be rectified, with its messages delivered."""
    return guichi.time_passes(hours=1).does("first_response", outcome="simple").time_passes(hours=1)


def round_at(now) -> watchdog.News:
    """What the schedule does every five minutes."""
    with transaction():
        rounds = watchdog.claim(now)
    with snapshot():
        found = watchdog.examine(rounds, now)
    with transaction():
        news = watchdog.keep(rounds, found, now)
        return news


def standing() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(row.code, row.case_number) for row in db.session.scalars(
        select(StandingComplaint).where(StandingComplaint.cleared_at.is_(None)).order_by(StandingComplaint.id))]


def _twin(row, **changes):
    kept = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
    return type(row)(**{**kept, **changes})


def _timer(case_id: int) -> Timer:
    return db.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.status == "pending")).first()


def missing_timer(case):
    db.session.delete(_timer(case.id))
    case.next_due = case.next_try = None


def invisible_task(case):
    db.session.delete(open_item(case.id))


def orphan_work_item(case):
    db.session.add(_twin(open_item(case.id), token=999))


def old_outbox(case):
    db.session.execute(text("UPDATE outbox SET status = 'waiting'"))


def wrong_state_digest(case):
    db.session.get(ProcessInstance, case.id).state += b" "


def stuck_case(case):
    for table in ("timers", "awaited_messages"):
        db.session.execute(text(f"DELETE FROM {table} WHERE case_id = :case"), {"case": case.id})
    db.session.delete(open_item(case.id))
    case.next_due = case.next_try = None


def doubled_timer(case):
    db.session.add(_twin(_timer(case.id), token=999))


BREAKAGES = {  # what is planted → all that may be said of it
    missing_timer: {"missing_timer"},
    invisible_task: {"invisible_task"},
    orphan_work_item: {"orphan_work_item"},
    old_outbox: {"old_outbox"},
    wrong_state_digest: {"wrong_state_digest"},
    stuck_case: {"stuck_case", "invisible_task", "missing_timer"},       # what it waited for is gone, each by name
    doubled_timer: {"doubled_timer", "orphan_timer"},                    # the second of the two is nobody's
}


@pytest.mark.both_databases
@pytest.mark.parametrize("plant", BREAKAGES, ids=lambda plant: plant.__name__)
def test_each_breakage_is_found_in_the_next_round_and_nothing_else(well, app, clock, plant):
    Journey(app, clock, "guichi").bad_review().time_passes(minutes=20)      # somebody else's case, and it is well
    assert round_at(well.now).begun == ()
    with transaction() as session:
        case = session.get(Case, well.case_id)
        plant(case)
        number = case.number
    begun = round_at(well.now + EVERY).begun
    assert {row.code for row in begun} == BREAKAGES[plant]
    assert {row.case_number for row in begun} == {"" if plant is old_outbox else number}


def test_a_complaint_is_kept_once_for_as_long_as_it_lasts(well):
    round_at(well.now)
    with transaction() as session:
        item = open_item(well.case_id)
        item.status = "cancelled"
        item_id = item.id
    for minutes in (5, 10, 15):
        news = round_at(well.now + timedelta(minutes=minutes))
        assert len(news.begun) == (minutes == 5)
    row = db.session.scalars(select(StandingComplaint)).one()
    assert (row.first_seen, row.last_seen) == (well.now + EVERY, well.now + timedelta(minutes=15))
    with transaction() as session:
        session.get(WorkItem, item_id).status = "open"
    news = round_at(well.now + timedelta(minutes=20))
    assert [row.code for row in news.cleared] == ["invisible_task"] and standing() == []
    with transaction() as session:
        session.get(WorkItem, item_id).status = "cancelled"
    assert len(round_at(well.now + timedelta(minutes=25)).begun) == 1
    assert db.session.query(StandingComplaint).count() == 2


@pytest.mark.both_databases
def test_of_several_processes_one_makes_the_round(well):
    with transaction():
        assert watchdog.claim(well.now) == ("current", "history")
    for later in (timedelta(0), timedelta(minutes=4)):
        with transaction():
            assert watchdog.claim(well.now + later) == ()
    with transaction():
        assert watchdog.claim(well.now + EVERY) == ("current",)
    with transaction():
        assert watchdog.claim(well.now + timedelta(days=1)) == ("current", "history")


def test_what_a_round_did_not_look_for_is_not_cleared_by_it(well):
    for trigger in ("journal_no_update", "journal_no_delete"):
        db.session.execute(text(f"DROP TRIGGER {trigger}"))
    db.session.execute(text("UPDATE journal SET actor = 'x' WHERE kind = 'task_completed'"))
    db.session.commit()
    assert {row.code for row in round_at(well.now).begun} == {"broken_journal"}
    assert round_at(well.now + EVERY).cleared == ()
    assert {code for code, _ in standing()} == {"broken_journal"}


def test_a_flood_is_cut_and_not_taken_for_an_end(well, monkeypatch):
    monkeypatch.setattr(watchdog, "MOST", 3)
    with transaction() as session:
        session.add_all([_twin(open_item(well.case_id), token=token) for token in range(900, 905)])
    assert len(round_at(well.now).begun) == 3
    assert round_at(well.now + EVERY) == watchdog.News((), ())


def test_supervisors_see_what_is_about_their_cases_administrators_all_others_nothing(well, hainan):
    with transaction():
        orphan_work_item(db.session.get(Case, hainan.case_id))
        db.session.execute(text("UPDATE outbox SET status = 'waiting'"))
    round_at(well.now + timedelta(hours=1))
    assert sorted(code for code, _ in standing()) == ["old_outbox", "orphan_work_item"]

    def seen(actor):
        return sorted(row.code for row in watchdog.complaints_for(actor))
    assert seen(person("hainan.platform.supervisor")) == ["old_outbox", "orphan_work_item"]
    assert seen(person("guichi.bureau.supervisor")) == ["old_outbox"]
    assert seen(person("guichi.bureau.officer")) == []
    assert seen(newcomer("root", ("admin", unit("guichi", "bureau").id))) == ["old_outbox", "orphan_work_item"]


# --- what it costs ------------------------------------------------------------------------------------------------


def _statements(now) -> int:
    return len(_asked(lambda: list(doctor.rows_against_state(now))))


def test_open_cases_are_read_in_batches_not_one_by_one(well, app, clock, monkeypatch):
    for _ in range(5):
        Journey(app, clock, "guichi").bad_review()
    assert _statements(well.now) == 1 + 2 + 1       # cases, their items and timers; no more cases
    monkeypatch.setattr(doctor, "BATCH", 2)
    assert _statements(well.now) == 3 * (1 + 2) + 1


def test_the_states_of_one_batch_are_all_that_is_held(well, app, clock, monkeypatch):
    monkeypatch.setattr(doctor, "BATCH", 1)
    with transaction() as session:
        instance = session.get(ProcessInstance, well.case_id)
        instance.state = instance.state + b" " * 1_000_000
    for _ in range(7):
        Journey(app, clock, "guichi").bad_review()
        with transaction() as session:
            newest = session.scalars(select(ProcessInstance).order_by(ProcessInstance.case_id.desc())).first()
            newest.state = newest.state + b" " * 1_000_000
    db.session.remove()
    tracemalloc.start()
    try:
        codes = [complaint.code for complaint in doctor.rows_against_state(well.now)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert codes == ["wrong_state_digest"] * 8 and peak < 4_000_000


def test_the_open_cases_are_found_by_their_index(well):
    query = str(select(Case.id).where(OPEN, Case.id > 5).order_by(Case.id).limit(2).compile(
        db.engine, compile_kwargs={"literal_binds": True}))
    plan = " ".join(str(row) for row in db.session.execute(text("EXPLAIN QUERY PLAN " + query)))
    assert "ix_cases_open" in plan


def test_no_check_looks_through_all_that_is_open_once_for_each_case(well):
    """In the plans: what is asked for each row anew is found by the key of its case, not by its status."""
    for statement, parameters in _asked(lambda: [list(check(well.now)) for check in doctor.CURRENT]):
        explained = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        plan = [row[3] for row in explained]
        anew = [line for at, line in enumerate(plan) if any("CORRELATED" in before for before in plan[:at])]
        assert [line for line in anew if "status=?" in line and "case_id=?" not in line] == [], statement


def _asked(act) -> list[tuple]:
    """The SELECT statements of `act`, with their parameters."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))
    db.session.execute(text("SELECT 1"))    # the transaction has begun
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked


@pytest.mark.both_databases
def test_what_others_commit_meanwhile_is_no_complaint(well):
    """The doctor reads cases first and their work items later; the case moves on in between."""
    with snapshot():
        db.session.scalar(select(Case.id))
        _in_another_session(lambda: well.does("rectify"))
        assert doctor.examine(well.now) == []
    with snapshot():
        assert doctor.examine(well.now) == [] and journal_check.verify().broken == []


def _in_another_session(act):
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_the_system_may_not_be_asked_for_complaints(well):
    assert watchdog.complaints_for(SYSTEM) == []

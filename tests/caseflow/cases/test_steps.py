"""Opening a case and completing its tasks: who may, once only, all or nothing."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, text

from caseflow.cases import advance, fold, steps
from caseflow.cases.effects import registry
from caseflow.errors import (
    Conflict,
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    NotFound,
    PermissionDenied,
    RegulationExpired,
    TaskNotOpen,
    TokenReused,
)
from caseflow.law import regulations
from caseflow.models import Case, Draft, Rating, Submission, WorkItem, db, lock_case_row, transaction
from caseflow.ratings import rectification
from caseflow.work import tasks
from tests.ground import at_once, colleague, entries, newcomer, open_item, person, reached, rows

SIMPLE = {"outcome": "simple", "contact_channel": "phone", "findings": "窗口只开了一个，属实。"}
RESOLVED = {"outcome": "resolved", "feedback_channel": "phone", "measures": "当场补办。", "findings": "属实。"}


@pytest.fixture
def officer(guichi, session):
    return person("guichi.dept1.officer")


@pytest.fixture
def item(guichi, session):
    reached(guichi.case_id, "guichi.dept1.officer", guichi.now)
    return open_item(guichi.case_id).id


def complete(item, actor, values=SIMPLE, token="t1", now=None, *, clock=None, late_reason=""):
    with transaction():
        return steps.complete_task(item, actor, values, token, now or clock(), late_reason).id


# --- who may ------------------------------------------------------------------------------------------------------


def test_a_stranger_is_not_told_that_the_task_exists(item, clock):
    for stranger in ("hainan.platform.officer", "guichi.dept2.officer", "guichi.admin"):
        with pytest.raises(NotFound):
            complete(item, person(stranger), clock=clock)
    with pytest.raises(NotFound):
        complete(424242, person("guichi.dept1.officer"), clock=clock)


def test_somebody_who_sees_the_case_in_another_role_cannot_do_its_task(item, clock):
    before = rows()
    for onlooker in ("guichi.dept1.supervisor", "guichi.bureau.officer", "guichi.auditor"):
        with pytest.raises(PermissionDenied):
            complete(item, person(onlooker), clock=clock)
    assert rows() == before


def test_what_a_colleague_has_taken_cannot_be_completed_by_another(item, officer, clock, session):
    with transaction():
        tasks.claim(item, officer, clock())
    other = colleague(session.get(WorkItem, item))
    with pytest.raises(PermissionDenied):
        complete(item, other, clock=clock)
    complete(item, officer, clock=clock)


def test_whoever_lost_the_role_cannot_complete_what_they_had_taken(item, guichi, clock, session):
    taken = session.get(WorkItem, item)
    moved = newcomer("moved", (taken.role, taken.unit_id))
    with transaction():
        tasks.claim(item, moved, clock())
    with pytest.raises(PermissionDenied):
        complete(item, dataclasses.replace(moved, roles=frozenset({("supervisor", taken.unit_id)})), clock=clock)


# --- once only ----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_same_form_sent_twice_is_the_same_submission_and_writes_nothing_new(item, officer, clock):
    first = complete(item, officer, clock=clock)
    before = rows()
    clock.advance(minutes=1)
    assert complete(item, officer, clock=clock) == first
    assert rows() == before


@pytest.mark.parametrize("other", [{**SIMPLE, "contact_channel": "sms"}, {**SIMPLE, "contact_channel": "pigeon"}])
def test_the_same_token_with_other_content_is_refused(item, officer, clock, other):
    complete(item, officer, clock=clock)
    before = rows()
    with pytest.raises(TokenReused):
        complete(item, officer, other, clock=clock)
    assert rows() == before


@pytest.mark.parametrize("values", [SIMPLE, {}])
def test_another_form_after_the_completion_is_told_that_the_task_is_done(item, officer, clock, values):
    complete(item, officer, clock=clock)
    before = rows()
    with pytest.raises(TaskNotOpen):
        complete(item, officer, values, token="t2", clock=clock)
    assert rows() == before


def test_a_token_is_worth_nothing_in_another_person_s_hand(item, officer, clock, session):
    other = colleague(session.get(WorkItem, item))
    complete(item, officer, clock=clock)
    with pytest.raises(TaskNotOpen):
        complete(item, other, clock=clock)


def test_a_withdrawn_task_cannot_be_completed(guichi, item, officer, clock):
    guichi.message("appeal_upheld")
    with pytest.raises(TaskNotOpen):
        complete(item, officer, clock=clock)


@pytest.mark.both_databases
def test_two_who_complete_the_same_task_at_once_leave_one_submission(app, item, guichi, officer, clock, session):
    other = colleague(session.get(WorkItem, item))
    session.rollback()
    ends = at_once(app, lambda: complete(item, officer, clock=clock),
                   lambda: complete(item, other, token="t2", clock=clock))
    losers = [end for end in ends if not isinstance(end, int)]
    assert len(losers) == 1 and isinstance(losers[0], Conflict), ends
    session.rollback()
    assert [s.id for s in session.scalars(select(Submission))] == [end for end in ends if isinstance(end, int)]
    assert (guichi.open_tasks(), len(entries(guichi.case_id, "task_completed"))) == (["rectify"], 1)
    guichi.healthy()


@pytest.mark.both_databases
def test_one_who_clicks_twice_at_once_gets_one_submission_twice(app, item, officer, clock, session):
    session.rollback()
    first, second = at_once(app, *[lambda: complete(item, officer, clock=clock)] * 2)
    assert first == second and isinstance(first, int)


# --- what is filled in --------------------------------------------------------------------------------------------


def test_a_wrong_form_names_each_field_and_stores_nothing(item, officer, clock):
    before = rows()
    wrong = {"outcome": "simple", "contact_channel": "pigeon", "findings": "长" * 2001}
    with pytest.raises(InvalidForm) as refused:
        complete(item, officer, wrong, clock=clock)
    assert refused.value.fields == {"contact_channel": "not_a_choice", "findings": "too_long"}
    assert rows() == before


def test_fields_that_are_hidden_or_not_of_the_form_are_left_out(item, officer, clock, session):
    sent = {**RESOLVED, "contact_channel": "phone", "level": "satisfied", "_secret": 1}
    stored = session.get(Submission, complete(item, officer, sent, clock=clock))
    assert orjson.loads(stored.form_values) == RESOLVED


def test_the_journal_says_what_was_decided_and_not_what_was_written(item, guichi, officer, clock):
    complete(item, officer, clock=clock)
    entry, = entries(guichi.case_id, "task_completed")
    details = orjson.loads(entry.details)
    assert details["answers"] == {"outcome": "simple", "contact_channel": "phone"}
    assert (details["late"], entry.actor) == (False, officer.name) and SIMPLE["findings"] not in entry.details


def test_who_completes_a_late_task_says_why_and_it_is_kept(item, guichi, officer):
    guichi.time_passes(days=5)
    before = rows()
    for reason, code in ((" ", "required"), ("长" * 201, "too_long")):
        with pytest.raises(LateReasonMissing) as refused:
            complete(item, officer, clock=guichi.clock, late_reason=reason)
        assert refused.value.fields == {"late_reason": code}
    assert rows() == before
    complete(item, officer, clock=guichi.clock, late_reason=" 等待评价人回电 ")
    details = orjson.loads(entries(guichi.case_id, "task_completed")[0].details)
    assert (details["late"], details["late_reason"]) == (True, "等待评价人回电")


@pytest.mark.parametrize("fraction", [0, 0.5, 0.999999])
def test_the_last_second_of_the_limit_is_still_in_time(item, guichi, officer, clock, session, fraction):
    clock.set(session.get(WorkItem, item).due_at + timedelta(seconds=fraction))
    complete(item, officer, clock=clock)
    assert orjson.loads(entries(guichi.case_id, "task_completed")[0].details)["late"] is False


def test_at_completion_the_draft_is_dropped_and_a_colleague_s_is_left_to_be_copied(item, officer, clock, session):
    slower = colleague(session.get(WorkItem, item))
    for actor in (officer, slower):
        with transaction():
            tasks.save_draft(item, actor, {"findings": "写了一半"}, clock())
    assert rows()["drafts"] == 2
    complete(item, officer, clock=clock)
    assert session.scalars(select(Draft.user_id)).all() == [slower.user_id]


@pytest.mark.both_databases
def test_an_effect_that_fails_leaves_nothing_written(guichi, session, monkeypatch):
    def fails(occasion):
        raise OSError("broken")

    guichi.does("first_response", outcome="simple")
    monkeypatch.setattr(registry, "EFFECTS", {**registry.EFFECTS, "escalate": registry.Effect(fails)})
    before = rows()
    guichi.clock.advance(days=30)
    with pytest.raises(OSError), transaction():
        steps.fire_due(guichi.case_id, guichi.now)
    assert rows() == before
    monkeypatch.undo()
    monkeypatch.setattr(fold, "_summary", fails)
    with pytest.raises((OSError, TypeError)):
        guichi.does("rectify")
    assert rows() == before


# --- opening ------------------------------------------------------------------------------------------------------


def test_a_rating_has_one_case(guichi, session, clock):
    before = rows()
    with pytest.raises(InvalidInput, match="case already"), transaction():
        rectification.open_case(session.get(Case, guichi.case_id).rating, clock())
    assert rows() == before


def test_past_its_validity_a_regulation_that_refuses_opens_no_case(guichi, session, clock, monkeypatch):
    over = dataclasses.replace(guichi.regulation, valid_to=clock().date().replace(day=1), after_expiry="refuse")
    rating = _second_rating(session)
    monkeypatch.setattr(regulations, "get", lambda key: over)
    with pytest.raises(RegulationExpired), transaction():
        rectification.open_case(rating, clock())
    monkeypatch.setattr(regulations, "get", lambda key: dataclasses.replace(over, after_expiry="continue"))
    with transaction():
        case = rectification.open_case(rating, clock())
        assert case.after_expiry and orjson.loads(entries(case.id, "case_opened")[0].details)["after_expiry"]


def test_the_last_day_of_its_validity_belongs_to_a_regulation(guichi, session, clock, monkeypatch):
    today = dataclasses.replace(guichi.regulation, valid_to=clock().date(), after_expiry="refuse")
    rating = _second_rating(session)
    monkeypatch.setattr(regulations, "get", lambda key: today)
    clock.set(clock().replace(hour=15, minute=59))          # 23:59 in Shanghai
    with transaction():
        assert not rectification.open_case(rating, clock()).after_expiry
    clock.advance(minutes=1)
    with pytest.raises(RegulationExpired), transaction():
        rectification.open_case(_second_rating(session), clock())


def _second_rating(session) -> Rating:
    """Another bad rating of the same office, without a case."""
    first = session.scalars(select(Rating).order_by(Rating.id)).first()
    with transaction():
        return _copy(session, first)


def _copy(session, first: Rating) -> Rating:
    service, rating = (
        type(row)(**{c.key: getattr(row, c.key) for c in row.__table__.columns if c.key != "id"})
        for row in (first.service, first))
    number = session.query(Rating).count() + 1
    service.project_no, service.service_number = f"copy-{number}", number
    rating.service = service
    session.add(rating)
    session.flush()
    return rating


@pytest.mark.both_databases
def test_file_numbers_have_no_gaps_and_no_doubles_when_opened_at_once(app, guichi, session, clock):
    waiting = [_second_rating(session).id for _ in range(6)]
    session.rollback()

    def open_three(ids):
        for rating_id in ids:
            with transaction():
                rectification.open_case(db.session.get(Rating, rating_id), clock())
        return "opened"

    assert at_once(app, lambda: open_three(waiting[:3]), lambda: open_three(waiting[3:])) == ["opened", "opened"]
    session.rollback()
    assert list(session.scalars(select(Case.number).order_by(Case.number))) == [
        f"GC-2026-{number:06d}" for number in range(1, 8)]


def test_an_opening_that_fails_gives_its_number_back(guichi, session, clock, monkeypatch):
    rating = _second_rating(session)
    monkeypatch.setattr(advance, "record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction():
        rectification.open_case(rating, clock())
    monkeypatch.undo()
    with transaction():
        assert rectification.open_case(rating, clock()).number == "GC-2026-000002"


def test_each_year_begins_with_number_one(guichi, session, clock):
    rating = _second_rating(session)
    clock.set(clock().replace(year=2026, month=12, day=31, hour=16))       # New Year in Shanghai
    with transaction():
        assert rectification.open_case(rating, clock()).number == "GC-2027-000001"


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_waited_for_a_case_gets_the_state_it_is_in_by_then(app, database, guichi, session):
    session.rollback()
    locked, other_is_done = threading.Event(), threading.Event()

    def move_on():
        with transaction():
            lock_case_row(guichi.case_id).instance.state = b"newer"
            locked.set()
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks "
                         "JOIN pg_database ON pg_database.oid = database WHERE datname = current_database())")
            while not db.session.scalar(waits):
                assert not other_is_done.is_set(), "nobody waited for the case"

    def wait_for_it():
        try:
            assert locked.wait(60)
            with transaction():
                return lock_case_row(guichi.case_id).instance.state
        finally:
            other_is_done.set()

    assert at_once(app, move_on, wait_for_it)[1] == b"newer"

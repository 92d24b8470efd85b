"""The doctor finds nothing where nothing is wrong, and names each thing that is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from caseflow.engine import definition as engine
from caseflow.health import doctor
from caseflow.law import regulations
from caseflow.models import (
    AppliedEffect,
    Case,
    OutboxMessage,
    ProcessInstance,
    Timer,
    TimerFiring,
    WorkItem,
    db,
    transaction,
)
from tests.caseflow.proof.test_effects import drawn, hidden
from tests.ground import open_item
from web.sentences.complaints import sentence

get = regulations.get
TRIGGERS = ("journal_no_update", "journal_no_delete")


@pytest.fixture
def well(guichi, session):
    """A case that was late once and now waits to be rectified, and one that ended."""
    guichi.time_passes(days=3)
    guichi.does("first_response", outcome="simple")
    assert doctor.examine(guichi.now) == []
    return guichi


@pytest.fixture
def ended(well):
    return well.does("rectify").does("revisit", revisit_result="satisfied").healthy()


def found(journey, now=None) -> set[str]:
    """The codes of what the doctor complains about; each names the case, unless it is not about one."""
    db.session.rollback()
    complaints = doctor.examine(now or journey.now)
    named = {complaint.case for complaint in complaints}
    assert named <= {journey.case().number, ""}
    assert all(sentence(complaint.code, complaint.facts) for complaint in complaints)
    return {complaint.code for complaint in complaints}


def pending(journey) -> Timer:
    """The earliest timer the case waits for."""
    query = db.session.query(Timer).filter_by(case_id=journey.case_id, status="pending")
    return query.order_by(Timer.due_at).first()


def copy_of(row, **changes):
    kept = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
    return type(row)(**{**kept, **changes})


def plant(statement: str, **values: object) -> None:
    with transaction() as session:
        session.execute(text(statement), values)


@pytest.mark.both_databases
def test_a_case_in_work_and_a_case_that_ended_are_healthy(well):
    well.healthy().does("rectify").healthy().does("revisit", revisit_result="satisfied").healthy()


def test_a_timer_whose_row_is_gone_would_never_fire(well):
    with transaction() as session:
        session.delete(pending(well))
        case = session.get(Case, well.case_id)
        case.next_due = case.next_try = None
    assert found(well) == {"missing_timer"}


def test_a_task_whose_work_item_is_gone_would_be_seen_by_nobody(well):
    with transaction() as session:
        session.delete(open_item(well.case_id))
    assert found(well) == {"invisible_task"}


def test_a_work_item_that_is_no_ready_task_is_an_orphan(well):
    with transaction() as session:
        session.add(copy_of(open_item(well.case_id), token=999))
    assert found(well) == {"orphan_work_item"}


def test_a_timer_nobody_waits_for_is_an_orphan(well):
    with transaction() as session:
        session.add(copy_of(pending(well), token=999, element="other"))
    assert found(well) == {"orphan_timer"}


def test_a_timer_that_stands_twice_is_doubled(well):
    with transaction() as session:
        session.add(copy_of(pending(well), token=999))
    assert found(well) == {"doubled_timer", "orphan_timer"}      # one of the two is the engine's, the other nobody's


def test_a_state_that_was_changed_does_not_match_its_digest(well):
    with transaction() as session:
        session.get(ProcessInstance, well.case_id).state += b" "
    assert found(well) == {"wrong_state_digest"}


@pytest.mark.parametrize("state", [b"", b"{}", b"[]", b"\xff", b"null"])
def test_a_state_the_engine_cannot_read_is_reported_and_the_reading_goes_on(well, state):
    with transaction() as session:
        instance = session.get(ProcessInstance, well.case_id)
        instance.state, instance.state_digest = state, sha256(state).hexdigest()
    assert found(well) == {"unreadable_state"}


def test_a_definition_whose_files_are_not_the_deployed_ones_is_reported(well):
    engine._kept.clear()
    plant("DROP TRIGGER definitions_no_update")
    plant("UPDATE definitions SET files = replace(files, '立行立改', '立行再改')")
    assert found(well) == {"unreadable_state"}
    engine._kept.clear()


def test_messages_that_wait_for_more_than_ten_minutes_are_old(well):
    plant("UPDATE outbox SET status = 'waiting'")
    newest = max(message.created_at for message in db.session.query(OutboxMessage))
    plant("UPDATE outbox SET created_at = (SELECT max(created_at) FROM outbox)")
    assert found(well, newest + timedelta(minutes=10)) == set()
    assert found(well, newest + timedelta(minutes=10, seconds=1)) == {"old_outbox"}


def test_a_parameter_that_a_rule_of_a_form_counts_by_and_that_is_gone_is_found(well, monkeypatch):
    qijiang = regulations.get("qijiang")
    left = {key: one for key, one in qijiang.parameters.items() if key != "promise_longest"}
    fewer = replace(qijiang, parameters=left)
    monkeypatch.setattr(regulations, "get", lambda key: fewer if key == "qijiang" else get(key))
    (complaint,) = doctor.examine(well.now)
    assert (complaint.code, complaint.subject) == ("missing_parameter", "qijiang_rectification/first_response")
    assert "promise_longest" in sentence(complaint.code, complaint.facts)


def test_a_process_that_no_rule_watches_is_found(well, monkeypatch):
    hefei = regulations.get("hefei")
    monkeypatch.setattr(regulations, "get", lambda key: replace(hefei, rules={}) if key == "hefei" else get(key))
    (complaint,) = doctor.examine(well.now)
    assert (complaint.code, complaint.subject) == ("no_rules", "hefei_rectification")
    assert "[[rules.rectification]]" in sentence(complaint.code, complaint.facts)


def test_words_of_the_law_that_nobody_watches_are_found(well, monkeypatch):
    places = dict(regulations.all_regulations())
    places["hefei"] = replace(places["hefei"], unwatched=())
    monkeypatch.setattr(regulations, "all_regulations", lambda: places)
    (complaint,) = doctor.examine(well.now)
    assert (complaint.code, complaint.subject) == ("unwatched_words", "hefei/HF-15/0")
    assert "HF-15“做好“差评”回访整改情况记录”：这句话没有规则守住" in sentence(complaint.code, complaint.facts)


def test_a_power_that_no_article_gives_is_found(well, monkeypatch):
    guichi = regulations.get("guichi")
    wide = replace(guichi, extension=replace(guichi.extension, by="lead"))
    monkeypatch.setattr(regulations, "get", lambda key: wide if key == "guichi" else get(key))
    complaints = doctor.examine(well.now)
    assert {complaint.code for complaint in complaints} == {"beyond_law"}
    told = {complaint.subject: sentence(complaint.code, json.loads(json.dumps(complaint.facts)))
            for complaint in complaints}
    assert len(told) == 5 and "guichi_rectification/rectify/limit_extended" in told
    assert all(one.startswith("guichi_rectification，GC-2(二)：“") and "[extension]" in one for one in told.values())


def test_a_process_whose_effect_would_stop_a_case_is_found(well, monkeypatch):
    stopping = drawn(hidden("hainan", "rectification", "revisit", "newest_level"))
    by_digest = doctor.deployed.by_digest
    monkeypatch.setattr(doctor.deployed, "by_digest", lambda digest: (
        stopping if by_digest(digest).process_id == "hainan_rectification" else by_digest(digest)))
    complaints = doctor.examine(well.now)
    assert {(complaint.code, complaint.subject) for complaint in complaints} == {
        ("effect_stops", f"hainan_rectification/{element}/effect_value_missing")
        for element in ("record_newest_rating", "replace_rating")}
    assert all("newest_level" in sentence(complaint.code, complaint.facts) for complaint in complaints)


def test_a_timer_that_fired_early_is_found(well):
    with transaction() as session:
        firing = session.query(TimerFiring).one()
        early = firing.due_at - timedelta(seconds=1)
    plant("DROP TRIGGER timer_firings_no_update")
    with transaction() as session:
        session.query(TimerFiring).one().fired_at = early
    assert found(well) == {"fired_early"}


def test_a_firing_without_its_record_is_found(well):
    plant("DROP TRIGGER timer_firings_no_delete")
    plant("DELETE FROM timer_firings")
    assert found(well) == {"firing_not_logged"}


@pytest.mark.parametrize("column", ["next_due", "next_try"])
def test_a_timer_the_scheduler_does_not_look_for_is_found(well, column):
    plant(f"UPDATE cases SET {column} = NULL")
    assert found(well) == {"unscheduled_timer"}


def test_a_timer_the_scheduler_looks_for_too_late_is_found(well):
    with transaction() as session:
        session.get(Case, well.case_id).next_due += timedelta(hours=1)
    assert found(well) == {"unscheduled_timer"}


def test_a_case_that_nothing_will_move_is_stuck(ended):
    plant("UPDATE cases SET status = 'open', next_due = NULL, next_try = NULL")
    assert found(ended) == {"stuck_case"}


@pytest.mark.parametrize("outcome", ["closed_resolved", None])
def test_a_case_that_was_closed_without_its_revisit_is_found(ended, outcome):
    with transaction() as session:
        session.query(WorkItem).filter_by(element="revisit").one().element = "visit"
        session.get(Case, ended.case_id).outcome = outcome
    assert found(ended) == {"closed_without_revisit"}


def test_a_voided_rating_needs_no_revisit(well):
    well.message("appeal_upheld").closed_as("rating_voided")


def test_what_an_ended_case_left_open_is_found(ended):
    with transaction() as session:
        session.query(WorkItem).filter_by(element="rectify").one().status = "open"
    assert found(ended) == {"orphan_work_item"}
    plant("UPDATE work_items SET status = 'completed'")
    plant("UPDATE timers SET status = 'pending' WHERE status = 'cancelled' AND element = 'revisit_due'")
    assert found(ended) == {"orphan_timer"}


def test_a_case_that_was_returned_twice_is_found(well):
    for token in (901, 902):
        assert found(well) == set()
        with transaction() as session:
            session.add(AppliedEffect(case_id=well.case_id, token=token, topic="return_for_rehandling",
                                      applied_at=well.now))
    assert found(well) == {"returned_twice"}


def test_a_bad_rating_without_a_case_is_found(well):
    plant("UPDATE cases SET kind = 'other'")
    assert found(well) == {"rating_without_case"}


@pytest.mark.parametrize("change", [
    "UPDATE journal SET details = replace(details, 'simple', 'resolved') WHERE kind = 'task_completed'",
    "DELETE FROM journal WHERE kind = 'timer_fired'",
    "DELETE FROM journal WHERE stream <> 'system'",
])
def test_a_journal_that_was_edited_is_found(well, change):
    for trigger in TRIGGERS:
        plant(f"DROP TRIGGER {trigger}")
    plant(change)
    assert found(well) == {"broken_journal"}


def test_a_parked_case_is_not_counted_as_stuck(ended):
    plant("UPDATE cases SET status = 'open', next_due = NULL, next_try = NULL, incident = 1")
    assert found(ended) == set()

"""/metrics: for a token only, and the figures are those of the tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from caseflow.cases import incidents
from caseflow.errors import ConfigurationError, StepFailed
from caseflow.health import figures
from caseflow.models import StepTime, db, transaction
from scheduler import jobs, side_jobs
from tests.ground import at_once
from tests.journeys.kit import Journey
from tests.web.desk import desk_of
from tests.web.ground import shell
from web.app import config, step_times

TOKEN = "m" * 24


@pytest.fixture
def measured(installed, database_url, clock, tmp_path):
    """The application with a token for the monitoring, and a bad review in Guichi."""
    app = shell(database_url, clock, tmp_path, metrics_token=TOKEN)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield Journey(app, clock, "guichi").bad_review()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def scrape(journey) -> dict[str, float]:
    """Every figure by its name, with its labels' values in brackets, the bound of a bucket last."""
    answer = journey.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return {"".join([s.name, *(f"[{s.labels[name]}]" for name in sorted(s.labels, key="le".__eq__))]): s.value
            for s in samples}


# --- who may ask --------------------------------------------------------------------------------------------------


def test_without_a_token_in_the_settings_there_is_no_such_page(database_url, clock, tmp_path):
    browser = shell(database_url, clock, tmp_path).test_client()
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert browser.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}m",
                                   f"Basic {TOKEN}", TOKEN, "Bearer 数据"])
def test_another_token_is_refused(database_url, clock, tmp_path, given):
    browser = shell(database_url, clock, tmp_path, metrics_token=TOKEN).test_client()
    headers = {} if given is None else {"Authorization": given.encode().decode("latin-1")}
    answer = browser.get("/metrics", headers=headers)
    assert answer.status_code == 401 and "caseflow" not in answer.text


def test_the_token_does_not_travel_in_the_address(database_url, clock, tmp_path):
    browser = shell(database_url, clock, tmp_path, metrics_token=TOKEN).test_client()
    assert browser.get(f"/metrics?token={TOKEN}").status_code == 401


def test_a_token_that_is_easy_to_guess_stops_the_start(tmp_path):
    with pytest.raises(ConfigurationError, match="CASEFLOW_METRICS_TOKEN"):
        config.load({"CASEFLOW_INSTANCE": str(tmp_path), "CASEFLOW_METRICS_TOKEN": "short"})


def test_the_token_is_not_shown_where_settings_are_printed(tmp_path):
    assert TOKEN not in repr(config.load({"CASEFLOW_INSTANCE": str(tmp_path), "CASEFLOW_METRICS_TOKEN": TOKEN}))


# --- what it says -------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_quiet_installation(measured):
    found = scrape(measured)
    assert found["caseflow_cases_open[guichi]"] == 1
    for name in ("incidents_open", "tasks_overdue", "timers_fired_recently", "timer_lag_seconds_max",
                 "timer_overdue_seconds", "schedulers_alive"):
        assert found[f"caseflow_{name}"] == 0, name
    assert "caseflow_scheduler_heartbeat_seconds" not in found


@pytest.mark.both_databases
def test_the_lag_is_fired_minus_due_of_the_last_five_minutes(measured, clock):
    with measured.app.app_context():
        due = measured.due_at("first_response")
        clock.set(due + timedelta(seconds=90))
        assert scrape(measured)["caseflow_timer_overdue_seconds"] == 90
        jobs.fire_due_cases()
    found = scrape(measured)
    assert (found["caseflow_timer_lag_seconds_max"], found["caseflow_timer_lag_seconds_mean"]) == (90, 90)
    assert found["caseflow_timers_fired_recently"] == 1 and found["caseflow_tasks_overdue"] == 1
    assert found["caseflow_timer_overdue_seconds"] == 0
    clock.advance(minutes=5)
    assert scrape(measured)["caseflow_timers_fired_recently"] == 0


@pytest.mark.both_databases
def test_the_oldest_waiting_message_ages_until_it_is_sent(measured, clock):
    clock.advance(seconds=40)
    found = scrape(measured)
    assert found["caseflow_outbox_oldest_seconds"] == 40 and found["caseflow_outbox_waiting"] > 0
    with measured.app.app_context():
        side_jobs.deliver_notices()
    assert scrape(measured)["caseflow_outbox_oldest_seconds"] == scrape(measured)["caseflow_outbox_waiting"] == 0


def test_incidents_and_complaints_are_counted(measured):
    with measured.app.app_context():
        for _ in range(5):
            with transaction():
                incidents.record_failure(measured.case_id, StepFailed("没有路"), measured.now)
        with transaction() as session:
            session.execute(text("DELETE FROM work_items"))
        side_jobs.watch()
    found = scrape(measured)
    assert found["caseflow_incidents_open"] == 1 and found["caseflow_complaints[invisible_task]"] == 1
    assert found["caseflow_checkup_seconds[current]"] == found["caseflow_checkup_seconds[history]"] == 0


def test_a_scheduler_that_stops_beating_is_seen(measured, clock):
    with measured.app.app_context():
        jobs.beat()
    assert scrape(measured)["caseflow_schedulers_alive"] == 1
    clock.advance(seconds=61)
    found = scrape(measured)
    assert (found["caseflow_schedulers_alive"], found["caseflow_scheduler_heartbeat_seconds"]) == (0, 61)


def test_no_case_and_no_person_is_named(measured):
    with measured.app.app_context():
        side_jobs.watch()
    answer = measured.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert measured.case().number not in answer.text and "卫建国" not in answer.text


# --- step times ---------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_steps_at_the_screens_and_in_the_scheduler_are_timed(measured, clock):
    desk, item = desk_of(measured, "first_response")
    answers = {"outcome": "simple", "contact_channel": "phone", "findings": "已电话联系，情况属实。"}
    assert desk.submits(item, answers).status_code == 302
    measured.clock.advance(days=30)
    with measured.app.app_context():
        assert jobs.fire_due_cases() == 1
    found = scrape(measured)
    for operation in ("complete_task", "fire_due"):     # that nothing was due the second time is no step
        assert found[f"caseflow_step_seconds_count[{operation}]"] == 1
        assert found[f"caseflow_step_seconds_bucket[{operation}][+Inf]"] == 1
        assert found[f"caseflow_step_seconds_sum[{operation}]"] > 0


@pytest.mark.both_databases
def test_the_counts_of_several_processes_add_up(measured, database_url, clock, tmp_path):
    other = shell(database_url, clock, tmp_path, metrics_token=TOKEN)
    for app, seconds in ((measured.app, (0.004, 0.2)), (other, (0.2, 60.0))):
        with app.app_context():
            for second in seconds:
                step_times._counts().observe("complete_task", second)
            step_times.add()
    found = scrape(measured)
    below = {bound: found[f"caseflow_step_seconds_bucket[complete_task][{bound}]"]
             for bound in ("0.005", "0.1", "0.25", "10.0", "+Inf")}
    assert below == {"0.005": 1, "0.1": 1, "0.25": 3, "10.0": 3, "+Inf": 4}
    assert found["caseflow_step_seconds_sum[complete_task]"] == pytest.approx(60.404)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_what_cannot_be_added_is_kept_for_the_next_time(measured, monkeypatch):
    def refuse(_):
        raise RuntimeError("the disk is full")
    with measured.app.app_context():
        step_times._counts().observe("fire_due", 0.001)
        monkeypatch.setattr(figures, "add_step_times", refuse)
        step_times.add()
        step_times._counts().observe("fire_due", 0.001)
        monkeypatch.undo()
        step_times.add()
        assert db.session.get(StepTime, ("fire_due", 5)).count == 2


def test_threads_lose_no_count(measured):
    def observe():
        for _ in range(500):
            step_times._counts().observe("fire_due", 0.001)
    at_once(measured.app, *[observe] * 4)
    with measured.app.app_context():
        step_times.add()
        assert db.session.get(StepTime, ("fire_due", 5)).count == 2000


def test_without_a_token_nothing_is_timed(guichi):
    with guichi.app.app_context():
        with step_times.measured("fire_due"):
            pass
        step_times.add()
        assert db.session.query(StepTime).count() == 0

"""A case that cannot be moved: it waits longer each time, is parked at the fifth failure, and let go again."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from caseflow.cases import incidents, steps
from caseflow.errors import NotFound, PermissionDenied, StepFailed
from caseflow.models import Case, Incident, db, transaction
from caseflow.work import worklist
from tests.ground import entries, newcomer, person, unit


def fail(journey, times=1, error=None):
    for _ in range(times):
        with transaction():
            incidents.record_failure(journey.case_id, error or StepFailed("没有路", element="x"), journey.now)


@pytest.fixture
def parked(guichi, session):
    fail(guichi, 5)
    return session.query(Incident).one().id


def test_each_failure_makes_the_case_wait_twice_as_long(guichi, session):
    pauses = []
    for _ in range(4):
        fail(guichi)
        pauses.append(session.get(Case, guichi.case_id).next_try - guichi.now)
    assert pauses == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert session.query(Incident).count() == 0 and not session.get(Case, guichi.case_id).incident


def test_the_fifth_failure_parks_the_case_for_people_to_see(guichi, session, parked):
    case, incident = session.get(Case, guichi.case_id), session.get(Incident, parked)
    assert (case.incident, case.next_try, case.attempts) == (True, None, 5)
    assert (incident.kind, incident.detail, incident.raised_at) == ("step_failed", "没有路", guichi.now)
    entry, = entries(guichi.case_id, "incident_raised")
    assert orjson.loads(entry.details) == {"kind": "step_failed", "attempts": 5}
    assert worklist.counts(person("guichi.bureau.supervisor"), guichi.now)["incidents"] == 1
    assert worklist.counts(person("hainan.platform.supervisor"), guichi.now)["incidents"] == 0
    guichi.healthy()


def test_a_parked_case_is_left_alone_by_the_scheduler(guichi, session, parked):
    guichi.clock.advance(days=30)
    assert steps.due_cases(guichi.now) == []


def test_a_step_that_succeeds_forgets_the_failures_before(guichi, session):
    fail(guichi, 4)
    guichi.time_passes(days=10)
    case = session.get(Case, guichi.case_id)
    assert (case.attempts, case.next_try) == (0, case.next_due)


def test_an_incident_does_not_quote_the_row_that_the_database_refused(guichi, session):
    fail(guichi, 5, ValueError("null value in a column\nDETAIL: Failing row contains (卫建国, 13900009029)"))
    incident = session.query(Incident).one()
    assert (incident.kind, incident.detail) == ("ValueError", "null value in a column")


@pytest.mark.both_databases
def test_the_name_of_an_error_may_be_long(guichi, session):
    fail(guichi, 5, type("E" * 60, (Exception,), {})("x"))
    assert session.query(Incident).one().kind == "E" * 32


@pytest.mark.parametrize("username", ["guichi.bureau.supervisor", "guichi.dept1.supervisor", "guichi.admin"])
def test_supervisors_and_administrators_let_a_parked_case_go_again(guichi, session, parked, username):
    guichi.clock.advance(days=10)
    actor = person(username)
    with transaction():
        incidents.resolve_incident(parked, actor, guichi.now)
    case, incident = session.get(Case, guichi.case_id), session.get(Incident, parked)
    assert (case.incident, case.attempts, case.next_try) == (False, 0, case.next_due)
    assert (incident.resolved_at, incident.resolved_by) == (guichi.now, actor.user_id)
    assert entries(guichi.case_id, "incident_resolved")[0].actor_id == actor.user_id
    assert steps.due_cases(guichi.now) == [case.id]


@pytest.mark.parametrize(("username", "refusal"), [
    ("guichi.dept1.officer", PermissionDenied), ("guichi.auditor", PermissionDenied),
    ("guichi.dept2.supervisor", NotFound), ("hainan.platform.supervisor", NotFound),
    ("hainan.admin", NotFound)])
def test_nobody_else_may(guichi, session, parked, username, refusal):
    with pytest.raises(refusal), transaction():
        incidents.resolve_incident(parked, person(username), guichi.now)
    assert session.get(Case, guichi.case_id).incident
    with pytest.raises(NotFound), transaction():
        incidents.resolve_incident(424242, person("guichi.admin"), guichi.now)


def test_a_supervisor_of_the_government_above_may_too(guichi, session, parked):
    mayor = newcomer("mayor", ("supervisor", unit("guichi", "government").id))
    with transaction():
        assert not incidents.resolve_incident(parked, mayor, guichi.now).incident


def test_resolving_twice_is_recorded_once(guichi, session, parked):
    for username in ("guichi.bureau.supervisor", "guichi.dept1.supervisor"):
        with transaction():
            incidents.resolve_incident(parked, person(username), guichi.now)
    assert len(entries(guichi.case_id, "incident_resolved")) == 1
    assert db.session.get(Incident, parked).resolved_by == person("guichi.bureau.supervisor").user_id

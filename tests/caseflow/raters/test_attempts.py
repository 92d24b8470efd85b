"""Attempts to reach the rater are logged, and only the log makes a rater unreachable."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from caseflow.casefile import readings
from caseflow.cases import steps
from caseflow.errors import InvalidForm, InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, ContactAttempt, Rating, db, transaction
from caseflow.raters import attempts, reaching, unreachable
from tests.ground import at_once, entries, open_item, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
IN_VAIN = {"revisit_result": "unreachable", "unreachable_reason": "no_answer", "attempts": 3}


@pytest.fixture
def guichi(installed, app, clock, session):
    return Journey(app, clock, "guichi").bad_review().does("first_response", outcome="resolved")


@pytest.fixture
def reviser(guichi):
    """The officer of the bureau, whose revisit is open."""
    return person("guichi.bureau.officer")


def log(guichi, actor, result="no_answer", **changed):
    facts = {"tried_at": guichi.now, "channel": "telephone", "note": "", "form_token": uuid4().hex, "now": guichi.now}
    with transaction():
        return attempts.log(guichi.case_id, actor, result=result, **(facts | changed)).id


def answer(guichi, actor, **answers):
    with transaction():
        steps.complete_task(open_item(guichi.case_id).id, actor, answers, uuid4().hex, guichi.now)


def refused(guichi, actor, **answers):
    with pytest.raises(InvalidForm) as error:
        answer(guichi, actor, **answers)
    return error.value.fields


def offered(guichi):
    """The results of a revisit that its form offers now."""
    db.session.rollback()
    item = open_item(guichi.case_id)
    form = steps.task_of(item.id)[1].form
    offered = reaching.offered(form, unreachable.log_of(readings.of(item.case), item.opened_at))
    return [choice for choice, _ in reaching.asks(offered).choices] if reaching.asks(offered) else []


def test_an_attempt_is_logged_and_its_note_is_not_in_the_journal(guichi, reviser):
    number = log(guichi, reviser, "other", note="家人接听，说人在外地", channel="visit")
    row, by = attempts.of_case(db.session.get(Case, guichi.case_id))[-1]
    assert (row.id, row.note, by) == (number, "家人接听，说人在外地", reviser.name)
    details = json.loads(entries(guichi.case_id, "contact_attempted")[-1].details)
    assert details == {"attempt": number, "channel": "visit", "result": "other", "at": guichi.now.isoformat()}
    guichi.healthy()


def test_three_attempts_on_two_days_make_a_rater_unreachable(guichi, reviser):
    for days in (0, 0, 1):
        assert "unreachable" not in offered(guichi)
        guichi.time_passes(days=days)
        log(guichi, reviser)
    assert "unreachable" in offered(guichi)
    answer(guichi, reviser, **IN_VAIN)
    guichi.closed_as("closed_unreachable")


def test_too_few_attempts_are_refused_by_the_operation_too(guichi, reviser):
    assert refused(guichi, reviser, **IN_VAIN) == {
        "revisit_result": "unreachable_yet", "unreachable_reason": "unreachable_yet", "attempts": "not_logged"}
    for _ in range(3):
        log(guichi, reviser)
    assert refused(guichi, reviser, **IN_VAIN) == {
        "revisit_result": "unreachable_yet", "unreachable_reason": "unreachable_yet"}, "all on one day"


def test_attempts_before_the_task_was_opened_do_not_count(installed, app, clock, session):
    case = Journey(app, clock, "guichi").bad_review().time_passes(hours=2).does("first_response", outcome="resolved")
    case.time_passes(days=2)
    reviser, opened = person("guichi.bureau.officer"), open_item(case.case_id).opened_at
    for earlier in (timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1)):
        log(case, reviser, tried_at=opened - earlier)
    for later in (timedelta(), timedelta(days=1)):
        log(case, reviser, tried_at=opened + later)
    assert "unreachable" not in offered(case)
    log(case, reviser, tried_at=opened + timedelta(days=2))
    assert "unreachable" in offered(case)


@pytest.fixture
def handled(installed, app, clock, session):
    """A case that waits for its first response, and the officer whose it is."""
    case = Journey(app, clock, "guichi").bad_review()
    return case, person("guichi.dept1.officer")


SIMPLE = {"outcome": "simple", "findings": "已核实，情况属实。"}


def test_one_call_is_one_contact_though_the_next_task_opens_in_its_minute(handled, clock):
    case, officer = handled
    log(case, officer, "reached")
    clock.advance(seconds=5)
    answer(case, officer, **SIMPLE, contact_channel="phone")
    clock.advance(seconds=5)
    rectified = {"measures": "已退费并道歉。", "feedback_channel": "phone"}
    assert refused(case, officer, **rectified) == {"feedback_channel": "not_contacted"}
    log(case, officer, "reached")
    answer(case, officer, **rectified)


def test_calls_in_vain_count_for_one_task_though_the_next_opens_in_their_minute(handled, clock):
    case, officer = handled
    for days in (0, 1, 0):
        clock.advance(days=days, seconds=5)
        log(case, officer)
    clock.advance(seconds=5)
    answer(case, officer, **SIMPLE, contact_channel="no_answer")
    clock.advance(days=1)
    log(case, officer)      # with the two of yesterday's last minute these were three on two days
    rectified = {"measures": "已退费并道歉。", "feedback_channel": "no_answer"}
    assert refused(case, officer, **rectified) == {"feedback_channel": "unreachable_yet"}


def test_whoever_was_reached_is_counted_anew_from_there(guichi, reviser):
    guichi.cannot_be_reached("revisit")
    assert "unreachable" in offered(guichi)
    guichi.time_passes(hours=1)
    log(guichi, reviser, "reached")
    assert "unreachable" not in offered(guichi)
    guichi.time_passes(hours=1).cannot_be_reached("revisit")
    assert "unreachable" in offered(guichi)


def test_a_rater_with_a_telephone_left_a_contact_and_the_number_is_that_of_the_log(guichi, reviser):
    guichi.cannot_be_reached("revisit")
    assert refused(guichi, reviser, **{**IN_VAIN, "attempts": 9}) == {"attempts": "not_logged"}
    assert refused(guichi, reviser, revisit_result="unreachable", unreachable_reason="no_contact") == {
        "unreachable_reason": "has_contact"}


def test_an_anonymous_rater_needs_no_log(installed, app, clock, session):
    case = Journey(app, clock, "guichi").bad_review(real_name=False).does("first_response", outcome="resolved")
    assert session.scalars(Rating.__table__.select().with_only_columns(Rating.rater_phone)).first() in (None, "")
    assert "unreachable" in offered(case)
    case.does("revisit", revisit_result="unreachable", unreachable_reason="no_contact").closed_as("closed_unreachable")


def test_an_attempt_sent_twice_at_once_counts_once(guichi, reviser, app):
    answers = at_once(app, *[lambda: log(guichi, reviser, form_token="t" * 20) for _ in range(4)])
    db.session.rollback()
    assert len(set(answers)) == 1
    assert len(entries(guichi.case_id, "contact_attempted")) == 2      # the first is that of the first response


@pytest.mark.parametrize(("changed", "why"), [
    ({"tried_at": timedelta(minutes=1)}, {"tried_at": "in_the_future"}),
    ({"tried_at": timedelta(days=-30)}, {"tried_at": "before_the_case"}),
    ({"channel": "pigeon"}, {"channel": "not_a_choice"}), ({"result": ""}, {"result": "not_a_choice"}),
    ({"result": "other"}, {"note": "required"}), ({"note": "字" * 501}, {"note": "too_long"}),
    ({"note": "\x00"}, {"note": "not_text"})])
def test_what_cannot_be_is_refused(guichi, reviser, changed, why):
    if "tried_at" in changed:
        changed = {"tried_at": guichi.now + changed["tried_at"]}
    with pytest.raises(InvalidInput) as error:
        log(guichi, reviser, **changed)
    assert error.value.fields == why


def test_only_whoever_may_contact_the_rater_logs_that_they_did(guichi, reviser, installed, app, clock):
    with pytest.raises(NotFound):
        log(guichi, person("hefei.dept1.officer"))
    with pytest.raises(PermissionDenied):
        log(guichi, person("guichi.dept1.officer"))      # whose task is done
    hainan = Journey(app, clock, "hainan").bad_review()
    hainan.does(hainan.open_tasks()[0])
    with pytest.raises(PermissionDenied):                # HN-14: through 12345 alone
        log(hainan, person("hainan.dept1.officer"))


def test_the_database_keeps_the_log_as_it_was(guichi, reviser):
    log(guichi, reviser)
    for statement in (ContactAttempt.__table__.update().values(result="reached"), ContactAttempt.__table__.delete()):
        with pytest.raises(Exception, match="stays as it is"):
            db.session.execute(statement)
        db.session.rollback()

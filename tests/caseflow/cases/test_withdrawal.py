"""A notice that comes after a provisional limit fired mends what it can: what was late by mistake is not (逾期撤回)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

import pytest

from caseflow.cases import calendar_change, ledger
from caseflow.cases import clock as deadline_changes
from caseflow.engine import rearming
from caseflow.errors import TaskNotOpen
from caseflow.law.deadlines import rule_of
from caseflow.models import Case, Timer, WorkItem, db, transaction
from caseflow.people.permissions import SYSTEM
from caseflow.processes import deployed
from caseflow.supervision import board
from caseflow.trials import replay
from caseflow.work import worklist
from tests.ground import entries, open_item, person
from tests.journeys.kit import Journey

CHRISTMAS = datetime(2026, 12, 25, 1, 0, tzinfo=UTC)    # a Friday; without a notice, five working days end on 4 January
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = [["2027-01-01", "off", "元旦"], ["2027-01-04", "off", "元旦"], ["2027-05-01", "off"], ["2027-10-01", "off"],
          ["2027-10-02", "off"], ["2027-10-03", "off"]]     # the fourth is off as well: they end on the fifth
OFFICE, LEAD = "区市场监管局", "区数据资源管理局（政务服务管理局）"


@pytest.fixture
def provisional(app, installed, session, clock) -> Journey:
    """Guichi at 9 o'clock on 5 January 2027: a matter that had to be put right by the 4th, by the calendar so far."""
    clock.set(CHRISTMAS)
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")
    assert journey.due("rectify") == "2027-01-04"
    return journey.until("2027-01-05", at=time(9))


def import_notice(journey, rows=NOTICE):
    with transaction():
        result = calendar_change.import_notice("national", 2027, rows, SOURCE, journey.now, SYSTEM)
    db.session.rollback()
    return result


def late(journey) -> tuple[int, int, int, bool]:
    """How many tasks the worklist, the board's figure and its list call late; and whether the ledger does the case."""
    db.session.rollback()
    lead = person("guichi.bureau.supervisor")
    return (worklist.counts(person("guichi.dept1.officer"), journey.now)["overdue"],
            board.figures(lead, journey.now)["late"],
            len(board.items(lead, board.Wanted("late"), journey.now).items),
            ledger.ledger_facts([journey.case_id], journey.now)[journey.case_id].late)


def told(journey, kind: str) -> list[dict]:
    return [json.loads(entry.details) for entry in entries(journey.case_id, kind)]


@pytest.mark.both_databases
def test_what_was_late_by_the_provisional_calendar_is_not_and_is_watched_again(provisional):
    assert (provisional.timers("fired"), late(provisional)) == (["rectify_due"], (1, 1, 1, True))
    result = import_notice(provisional)
    assert (result.timers, result.cases, late(provisional)) == (1, 1, (0, 0, 0, False))
    assert (provisional.due("rectify"), provisional.timers()) == ("2027-01-05", ["rectify_due"])
    assert provisional.timers("withdrawn") == ["rectify_due"] and provisional.timers("fired") == []
    assert db.session.get(Case, provisional.case_id).next_try == provisional.due_at("rectify")
    provisional.healthy().until("2027-01-05").healthy()
    assert (late(provisional), provisional.effects().count("escalate")) == ((0, 0, 0, False), 1)
    provisional.until("2027-01-06", at=time(9))
    assert (late(provisional), provisional.effects().count("escalate")) == ((1, 1, 1, True), 2)
    assert provisional.timers("fired") == ["rectify_due"]
    provisional.healthy()
    provisional.does("rectify").does("revisit").closed_as("closed_resolved")


@pytest.mark.both_databases
def test_it_is_on_the_record_and_those_who_were_told_of_the_lateness_are_told(provisional):
    import_notice(provisional)
    entry, = told(provisional, "lateness_withdrawn")
    assert (entry["previous_due_at"], entry["due_at"], entry["notice"]) == (
        "2027-01-04T15:59:59+00:00", "2027-01-05T15:59:59+00:00", SOURCE)
    assert entry["calendar"].startswith("national:2027") and entry["again"]
    assert provisional.notices("overdue") == {(OFFICE, "supervisor"), (LEAD, "supervisor")}
    assert provisional.notices("overdue_withdrawn") == provisional.notices("overdue")


@pytest.mark.both_databases
def test_the_same_notice_again_changes_nothing(provisional):
    import_notice(provisional)
    before = provisional.kinds(), [(timer.token, timer.status) for timer in db.session.query(Timer)]
    again = import_notice(provisional)
    assert (again.timers, again.cases) == (0, 0)
    assert (provisional.kinds(), [(timer.token, timer.status) for timer in db.session.query(Timer)]) == before


@pytest.mark.both_databases
def test_a_step_done_late_by_the_provisional_calendar_is_in_time_and_the_reason_stays_in_the_journal(provisional):
    provisional.does("rectify")
    assert late(provisional)[3] and told(provisional, "task_completed")[-1]["late_reason"] == "等待材料"
    import_notice(provisional)
    assert not late(provisional)[3] and told(provisional, "task_completed")[-1]["late_reason"] == "等待材料"
    assert told(provisional, "lateness_withdrawn")[0]["again"] is None
    assert (provisional.timers("fired"), provisional.open_tasks()) == ([], ["revisit"])
    assert provisional.notices("overdue_withdrawn") == provisional.notices("overdue")
    provisional.healthy().does("revisit").closed_as("closed_resolved")


def test_a_closed_case_is_mended_too(provisional):
    provisional.does("rectify").does("revisit").closed_as("closed_resolved")
    import_notice(provisional)
    assert not late(provisional)[3]
    provisional.closed_as("closed_resolved")


@pytest.mark.both_databases
@pytest.mark.parametrize(("day", "stays"), [("2027-01-05", False), ("2027-01-06", True)])
def test_what_was_called_off_late_by_the_provisional_calendar_is_late_only_by_the_notice(provisional, day, stays):
    provisional.until(day, at=time(9)).message("appeal_upheld")
    assert provisional.case().status == "voided" and late(provisional)[3]
    import_notice(provisional)
    assert late(provisional)[3] is stays
    assert len(told(provisional, "lateness_withdrawn")) == (not stays)
    provisional.healthy()


def test_what_is_late_by_the_notice_too_stays_late_by_another_date(provisional):
    provisional.until("2027-01-06", at=time(9))
    import_notice(provisional)
    assert (provisional.due("rectify"), late(provisional)) == ("2027-01-05", (1, 1, 1, True))
    assert (provisional.timers("fired"), provisional.effects().count("escalate")) == (["rectify_due"], 1)
    assert told(provisional, "lateness_withdrawn") == [] and provisional.notices("overdue_withdrawn") == set()
    assert told(provisional, "due_recomputed")[-1]["previous_due_at"] == "2027-01-04T15:59:59+00:00"
    provisional.healthy()


def test_an_earlier_date_makes_nobody_late_who_relied_on_the_other(provisional):
    provisional.does("rectify")
    import_notice(provisional, [*(row for row in NOTICE if row[0] != "2027-01-04"), ["2027-01-02", "work", "元旦"],
                                ["2027-01-03", "work", "元旦"]])
    done = db.session.query(WorkItem).where(WorkItem.element == "rectify").one()
    assert done.due_at == datetime(2027, 1, 4, 15, 59, 59, tzinfo=UTC)


@pytest.mark.both_databases
@pytest.mark.usefixtures("with_powers")
@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_agreed_beside_the_limit_goes_on_with_it(app, installed, session, clock, stopped):
    clock.set(CHRISTMAS)
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")
    lead = person("guichi.bureau.supervisor")
    token = db.session.query(Timer).where(Timer.status == "pending").one().token
    with transaction():
        deadline_changes.extend(journey.case_id, token, 2, lead, "情况复杂", journey.now)
        if stopped:
            deadline_changes.stop(journey.case_id, lead, "awaiting_rater", "等待材料", journey.now)
    journey.until("2027-01-05", at=time(9))
    import_notice(journey)
    item = open_item(journey.case_id)
    assert (journey.due("rectify"), item.clock_stopped) == ("2027-01-05", stopped)
    journey.healthy().until("2027-01-06", at=time(9))
    assert journey.timers("fired") == ["rectify_due"]
    if stopped:
        with transaction():
            deadline_changes.restart(journey.case_id, lead, "材料已到", journey.now)
    db.session.rollback()
    assert open_item(journey.case_id).agreed_at == datetime(2027, 1, 15 if stopped else 7, 15, 59, 59, tzinfo=UTC)
    journey.healthy().does("rectify").does("revisit").closed_as("closed_resolved")


def test_a_limit_that_ended_its_task_is_not_taken_back(app, installed, session, clock):
    clock.set(CHRISTMAS)
    case = Journey(app, clock, "guichi").bad_review()
    said = "核实情况写在附件里，供复核。"
    appeal = case.appeal("guichi.dept1.officer").does("verify", verification="confirmed", reasons=said)
    appeal.does("review", decision="more_evidence", reasons=said).until("2027-01-05", at=time(9))
    assert appeal.timers("fired") == ["supplement_due"]
    import_notice(appeal)
    assert (appeal.timers("fired"), appeal.open_tasks()) == (["supplement_due"], ["review"])
    timer, = db.session.query(Timer).where(Timer.element == "supplement_due")
    ended, = db.session.query(WorkItem).where(WorkItem.element == "supplement")
    assert (timer.provisional, ended.status, ended.due_provisional) == (False, "cancelled", False)
    appeal.healthy()


@pytest.mark.both_databases
def test_a_lateness_by_a_provisional_date_that_the_notice_confirms_is_final(provisional):
    import_notice(provisional, [row for row in NOTICE if row[0] != "2027-01-04"])
    item = open_item(provisional.case_id)
    assert (provisional.due("rectify"), item.due_provisional, late(provisional)) == (
        "2027-01-04", False, (1, 1, 1, True))
    assert (provisional.timers("fired"), told(provisional, "lateness_withdrawn")) == (["rectify_due"], [])
    provisional.healthy().does("rectify").does("revisit").closed_as("closed_resolved")


def test_the_record_of_a_withdrawn_firing_is_replayed_as_it_stands(provisional):
    import_notice(provisional)
    provisional.does("rectify").does("revisit")
    found = replay.run("guichi_rectification", deployed.current("guichi", "rectification"),
                       datetime(2026, 1, 1, tzinfo=UTC), provisional.now)
    assert (found.same, found.cases) == (1, 1)


def test_a_deadline_waits_again_once_it_has_happened_and_while_it_has_something_to_guard(provisional):
    case, timer = db.session.get(Case, provisional.case_id), db.session.query(Timer).where(
        Timer.element == "rectify_due").one()
    definition = deployed.of(case)
    step, token = rearming.wait_again(definition, case.instance.state, "rectify_due", rule_of(timer))
    made, = (one for one in step.timers if one.token == token)
    assert (made.element, made.rule, made.attached_to) == ("rectify_due", rule_of(timer), "rectify")
    assert token > timer.token and step.passed == step.effects == ()
    for state, element in ((step.state, "rectify_due"), (case.instance.state, "first_response_due")):
        with pytest.raises(TaskNotOpen):
            rearming.wait_again(definition, state, element, rule_of(timer))

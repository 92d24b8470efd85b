"""Where a regulation says so, the clock of the rectification stands still from the filing of an appeal to its end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.cases import clock as deadline_changes
from caseflow.cases import clock_entries
from caseflow.errors import ClockNotRunning, ClockNotStopped
from caseflow.models import DeadlineEntry, Timer, db, transaction
from caseflow.moments import SHANGHAI
from tests import powers
from tests.ground import entries, open_item, person
from tests.journeys.kit import Journey

OFFICER = "guichi.dept1.officer"
LONG_ENOUGH = "核实情况写在附件里，供复核。"


@pytest.fixture
def stopping(tmp_path, monkeypatch, installed, app, session, clock) -> Journey:
    """A bad review in a Guichi whose parameter says "stops", on Monday, 2 March: the rater was reached, and it is to be
    put right by Monday, 9 March."""
    folder = powers.build(tmp_path)
    file = folder / "guichi" / "regulation.toml"
    text = file.read_text(encoding="utf-8")
    assert 'clock = "continues"' in text
    file.write_text(text.replace('clock = "continues"', 'clock = "stops"'), encoding="utf-8")
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    return Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")


def lead():
    return person("guichi.bureau.supervisor")


def restart(journey):
    with transaction():
        return deadline_changes.restart(journey.case_id, lead(), "材料已到", journey.now)


def stop(journey):
    with transaction():
        deadline_changes.stop(journey.case_id, lead(), "awaiting_rater", "等待材料", journey.now)


def stopped(journey) -> list[str]:
    """The deadlines whose agreed time stands still."""
    db.session.rollback()
    return list(db.session.scalars(select(Timer.element).where(
        Timer.case_id == journey.case_id, Timer.clock_stopped, Timer.status != "cancelled")))


def agreed(journey) -> str:
    """The day to which the open task was extended."""
    db.session.rollback()
    return open_item(journey.case_id).agreed_at.astimezone(SHANGHAI).date().isoformat()


def ledger(journey) -> list[tuple[str, str, int]]:
    """(kind, category, amount) of the changes of the newest deadline."""
    db.session.rollback()
    timer = db.session.query(Timer).where(Timer.case_id == journey.case_id).order_by(Timer.token.desc()).first()
    rows = db.session.query(DeadlineEntry).where(
        DeadlineEntry.case_id == journey.case_id, DeadlineEntry.token == timer.token).order_by(DeadlineEntry.seq)
    return [(row.kind, row.category.partition(":")[0], row.amount) for row in rows]


@pytest.mark.both_databases
@pytest.mark.parametrize("end", ["dismissed", "withdrawn"])
def test_the_clock_stands_still_while_an_appeal_is_reviewed_and_what_was_left_is_kept_beside_the_statutory_date(
        stopping, end):
    stopping.time_passes(days=1)
    appeal = stopping.appeal(OFFICER)
    assert (stopped(stopping), open_item(stopping.case_id).clock_stopped) == (["rectify_due"], True)
    stopping.healthy().until("2026-03-10")                      # the Tuesday after
    assert stopping.timers("fired") == ["rectify_due"]          # the statutory date has passed
    if end == "withdrawn":
        appeal.withdrawn(OFFICER)
    else:
        appeal.does("verify", verification="refuted", reasons=LONG_ENOUGH).closed_as("appeal_dismissed")
    assert (stopping.due("rectify"), agreed(stopping), stopped(stopping)) == ("2026-03-09", "2026-03-16", [])
    assert ledger(stopping) == [("stopped", "appeal", 4), ("restarted", "appeal", 0)]
    assert [(row.actor, row.actor_id) for kind in ("clock_stopped", "clock_restarted")
            for row in entries(stopping.case_id, kind)] == [("系统", None)] * 2
    stopping.healthy()


@pytest.mark.both_databases
@pytest.mark.parametrize("first", ["hand", "appeal"])
def test_a_stop_by_hand_and_an_appeal_both_have_to_be_over_before_the_clock_runs(stopping, first):
    stopping.time_passes(days=1)
    stop(stopping)
    stopping.time_passes(days=1)
    appeal = stopping.appeal(OFFICER)
    stopping.healthy().until("2026-03-06")
    if first == "hand":
        assert restart(stopping) is None
    else:
        appeal.withdrawn(OFFICER)
    assert stopped(stopping) == ["rectify_due"]
    stopping.healthy().until("2026-03-10")
    if first == "hand":
        appeal.withdrawn(OFFICER)
    else:
        assert restart(stopping) is not None
    assert (stopping.due("rectify"), agreed(stopping), stopped(stopping)) == ("2026-03-09", "2026-03-16", [])
    assert [kind for kind, _, _ in ledger(stopping)] == ["stopped", "held", "released", "restarted"]
    stopping.healthy()


def test_what_only_an_appeal_stops_no_hand_stops_again_or_lets_run(stopping):
    stopping.appeal(OFFICER)
    with pytest.raises(ClockNotStopped) as refused:
        restart(stopping)
    assert refused.value.details == {"reason": "appeal"}
    with pytest.raises(ClockNotRunning):
        stop(stopping)


def test_the_first_contact_does_not_wait_for_an_appeal(stopping, app, clock):
    case = Journey(app, clock, "guichi").bad_review()
    appeal = case.appeal(OFFICER)
    assert (stopped(case), clock_entries.of_case(case.case_id)) == ([], {})
    case.until("2026-03-05")
    assert case.timers("fired") == ["first_response_due"]
    appeal.withdrawn(OFFICER)
    case.healthy()


def test_a_limit_that_is_set_while_an_appeal_is_reviewed_stands_still_and_gets_the_time_too(stopping, app, clock):
    case = Journey(app, clock, "guichi").bad_review().time_passes(days=1)
    appeal = case.appeal(OFFICER)
    case.until("2026-03-05").does("first_response", outcome="simple")
    assert (stopped(case), case.due("rectify")) == (["rectify_due"], "2026-03-09")
    assert ledger(case) == [("carried", "", 2), ("stopped", "appeal", 4)]
    case.healthy().until("2026-03-10")
    appeal.withdrawn(OFFICER)
    assert agreed(case) == "2026-03-16"     # five working days after Monday, and five that did not count
    case.healthy()


def test_an_appeal_that_is_upheld_ends_the_rectification_whose_clock_stood_still(stopping):
    appeal = stopping.appeal(OFFICER).does("verify", verification="confirmed", reasons=LONG_ENOUGH)
    appeal.does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert stopped(stopping) == ["rectify_due"]     # until the provincial system has corrected it
    appeal.does("correct", provincial_no="AH-1").closed_as("appeal_upheld")
    stopping.closed_as("rating_voided")


def test_a_limit_that_is_over_already_stays_over(stopping):
    stopping.clock.advance(days=8)
    stopping.appeal(OFFICER)
    assert (stopped(stopping), stopping.timers()) == ([], ["rectify_due"])
    assert clock_entries.of_case(stopping.case_id) == {}

"""Where a regulation says so, the clock of the rectification stands still from the filing of an appeal to its end."""

from __future__ import annotations

import pytest

from caseflow.cases import clock as deadline_changes
from caseflow.cases import clock_entries
from caseflow.errors import ClockNotRunning, ClockNotStopped
from caseflow.models import DeadlineEntry, Timer, db, transaction
from tests import powers
from tests.ground import entries, open_item, person
from tests.journeys.kit import Journey

OFFICER = "guichi.dept1.officer"
LONG_ENOUGH = "核实情况写在附件里，供复核。"


@pytest.fixture
def stopping(tmp_path, monkeypatch, installed, app, session, clock) -> Journey:
    """A bad review in a Guichi whose parameter says "stops"; its first response is due on Wednesday, 4 March."""
    folder = powers.build(tmp_path)
    file = folder / "guichi" / "regulation.toml"
    text = file.read_text(encoding="utf-8")
    assert 'clock = "continues"' in text
    file.write_text(text.replace('clock = "continues"', 'clock = "stops"'), encoding="utf-8")
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    return Journey(app, clock, "guichi").bad_review()


def lead():
    return person("guichi.bureau.supervisor")


def restart(journey):
    with transaction():
        return deadline_changes.restart(journey.case_id, lead(), "材料已到", journey.now)


def stop(journey):
    with transaction():
        deadline_changes.stop(journey.case_id, lead(), "awaiting_rater", "等待材料", journey.now)


def ledger(journey) -> list[tuple[str, str, int]]:
    """(kind, category, amount) of the changes of the newest deadline."""
    db.session.rollback()
    timer = db.session.query(Timer).where(Timer.case_id == journey.case_id).order_by(Timer.token.desc()).first()
    rows = db.session.query(DeadlineEntry).where(
        DeadlineEntry.case_id == journey.case_id, DeadlineEntry.token == timer.token).order_by(DeadlineEntry.seq)
    return [(row.kind, row.category.partition(":")[0], row.amount) for row in rows]


@pytest.mark.both_databases
@pytest.mark.parametrize("end", ["dismissed", "withdrawn"])
def test_the_clock_stands_still_while_an_appeal_is_reviewed_and_what_was_left_is_kept(stopping, end):
    stopping.time_passes(days=1)
    appeal = stopping.appeal(OFFICER)
    assert (stopping.timers("stopped"), open_item(stopping.case_id).clock_stopped) == (["first_response_due"], True)
    stopping.healthy().until("2026-03-10")                      # the Tuesday after
    assert stopping.timers("fired") == []
    if end == "withdrawn":
        appeal.withdrawn(OFFICER)
    else:
        appeal.does("verify", verification="refuted", reasons=LONG_ENOUGH).closed_as("appeal_dismissed")
    assert (stopping.due("first_response"), stopping.timers()) == ("2026-03-11", ["first_response_due"])
    assert ledger(stopping) == [("stopped", "appeal", 1), ("restarted", "appeal", 0)]
    assert [(row.actor, row.actor_id) for kind in ("clock_stopped", "clock_restarted")
            for row in entries(stopping.case_id, kind)] == [("系统", None)] * 2
    stopping.healthy().until("2026-03-12")
    assert stopping.timers("fired") == ["first_response_due"]


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
    assert (stopping.timers("stopped"), stopping.timers()) == (["first_response_due"], [])
    stopping.healthy().until("2026-03-10")
    if first == "hand":
        appeal.withdrawn(OFFICER)
    else:
        assert restart(stopping) is not None
    assert (stopping.due("first_response"), stopping.timers()) == ("2026-03-11", ["first_response_due"])
    assert [kind for kind, _, _ in ledger(stopping)] == ["stopped", "held", "released", "restarted"]
    stopping.healthy()


def test_what_only_an_appeal_stops_no_hand_stops_again_or_lets_run(stopping):
    stopping.appeal(OFFICER)
    with pytest.raises(ClockNotStopped) as refused:
        restart(stopping)
    assert refused.value.details == {"reason": "appeal"}
    with pytest.raises(ClockNotRunning):
        stop(stopping)


def test_a_limit_that_is_set_while_an_appeal_is_reviewed_stands_still_and_gets_the_time_too(stopping):
    stopping.time_passes(days=1)
    appeal = stopping.appeal(OFFICER)
    stopping.until("2026-03-05").does("first_response", outcome="simple")
    assert (stopping.timers("stopped"), open_item(stopping.case_id).due_at) == (["rectify_due"], None)
    assert ledger(stopping) == [("carried", "", 2), ("stopped", "appeal", 4)]
    stopping.healthy().until("2026-03-10")
    appeal.withdrawn(OFFICER)
    assert stopping.due("rectify") == "2026-03-16"      # five working days after Monday, and five that did not count
    stopping.healthy()


def test_an_appeal_that_is_upheld_ends_the_rectification_whose_clock_stood_still(stopping):
    appeal = stopping.appeal(OFFICER).does("verify", verification="confirmed", reasons=LONG_ENOUGH)
    appeal.does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert stopping.timers("stopped") == ["first_response_due"]     # until the provincial system has corrected it
    appeal.does("correct", provincial_no="AH-1").closed_as("appeal_upheld")
    stopping.closed_as("rating_voided")


def test_a_limit_that_is_over_already_stays_over(stopping):
    stopping.clock.advance(days=4)
    stopping.appeal(OFFICER)
    assert (stopping.timers("stopped"), stopping.timers()) == ([], ["first_response_due"])
    assert clock_entries.of_case(stopping.case_id) == {}

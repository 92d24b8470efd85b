"""A try-out says what a real case would do at the same acts, and refuses what a real case refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from caseflow.casefile import journal
from caseflow.cases import clock
from caseflow.engine import definition as engine
from caseflow.errors import (
    ClockNotRunning,
    ClockNotStopped,
    ConfigurationError,
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    LimitStays,
    PermissionDenied,
    TaskNotOpen,
)
from caseflow.law import regulations, working_days
from caseflow.models import Case, Unit, WorkItem, db, transaction
from caseflow.trials import scenario_file, scenarios
from caseflow.trials.tried_case import Ground
from caseflow.trials.tryout import Act, play
from tests.bpmn import drawings
from tests.conftest import MONDAY_MORNING
from tests.ground import person
from web import sentences

pytestmark = pytest.mark.usefixtures("with_powers")

NAMELESS = {"rating", "number", "source", "unit", "orgcode", "office_registered", "calendar", "reachable",
            "variables"}      # what differs by rows alone


def ground(place: str = "guichi") -> Ground:
    return Ground(drawings.loaded(place), regulations.get(place.partition("/")[0]), working_days.national())


def complete(task: str, *, late: str = "", **answers: object) -> Act:
    return Act("complete", task=task, answers=answers, late_reason=late)


FIRST = {"outcome": "simple", "contact_channel": "phone", "findings": "已核实，情况属实。"}
START = Act("start", at=MONDAY_MORNING)
REACHED = Act("attempt", result="reached")


def _told(entries, offices) -> list[tuple]:
    """What a journal says, offices by key and without the keys of other rows."""
    told = []
    for entry in entries:
        details = json.loads(entry.details) if isinstance(entry.details, str) else dict(entry.details)
        if entry.kind == "task_opened":
            details["office"] = offices(details["unit"])
        told.append((entry.kind, entry.at, {k: v for k, v in details.items() if k not in NAMELESS}))
    return told


def test_the_journal_is_that_of_a_real_case(guichi, app):
    guichi.until("2026-03-05", time(0, 0)).does("first_response", outcome="simple").time_passes(hours=3)
    guichi.does("rectify").message("appeal_upheld")
    trial = play(ground(), [
        START, Act("deadline"), REACHED, complete("first_response", late="等待材料", **FIRST),
        Act("wait", after=timedelta(hours=3)), REACHED,
        complete("rectify", feedback_channel="phone", measures="已整改。"),
        Act("message", message="appeal_upheld")])
    with app.app_context():
        case = db.session.get(Case, guichi.case_id)
        real = _told(journal.entries(case), lambda unit: "responsible" if unit == case.unit_id
                     else db.session.get(Unit, unit).key)
    assert _told(trial.journal, str) == real
    assert (trial.ended, trial.outcome) == (True, "rating_voided")


def test_an_appeal_begins_with_its_filing(guichi, app):
    told = {"verification": "refuted", "reasons": "已经核对监控和办件记录。"}
    appeal = guichi.appeal("guichi.dept1.officer").does("verify", **told)
    trial = play(ground("guichi/appeal"), [START, complete("verify", **told)])
    files = {"file_added"}
    assert [entry.kind for entry in trial.journal] == [kind for kind in appeal.kinds() if kind not in files]


def test_deadlines_on_the_way_fire_each_at_its_own_moment():
    trial = play(ground(), [START, Act("wait", after=timedelta(days=30))])
    fired, = [entry for entry in trial.journal if entry.kind == "timer_fired"]
    assert fired.at.isoformat() == "2026-03-04T16:00:00+00:00"
    assert trial.now == MONDAY_MORNING + timedelta(days=30)
    assert trial.is_late(trial.open_tasks[0]) and trial.next_limit is None


@pytest.mark.parametrize("act, refused", [
    (complete("revisit"), TaskNotOpen),
    (complete("first_response", outcome="simple"), InvalidForm),
    (replace(complete("first_response", **FIRST), post="bureau.officer"), PermissionDenied),
    (Act("message", message="appeal_withdrawn"), TaskNotOpen),
    (Act("wait"), InvalidInput),
    (Act("wait", at=MONDAY_MORNING - timedelta(seconds=1)), InvalidInput),
    (START, InvalidInput),
    (Act("dance"), InvalidInput),
])
def test_what_cannot_be_done_stops_the_run_before_it(act, refused):
    trial = play(ground(), [START, act, Act("deadline")])
    assert (trial.stopped.number, type(trial.stopped.error)) == (2, refused)
    assert trial.acts == (START,) and trial.fired == ()
    assert [task.element for task in trial.open_tasks] == ["first_response"]


def test_whoever_is_late_says_why():
    trial = play(ground(), [START, Act("deadline"), REACHED, complete("first_response", **FIRST)])
    assert isinstance(trial.stopped.error, LateReasonMissing)


def test_without_a_deadline_there_is_nothing_to_jump_to():
    trial = play(ground("guichi/appeal"), [START, Act("deadline")])
    assert isinstance(trial.stopped.error, ClockNotRunning)


def test_a_second_return_is_refused_as_the_effect_itself_refuses_it():
    files = {"rectification.bpmn": drawings.source("hainan").replace(b"and visits('rehandle') &lt; 1", b"")}
    looping = Ground(engine.load(files, trusted=True), regulations.get("hainan"), working_days.national())
    again = complete("revisit", revisit_result="unsatisfied", revisit_channel="phone", newest_level="dissatisfied",
                     opinion="还是没有解决。")
    done = complete("rehandle", measures="重新办理。")
    acts = [START, complete("verify", findings="属实。"), REACHED,
            complete("contact_rater", contact_result="reached", contact_channel="phone", demand="尽快办结。"),
            complete("first_response", outcome="resolved", solution="当天补办。"), REACHED, again, done, REACHED, again]
    trial = play(looping, acts)
    assert (trial.stopped.number, trial.stopped.error.details) == (10, {"element": "return_for_rehandling"})
    assert trial.effects == ("return_for_rehandling",)


# --- a clock that stands still, a rater that cannot be reached ----------------------------------------------------


STOP = Act("stop", category="expert_examination", reason="等待检验结果。", after=timedelta(days=1))
RESUME = Act("resume", reason="检验结果已到。", after=timedelta(days=7))
RECTIFYING = [START, REACHED, complete("first_response", **FIRST)]


def test_a_clock_that_is_stopped_and_restarted_is_that_of_a_real_case(guichi, session):
    def change(do, *words):
        with transaction():
            do(guichi.case_id, person("guichi.bureau.supervisor"), *words, guichi.now)

    guichi.does("first_response", outcome="simple").time_passes(days=1)
    change(clock.stop, STOP.category, STOP.reason)
    guichi.time_passes(days=3)
    change(clock.restart, RESUME.reason)
    trial = play(ground(), [*RECTIFYING, STOP, replace(RESUME, after=timedelta(days=3))])
    case = session.get(Case, guichi.case_id)
    real = _told(journal.entries(case), lambda unit: "responsible" if unit == case.unit_id
                 else session.get(Unit, unit).key)
    open_items = session.scalars(select(WorkItem).where(WorkItem.status == "open"))
    due = {row.token: (row.due_at, row.agreed_at) for row in open_items}
    assert _told(trial.journal, str) == real
    assert {task.token: (task.due_at, task.agreed_at) for task in trial.open_tasks} == due


def test_while_the_clock_stands_still_the_statutory_deadline_comes_and_what_is_late_is_late():
    trial = play(ground(), [*RECTIFYING, STOP, Act("wait", after=timedelta(days=30))])
    task, = trial.open_tasks
    assert (trial.fired, task.clock_stopped, trial.next_limit) == (("rectify_due",), True, None)
    assert trial.is_late(task) and task.due_at == dict(trial.dues)["rectify_due"]
    then = play(ground(), [*trial.acts, RESUME])
    task, = then.open_tasks
    assert not task.clock_stopped and task.due_at < trial.now < then.now < task.agreed_at and then.is_late(task)


def test_what_is_agreed_is_none_of_the_due_moments_that_a_scenario_expects():
    trial = play(ground(), [*RECTIFYING, STOP, RESUME])
    limit, = play(ground(), RECTIFYING).limits
    assert [moment for element, moment in trial.dues if element == limit.element] == [limit.due_at]
    kept = scenarios.keep(trial, ground(), "stopped", "Stopped")
    right, = scenarios.run(ground().definition, ground().regulation, [kept])
    assert right.problems == ()


def test_a_run_that_replaces_a_scenario_keeps_its_article_and_what_must_not_happen_as_far_as_it_does_not():
    text = (regulations.folder() / "guichi" / "scenarios" / "rectification_simple.toml").read_text(encoding="utf-8")
    old = scenario_file.parse(text.replace("revisit = 1", "revisit = 1\nrectify = 0"), "simple")
    old = replace(old, note="原注", expect=replace(old.expect, never=("explain", "rectify")))
    kept = scenarios.keep(play(ground(), old.acts), ground(), "simple", "新名", old)
    assert (kept.key, kept.name, kept.article, kept.note) == ("simple", "新名", "GC-2(二)", "原注")
    assert (kept.expect.at_most, kept.expect.never) == ({"revisit": 1}, ("explain",))
    right, = scenarios.run(ground().definition, ground().regulation, [kept])
    assert right.passed


@pytest.mark.parametrize("act, refused", [
    (RESUME, ClockNotStopped),
    (replace(STOP, after=timedelta(days=30)), ClockNotRunning),
    (replace(STOP, category="because"), InvalidInput),
    (replace(STOP, reason=""), InvalidInput),
    (Act("attempt", result="perhaps"), InvalidInput),
    (Act("attempt", result="other"), InvalidInput),
])
def test_what_a_real_case_refuses_of_clock_and_contact_stops_the_run(act, refused):
    trial = play(ground(), [*RECTIFYING, act])
    assert (trial.stopped.number, type(trial.stopped.error)) == (4, refused)


def test_the_first_contact_of_a_run_cannot_be_stopped():
    stopped = play(ground(), [START, STOP]).stopped
    assert (stopped.number, type(stopped.error)) == (2, LimitStays)
    assert sentences.of(scenarios.refusal(stopped.error)) == "首次联系评价人的期限不能延期，也不能中止。"


def test_where_nobody_may_stop_the_clock_a_run_cannot_either():
    nobody = replace(regulations.get("guichi"), clock=replace(regulations.get("guichi").clock, by="nobody"))
    trial = play(replace(ground(), regulation=nobody), [START, STOP])
    assert isinstance(trial.stopped.error, PermissionDenied)


def test_a_rater_with_a_number_is_unreachable_only_after_the_attempts_that_the_regulation_asks():
    resolved = complete("first_response", outcome="resolved", findings="属实。", feedback_channel="phone",
                        measures="当场补办。")
    given_up = complete("revisit", revisit_result="unreachable", unreachable_reason="no_answer", attempts=3)
    tried = [Act("attempt", result="no_answer", after=timedelta(hours=hours)) for hours in (1, 1, 24)]
    begun = [replace(START, phone=True), REACHED, replace(resolved, after=timedelta(minutes=1))]
    assert isinstance(play(ground(), [*begun, *tried[:2], given_up]).stopped.error, InvalidForm)
    assert play(ground(), [*begun, *tried, given_up]).outcome == "closed_unreachable"
    assert isinstance(play(ground(), [*begun, *tried, REACHED, given_up]).stopped.error, InvalidForm)


def test_one_call_is_one_contact_in_a_run_too_though_its_clock_stands():
    simple = complete("first_response", outcome="simple", findings="属实。", contact_channel="phone")
    rectified = complete("rectify", measures="当场补办。", feedback_channel="phone")
    begun = [replace(START, phone=True), REACHED, simple]
    assert play(ground(), [*begun, rectified]).stopped.error.fields == {"feedback_channel": "not_contacted"}
    assert play(ground(), [*begun, REACHED, rectified]).stopped is None


def test_whoever_left_nothing_to_reach_them_by_was_not_tried_in_vain_and_whoever_did_left_something():
    def refused(phone, **answers):
        nobody = complete("first_response", outcome="simple", findings="属实。", **answers)
        return play(ground(), [replace(START, phone=phone), nobody]).stopped

    assert refused(True, contact_channel="no_contact").error.fields == {"contact_channel": "has_contact"}
    assert refused(True, contact_channel="no_answer").error.fields == {"contact_channel": "unreachable_yet"}
    assert refused(True, contact_channel="phone").error.fields == {"contact_channel": "not_contacted"}
    assert refused(False, contact_channel="no_answer").error.fields == {"contact_channel": "nothing_left"}
    assert refused(False, contact_channel="no_contact") is None


def test_an_appeal_has_no_rater_to_call():
    trial = play(ground("guichi/appeal"), [START, Act("attempt", result="no_answer")])
    assert isinstance(trial.stopped.error, PermissionDenied)


def test_the_acts_of_clock_and_contact_are_written_and_read_as_they_were():
    acts = (replace(START, phone=True), STOP, RESUME,
            Act("attempt", channel="visit", result="other", note="门口没有人。", after=timedelta(hours=1)))
    assert scenario_file.parse_acts(scenario_file.write_acts(acts)) == acts
    with pytest.raises(ConfigurationError, match="result"):
        scenario_file.parse_acts('[[acts]]\ndo = "attempt"\n')
    with pytest.raises(ConfigurationError, match="reason"):
        scenario_file.parse_acts('[[acts]]\ndo = "wait"\nreason = "?"\n')


def test_a_rule_of_a_form_stops_the_run_as_it_stops_a_real_case():
    first = complete("first_response", outcome="complex", contact_channel="phone", findings="属实。")
    far = complete("open_ledger", plan="先改流程。", rectify_by="2099-12-31")
    trial = play(ground("hefei"), [START, REACHED, first, far])
    assert (trial.stopped.number, trial.stopped.error.fields) == (4, {"rectify_by": "rule_broken"})
    near = complete("open_ledger", plan="先改流程。", rectify_by="2026-03-30")
    kept = play(ground("hefei"), [START, REACHED, first, near])
    assert kept.stopped is None and [task.element for task in kept.open_tasks] == ["rectify_ledger"]


def test_a_scenario_that_breaks_a_rule_of_a_form_is_told_its_sentence():
    text = (regulations.folder() / "hefei" / "scenarios" / "rectification_ledger.toml").read_text(encoding="utf-8")
    scenario = scenario_file.parse(text.replace("2026-03-20", "2099-12-31"), "ledger")
    (result,) = scenarios.run(drawings.loaded("hefei"), regulations.get("hefei"), [scenario])
    assert "“整改期限”最长是从今天起的20个工作日" in sentences.of(result.problems[0])


def test_a_unit_of_the_place_is_chosen_and_no_other():
    asked = {"problem_kind": "business", "responsible_unit": "11341702MB000001"}
    stopped = play(ground("qijiang"), [START, complete("assign", **asked)]).stopped
    assert stopped.error.details["fields"] == {"responsible_unit": "not_a_unit"}
    trial = play(ground("qijiang"), [START, complete("assign", **asked | {"responsible_unit": "11500222MB000002"})])
    assert [task.post for task in trial.open_tasks] == ["responsible.officer"]


def test_the_rater_is_reached_from_an_appeal_only_while_it_asks_them():
    said = {"rater_reply": "keeps", "asked_channel": "phone", "rater_words": "意见不变。"}
    refused = play(ground("qijiang/appeal"), [START, complete("ask_rater", **said)]).stopped
    assert refused.error.details["fields"] == {"asked_channel": "not_contacted"}
    late = play(ground("qijiang/appeal"), [START, REACHED, complete("ask_rater", **said), REACHED]).stopped
    assert (late.number, type(late.error)) == (4, PermissionDenied)

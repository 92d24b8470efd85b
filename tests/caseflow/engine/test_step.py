"""What starting, completing, firing and delivering do to a case."""

from __future__ import annotations

import pytest

from caseflow.engine import step
from caseflow.engine.values import DeadlineRule, EffectCall
from caseflow.errors import InvalidForm, InvalidInput, StepFailed, TaskNotOpen
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.driver import MONDAY, Driver, diagram, ungated


def test_a_case_starts_at_its_first_task_with_the_deadline_running():
    case = Driver(diagram("deadline_on_task"))
    assert case.open == ["rectify"]
    assert case.timer("overdue").rule == DeadlineRule("working_days", 5, MONDAY.isoformat(), "now")
    assert case.timer("overdue").attached_to == "rectify"
    assert case.timer("overdue").interrupting is False
    assert case.task("rectify").deadlines == (case.timer("overdue").token,)
    assert case.last.passed == ("begin",)
    assert not case.last.ended and case.last.outcome is None


def test_completing_the_last_task_ends_the_case_with_the_end_event_as_outcome():
    case = Driver(diagram("deadline_on_task"))
    case.complete("rectify", resolved=True)
    assert case.last.ended and case.last.outcome == "closed_resolved"
    assert (case.open, case.timers) == ([], [])
    assert case.last.variables["resolved"] is True
    assert case.last.passed == ("rectify", "closed_resolved")


def test_a_deadline_that_passes_escalates_at_once_and_the_task_goes_on():
    case = Driver(diagram("deadline_on_task"))
    token = case.task("rectify").token
    case.fire("overdue")
    assert case.topics == ["escalate"]
    assert case.last.passed == ("overdue", "escalate_it", "escalated")
    assert (case.open, case.timers) == (["rectify"], [])
    assert case.task("rectify").token == token
    case.complete("rectify")
    assert case.last.outcome == "closed_resolved"


def test_each_effect_has_a_token_of_its_own():
    case = Driver(diagram("loop"))
    seen = []
    for _ in range(3):
        seen += case.fire("overdue").effects
        case.complete("rectify", again=True)
    assert all(isinstance(effect, EffectCall) for effect in seen)
    assert len({effect.token for effect in seen}) == 3


def test_a_timer_fires_only_once():
    case = Driver(diagram("deadline_on_task"))
    token = case.timer("overdue").token
    fired = case.fire("overdue")
    with pytest.raises(TaskNotOpen):
        step.fire(case.definition, fired.state, token, case.context)


def test_an_interrupting_timer_withdraws_the_task_and_leads_elsewhere():
    case = Driver(diagram("timer_that_gives_up"))
    assert case.timer("give_up").interrupting is True
    revisit = case.task("revisit").token
    case.fire("give_up")
    assert (case.open, case.timers) == (["explain"], [])
    with pytest.raises(TaskNotOpen):
        step.complete(case.definition, case.last.state, revisit, {}, case.context)
    case.complete("explain")
    assert case.last.outcome == "closed_unreachable"


def test_completing_a_task_withdraws_its_timers():
    case = Driver(diagram("timer_that_gives_up"))
    token = case.timer("give_up").token
    case.complete("revisit", revisit_result="satisfied")
    assert case.last.outcome == "closed_resolved"
    with pytest.raises(TaskNotOpen):
        step.fire(case.definition, case.last.state, token, case.context)


def test_a_task_shows_its_own_deadline_or_else_that_of_the_nearest_subprocess_with_one():
    case = Driver(diagram("nested_subprocesses"))
    assert case.task("first_response").deadlines == (case.timer("first_late").token,)
    case.fire("first_late")
    assert case.task("first_response").deadlines == (case.timer("handle_late").token,)
    case.complete("first_response", outcome="simple")
    assert case.task("rectify").deadlines == (case.timer("handle_late").token,)
    case.fire("handle_late")
    assert case.task("rectify").deadlines == ()


def test_a_timer_can_count_from_a_date_of_the_case():
    rule = Driver(diagram("nested_subprocesses")).timer("handle_late").rule
    assert (rule.unit, rule.amount, rule.since_name) == ("working_days", 5, "received_at")
    assert rule.since.startswith("2026-03-02")


def test_a_side_branch_inside_a_subprocess_does_not_end_it_early():
    case = Driver(diagram("nested_subprocesses"))
    case.fire("first_late")
    assert case.topics == ["remind"]
    assert case.open == ["first_response"]
    case.complete("first_response", outcome="complex")
    assert case.open == ["rectify"]
    assert "contact" in case.last.passed


def test_values_from_inside_subprocesses_reach_the_end():
    case = Driver(diagram("nested_subprocesses"))
    case.complete("first_response", outcome="complex")
    case.complete("rectify", resolved=True)
    case.complete("revisit")
    assert case.last.ended
    assert case.last.variables["outcome"] == "complex" and case.last.variables["resolved"] is True


def test_a_message_at_the_border_withdraws_everything_inside_and_all_its_timers():
    case = Driver(diagram("nested_subprocesses"))
    assert case.timers == ["first_late", "handle_late"]
    assert [m.message for m in case.last.messages] == ["rating_voided"]
    first = case.task("first_response").token
    timers = [timer.token for timer in case.last.timers]
    case.deliver("rating_voided")
    assert case.last.ended and case.last.outcome == "rating_voided"
    assert (case.open, case.timers, case.messages, case.topics) == ([], [], [], ["void_rating"])
    with pytest.raises(TaskNotOpen):
        step.complete(case.definition, case.last.state, first, {}, case.context)
    for token in timers:
        with pytest.raises(TaskNotOpen):
            step.fire(case.definition, case.last.state, token, case.context)


def test_a_message_that_nothing_waits_for_is_refused():
    case = Driver(diagram("nested_subprocesses"))
    with pytest.raises(TaskNotOpen):
        case.deliver("something_else")
    case.complete("first_response")
    case.complete("rectify")
    with pytest.raises(TaskNotOpen):
        case.deliver("rating_voided")


def test_a_message_reaches_the_outermost_first_and_what_that_withdraws_gets_it_no_more():
    case = Driver(diagram("one_message_two_waiting"))
    assert case.messages == ["stop_all", "stop_task"]
    case.deliver("stop")
    assert case.last.outcome == "stopped"
    assert "stop_task" not in case.last.passed


def test_a_timer_and_a_message_in_the_flow_wait_for_their_turn():
    case = Driver(diagram("waiting_in_the_flow"))
    case.complete("assign", rectify_by="2026-03-20")
    assert case.timer("until_promised").rule.unit == "date"
    assert case.timer("until_promised").rule.since == "2026-03-20"
    assert case.timer("until_promised").attached_to == ""
    case.fire("until_promised")
    assert case.messages == ["answer"]
    case.deliver("answer_received")
    assert case.last.outcome == "closed_explained"


def test_a_called_process_runs_with_the_values_of_the_case_and_hands_them_back():
    case = Driver(diagram("call", "call_called"))
    case.complete("assign", outcome="complex")
    assert (case.open, case.timers) == (["review"], ["ask_late"])
    assert case.task("review").deadlines == (case.timer("ask_late").token,)
    case.complete("review", upheld=False)
    assert (case.open, case.timers) == (["revisit"], [])
    assert case.last.variables["outcome"] == "complex" and case.last.variables["upheld"] is False
    assert case.last.passed == ("review", "called_done", "ask")


def test_a_side_branch_with_a_person_in_it_keeps_the_case_open():
    case = Driver(diagram("side_branch_with_a_person"))
    case.fire("overdue")
    case.complete("rectify", resolved=True)
    assert not case.last.ended and case.open == ["supervise"]
    case.complete("supervise", ordered=True)
    assert case.last.ended and case.last.outcome == "supervised"
    assert case.last.variables["resolved"] is True


def test_each_visit_of_a_task_has_its_own_token_number_and_timer():
    case = Driver(diagram("loop"))
    tokens, timers, visits = set(), set(), []
    for _ in range(4):
        tokens.add(case.task("rectify").token)
        timers.add(case.timer("overdue").token)
        visits.append(case.task("rectify").visit)
        case.complete("rectify", again=True)
    assert (len(tokens), len(timers), visits) == (4, 4, [1, 2, 3, 4])


def test_a_visit_that_was_withdrawn_is_not_counted_as_completed_but_its_number_is_used_up():
    scope = Scope()
    scope.start()
    scope.user("rectify")
    scope.deadline("give_up", "rectify", interrupting=True)
    scope.choice("again")
    scope.end("closed_resolved")
    scope.end("never")
    scope.flow("begin", "rectify", "closed_resolved")
    scope.flow("give_up", "again")
    scope.flow("again", "never", when="visits('rectify') > 0")
    scope.flow("again", "rectify", default=True)
    case = Driver(ungated(scope.source()))
    case.fire("give_up")
    assert case.open == ["rectify"] and case.task("rectify").visit == 2


def test_a_fresh_timer_counts_from_the_moment_of_its_own_visit():
    case = Driver(diagram("loop"))
    first = case.timer("overdue").rule.since
    case.later(days=3)
    case.complete("rectify", again=True)
    assert first == MONDAY.isoformat()
    assert case.timer("overdue").rule.since == case.context.now.isoformat()


def test_an_overdue_timer_never_fires_by_a_completion_or_a_look():
    case = Driver(diagram("nested_subprocesses"))
    case.later(days=400)
    case.complete("first_response", outcome="simple")
    assert case.topics == [] and "handle_late" in case.timers


def test_completed_visits_decide_how_often_a_case_is_returned():
    case = Driver(diagram("return_at_most_once"))
    case.complete("dispatch")
    case.complete("revisit", satisfied=False)
    assert case.topics == ["return_for_rehandling"] and case.open == ["dispatch"]
    case.complete("dispatch")
    case.complete("revisit", satisfied=False)
    assert case.topics == [] and case.last.outcome == "closed_unsatisfied"


def test_a_completed_task_cannot_be_completed_again():
    case = Driver(diagram("choice"))
    token = case.task("first_response").token
    case.complete("first_response", outcome="simple")
    with pytest.raises(TaskNotOpen):
        step.complete(case.definition, case.last.state, token, {"outcome": "complex"}, case.context)


@pytest.mark.parametrize("token", [0, -1, 2, 10**30, "3", None])
def test_only_the_token_of_an_open_user_task_can_be_completed(token):
    case = Driver(diagram("deadline_on_task"))
    with pytest.raises(TaskNotOpen):
        step.complete(case.definition, case.last.state, token, {}, case.context)


def test_a_timer_is_no_task_and_a_task_is_no_timer():
    case = Driver(diagram("deadline_on_task"))
    with pytest.raises(TaskNotOpen):
        step.complete(case.definition, case.last.state, case.timer("overdue").token, {}, case.context)
    with pytest.raises(TaskNotOpen):
        step.fire(case.definition, case.last.state, case.task("rectify").token, case.context)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"outcome": "unheard_of"}, "not_a_choice"),
        ({"outcome": 1}, "wrong_type"),
        ({"outcome": ["simple"]}, "wrong_type"),
        ({"count": True}, "wrong_type"),
        ({"count": "2"}, "wrong_type"),
        ({"count": 2.0}, "wrong_type"),
        ({"count": 10**16}, "too_large"),
        ({"count": -(10**16)}, "too_small"),
        ({"contacted": 1}, "wrong_type"),
        ({"contacted": "true"}, "wrong_type"),
        ({"promised": "2026-02-30"}, "not_a_date"),
        ({"promised": "20260301"}, "not_a_date"),
        ({"promised": "2026-W10-1"}, "not_a_date"),
        ({"words": "很好"}, "unknown_field"),
        ({"level": "very_dissatisfied"}, "unknown_field"),
        ({"typename": "x"}, "unknown_field"),
        ({"_hidden": 1}, "unknown_field"),
    ],
)
def test_only_declared_deciding_fields_with_fitting_values_enter_the_case(values, code):
    case = Driver(diagram("choice"))
    with pytest.raises(InvalidForm) as refusal:
        case.complete("first_response", **values)
    assert refusal.value.fields == {next(iter(values)): code}


def test_fields_that_were_not_given_stay_as_they_are_and_none_empties_one():
    case = Driver(diagram("loop"))
    case.complete("rectify", again=True, round=1)
    case.complete("rectify", again=True)
    assert case.last.variables["round"] == 1
    case.complete("rectify", round=None)
    assert case.last.variables["round"] is None and case.last.variables["again"] is True


@pytest.mark.parametrize("variables", [{"typename": "x"}, {"rater_phone": "1"}, {"level": 1.5}, {"level": {"a": 1}}])
def test_a_case_starts_only_with_declared_plain_variables(variables):
    with pytest.raises(InvalidInput):
        Driver(diagram("choice"), variables)


def test_the_first_flow_whose_condition_holds_is_taken_in_the_order_of_the_file():
    for values, opened in [
        ({"outcome": "simple"}, ["rectify"]),
        ({"outcome": "complex", "count": 2}, ["open_ledger"]),
        ({"outcome": "complex"}, []),
    ]:
        case = Driver(diagram("choice"))
        case.complete("first_response", **values)
        assert case.open == opened


def test_a_condition_that_cannot_be_evaluated_fails_the_step_and_names_the_gateway():
    scope = Scope()
    scope.start()
    scope.user("first", count="long")
    scope.choice("which")
    scope.end("one")
    scope.end("other")
    scope.flow("begin", "first", "which")
    scope.flow("which", "one", when="count + 1")
    scope.flow("which", "other", default=True)
    case = Driver(ungated(scope.source()))
    before = case.last.state
    with pytest.raises(StepFailed) as failure:
        case.complete("first", count=1)
    assert failure.value.element == "which"
    assert step.inspect(case.definition, before).state == before
    assert case.open == ["first"]


def test_a_timer_without_its_date_fails_the_step_and_names_the_timer():
    case = Driver(diagram("waiting_in_the_flow"))
    with pytest.raises(StepFailed) as failure:
        case.complete("assign")
    assert failure.value.element == "until_promised"


def test_a_loop_without_a_person_fails_instead_of_running_for_ever():
    scope = Scope()
    scope.start()
    scope.user("first", on="boolean")
    scope.effect("remind_it", "remind")
    scope.choice("round")
    scope.end("out")
    scope.flow("begin", "first", "remind_it", "round")
    scope.flow("round", "remind_it", when="on == True")
    scope.flow("round", "out", default=True)
    case = Driver(ungated(scope.source()))
    with pytest.raises(StepFailed) as failure:
        case.complete("first", on=True)
    assert failure.value.element in ("remind_it", "round")


def test_looking_at_a_case_changes_nothing():
    case = Driver(diagram("nested_subprocesses"))
    case.later(days=100)
    looked = step.inspect(case.definition, case.last.state)
    assert (looked.state, looked.effects, looked.passed) == (case.last.state, (), ())

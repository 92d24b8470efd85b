"""What SpiffWorkflow 3.2.0 does wrongly or surprisingly and the dialect can reach: here it comes out right.

The numbers are those of the list of pitfalls that was measured before this engine was written; where stock can be
shown to fail, the test shows it, so that a later SpiffWorkflow that has mended it is noticed.
"""

from __future__ import annotations

import itertools
import logging

import pytest

from caseflow.engine import definition, step
from caseflow.engine import state as states
from caseflow.engine.values import Context
from caseflow.engine.workflow import Run
from caseflow.errors import TaskNotOpen
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.driver import MONDAY, RATING, Driver, diagram
from tests.caseflow.engine.stock import Stock

BRANCHES = ("rectify", "feed_back", "explain")


def stock(name: str) -> Stock:
    loaded = diagram(name)
    return Stock(loaded.files, loaded.process_id, RATING, MONDAY)


def names(case) -> list[str]:
    return [name if isinstance(name, str) else name[0] for name in case.open]


def test_pitfall_1_and_2_a_restored_case_knows_everything_it_knew_and_typename_is_no_variable():
    case = Driver(diagram("parallel_in_loop"))
    case.complete("rectify", left=1)
    assert step.inspect(case.definition, case.last.state).variables == {**RATING, "left": 1}
    with pytest.raises(Exception, match="unknown_variable"):
        Driver(diagram("loop"), {"typename": "Task"})


@pytest.mark.parametrize("second", list(itertools.permutations(BRANCHES)), ids="-".join)
@pytest.mark.parametrize("first", list(itertools.permutations(BRANCHES)), ids="-".join)
def test_pitfall_4_a_join_inside_a_loop_waits_for_all_branches_in_every_round_and_order(first, second):
    case = Driver(diagram("parallel_in_loop"))
    for order in (first, second, first):
        for element in order:
            assert element in case.open and "revisit" not in case.open
            case.complete(element)
        assert case.open == ["revisit"]
        case.complete("revisit", again=True)
    assert case.open == sorted(BRANCHES)


def test_pitfall_4_stock_still_fires_the_join_early_in_some_order():
    early = 0
    for first, second in itertools.product(itertools.permutations(BRANCHES), repeat=2):
        case = stock("parallel_in_loop")
        for element in first:
            case.complete(element)
        case.complete("revisit", again=True)
        for element in second[:2]:
            if element in names(case):
                case.complete(element)
        early += "revisit" in names(case)
    assert early, "stock has learnt it: TokenJoin may be given up"


@pytest.mark.parametrize("order", [("rectify", "feed_back"), ("feed_back", "rectify")], ids="-".join)
def test_pitfall_5_a_variable_changed_in_one_branch_is_not_reverted_by_the_other(order):
    case = Driver(diagram("parallel"))
    case.complete("assign", left=1, shared=1)
    for element in order:
        case.complete(element, **({"left": 2, "shared": 2} if element == "rectify" else {"right": 3}))
    assert case.open == ["revisit"]
    variables = case.last.variables
    assert (variables["left"], variables["shared"], variables["right"]) == (2, 2, 3)


def test_pitfall_5_stock_still_loses_the_update_of_the_branch_that_ends_first():
    case = stock("parallel")
    case.complete("assign", left=1, shared=1)
    case.complete("rectify", left=2, shared=2)
    case.complete("feed_back", right=3)
    ((_, data),) = case.open
    assert dict(data)["left"] == 1, "stock has learnt it"


def test_pitfall_5_where_both_branches_write_the_later_write_wins():
    scope = Scope()
    scope.start()
    scope.parallel("fork")
    scope.user("rectify", promised="date")
    scope.user("feed_back", promised="date")
    scope.parallel("join")
    scope.user("revisit")
    scope.end()
    scope.flow("begin", "fork", "rectify", "join", "revisit", "done")
    scope.flow("fork", "feed_back", "join")
    for first, second in itertools.permutations(("rectify", "feed_back")):
        case = Driver(definition.load({"x.bpmn": scope.source()}, trusted=True))
        case.complete(first, promised="2026-03-09")
        case.complete(second, promised="2026-03-02")
        assert case.last.variables["promised"] == "2026-03-02"


def test_pitfall_5_a_side_branch_that_ends_last_does_not_bring_old_values_back():
    scope = Scope()
    scope.start()
    scope.user("assign", count="long")
    handle = scope.sub("handle")
    handle.start("handle_begin")
    handle.user("rectify", count="long")
    handle.deadline("late", "rectify")
    handle.user("supervise")
    handle.end("supervised")
    handle.end("handle_done")
    handle.flow("handle_begin", "rectify", "handle_done")
    handle.flow("late", "supervise", "supervised")
    scope.user("revisit")
    scope.end()
    scope.flow("begin", "assign", "handle", "revisit", "done")
    case = Driver(definition.load({"x.bpmn": scope.source()}, trusted=True))
    case.complete("assign", count=1)
    case.fire("late")
    case.complete("rectify", count=2)
    case.complete("supervise")
    assert case.open == ["revisit"] and case.last.variables["count"] == 2


def test_pitfall_7_what_one_branch_writes_the_other_does_not_see_before_they_meet():
    case = Driver(diagram("parallel"))
    case.complete("assign", left=1, shared=1)
    at_the_fork = case.last.variables
    case.complete("rectify", left=2, shared=2)
    run = states.load(case.last.state, Run(case.definition.inner), case.definition)
    other = next(task for task in run.tasks() if task.task_spec.name == "feed_back")
    assert (other.data["left"], other.data["shared"]) == (1, 1)
    assert (at_the_fork["left"], at_the_fork["shared"]) == (1, 1), "values handed out never change afterwards"


def test_pitfall_8_a_task_cannot_be_run_twice_or_before_its_time():
    case = Driver(diagram("nested_subprocesses"))
    token = case.task("first_response").token
    case.complete("first_response", outcome="simple")
    for wrong in (token, *range(1, case.task("rectify").token)):
        with pytest.raises(TaskNotOpen):
            step.complete(case.definition, case.last.state, wrong, {}, Context(MONDAY))


def test_pitfall_9_a_case_goes_on_past_the_depth_at_which_stock_dies():
    case = Driver(diagram("loop"))
    for _ in range(1_100):
        case.complete("rectify", again=True)
        del case.history[:-1]
    case.complete("rectify", again=False)
    assert case.last.ended


def test_pitfall_10_an_effect_is_noted_and_nothing_is_called():
    case = Driver(diagram("return_at_most_once"))
    case.complete("dispatch")
    made = case.complete("revisit", satisfied=False)
    assert [(effect.element, effect.topic) for effect in made.effects] == [("return_it", "return_for_rehandling")]


def test_pitfall_12_and_13_a_running_timer_keeps_the_moment_from_which_it_counts():
    case = Driver(diagram("nested_subprocesses"))
    rules = {timer.element: timer.rule for timer in case.last.timers}
    case.later(days=30)
    case.complete("first_response", outcome="simple")
    assert case.timer("handle_late").rule == rules["handle_late"]


def test_pitfall_15_no_values_of_a_case_reach_the_logs(caplog):
    caplog.set_level(logging.DEBUG)
    case = Driver(diagram("nested_subprocesses"))
    case.complete("first_response", outcome="complex")
    case.deliver("rating_voided")
    assert [record for record in caplog.records if record.name.startswith("spiff")] == []


def test_pitfall_18_a_deadline_that_is_overdue_waits_for_the_scheduler_even_when_its_task_is_completed_late():
    case = Driver(diagram("deadline_on_task"))
    case.later(days=365)
    case.complete("rectify", resolved=True)
    assert case.topics == [] and case.last.outcome == "closed_resolved"


def test_pitfall_19_a_side_branch_with_a_person_keeps_a_subprocess_open_until_that_person_is_done():
    case = Driver(diagram("side_branch_with_a_person"))
    case.fire("overdue")
    case.complete("rectify")
    assert not case.last.ended
    case.complete("supervise")
    assert case.last.ended


def test_many_overdue_deadlines_that_end_in_a_side_branch_leave_nothing_behind():
    case = Driver(diagram("loop"))
    sizes = []
    for _ in range(50):
        case.fire("overdue")
        case.complete("rectify", again=True)
        sizes.append(len(case.last.state))
    assert sizes[-1] - sizes[1] <= 40

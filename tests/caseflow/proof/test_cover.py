"""covered: the time of a step does not pass unseen, whatever is drawn in front of it."""

from __future__ import annotations

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.proof import Bounds, Proof, Rule, RuleResult, prove
from tests.caseflow.engine.builder import Scope
from tests.caseflow.proof.breaking_time import PAUSE, TIMED, WAIT
from tests.caseflow.proof.diagrams import Diagram
from tests.caseflow.proof.judge import judged

FROM_RECEIPT = "covered(contact) <= 2 working_days since=received_at"
AFTERWARDS = "covered(revisit, after=rectify) <= 5 working_days"


def result(scope: Scope, check: str, bounds: Bounds | None = None) -> RuleResult:
    definition = engine.load({"test.bpmn": scope.source()}, trusted=True, topics=TOPICS)
    return prove(definition, [Rule(check, "GC-2(二)", "")], *([bounds] if bounds else [])).results[0]


def proof(definition: engine.Definition, *checks: str) -> Proof:
    return prove(definition, [Rule(text, "HN-14", "") for text in checks])


def chain(*parts: str, **limits: str) -> Scope:
    """Steps in a row: user tasks, a pause by its name, each task with the limit given, which escalates."""
    scope = Scope()
    scope.start()
    for part in parts:
        scope.timer(part, "working_days(60)") if part == "pause" else scope.user(part)
    for task, limit in limits.items():
        watched(scope, task, limit)
    scope.end()
    scope.flow("begin", *parts, "done")
    return scope


def watched(scope: Scope, task: str, limit: str) -> None:
    scope.deadline(f"{task}_due", task, limit)
    scope.effect(f"{task}_escalate")
    scope.end(f"{task}_escalated")
    scope.flow(f"{task}_due", f"{task}_escalate", f"{task}_escalated")


def test_a_step_that_is_open_at_once_with_its_limit_is_covered():
    assert result(chain("contact", contact="working_days(2, since=received_at)"), FROM_RECEIPT).verdict == "holds"


@pytest.mark.parametrize(("first", "limit", "code"), [
    ("talk", "", "uncovered"), ("pause", "", "uncovered_pause"),
    ("talk", "working_days(3, since=received_at)", "covered_too_long"), ("talk", "working_days(1)", "covered_too_long"),
])
def test_time_before_a_step_that_passes_unseen_is_a_breach_with_the_way_there(first, limit, code):
    limits = {"contact": "working_days(2, since=received_at)", **({"talk": limit} if limit else {})}
    found = result(chain(first, "contact", **limits), FROM_RECEIPT)
    assert (found.verdict, found.code, found.element) == ("violated", code, first)
    assert [step.kind for step in found.path] == ["start"]


def test_a_task_before_the_step_may_wait_as_long_as_somebody_hears_of_it_in_time():
    scope = chain("talk", "contact", talk="working_days(1, since=received_at)",
                  contact="working_days(2, since=received_at)")
    assert result(scope, FROM_RECEIPT).verdict == "holds"


def test_what_deadline_says_of_the_open_step_is_not_said_twice():
    definition = engine.load({"test.bpmn": chain(
        "contact", contact="working_days(3, since=received_at)").source()}, trusted=True, topics=TOPICS)
    deadline = FROM_RECEIPT.replace("covered", "deadline")
    for rules, verdicts in (([FROM_RECEIPT], ["violated"]), ([FROM_RECEIPT, deadline], ["holds", "violated"]),
                            ([FROM_RECEIPT, deadline.replace("2", "4")], ["violated", "holds"])):
        found = prove(definition, [Rule(text, "GC-2(二)", "") for text in rules])
        assert [one.verdict for one in found.results] == verdicts


def test_a_limit_that_nobody_who_supervises_hears_of_covers_nothing():
    scope = chain("talk", "contact", contact="working_days(2, since=received_at)")
    scope.deadline("talk_due", "talk", "working_days(1, since=received_at)")
    scope.end("talk_over")
    scope.flow("talk_due", "talk_over")
    assert result(scope, FROM_RECEIPT).code == "uncovered"
    scope = chain("talk", "contact", contact="working_days(2, since=received_at)")
    scope.deadline("talk_due", "talk", "working_days(1, since=received_at)", reminder=True)
    scope.effect("tell")
    scope.end("told")
    scope.flow("talk_due", "tell", "told")
    assert result(scope, FROM_RECEIPT).code == "covered_too_long"


def around(*parts: str, limit: str = "working_days(2, since=received_at)") -> Scope:
    """Steps in a subprocess with a limit of its own, which escalates."""
    scope = Scope()
    scope.start()
    inner = scope.sub("all_of_it")
    inner.start("inner")
    for part in parts:
        inner.timer(part, "working_days(60)") if part == "pause" else inner.user(part)
    inner.end("inner_end")
    inner.flow("inner", *parts, "inner_end")
    watched(scope, "all_of_it", limit)
    scope.end()
    scope.flow("begin", "all_of_it", "done")
    return scope


def test_a_timer_from_the_receipt_around_the_whole_covers_all_within():
    assert result(around("talk", "think", "contact"), FROM_RECEIPT).verdict == "holds"
    assert result(around("contact", limit="working_days(2)"), FROM_RECEIPT).verdict == "violated"


def test_a_pause_longer_than_the_limit_is_a_breach_though_somebody_hears_of_it():
    assert result(around("pause", "contact"), FROM_RECEIPT).code == "uncovered_pause"


@pytest.mark.parametrize(("talk", "revisit", "verdict"), [
    ("working_days(2)", "working_days(3)", "holds"), ("working_days(3)", "working_days(3)", "violated"),
    ("calendar_days(2)", "hours(72)", "holds"), ("end_of_day()", "working_days(5)", "holds"),
    ("hours(25)", "working_days(4)", "violated"), ("working_days(1, since=received_at)", "working_days(4)", "holds"),
])
def test_waits_one_after_the_other_share_the_time_of_the_last(talk, revisit, verdict):
    found = result(chain("rectify", "talk", "revisit", talk=talk, revisit=revisit), AFTERWARDS)
    assert found.verdict == verdict
    assert verdict == "holds" or [step.element for step in found.path] == ["", "rectify", "talk"]


def test_what_begins_with_an_earlier_step_asks_nothing_before_it():
    for parts, code in (("talk pause rectify revisit", ""), ("rectify revisit talk", ""),
                        ("rectify pause revisit", "uncovered_pause"), ("rectify talk revisit", "uncovered")):
        assert result(chain(*parts.split(), revisit="working_days(5)"), AFTERWARDS).code == code


def returning(*back: str) -> Scope:
    """A revisit that may go back to the rectification once, by way of these steps."""
    scope = Scope()
    scope.start()
    scope.user("rectify")
    scope.user("revisit", again="boolean")
    for part in back:
        scope.timer(part, "working_days(60)") if part == "pause" else scope.user(part)
    scope.choice("which")
    watched(scope, "rectify", "working_days(5, since=received_at)")
    watched(scope, "revisit", "working_days(5)")
    scope.end()
    scope.flow("begin", "rectify", "revisit", "which")
    scope.flow("which", *back, "rectify", when="again and visits('rectify') < 2")
    scope.flow("which", "done", default=True)
    return scope


def test_a_step_that_has_to_come_again_is_waited_for_again():
    rule = "covered(rectify) <= 5 working_days since=received_at"
    assert result(returning(), rule).verdict == "holds"
    found = result(returning("pause"), rule)
    assert (found.code, [step.element for step in found.path]) == ("uncovered_pause", ["", "rectify", "revisit"])
    assert result(returning(), AFTERWARDS).verdict == "holds"
    assert result(returning("think"), AFTERWARDS).verdict == "holds"


def test_a_day_that_a_form_sets_covers_from_then_on():
    scope = Scope()
    scope.start()
    scope.user("plan", rectify_by="date")
    scope.user("talk")
    scope.user("rectify")
    watched(scope, "rectify", "rectify_by")
    scope.end()
    scope.flow("begin", "plan", "rectify", "talk", "done")
    assert result(scope, "covered(rectify, after=plan) <= rectify_by").verdict == "holds"
    scope.xml = [part.replace('sourceRef="plan" targetRef="rectify"', 'sourceRef="plan" targetRef="talk"').replace(
        'sourceRef="rectify" targetRef="talk"', 'sourceRef="rectify" targetRef="done"').replace(
        'sourceRef="talk" targetRef="done"', 'sourceRef="talk" targetRef="rectify"') for part in scope.xml]
    assert result(scope, "covered(rectify, after=plan) <= rectify_by").code == "uncovered"


def test_what_was_not_seen_to_escalate_in_a_part_of_the_graph_is_unknown():
    scope = chain("talk", "contact", talk="working_days(1, since=received_at)",
                  contact="working_days(2, since=received_at)")
    for states in (1, 2, 3):
        assert result(scope, FROM_RECEIPT, Bounds(states, 9)).verdict == "unknown"


LIMITED = {     # the place → the step that comes first with a number of days in its article, and others behind it
    "hefei": ("first_response", "rectify", "open_ledger", "explain"),
    "qijiang": ("assign", "first_response", "rectify", "explain"),
    "guichi": ("first_response", "rectify", "open_ledger", "rectify_complex", "explain", "revisit"),
    "hainan": ("rectify", "explain", "rehandle"),
}


@pytest.mark.parametrize(("place", "step"), [(place, step) for place, steps in LIMITED.items() for step in steps])
def test_neither_a_task_without_limit_nor_a_pause_may_stand_before_a_limited_step(place, step):
    for name, xml in (("extra_wait", WAIT.format("responsible.officer")), ("extra_pause", PAUSE)):
        verdict = judged(Diagram(place, "rectification").put_before(step, name, name, xml))
        assert verdict.by == "proof" and [text for text in verdict.reasons if text.startswith(f"covered({step}")]


@pytest.mark.parametrize(("text", "verdicts"), [
    ("end_of_day()", ["holds", "holds"]), ("calendar_days(1)", ["holds", "holds"]), ("hours(24)", ["holds", "holds"]),
    ("calendar_days(2)", ["violated", "violated"]), ("working_days(1)", ["violated", "violated"]),
    ("hours(25)", ["violated", "violated"]),
])
def test_what_is_over_before_any_day_that_can_be_set_keeps_that_day(text, verdicts):
    diagram = Diagram("hainan", "rectification").set_text("rectify_due", "timeDate", text)
    rules = "deadline(rectify) <= rectify_by", "covered(rectify, after=dispatch) <= rectify_by"
    assert [proof(judged(diagram).definition, rule).results[0].verdict for rule in rules] == verdicts


@pytest.mark.parametrize(("text", "verdict"), [("end_of_day()", "holds"), ("calendar_days(1)", "violated")])
def test_a_day_that_may_be_today_is_kept_by_the_end_of_today_alone(text, verdict):
    diagram = Diagram("qijiang", "rectification").set_text("promise_due", "timeDate", text)
    [found] = proof(judged(diagram).definition, "deadline(rectify) <= promise_by").results
    assert found.verdict == verdict


def test_the_end_of_a_later_day_is_not_the_day_that_was_set():
    diagram = Diagram("hainan", "rectification").set_text("rectify_due", "timeDate", "end_of_day()")
    diagram.put_before("rectify", "extra_wait", "extra_wait", TIMED.format("responsible.officer", "rectify_by"))
    found = proof(judged(diagram).definition, "deadline(rectify) <= rectify_by",
                  "covered(rectify, after=dispatch) <= rectify_by")
    assert "violated" in [result.verdict for result in found.results]

"""A case goes on under another version of its process where it stands, or is refused with the reason."""

from __future__ import annotations

import random

import pytest
from lxml import etree

from caseflow.engine import definition
from caseflow.engine.fitting import CODES
from caseflow.engine.migrate import RESTART, move
from caseflow.errors import CannotMove
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.driver import Driver, diagram
from tests.caseflow.engine.generated import Generator
from tests.caseflow.engine.test_equivalence import some_values

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def line(*steps, deadline: str | None = None, at: str = "work", **fields) -> definition.Definition:
    """A process of these user tasks in a row; with a deadline at one of them, and a form at the first."""
    scope = Scope()
    scope.start()
    for number, name in enumerate(steps):
        scope.user(name, **(fields if number == 0 else {}))
    if deadline:
        scope.deadline("late", at, deadline)
        scope.end("told")
        scope.flow("late", "told")
    scope.end()
    scope.flow("begin", *steps, "done")
    return loaded(scope)


def forked(*branches: tuple[str, ...], before: str = "first") -> definition.Definition:
    scope = Scope()
    scope.start()
    scope.user(before)
    for gateway in ("split", "join"):
        scope.parallel(gateway)
    for branch in branches:
        for name in branch:
            scope.user(name)
        scope.flow("split", *branch, "join")
    scope.end()
    scope.flow("begin", before, "split")
    scope.flow("join", "done")
    return loaded(scope)


def loaded(scope: Scope) -> definition.Definition:
    return definition.load({"test.bpmn": scope.source()}, trusted=True)


def moved(case: Driver, new: definition.Definition, **choices) -> tuple[Driver, list]:
    """The case under the new version, and what became of its timers."""
    made = move(case.definition, new, case.last.state, choices, case.context)
    case.definition = new
    case._keep(made.step)
    return case, [(timer.element, timer.how, timer.changed) for timer in made.timers]


def refused(case: Driver, new: definition.Definition) -> list[tuple[str, str]]:
    with pytest.raises(CannotMove) as refusal:
        move(case.definition, new, case.last.state, {}, case.context)
    assert {obstacle.code for obstacle in refusal.value.obstacles} <= CODES
    return [(obstacle.code, obstacle.element) for obstacle in refusal.value.obstacles]


def test_an_open_task_keeps_its_token_and_goes_the_new_way():
    case = Driver(line("work"))
    token = case.task("work").token
    case, _ = moved(case, line("work", "review"))
    assert case.task("work").token == token
    case.complete("work")
    assert case.open == ["review"] and case.complete("review").ended


def test_a_step_that_is_gone_is_no_place_to_be():
    assert refused(Driver(line("work")), line("labour")) == [("gone", "work")]


def test_a_step_of_another_kind_is_no_place_to_be():
    scope = Scope()
    scope.start()
    scope.message("work", "go")
    scope.end()
    scope.flow("begin", "work", "done")
    assert refused(Driver(line("work")), loaded(scope)) == [("kind", "work")]


def test_a_step_in_a_new_subprocess_is_no_place_to_be():
    scope = Scope()
    scope.start()
    inner = scope.sub("around")
    inner.start("in")
    inner.user("work")
    inner.end("out")
    inner.flow("in", "work", "out")
    scope.end()
    scope.flow("begin", "around", "done")
    assert refused(Driver(line("work")), loaded(scope)) == [("moved", "work")]


def test_a_timer_keeps_its_moment_unless_it_is_to_be_set_anew():
    old, new = line("work", deadline="working_days(2)"), line("work", deadline="working_days(3)")
    kept, told = moved(Driver(old), new)
    assert (kept.timer("late").rule.amount, told) == (2, [("late", "kept", True)])
    case = Driver(old)
    before = case.timer("late").token
    case.later(days=1)
    case, told = moved(case, new, late=RESTART)
    rule = case.timer("late").rule
    assert (rule.amount, rule.since, told) == (3, case.context.now.isoformat(), [("late", "restarted", True)])
    assert case.timer("late").token > before
    case.fire("late")
    assert case.open == ["work"]


def test_a_deadline_that_is_new_begins_and_one_that_is_gone_is_withdrawn():
    plain, guarded = line("work"), line("work", deadline="working_days(2)")
    case, told = moved(Driver(plain), guarded)
    assert (case.timers, told) == (["late"], [("late", "begun", False)])
    assert case.fire("late").ended is False and case.complete("work").ended
    case, told = moved(Driver(guarded), plain)
    assert (case.timers, told) == ([], [("late", "withdrawn", False)])
    assert case.complete("work").ended


def test_a_deadline_that_has_passed_does_not_pass_again():
    case = Driver(line("work", deadline="working_days(2)"))
    case.fire("late")
    case, told = moved(case, line("work", deadline="working_days(3)"))
    assert (case.timers, told) == ([], [])


def test_a_return_that_was_used_up_stays_used_up():
    """HN-15: at most one return, also across versions."""
    case = Driver(diagram("return_at_most_once"))
    case.complete("dispatch")
    case.complete("revisit", satisfied=False)
    source = case.definition.source.replace("名称 dispatch".encode(), "重办".encode())
    case, _ = moved(case, definition.load({"test.bpmn": source}, trusted=True))
    case.complete("dispatch")
    assert case.complete("revisit", satisfied=False).outcome == "closed_unsatisfied"


def test_a_counted_task_under_another_name_would_be_counted_anew():
    case = Driver(diagram("return_at_most_once"))
    case.complete("dispatch")
    renamed = definition.load({"test.bpmn": case.definition.source.replace(b"dispatch", b"allot")}, trusted=True)
    assert refused(case, renamed) == [("visits", "dispatch")]


def test_what_waits_at_a_join_keeps_its_branch_when_its_last_step_is_gone():
    case = Driver(forked(("a", "check"), ("b",)))
    for name in ("first", "a", "check"):
        case.complete(name)
    case, _ = moved(case, forked(("a",), ("b",)))
    assert case.complete("b").ended


@pytest.mark.parametrize("branches", [(("a",), ("b",), ("c",)), (("a", "b"), ("c",))])
def test_other_parallel_branches_would_wait_in_vain(branches):
    case = Driver(forked(("a",), ("b",)))
    assert moved(case, forked(("a",), ("b",)))[0].open == ["first"]
    case.complete("first")
    assert [code for code, _ in refused(case, forked(*branches))] == ["branches"]


def test_branches_that_became_a_row_would_be_done_twice():
    case = Driver(forked(("a",), ("b",)))
    case.complete("first")
    assert [code for code, _ in refused(case, line("a", "b"))] == ["branches"]


def test_before_its_branches_a_case_moves_freely():
    case, _ = moved(Driver(forked(("a",), ("b",))), forked(("a",), ("b",), ("c",)))
    case.complete("first")
    assert case.open == ["a", "b", "c"]


def test_what_waits_at_a_join_keeps_its_branch_when_a_step_is_added_to_it():
    case = Driver(forked(("a",), ("b",)))
    case.complete("first")
    case.complete("a")
    case, _ = moved(case, forked(("a", "check"), ("b",)))
    assert case.complete("b").ended


def test_an_answer_of_another_type_cannot_be_used():
    def asking(kind: str, condition: str) -> definition.Definition:
        scope = Scope()
        scope.start()
        scope.user("ask", fast=kind)
        scope.user("work")
        scope.choice("which")
        scope.end("quick")
        scope.end()
        scope.flow("begin", "ask", "work", "which")
        scope.flow("which", "quick", when=condition)
        scope.flow("which", "done", default=True)
        return loaded(scope)

    case = Driver(asking("boolean", "fast"))
    case.complete("ask", fast=True)
    assert refused(case, asking("long", "fast > 3")) == [("values", "")]
    case = Driver(asking("enum a b", "fast == 'a'"))
    case.complete("ask", fast="b")
    assert refused(case, asking("enum a c", "fast == 'a'")) == [("values", "")]


def test_a_question_that_was_passed_is_not_answered_any_more():
    old = line("ask", "work")
    new = line("ask", "work", deadline="agreed_by", agreed_by="date")
    case = Driver(old)
    assert moved(Driver(old), new)[0].open == ["ask"]
    case.complete("ask")
    assert refused(case, new) == [("unasked", "late")]


def test_an_ended_case_stays_where_it_is():
    case = Driver(line("work"))
    case.complete("work")
    assert refused(case, line("work", "review")) == [("ended", "")]


def changed(source: bytes, seed: int) -> bytes:
    """The diagram with some tasks put into its flows, and deadlines that tell somebody added to its tasks."""
    random_, root = random.Random(seed), etree.fromstring(source)
    for number, flow in enumerate(root.findall(f".//{MODEL}sequenceFlow")):
        if random_.random() < 0.3:
            scope, target = Scope(), flow.get("targetRef")
            flow.set("targetRef", scope.user(f"added_{number}"))
            ends = f'sourceRef="added_{number}" targetRef="{target}"'
            scope.xml.append(f'<bpmn:sequenceFlow id="onward_{number}" {ends}/>')
            _append(flow.getparent(), scope)
    for number, task in enumerate(root.findall(f".//{MODEL}userTask")):
        if random_.random() < 0.3:
            scope = Scope(count=[10_000 + number])
            scope.deadline(f"soon_{number}", task.get("id"), reminder=True)
            scope.end(f"heard_{number}")
            scope.flow(f"soon_{number}", f"heard_{number}")
            _append(task.getparent(), scope)
    return etree.tostring(root)


def _append(parent: etree._Element, scope: Scope) -> None:
    for element in etree.fromstring(scope.source()).find(f"{MODEL}process"):
        parent.append(element)


def test_a_case_that_was_moved_comes_to_its_end():
    """Random diagrams, changed at random, either way round: what is not refused neither fails nor waits in vain."""
    moves = 0
    for seed in range(12):
        print(f"seed {seed}")
        random_, source = random.Random(seed), Generator(seed).source
        versions = [definition.load({"test.bpmn": text}, trusted=True) for text in (source, changed(source, seed))]
        random_.shuffle(versions)
        case = Driver(versions[0])
        for taken in range(60):
            if not act(case, random_):
                break
            if taken % 3 == 0 and not case.last.ended:
                moves += try_to_move(case, versions[case.definition is versions[0]], random_)
        assert case.last.ended or case.last.tasks or case.last.timers or case.last.messages
    assert moves > 20


def act(case: Driver, random_: random.Random) -> bool:
    """Do something that is open; whether there was anything."""
    last = case.last
    open_ = [("complete", task.element) for task in last.tasks] * 2
    open_ += [("fire", timer.element) for timer in last.timers]
    open_ += [("deliver", message.message) for message in last.messages]
    if open_:
        verb, name = random_.choice(open_)
        case.later(hours=random_.randint(0, 50))
        getattr(case, verb)(name, **(some_values(case.definition, name, random_) if verb == "complete" else {}))
    return bool(open_)


def try_to_move(case: Driver, other: definition.Definition, random_: random.Random) -> bool:
    try:
        moved(case, other, **{timer: RESTART for timer in case.timers if random_.random() < 0.5})
    except CannotMove:
        return False
    return True

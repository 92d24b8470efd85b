"""The explorer against the engine: a canonical state goes on as each state it stands for, and none is missed."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from caseflow.engine import definition as engine
from caseflow.engine import step
from caseflow.engine.values import CASE_VARIABLES, Context, Step
from caseflow.law import regulations
from caseflow.proof import Bounds, Rule, prove
from caseflow.proof.canonical import Canon
from caseflow.proof.days import day_of
from caseflow.proof.explorer import CONTEXT, _Explorer
from caseflow.proof.reading import Reading
from caseflow.workshop import proving
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.generated import Generator
from tests.caseflow.proof.diagrams import shipped
from tests.caseflow.proof.judge import shipped_definition

DATED = "days_between(received_at, told_on) > 2 and told_on < today()"
LEVELS = ["province", "city", "district", "town", "village"]


def scope_with(*tasks: str, fields: dict | None = None) -> Scope:
    scope = Scope()
    scope.start()
    for task in tasks:
        scope.user(task, **(fields or {}).get(task, {}))
    scope.end()
    return scope


def loaded(scope: Scope) -> engine.Definition:
    return engine.load({"test.bpmn": scope.source()}, trusted=True)


def dated() -> engine.Definition:
    """A way back while a day that a form sets lies behind today and some days after the receipt."""
    scope = scope_with("first", "second", fields={"first": {"told_on": "date"}})
    scope.choice("which")
    scope.flow("begin", "first", "second", "which")
    scope.flow("which", "first", when=f"visits('first') < 2 and {DATED}")
    scope.flow("which", "done", default=True)
    return loaded(scope)


DIAGRAMS = {
    **{"/".join(names): lambda names=names: shipped_definition(*names) for names in shipped()},
    **{f"random {seed}": lambda seed=seed: loaded(Generator(seed).top) for seed in (0, 1, 2, 4, 5, 7)},
    "dated": dated,
}


def answer(chance: random.Random, form, today) -> dict[str, object]:
    """Any values a form takes, as form_values.deciding writes them."""
    values: dict[str, object] = {}
    for entry in form:
        shown = entry.visible_when is None or values.get(entry.visible_when[0]) in entry.visible_when[1]
        if entry.decides:
            values[entry.id] = None if not shown or (not entry.required and chance.random() < 0.2) else {
                "enum": lambda entry=entry: chance.choice(entry.choices)[0], "boolean": lambda: chance.random() < 0.5,
                "long": lambda entry=entry: chance.randint(entry.minimum or -3, entry.maximum or 9),
                "date": lambda: (today + timedelta(chance.randint(0, 9))).isoformat()}[entry.type]()
    return values


class Case:
    """A case that takes moves by chance, whole and beside it canonical."""

    def __init__(self, definition: engine.Definition, seed: int) -> None:
        self.definition, self.chance, self.days = definition, random.Random(seed), 0
        self.canon = Canon(Reading(definition))
        start = {"received_at": CONTEXT.now.isoformat(), "level": "dissatisfied", "real_name": True,
                 "business_level": self.chance.choice(LEVELS)}
        assert start.keys() == CASE_VARIABLES.keys()
        self.stand = step.start(definition, start, CONTEXT)

    def context(self) -> Context:
        return Context(CONTEXT.now + timedelta(self.days))

    def canonical(self) -> bytes:
        return self.canon.of(self.stand.state, self.days)

    def go_on(self) -> bool:
        """One move by chance, taken by both; False where nothing can be done."""
        beside = step.inspect(self.definition, self.canonical())
        assert _open(self.stand) == _open(beside)
        moves = [("task", task.element, task.token) for task in self.stand.tasks] * 3
        moves += [("timer", timer.element, timer.token) for timer in self.stand.timers]
        moves += [("message", awaited.message, 0) for awaited in self.stand.messages]
        moves = [move for move in moves if sum(move[1] == other[1] for other in set(moves)) == 1]
        if self.stand.ended or not moves:
            return False
        kind, element, token = self.chance.choice(moves)
        values = {}
        if kind == "task":
            task = next(task for task in self.stand.tasks if task.token == token)
            form = self.definition.user_tasks[element].at_visit(task.visit).form
            values = answer(self.chance, form, self.context().now.date())
        whole = self._take(self.stand, kind, element, values, self.context())
        days = self.days
        shifted = {name: value for name, value in values.items() if not isinstance(value, str) or "-" not in value}
        if shifted == values:
            other = self._take(beside, kind, element, values, CONTEXT)
            assert (whole.passed, whole.ended, whole.outcome) == (other.passed, other.ended, other.outcome)
            assert self.canon.of(whole.state, days) == self.canon.of(other.state)
        self.stand = whole
        self.days += self.chance.choice([0, 0, 1, 3]) if self.canon.reading.asked.timed else 0
        return True

    def _take(self, stand: Step, kind: str, element: str, values: dict, context: Context) -> Step:
        if kind == "message":
            return step.deliver(self.definition, stand.state, element, context)
        if kind == "task":
            token = next(task.token for task in stand.tasks if task.element == element)
            return step.complete(self.definition, stand.state, token, values, context)
        token = next(timer.token for timer in stand.timers if timer.element == element)
        return step.fire(self.definition, stand.state, token, context)


def _open(stand: Step) -> list[str]:
    return sorted([*(task.element for task in stand.tasks), *(timer.element for timer in stand.timers),
                   *(awaited.message for awaited in stand.messages)])


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_case_never_leaves_what_was_explored_and_goes_on_as_its_canonical_state(name):
    definition = DIAGRAMS[name]()
    explorer = _Explorer(definition, {}, Bounds(300, 900))
    graph = explorer.run()
    for seed in range(12):
        case = Case(definition, seed)
        for _ in range(25):
            assert not graph.complete or case.canonical() in explorer.known
            if not case.go_on():
                break


@pytest.mark.parametrize("name", [name for name in DIAGRAMS if "/" in name])
def test_a_shipped_diagram_is_explored_whole_within_a_few_hundred_moves(name):
    graph = _Explorer(DIAGRAMS[name](), {}, Bounds()).run()
    assert graph.complete and graph.moves < 500


def test_a_condition_on_days_is_explored_whole():
    graph = _Explorer(dated(), {}, Bounds()).run()
    assert graph.complete
    went_back = {move.target for node in graph.nodes for move in node.moves if move.element == "second"}
    assert {graph.nodes[number].ended for number in went_back} == {True, False}
    [result] = prove(dated(), [Rule("at_most(first, 1)", "GC-2(二)", "")]).results
    assert [step.days for step in result.path[:3]] == [0, 0, 1]
    assert result.path[1].values["told_on"] == day_of(0)


def test_a_rule_is_unknown_when_a_bound_was_hit_unless_it_is_broken():
    rules = [Rule(text, "GC-2(二)", "") for text in (
        "always_ends()", "at_most(first_response, 1)", "at_most(revisit, 0)", "before(open_file, first_response)",
        "reachable(closed_explained)", "performed_by(revisit, bureau.officer)")]
    proof = prove(shipped_definition("guichi", "rectification"), rules, Bounds(states=10, moves=1_000))
    assert not proof.complete and not proof.holds
    assert [result.verdict for result in proof.results] == [
        "unknown", "unknown", "violated", "unknown", "unknown", "holds"]
    assert (proof.results[0].code, proof.results[0].facts) == (
        "too_many_states", {"states": proof.states, "moves": proof.moves})


@pytest.mark.parametrize("place", ["guichi", "hainan", "hefei", "qijiang"])
def test_what_lies_beyond_a_bound_is_never_called_a_breach(place):
    for most in (1, 3, 10, 30, 100):
        proof = proving.prove(regulations.get(place), shipped_definition(place, "rectification"), Bounds(most, most))
        assert [result.code for result in proof.broken if result.verdict == "violated"] == [], most


def test_numbers_held_against_each_other_are_never_said_to_hold():
    scope = scope_with("first", "second", fields={"first": {"paid": "long", "due": "long"}})
    scope.choice("which")
    scope.flow("begin", "first", "which")
    scope.flow("which", "second", when="paid < due")
    scope.flow("which", "done", default=True)
    scope.flow("second", "done")
    proof = prove(loaded(scope), [Rule("at_most(second, 1)", "GC-2(二)", "")])
    assert (proof.complete, proof.results[0].verdict) == (False, "unknown")
    assert proof.results[0].code == "values_sampled"

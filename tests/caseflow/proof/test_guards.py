"""Each word of the vocabulary is held at run time by functions that are there and are called."""

from __future__ import annotations

import ast

import pytest

from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.proof import VOCABULARY
from tests import source
from tests.caseflow.proof import compliance, guards

TRIED = {(regulation.key, process, rule.check) for regulation in regulations.all_regulations().values()
         for process, rules in regulation.rules.items() for rule in rules}


def called() -> set[str]:
    """Names that the product calls, or gives to somebody who does: registered effects, the checks of the doctor."""
    found = set()
    for path in source.modules("caseflow", "web", "scheduler"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
    return found


def test_every_word_of_the_vocabulary_has_what_holds_it_at_run_time():
    assert guards.GUARDS.keys() == VOCABULARY.keys()
    assert all(guards.GUARDS.values())


def test_what_holds_a_rule_is_a_function_of_the_core_with_a_contract_that_the_product_calls():
    tried_kinds.read()
    named = called()
    for key, process, check in TRIED:
        for guard in guards.of(check, regulations.get(key), process):
            assert guard.__module__.startswith("caseflow."), guard
            assert compliance.does(guard).endswith("."), guard
            assert guard.__name__ in named, guard


@pytest.mark.parametrize("place, process, check, further", [
    ("guichi", "rectification", "every_closed_case_had(revisit)", "health.doctor.closed_without_revisit"),
    ("hainan", "rectification", "at_most(return_for_rehandling, 1)", "health.doctor.returned_twice"),
    ("guichi", "appeal", "at_most(return_for_evidence, 1)", "health.doctor.sent_back_twice"),
    ("guichi", "rectification", "carries_out(void_rating, void_rating)", "cases.effects.rectification.void"),
    ("guichi", "appeal", "carries_out(void_rating, void_rating)", "cases.effects.appeal.void"),
    ("guichi", "appeal", "performed_by(review, bureau.reviewer)", "people.impartiality.require"),
    ("guichi", "rectification", "asks(rectify, [feedback_channel, measures])", "raters.unreachable.require"),
    ("guichi", "rectification", "answers(revisit, revisit_result, [satisfied, unreachable])",
     "raters.unreachable.require"),
])
def test_what_a_rule_names_says_what_else_holds_it(place, process, check, further):
    tried_kinds.read()
    found = [guards.name(one) for one in guards.of(check, regulations.get(place), process)]
    assert found[-1] == further and len(found) > 1

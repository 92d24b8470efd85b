"""Each word of the vocabulary is held at run time by functions that are there and are called."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from types import CodeType

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.models import WorkItem, db, transaction
from caseflow.proof import VOCABULARY
from caseflow.work import tasks
from tests import source
from tests.caseflow.proof import compliance, guards
from tests.conftest import Clock
from tests.ground import person
from tests.journeys.kit import Journey

REASONS = "证据清楚，足以认定。"

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


def run_while(act: Callable[[], None]) -> set[CodeType]:
    """Every function that runs meanwhile, on this thread."""
    seen = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, argument: seen.add(frame.f_code) if event == "call" else None)
    try:
        act()
    finally:
        sys.setprofile(before)
    return seen


def test_what_is_said_to_hold_a_rule_runs_while_cases_are_handled(installed, app, clock):
    wanted = {guard for key, process, check in TRIED for guard in guards.of(check, regulations.get(key), process)}
    seen = run_while(lambda: _handle(app, clock))
    assert sorted(guards.name(guard) for guard in wanted if inspect.unwrap(guard).__code__ not in seen) == []


def _handle(app: Flask, clock: Clock) -> None:
    """Cases that are late, returned, contested, withdrawn from counting, replaced and satisfied; then the doctor."""
    late = Journey(app, clock, "guichi").bad_review()
    late.time_passes(days=9)
    late.does("first_response", outcome="simple").does("rectify")
    upheld = late.appeal("guichi.dept1.officer", ground="malicious").does(
        "verify", verification="confirmed", reasons=REASONS)
    upheld.asks_rater().does("review", decision="upheld", finding="malicious", reasons=REASONS)
    upheld.does("correct", provincial_no="AH-2026-000123")
    returned = Journey(app, clock, "hainan").bad_review()
    for task in ("verify", "contact_rater"):
        returned.does(task)
    returned.does("first_response", outcome="explain")
    for task in ("dispatch", "explain"):
        returned.does(task)
    returned.does("revisit", revisit_result="unsatisfied", newest_level="dissatisfied").does("rehandle")
    returned.does("revisit", revisit_result="satisfied", newest_level="satisfied")
    replaced = Journey(app, clock, "hainan").bad_review()
    replaced.appeal("hainan.dept1.officer").asks_rater("mistaken", newest_level="satisfied").does(
        "examine", examination=REASONS).does("review", decision="mistaken", reasons=REASONS)
    mistaken = Journey(app, clock, "hainan").bad_review().does("verify").does("contact_rater")
    mistaken.does("first_response", outcome="mistaken").does(
        "revisit", revisit_result="satisfied", newest_level="satisfied")
    tracked = Journey(app, clock, "qijiang").bad_review().does("assign")
    dismissed = tracked.appeal("qijiang.dept1.staff").does("review", decision="more_evidence", reasons=REASONS)
    dismissed.does("supplement").does("review", decision="dismissed", duty_failed=False, reasons=REASONS)
    with app.app_context(), transaction():
        query = select(WorkItem).where(WorkItem.case_id == tracked.case_id, WorkItem.status == "open")
        item = db.session.scalars(query).one()
        tasks.claim(item.id, person("qijiang.dept1.officer"), tracked.now)
    dismissed.healthy()

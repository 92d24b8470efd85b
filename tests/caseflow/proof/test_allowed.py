"""What regulation.toml lets people agree on beside a limit is held against what the articles give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.proof import HOLDS, VIOLATED, Extension, Powers, Rule, RuleResult, Stop, check, prove
from caseflow.proof.reasons import CODES
from caseflow.workshop import proving
from tests.caseflow.proof.diagrams import shipped
from tests.caseflow.proof.judge import shipped_definition
from web import sentences

GUICHI = ("guichi", "rectification")
ALL = "first_response, rectify, open_ledger, rectify_complex, explain, revisit"


def guichi(**changes) -> Regulation:
    return replace(regulations.get("guichi"), **changes)


def extended(by: str = "lead", **changes) -> Regulation:
    return guichi(extension=replace(regulations.get("guichi").extension, by=by), **changes)


def stopped(by: str = "lead") -> Regulation:
    return guichi(clock=replace(regulations.get("guichi").clock, by=by))


def given(regulation: Regulation, *checks: str) -> Regulation:
    """The regulation with an article more, which gives a power."""
    rules = [Rule(text, "ZZ-1", "可以延期") for text in checks]
    more = (*regulation.rules["rectification"], *rules)
    return replace(regulation, rules={**regulation.rules, "rectification": more})


def without_first_contact(regulation: Regulation) -> Regulation:
    """Whose milestones do not say what the first contact is: its limit is one like the others then."""
    steps = regulation.milestones["rectification"]
    none = replace(steps, first_contact=replace(steps.first_contact, tasks=()))
    return replace(regulation, milestones={**regulation.milestones, "rectification": none})


def broken(regulation: Regulation) -> dict[str, RuleResult]:
    return {result.rule.check: result for result in proving.prove(
        regulation, shipped_definition(*GUICHI)).results if result.verdict != HOLDS}


@pytest.mark.parametrize(("key", "process"), shipped())
def test_the_shipped_regulations_lengthen_no_limit(key, process):
    assert proving.prove(regulations.get(key), shipped_definition(key, process)).broken == ()


def test_an_extension_that_no_article_gives_breaks_every_limit_it_lengthens():
    found = broken(extended())
    assert set(found) == {
        f"{word}({task}) <= {days} working_days{since}"
        for task, days, since in (("rectify", 5, " since=received_at"), ("open_ledger", 5, " since=received_at"),
                                  ("rectify_complex", 15, " since=received_at"), ("explain", 5, " since=received_at"))
        for word in ("deadline", "covered")} | {
        "deadline(revisit) <= 5 working_days",
        "covered(revisit, after=[first_response, rectify, rectify_complex, explain]) <= 5 working_days"}
    result = found["deadline(rectify) <= 5 working_days since=received_at"]
    assert (result.verdict, result.code, result.element, result.rule.article) == (
        VIOLATED, "limit_extended", "rectify", "GC-2(二)")
    assert [step.kind for step in result.path] == ["start", "complete", "extend"]
    assert result.path[-1].element == "rectify"


def test_of_a_first_contact_no_milestone_names_two_working_days_become_seven():
    assert not any("(first_response)" in text for text in broken(extended()))
    result = broken(without_first_contact(extended()))["deadline(first_response) <= 2 working_days since=received_at"]
    assert (result.facts["from_limit"]["amount"], result.facts["to_limit"]["amount"]) == (2, 7)
    assert (result.facts["times"], result.facts["days"], result.facts["by"]) == (1, 5, "lead")
    assert sentences.of(result) == (
        "“联系并核实”的期限是收到后2个工作日，regulation.toml 的 [extension] 让牵头单位的督办人员延期1次、"
        "每次最多5个工作日，最长可以到收到后7个工作日；条文没有给这个权力，请把 by 改回 nobody。"
        "条文另有规定的，请照条文写规则 extendable。")
    assert sentences.told(shipped_definition(*GUICHI), result.path)[-1] == "2. “联系并核实”的期限延期"


def test_a_stop_of_the_clock_that_no_article_gives_breaks_every_limit_it_lengthens():
    result = broken(stopped("unit"))["covered(rectify) <= 5 working_days since=received_at"]
    assert (result.code, result.facts["by"], result.path[-1].kind) == ("limit_stopped", "unit", "stop")
    assert "awaiting_rater" in result.facts["categories"]
    assert len(broken(stopped())) == 10


def test_an_appeal_that_stops_the_clock_of_the_rectification_is_a_power_too():
    appeal = replace(regulations.get("guichi").appeal, clock="stops")
    result = broken(guichi(appeal=appeal))["deadline(rectify) <= 5 working_days since=received_at"]
    assert (result.code, result.facts["categories"], result.facts["by"]) == ("limit_stopped", ("appeal",), "appeal")
    assert broken(given(guichi(appeal=appeal), f"stoppable([{ALL}], appeal)")) == {}


def test_a_power_that_an_article_gives_breaks_nothing():
    assert broken(given(extended(), f"extendable([{ALL}], 1, 5)")) == {}
    assert broken(given(stopped(), f"stoppable([{ALL}], [awaiting_rater, awaiting_other_office, expert_examination, "
                                   "force_majeure])")) == {}


def test_a_power_that_is_switched_off_or_narrower_than_its_article_breaks_nothing():
    wide = (f"extendable([{ALL}], 2, 10)", f"stoppable([{ALL}], [awaiting_rater])")
    assert broken(given(guichi(), *wide)) == {}
    assert broken(given(extended(), *wide)) == {}


def test_what_one_task_is_given_another_is_not():
    assert {check(text).parts[0] for text in broken(given(extended(), "extendable(rectify, 1, 5)"))} == {
        "open_ledger", "rectify_complex", "explain", "revisit"}


@pytest.mark.parametrize(("rule", "code", "fact"), [
    ("extendable(rectify, 1, 3)", "extension_too_wide", ("longest", 3)),
    ("extendable(rectify, 0, 5)", "extension_too_wide", ("most", 0)),
    ("extendable(rectify, 1, 5, by=lead)", "extension_too_wide", ("by", "unit")),
    ("stoppable(rectify, [force_majeure])", "stop_too_wide", ("category", "awaiting_rater")),
])
def test_a_power_wider_than_its_article_is_a_breach_of_that_article(rule, code, fact):
    regulation = replace(extended("unit"), clock=stopped().clock)
    result = broken(given(regulation, rule))[rule]
    assert (result.verdict, result.code, result.rule.article) == (VIOLATED, code, "ZZ-1")
    assert fact in result.facts.items() and set(result.facts) == set(CODES[code])
    assert result.path[-1].element == "rectify" and "；" in sentences.of(result)


def test_a_drawn_limit_so_short_that_the_longer_one_is_still_in_time_breaks_nothing():
    rule = [Rule("deadline(rectify) <= 10 working_days since=received_at", "GC-2(二)", "")]
    definition = shipped_definition(*GUICHI)
    beside = proving.powers(extended(), definition).beside
    for days, verdict in ((5, HOLDS), (6, VIOLATED)):
        powers = Powers(extension=Extension("lead", 1, days), beside=beside)
        assert prove(definition, rule, powers=powers).results[0].verdict == verdict
    assert prove(definition, rule, powers=Powers(stops=(Stop("x", "lead"),), beside=beside)).results[0].code == (
        "limit_stopped")


def test_a_day_that_a_form_sets_is_lengthened_by_any_extension():
    hainan = regulations.get("hainan")
    regulation = replace(hainan, extension=replace(hainan.extension, by="lead"))
    results = proving.prove(regulation, shipped_definition("hainan", "rectification")).results
    assert {result.code for result in results if result.rule.check == "deadline(rectify) <= rectify_by"} == {
        "day_extended"}

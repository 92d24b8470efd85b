"""What a proof is told of a regulation: the powers it switches on, and what the effects of a diagram need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caseflow.cases.effects.registry import EFFECTS
from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.proof import Extension, Need, Stop, Wanted
from caseflow.workshop import proving
from tests.caseflow.proof.judge import shipped_definition

GUICHI = ("guichi", "rectification")


@pytest.fixture(autouse=True)
def kinds():
    tried_kinds.read()


def powers(place: str = "guichi", process: str = "rectification", **changes):
    return proving.powers(replace(regulations.get(place), **changes), shipped_definition(place, process))


def switched(place: str = "guichi", **by: str) -> dict:
    """The tables of a regulation, decided by these."""
    regulation = regulations.get(place)
    return {name: replace(getattr(regulation, name), by=who) for name, who in by.items()}


def needs(place: str, process: str) -> dict[str, Need]:
    regulation: Regulation = regulations.get(place)
    return {need.topic: need for need in proving.needs(regulation, shipped_definition(place, process))}


def test_what_nobody_may_do_is_no_power():
    for place in regulations.all_regulations():
        found = powers(place)
        assert (found.extension, found.stops) == (None, ())


def test_who_may_extend_how_often_and_by_how_much_is_told():
    assert powers(**switched(extension="unit")).extension == Extension("unit", 1, 5)
    never = replace(regulations.get("guichi").extension, by="lead", most_times=0)
    assert powers(extension=never).extension is None


def test_why_the_clock_may_be_stopped_is_told_with_the_appeal_that_stops_it():
    assert Stop("awaiting_rater", "lead") in powers(**switched(clock="lead")).stops
    appeal = replace(regulations.get("guichi").appeal, clock="stops")
    assert powers(appeal=appeal).stops == (Stop("appeal", "appeal"),)
    assert powers(process="appeal", appeal=appeal).stops == ()      # its own limits are not those of the rectification


def test_nothing_is_agreed_beside_the_first_contact_nor_beside_a_limit_that_ends_its_task():
    assert powers().beside == {
        "rectify_due", "open_ledger_due", "rectify_complex_due", "explain_due", "revisit_due"}
    assert powers(process="appeal").beside == frozenset()


def test_the_numbers_that_forms_count_by_and_the_attempts_in_vain_are_told():
    assert powers("qijiang").parameters["promise_longest"] == 5
    assert "limits_since" not in powers("qijiang").parameters       # no number of days
    assert powers().unreachable == (3, 2) and powers(unreachable=None).unreachable is None
    assert "questionnaire" not in powers().logged and {"phone", "no_answer", "no_contact"} <= powers().logged


def test_what_an_effect_needs_is_what_the_registry_declares():
    found = needs("hainan", "appeal")
    assert found["replace_rating"] == Need(
        "replace_rating", (Wanted("newest_level", ("dissatisfied", "very_dissatisfied")),), ("uphold_appeal",), False)
    assert found["return_for_evidence"].once and found["void_rating"].after == ("uphold_appeal",)
    assert needs("hainan", "rectification")["void_rating"].after == ()
    assert needs("hainan", "rectification")["return_for_rehandling"].fields == ()    # kept where it was asked for


def test_grounds_of_a_failure_of_duty_are_needed_where_the_text_has_consequences():
    assert [one.field for one in needs("qijiang", "appeal")["dismiss_appeal"].fields] == [
        "reasons", "duty_failed", "opinion"]
    assert needs("qijiang", "appeal")["dismiss_appeal"].fields[2].when == ("duty_failed", "true")
    assert [one.field for one in needs("guichi", "appeal")["dismiss_appeal"].fields] == ["reasons"]


def test_every_effect_that_can_fail_declares_what_it_needs():
    """Where an effect raises, its entry in the registry says what it has to find (read with the code of each)."""
    declared = {topic for topic, effect in EFFECTS.items() if effect.once or any(read.needed for read in effect.reads)}
    assert declared >= {"record_newest_rating", "replace_rating", "record_reference", "return_for_rehandling",
                        "return_for_evidence", "uphold_appeal", "dismiss_appeal"}


def test_the_proof_of_the_same_diagram_under_the_same_regulation_is_made_once(monkeypatch):
    regulation = replace(regulations.get("guichi"), **switched(extension="lead"))
    definition = shipped_definition(*GUICHI)
    first = list(proving.deployable(regulation, definition))
    monkeypatch.setattr(proving, "prove", lambda *_: pytest.fail("proven again"))
    assert list(proving.deployable(regulation, definition)) == first
    assert {finding.facts["reason"] for finding in first} == {"limit_extended"}
    assert {finding.facts["article"] for finding in first} == {"GC-2(二)"}

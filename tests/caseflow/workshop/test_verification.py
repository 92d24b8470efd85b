"""Scenarios that are kept with drafts: which of them a draft is checked with, and what a failed one does."""

from __future__ import annotations

import pytest

from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.models import KeptScenario, db, transaction
from caseflow.workshop import drafts, verification
from tests.conftest import MONDAY_MORNING as NOW
from tests.ground import person
from web import sentences

PROCESS = "guichi_rectification"
SOURCE = regulations.files("guichi")["rectification.bpmn"]
OPEN = """
name = "等待"
process = "rectification"
acts = [{ do = "start", at = 2026-03-02 09:00:00 }]
expect = { outcome = "%s" }
"""


def _draft(*kept: tuple[str, str], source: bytes = SOURCE, state: str = "open", process: str = PROCESS) -> int:
    """A draft with these scenarios: key and outcome."""
    with transaction():
        draft = drafts.begin(process, person("guichi.designer"), NOW, source)
        draft.state = state
        for key, outcome in kept:
            db.session.add(KeptScenario(draft_id=draft.id, key=key, text=OPEN % outcome,
                                        kept_by_id=draft.author_id, kept_at=NOW))
        return draft.id


@pytest.mark.both_databases
def test_a_draft_is_checked_with_those_of_its_version_its_own_in_place_of_them(installed, session):
    shipped = {result.key for result in verification.examine("guichi", PROCESS, SOURCE).scenarios}
    _draft(("a", "one"), state="discarded")
    own = _draft(("b", "open"), ("rectification_simple", "open"))
    names = {result.key: result.name for result in verification.examine("guichi", PROCESS, SOURCE, own).scenarios}
    assert names.keys() == shipped | {"b"} and (names["b"], names["rectification_simple"]) == ("等待", "等待")


def test_a_failed_scenario_keeps_a_draft_from_being_submitted_and_says_why(installed, session):
    number = _draft(("a", "closed_resolved"), source=SOURCE.replace("联系并核实".encode(), "联系核实".encode()))
    with pytest.raises(DefinitionRefused) as refused, transaction():
        drafts.submit(number, 1, person("guichi.designer"), NOW)
    found, = refused.value.findings
    assert found.code == "scenario_failed"
    assert (found.facts["name"], found.facts["key"]) == ("等待", "a")
    assert "应以 closed_resolved 结束，实际没有办结。" in sentences.of(found)


def test_a_version_to_which_somebody_goes_back_need_not_pass_the_scenarios_of_later_ones(installed, session):
    number = _draft(("a", "closed_resolved"))
    examination = verification.examine("guichi", PROCESS, SOURCE, number)
    with pytest.raises(DefinitionRefused):
        verification.require(examination)
    assert verification.require(examination, again=True) is examination.definition


def test_the_law_comes_before_the_scenarios(installed, session):
    longer = SOURCE.replace(b"working_days(2, since=received_at)", b"working_days(3, since=received_at)")
    found = verification.examine("guichi", PROCESS, longer)
    assert {finding.code for finding in found.reasons} == {"rule_violated"}
    assert not all(result.passed for result in found.scenarios)

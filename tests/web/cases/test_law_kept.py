"""The auditors of a finished case see how it stands to each rule; nobody else does."""

from __future__ import annotations

import pytest

from caseflow.cases.effects import registry
from tests.journeys.kit import Journey
from tests.web.desk import Desk

SECTION = 'id="law"'
APPLY = registry.apply


@pytest.fixture
def ended(app, clock, installed) -> Journey:
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple").does("rectify")
    return journey.does("revisit", revisit_result="satisfied")


def page(journey: Journey, who: str) -> str:
    return Desk(journey.app, journey.clock, who).opens(f"/cases/{journey.case().number}").get_data(as_text=True)


def test_an_auditor_sees_each_article_with_what_was_looked_at(ended):
    shown = page(ended, "guichi.auditor")
    assert SECTION in shown and "✓ 遵守" in shown and "✗" not in shown
    for words in ("GC-2(二)", "即在2个工作日内，先行联系反映问题的企业群众，沟通了解情况", "第 3 条",
                  "deadline(first_response) &lt;= 2 working_days since=received_at", "没有涉及", "只说流程图"):
        assert words in shown, words


@pytest.mark.parametrize("who", ["guichi.dept1.officer", "guichi.dept1.supervisor", "guichi.bureau.supervisor"])
def test_who_handles_or_supervises_does_not_see_it(ended, who):
    shown = page(ended, who)
    assert ended.case().number in shown and SECTION not in shown


def test_an_open_case_has_no_such_section(app, clock, installed):
    assert SECTION not in page(Journey(app, clock, "guichi").bad_review(), "guichi.auditor")


def test_a_broken_rule_stands_first_with_its_reason(app, clock, installed, monkeypatch):
    monkeypatch.setattr(registry, "apply", lambda occasion, applied: (
        () if occasion.call.topic == "open_file" else APPLY(occasion, applied)))
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="resolved")
    shown = page(journey.does("revisit", revisit_result="satisfied"), "guichi.auditor")
    assert "没有在收到时立即进行" in shown and "与流程图不符" in shown
    assert shown.index("✗ 违反") < shown.index("✓ 遵守")

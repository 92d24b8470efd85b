"""The way of a case is gone again with the engine, over versions of its process and withdrawn lateness as well."""

from __future__ import annotations

from caseflow.models import transaction
from caseflow.workshop import migration
from tests.caseflow.monitor.conftest import having
from tests.ground import deploy, person
from tests.journeys.kit import Journey

RECTIFY = 'name="整改并反馈"'


def test_a_case_that_went_on_under_another_version_is_judged_by_that(app, clock, installed, watched):
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")
    with app.app_context():
        digest = deploy("guichi", clock, (RECTIFY, 'name="整改和反馈"'))
        with transaction():
            migration.migrate(journey.case_id, digest, {}, person("guichi.approver"), clock())
    journey.does("rectify").does("revisit", revisit_result="satisfied")
    report = watched.judged(journey)
    assert "case_migrated" in journey.kinds()
    assert (report.broken, report.strays, report.followed) == ((), (), True)


def test_an_answer_that_leads_elsewhere_is_where_the_ways_part(guichi, watched):
    guichi.does("first_response", outcome="simple").does("rectify").does("revisit", revisit_result="satisfied")

    def otherwise(line):
        first = line.kind == "task_completed" and line.details["element"] == "first_response"
        return having(line, answers={**line.details["answers"], "outcome": "resolved"}) if first else line

    forged = watched.altered(guichi, otherwise)
    report = watched.judged(guichi, forged)
    assert {stray.code for stray in report.strays} == {
        "task_not_opened", "task_not_drawn", "timer_not_set", "timer_not_drawn"} and not report.followed
    assert "only_for(rectify, outcome=simple)" in {one.rule.check for one in report.broken}


def test_an_act_that_the_engine_refuses_is_told(guichi, watched):
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    forged = watched.altered(guichi, lambda line: having(line, token=999) if line.kind == "task_completed"
                             and line.details["element"] == "revisit" else line)
    assert [(stray.code, stray.facts) for stray in watched.judged(guichi, forged).strays] == [
        ("cannot_follow", {"why": "task_not_open"})]


def test_a_process_that_asks_what_an_old_journal_does_not_say_is_judged_by_its_entries(hainan, watched):
    hainan.does("verify").does("contact_rater").does("first_response", outcome="resolved")
    hainan.does("revisit", revisit_result="satisfied", newest_level="satisfied")
    old = watched.judged(hainan, watched.altered(hainan, lambda line: having(line, variables=None)))
    assert not old.broken and not old.strays

"""Each kind of journal entry and each effect has its sentence on the screens."""

from __future__ import annotations

from datetime import time

from caseflow.casefile.entries import KINDS
from caseflow.cases.effects.registry import EFFECTS
from caseflow.models import Case, db
from caseflow.processes import deployed
from tests.ground import entries
from tests.journeys.kit import Journey
from web.admin import words as administration
from web.parts import journal


def test_every_kind_of_entry_has_one_sentence_and_no_sentence_is_without_its_kind():
    of_cases, of_the_system = set(journal.KINDS), {*administration.KINDS, *administration.DEFINITIONS}
    assert of_cases | of_the_system == set(KINDS)
    assert of_cases & of_the_system == set()


def test_a_day_that_is_no_limit_is_told_as_passed_and_not_as_late(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review().does("assign")
    case.does("first_response", outcome="complex", promise_by="2026-03-05").until("2026-03-06", at=time(9))
    promised, = fired(case)
    assert (promised.text, promised.tone) == ("期限“承诺的日期”已到（2026-03-05 24:00）", "watch")
    case.until("2026-03-10", at=time(9))
    assert [line.tone for line in fired(case)] == ["watch", "late"]


def fired(journey):
    with journey.app.test_request_context():
        case = db.session.get(Case, journey.case_id)
        lines = journal.timeline(entries(case.id, "timer_fired"), deployed.of(case), {})
        db.session.rollback()
        return lines


def test_every_effect_has_its_sentence():
    assert set(journal.EFFECTS) == set(EFFECTS)

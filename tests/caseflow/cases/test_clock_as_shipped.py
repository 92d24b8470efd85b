"""No text gives the power to stop the clock of a case or to extend a limit: as shipped nobody has it, in no place."""

from __future__ import annotations

import pytest

from caseflow.cases import clock
from caseflow.errors import PermissionDenied
from caseflow.law import regulations
from caseflow.models import Timer, db, transaction
from caseflow.people.permissions import SYSTEM
from tests.ground import person, rows
from tests.journeys.kit import Journey
from tests.web.desk import Desk

BEFORE = {                                              # what is done before a limit runs that is no first contact's
    "hefei": {"first_response": {"outcome": "confirmed"}},
    "qijiang": {"assign": {}, "first_response": {"outcome": "unsolvable"}},
    "hainan": {"verify": {}, "contact_rater": {}, "first_response": {"outcome": "rectify"},
               "dispatch": {"rectify_by": "2026-03-20"}},
    "guichi": {"first_response": {"outcome": "simple"}}}
ALL = pytest.mark.parametrize("place", BEFORE)


@pytest.fixture
def case(place, installed, app, session, clock):
    """A case whose limit runs."""
    begun = Journey(app, clock, place).bad_review()
    for task, answers in BEFORE[place].items():
        begun.does(task, **answers)
    session.rollback()
    return begun


@ALL
def test_nobody_stops_a_clock_or_extends_a_limit_or_asks_for_it(case, place):
    regulation = regulations.get(place)
    timer = db.session.query(Timer).where(Timer.case_id == case.case_id, Timer.status == "pending").one()
    category, before = next(iter(regulation.clock.categories)), rows()
    for actor in (SYSTEM, person(f"{place}.{regulation.lead}.supervisor"), person(f"{place}.dept1.supervisor"),
                  person(f"{place}.dept1.officer")):
        for change in (lambda who: clock.stop(case.case_id, who, category, "等待材料", case.now),
                       lambda who: clock.extend(case.case_id, timer.token, 1, who, "情况复杂", case.now),
                       lambda who: clock.ask_for_extension(case.case_id, timer.token, 1, who, "情况复杂", case.now)):
            with pytest.raises(PermissionDenied), transaction():
                change(actor)
    assert rows() == before


@ALL
def test_the_page_of_the_deadlines_offers_neither(case, place):
    for username in (f"{regulations.get(place).lead}.supervisor", "dept1.supervisor", "dept1.officer"):
        page = Desk(case.app, case.clock, f"{place}.{username}").opens(f"/cases/{case.case().number}/deadlines/")
        assert page.status_code == 200 and "这里不提供中止计时和延期" in page.text
        assert [way for way in ("stop", "extend", "ask") if f'/deadlines/{way}"' in page.text] == []

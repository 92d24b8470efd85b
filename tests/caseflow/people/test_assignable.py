"""The office that assigns a case chooses the unit that is responsible from then on (QJ-14 分类转交)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.appeals import filing
from caseflow.casefile import journal_check
from caseflow.errors import InvalidForm
from caseflow.models import Case, Unit, db, transaction
from caseflow.people import assignable, permissions
from caseflow.processes import deployed
from tests.ground import entries, open_item, person, unit
from tests.journeys.kit import Journey

SOCIAL, MARKET, OFFICE = "11500222MB000002", "11500222MB000001", "11500222MB000091"
UNREGISTERED = "11500222MB999999"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def case(installed, app, clock) -> Journey:
    """A bad review of 区市场监管局, which the office has to assign."""
    return Journey(app, clock, "qijiang").bad_review()


def task_of(journey, element):
    """The open task, as it stands now."""
    db.session.rollback()
    return open_item(journey.case_id, element)


def asked(journey):
    """The field of the form, as it is offered now."""
    item = task_of(journey, "assign")
    task = assignable.offered(deployed.task(deployed.of(item.case), "assign", 1), journey.case_id)
    return next(field for field in task.form if field.type == "unit")


def refused(journey, **answers):
    with pytest.raises(InvalidForm) as error:
        journey.does("assign", **answers)
    return error.value.details["fields"]


def standing(journey, username):
    rating = db.session.get(Case, journey.case_id).rating
    return filing.standing(rating, person(username), journey.now).code


def test_the_unit_that_the_rating_names_is_filled_in_and_stays_responsible(case, session):
    assert asked(case).default == MARKET
    case.does("assign")
    assert (task_of(case, "first_response").unit.code, entries(case.case_id, "unit_chosen")) == (MARKET, [])


def test_another_unit_that_is_chosen_is_responsible_for_all_that_follows(case, session):
    case.does("assign", responsible_unit=SOCIAL)
    item = task_of(case, "first_response")
    assert (item.unit.code, item.case.unit.code) == (SOCIAL, SOCIAL)
    assert permissions.may_see(person("qijiang.dept2.officer"), item.case)
    assert len(entries(case.case_id, "unit_chosen")) == 1
    assert case.notices("handed_over") == {("区人力社保局", "officer")}
    case.does("first_response", outcome="resolved", resolution="ruled")
    assert task_of(case, "revisit").unit.code == SOCIAL
    case.does("revisit", revisit_result="satisfied").does("track").closed_as("closed_resolved")
    assert journal_check.verify().broken == []


def test_an_office_that_nobody_has_registered_has_to_be_replaced_by_one_that_is(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review(orgcode=UNREGISTERED)
    assert asked(case).default is None and OFFICE not in dict(asked(case).choices)
    assert refused(case, responsible_unit="") == {"responsible_unit": "required"}
    case.does("assign", responsible_unit=SOCIAL)
    assert task_of(case, "first_response").unit.code == SOCIAL
    assert standing(case, "qijiang.dept2.staff") == "not_party"     # of that office, though not who was rated


@pytest.mark.parametrize("code", [OFFICE, "11500222MB000092", "11500222MB000090", "11341702MB000001", "unknown"])
def test_the_office_above_a_foreign_unit_and_one_that_is_not_there_are_refused(code, case, session):
    assert refused(case, responsible_unit=code) == {"responsible_unit": "not_a_unit"}
    assert case.open_tasks() == ["assign"]


def test_a_unit_that_is_out_of_use_or_has_no_officer_is_refused(case, session):
    with transaction():
        session.scalar(select(Unit).where(Unit.regulation == "qijiang", Unit.code == SOCIAL)).active = False
    assert SOCIAL not in dict(asked(case).choices)
    assert refused(case, responsible_unit=SOCIAL) == {"responsible_unit": "not_a_unit"}
    with transaction():
        empty = Unit(regulation="qijiang", code="11500222MB000077", name="区新设局", level="district",
                     area_code="500110000000", parent_id=unit("qijiang", "government").id)
        session.add(empty)
    assert refused(case, responsible_unit="11500222MB000077") == {"responsible_unit": "not_a_unit"}


def test_a_rated_lead_office_may_stay_responsible(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review(orgcode=OFFICE)
    assert asked(case).default == OFFICE
    case.does("assign")
    assert task_of(case, "first_response").unit.code == OFFICE

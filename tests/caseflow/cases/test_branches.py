"""The branches of a case follow its responsible unit."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from caseflow.casefile import holding
from caseflow.cases import branches
from caseflow.models import OutboxMessage, transaction
from caseflow.people import permissions
from tests.ground import entries, person, unit

pytestmark = pytest.mark.both_databases


def transfer(journey, key):
    with transaction():
        case = holding.hold(journey.case_id)
        branches.transfer(case, unit("hainan", key).id, person("hainan.platform.supervisor"), journey.now)
        holding.save(case)


@pytest.fixture
def haikou(hainan, session):
    """A case of Haikou that waits for the contact by 12345."""
    case = hainan.bad_review(office=1).does("verify")
    session.rollback()
    return case


def test_the_open_task_of_a_branch_goes_to_the_branch_of_the_new_area(haikou, session):
    transfer(haikou, "sanya_housing")
    assert haikou.unit_of("contact_rater") == "platform_sanya"
    details = orjson.loads(entries(haikou.case_id, "task_reassigned")[0].details)
    assert (details["from_unit"], details["unit"]) == (
        unit("hainan", "platform_city").id, unit("hainan", "platform_sanya").id)
    assert session.scalars(select(OutboxMessage.unit_id).where(
        OutboxMessage.kind == "handed_over")).all() == [unit("hainan", "platform_sanya").id]


def test_a_branch_that_has_done_nothing_leaves_the_case(haikou, session):
    transfer(haikou, "sanya_housing")
    assert unit("hainan", "platform_city").id not in permissions.units_of_case(haikou.case_id)


def test_a_branch_that_has_done_a_task_keeps_its_record(haikou, session):
    haikou.does("contact_rater")
    session.rollback()
    transfer(haikou, "sanya_housing")
    assert unit("hainan", "platform_city").id in permissions.units_of_case(haikou.case_id)


def test_the_province_keeps_what_it_leads_when_a_case_goes_to_a_city(hainan, session):
    hainan.does("verify")
    session.rollback()
    transfer(hainan, "haikou_housing")
    assert hainan.unit_of("contact_rater") == "platform_city"
    assert unit("hainan", "platform").id in permissions.units_of_case(hainan.case_id)


def test_within_one_area_nothing_changes_hands(haikou, session):
    transfer(haikou, "qiongshan_service_bureau")
    assert (haikou.unit_of("contact_rater"), entries(haikou.case_id, "task_reassigned")) == ("platform_city", [])

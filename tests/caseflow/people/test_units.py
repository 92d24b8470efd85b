"""Offices: which there are."""

from __future__ import annotations

import pytest

from caseflow.errors import RegulationNotFound
from caseflow.models import transaction
from caseflow.people import units
from tests.conftest import MONDAY_MORNING


def test_offices_are_listed_by_regulation_and_code_closed_ones_too(installed, session):
    with transaction():
        closed = units.add("guichi", "A1", "旧大厅", "district", MONDAY_MORNING, area_code="341702")
        units.set_active(closed, False, MONDAY_MORNING)
    everywhere, here = units.offices(), units.offices("guichi")
    places = [(office.regulation, office.code) for office in everywhere]
    assert places == sorted(places) and {place for place, _ in places} == {"guichi", "hainan", "hefei", "qijiang"}
    assert here == [office for office in everywhere if office.regulation == "guichi"]
    assert not next(office for office in here if office.code == "A1").active


def test_offices_of_a_regulation_that_is_not_there_are_refused(installed, session):
    with pytest.raises(RegulationNotFound):
        units.offices("atlantis")

"""Which area lies in which."""

from __future__ import annotations

import pytest

from caseflow.casefile import areas


@pytest.mark.parametrize("level, code, digits", [
    ("province", "460000000000", "46"), ("city", "460100000000", "4601"), ("district", "460107000000", "460107"),
    ("town", "460107100000", "460107100"), ("village", "460107100201", "460107100201")])
def test_an_area_has_as_many_digits_as_its_level(level, code, digits):
    assert areas.area(level, code) == digits


def test_an_office_of_the_province_belongs_to_the_province_wherever_it_sits():
    assert areas.area("province", "460100000000") == "46"


def test_the_nearest_is_that_of_the_area_itself_before_one_above_it():
    assert areas.nearest("460107", [("46", "province"), ("460107", "own"), ("4601", "city")]) == "own"


def test_an_area_without_one_of_its_own_has_that_of_the_area_above():
    assert areas.nearest("460107", [("46", "province"), ("4601", "city"), ("460108", "beside")]) == "city"


def test_what_serves_a_part_of_an_area_does_not_serve_the_area():
    assert areas.nearest("4601", [("460107", "district")]) is None


def test_another_area_is_not_served():
    assert areas.nearest("4602", [("4601", "city")]) is None

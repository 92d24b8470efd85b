"""A page of a list: what is on it, how many there are, and what is found by a text as it was typed."""

from __future__ import annotations

import pytest
from sqlalchemy import or_, select

from caseflow import paging
from caseflow.casefile.readings import searching
from caseflow.models import Case, Unit, db, transaction

ORDERED = select(Unit).where(Unit.code.startswith("page-")).order_by(Unit.code)


@pytest.fixture
def offices(session):
    with transaction():
        db.session.add_all(Unit(regulation="guichi", code=f"page-{number}", name=f"{number}0%_\\科", level="district",
                                area_code="341702") for number in range(1, 8))


@pytest.mark.both_databases
def test_a_page_has_its_rows_in_order_and_counts_all_that_match(offices, session):
    page = paging.read(session, ORDERED, 2, 3)
    assert [unit.code for unit in page.items] == ["page-4", "page-5", "page-6"]
    assert (page.total, page.pages, page.more) == (7, 3, False)
    assert paging.read(session, ORDERED, 9, 3).items == []


def test_not_more_rows_are_counted_than_asked_for_and_the_page_says_that_there_are_more(offices, session):
    page = paging.read(session, ORDERED, 1, 3, most=5)
    assert (len(page.items), page.total, page.more) == (3, 5, True)
    assert (paging.read(session, ORDERED, 1, 3, most=7).total, paging.read(session, ORDERED, 1, 3, most=7).more) == (
        7, False)


def test_several_columns_are_answered_as_tuples(offices, session):
    rows = select(Unit.code, Unit.regulation).where(Unit.code.startswith("page-")).order_by(Unit.code)
    assert [tuple(row) for row in paging.read(session, rows, 1, 1).items] == [("page-1", "guichi")]


def test_a_thousand_rows_are_counted_or_to_the_end_of_the_next_page():
    assert (paging.most_counted(1, 50), paging.most_counted(40, 50)) == (1_000, 2_050)


@pytest.mark.both_databases
@pytest.mark.parametrize(("text", "found"), [("10%_\\科", 1), ("0%", 7), ("1_%", 0), ("10\x00%", 1), ("PAGE-3", 1)])
def test_a_text_is_found_as_it_is_typed_in_any_case(offices, session, text, found):
    assert len(session.scalars(ORDERED.where(or_(*paging.containing(text, Unit.name, Unit.code)))).all()) == found


def test_cases_are_searched_by_the_same_rule(guichi, session):
    number = session.get(Case, guichi.case_id).number
    ids = [session.scalars(searching(select(Case.id), text)).all() for text in (number, number.lower(), "%", "_")]
    assert ids == [[guichi.case_id], [guichi.case_id], [], []]

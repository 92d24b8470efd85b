"""What is read of cases for a page: once each, and of two beside each other together."""

from __future__ import annotations

import pytest

from caseflow.casefile import readings
from caseflow.models import Case, db
from tests.journeys.kit import Journey
from tests.statements import recorded

pytestmark = pytest.mark.both_databases


@pytest.fixture
def contested(installed, app, clock) -> tuple[Journey, Journey]:
    """A case in which a task was done, and the appeal against its rating."""
    case = Journey(app, clock, "guichi").bad_review()
    return case, case.does("first_response", outcome="simple").appeal("guichi.dept1.officer")


def rows_of(read: readings.Reading) -> tuple[object, ...]:
    return read.items, read.submissions, read.entries, read.files


def test_two_cases_beside_each_other_have_the_rows_that_each_has_alone(contested, session):
    case, appeal = (db.session.get(Case, journey.case_id) for journey in contested)
    read = readings.of(appeal)
    other = read.beside(case)
    assert rows_of(read) == rows_of(readings.of(appeal)) and rows_of(other) == rows_of(readings.of(case))
    assert [len(rows) > 0 for rows in rows_of(read)] == [True, False, True, True]      # the evidence of the appeal
    assert [len(rows) > 0 for rows in rows_of(other)] == [True, True, True, False]


def test_their_tables_are_read_once_for_both(contested, session):
    case, appeal = (db.session.get(Case, journey.case_id) for journey in contested)
    read = readings.of(appeal)
    other = read.beside(case)
    with recorded() as sent:
        rows_of(read), rows_of(other)
    assert len(sent) == 3


def test_what_was_read_before_a_case_came_beside_it_is_not_read_again(contested, session):
    case, appeal = (db.session.get(Case, journey.case_id) for journey in contested)
    read = readings.of(appeal)
    before = read.entries
    with recorded() as sent:
        assert read.beside(case).entries == readings.of(case).entries and read.entries is before
    assert len(sent) == 2

"""One contact about several linked bad reviews of a rater is logged in each that it was about, and in no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, ContactAttempt, Rating, db, transaction
from caseflow.supervision import duplicates, one_contact
from tests.ground import entries, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
LEAD, OFFICER = "guichi.bureau.supervisor", "guichi.dept1.officer"


@pytest.fixture
def three(guichi, app, clock, session) -> list[Journey]:
    """Three bad reviews of one rater, the second and third linked with the first."""
    found = [guichi, *(Journey(app, clock, "guichi").bad_review() for _ in range(2))]
    for repeated in found[1:]:
        with transaction():
            duplicates.link(repeated.case_id, guichi.case_id, person(LEAD), "同一件事", guichi.now)
    return found


def offered(journey, username=OFFICER) -> list[int]:
    db.session.rollback()
    case = db.session.get(Case, journey.case_id)
    return [other.id for other in one_contact.offered(case, person(username))]


def log(journey, *also, username=OFFICER, token="t" * 20, tried_at=None, result="reached"):
    with transaction():
        return one_contact.log(journey.case_id, [other.case_id for other in also], person(username),
                               tried_at=tried_at or journey.now, channel="telephone", result=result, note="",
                               form_token=token, now=journey.now).id


def logged(journey) -> int:
    return db.session.query(ContactAttempt).filter_by(case_id=journey.case_id).count()


def other_rater(journey) -> None:
    """The rating of this case is of somebody else."""
    with transaction():
        ratings = db.session.get(Case, journey.case_id).rating
        db.session.execute(Rating.__table__.update().where(Rating.id == ratings.id).values(rater_phone="13900000001"))


def test_one_contact_is_logged_in_each_case_it_was_about_with_an_entry_of_its_own(three):
    first, second, third = three
    assert offered(second) == [first.case_id, third.case_id]
    row = log(second, first)
    assert [logged(journey) for journey in three] == [1, 1, 0]
    assert [len(entries(journey.case_id, "contact_attempted")) for journey in three] == [1, 1, 0]
    assert log(second, first) == row                                        # the same form again
    assert [logged(journey) for journey in three] == [1, 1, 0]
    first.does("first_response", outcome="simple")
    for journey in three:
        journey.healthy()


def test_a_linked_case_that_the_officer_may_not_contact_the_rater_in_is_neither_offered_nor_taken(three):
    first, second, third = three
    first.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")   # closed
    third.does("first_response", outcome="resolved")                                               # the bureau's now
    assert offered(second) == []
    with pytest.raises(PermissionDenied):
        log(second, third)
    with pytest.raises(InvalidInput):
        log(second, first)
    db.session.rollback()
    assert logged(second) == 0


def test_whoever_does_not_see_the_case_learns_of_none(three):
    first, second, _ = three
    assert offered(second, "guichi.dept2.officer") == []
    with pytest.raises(NotFound):
        log(second, first, username="guichi.dept2.officer")


def test_a_case_of_another_rater_or_one_that_is_linked_no_more_is_refused(three, guichi):
    first, second, third = three
    other_rater(first)
    assert offered(second) == [third.case_id]
    with transaction():
        duplicates.unlink(third.case_id, person(LEAD), "不是一件事", guichi.now)
    assert offered(second) == []
    for other in (first, third):
        with pytest.raises(InvalidInput) as refused:
            log(second, other)
        assert refused.value.fields == {"also": "not_linked"}
    db.session.rollback()
    assert logged(second) == 0


def test_a_contact_before_the_other_case_was_opened_is_in_none_of_them(three, app, clock):
    first, second, _ = three
    clock.advance(hours=2)
    later = Journey(app, clock, "guichi").bad_review()
    with transaction():
        duplicates.link(later.case_id, first.case_id, person(LEAD), "同一件事", later.now)
    with pytest.raises(InvalidInput) as refused:
        log(second, later, tried_at=later.now - timedelta(hours=1))
    assert refused.value.fields == {"also": "opened_later"}
    db.session.rollback()
    assert (logged(second), logged(later)) == (0, 0)
    with pytest.raises(InvalidInput) as refused:
        log(second, later, tried_at=later.now + timedelta(hours=1))
    assert refused.value.fields == {"tried_at": "in_the_future"}

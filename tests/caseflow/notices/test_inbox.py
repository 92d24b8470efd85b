"""The inbox: what one has read is one's own, and a figure that falls only by reading."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caseflow.errors import NotFound
from caseflow.models import Case, Notice, NoticeRead, db, transaction
from caseflow.notices import inbox, outbox
from caseflow.people import accounts
from tests.ground import newcomer, person

pytestmark = pytest.mark.both_databases


@pytest.fixture
def five(guichi, session):
    """Five notices to the officers of the responsible office, and a colleague who came before them."""
    with transaction():
        outbox.deliver_waiting(guichi.now)
        session.query(Notice).delete()
        case = db.session.get(Case, guichi.case_id)
        for number in range(5):
            outbox.send(f"n{number}", "overdue", case=case, unit_id=case.unit_id, role="officer", details={},
                         now=guichi.now)
        outbox.deliver_waiting(guichi.now)
    newcomer("colleague", ("officer", guichi.case().unit_id))
    session.rollback()
    return [notice.id for notice in session.query(Notice).order_by(Notice.id)]


def reader():
    return person("guichi.dept1.officer")


def mark(number, actor=None):
    with transaction():
        inbox.mark_read(number, actor or reader())


def mark_all(newest, now, actor=None):
    with transaction():
        inbox.mark_all_read(newest, actor or reader(), now)


def test_reading_is_ones_own_and_counts_once(five, guichi, session):
    for _ in range(2):
        mark(five[2])
    assert (inbox.unread(reader()), inbox.unread(person("colleague"))) == (4, 5)
    assert inbox.unread_among(reader(), session.query(Notice).all()) == set(five) - {five[2]}


def test_what_is_not_for_ones_post_is_not_there(five, guichi, session):
    for stranger in (person("guichi.dept2.officer"), person("guichi.dept1.supervisor"), person("guichi.admin")):
        assert inbox.unread(stranger) == 0
        with pytest.raises(NotFound):
            mark(five[0], stranger)
        mark_all(five[-1], guichi.now + timedelta(hours=1), stranger)
    assert inbox.unread(reader()) == 5


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1)])
def test_all_that_was_shown_is_read_and_what_came_since_is_not(five, guichi, session, later):
    mark(five[0])
    mark_all(five[3], guichi.now + later)
    assert inbox.unread(reader()) == 1 and inbox.unread(person("colleague")) == 5
    mark_all(five[4], guichi.now + later)
    assert inbox.unread(reader()) == 0


def test_reading_everything_leaves_one_figure_and_no_rows_behind(five, guichi, session):
    mark(five[0])
    mark_all(five[-1], guichi.now + timedelta(hours=1))
    user = accounts.find("guichi.dept1.officer")
    assert session.query(NoticeRead).filter_by(user_id=user.id).count() == 0
    assert user.profile.read_to == five[-1]


def test_the_count_is_bounded(five, guichi, session):
    with transaction():
        case = db.session.get(Case, guichi.case_id)
        for number in range(150):
            outbox.send(f"m{number}", "overdue", case=case, unit_id=case.unit_id, role="officer", details={},
                         now=guichi.now)
        outbox.deliver_waiting(guichi.now, 500)
    assert inbox.unread(reader()) == inbox.MOST_COUNTED

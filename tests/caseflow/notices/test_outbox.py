"""Messages leave after the commit that wrote them, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.models import Case, Notice, OutboxMessage, db, transaction
from caseflow.notices import outbox as notices
from tests.ground import at_once, person

pytestmark = pytest.mark.both_databases


@pytest.fixture
def outbox(guichi, session):
    """The case's own messages are delivered; what comes now is the test's."""
    with transaction():
        notices.deliver_waiting(guichi.now)
        session.query(Notice).delete()
    return session.query(OutboxMessage).count()


def send(journey, key, kind="overdue", role="officer", now=None):
    with transaction():
        case = db.session.get(Case, journey.case_id)
        notices.send(key, kind, case=case, unit_id=case.unit_id, role=role, details={"n": 1}, now=now or journey.now)


def deliver(journey, limit=100):
    with transaction():
        return notices.deliver_waiting(journey.now, limit)


def test_the_same_key_again_sends_nothing(guichi, session, outbox):
    send(guichi, "a")
    send(guichi, "a", kind="other")
    message, = session.query(OutboxMessage).filter_by(key="a")
    assert (message.kind, message.status) == ("overdue", "waiting")


def test_what_was_sent_in_a_transaction_that_failed_is_not_there(guichi, session, outbox):
    with pytest.raises(ZeroDivisionError), transaction():
        case = session.get(Case, guichi.case_id)
        notices.send("a", "overdue", case=case, unit_id=case.unit_id, role="officer", details={}, now=guichi.now)
        raise ZeroDivisionError
    assert session.query(OutboxMessage).count() == outbox


def test_a_message_is_marked_as_sent_together_with_its_notice(guichi, session, outbox):
    send(guichi, "a")
    guichi.clock.advance(minutes=1)
    assert (deliver(guichi), deliver(guichi)) == (1, 0)
    message, notice = session.query(OutboxMessage).filter_by(key="a").one(), session.query(Notice).one()
    assert (message.status, message.sent_at, message.attempts) == ("sent", guichi.now, 1)
    assert (notice.outbox_id, notice.kind, notice.role, notice.created_at) == (
        message.id, "overdue", "officer", guichi.now)


def test_the_oldest_messages_go_first_and_not_before_their_time(guichi, session, outbox):
    send(guichi, "later", now=guichi.now + timedelta(seconds=1))
    for key in "abc":
        send(guichi, key)
    assert (deliver(guichi, 2), deliver(guichi, 2)) == (2, 1)
    sent = select(OutboxMessage.key).join(Notice, Notice.outbox_id == OutboxMessage.id).order_by(Notice.id)
    assert list(session.scalars(sent)) == ["a", "b", "c"]
    guichi.clock.advance(seconds=1)
    assert deliver(guichi) == 1


def test_two_deliverers_at_once_deliver_each_message_once(app, guichi, session, outbox):
    for number in range(30):
        send(guichi, f"m{number}")
    session.rollback()

    def empty_the_outbox():
        return sum(iter(lambda: deliver(guichi, 4), 0))

    assert sum(at_once(app, empty_the_outbox, empty_the_outbox)) == 30
    session.rollback()
    assert session.query(Notice).count() == 30


def test_a_notice_is_for_a_role_at_a_unit(guichi, session, outbox):
    send(guichi, "a")
    send(guichi, "b", role="supervisor")
    deliver(guichi)
    for username, count in (("guichi.dept1.officer", 1), ("guichi.dept1.supervisor", 1), ("guichi.dept2.officer", 0),
                            ("guichi.bureau.officer", 0), ("hainan.platform.officer", 0)):
        assert len(notices.for_actor(person(username))) == count, username

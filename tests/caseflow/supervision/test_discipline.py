"""A suspected breach goes to the office that handles it, and hardly anybody knows of it (QJ-20, HN-20)."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from caseflow.casefile import journal, journal_check
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, DisciplineReport, JournalEntry, OutboxMessage, RoleAssignment, User, db, transaction
from caseflow.notices import inbox, outbox
from caseflow.supervision import discipline
from tests.ground import newcomer, person, unit
from tests.journeys.kit import Journey

FACTS = "评价人反映，窗口工作人员收取了两百元“加急费”，没有票据。"
KNOW = ("qijiang.office.officer", "qijiang.discipline.supervisor", "qijiang.auditor")


@pytest.fixture
def qijiang(installed, app, session, clock) -> Journey:
    return Journey(app, clock, "qijiang").bad_review()


def forward(journey, username="qijiang.office.officer", facts=FACTS, token="t" * 20) -> int:
    with transaction():
        return discipline.forward(journey.case_id, person(username), facts, token, journey.now).id


def knows(report: int, username: str) -> bool:
    db.session.rollback()
    listed = report in [row.id for row in discipline.visible_to(person(username))]
    try:
        found = discipline.find(report, person(username)).id == report
    except NotFound:
        found = False
    assert listed == found
    return found


@pytest.mark.both_databases
def test_only_the_forwarder_the_receiving_post_and_the_auditors_know_of_it(qijiang, session):
    before = [entry.id for entry in journal.entries(session.get(Case, qijiang.case_id))]
    report = forward(qijiang)
    everybody = list(session.scalars(select(User.username).order_by(User.id)))
    assert {name for name in everybody if knows(report, name)} == set(KNOW)
    assert [entry.id for entry in journal.entries(session.get(Case, qijiang.case_id))] == before
    message = session.scalar(select(OutboxMessage).where(OutboxMessage.key == f"discipline:{report}"))
    assert (message.case_id, message.details, message.kind) == (None, "{}", "confidential")
    entry = session.scalar(select(JournalEntry).where(JournalEntry.kind == "discipline_forwarded"))
    assert entry.stream == "system" and json.loads(entry.details).keys() == {"report", "to", "sha256"}
    with transaction():
        outbox.deliver_waiting(qijiang.now)
    assert [inbox.unread(person(name)) for name in ("qijiang.discipline.supervisor", "hainan.discipline.supervisor")
            ] == [1, 0]
    qijiang.healthy()


@pytest.mark.both_databases
def test_the_receiving_post_confirms_that_it_has_it(qijiang, session):
    report = forward(qijiang)
    for username, refusal in (("qijiang.office.officer", PermissionDenied), ("qijiang.auditor", PermissionDenied),
                              ("qijiang.office.supervisor", NotFound)):
        with pytest.raises(refusal), transaction():
            discipline.receive(report, person(username), qijiang.now)
    for _ in range(2):
        with transaction():
            discipline.receive(report, person("qijiang.discipline.supervisor"), qijiang.now)
    assert session.get(DisciplineReport, report).received_at == qijiang.now
    assert len(session.scalars(select(JournalEntry).where(JournalEntry.kind == "discipline_received")).all()) == 1
    assert journal_check.verify().broken == []


def test_nobody_of_the_rated_unit_forwards_or_knows_whatever_else_they_are(qijiang, session):
    report = forward(qijiang)
    rated = session.get(Case, qijiang.case_id).unit_id
    for username in KNOW:
        with transaction():
            user = db.session.scalar(select(User).where(User.username == username))
            user.roles.append(RoleAssignment(role="staff", unit_id=rated))
        assert not knows(report, username)
    with pytest.raises(PermissionDenied):
        forward(qijiang, token="u" * 20)
    both = newcomer("both", ("auditor", rated), ("auditor", unit("qijiang", "office").id))
    assert discipline.visible_to(both) == []


def test_who_may_forward_is_what_the_regulation_names(qijiang, session, app, clock):
    for username, refusal in (("qijiang.dept1.supervisor", PermissionDenied), ("qijiang.auditor", PermissionDenied),
                              ("qijiang.office.reviewer", PermissionDenied), ("qijiang.dept2.officer", NotFound)):
        with pytest.raises(refusal):
            forward(qijiang, username)
    for place, username in (("guichi", "guichi.bureau.officer"), ("hefei", "hefei.center.officer")):
        with pytest.raises(PermissionDenied):       # these texts have no such article
            forward(Journey(app, clock, place).bad_review(), username)
    forward(Journey(app, clock, "hainan").bad_review(), "hainan.platform.officer", token="v" * 20)


def test_the_same_token_forwards_once_and_a_word_is_no_report(qijiang, session):
    assert forward(qijiang) == forward(qijiang)
    for facts, code in ((" ", "required"), ("收钱", "too_short"), ("长" * 4001, "too_long")):
        with pytest.raises(InvalidInput) as refused:
            forward(qijiang, facts=facts, token="w" * 20)
        assert refused.value.fields == {"facts": code}


def test_there_is_a_place_for_it_only_for_those_who_receive_or_audit_it(qijiang, session):
    assert [discipline.concerns(person(name)) for name in (
        "qijiang.discipline.supervisor", "qijiang.auditor", "qijiang.office.supervisor", "guichi.auditor",
        "qijiang.dept1.supervisor")] == [True, True, False, False, False]

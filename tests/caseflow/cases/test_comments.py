"""Remarks: at any time, once, by those who work on the case; their texts are in no journal."""

from __future__ import annotations

import hashlib
import json

import pytest

from caseflow.cases import comments
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, Comment, db, transaction
from tests.ground import at_once, entries, newcomer, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
TEXT = "评价人说周三以后再联系。\n已转告窗口。"


@pytest.fixture
def guichi(installed, app, clock, session):
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def officer(guichi):
    return person("guichi.dept1.officer")


def write(guichi, actor, text=TEXT, token="t" * 20):
    with transaction():
        return comments.add(guichi.case_id, actor, text, token, guichi.now).id


def remarks(guichi):
    db.session.rollback()
    return [(row.text, by) for row, by in comments.of_case(db.session.get(Case, guichi.case_id))]


def test_a_remark_stands_on_the_case_and_its_digest_in_the_journal(guichi, officer):
    number = write(guichi, officer)
    assert remarks(guichi) == [(TEXT, officer.name)]
    entry, = entries(guichi.case_id, "comment_added")
    assert json.loads(entry.details) == {"comment": number, "sha256": hashlib.sha256(TEXT.encode()).hexdigest()}
    guichi.healthy()


def test_remarks_stand_in_the_order_in_which_they_were_written(guichi, officer):
    for number in range(3):
        write(guichi, officer, f"第{number}条", f"token-{number}".ljust(20, "x"))
    assert [text for text, _ in remarks(guichi)] == ["第0条", "第1条", "第2条"]


def test_a_remark_sent_twice_at_once_stands_once(guichi, officer, app):
    answers = at_once(app, *[lambda: write(guichi, officer) for _ in range(4)])
    assert len(set(answers)) == 1 and len(remarks(guichi)) == 1 and len(entries(guichi.case_id, "comment_added")) == 1


def test_a_closed_case_can_still_be_remarked_on(guichi, officer, session):
    with transaction():
        session.get(Case, guichi.case_id).status = "closed"
    write(guichi, officer)
    assert len(remarks(guichi)) == 1


@pytest.mark.parametrize(("text", "why"), [
    ("", "required"), (" \n ", "required"), ("字" * 2001, "too_long"), ("a\x00b", "not_text"),
    ("\u202eabc", "not_text")])
def test_a_text_that_cannot_be_kept_is_refused(guichi, officer, text, why):
    with pytest.raises(InvalidInput) as refused:
        write(guichi, officer, text)
    assert refused.value.fields == {"text": why} and remarks(guichi) == []


def test_strangers_find_no_case_and_auditors_write_nothing(guichi, officer, session):
    auditor = newcomer("auditor", ("auditor", session.get(Case, guichi.case_id).unit_id))
    with pytest.raises(NotFound):
        write(guichi, person("hefei.dept1.officer"))
    with pytest.raises(PermissionDenied):
        write(guichi, auditor)


def test_the_database_lets_nobody_rewrite_a_remark(guichi, officer):
    write(guichi, officer)
    for statement in (Comment.__table__.update().values(text="x"), Comment.__table__.delete()):
        with pytest.raises(Exception, match="stays as it is"):
            db.session.execute(statement)
        db.session.rollback()

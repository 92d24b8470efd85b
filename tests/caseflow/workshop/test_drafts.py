"""Drafts of diagrams: who may draw, that nothing is overwritten silently, and what the journal says."""

import json

import pytest
from sqlalchemy import select

from caseflow.engine.gate.reader import MAX_BYTES
from caseflow.errors import DraftChanged, DraftClosed, InvalidInput, NotFound, PermissionDenied
from caseflow.models import JournalEntry, db, transaction
from caseflow.processes import deployed
from caseflow.workshop import drafts
from tests.ground import at_once, newcomer, person, unit

PROCESS = "guichi_rectification"


@pytest.fixture
def designer(installed, session):
    return person("guichi.designer")


@pytest.fixture
def draft(designer, clock):
    with transaction():
        return drafts.begin(PROCESS, designer, clock()).id


@pytest.fixture
def second(designer):
    return newcomer("second", ("designer", unit("guichi", "bureau").id))


def save(draft, source, revision, actor, clock):
    with transaction():
        return drafts.save(draft, source, revision, actor, clock()).revision


def test_a_draft_begins_with_what_is_deployed(draft, designer):
    found = drafts.find(draft, designer)
    assert (found.source, found.base) == (deployed.current("guichi", "rectification").source,
                                          deployed.versions(PROCESS)[0].digest)


def test_a_draft_may_begin_with_a_file_however_wrong_it_is(designer, clock):
    with transaction():
        found = drafts.begin(PROCESS, designer, clock(), b"<nonsense>")
        assert found.source == b"<nonsense>"


@pytest.mark.parametrize("username", ["guichi.approver", "guichi.auditor"])
def test_approvers_and_auditors_read_a_draft_and_do_not_draw(draft, clock, username):
    actor = person(username)
    assert drafts.find(draft, actor).id == draft and [d.id for d in drafts.open_drafts(actor)] == [draft]
    with pytest.raises(PermissionDenied):
        save(draft, b"<x/>", 1, actor, clock)


@pytest.mark.parametrize("username", ["hainan.designer", "guichi.admin", "guichi.dept1.supervisor"])
def test_to_everybody_else_there_is_no_draft(draft, clock, username):
    actor = person(username)
    assert drafts.open_drafts(actor) == []
    for call in (lambda: drafts.find(draft, actor), lambda: drafts.begin(PROCESS, actor, clock()),
                 lambda: drafts.save(draft, b"<x/>", 1, actor, clock())):
        with pytest.raises(NotFound):
            call()


@pytest.mark.both_databases
def test_of_two_who_save_at_once_one_is_told_who_was_first(draft, app, designer, second, clock):
    answers = at_once(app, lambda: save(draft, b"<a/>", 1, designer, clock),
                      lambda: save(draft, b"<b/>", 1, second, clock))
    refusal, = (answer for answer in answers if answer != 2)
    winner = designer if answers[0] == 2 else second
    assert isinstance(refusal, DraftChanged)
    assert refusal.details == {"by": winner.name, "at": clock(), "revision": 2}
    db.session.rollback()
    assert drafts.find(draft, designer).source == (b"<a/>" if winner is designer else b"<b/>")


def test_saving_the_same_again_is_no_new_revision(draft, designer, clock):
    assert save(draft, b"<a/>", 1, designer, clock) == 2
    assert save(draft, b"<a/>", 2, designer, clock) == 2


@pytest.mark.parametrize(("source", "code"), [(b"", "empty"), (b"x" * (MAX_BYTES + 1), "too_large")])
def test_a_file_has_a_size(draft, designer, clock, source, code):
    with pytest.raises(InvalidInput) as refusal:
        save(draft, source, 1, designer, clock)
    assert refusal.value.fields == {"source": code}


def test_what_was_discarded_is_not_drawn_any_more(draft, designer, clock):
    with transaction():
        drafts.discard(draft, 1, designer, clock())
    assert drafts.open_drafts(designer) == []
    with pytest.raises(DraftClosed):
        save(draft, b"<a/>", 1, designer, clock)


def test_the_journal_tells_what_was_done_with_a_draft(draft, designer, clock):
    save(draft, b"<a/>", 1, designer, clock)
    with transaction():
        drafts.discard(draft, 2, designer, clock())
    entries = db.session.scalars(select(JournalEntry).where(
        JournalEntry.stream == "system", JournalEntry.actor == designer.name).order_by(JournalEntry.seq))
    assert [(entry.kind, json.loads(entry.details)["revision"]) for entry in entries] == [
        ("draft_begun", 1), ("draft_saved", 2), ("draft_discarded", 2)]

"""Phrases of a unit: kept by its supervisors, used by everybody there, unknown to others."""

from __future__ import annotations

import pytest

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import JournalEntry, db, transaction
from caseflow.work import phrases
from tests.ground import person, unit

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("installed", "session")]


@pytest.fixture
def supervisor():
    return person("guichi.bureau.supervisor")


@pytest.fixture
def bureau():
    return unit("guichi", "bureau").id


def put(actor, unit_id, clock, title="致歉", text="对给您带来的不便，我们深表歉意。", **how):
    with transaction():
        return phrases.put(actor, unit_id, title, text, clock(), **how)


def kinds():
    return [kind for kind, in db.session.query(JournalEntry.kind).filter(JournalEntry.kind.like("phrase%"))]


def test_a_phrase_is_there_for_everybody_of_the_unit_and_nobody_else(supervisor, bureau, clock):
    number = put(supervisor, bureau, clock)
    assert [(row.id, row.title) for row, _ in phrases.of_actor(person("guichi.bureau.officer"))] == [(number, "致歉")]
    assert phrases.of_actor(person("guichi.dept1.officer")) == [] and kinds() == ["phrase_kept"]


def test_the_same_phrase_sent_twice_is_one(supervisor, bureau, clock):
    assert put(supervisor, bureau, clock) == put(supervisor, bureau, clock) and kinds() == ["phrase_kept"]


def test_a_phrase_is_changed_and_taken_out(supervisor, bureau, clock):
    number = put(supervisor, bureau, clock)
    assert put(supervisor, bureau, clock, "道歉", "抱歉。", phrase_id=number) == number
    assert [(row.title, row.text) for row, _ in phrases.of_actor(supervisor)] == [("道歉", "抱歉。")]
    for _ in range(2):
        with transaction():
            phrases.remove(number, supervisor, clock())
    assert phrases.of_actor(supervisor) == [] and kinds() == ["phrase_kept", "phrase_kept", "phrase_removed"]
    with pytest.raises(NotFound):
        put(supervisor, bureau, clock, "新", "新", phrase_id=number)


@pytest.mark.parametrize("who", ["guichi.bureau.officer", "guichi.dept1.supervisor", "hefei.center.supervisor"])
def test_only_supervisors_of_the_unit_keep_its_phrases(supervisor, bureau, clock, who):
    number = put(supervisor, bureau, clock)
    with pytest.raises(PermissionDenied):
        put(person(who), bureau, clock, "x", "x")
    with pytest.raises((PermissionDenied, NotFound)), transaction():
        phrases.remove(number, person(who), clock())
    assert len(phrases.of_actor(supervisor)) == 1


@pytest.mark.parametrize(("title", "text", "why"), [
    ("", "x", {"title": "required"}), ("x", " ", {"text": "required"}), ("长" * 41, "x", {"title": "too_long"}),
    ("x", "长" * 1001, {"text": "too_long"}), ("x", "a\x00", {"text": "not_text"}), ("致歉", "y", {"title": "taken"})])
def test_what_cannot_be_kept_is_refused(supervisor, bureau, clock, title, text, why):
    put(supervisor, bureau, clock)
    with pytest.raises(InvalidInput) as refused:
        put(supervisor, bureau, clock, title, text)
    assert refused.value.fields == why

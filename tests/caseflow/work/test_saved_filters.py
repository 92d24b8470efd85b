"""Filters are kept on the server: one's own, or shared with a unit of one's own."""

from __future__ import annotations

import pytest

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import JournalEntry, db, transaction
from caseflow.work import saved_filters
from tests.ground import newcomer, person, unit

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("installed", "session")]
OVERDUE = {"due": "overdue", "q": "营业执照"}


@pytest.fixture
def officer():
    return person("guichi.bureau.officer")


@pytest.fixture
def bureau():
    return unit("guichi", "bureau").id


def save(actor, clock, name="逾期的执照", query=OVERDUE, **how):
    with transaction():
        return saved_filters.save(actor, name, query, clock(), **how)


def test_a_filter_is_kept_for_its_owner_alone(officer, clock, bureau):
    number = save(officer, clock)
    colleague = newcomer("colleague", ("officer", bureau))
    kept, = saved_filters.of_actor(officer)
    assert (kept.id, kept.name, kept.query, kept.unit, kept.mine) == (number, "逾期的执照", OVERDUE, "", True)
    assert saved_filters.of_actor(colleague) == []


def test_a_shared_filter_is_seen_by_the_unit_and_the_sharing_journaled(officer, clock, bureau):
    number = save(officer, clock, unit_id=bureau)
    kept, = saved_filters.of_actor(newcomer("colleague", ("reviewer", bureau)))
    assert (kept.id, kept.owner, kept.mine) == (number, officer.name, False) and "数据资源管理局" in kept.unit
    assert saved_filters.of_actor(person("hefei.dept1.officer")) == []
    entry = db.session.query(JournalEntry).filter_by(kind="filter_shared").one()
    assert entry.stream == "system" and "营业执照" not in entry.details


def test_the_same_name_again_replaces_what_was_kept(officer, clock):
    first = save(officer, clock)
    assert save(officer, clock, query={"scope": "mine"}) == first
    assert [kept.query for kept in saved_filters.of_actor(officer)] == [{"scope": "mine"}]


def test_the_filters_of_the_ledger_are_apart_from_those_of_the_worklist(officer, clock):
    first, second = save(officer, clock), save(officer, clock, query={"overdue": "1"}, of="ledger")
    assert first != second
    assert [kept.query for kept in saved_filters.of_actor(officer)] == [OVERDUE]
    assert [kept.query for kept in saved_filters.of_actor(officer, "ledger")] == [{"overdue": "1"}]


def test_only_its_owner_removes_a_filter(officer, clock, bureau):
    number = save(officer, clock, unit_id=bureau)
    with pytest.raises(NotFound), transaction():
        saved_filters.remove(number, newcomer("colleague", ("officer", bureau)))
    for _ in range(2):
        with transaction():
            saved_filters.remove(number, officer)
    assert saved_filters.of_actor(officer) == []


@pytest.mark.parametrize(("name", "query", "why"), [
    ("", OVERDUE, {"name": "required"}), ("长" * 41, OVERDUE, {"name": "too_long"}), ("a", {}, {"query": "required"}),
    ("a\x00", OVERDUE, {"name": "not_text"}), ("a", {"q": "长" * 400}, {"query": "too_long"})])
def test_what_cannot_be_kept_is_refused(officer, clock, name, query, why):
    with pytest.raises(InvalidInput) as refused:
        save(officer, clock, name, query)
    assert refused.value.fields == why


def test_nobody_shares_with_a_unit_that_is_not_theirs_or_keeps_too_many(officer, clock, monkeypatch):
    with pytest.raises(PermissionDenied):
        save(officer, clock, unit_id=unit("hefei", "center").id)
    monkeypatch.setattr(saved_filters, "MOST", 1)
    save(officer, clock)
    with pytest.raises(InvalidInput) as refused:
        save(officer, clock, "另一个")
    assert refused.value.fields == {"name": "too_many"}

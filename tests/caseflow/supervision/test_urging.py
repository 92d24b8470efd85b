"""Urging and supervision orders: who may, who hears it, what is recorded."""

from __future__ import annotations

import pytest

from caseflow.errors import ConcurrentUpdate, InvalidInput, NotFound, PermissionDenied, TaskNotOpen
from caseflow.models import Case, transaction
from caseflow.supervision import urging
from tests.ground import entries, person

OFFICE = "区市场监管局"


def urge(journey, kind="urged", note="请今天联系评价人", by="guichi.bureau.supervisor", seen=None):
    with transaction():
        urging.urge(journey.case_id, kind, note, person(by), journey.now, seen=seen)


@pytest.mark.both_databases
def test_the_officers_hear_it_and_by_an_order_their_supervisors_too(guichi, session):
    urge(guichi)
    assert guichi.notices("urged") == {(OFFICE, "officer")}
    urge(guichi, "supervised", by="guichi.dept1.supervisor")
    assert guichi.notices("supervised") == {(OFFICE, "officer"), (OFFICE, "supervisor")}
    assert [len(entries(guichi.case_id, kind)) for kind in ("urged", "supervised")] == [1, 1]
    guichi.healthy()


def test_who_may_not_and_what_cannot_be_urged(guichi, session):
    for by, refusal in (("guichi.dept1.officer", PermissionDenied), ("guichi.dept2.supervisor", NotFound)):
        with pytest.raises(refusal):
            urge(guichi, by=by)
    for note in (" ", "长" * 501):
        with pytest.raises(InvalidInput):
            urge(guichi, note=note)
    seen = session.get(Case, guichi.case_id).journal_seq
    urge(guichi, seen=seen)
    with pytest.raises(ConcurrentUpdate):
        urge(guichi, seen=seen)
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    with pytest.raises(TaskNotOpen):
        urge(guichi)

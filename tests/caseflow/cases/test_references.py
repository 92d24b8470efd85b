"""A case is linked with what other channels have on the same matter, and found by their numbers (GC-3(三))."""

from __future__ import annotations

import json

import pytest

from caseflow.cases import ledger, references
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, db, transaction
from caseflow.work import worklist
from tests.conftest import MONDAY_MORNING
from tests.ground import entries, person, rows
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

OFFICER, NUMBER = "guichi.dept1.officer", "CZ-2026-0302-0017"


def link(journey, username=OFFICER, channel="hotline", number=NUMBER, text="同一件事") -> int:
    with transaction():
        return references.link(journey.case_id, person(username), channel, number, text, journey.now).id


def unlink(journey, reference, username=OFFICER, reason="编号录错了"):
    with transaction():
        references.unlink(journey.case_id, reference, person(username), reason, journey.now)


def found(text: str, username=OFFICER) -> list[int]:
    db.session.rollback()
    return [case.id for case in ledger.ledger(
        person(username), ledger.CaseFilter(search=text), MONDAY_MORNING).items]


@pytest.mark.both_databases
def test_a_linked_number_finds_the_case_until_it_is_unlinked_with_a_reason(guichi, session):
    reference = link(guichi)
    assert link(guichi, number=f"  {NUMBER} ") == reference         # twice stands once
    assert (found("0302-0017"), found("0302-0017", "guichi.dept2.officer"), found("0302%")) == (
        [guichi.case_id], [], [])
    assert [item.case_id for item in worklist.my_work(person(OFFICER), now=guichi.now, search=NUMBER).items] == [
        guichi.case_id]
    for _ in range(2):
        unlink(guichi, reference)
    assert (found(NUMBER), references.of_case(session.get(Case, guichi.case_id))) == ([], [])
    said = [json.loads(row.details) for kind in ("reference_linked", "reference_unlinked")
            for row in entries(guichi.case_id, kind)]
    assert said == [{"reference": reference, "channel": "hotline", "number": NUMBER},
                    {"reference": reference, "channel": "hotline", "number": NUMBER, "reason": "编号录错了"}]
    assert link(guichi) != reference
    guichi.healthy()


def test_only_officials_who_see_the_case_link_and_words_are_checked(guichi, session, app, clock):
    before = rows()
    for username, refusal in (("guichi.auditor", PermissionDenied), ("guichi.dept2.officer", NotFound)):
        with pytest.raises(refusal):
            link(guichi, username)
    for field, value, code in (("channel", "pigeon", "not_a_choice"), ("number", " ", "required"),
                               ("number", "1" * 65, "too_long"), ("text", "长" * 201, "too_long")):
        with pytest.raises(InvalidInput) as refused:
            link(guichi, **{field: value})
        assert refused.value.fields == {field: code}
    assert rows() == before
    reference, other = link(guichi), Journey(app, clock, "guichi").bad_review()
    with pytest.raises(NotFound):
        unlink(other, reference)
    with pytest.raises(InvalidInput):
        unlink(guichi, reference, reason=" ")


def test_links_stand_on_the_case_page(guichi, session, app, clock):
    officer, number = Desk(app, clock, OFFICER), guichi.case().number
    address = f"/cases/{number}"
    assert officer.sends(f"{address}/references/", {"channel": "hotline", "number": NUMBER}).status_code == 302
    shown = words(officer.opens(address))
    assert f"12345热线工单 {NUMBER}" in shown and "GC-3(三)" in shown and f"关联12345热线工单 {NUMBER}" in shown
    assert number in words(officer.opens("/cases", q=NUMBER))
    answer = officer.browser.post(f"{address}/references/", data={"channel": "x"}, follow_redirects=True)
    assert "请选择来源渠道" in words(answer) and "请填写对方的编号" in words(answer)
    assert "添加关联" not in words(Desk(app, clock, "guichi.auditor").opens(address))

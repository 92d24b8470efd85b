"""What may be stored as a text, and what counts as a reason."""

from __future__ import annotations

import pytest

from caseflow import texts
from caseflow.cases import fold
from caseflow.errors import InvalidInput, LateReasonMissing
from caseflow.moments import ONE_SECOND
from caseflow.raters import contacts
from caseflow.workshop import deployment
from tests.ground import person


@pytest.mark.parametrize(("reason", "code"), [
    ("等待材料", None), ("等", "required"), (" 等 ", "required"), ("", "required"), ("\n ", "required"),
    ("长" * 200, None), (" " + "长" * 200 + "\n", None), ("长" * 201, "too_long"),
    ("第一行\r\n第二行", None), ("等\x00待", "not_text"), ("等\x1b[31m待", "not_text"), (None, "not_text")])
def test_a_reason_has_two_characters_to_two_hundred_without_the_blanks_around_it(reason, code):
    assert texts.reason_problem(reason) == code


def test_a_reason_may_be_as_long_as_its_place_allows():
    assert (texts.reason_problem("长" * 500, 500), texts.reason_problem("长" * 501, 500)) == (None, "too_long")


def test_one_character_is_no_reason_and_is_not_called_too_long(clock):
    with pytest.raises(LateReasonMissing) as late:
        fold.lateness(clock() - ONE_SECOND, "忙", clock())
    with pytest.raises(InvalidInput) as rollback:
        deployment.good_reason(" 错 ")
    assert (late.value.fields, rollback.value.fields) == ({"late_reason": "required"}, {"reason": "required"})


def test_a_character_that_no_database_keeps_is_refused_before_it_gets_there(guichi, session, clock):
    officer = person("guichi.dept1.officer")
    with pytest.raises(InvalidInput) as refused:
        contacts.reveal(guichi.case_id, officer, "核实\x00情况", clock())
    assert refused.value.fields == {"reason": "not_text"}

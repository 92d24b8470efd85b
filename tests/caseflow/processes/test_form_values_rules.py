"""What is filled in is held against the rules of the form, with what the case knows and the regulation says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from caseflow.engine.values import FieldRule, FormField
from caseflow.errors import ConfigurationError, InvalidForm
from caseflow.law import regulations, working_days
from caseflow.processes.form_values import Circumstances, accept_by_rules

SAID = FormField("said", "结果", "enum", required=True, choices=(("good", "满意"), ("bad", "不满意")))
LEVEL = FormField("newest", "等级", "enum", choices=(("high", "满意"), ("low", "不满意")),
                  visible_when=("said", ("good",)),
                  rules=(FieldRule("said != 'good' or newest == 'high'", "满意的不能是差评。"),))
DAY = FormField("rectify_by", "期限", "date", rules=(
    FieldRule("rectify_by > today()", "最早是明天。"),
    FieldRule("rectify_by <= working_days('ledger_longest')", "最长{ledger_longest}个工作日。")))


def at(known=dict, **parameters: object) -> Circumstances:
    """Monday 2 March 2026, noon in Shanghai, in Hefei."""
    hefei = regulations.get("hefei")
    entry = hefei.parameters["ledger_longest"]
    changed = {name: replace(entry, value=value) for name, value in parameters.items()}
    law = replace(hefei, parameters={**hefei.parameters, **changed})
    return Circumstances(datetime(2026, 3, 2, 4, tzinfo=UTC), law, working_days.national, known)


def said(*form: FormField, at: Circumstances, **values: object) -> dict[str, str]:
    with pytest.raises(InvalidForm) as refused:
        accept_by_rules(form, values, at)
    assert set(refused.value.fields.values()) == {"rule_broken"}
    return refused.value.details["sentences"]


def test_answers_that_contradict_each_other_are_refused_with_the_sentence_of_the_rule():
    assert said(SAID, LEVEL, at=at(), said="good", newest="low") == {"newest": "满意的不能是差评。"}


def test_a_rule_over_a_hidden_field_holds():
    assert accept_by_rules((SAID, LEVEL), {"said": "bad", "newest": "low"}, at()) == {"said": "bad"}


@pytest.mark.parametrize(("day", "sentence"), [
    ("2026-03-02", "最早是明天。"), ("2026-03-03", None), ("2026-03-30", None), ("2026-03-31", "最长20个工作日。")])
def test_a_limit_lies_between_tomorrow_and_the_last_working_day_of_the_parameter(day, sentence):
    if sentence is None:
        assert accept_by_rules((DAY,), {"rectify_by": day}, at()) == {"rectify_by": day}
    else:
        assert said(DAY, at=at(), rectify_by=day) == {"rectify_by": sentence}


def test_another_value_of_the_parameter_counts_at_once():
    assert said(DAY, at=at(ledger_longest=3), rectify_by="2026-03-06") == {"rectify_by": "最长3个工作日。"}


def test_a_parameter_that_is_no_number_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match="ledger_longest"):
        accept_by_rules((DAY,), {"rectify_by": "2026-03-06"}, at(ledger_longest="unset"))


def test_a_rule_may_ask_what_the_case_knew_before():
    level = replace(LEVEL, visible_when=None, rules=(FieldRule("outcome != 'mistaken' or newest == 'high'", "误评。"),))
    assert said(level, at=at(lambda: {"outcome": "mistaken"}), newest="low") == {"newest": "误评。"}
    assert accept_by_rules((level,), {"newest": "low"}, at(lambda: {"outcome": "resolved"}))


def test_what_the_form_itself_refuses_comes_before_its_rules():
    with pytest.raises(InvalidForm) as refused:
        accept_by_rules((SAID, DAY), {"rectify_by": "2026-03-31"}, at())
    assert refused.value.fields == {"said": "required"}


def test_nothing_is_read_for_a_form_without_rules():
    def never():
        raise AssertionError("read")
    assert accept_by_rules((SAID,), {"said": "good"}, replace(at(never), calendar=never)) == {"said": "good"}

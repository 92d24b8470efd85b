"""What forms say of reaching a rater is held against what they left and what was logged, at every task of every place:
the tasks are those of the shipped diagrams, so that one drawn later is held too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.law import regulations
from caseflow.raters import reaching
from caseflow.raters.reaching import HOW, NOBODY, REACHED, TRIED, Attempt, Log
from tests.bpmn import drawings
from tests.conftest import MONDAY_MORNING

PLACES = ("hefei", "qijiang", "hainan", "guichi")
FIELDS = [(place, task.element.id, field) for place in PLACES for task in drawings.loaded(place).user_tasks.values()
          for field in task.form if field in reaching.says_how(task.form) or {NOBODY, TRIED} & set(dict(field.choices))]
EVERYWHERE = pytest.mark.parametrize(("place", "task", "field"), FIELDS, ids=[f"{p}-{t}-{f.id}" for p, t, f in FIELDS])
SINCE = MONDAY_MORNING


def log_of(place, *tried, left=True) -> Log:
    made = [(SINCE + timedelta(hours=hours), channel, result) for hours, channel, result in tried]
    return Log(left, [Attempt(at, channel, result, at) for at, channel, result in made], SINCE,
               regulations.get(place).unreachable)


def judged(place, task, field, answer, log) -> str:
    """The code with which this answer to the field is refused; "" when it is taken."""
    return refusal(drawings.loaded(place).user_tasks[task].form, field, answer, log)


def refusal(form, field, answer, log) -> str:
    """The same, of any form."""
    try:
        reaching.judge(form, {field.id: answer}, lambda: log)
    except InvalidForm as refused:
        return refused.fields[field.id]
    return ""


def offered(place, task, field, log) -> set[str]:
    form = reaching.offered(drawings.loaded(place).user_tasks[task].form, log)
    return set(dict(next(one for one in form if one.id == field.id).choices))


def test_every_place_asks_how_the_rater_was_reached_and_every_way_but_one_leaves_a_line_in_the_log():
    assert {place for place, _, _ in FIELDS} == set(PLACES)
    assert {field.id for _, _, field in FIELDS} >= {
        "contact_channel", "feedback_channel", "revisit_channel", "unreachable_reason"}
    answers = {answer for _, _, field in FIELDS for answer, _ in field.choices}
    assert answers - {*HOW, NOBODY, TRIED} == {"questionnaire"}     # which the rater answers alone: nothing is logged


@EVERYWHERE
def test_of_a_rater_who_left_a_number_nobody_says_that_they_left_none(place, task, field):
    if NOBODY not in dict(field.choices):
        assert not {TRIED, NOBODY} & set(dict(field.choices))
        return
    assert NOBODY not in offered(place, task, field, log_of(place))
    assert judged(place, task, field, NOBODY, log_of(place)) == "has_contact"
    nothing_left = log_of(place, left=False)
    assert NOBODY in offered(place, task, field, nothing_left) and not judged(place, task, field, NOBODY, nothing_left)
    assert TRIED not in offered(place, task, field, nothing_left)
    assert judged(place, task, field, TRIED, nothing_left) == "nothing_left"


@EVERYWHERE
def test_nobody_says_that_they_tried_in_vain_before_the_log_bears_it_out(place, task, field):
    if TRIED not in dict(field.choices):
        assert field.id == "revisit_channel" or place == "hainan"
        return
    rule = regulations.get(place).unreachable
    in_vain = [(24 * (number % rule.days), "telephone", "no_answer") for number in range(rule.attempts)]
    for tried in ([], in_vain[:-1], [(0, *rest) for _, *rest in in_vain]):
        assert TRIED not in offered(place, task, field, log_of(place, *tried))
        assert judged(place, task, field, TRIED, log_of(place, *tried)) == "unreachable_yet"
    enough = log_of(place, *sorted(in_vain))
    assert TRIED in offered(place, task, field, enough) and judged(place, task, field, TRIED, enough) == ""


def test_a_way_that_the_log_does_not_know_is_held_against_any_that_reached_the_rater():
    seen = FormField("revisit_channel", "回访方式", "enum", True, choices=(("seen", "已联系"),))
    for tried, code in (((), "not_contacted"), (((1, "telephone", "no_answer"),), "not_contacted"),
                        (((1, "mail", REACHED),), "")):
        assert refusal((seen,), seen, "seen", log_of("guichi", *tried)) == code


@EVERYWHERE
def test_a_way_in_which_the_rater_was_reached_is_one_that_was_logged_at_this_task(place, task, field):
    for answer in set(HOW) & set(dict(field.choices)):
        channel = HOW[answer] or "mail"
        another = next(one for one in reaching.CHANNELS if one != channel)
        for tried in ([], [(1, channel, "no_answer")], [(-1, channel, REACHED)],
                      [(1, another, REACHED)] if HOW[answer] else []):
            assert judged(place, task, field, answer, log_of(place, *tried)) == "not_contacted", (answer, tried)
            without_number = replace(log_of(place, *tried), left=False)
            assert judged(place, task, field, answer, without_number) == "not_contacted", (answer, tried)
        assert judged(place, task, field, answer, log_of(place, (1, channel, REACHED))) == ""


def test_where_attempts_in_vain_keep_the_duty_the_last_of_them_to_be_written_down_says_when():
    days = [SINCE + timedelta(days=day) for day in range(3)]
    tried = [Attempt(days[0], "telephone", "no_answer", days[2] + timedelta(days=4)),
             Attempt(days[1], "telephone", "no_answer", days[1]), Attempt(days[2], "telephone", "no_answer", days[2])]
    kept = reaching.first_contact(regulations.get("guichi").unreachable, tried)
    assert (kept.at, kept.recorded_at, kept.added_at) == (days[2], tried[0].recorded_at, tried[0].recorded_at)

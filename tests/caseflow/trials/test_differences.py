"""What is told of two texts of one scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from caseflow.law import regulations
from caseflow.trials import differences, scenario_file
from caseflow.trials.differences import Difference
from caseflow.trials.tryout import Act

OLD = scenario_file.read(regulations.folder() / "guichi" / "scenarios" / "rectification_simple.toml")


def acts(number: int, **changes: object):
    """OLD with another act of this number (from 0)."""
    return replace(OLD, acts=(*OLD.acts[:number], replace(OLD.acts[number], **changes), *OLD.acts[number + 1:]))


def expecting(**changes: object):
    return replace(OLD, expect=replace(OLD.expect, **changes))


def told(new) -> list[tuple]:
    return [(one.code, one.name, one.before, one.after) for one in differences.between(OLD, new)]


def test_the_same_text_has_no_differences():
    assert differences.between(OLD, OLD) == ()


def test_the_heading():
    assert told(replace(OLD, name="又名", article="", note="新注")) == [
        ("name", "", OLD.name, "又名"), ("article", "", "GC-2(二)", ""), ("note", "", "", "新注")]


def test_an_answer_is_told_with_its_act_also_where_there_was_none():
    new = acts(2, answers={**OLD.acts[2].answers, "findings": "情况属实。" * 2, "matter": "window"})
    found = differences.between(OLD, new)
    assert found == (Difference("answer", new.acts[2], "findings", "情况属实。", "情况属实。" * 2),
                     Difference("answer", new.acts[2], "matter", None, "window"))
    assert differences.keeps_the_way(found)
    truth = acts(2, answers={"outcome": True}), acts(2, answers={"outcome": 1})
    assert [one.after for one in differences.between(*truth)] == [1]


def test_who_does_it_when_and_why_it_is_late():
    new = acts(6, post="bureau.supervisor", after=timedelta(days=2), late_reason="大雪。")
    assert told(new) == [("act", "post", "bureau.officer", "bureau.supervisor"), ("act", "late_reason", "", "大雪。"),
                         ("act", "after", None, timedelta(days=2))]


def test_acts_that_come_in_between_or_are_gone():
    more = replace(OLD, acts=(OLD.acts[0], Act("deadline"), *OLD.acts[1:]))
    assert [(one.code, one.act) for one in differences.between(OLD, more)] == [("act_added", Act("deadline"))]
    assert differences.keeps_the_way(differences.between(OLD, more))
    less = replace(OLD, acts=OLD.acts[:-1])
    assert [(one.code, one.act) for one in differences.between(OLD, less)] == [("act_removed", OLD.acts[-1])]
    assert not differences.keeps_the_way(differences.between(OLD, less))


def test_what_is_expected():
    due_by = {**OLD.expect.due_by, "rectify_due": (date(2026, 3, 6),)}
    del due_by["revisit_due"]
    new = expecting(outcome="closed_explained", effects=(), due_by=due_by, at_most={}, never=("explain",))
    assert told(new) == [
        ("outcome", "", "closed_resolved", "closed_explained"), ("effects", "", ("open_file",), ()),
        ("never", "", (), ("explain",)), ("due_by", "rectify_due", (date(2026, 3, 9),), (date(2026, 3, 6),)),
        ("due_by", "revisit_due", (date(2026, 3, 10),), None), ("at_most", "revisit", 1, None)]
    assert not differences.keeps_the_way(differences.between(OLD, new))

"""What the law, the sheets, the journal, the doctor and the comparison find, in words: Chinese, and English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from caseflow.casefile.journal_check import Break
from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput
from caseflow.law import regulations, working_days
from caseflow.law.calendar_rows import Doubt, check_rows, split_lines
from caseflow.models import StandingComplaint, db
from caseflow.monitor import reasons
from caseflow.people.sheet_import import Line
from caseflow.proof.reasons import CODES as OF_PATHS
from caseflow.workshop.comparison import compare_files
from web import migrations
from web.sentences import calendars as of_calendars
from web.sentences import comparison, complaints, deadlines, journal, monitor, people_sheet

CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
FACTS = {"why": "?", "token": 3, "element": "due", "count": 2, "attachment": 4, "channel": "sms", "stream": "system",
         "seq": 5, "code": "gap", "number": 4, "opened": 1, "wanted": 2, "open": 1, "minutes": 10,
         "area": "4601", "units": 2, "office": "O", "unit": "U", "task": "T", "name": "N", "label": "L",
         "parameter": "p", "article": "A", "rule": "R", "reason": "effect_again", "topic": "t", "entries": [1, 2],
         "of": {"name": "N", "due": "2026-03-04T15:59:59+00:00", "at": "2026-03-05T15:59:59+00:00"},
         "role": "officer", "tasks": 2, "process": "p", "regulation": "r", "words": "w"}
NATIONAL = working_days.national()
WRONG_LINES = ("2027-13-01,off\n2026-01-01,off\n2027-01-01,off\n2027-01-01,off\n2027-01-02\n2027-01-03,of\n"
               "2027-01-04,off,a,b\n2027-01-05,off,\x07\n")


@pytest.fixture
def english(app) -> Iterator[None]:
    with app.test_request_context(), force_locale("en"):
        yield


def drawings() -> tuple[bytes, bytes]:
    """Two processes under one name, which differ in every way."""
    files = [regulations.files(key)["rectification.bpmn"].decode() for key in ("guichi", "hainan")]
    return files[0].encode(), files[1].replace("hainan_rectification", "guichi_rectification").encode()


def differences() -> list[str]:
    found = compare_files(*({"": source} for source in drawings()))
    return [comparison.sentence(change) for kind in (found.added, found.removed, found.changed, found.moved)
            for change in kind]


def refusal(content: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        check_rows(split_lines(content), 2027)
    return refused.value


def test_every_complaint_is_said_in_english(english):
    of_cases = {"reason": "late_untold"}
    said = [complaints.sentence(code, FACTS | (of_cases if code in complaints.OF_FINISHED_CASES else {}))
            for code in complaints.COMPLAINTS]
    said += [complaints.sentence(code, FACTS | {"ended": True}) for code in complaints.OF_ENDED_CASES]
    said.append(complaints.sentence("no_impartial_reviewer", {"office": "A", "rated": "B"}))
    said += [complaints.headline(StandingComplaint(code=code, facts=json.dumps(FACTS)))
             for code in complaints.COMPLAINTS]
    assert [sentence for sentence in said if CHINESE.search(sentence)] == []
    assert complaints.sentence("dead_delivery", FACTS) == "Not delivered and not tried again: 2 (text message)."


def test_every_finding_of_the_monitor_is_said_in_english(english):
    over_paths = list(OF_PATHS)[:list(OF_PATHS).index("step_missing")]
    codes = {**{code: OF_PATHS[code] for code in over_paths}, **reasons.CODES}
    limit = {"unit": "working_days", "amount": 2, "since": "now", "label": ""}
    facts = {"answer": {"field": "f", "label": "L", "values": ["v"]}, "names": ["N", "M"], "limits": [limit],
             "problem": "not_logged", "due": "2026-03-04T15:59:59+00:00", "at": datetime(2026, 3, 5, tzinfo=UTC)}
    said = {code: monitor.sentence(code, {name: facts.get(name, name) for name in names})
            for code, names in codes.items()}
    said["limit_too_long"] = monitor.sentence("limit_too_long", {"name": "N", "limits": [limit], "wanted": limit})
    assert [sentence for sentence in said.values() if CHINESE.search(sentence)] == []
    assert said["late_untold"] == (
        "“name” was due at 2026-03-04 23:59:59 and over at 2026-03-05 08:00:00 only, "
        "and the supervisors were not told.")


def test_every_break_of_a_chain_is_said_in_english(english):
    said = [journal.what(code, 7) for code in journal.BROKEN]
    assert [sentence for sentence in said if CHINESE.search(sentence)] == []
    assert Break.__doc__ and all(code in Break.__doc__ for code in journal.BROKEN)


def test_each_counted_day_is_explained_in_english(english):
    rule = DeadlineRule("working_days", 2, "2026-03-06", "event")
    assert deadlines.explain(rule, NATIONAL)[:3] == [
        "2026-03-06 not counted, the day of the event (Civil Code, Art. 201): Friday, working day",
        "2026-03-07 not counted: Saturday, day of rest", "2026-03-08 not counted: Sunday, day of rest"]


@pytest.mark.parametrize(("amount", "unit"), [(3, "hours"), (-3, "hours"), (5, "calendar_days"), (-5, "calendar_days"),
                                              (-5, "working_days"), (0, "end_of_day"), (0, "date")])
def test_every_kind_of_limit_is_explained_in_english(english, amount, unit):
    lines = deadlines.explain(DeadlineRule(unit, amount, "2027-05-08", "event"), NATIONAL)
    assert lines and [line for line in lines if CHINESE.search(line)] == []


def test_what_is_wrong_with_a_notice_is_said_in_english(english):
    for content in (WRONG_LINES.encode(), b"", b"\xff", b"2027-01-01,off\n" * 401, b" " * 70_000):
        assert not CHINESE.search(of_calendars.refused(refusal(content)))
    assert of_calendars.refused(refusal(b"2027-01-03,of\n")) == "Line 1: “of” is not known; write work or off"
    for code in ("kept", "not_off"):
        assert not CHINESE.search(of_calendars.doubt(Doubt(code, date(2027, 1, 1), "notice")))


def test_what_is_wrong_with_a_sheet_is_said_in_english(english):
    said = [people_sheet.problem(Line(2, "x", "wrong", code, found="y")) for code in people_sheet.LINE]
    said += [people_sheet.refused(InvalidInput(fields={"file": code}, facts={"line": 1}))
             for code in people_sheet.SHEET]
    assert [sentence for sentence in said if CHINESE.search(sentence)] == []


def test_differences_are_said_in_english_but_for_the_names_in_the_drawing(english):
    own = "".join(source.decode() for source in drawings())
    words = {word for sentence in differences() for word in re.findall("[\u4e00-\u9fff]+", sentence)}
    assert differences() and {word for word in words if word not in own} == set()


@pytest.mark.both_databases
def test_a_complaint_from_before_the_facts_says_what_it_said(app):
    with app.app_context():
        migrations.downgrade("0015")
        with db.engine.begin() as connection:
            connection.execute(text(
                "INSERT INTO complaints (id, found_by, code, case_number, subject, sentence, first_seen, last_seen) "
                "VALUES (1, 'old_outbox', 'old_outbox', '', '', '有 3 条“消息”。', :at, :at)"),
                {"at": datetime(2026, 3, 2, tzinfo=UTC)})
        migrations.upgrade()
        row = db.session.get(StandingComplaint, 1)
        assert complaints.standing(row) == "有 3 条“消息”。"
        row.facts = json.dumps({"count": 4})
        assert complaints.standing(row) == "有 4 条消息等待发送超过 10 分钟。"
        assert complaints.headline(row) == "消息等待发送超过 10 分钟"
        db.session.rollback()
        migrations.downgrade("0015")
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT sentence FROM complaints")) == "有 3 条“消息”。"

"""A second rating of the same service: kept when it says something else, and what becomes of the default."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import func, select

from caseflow.casefile import journal_check
from caseflow.cases import steps
from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from caseflow.models import Case, OutboxMessage, Rating, ServiceRecord, transaction
from caseflow.ratings import intake
from tests.caseflow.ratings.test_intake import count, line, take_in
from tests.ground import at_once, entries, open_item
from tests.ratings_ground import offices  # noqa: F401

pytestmark = pytest.mark.usefixtures("offices")
HAINAN = {"areaCode": "460100000000", "orgcode": "11460100MB000002"}
HEFEI = {"areaCode": "340100000000", "orgcode": "12340100MB000001"}
DEFAULT = {"isdefault": "1", "writingEvaluation": ""}


def receive(lines, now):
    with transaction():
        return intake.receive(lines, "file:test", now)


@pytest.mark.both_databases
def test_a_line_that_says_something_else_is_kept_as_a_later_rating(session, clock):
    assert take_in([line(1, 5)], clock()) == ["accepted"]
    assert take_in([line(1, 4)], clock.advance(hours=1)) == ["later_rating"]
    kept = session.execute(select(Rating.sequence, Rating.level, Rating.service_record_id).order_by(Rating.id)).all()
    assert [tuple(row)[:2] for row in kept] == [(1, "very_satisfied"), (2, "satisfied")]
    assert (len({row.service_record_id for row in kept}), count(ServiceRecord)) == (1, 1)


@pytest.mark.both_databases
def test_a_bad_later_rating_opens_its_case_at_once(session, clock):
    take_in([line(1, 5)], clock())
    answer, = receive([line(1, 1)], clock.advance(hours=1))
    case = session.scalar(select(Case))
    assert (answer.verdict, answer.case) == ("later_rating", case.number)
    assert (case.rating.level, case.rating.sequence, case.opened_at) == ("very_dissatisfied", 2, clock())


def notes(case):
    return [(entry.kind, json.loads(entry.details)) for entry in entries(case.id, "later_rating")]


@pytest.mark.both_databases
def test_an_open_case_notes_the_later_rating_and_whoever_has_its_task_is_told(session, clock):
    take_in([line(1, 1)], clock())
    case = session.scalar(select(Case))
    task = open_item(case.id)
    take_in([line(1, 5)], clock.advance(hours=1))
    later = session.scalar(select(Rating).where(Rating.sequence == 2))
    assert notes(case) == [("later_rating", {
        "rating": later.id, "level": "very_satisfied", "default_replaced": False})]
    told = session.execute(select(OutboxMessage.unit_id, OutboxMessage.role, OutboxMessage.user_id).where(
        OutboxMessage.kind == "later_rating", OutboxMessage.case_id == case.id)).all()
    assert [tuple(row) for row in told] == [(task.unit_id, task.role, task.assignee_id)]
    assert (session.get(Case, case.id).status, open_item(case.id).id) == ("open", task.id)
    assert journal_check.verify().broken == []


@pytest.mark.both_databases
def test_a_case_about_a_default_is_told_that_it_was_replaced(session, clock):
    take_in([line(1, 1, **HAINAN, isdefault="1")], clock())
    case = session.scalar(select(Case))
    take_in([line(1, 2, **HAINAN)], clock.advance(hours=1))
    assert [details["default_replaced"] for _, details in notes(case)] == [True]
    newer = session.scalar(select(Case).where(Case.id != case.id))
    assert notes(newer) == []               # about the later rating itself


def test_a_case_that_is_closed_and_one_of_another_service_note_nothing(session, clock):
    take_in([line(1, 1), line(2, 1)], clock())
    case, other = session.scalars(select(Case).order_by(Case.id)).all()
    with transaction():
        steps.deliver_message(case.id, "appeal_upheld", clock())
    take_in([line(1, 5)], clock.advance(hours=1))
    assert (notes(case), notes(other)) == ([], [])


@pytest.mark.parametrize("other", [
    {"satisfaction": 4}, {"evalDetail": "510"}, {"writingEvaluation": "后来又想起一件事"}, {"isdefault": "1"}])
def test_level_codes_text_and_default_are_what_a_rating_says(other, session, clock):
    assert take_in([line(1), line(1, **other)], clock()) == ["accepted", "later_rating"]


@pytest.mark.parametrize("other", [
    {"assessTime": "2026-02-09 10:00:00"}, {"pf": "3"}, {"userName": "乙某", "mobile": "13912345679"},
    {"anonymityFlag": "1"}, {"proManager": "冯洋"}, {"isdefault": "0"}, {"orgcode": "11341702MB000002"},
    {"userProp": "2"}])
def test_when_how_and_by_whom_it_was_given_is_not_what_a_rating_says(other, session, clock):
    assert take_in([line(1), line(1, **other)], clock()) == ["accepted", "duplicate"]


def test_the_same_codes_in_another_order_say_the_same(session, clock):
    assert take_in([line(1, evalDetail="510,511"), line(1, evalDetail="511|510")], clock()) == ["accepted", "duplicate"]


@pytest.mark.both_databases
def test_what_any_kept_rating_of_the_service_says_is_a_duplicate_whenever_it_comes(session, clock):
    lines = [line(1, 5), line(1, 1), line(1, 4)]
    assert take_in(lines, clock()) == ["accepted", "later_rating", "later_rating"]
    assert take_in(lines[::-1], clock.advance(days=1)) == ["duplicate"] * 3
    assert (count(Rating), count(Case)) == (3, 1)


@pytest.mark.both_databases
def test_the_raters_word_replaces_a_default_that_stays_kept(session, clock):
    take_in([line(1, 3, **HAINAN, **DEFAULT)], clock())
    answer, = receive([line(1, 1, **HAINAN)], clock.advance(days=30))
    assert (answer.verdict, answer.notes, bool(answer.case)) == ("later_rating", ("default_replaced",), True)
    default, word = session.scalars(select(Rating).order_by(Rating.sequence)).all()
    assert (default.is_default, default.replaced_at, default.level) == (True, clock(), "basically_satisfied")
    assert (word.is_default, word.replaced_at) == (False, None)


@pytest.mark.parametrize("place", ["guichi", "qijiang", "hainan"])
def test_a_default_is_replaced_where_the_regulation_says_so(place, session, clock):
    assert regulations.get(place).late_rating == "replace_default"


@pytest.mark.both_databases
@pytest.mark.parametrize(("rated", "note", "replaced"), [
    ("2026-02-12 23:59:59", "default_replaced", True), ("2026-02-13 00:00:00", "default_stands", False)])
def test_in_hefei_the_default_stands_when_the_five_working_days_are_over(rated, note, replaced, session, clock):
    take_in([line(1, 4, **HEFEI, **DEFAULT)], clock())      # served on Thursday 2026-02-05
    answer, = receive([line(1, 2, **HEFEI, assessTime=rated)], clock.advance(days=30))
    assert (answer.verdict, note in answer.notes, bool(answer.case)) == ("later_rating", True, True)
    default = session.scalar(select(Rating).where(Rating.is_default))
    assert (default.replaced_at is not None) is replaced


def test_a_default_replaces_nothing(session, clock):
    take_in([line(1, 1, **HAINAN)], clock())
    answer, = receive([line(1, 3, **HAINAN, **DEFAULT)], clock())
    assert (answer.verdict, answer.notes, answer.case) == ("later_rating", (), "")
    assert session.scalar(select(func.count(Rating.id)).where(Rating.replaced_at.is_not(None))) == 0


SAME = [{"writingEvaluation": text} for text in (" 办了三次 ", "办了三次\n", "\u3000办了三次")]


@pytest.mark.both_databases
@pytest.mark.parametrize("at_once", [True, False])
def test_blanks_around_a_text_say_nothing_and_open_no_second_case(at_once, session, clock):
    lines = [line(1, 1, **text) for text in ({"writingEvaluation": "办了三次"}, *SAME)]
    answers = take_in(lines, clock()) if at_once else [
        answer for one in lines for answer in take_in([one], clock.advance(hours=1))]
    assert answers == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert (count(Rating), count(Case), session.scalar(select(Rating.text))) == (1, 1, "办了三次")


def test_a_text_that_was_kept_with_blanks_stays_as_it_was_pushed(session, clock):
    assert take_in([line(1, 1, **SAME[0]), line(1, 1, writingEvaluation="办了三次")], clock()) == [
        "accepted", "duplicate"]
    assert session.scalar(select(Rating.text)) == SAME[0]["writingEvaluation"]


@pytest.mark.both_databases
@pytest.mark.parametrize("at_once", [True, False])
def test_a_default_that_comes_after_the_raters_word_is_replaced_from_the_start(at_once, session, clock):
    lines = [line(1, 3, **HAINAN, **DEFAULT), line(1, 5, **HAINAN), line(1, 4, **HAINAN, **DEFAULT)]
    answers = receive(lines, clock()) if at_once else [
        answer for one in lines for answer in receive([one], clock.advance(hours=1))]
    assert [(answer.verdict, answer.notes) for answer in answers] == [
        ("accepted", ()), ("later_rating", ("default_replaced",)), ("later_rating", ())]
    first, word, default = session.scalars(select(Rating).order_by(Rating.sequence))
    assert (default.is_default, default.replaced_at, word.replaced_at) == (True, clock(), None)
    assert first.replaced_at == (clock() if at_once else clock.advance(hours=-1))


@pytest.mark.both_databases
@pytest.mark.parametrize(("rated", "replaced"), [("2026-02-12 23:59:59", True), ("2026-02-13 00:00:00", False)])
def test_in_hefei_a_further_default_stands_where_the_first_one_does(rated, replaced, session, clock):
    take_in([line(1, 4, **HEFEI, **DEFAULT)], clock())
    take_in([line(1, 2, **HEFEI, assessTime=rated)], clock.advance(days=30))
    take_in([line(1, 3, **HEFEI, **DEFAULT)], clock.advance(days=1))
    defaults = session.scalars(select(Rating.replaced_at).where(Rating.is_default).order_by(Rating.sequence)).all()
    assert [at is not None for at in defaults] == [replaced, replaced]


def test_a_default_and_the_raters_word_may_come_in_one_batch(session, clock):
    first, second, third = receive(
        [line(1, 3, **HAINAN, **DEFAULT), line(1, 5, **HAINAN), line(1, 4, **HAINAN)], clock())
    assert (first.verdict, second.notes, third.notes) == ("accepted", ("default_replaced",), ())
    assert session.scalar(select(Rating.replaced_at).where(Rating.is_default)) == clock()


def test_a_later_rating_belongs_to_the_office_and_place_of_its_service(session, clock):
    take_in([line(1)], clock())
    answer, = receive([line(1, 1, areaCode="340100000000", orgcode="12340100MB000001")], clock())
    case = session.scalar(select(Case))
    assert (answer.notes, case.regulation, case.unit.code) == ((), "guichi", "11341702MB000001")


@pytest.mark.both_databases
def test_two_intakes_of_different_words_at_once_give_one_answer_each_and_double_nothing(app, clock):
    words = [[line(n, level) for level in (5, 1, 2)] for n in range(60)]

    def push(way: int) -> list[str]:
        return [answer for lines in words[::way] for answer in take_in(lines[::way], clock())]

    one, other = at_once(app, lambda: push(1), lambda: push(-1))
    with app.app_context():
        assert sorted(one + other) == ["accepted"] * 60 + ["duplicate"] * 180 + ["later_rating"] * 120
        assert (count(ServiceRecord), count(Rating), count(Case)) == (60, 180, 120)


@pytest.mark.both_databases
def test_what_a_rating_said_cannot_be_changed_by_calling_it_a_default(session, clock):
    from sqlalchemy import update
    from sqlalchemy.exc import DBAPIError
    take_in([line(1, 5)], clock())
    for column, value in ((Rating.is_default, True), (Rating.sequence, 2)):
        with pytest.raises(DBAPIError), transaction():
            session.execute(update(Rating.__table__).values({column.name: value}))


def test_another_answer_than_the_two_is_refused(tmp_path, monkeypatch):
    folder = shutil.copytree(regulations.folder(), tmp_path / "bpmn")
    file = folder / "hefei" / "regulation.toml"
    file.write_text(file.read_text().replace('value = "keep_apart"', 'value = "drop"'))
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    with pytest.raises(ConfigurationError, match="late_rating"):
        regulations.all_regulations()

"""Keeping ratings: once each, with their provenance, whatever happens beside them."""

from __future__ import annotations

import io
import json
import logging
import shutil
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseflow.casefile import journal, journal_check
from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from caseflow.models import Case, Rating, ServiceRecord, Unit, db, transaction
from caseflow.ratings import intake as ratings
from caseflow.ratings import line_key, rectification
from caseflow.ratings.feeds import BATCH_LINES, batches, lines_of
from caseflow.ratings.fields import MAX_LINE
from tests.ground import at_once
from tests.ratings_ground import offices  # noqa: F401

FEEDS = Path(__file__).parents[3] / "caseflow" / "install" / "demo_feeds"
EXPECTED = Path(__file__).parents[2] / "data" / "ratings"
PLACES = ("guichi", "hainan", "hefei", "qijiang")

pytestmark = pytest.mark.usefixtures("offices")


def line(number: int, level: int = 5, **changes: object) -> bytes:
    return json.dumps({
        "areaCode": "341702000000", "projectNo": f"P{number}", "serviceNumber": 1, "serviceTime": "2026-02-05 12:29:00",
        "orgcode": "11341702MB000001", "satisfaction": level, "evalDetail": "", "writingEvaluation": "等了两个小时",
        "assessTime": "2026-02-06 13:23:00", "anonymityFlag": "2", "userName": "甲某", "mobile": "13912345678",
    } | changes, ensure_ascii=False).encode()


def take_in(lines, now, source="file:test") -> list[str]:
    answers = []
    for batch in batches(lines):
        with transaction():
            answers += [verdict.verdict for verdict in ratings.receive(batch, source, now)]
    return answers


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


def expected(place: str) -> list[str]:
    rows = (EXPECTED / f"ratings-{place}.expected.tsv").read_text().splitlines()[1:]
    return [row.split("\t")[1] for row in rows]


@pytest.mark.both_databases
@pytest.mark.parametrize("place", PLACES)
def test_a_sample_feed_gets_exactly_its_verdicts_and_a_second_run_changes_nothing(place, session, clock):
    with (FEEDS / f"ratings-{place}.ndjson").open("rb") as feed:
        answers = take_in(lines_of(feed), clock())
    assert answers == expected(place)
    kept = count(ServiceRecord), count(Rating), count(Case)
    assert kept[0] == answers.count("accepted")
    assert kept[1] == kept[0] + answers.count("later_rating")
    assert kept[2] == session.scalar(select(func.count(Rating.id)).where(Rating.level.in_(
        ("dissatisfied", "very_dissatisfied"))))
    with (FEEDS / f"ratings-{place}.ndjson").open("rb") as feed:
        again = take_in(lines_of(feed), clock.advance(days=1))
    assert again == ["duplicate" if answer in ("accepted", "later_rating") else answer for answer in expected(place)]
    assert kept == (count(ServiceRecord), count(Rating), count(Case))


@pytest.mark.both_databases
def test_a_rating_keeps_its_source_and_when_it_came_and_of_its_line_what_does_not_say_who_rated(session, clock):
    pushed = line(1, 2, isOvercharge="1", userProp="1")
    take_in([pushed], clock(), source="api:hall")
    rating = session.scalar(select(Rating))
    assert (rating.source, rating.received_at) == ("api:hall", clock())
    left_out = {"userName", "mobile", "isOvercharge"}
    assert json.loads(rating.raw) == {name: value for name, value in json.loads(pushed).items() if name not in left_out}
    assert rating.raw_digest == line_key.digest_of_line(pushed.decode())
    assert (rating.text, rating.rater_name, rating.rater_phone) == ("等了两个小时", "甲某", "13912345678")
    assert rating.service.unit.code == "11341702MB000001"


@pytest.mark.both_databases
@pytest.mark.parametrize("flag", ["1", "", None])
def test_nothing_that_says_who_an_anonymous_rater_is_is_in_any_table(flag, session, clock):
    identity = {"userName": "卫不留名", "mobile": "13900008888", "certKey": "110101199003070011",
                "certKeyGOV": "110101199003070011", "handleUserName": "卫不留名", "x": {"y": ["卫不留名"]},
                "userProp": "卫不留名", "proStatus": "110101199003070011"}
    assert take_in([line(1, 1, anonymityFlag=flag, **identity), line(2, 5, anonymityFlag=flag, **identity)],
                   clock()) == ["accepted", "accepted"]
    session.commit()
    everything = "\n".join(str(tuple(row)) for table in db.metadata.sorted_tables
                           for row in session.execute(select(table)))
    for identifying in ("卫不留名", "13900008888", "110101199003070011", r"\u536b"):
        assert identifying not in everything


def test_without_a_key_nothing_is_taken_in(session, clock, monkeypatch):
    monkeypatch.setattr(line_key, "_line_key", line_key._none)
    with pytest.raises(ConfigurationError), transaction():
        ratings.receive([line(1)], "file:test", clock())
    assert count(ServiceRecord) == 0


def test_the_same_line_twice_in_a_batch_is_kept_once(session, clock):
    assert take_in([line(1, 1), line(1, 1), line(1, 9), line(2)], clock()) == [
        "accepted", "duplicate", "rejected:out_of_range:satisfaction", "accepted"]
    assert session.scalars(select(Rating.level).order_by(Rating.id)).all() == ["very_dissatisfied", "very_satisfied"]


def test_another_service_of_the_same_project_is_rated_on_its_own(session, clock):
    assert take_in([line(1), line(1, serviceNumber="2"), line(1, serviceNumber="02")], clock()) == [
        "accepted", "accepted", "duplicate"]


def test_a_rejected_line_does_not_use_up_its_service(session, clock):
    assert take_in([line(1, 9), line(1, 1)], clock())[1] == "accepted"


@pytest.mark.both_databases
def test_a_bad_rating_opens_its_case_at_once_and_a_good_one_none(session, clock):
    with transaction():
        bad, good = ratings.receive([line(1, 1), line(2, 3)], "file:test", clock())
    case = session.scalar(select(Case))
    assert (bad.case, good.case) == (case.number, "")
    assert (case.regulation, case.opened_at, case.unit.code) == ("guichi", clock(), "11341702MB000001")
    entry = next(entry for entry in journal.entries(case) if entry.kind == "rating_received")
    assert json.loads(entry.details)["source"] == "file:test"
    assert journal_check.verify().broken == []


@pytest.mark.parametrize("code", ["", "nobody knows this office", "11500222MB000001"])
def test_a_rating_of_an_unknown_office_goes_to_the_lead_unit_and_says_so(session, clock, code):
    with transaction():
        answer, = ratings.receive([line(1, 1, orgcode=code)], "file:test", clock())
    assert (answer.verdict, answer.notes) == ("accepted", ("office_unknown",))
    case = session.scalar(select(Case))
    assert case.unit.key == "bureau"
    entry = next(entry for entry in journal.entries(case) if entry.kind == "rating_received")
    assert json.loads(entry.details)["office_registered"] is False


def test_before_a_regulation_begins_its_area_is_known_and_nothing_is_kept(session):
    begins = datetime(2023, 3, 15, 16, tzinfo=UTC)      # 16 March in China (QJ-22)
    pushed = [line(1, 1, areaCode=area) for area in ("500110000000", "990000000000")]
    with transaction():
        before = ratings.receive(pushed, "file:test", begins - timedelta(seconds=1))
    assert [answer.verdict for answer in before] == [
        "rejected:not_in_force:areaCode", "rejected:unknown_area:areaCode"]
    assert count(Rating) == 0
    with transaction():
        answer, _ = ratings.receive(pushed, "file:test", begins)
    assert answer.verdict == "accepted"


def test_a_regulation_past_its_validity_that_continues_marks_the_case(session, clock):
    with transaction():
        answer, = ratings.receive([line(1, 1, areaCode="340100000000")], "file:test", clock())
    assert answer.notes == ("office_unknown",)
    assert session.scalar(select(Case)).after_expiry is True


def test_a_regulation_past_its_validity_that_refuses_keeps_the_rating_without_a_case(
        session, clock, tmp_path, monkeypatch):
    folder = shutil.copytree(regulations.folder(), tmp_path / "bpmn")
    data = folder / "hefei" / "regulation.toml"
    data.write_text(data.read_text().replace('after_expiry = "continue"', 'after_expiry = "refuse"'))
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    with transaction():
        bad, good = ratings.receive(
            [line(n, level, areaCode="340100000000", orgcode="12340100MB000001") for n, level in ((1, 1), (2, 5))],
            "file:test", clock())
    assert [(answer.verdict, answer.notes, answer.case) for answer in (bad, good)] == [
        ("accepted", ("regulation_expired",), ""), ("accepted", (), "")]
    assert (count(Rating), count(Case), ratings.count_missing_cases()) == (2, 0, 0)
    with transaction():
        assert ratings.open_missing_cases(clock()) == 0


@pytest.mark.both_databases
def test_a_case_that_does_not_open_leaves_the_rating_and_the_others(session, clock, monkeypatch, caplog):
    opens = rectification.open_case

    def stumble(rating, now, **intake):
        opened = opens(rating, now, **intake)
        if rating.service.project_no == "P2":
            raise RuntimeError(f"half way, of {rating.rater_name}")
        return opened
    monkeypatch.setattr(rectification, "open_case", stumble)
    with transaction(), caplog.at_level(logging.ERROR):
        answers = ratings.receive([line(1, 1), line(2, 1), line(3, 1)], "file:test", clock())
    assert [(answer.verdict, answer.notes) for answer in answers] == [
        ("accepted", ()), ("accepted", ("case_not_opened",)), ("accepted", ())]
    assert (count(Rating), count(Case), ratings.count_missing_cases()) == (3, 2, 1)
    assert "甲某" not in caplog.text
    monkeypatch.setattr(rectification, "open_case", opens)
    with transaction():
        assert ratings.open_missing_cases(clock.advance(hours=1)) == 1
    with transaction():
        assert ratings.open_missing_cases(clock()) == 0
    assert (count(Case), ratings.count_missing_cases()) == (3, 0)


def test_a_rating_whose_case_never_opens_keeps_back_no_other(session, clock, monkeypatch):
    opens = rectification.open_case
    monkeypatch.setattr(rectification, "open_case", lambda *_, **__: 1 / 0)
    take_in([line(n, 1) for n in range(12)], clock())
    monkeypatch.setattr(rectification, "open_case", lambda rating, now, **intake: 1 / 0
                        if rating.service.project_no == "P0" else opens(rating, now, **intake))
    for _ in range(200):
        with transaction():
            ratings.open_missing_cases(clock(), limit=3)
    assert (count(Case), ratings.count_missing_cases()) == (11, 1)


def test_a_rating_that_comes_before_the_offices_waits_for_them(session, clock):
    with transaction():
        unit = session.scalar(select(Unit).where(Unit.regulation == "guichi", Unit.key == "bureau"))
        unit.key = None
        answer, = ratings.receive([line(1, 1, orgcode="x")], "file:test", clock())
    assert answer.notes == ("office_unknown", "case_not_opened")
    with transaction():
        unit.key = "bureau"
        assert ratings.open_missing_cases(clock()) == 1
    assert session.scalar(select(Case)).unit.key == "bureau"


@pytest.mark.both_databases
def test_two_imports_of_the_same_file_at_once_keep_each_rating_once(app, clock):
    areas = ("341702000000", "340100000000", "460000000000")
    lines = [line(n, 1 + n % 5, areaCode=areas[n % 3]) for n in range(300)]

    def import_all(way: int) -> list[str]:
        pages = (lines[start:start + 50][::way] for start in range(0, len(lines), 50))
        return [answer for page in pages for answer in take_in(page, clock())]

    one, other = at_once(app, lambda: import_all(1), lambda: import_all(-1))
    with app.app_context():
        assert sorted(one + other) == ["accepted"] * 300 + ["duplicate"] * 300
        assert (count(ServiceRecord), count(Rating), count(Case)) == (300, 300, 120)


def test_a_batch_that_fails_takes_back_nothing_of_those_before(session, clock, monkeypatch):
    take_in([line(n) for n in range(5)], clock())
    monkeypatch.setattr(ratings, "_insert_ratings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_in([line(9)], clock())
    assert (count(ServiceRecord), count(Rating)) == (5, 5)


def test_a_batch_costs_the_same_few_statements_however_many_good_lines_it_has(session, clock):
    from sqlalchemy import event

    statements: list[str] = []

    def remember(_connection, _cursor, statement, *_) -> None:
        statements.append(statement)
    event.listen(db.engine, "before_cursor_execute", remember)
    ratings.receive([line(n) for n in range(BATCH_LINES)], "file:test", clock())
    event.remove(db.engine, "before_cursor_execute", remember)
    assert len(statements) <= 4


@pytest.mark.both_databases
def test_a_batch_of_nothing_but_rejections_writes_nothing(session, clock):
    assert take_in([b"", b"{", b"[]"], clock()) == ["rejected:not_json:-"] * 3
    assert take_in([], clock()) == []
    assert count(ServiceRecord) == 0


def test_the_receive_time_is_ours_and_no_field_of_the_line(session, clock):
    take_in([line(1, receivedAt="2020-01-01 00:00:00", received_at="2020-01-01T00:00:00Z")], clock())
    assert session.scalar(select(Rating.received_at)) == clock()


def test_lines_end_at_line_feeds_and_the_last_may_lack_one():
    feed = io.BytesIO(b"\xef\xbb\xbf{}\r\n\n  \n{\r}\n[]")
    assert list(lines_of(feed)) == [b"{}", b"", b"  ", b"{\r}", b"[]"]
    assert list(lines_of(io.BytesIO(b""))) == []


def test_an_endless_line_is_cut_and_the_next_one_is_read():
    feed = io.BytesIO(b"x" * (3 * MAX_LINE) + b"\n{}\n")
    first, second = lines_of(feed)
    assert MAX_LINE < len(first) < 2 * MAX_LINE
    assert second == b"{}"


def test_a_batch_ends_after_500_lines_or_4_megabytes():
    assert [len(batch) for batch in batches([b"x"] * 1100)] == [500, 500, 100]
    assert [len(batch) for batch in batches([b"x" * MAX_LINE] * 9)] == [4, 4, 1]


def test_memory_stays_flat_however_long_the_feed(session, clock):
    """The verdicts of a batch are let go before the next is read (the command keeps only counts)."""
    def run(first: int, lines: int) -> int:
        feed = io.BytesIO(b"\n".join(line(first + n) for n in range(lines)))
        tracemalloc.start()
        for batch in batches(lines_of(feed)):
            with transaction():
                ratings.receive(batch, "file:test", clock())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak
    run(0, 1000)
    small, large = run(10_000, 1_000), run(100_000, 8_000)
    assert large < small * 1.2

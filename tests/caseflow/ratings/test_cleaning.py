"""Lines that an earlier version kept whole lose who rated, and nothing else; whatever happens meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from caseflow.casefile import journal, journal_check
from caseflow.errors import DatabaseUnavailable
from caseflow.health import doctor
from caseflow.models import Rating, ServiceRecord, db, transaction
from caseflow.ratings import cleaning, line_key
from tests.caseflow.ratings.test_intake import line
from tests.ratings_ground import offices  # noqa: F401

pytestmark = [pytest.mark.usefixtures("offices"), pytest.mark.both_databases]
WHO = {"userName": "卫不留名", "mobile": "13900008888", "certKey": "110101199003070011", "note": "a\u0000b",
       "odd": "\ud800"}
DIGEST = "0" * 64


def keep_whole(number: int, now, raw: str) -> None:
    """A rating as the version before kept it."""
    with transaction() as session:
        service = ServiceRecord(project_no=f"P{number}", service_number=1, service_time=now, area_code="341702000000")
        session.add(service)
        session.flush()
        session.execute(insert(Rating).values(
            service_record_id=service.id, regulation="guichi", level="satisfied", raw_level="4", rated_at=now,
            received_at=now, source="file:a", real_name=False, raw=raw))


def whole(number: int, now, **changes: object) -> str:
    """The same with all that says who rated; its line."""
    raw = json.dumps(json.loads(line(number)) | WHO | changes)
    keep_whole(number, now, raw)
    return raw


def clean(now, limit: int = cleaning.BATCH) -> int:
    with transaction():
        return cleaning.clean(now, limit)


def test_the_line_loses_who_rated_and_keeps_the_rest(session, clock):
    raw = whole(1, clock())
    assert clean(clock()) == 1
    rating = session.scalar(select(Rating))
    assert json.loads(rating.raw) == {
        name: value for name, value in json.loads(raw).items() if name not in WHO}
    assert rating.raw_digest == line_key.digest_of_line(raw)
    assert (clean(clock()), cleaning.count()) == (0, 0)


def test_a_run_that_is_cut_off_is_gone_on_with_and_each_batch_is_in_the_journal(session, clock, monkeypatch):
    for number in range(5):
        whole(number, clock())
    assert clean(clock(), 2) == 2
    with pytest.raises(ZeroDivisionError), transaction():
        cleaning.clean(clock(), 2)
        raise ZeroDivisionError
    assert cleaning.count() == 3
    assert [clean(clock(), 2), clean(clock(), 2), clean(clock(), 2)] == [2, 1, 0]
    told = [json.loads(entry.details) for entry in journal.system_entries() if entry.kind == cleaning.CLEANED]
    assert [one["ratings"] for one in told] == [1, 2, 2]
    assert journal_check.verify().broken == []


@pytest.mark.parametrize("raw", ["", "no JSON", "[1]", '"卫不留名"', "{", '{"a":' * 50_000])
def test_a_line_that_is_no_object_is_left_empty_and_stops_no_other(raw, session, clock):
    keep_whole(1, clock(), raw)
    whole(2, clock())
    assert clean(clock()) == 2
    first = session.scalar(select(Rating).order_by(Rating.id).limit(1))
    assert (first.raw, first.raw_digest) == ("{}", line_key.digest_of_line(raw))


def test_the_doctor_says_that_lines_are_to_be_cleaned(session, clock):
    whole(1, clock())
    assert [(found.code, found.facts) for found in doctor.lines_with_raters(clock())] == [
        ("lines_not_cleaned", {"count": 1})]
    clean(clock())
    assert list(doctor.lines_with_raters(clock())) == []


@pytest.mark.parametrize("changed", [
    {"raw": "{}"},                                                          # without a digest
    {"raw": "{}", "raw_digest": "short"},
    {"raw": '{"userName": "卫不留名"}', "raw_digest": DIGEST},                # what says who rated
    {"raw": '{"satisfaction": 1}', "raw_digest": DIGEST},                   # another value
    {"raw": '{"orgName": "another office"}', "raw_digest": DIGEST},         # what was not there
    {"raw": "no JSON", "raw_digest": DIGEST},
    {"raw": "{}", "raw_digest": DIGEST, "level": "dissatisfied"},           # more than the line
])
def test_the_database_lets_nothing_but_the_cleaning_happen_to_a_line(changed, session, clock):
    keep_whole(1, clock(), json.dumps({"satisfaction": 4, "userName": "卫不留名"}))
    with pytest.raises((DBAPIError, DatabaseUnavailable)), transaction():
        session.execute(update(Rating.__table__).values(changed))
    assert cleaning.count() == 1


def test_the_database_lets_it_happen_once(session, clock):
    whole(1, clock())
    clean(clock())
    for changed in ({"raw": "{}"}, {"raw": "{}", "raw_digest": DIGEST}, {"raw_digest": None}):
        with pytest.raises(DBAPIError), transaction():
            session.execute(update(Rating.__table__).values(changed))


def test_nothing_that_was_taken_out_is_left_in_the_files_of_the_database(session, clock, tmp_path):
    for number in range(300):
        whole(number, clock(), userName="WeiBuLiuMing", certKey="WeiBuLiuMing")
    with db.engine.connect() as reader:     # as of before the cleaning, of other tables, and soon gone
        if reader.dialect.name == "postgresql":
            reader = reader.execution_options(isolation_level="REPEATABLE READ")
            reader.execute(text("SELECT 1"))
        while clean(clock(), 50):
            pass
        assert cleaning.needs_compacting()
        leaves = Timer(0.5, reader.close)
        leaves.start()
        cleaning.compact()
        leaves.join()
    with transaction():
        cleaning.compacted(clock())
    assert not cleaning.needs_compacting()
    if session.get_bind().dialect.name == "sqlite":
        files = [path.read_bytes() for path in Path(tmp_path).glob("caseflow.db*")]
    else:
        session.execute(text("CHECKPOINT"))
        place = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('ratings')"
        files = [Path(session.scalar(text(place))).read_bytes()]
    assert files and not any(b"WeiBuLiuMing" in content for content in files)
    assert any(b"P299" in content for content in files)
    db.session.rollback()

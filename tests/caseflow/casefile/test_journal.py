"""The journal is one chain per case, and nothing in it can be changed unseen."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from caseflow import models
from caseflow.casefile import journal, journal_check
from caseflow.models import Case, Rating, ServiceRecord, Unit, transaction
from web.commands.journal import journal as command
from web.commands.journal import sentence

CASES, ENTRIES, CHANGES = 6, 8, 1000
COLUMNS = ("stream", "seq", "at", "actor_id", "actor", "kind", "details", "previous", "hash")


@dataclass
class Somebody:
    user_id: int | None = None
    name: str = "系统"


def make_case(session, clock, number):
    unit = Unit(regulation="guichi", code=f"U{number}", name="数据局", level="district", area_code="341702")
    service = ServiceRecord(project_no=f"P{number}", service_number=1, service_time=clock(), area_code="341702")
    rating = Rating(service=service, regulation="guichi", level="dissatisfied", raw_level="2", rated_at=clock(),
                    received_at=clock(), source="file:a", real_name=True, raw="{}")
    session.add_all([unit, rating])
    session.flush()
    case = Case(number=f"GC-{number}", kind="rectification", regulation="guichi", rating_id=rating.id, unit_id=unit.id,
                opened_at=clock())
    session.add(case)
    return case


@pytest.fixture
def cases(session, clock):
    """Six cases with eight entries each, and eight entries of no case."""
    with transaction():
        cases = [make_case(session, clock, number) for number in range(CASES)]
        for count in range(ENTRIES):
            for case in [*cases, None]:
                journal.append(case, "task_opened", Somebody(), clock.advance(minutes=1), {"element": f"e{count}"})
    return cases


@pytest.mark.both_databases
def test_an_untouched_journal_is_whole(cases):
    assert journal_check.verify() == journal_check.JournalReport(CASES + 1, (CASES + 1) * ENTRIES, [])


@pytest.mark.both_databases
def test_a_case_holds_the_tail_of_its_chain(session, cases):
    session.expire_all()
    entries = journal.entries(cases[0])
    assert [entry.seq for entry in entries] == list(range(1, ENTRIES + 1))
    assert [entry.previous for entry in entries] == ["", *(entry.hash for entry in entries[:-1])]
    assert (cases[0].journal_seq, cases[0].journal_head) == (ENTRIES, entries[-1].hash)


def test_details_are_kept_in_one_spelling_only(session, cases, clock):
    details = {"unit": 1, "amount": "整改", "since": date(2026, 3, 2), "since_name": clock()}
    entry = journal.append(cases[0], "timer_set", Somebody(), clock(), details)
    assert entry.details == (
        f'{{"amount":"整改","since":"2026-03-02","since_name":"{clock().isoformat()}","unit":1}}'
    )


def test_what_json_does_not_know_is_refused(cases, clock):
    with pytest.raises(TypeError, match="has no place in the journal"):
        journal.append(cases[0], "timer_set", Somebody(), clock(), {"element": {"a", "b"}})


@pytest.mark.both_databases
def test_a_tail_that_was_cut_is_found(session, cases):
    _drop_triggers(session)
    session.execute(text("DELETE FROM journal WHERE stream = :s AND seq > 5"), {"s": f"case:{cases[2].id}"})
    assert [(found.stream, found.seq) for found in journal_check.verify().broken] == [(f"case:{cases[2].id}", 5)]


@pytest.mark.both_databases
def test_chains_that_vanished_altogether_are_found(session, cases):
    _drop_triggers(session)
    session.execute(text("DELETE FROM journal WHERE stream IN ('system', :s)"), {"s": f"case:{cases[0].id}"})
    assert {found.stream for found in journal_check.verify().broken} == {"system", f"case:{cases[0].id}"}


@pytest.mark.parametrize("spelling", ["substr(at, 1, 19)", "at || '1'", "replace(at, ' ', 'T')", "'soon'", "NULL"])
def test_a_moment_in_another_spelling_is_found(session, cases, spelling):
    _drop_triggers(session)
    session.execute(text(f"UPDATE journal SET at = coalesce({spelling}, '') WHERE stream = 'system' AND seq = 3"))
    assert journal_check.verify().broken == [journal_check.Break("system", 3, "altered")]


def test_each_of_a_thousand_random_changes_is_found(session, cases):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    _drop_triggers(session)
    session.commit()
    session.execute(text("DROP INDEX IF EXISTS ix_journal_at"))
    found = 0
    while found < CHANGES:
        change = chance.choice((_edit, _delete, _swap, _cut, _insert, _copy_in))
        session.execute(text("SAVEPOINT before"))
        with suppress(IntegrityError):  # two entries of one number: the table itself refuses, try another change
            told = change(session, chance)
            assert journal_check.verify().broken, f"seed {seed}, change {found}: {told} was not seen"
            found += 1
        session.execute(text("ROLLBACK TO before"))
    assert not journal_check.verify().broken


@pytest.mark.parametrize("kind, details", [("timer_stolen", {}), ("timer_set", {"phone": "13900009029"})])
def test_a_kind_or_a_detail_that_is_not_listed_is_refused(cases, clock, kind, details):
    with pytest.raises(ValueError, match="timer"):
        journal.append(cases[0], kind, Somebody(), clock(), details)


@pytest.mark.both_databases
def test_writers_at_the_same_time_keep_the_system_chain_whole(app, clock):
    failures = []

    def write():
        try:
            for _ in range(5):
                with app.app_context(), transaction():
                    journal.append(None, "clock_moved", Somebody(), clock(), {"move": 60})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert (failures, journal_check.verify()) == ([], journal_check.JournalReport(1, 20, []))


def test_the_command_says_in_one_line_where_the_journal_is_broken(app, session, cases, monkeypatch):
    monkeypatch.setattr("web.create_app", lambda: app, raising=False)
    whole = CliRunner().invoke(command, ["verify"])
    assert (whole.exit_code, whole.output) == (0, "日志完整：7 条链，56 条记录\n")
    _drop_triggers(session)
    session.execute(text("UPDATE journal SET actor = '别人' WHERE stream = 'system' AND seq = 3"))
    session.commit()
    broken = CliRunner().invoke(command, ["verify"])
    assert broken.exit_code == 1
    assert broken.output == "日志不完整，1 处（7 条链，56 条记录）：system 第 3 条：内容与指纹不符\n"


def test_the_line_stays_readable_when_everything_is_broken():
    report = journal_check.JournalReport(1, 99, [journal_check.Break("system", seq, "altered") for seq in range(99)])
    assert sentence(report).endswith("；另有 79 处")


def _drop_triggers(session):
    """What somebody with the database's password could do."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        return
    session.rollback()
    driver = session.connection().connection.driver_connection
    driver.executescript("PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE")  # commits first
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def _some(session, chance, count=1):
    ids = session.scalars(text("SELECT id FROM journal ORDER BY id")).all()
    return chance.sample(ids, count)


def _edit(session, chance):
    [row] = _some(session, chance)
    column = chance.choice(COLUMNS)
    old = session.scalar(text(f"SELECT {column} FROM journal WHERE id = :id"), {"id": row})
    if column in ("seq", "actor_id"):
        new = (old or 0) + chance.randint(1, 9) * 100
    elif column == "at" and chance.random() < 0.7:
        new = str(datetime.fromisoformat(old) + timedelta(microseconds=chance.choice((1, 10**6, 86400 * 10**6))))
    else:
        place = chance.randrange(len(old) + 1)
        new = old[:place] + chance.choice("甲1x") + old[place + chance.randint(0, 1):]
    if new == old:
        new = old + "x"
    session.execute(text(f"UPDATE journal SET {column} = :new WHERE id = :id"), {"new": new, "id": row})
    return f"{column} of {row}: {old!r} → {new!r}"


def _delete(session, chance):
    [row] = _some(session, chance)
    session.execute(text("DELETE FROM journal WHERE id = :id"), {"id": row})
    return f"deletion of {row}"


def _swap(session, chance):
    """Two entries trade places, alone or with the hashes that belong to the place."""
    one, other = _some(session, chance, 2)
    columns = ("stream", "seq", "previous", "hash") if chance.random() < 0.5 else ("stream", "seq")
    places = {row: session.execute(text(f"SELECT {', '.join(columns)} FROM journal WHERE id = :id"), {"id": row}).one()
              for row in (one, other)}
    session.execute(text("UPDATE journal SET seq = -1 WHERE id = :id"), {"id": one})
    for row, place in ((other, places[one]), (one, places[other])):
        values = ", ".join(f"{column} = :{column}" for column in columns)
        session.execute(text(f"UPDATE journal SET {values} WHERE id = :id"), {**place._asdict(), "id": row})
    return f"swap of {one} and {other} ({columns})"


def _cut(session, chance):
    stream = chance.choice(session.scalars(text("SELECT DISTINCT stream FROM journal")).all())
    keep = chance.randrange(ENTRIES)
    session.execute(text("DELETE FROM journal WHERE stream = :s AND seq > :keep"), {"s": stream, "keep": keep})
    return f"cut of {stream} after {keep}"


def _insert(session, chance):
    """A well-made entry behind the last one of a chain: its hashes are right, only nobody wrote it."""
    stream = chance.choice(session.scalars(text("SELECT DISTINCT stream FROM journal")).all())
    last = session.scalars(journal.select(models.JournalEntry).where(models.JournalEntry.stream == stream)
                           .order_by(models.JournalEntry.seq.desc())).first()
    forged = {"stream": stream, "seq": last.seq + 1, "at": last.at, "actor_id": None, "actor": "某人",
              "kind": "case_closed", "details": "{}", "previous": last.hash}
    session.add(models.JournalEntry(**forged, hash=journal.fingerprint(**forged)))
    session.flush()
    session.expunge_all()
    return f"insertion into {stream}"


def _copy_in(session, chance):
    """A true entry once more, under a free number or in a chain of its own."""
    [row] = _some(session, chance)
    stream = chance.choice(("stream", "'case:999'", "'case:x'", "'elsewhere'"))
    session.execute(text(
        f"INSERT INTO journal SELECT NULL, {stream}, seq + 50, at, actor_id, actor, kind, details, previous, hash "
        "FROM journal WHERE id = :id"), {"id": row})
    return f"copy of {row} to {stream}"

"""A database of an earlier release, with an open case at every step of every process, is upgraded and goes on.

tests/data/databases/<revision>.json.gz holds its rows: table → rows, moments as {"at": ISO 8601}, days as {"day": …},
bytes as {"bytes": hex}; "files" are the attachments, by their path below the instance.
"""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Table, delete, func, insert, select, text

from caseflow.casefile import journal, journal_check
from caseflow.cases import steps
from caseflow.health import doctor
from caseflow.install import random_people
from caseflow.law import regulations
from caseflow.models import Case, Definition, JournalEntry, Rating, WorkItem, db, transaction
from caseflow.notices import outbox
from caseflow.processes import deployed
from tests import source
from web import migrations
from web.commands.init import take_out_raters

KEPT = sorted((source.ROOT / "tests" / "data" / "databases").glob("*.json.gz"))


def value(kept: object) -> object:
    if not isinstance(kept, dict):
        return kept
    (kind, text_), = kept.items()
    return {"at": datetime.fromisoformat, "day": date.fromisoformat, "bytes": bytes.fromhex}[kind](text_)


def fill(kept: dict, folder: Path) -> None:
    """Write the rows into the tables as they are at their revision, and the files beside them."""
    with transaction() as session:
        for table in db.metadata.sorted_tables:
            if table.name in kept and session.scalar(select(func.count()).select_from(table)):
                session.execute(delete(table))      # the rows with which a revision begins it
            for row in kept.get(table.name, ()):
                session.execute(insert(table).values({name: value(one) for name, one in row.items()}))
        if session.get_bind().dialect.name == "postgresql":
            _count_on(session, [table for table in db.metadata.sorted_tables if table.name in kept])
    for path, content in kept["files"].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(bytes.fromhex(content))


def _count_on(session, tables: list[Table]) -> None:
    for table in tables:
        if "id" in table.c and table.c.id.autoincrement is not False and table.c.id.type.python_type is int:
            sequence = session.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name})
            if sequence:
                last = session.scalar(select(func.max(table.c.id)))
                session.execute(text("SELECT setval(CAST(:sequence AS regclass), :last)"),
                                {"sequence": sequence, "last": last})


@pytest.fixture(params=KEPT, ids=lambda path: path.name.partition(".")[0])
def upgraded(request, app):
    """The application on an upgraded database; gives the last moment of which its journal knows."""
    kept = json.loads(gzip.decompress(request.param.read_bytes()))
    with app.app_context():
        migrations.downgrade("base")
        migrations.upgrade(request.param.name.partition(".")[0])
        fill(kept, Path(app.instance_path))
        migrations.upgrade()
        take_out_raters()
        yield db.session.scalar(select(func.max(JournalEntry.at)))


@pytest.mark.both_databases
def test_an_upgraded_database_is_whole_and_has_a_case_at_every_step(upgraded):
    is_healthy(upgraded)
    open_at = {(case.regulation, case.kind, item.element) for item, case in db.session.execute(
        select(WorkItem, Case).join(Case).where(WorkItem.status == "open")).unique()}
    for row in db.session.scalars(select(Definition)):
        kind = row.process_id.removeprefix(f"{row.regulation}_")
        steps_of = {(row.regulation, kind, task) for task in deployed.by_digest(row.digest).user_tasks}
        assert steps_of <= open_at


@pytest.mark.both_databases
def test_the_lines_of_an_upgraded_database_do_not_say_who_rated(upgraded):
    lines = list(map(json.loads, db.session.scalars(select(Rating.raw))))
    assert lines
    assert [name for line in lines for name in ("userName", "mobile") if name in line] == []
    assert [entry.kind for entry in journal.system_entries()[:2]] == ["storage_compacted", "raters_removed"]


@pytest.mark.both_databases
def test_every_case_of_an_upgraded_database_goes_on_to_its_end(upgraded):
    now, chance = upgraded, Random(3)
    for number in range(3_000):
        now += timedelta(minutes=chance.randint(1, 600))
        with transaction():
            due = steps.claim_due(now)
            if due is not None:
                steps.fire_due(due.id, now)
        item = db.session.scalar(select(WorkItem).where(WorkItem.status == "open").order_by(WorkItem.id).limit(1))
        if item is None and due is None:
            break
        if item is not None:
            complete(item.id, chance, now, f"upgraded-{number:08}-token")
    assert db.session.scalar(select(func.count()).where(Case.status == "open")) == 0
    is_healthy(now)


def is_healthy(now: datetime) -> None:
    """The journal is whole, and the doctor finds nothing once the messages that wait have left, but that areas have no
    approval bureau yet: an administrator has to enter those. What was deployed then is current here still and breaks
    rules of today, as the monitor says; every case went as drawn."""
    with transaction():
        while outbox.deliver_waiting(now, 500):
            pass
    assert journal_check.verify().broken == []
    found = [one for one in doctor.examine(now) if one.code != "law_broken"]
    assert {complaint.code for complaint in found} <= {"area_without_branch"}
    assert [complaint for complaint in found if "12345" in complaint.facts["office"]] == []


def complete(work_item_id: int, chance: Random, now: datetime, token: str) -> None:
    with transaction():
        item = db.session.get(WorkItem, work_item_id)
        answers, actor = random_people.fill_in(item, chance, now), random_people.person_for(item, chance)
        if answers.get("finding") is not None:     # the form may offer more grounds than the regulation gives by now
            answers["finding"] = chance.choice(regulations.get(item.case.regulation).appeal.grounds)
        random_people.log_contacts(item, answers, actor, now)
        steps.complete_task(item.id, actor, answers, token, now, random_people.LATE_REASON)

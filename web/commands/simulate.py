"""`caseflow simulate`: cases driven to their ends by random people on a simulated clock."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID

import click
from sqlalchemy import exists, func, select

from caseflow.appeals import filing, finding
from caseflow.cases import steps
from caseflow.health import doctor
from caseflow.install import demo, installation, random_people
from caseflow.law import regulations
from caseflow.models import Case, JournalEntry, Rating, User, WorkItem, db, disconnect, transaction
from caseflow.notices import outbox
from caseflow.people.permissions import actor_for
from caseflow.processes import deployed
from caseflow.ratings import intake
from caseflow.ratings.feeds import batches
from caseflow.ratings.rectification import RECTIFICATION
from web import create_app, migrations
from web.app import config, database
from web.sentences import complaints

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SOURCE = "simulate"
APPEALS = 0.1        # how often a step is followed by an appeal, or the withdrawal of one
NO_PASSWORD = "!"    # nobody signs in as a simulated person


@click.command()
@click.option("--regulation", "key", required=True, help="the key of a regulation: the name of its folder")
@click.option("--cases", "wanted", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=1, show_default=True, type=int, help="the same seed makes the same run")
def simulate(key: str, wanted: int, seed: int) -> None:
    """Drive N cases to their ends through the real operations, then check the invariants.

    Uses CASEFLOW_DATABASE_URL when it is set (never a database that holds real people or ratings), with this
    installation's folder of files, else a temporary SQLite file. Prints one summary line; exit code 1 when an
    invariant does not hold.
    """
    if key not in regulations.all_regulations():
        known = ", ".join(regulations.all_regulations())
        raise click.BadParameter(f"{key!r} is none of {known}", param_hint="--regulation")
    with tempfile.TemporaryDirectory() as folder:
        named = os.environ.get("CASEFLOW_DATABASE_URL")
        settings = config.load() if named else config.Settings.for_scratch(
            f"sqlite:///{Path(folder) / 'simulation.db'}", Path(folder))
        with create_app(settings).app_context():
            summary, found = _Run(key, wanted, seed).drive()
            disconnect()
    for complaint in found[:20]:
        sentence = complaints.sentence(complaint.code, complaint.facts)
        click.echo(f"{complaint.code}\t{complaint.case}\t{sentence}", err=True)
    click.echo(summary)
    sys.exit(1 if found else 0)


def _is_real() -> bool:
    real = exists().where(Rating.source != SOURCE) | exists().where(User.demo.is_(False))
    return bool(db.session.scalar(select(real)))


class _Run:
    """One simulation: its clock moves only forward, by random amounts or to the next deadline."""

    def __init__(self, key: str, wanted: int, seed: int) -> None:
        self.regulation, self.wanted, self.seed = regulations.get(key), wanted, seed
        self.random, self.now = Random(seed), START
        self.counts: Counter[str] = Counter()
        self.opened = self.before = 0    # cases of this run, of earlier runs in the same database

    def drive(self) -> tuple[str, list[doctor.Complaint]]:
        self._prepare()
        while (open_cases := self._open_cases()) and self.counts["steps"] < 100 * self.wanted:
            self._step()
        with transaction():
            while outbox.deliver_waiting(self.now, 500):
                pass
        found = doctor.examine(self.now)
        if self.opened != self.wanted:
            found.append(doctor.Complaint("not_opened", "", facts={"opened": self.opened, "wanted": self.wanted}))
        if open_cases:
            found.append(doctor.Complaint("not_ended", "", facts={"open": open_cases}))
        return self._summary(open_cases), found

    def _prepare(self) -> None:
        if not database.is_empty() and _is_real():
            raise click.UsageError("this database holds people or ratings that are not simulated; use an empty one")
        migrations.upgrade()
        self.before = db.session.scalar(select(func.max(Case.id))) or 0
        with transaction():
            self.now = max(self.now, db.session.scalar(select(func.max(JournalEntry.at))) or self.now)
            installation.install(self.now)
            demo.add_people(self.regulation, NO_PASSWORD)
        self._push_ratings()

    def _push_ratings(self) -> None:
        kept = db.session.scalar(select(func.count(Rating.id)))
        codes = [unit.code for unit in self.regulation.responsible_units]
        numbers = range(kept, kept + self.wanted)
        lines = random_people.ratings(self.random, self.regulation.areas, codes, numbers, self.now)
        for batch in batches(line.encode() for line in lines):
            with transaction():
                verdicts = intake.receive(batch, source=SOURCE, now=self.now)
            self.opened += sum(bool(verdict.case) for verdict in verdicts)

    def _appeal(self) -> None:
        """Somebody appeals against the rating of an open case, or takes an appeal back; nothing where nobody may."""
        cases_open = select(Case).where(Case.status == "open", Case.rating_id.is_not(None)).order_by(Case.id)
        found = db.session.scalars(cases_open.limit(50)).unique().all()
        if not found:
            return
        case = self.random.choice(found)
        with transaction():
            if (appeal := finding.of_case(case.id)) is not None:
                actor = actor_for(appeal.appellant)
                if finding.withdrawable(appeal, actor) and self.random.random() < 0.3:
                    filing.withdraw(appeal.id, actor, self.now)
                return
            actor = random_people.appellant_for(case.rating, self.random, self.now)
            if actor is not None:
                ground = self.random.choice(self.regulation.appeal.grounds)
                token = str(UUID(int=self.random.getrandbits(128)))
                filing.file(case.rating_id, actor, ground, "模拟的申诉，事实和理由如附件。",
                             [(BytesIO("模拟的证据".encode()), "证据.txt")], token, self.now)
                self.counts["appeals"] += 1

    def _open_cases(self) -> int:
        return db.session.scalar(select(func.count(Case.id)).where(Case.status == "open")) or 0

    def _step(self) -> None:
        self.counts["steps"] += 1
        if self.random.random() < 0.8:
            self.now += timedelta(minutes=self.random.randint(0, 24 * 60) // max(1, self.wanted // 5))
            self._fire_due()
            self._complete_one()
            if self.random.random() < APPEALS and self._open_cases():
                self._appeal()
        else:
            due = db.session.scalar(select(func.min(Case.next_try)).where(Case.incident.is_(False)))
            if due is not None and due >= self.now and self.random.random() < 0.2:
                self.now = due + timedelta(seconds=1)
            self._fire_due()

    def _fire_due(self) -> None:
        while True:
            with transaction():
                case = steps.claim_due(self.now)
                if case is None:
                    return
                self.counts["fired"] += steps.fire_due(case.id, self.now)

    def _complete_one(self) -> None:
        low, high = db.session.execute(
            select(func.min(WorkItem.id), func.max(WorkItem.id)).where(WorkItem.status == "open")).one()
        if low is None:
            return
        with transaction():
            waiting = select(WorkItem).where(WorkItem.status == "open", WorkItem.id >= self.random.randint(low, high))
            item = db.session.scalar(waiting.order_by(WorkItem.id).limit(1))
            actor = random_people.person_for(item, self.random)
            form = deployed.task(deployed.of(item.case), item.element, item.visit).form
            token = str(UUID(int=self.random.getrandbits(128)))
            reachable = bool(item.case.rating and item.case.rating.rater_phone)
            answers = random_people.fill_in(form, self.random, self.now, reachable=reachable)
            steps.complete_task(item.id, actor, answers, token, self.now, random_people.LATE_REASON)
        self.counts["completed"] += 1

    def _summary(self, open_cases: int) -> str:
        ended = select(Case.outcome, func.count()).where(
            Case.id > self.before, Case.outcome.is_not(None), Case.kind == RECTIFICATION.name)
        outcomes = db.session.execute(ended.group_by(Case.outcome).order_by(Case.outcome))
        ends = " ".join(f"{outcome}={count}" for outcome, count in outcomes)
        return (f"{self.regulation.key} seed={self.seed} database={db.engine.dialect.name} cases={self.wanted} "
                f"open={open_cases} tasks={self.counts['completed']} timers={self.counts['fired']} "
                f"appeals={self.counts['appeals']} {ends}")

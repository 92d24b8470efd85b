"""A simulation: cases driven to their ends by random people through the real operations, the same for a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from sqlalchemy import exists, func, select

from caseflow.appeals import filing, finding
from caseflow.cases import steps
from caseflow.health import doctor, law_watch
from caseflow.install import demo, installation, random_people
from caseflow.law import regulations
from caseflow.models import Case, JournalEntry, Rating, WorkItem, db, transaction
from caseflow.notices import outbox
from caseflow.people import accounts
from caseflow.people.permissions import actor_for
from caseflow.ratings import intake
from caseflow.ratings.feeds import batches
from caseflow.ratings.rectification import RECTIFICATION

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SOURCE = "simulate"
APPEALS = 0.1        # how often a step is followed by an appeal, or the withdrawal of one
STEPS = 100          # for each case, before it is given up


@dataclass(frozen=True, slots=True)
class Simulated:
    """How a simulation ended: the cases that are still open, and how many tasks were completed, timers fired and
    appeals filed.

    `outcomes` are those of the run's rectifications with how many, by name; `complaints` what the doctor found, and
    not_opened or not_ended when a case did not begin or end.
    """

    open: int
    tasks: int
    timers: int
    appeals: int
    outcomes: Mapping[str, int]
    complaints: tuple[doctor.Complaint, ...]


def is_real() -> bool:
    """Whether the database holds people or ratings that no simulation has made."""
    return accounts.any_real() or bool(db.session.scalar(select(exists().where(Rating.source != SOURCE))))


def run(key: str, wanted: int, seed: int) -> Simulated:
    """Drive `wanted` new cases of this regulation to their ends, in transactions of its own, and examine all of it:
    each case that ended is held against the law.

    The database has its tables; what else is needed is installed. It should be asked first whether it `is_real`.
    RegulationNotFound.
    """
    return _Run(key, wanted, seed).drive()


class _Run:
    """One simulation: its clock moves only forward, by random amounts or to the next deadline."""

    def __init__(self, key: str, wanted: int, seed: int) -> None:
        self.regulation, self.wanted = regulations.get(key), wanted
        self.random, self.now = Random(seed), START
        self.counts: Counter[str] = Counter()
        self.opened = self.before = 0    # cases of this run, of earlier runs in the same database

    def drive(self) -> Simulated:
        self._prepare()
        while (open_cases := self._open_cases()) and self.counts["steps"] < STEPS * self.wanted:
            self._step()
        with transaction():
            while outbox.deliver_waiting(self.now, 500):
                pass
        found = self._complaints()
        if self.opened != self.wanted:
            found.append(doctor.Complaint("not_opened", "", facts={"opened": self.opened, "wanted": self.wanted}))
        if open_cases:
            found.append(doctor.Complaint("not_ended", "", facts={"open": open_cases}))
        return Simulated(open_cases, self.counts["completed"], self.counts["fired"], self.counts["appeals"],
                         self._outcomes(), tuple(found))

    def _complaints(self) -> list[doctor.Complaint]:
        """What the doctor finds, and what the monitor finds in any case of the run, each once."""
        found = doctor.examine(self.now)
        known = {(one.code, one.case, one.subject) for one in found}
        numbers = db.session.scalars(select(Case.number).where(Case.id > self.before, Case.status != "open"))
        return [*found, *(doctor.Complaint(*one) for one in law_watch.findings_in(numbers) if one[:3] not in known)]

    def _prepare(self) -> None:
        self.before = db.session.scalar(select(func.max(Case.id))) or 0
        with transaction():
            self.now = max(self.now, db.session.scalar(select(func.max(JournalEntry.at))) or self.now)
            installation.install(self.now)
            demo.add_people(self.regulation, accounts.NO_PASSWORD)
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
                evidence = BytesIO(random_people.EVIDENCE.encode()), random_people.EVIDENCE_FILE
                filing.file(case.rating_id, actor, ground, random_people.APPEAL_TEXT, [evidence], self._token(),
                            self.now)
                self.counts["appeals"] += 1

    def _token(self) -> str:
        return str(UUID(int=self.random.getrandbits(128)))

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
            token = self._token()
            answers = random_people.fill_in(item, self.random, self.now)
            random_people.log_contacts(item, answers, actor, self.now)
            steps.complete_task(item.id, actor, answers, token, self.now, random_people.LATE_REASON)
        self.counts["completed"] += 1

    def _outcomes(self) -> dict[str, int]:
        ended = select(Case.outcome, func.count()).where(
            Case.id > self.before, Case.outcome.is_not(None), Case.kind == RECTIFICATION.name)
        return dict(db.session.execute(ended.group_by(Case.outcome).order_by(Case.outcome)).all())

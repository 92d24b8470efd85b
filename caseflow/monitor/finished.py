"""Finished cases of the database, held against the law; their journals alone say what happened. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Row, exists, func, select

from caseflow.casefile.readings import Reading
from caseflow.errors import CaseflowError
from caseflow.law import calendars, regulations
from caseflow.models import Branch, Case, CaseUnit, JournalEntry, Unit, db
from caseflow.models.cases import OPEN
from caseflow.monitor.judge import judge
from caseflow.monitor.values import Law, Line, Report
from caseflow.people.permissions import Actor
from caseflow.processes import deployed

BATCH = 100     # cases whose journals are held in memory at a time


def may_look(actor: Actor, case: Case | Reading) -> bool:
    """Whether somebody may see how a case stands to each rule: those who audit an office that takes part in it."""
    return bool(actor.audited) and bool(db.session.scalar(select(exists().where(
        CaseUnit.case_id == case.id, CaseUnit.unit_id.in_(actor.audited)))))


def of_case(case: Case | Reading, entries: Sequence[JournalEntry]) -> Report | None:
    """A case with its journal; None while it is open. Refuses as judge.judge does."""
    return judge(map(_line, entries), law_of(case.regulation))


def law_of(key: str) -> Law:
    """By what the cases of a regulation are judged today."""
    regulation = regulations.get(key)
    posts: dict[str, set[int]] = defaultdict(set)
    for unit, name in db.session.execute(select(Unit.id, Unit.key).where(
            Unit.regulation == key, Unit.key.is_not(None))):
        posts[name].add(unit)
    for office, unit in db.session.execute(select(Branch.office, Branch.unit_id).where(Branch.regulation == key)):
        posts[office].add(unit)
    for office, rules in regulation.branches.items():
        posts[office] |= posts.get(rules.otherwise, set())
    return Law(regulation, calendars.load(regulation.calendar), deployed.by_digest,
               {name: frozenset(units) for name, units in posts.items()},
               frozenset(row.digest for row in deployed.all_current() if row.regulation == key))


def reports(numbers: Iterable[str]) -> Iterator[tuple[str, Report | CaseflowError]]:
    """(case number, report) of these cases; those that are open are left out. Of one that cannot be judged, since its
    version is lost or its journal cannot be read, the error. Memory stays flat."""
    laws: dict[str, Law] = {}
    wanted = list(numbers)
    for begin in range(0, len(wanted), BATCH):
        cases = db.session.execute(select(Case.id, Case.number, Case.regulation).where(
            Case.number.in_(wanted[begin:begin + BATCH])).order_by(Case.id)).all()
        lines = _lines([case.id for case in cases])
        for case in cases:
            law = laws.get(case.regulation) or laws.setdefault(case.regulation, law_of(case.regulation))
            try:
                report = judge(lines[case.id], law)
            except CaseflowError as error:
                report = error
            if report is not None:
                yield case.number, report


def _lines(ids: Sequence[int]) -> Mapping[int, list[Line]]:
    streams = {f"case:{case_id}": case_id for case_id in ids}
    found: dict[int, list[Line]] = {case_id: [] for case_id in ids}
    kept = select(JournalEntry.stream, JournalEntry.seq, JournalEntry.at, JournalEntry.actor_id, JournalEntry.kind,
                  JournalEntry.details).where(JournalEntry.stream.in_(streams))
    for row in db.session.execute(kept.order_by(JournalEntry.stream, JournalEntry.seq)):
        found[streams[row.stream]].append(_line(row))
    return found


def _line(entry: JournalEntry | Row) -> Line:
    return Line(entry.seq, entry.at, entry.actor_id, entry.kind, orjson.loads(entry.details))


def ended_since(moment: datetime | None, most: int) -> list[str]:
    """The numbers of the cases that ended since then (None: ever), the newest first, so many at most."""
    query = select(Case.number).where(~OPEN, Case.closed_at.is_not(None))
    if moment is not None:
        query = query.where(Case.closed_at > moment)
    return list(db.session.scalars(query.order_by(Case.closed_at.desc(), Case.id.desc()).limit(most)))


def slice_of(turn: int, most: int) -> list[str]:
    """Of all ended cases those whose turn it is, about so many: every case has its turn once in as many turns as there
    are slices."""
    slices = -(-(db.session.scalar(select(func.count(Case.id)).where(~OPEN)) or 0) // most) or 1
    return list(db.session.scalars(select(Case.number).where(
        ~OPEN, Case.id % slices == turn % slices).order_by(Case.id)))



"""What the screens read of one case with all its records, each table once; and the search among cases.

Reads tables only. Whether an actor may see the case is judged by whoever found it (cases.steps.find).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from caseflow.casefile import areas, journal
from caseflow.models import (
    Appeal,
    AppliedEffect,
    Attachment,
    AwaitedMessage,
    Branch,
    Case,
    CaseReference,
    CaseUnit,
    ContactAttempt,
    DeadlineEntry,
    DispatchRefusal,
    JournalEntry,
    NewestRating,
    OutboxMessage,
    Rating,
    ServiceRecord,
    Submission,
    Timer,
    Unit,
    User,
    WorkItem,
    db,
)
from caseflow.models.prepared import Prepared
from caseflow.moments import day_of
from caseflow.paging import containing


class _Shelf:
    """Cases that are read beside each other: a table is read for all of them at once, and kept by case."""

    def __init__(self) -> None:
        self._cases: dict[int, Case] = {}
        self._read: dict[str, dict[int, list[Any]]] = defaultdict(dict)

    def put(self, case: Case) -> None:
        """From now on this case is read along with the others."""
        self._cases[case.id] = case

    def rows(self, case: Case, table: str, read: Callable[[list[Case]], Iterable[tuple[int, Any]]]) -> list[Any]:
        """The rows of this case; `read` answers (case id, row) for the cases that it is given."""
        found = self._read[table]
        if case.id not in found:
            asked = [one for key, one in self._cases.items() if key not in found]
            found.update({one.id: [] for one in asked})
            for case_id, row in read(asked):
                found[case_id].append(row)
        return found[case.id]


@dataclass(frozen=True)
class Reading:
    """One case as it was read for one page, which hands it to its parts; a case that is written is in the hand.

    Every table is read when it is first asked for, and not again. It stands wherever a case is only asked about.
    """

    case: Case
    _shelf: _Shelf = field(default_factory=_Shelf, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._shelf.put(self.case)

    def beside(self, other: Case) -> Reading:
        """The reading of a second case for the same page: tasks, journal and files are read for both at once."""
        return Reading(other, self._shelf)

    @property
    def id(self) -> int:
        """The id of the case."""
        return self.case.id

    @property
    def kind(self) -> str:
        """What the case is about."""
        return self.case.kind

    @property
    def regulation(self) -> str:
        """The key of its regulation."""
        return self.case.regulation

    @property
    def status(self) -> str:
        """open, closed or voided."""
        return self.case.status

    @property
    def unit_id(self) -> int:
        """The responsible unit."""
        return self.case.unit_id

    @property
    def rating(self) -> Rating | None:
        """The rating that it is about, if it is about one."""
        return self.case.rating

    @cached_property
    def _tasks(self) -> Sequence[tuple[WorkItem, Submission | None, str | None]]:
        return self._shelf.rows(self.case, "tasks", _tasks)

    @cached_property
    def items(self) -> tuple[WorkItem, ...]:
        """All tasks, each with its unit and its assignee, oldest first."""
        return tuple(item for item, _, _ in self._tasks)

    @cached_property
    def open_items(self) -> tuple[WorkItem, ...]:
        """Those of them that are open."""
        return tuple(item for item in self.items if item.status == "open")

    @cached_property
    def submissions(self) -> tuple[tuple[Submission, str], ...]:
        """(what was filled in, by whom), oldest first."""
        found = [(submission, name) for _, submission, name in self._tasks if submission is not None]
        return tuple(sorted(found, key=lambda row: row[0].id))

    @cached_property
    def _clocks(self) -> Sequence[tuple[Timer, DeadlineEntry | None]]:
        query = select(Timer, DeadlineEntry).outerjoin(DeadlineEntry, and_(
            DeadlineEntry.case_id == Timer.case_id, DeadlineEntry.token == Timer.token)).where(
            Timer.case_id == self.id)
        return db.session.execute(query.order_by(Timer.due_at, Timer.id, DeadlineEntry.seq)).all()

    @cached_property
    def timers(self) -> tuple[Timer, ...]:
        """All deadlines and delays, the earliest first."""
        return tuple(dict.fromkeys(timer for timer, _ in self._clocks))

    @cached_property
    def ledger(self) -> Mapping[int, list[DeadlineEntry]]:
        """What was changed of each of them, by token, in order."""
        found: dict[int, list[DeadlineEntry]] = defaultdict(list)
        for timer, entry in self._clocks:
            if entry is not None:
                found[timer.token].append(entry)
        return dict(found)

    @cached_property
    def entries(self) -> tuple[JournalEntry, ...]:
        """The journal, oldest first."""
        return tuple(self._shelf.rows(self.case, "journal", journal.entries_of))

    @cached_property
    def files(self) -> tuple[tuple[Attachment, str], ...]:
        """(file, by whom it was added), oldest first."""
        return tuple(self._shelf.rows(self.case, "files", _files))

    @cached_property
    def attempts(self) -> tuple[tuple[ContactAttempt, str], ...]:
        """(attempt to reach the rater, by whom), in the order in which they were made."""
        query = select(ContactAttempt, User.name).join(User, User.id == ContactAttempt.made_by).where(
            ContactAttempt.case_id == self.id).order_by(ContactAttempt.tried_at, ContactAttempt.id)
        return tuple((row, name) for row, name in db.session.execute(query))

    @cached_property
    def appeals(self) -> tuple[Appeal, ...]:
        """The appeals against its rating, each with its case, its rectification and who filed it, the first first."""
        if self.case.rating_id is None:
            return ()
        query = select(Appeal).where(Appeal.rating_id == self.case.rating_id).order_by(Appeal.id)
        return tuple(db.session.scalars(query.options(
            joinedload(Appeal.appellant).lazyload(User.roles),
            joinedload(Appeal.rectification).options(
                lazyload(Case.rating), lazyload(Case.unit), joinedload(Case.instance)))))

    @cached_property
    def newest(self) -> tuple[tuple[NewestRating, str | None], ...]:
        """What the rater said later, each with the effect (topic) by which it was kept."""
        return tuple(newest_ratings_of(self.case.rating_id)) if self.case.rating_id is not None else ()

    @cached_property
    def refusals(self) -> tuple[DispatchRefusal, ...]:
        """What was sent back as a wrong dispatch, each with its unit, oldest first. The journal tells of each."""
        if not any(entry.kind == "dispatch_refused" for entry in self.entries):
            return ()
        query = select(DispatchRefusal).where(DispatchRefusal.case_id == self.id).order_by(DispatchRefusal.id)
        return tuple(db.session.scalars(query.options(joinedload(DispatchRefusal.unit))))

    @cached_property
    def _offices(self) -> Sequence[tuple[Unit, int | None, Branch | None]]:
        takes_part = and_(CaseUnit.unit_id == Unit.id, CaseUnit.case_id == self.id)
        query = select(Unit, CaseUnit.case_id, Branch).outerjoin(CaseUnit, takes_part).outerjoin(
            Branch, Branch.unit_id == Unit.id).options(lazyload(Branch.unit))
        return db.session.execute(query.where(Unit.regulation == self.regulation, or_(
            Unit.key.is_not(None), Branch.id.is_not(None), Unit.id == self.unit_id)).order_by(
            Unit.id, Branch.first_day.desc())).all()

    @cached_property
    def offices(self) -> Mapping[str, int]:
        """Unit key → id for the offices of its regulation, with "responsible" for the rated one and the branches of its
        area that take part."""
        named = {unit.key: unit.id for unit, _, _ in self._offices if unit.key is not None}
        return {**named, **self._branches, "responsible": self.unit_id}

    @cached_property
    def taking_part(self) -> Mapping[str, int]:
        """Those of the regulation's offices, and of the branches of its area, that take part in the case."""
        named = {unit.key: unit.id for unit, case, _ in self._offices if unit.key is not None and case is not None}
        return {**named, **self._branches}

    @property
    def _branches(self) -> Mapping[str, int]:
        here = [(unit, branch) for unit, case, branch in self._offices if branch is not None and case is not None]
        rated = next((unit for unit, _, _ in self._offices if unit.id == self.unit_id), None)
        if not here or rated is None:
            return {}
        digits = areas.area(rated.level, rated.area_code)
        found = {office: areas.nearest(digits, self._standing([one for one in here if one[1].office == office]))
                 for office in {branch.office for _, branch in here}}
        return {office: unit for office, unit in found.items() if unit is not None}

    def _standing(self, branches: list[tuple[Unit, Branch]]) -> Sequence[tuple[str, int]]:
        """(area, unit) of those branches of an office that act in the case: where one was ended or followed by another
        meanwhile, whoever has an open task, then whoever was a branch when the newest task was opened."""
        if len(branches) > 1 or branches[0][1].last_day is not None:
            busy = {item.unit_id for item in self.open_items}
            day = day_of(self.items[-1].opened_at if self.items else self.case.opened_at)
            branches = sorted((
                (unit, branch) for unit, branch in branches
                if unit.id in busy or branch.first_day <= day <= (branch.last_day or date.max)),
                key=lambda one: one[0].id not in busy)
        return [(areas.area(branch.level, branch.area_code), unit.id) for unit, branch in branches]


def _tasks(cases: list[Case]) -> Iterator[tuple[int, tuple[WorkItem, Submission | None, str | None]]]:
    by = aliased(User)
    query = select(WorkItem, Submission, by.name).outerjoin(
        Submission, Submission.work_item_id == WorkItem.id).outerjoin(by, by.id == Submission.submitted_by).where(
        WorkItem.case_id.in_([case.id for case in cases])).order_by(WorkItem.opened_at, WorkItem.id)
    for item, submission, name in db.session.execute(query.options(
            lazyload(WorkItem.case), joinedload(WorkItem.unit), joinedload(WorkItem.assignee).lazyload(User.roles))):
        yield item.case_id, (item, submission, name)


def _files(cases: list[Case]) -> Iterator[tuple[int, tuple[Attachment, str]]]:
    rows = select(Attachment, User.name).outerjoin(User, User.id == Attachment.added_by).where(
        Attachment.case_id.in_([case.id for case in cases])).order_by(Attachment.id)
    for row, name in db.session.execute(rows):
        yield row.case_id, (row, name or "")


def of(case: Case | Reading) -> Reading:
    """The reading of a case; of a reading, itself."""
    return case if isinstance(case, Reading) else Reading(case)


def messages_of(case: Case | Reading) -> list[tuple[OutboxMessage, str]]:
    """(message, name of the unit it goes to), oldest first."""
    query = select(OutboxMessage, Unit.name).outerjoin(Unit, Unit.id == OutboxMessage.unit_id)
    rows = db.session.execute(query.where(OutboxMessage.case_id == case.id).order_by(OutboxMessage.id))
    return [(message, name or "") for message, name in rows]


def awaited_of(case: Case | Reading) -> list[AwaitedMessage]:
    """The messages that this case waits for."""
    return list(db.session.scalars(select(AwaitedMessage).where(AwaitedMessage.case_id == case.id)))


def newest_ratings_of(rating_id: int) -> list[tuple[NewestRating, str | None]]:
    """What the rater said later, in the rectification or to whoever asked them for an appeal, each with the effect
    (topic) by which it was kept."""
    query = select(NewestRating, AppliedEffect.topic).outerjoin(AppliedEffect, and_(
        AppliedEffect.case_id == NewestRating.case_id, AppliedEffect.token == NewestRating.token))
    rows = db.session.execute(query.where(NewestRating.rating_id == rating_id).order_by(NewestRating.id))
    return [(row, topic) for row, topic in rows]


def searching(query: Select, text: str) -> Select:
    """Narrowed to cases whose number, service, office or linked numbers contain the text."""
    elsewhere = select(CaseReference.case_id).where(
        CaseReference.removed_at.is_(None), *containing(text, CaseReference.number))
    return (
        query.outerjoin(Rating, Case.rating_id == Rating.id)
        .outerjoin(ServiceRecord, Rating.service_record_id == ServiceRecord.id)
        .join(Unit, Case.unit_id == Unit.id)
        .where(or_(Case.id.in_(elsewhere), *containing(
            text, Case.number, ServiceRecord.task_name, ServiceRecord.project_no, Unit.name)))
    )


_CASE_ABOUT = Prepared(select(Case.__table__.c.id).where(
    Case.__table__.c.rating_id == bindparam("rating"), Case.__table__.c.kind == bindparam("kind")))
_VOIDED_AT = Prepared(select(Rating.__table__.c.voided_at).where(Rating.__table__.c.id == bindparam("rating")))


def case_about(rating_id: int, kind: str) -> int | None:
    """The id of the case of this kind about this rating, if there is one."""
    found = _CASE_ABOUT.first(rating=rating_id, kind=kind)
    return found[0] if found else None


def is_voided(rating_id: int | None) -> bool:
    """Whether this rating is not adopted any more; without a rating there is none to void."""
    return _VOIDED_AT.first(rating=rating_id) not in (None, (None,))

"""What the screens read beside the worklist: one case with all its records, the ledger's columns, incidents.

Reads tables only. What an actor may not see is not in the lists; single cases are found through cases.find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from caseflow import permissions, worklist
from caseflow.models import (
    AwaitedMessage,
    Case,
    CaseUnit,
    Draft,
    Incident,
    NewestRating,
    OutboxMessage,
    Submission,
    Timer,
    Unit,
    User,
    WorkItem,
    db,
)
from caseflow.models.prepared import Prepared
from caseflow.permissions import Actor

FIRST_RESPONSE, REVISIT = "first_response", "revisit"
HANDLING = ("rectify", "explain", "feed_back", "rehandle")   # how the ids of tasks begin that end a rectification
BATCH = 500
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger says of a case beyond its own row. Moments are aware UTC or None; `late` means some task was."""

    first_contact_at: datetime | None = None
    first_contact_due: datetime | None = None
    rectified_at: datetime | None = None
    revisit_result: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """An open task: what it is called, whose it is, and until when."""

    id: int
    name: str
    unit_name: str
    unit_id: int
    role: str
    assignee_id: int | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: open tasks in the order in which they were opened, and whether it waits for a message."""

    number: str
    status: str
    outcome: str | None
    awaits_message: bool
    waiting: tuple[WaitingTask, ...]

    def next_for(self, actor: Actor) -> WaitingTask | None:
        """The task that is due first of those the actor may do now."""
        mine = [task for task in self.waiting if permissions.may_work(actor, task)]
        return min(mine, key=lambda task: (task.due_at is None, task.due_at or 0, task.id), default=None)


_STANDING = Prepared(select(
    Case.number, Case.status, Case.outcome, exists().where(AwaitedMessage.case_id == Case.id)).where(
    Case.id == bindparam("case")))
_WAITING = Prepared(select(
    WorkItem.id, WorkItem.name, Unit.name.label("unit_name"), WorkItem.unit_id, WorkItem.role, WorkItem.assignee_id,
    WorkItem.due_at).join(Unit, Unit.id == WorkItem.unit_id).where(
    WorkItem.case_id == bindparam("case"), WorkItem.status == "open").order_by(WorkItem.opened_at, WorkItem.id))


def standing(case_id: int) -> Standing:
    """How this case stands now, in two small queries."""
    number, status, outcome, awaits = _STANDING.first(case=case_id)
    return Standing(number, status, outcome, awaits, tuple(WaitingTask(*row) for row in _WAITING.rows(case=case_id)))


def work_items_of(case: Case) -> list[WorkItem]:
    """All tasks of the case, oldest first."""
    query = select(WorkItem).where(WorkItem.case_id == case.id).order_by(WorkItem.opened_at, WorkItem.id)
    return list(db.session.scalars(query.options(joinedload(WorkItem.unit), joinedload(WorkItem.assignee))).unique())


def timers_of(case: Case) -> list[Timer]:
    """All deadlines and delays of the case, the earliest first."""
    return list(db.session.scalars(select(Timer).where(Timer.case_id == case.id).order_by(Timer.due_at, Timer.id)))


def submissions_of(case: Case) -> list[tuple[Submission, str]]:
    """(what was filled in, by whom), oldest first."""
    query = select(Submission, User.name).join(User, User.id == Submission.submitted_by)
    rows = db.session.execute(query.where(Submission.case_id == case.id).order_by(Submission.id))
    return [(submission, name) for submission, name in rows]


def submission_of(work_item_id: int) -> Submission | None:
    """What was filled in at this task, if it is done."""
    return db.session.scalar(select(Submission).where(Submission.work_item_id == work_item_id))


def draft_saved_at(work_item_id: int, actor: Actor) -> datetime | None:
    """When the actor's unfinished form of this task was saved last (aware UTC), None without one."""
    draft = db.session.get(Draft, (work_item_id, actor.user_id))
    return draft.saved_at if draft else None


def messages_of(case: Case) -> list[tuple[OutboxMessage, str]]:
    """(message, name of the unit it goes to), oldest first."""
    query = select(OutboxMessage, Unit.name).outerjoin(Unit, Unit.id == OutboxMessage.unit_id)
    rows = db.session.execute(query.where(OutboxMessage.case_id == case.id).order_by(OutboxMessage.id))
    return [(message, name or "") for message, name in rows]


def awaited_of(case: Case) -> list[AwaitedMessage]:
    """The messages that this case waits for."""
    return list(db.session.scalars(select(AwaitedMessage).where(AwaitedMessage.case_id == case.id)))


def newest_ratings_of(rating_id: int) -> list[NewestRating]:
    """What the rater said later, in the rectification or to whoever reviewed an appeal."""
    query = select(NewestRating).where(NewestRating.rating_id == rating_id).order_by(NewestRating.id)
    return list(db.session.scalars(query))


def responsible_units(actor: Actor) -> list[Unit]:
    """The units that are responsible in cases the actor may see, by name: the choices of the ledger's filter."""
    if actor.is_system or not actor.visible_units:
        return []
    seen = select(Case.unit_id).join(CaseUnit, CaseUnit.case_id == Case.id).where(
        CaseUnit.unit_id.in_(actor.visible_units))
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(seen)).order_by(Unit.regulation, Unit.name)))


def units_of(actor: Actor) -> list[Unit]:
    """The units where the actor holds a role, by name."""
    units = {unit for _, unit in actor.roles}
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(units)).order_by(Unit.name)))


def regulations_seen(actor: Actor) -> list[str]:
    """The regulations of the units whose cases the actor may see."""
    query = select(Unit.regulation).where(Unit.id.in_(actor.visible_units)).distinct().order_by(Unit.regulation)
    return list(db.session.scalars(query)) if actor.visible_units else []


def incidents(actor: Actor, *, page: int = 1, per_page: int = PER_PAGE) -> list[tuple[Incident, Case]]:
    """Parked cases one may see, or of the place one administers: unresolved ones first, then the newest."""
    query = select(Incident, Case).join(Case, Case.id == Incident.case_id).where(or_(
        permissions.visible_cases(actor), Case.regulation.in_(permissions.administered(actor))))
    query = query.order_by(Incident.resolved_at.is_not(None), Incident.id.desc())
    rows = db.session.execute(query.limit(per_page).offset((page - 1) * per_page)).unique()
    return [(incident, case) for incident, case in rows]


def cases_by_id(ids: Sequence[int]) -> dict[int, Case]:
    """The named cases, for lists that only know their ids."""
    return {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids))).unique()}


def ledger_rows(actor: Actor, wanted: worklist.CaseFilter, now: datetime) -> Iterator[tuple[Case, LedgerFacts]]:
    """Every case of the ledger with its facts, newest first, read in batches: memory stays flat."""
    query = worklist.ledger_query(actor, wanted, now).order_by(Case.opened_at.desc(), Case.id.desc())
    ids = list(db.session.scalars(query.with_only_columns(Case.id)))
    for start in range(0, len(ids), BATCH):
        batch = ids[start:start + BATCH]
        found, facts = cases_by_id(batch), ledger_facts(batch, now)
        yield from ((found[key], facts[key]) for key in batch if key in found)


def ledger_facts(case_ids: Sequence[int], now: datetime) -> dict[int, LedgerFacts]:
    """The facts of each of these cases, in two queries however many they are."""
    items: dict[int, list] = {key: [] for key in case_ids}
    columns = (WorkItem.case_id, WorkItem.element, WorkItem.status, WorkItem.due_at, WorkItem.completed_at)
    for row in db.session.execute(select(*columns).where(WorkItem.case_id.in_(case_ids)).order_by(WorkItem.id)):
        items[row.case_id].append(row)
    results = _revisit_results(case_ids)
    return {key: _facts(rows, results.get(key), now) for key, rows in items.items()}


def _facts(rows: Sequence, revisit_result: str | None, now: datetime) -> LedgerFacts:
    first = next((row for row in rows if row.element == FIRST_RESPONSE), None)
    done = [row for row in rows if row.status == "completed"]
    handled = [row.completed_at for row in done if row.element.startswith(HANDLING)]
    if not handled and first and any(row.element == REVISIT for row in rows):
        handled = [first.completed_at]      # resolved on the spot: the first response was all of it
    return LedgerFacts(
        first_contact_at=first.completed_at if first else None,
        first_contact_due=first.due_at if first else None,
        rectified_at=max(handled, default=None),
        revisit_result=revisit_result,
        late=any(_late(row, now) for row in rows),
    )


def _late(row, now: datetime) -> bool:
    if row.due_at is None or row.status == "cancelled":
        return False
    return row.due_at < (row.completed_at if row.status == "completed" else now)


def _revisit_results(case_ids: Sequence[int]) -> dict[int, str]:
    """The last answer of each case's revisit (satisfied, unsatisfied or unreachable)."""
    query = select(Submission.case_id, Submission.form_values).where(
        Submission.case_id.in_(case_ids), Submission.element == REVISIT).order_by(Submission.id)
    answers = ((case_id, orjson.loads(text).get("revisit_result")) for case_id, text in db.session.execute(query))
    return {case_id: answer for case_id, answer in answers if answer}

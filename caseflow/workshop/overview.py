"""What the workshop lists: the processes of the places one may look at, each with what is deployed, drawn and running.

Reads tables only. Whoever may not look at the processes of a place is told that there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from caseflow.models import Definition, ProcessDraft, User, WorkItem, db
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.workshop import drafts, statistics


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed what of a process last: `what` is deployed or drawn."""

    what: str
    at: datetime
    by: User | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A process: its current version and all of them, newest first, the drafts that are open or submitted, and how many
    open cases run under each version (digest → count, to a bound)."""

    regulation: str
    process_id: str
    current: Definition
    versions: Sequence[Definition]
    drafts: Sequence[ProcessDraft]
    live: dict[str, int]
    articles: tuple[str, ...]

    @property
    def last_change(self) -> LastChange:
        """The latest of the current version's deployment and the last edits of these drafts."""
        newest = LastChange("deployed", self.current.deployed_at, self.current.deployed_by)
        drawn = [LastChange("drawn", draft.edited_at, draft.edited_by) for draft in self.drafts]
        return max([newest, *drawn], key=lambda change: change.at)


def processes(actor: Actor) -> list[Overview]:
    """Every deployed process the actor may look at, by regulation."""
    places = permissions.drawn_for(actor)
    rows = db.session.scalars(select(Definition).where(Definition.regulation.in_(places)).options(
        joinedload(Definition.deployed_by), defer(Definition.files)).order_by(
        Definition.regulation, Definition.process_id.desc(), Definition.number.desc())).all() if places else []
    open_drafts, live = drafts.open_drafts(actor), statistics.live_cases([row.digest for row in rows])
    by_process: dict[str, list[Definition]] = {}
    for row in rows:
        by_process.setdefault(row.process_id, []).append(row)
    return [_overview(versions, open_drafts, live) for versions in by_process.values()]


def process(process_id: str, actor: Actor) -> Overview:
    """One of them; NotFound when there is none that the actor may look at."""
    permissions.require_process(actor, deployed.row_of(process_id).regulation)
    versions = deployed.versions(process_id)
    live = statistics.live_cases([row.digest for row in versions])
    return _overview(versions, drafts.open_drafts(actor, process_id), live)


def _overview(versions: Sequence[Definition], found: Sequence[ProcessDraft], live: dict[str, int]) -> Overview:
    current = next(version for version in versions if version.current)
    elements = deployed.by_digest(current.digest).elements.values()
    articles = tuple(sorted({element.article for element in elements if element.article}))
    return Overview(
        current.regulation, current.process_id, current, versions,
        [draft for draft in found if draft.process_id == current.process_id],
        {version.digest: live[version.digest] for version in versions}, articles)


def steps_of(case_ids: Sequence[int]) -> dict[str, list[int]]:
    """Element id → which of these cases have an open task there; those that have none under ""."""
    found: dict[str, list[int]] = {}
    rows = select(WorkItem.element, WorkItem.status, WorkItem.case_id).where(WorkItem.case_id.in_(case_ids))
    for element, status, case_id in db.session.execute(rows.order_by(WorkItem.id)) if case_ids else ():
        if status == "open":
            found.setdefault(element, []).append(case_id)
    waiting = set(case_ids).difference(*found.values())
    return found | ({"": sorted(waiting)} if waiting else {})

"""What another version of a process would mean for the cases that run now: where they stand, which can move and which
cannot and why, and which deadlines would change.

How many stand where is counted in the tables, whatever their number. States are read in batches up to a limit, the
oldest cases first; the answer says how many were looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from caseflow.engine import definition
from caseflow.engine.fitting import Obstacle
from caseflow.models import Case, ProcessInstance, WorkItem, db
from caseflow.workshop import migration
from caseflow.workshop.migration import Preview

LIMIT = 1_000       # cases whose state is looked at
BATCH = 200
SHOWN = 50          # deadlines that are listed one by one


@dataclass(frozen=True, slots=True)
class StepImpact:
    """A step on which cases stand. `open_cases` are all; of those looked at, so many can move; the others cannot, by
    obstacle (without its element) with how many. A case with several open steps counts at each. `element` is "" for
    cases that only wait."""

    element: str
    name: str
    open_cases: int
    can_move: int
    cannot: tuple[tuple[Obstacle, int], ...]


@dataclass(frozen=True, slots=True)
class DeadlineChange:
    """A deadline of a case: what it is now (None: it would begin) and what it would be by the new rule (None: it would
    be withdrawn)."""

    case_id: int
    number: str
    element: str
    name: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Impact:
    """`total` open cases are under another version; `examined` of them were looked at, which is all if `complete`.
    `deadlines` are the first SHOWN of `changed` ones."""

    total: int
    examined: int
    can_move: int
    steps: tuple[StepImpact, ...]
    deadlines: tuple[DeadlineChange, ...]
    changed: int

    @property
    def complete(self) -> bool:
        """Whether every open case was looked at, not only the first LIMIT (1,000)."""
        return self.examined == self.total


def assess(process_id: str, target: definition.Definition, now: datetime, limit: int = LIMIT) -> Impact:
    """What moving to `target` (a deployed version, or what a draft would become) means for the open cases."""
    counts = _counts(process_id, target.digest)
    previews = list(_previews(process_id, target, now, limit))
    able: Counter[str] = Counter()
    unable: dict[str, Counter[Obstacle]] = defaultdict(Counter)
    for preview in previews:
        for element in set(preview.places) or {""}:
            able[element] += not preview.obstacles
            unable[element].update({replace(obstacle, element="") for obstacle in preview.obstacles})
    waiting = sum(1 for preview in previews if not preview.places)
    places = {**counts, **({"": ("", waiting)} if waiting else {})}
    steps = tuple(StepImpact(element, name, number, able[element], tuple(unable[element].most_common()))
                  for element, (name, number) in places.items())
    changes = [change for preview in previews for change in _changes(preview)]
    return Impact(_total(process_id, target.digest), len(previews), sum(not p.obstacles for p in previews), steps,
                  tuple(changes[:SHOWN]), len(changes))


def _total(process_id: str, digest: str) -> int:
    query = select(func.count()).select_from(Case).join(ProcessInstance, ProcessInstance.case_id == Case.id)
    return db.session.scalar(query.where(*migration.open_under(process_id), ProcessInstance.definition != digest))


def _counts(process_id: str, digest: str) -> dict[str, tuple[str, int]]:
    """Element → (its name, how many cases have it open), the most first."""
    number = func.count(Case.id.distinct())
    query = select(WorkItem.element, func.min(WorkItem.name), number).join(Case, Case.id == WorkItem.case_id).join(
        ProcessInstance, ProcessInstance.case_id == Case.id).where(
        WorkItem.status == "open", ProcessInstance.definition != digest, *migration.open_under(process_id))
    rows = db.session.execute(query.group_by(WorkItem.element).order_by(number.desc(), WorkItem.element))
    return {element: (name, count) for element, name, count in rows}


def _previews(process_id: str, target: definition.Definition, now: datetime, limit: int) -> Iterator[Preview]:
    """The open cases under another version, so many at a time, up to the limit."""
    query = select(Case.id).join(ProcessInstance, ProcessInstance.case_id == Case.id).where(
        *migration.open_under(process_id), ProcessInstance.definition != target.digest).order_by(Case.id)
    last = seen = 0
    while seen < limit and (ids := db.session.scalars(
            query.where(Case.id > last).limit(min(BATCH, limit - seen))).all()):
        yield from migration.preview(ids, target, now)
        seen, last = seen + len(ids), ids[-1]


def _changes(preview: Preview) -> Iterator[DeadlineChange]:
    for timer in preview.timers:
        if timer.changed or timer.how != "kept":
            yield DeadlineChange(preview.case_id, preview.number, timer.element, timer.name, timer.due_at,
                                 timer.due_new)

"""Giving an open task to somebody: where it changes hands. Who may have it is the caller's judgement.

An effect of the diagram gives one too (cases/effects/appeal.py, the appellant's own task), by the same fact, TaskGiven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select

from caseflow.casefile import holding, journal, store
from caseflow.casefile.facts import TaskGiven
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.models import WorkItem, db


def give(case: HeldCase, item: HeldItem, to: int | None, actor: journal.Who, why: str | None, now: datetime,
         details: Mapping[str, object] | None = None, *, unit_id: int | None = None,
         stands_in: bool = False) -> HeldItem:
    """Make an open task this person's (None: free for its office), at another office if one is named; the item as it
    is from now on. Written by the case's next `store.save`. `stands_in`: they do not hold its post.

    `why` is the kind of its journal entry, which tells element, token and `details`; None where the entry of what
    caused it tells enough.
    """
    given = TaskGiven(item.token, to, unit_id, stands_in)
    given.move(case)
    store.write(case, [given], actor, now)
    if why is not None:
        journal.append(case, why, actor, now, {"element": item.element, "token": item.token, **(details or {})})
    return case.items[item.token]


def open_items(*which: ColumnElement[bool]) -> Iterator[tuple[HeldCase, HeldItem]]:
    """The open tasks of which these conditions on WorkItem hold, each with its case in hand.

    The cases are locked one after the other, by id; what was done with the tasks of one is written before the next.
    """
    found = select(WorkItem.case_id).where(WorkItem.status == "open", *which)
    for case_id in sorted(set(db.session.scalars(found))):
        case = holding.hold(case_id)
        here = found.with_only_columns(WorkItem.token).where(WorkItem.case_id == case_id).order_by(WorkItem.id)
        for token in list(db.session.scalars(here)):
            yield case, case.items[token]
        if case.noted:
            holding.save(case)

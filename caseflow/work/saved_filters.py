"""Filters of the worklist and of the ledger that are kept under a name, for oneself or for everybody of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, or_, select

from caseflow import texts
from caseflow.casefile import journal
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import SavedFilter, Unit, User, db
from caseflow.people.permissions import Actor

LONGEST_NAME = 40     # characters
LONGEST_QUERY = 1000  # bytes of JSON
MOST = 50             # filters of one person, of each list
LISTS = ("work", "ledger")


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter as its reader sees it: `unit` is the name of the unit it is shared with, or ""."""

    id: int
    name: str
    query: Mapping[str, str]
    unit: str
    owner: str
    mine: bool


def save(actor: Actor, name: str, query: Mapping[str, str], now: datetime, *, unit_id: int | None = None,
         of: str = "work") -> int:
    """Keep a filter of a list, in place of one's own of this name; its id. Sharing it with a unit is journaled.

    Refuses with PermissionDenied (a unit where one holds no role), or InvalidInput whose fields say: name required,
    too_long, not_text, too_many; query required, too_long.
    """
    name, text = " ".join(name.split()), orjson.dumps(dict(query), option=orjson.OPT_SORT_KEYS).decode()
    wrong = {"name": texts.text_problem(name, LONGEST_NAME),
             "query": "required" if not query else "too_long" if len(text.encode()) > LONGEST_QUERY else None}
    if any(wrong.values()):
        raise InvalidInput(fields={field: code for field, code in wrong.items() if code})
    if unit_id is not None and unit_id not in {unit for _, unit in actor.roles}:
        raise PermissionDenied
    row = _own(actor, of, name)
    row.unit_id, row.query, row.saved_at = unit_id, text, now
    db.session.flush()
    if unit_id is not None:
        journal.append(None, "filter_shared", actor, now, {"filter": row.id, "unit": unit_id})
    return row.id


def _own(actor: Actor, of: str, name: str) -> SavedFilter:
    mine = (SavedFilter.owner_id == actor.user_id, SavedFilter.list == of)
    row = db.session.scalar(select(SavedFilter).where(*mine, SavedFilter.name == name))
    if row is None:
        if (db.session.scalar(select(func.count(SavedFilter.id)).where(*mine)) or 0) >= MOST:
            raise InvalidInput(fields={"name": "too_many"})
        row = SavedFilter(owner_id=actor.user_id, list=of, name=name)
        db.session.add(row)
    return row


def remove(filter_id: int, actor: Actor) -> None:
    """Forget a filter of one's own. NotFound for anybody else's; what is gone already is gone."""
    row = db.session.get(SavedFilter, filter_id)
    if row is not None and row.owner_id != actor.user_id:
        raise NotFound
    if row is not None:
        db.session.delete(row)


def of_actor(actor: Actor, of: str = "work") -> list[Kept]:
    """The actor's own filters of a list and those shared with their units, by name."""
    units = {unit for _, unit in actor.roles}
    rows = select(SavedFilter, Unit.name, User.name).outerjoin(Unit, Unit.id == SavedFilter.unit_id).join(
        User, User.id == SavedFilter.owner_id).where(
        SavedFilter.list == of, or_(SavedFilter.owner_id == actor.user_id, SavedFilter.unit_id.in_(units)))
    return [Kept(row.id, row.name, orjson.loads(row.query), unit or "", owner, row.owner_id == actor.user_id)
            for row, unit, owner in db.session.execute(rows.order_by(SavedFilter.name, SavedFilter.id))]

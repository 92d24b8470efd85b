"""Phrases that a unit's people often write. Its supervisors keep them; everybody there may use them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from caseflow import texts
from caseflow.casefile import journal
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Phrase, Unit, db
from caseflow.people.permissions import Actor

LONGEST_TITLE, LONGEST_TEXT = 40, 1000   # characters
MOST = 100                               # phrases of one unit


def of_actor(actor: Actor) -> list[tuple[Phrase, str]]:
    """(phrase, name of its unit) of every unit where the actor holds a role, by unit and title."""
    units = {unit for _, unit in actor.roles}
    rows = select(Phrase, Unit.name).join(Unit, Unit.id == Phrase.unit_id).where(Phrase.unit_id.in_(units))
    return [(phrase, name) for phrase, name in db.session.execute(rows.order_by(Unit.name, Phrase.title))]


def managed(actor: Actor) -> list[Unit]:
    """The units whose phrases the actor keeps."""
    units = {unit for role, unit in actor.roles if role == "supervisor"}
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(units)).order_by(Unit.name)))


def put(actor: Actor, unit_id: int, title: str, text: str, now: datetime, *, phrase_id: int | None = None) -> int:
    """Keep a phrase for a unit, or change one (`phrase_id`); its id. Journaled in "system" as phrase_kept.

    The same title and text again change nothing. Refuses with PermissionDenied (no supervisor of the unit), NotFound
    (the phrase is gone), or InvalidInput whose fields say: title and text required, too_long, not_text; title taken,
    too_many.
    """
    if not actor.holds("supervisor", unit_id):
        raise PermissionDenied
    title, text = " ".join(title.split()), text.strip()
    wrong = {"title": texts.text_problem(title, LONGEST_TITLE),
             "text": texts.text_problem(text, LONGEST_TEXT)}
    if any(wrong.values()):
        raise InvalidInput(fields={field: code for field, code in wrong.items() if code})
    row = _row(unit_id, title, text, phrase_id)
    if (row.title, row.text) == (title, text):
        return row.id
    row.title, row.text, row.changed_by, row.changed_at = title, text, actor.user_id, now
    db.session.flush()
    journal.append(None, "phrase_kept", actor, now, {"phrase": row.id, "unit": unit_id})
    return row.id


def _row(unit_id: int, title: str, text: str, phrase_id: int | None) -> Phrase:
    """The phrase to be changed, else the one that says just this, else a new one."""
    db.session.get(Unit, unit_id, with_for_update=True)      # one title once, and no more than there may be
    named = db.session.scalar(select(Phrase).where(Phrase.unit_id == unit_id, Phrase.title == title))
    if phrase_id is None and named is not None and named.text == text:
        return named
    if named is not None and named.id != phrase_id:
        raise InvalidInput(fields={"title": "taken"})
    if phrase_id is None:
        if (db.session.scalar(select(func.count(Phrase.id)).where(Phrase.unit_id == unit_id)) or 0) >= MOST:
            raise InvalidInput(fields={"title": "too_many"})
        row = Phrase(unit_id=unit_id)
        db.session.add(row)
        return row
    row = db.session.get(Phrase, phrase_id)
    if row is None or row.unit_id != unit_id:
        raise NotFound
    return row


def remove(phrase_id: int, actor: Actor, now: datetime) -> None:
    """Take a phrase out; journaled as phrase_removed. What is gone already is gone."""
    row = db.session.get(Phrase, phrase_id)
    if row is None:
        return
    if not actor.holds("supervisor", row.unit_id):
        raise PermissionDenied if row.unit_id in {unit for _, unit in actor.roles} else NotFound
    db.session.delete(row)
    journal.append(None, "phrase_removed", actor, now, {"phrase": phrase_id, "unit": row.unit_id})

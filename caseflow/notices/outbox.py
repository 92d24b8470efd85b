"""Messages: written to the outbox in the transaction that causes them, delivered after its commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, or_, select

from caseflow import paging
from caseflow.casefile.effected import APPELLANT, NoticeSent
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.models import Appeal, Case, Notice, OutboxMessage, db
from caseflow.models.prepared import inserting
from caseflow.notices import deliveries
from caseflow.notices.deliveries import Rules
from caseflow.people import impartiality
from caseflow.people.permissions import Actor

INBOX_ONLY = Rules()    # no other channel is set up
_INSERT = inserting(OutboxMessage.__table__, without=["id", "sent_at"], or_nothing=True)


def send(key: str, kind: str, *, case: Case | HeldCase | None, unit_id: int, role: str, details: Mapping,
         now: datetime, user_id: int | None = None) -> None:
    """Put one message for a role at a unit, or for one person there, into the outbox. The same key again changes
    nothing. What must not be seen on a case is sent without it."""
    _INSERT.write(**_row(key, kind, case.id if case else None, unit_id, role, details, now, user_id))


def write(case: HeldCase, facts: Iterable[Fact], now: datetime) -> None:
    """Have the notices among these facts put there when the case in hand is saved."""
    for fact in facts:
        if isinstance(fact, NoticeSent):
            case.note(_INSERT, **_row(
                fact.key, fact.kind, fact.case_id, fact.unit_id, fact.role, fact.details, now))


def _row(key: str, kind: str, case_id: int | None, unit_id: int, role: str, details: Mapping, now: datetime,
         user_id: int | None = None) -> dict[str, Any]:
    return {
        "key": key, "kind": kind, "case_id": case_id, "unit_id": unit_id, "role": role, "user_id": user_id,
        "status": "waiting", "attempts": 0,
        "details": orjson.dumps(dict(details), option=orjson.OPT_SORT_KEYS).decode(), "next_try": now,
        "created_at": now}


def deliver_waiting(now: datetime, limit: int = 100, rules: Rules = INBOX_ONLY) -> int:
    """Turn waiting outbox messages into notices in the inbox, oldest first; returns how many.

    Runs in one transaction: a message is marked as sent together with its notice, so it arrives once; so are the
    rows of what has to leave by other channels.
    """
    waiting = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.status == "waiting", OutboxMessage.next_try <= now)
        .order_by(OutboxMessage.id).limit(limit).with_for_update(skip_locked=True)
    ).all()
    notices = []
    for message in waiting:
        notices.append(Notice(
            outbox_id=message.id, case_id=message.case_id, unit_id=message.unit_id, role=message.role,
            user_id=message.user_id, kind=message.kind, details=message.details, created_at=now,
        ))
        message.status, message.sent_at, message.attempts = "sent", now, message.attempts + 1
    db.session.add_all(notices)
    db.session.flush()
    deliveries.plan(notices, rules, now)
    return len(waiting)


def addressed_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on Notice, one of which holds for each notice to the actor.

    By post, by name as long as one has a post at that unit, or as the appellant of a case. What reviewers are told of
    an appeal is not for those who must recuse.
    """
    posts = [and_(Notice.unit_id == unit, Notice.role == role, Notice.user_id.is_(None), *_impartial(role, actor))
             for role, unit in sorted(actor.roles)]
    if not posts:
        return []
    appeals = select(Appeal.case_id).where(Appeal.appellant_id == actor.user_id)
    units = {unit for _, unit in actor.roles}
    return [*posts, and_(Notice.user_id == actor.user_id, Notice.unit_id.in_(units)),
            and_(Notice.role == APPELLANT, Notice.unit_id.in_(units), Notice.case_id.in_(appeals))]


def _impartial(role: str, actor: Actor) -> list[ColumnElement[bool]]:
    return [~impartiality.must_recuse(Notice.case_id, actor.user_id)] if role == impartiality.REVIEWER else []


def for_actor(actor: Actor, *, page: int = 1, per_page: int = 50) -> list[Notice]:
    """The notices to the actor, newest first."""
    mine = addressed_to(actor)
    if not mine:
        return []
    query = select(Notice).where(or_(*mine))
    return list(db.session.scalars(paging.cut(query.order_by(Notice.id.desc()), page, per_page)))

"""The watchdog: the doctor on a schedule. A complaint is kept once, for as long as it lasts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import exists, func, or_, select, update

from caseflow.health import doctor
from caseflow.models import Case, Checkup, StandingComplaint, db, insert_new
from caseflow.people import permissions
from caseflow.people.permissions import Actor

ROUNDS = {  # the checks, and how long ago the last round must have begun
    "current": (doctor.CURRENT, timedelta(minutes=4, seconds=30)),  # less than the schedule's five minutes
    "history": (doctor.HISTORY, timedelta(days=1)),
}
MOST = 500      # complaints of one check that are kept: a flood says no more than its beginning
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")

Found = dict[str, list[doctor.Complaint]]  # by the name of the check


@dataclass(frozen=True, slots=True)
class News:
    """What a round changed: complaints that began, and those that are over."""

    begun: tuple[StandingComplaint, ...]
    cleared: tuple[StandingComplaint, ...]


def claim(now: datetime) -> tuple[str, ...]:
    """The rounds that are due and are the caller's from now on: of several processes one gets each."""
    due = []
    for name, (_checks, every) in ROUNDS.items():
        insert_new(Checkup, name=name, begun_at=LONG_AGO)
        taken = update(Checkup).where(Checkup.name == name, Checkup.begun_at <= now - every).values(begun_at=now)
        if db.session.execute(taken).rowcount:
            due.append(name)
    return tuple(due)


def examine(rounds: tuple[str, ...], now: datetime) -> Found:
    """What the checks of these rounds complain about. Call it within `snapshot()`."""
    return {check.__name__: list(islice(check(now), MOST)) for name in rounds for check in ROUNDS[name][0]}


def keep(rounds: tuple[str, ...], found: Found, now: datetime) -> News:
    """Store what was found: new complaints begin, known ones last, those not found again are cleared."""
    standing = {_key(row): row for row in db.session.scalars(
        _standing().where(StandingComplaint.found_by.in_(found)))}
    seen, begun = set(), []
    for check, complaints in found.items():
        for complaint in complaints:
            key = (complaint.code, complaint.case, complaint.subject[:120])
            if key not in standing:
                standing[key] = StandingComplaint(found_by=check, code=key[0], case_number=key[1], subject=key[2],
                                                  first_seen=now)
                db.session.add(standing[key])
                begun.append(standing[key])
            standing[key].facts = json.dumps(dict(complaint.facts), ensure_ascii=False, default=str)
            standing[key].last_seen = now
            seen.add(key)
    cleared = [row for key, row in standing.items() if key not in seen and len(found[row.found_by]) < MOST]
    for row in cleared:
        row.cleared_at = now
    db.session.execute(update(Checkup).where(Checkup.name.in_(rounds)).values(ended_at=now))
    return News(tuple(begun), tuple(cleared))


def complaints_for(actor: Actor, limit: int = 100) -> list[StandingComplaint]:
    """What is complained about now, the oldest first: all of it to administrators, to supervisors what is about no
    case or about one they may see."""
    query = _standing().order_by(StandingComplaint.id).limit(limit)
    if not actor.has_role("admin"):
        if not actor.has_role("supervisor"):
            return []
        theirs = exists().where(Case.number == StandingComplaint.case_number, permissions.visible_cases(actor))
        query = query.where(or_(StandingComplaint.case_number == "", theirs))
    return list(db.session.scalars(query))


def last_round() -> datetime | None:
    """When the checks of what is open last came to their end."""
    return db.session.scalar(select(Checkup.ended_at).where(Checkup.name == "current"))


def standing_by_code() -> dict[str, int]:
    """How many complaints of each kind last now."""
    query = select(StandingComplaint.code, func.count()).where(StandingComplaint.cleared_at.is_(None))
    return dict(map(tuple, db.session.execute(query.group_by(StandingComplaint.code))))


def _standing():
    return select(StandingComplaint).where(StandingComplaint.cleared_at.is_(None))


def _key(row: StandingComplaint) -> tuple[str, str, str]:
    return row.code, row.case_number, row.subject

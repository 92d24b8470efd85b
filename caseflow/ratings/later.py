"""Ratings of a service that has one already: what they say, and whether they say something else.

What a rating says is its level, its codes in any order, its text without the blanks around it, and whether the rater
said it or a default stood in (isdefault). When it was given, by which channel and by whom says nothing of the service:
a system that sends a line again with another time, as some do, must not open a second case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import lazyload

from caseflow.law import calendars
from caseflow.law.regulation_file import Regulation
from caseflow.models import Rating, ServiceRecord, db
from caseflow.moments import day_of
from caseflow.ratings.verdicts import Normalised

Key = tuple[str, int]                    # projectNo and serviceNumber


class Saying(NamedTuple):
    """What a rating says of a service."""

    level: str
    codes: frozenset[str]
    text: str
    is_default: bool


@dataclass(slots=True)
class History:
    """A service and what was said of it so far. `last` is the sequence number of its newest rating, 0 without one.

    `default_stands`: its first rating is a default that no rater's word has replaced; `word_stands`: one has.
    """

    service_id: int
    area_code: str
    org_code: str | None
    service_time: datetime
    said: set[Saying] = field(default_factory=set)
    last: int = 0
    default_stands: bool = False
    word_stands: bool = False

    def add(self, saying: Saying) -> int:
        """Note that it is said from now on; its sequence number, from 1."""
        self.said.add(saying)
        self.last += 1
        self.default_stands |= self.last == 1 and saying.is_default
        return self.last

    def replaced(self) -> None:
        """Note that the rater's word stands in the place of the default from now on."""
        self.default_stands, self.word_stands = False, True


def saying(value: Normalised) -> Saying:
    """What an accepted line says."""
    return _saying(**{name: value.rating[name] for name in ("level", "detail_codes", "text", "is_default")})


def _saying(level: str, detail_codes: str, text: str, is_default: bool) -> Saying:
    return Saying(level, frozenset(filter(None, detail_codes.split(","))), text.strip(), is_default)


def begun(service_id: int, value: Normalised) -> History:
    """The history of a service that was kept a moment ago and has no rating yet."""
    return History(service_id, value.area_code, value.service["org_code"], value.service["service_time"])


def histories(keys: Collection[Key]) -> dict[Key, History]:
    """What was said of these services, which are there. Locks them, so that two intakes add to one in turn."""
    if not keys:
        return {}
    service, rating = ServiceRecord.__table__.c, Rating.__table__.c
    rows = db.session.execute(select(service.id, service.project_no, service.service_number, service.area_code,
                                     service.org_code, service.service_time).where(
        tuple_(service.project_no, service.service_number).in_(sorted(keys))).order_by(service.id).with_for_update())
    found = {(row.project_no, row.service_number): History(row.id, row.area_code, row.org_code, row.service_time)
             for row in rows}
    by_id = {history.service_id: history for history in found.values()}
    for row in db.session.execute(select(
            rating.service_record_id, rating.sequence, rating.level, rating.detail_codes, rating.text,
            rating.is_default, rating.replaced_at).where(
            rating.service_record_id.in_(by_id)).order_by(rating.sequence)):
        history = by_id[row.service_record_id]
        history.said.add(_saying(row.level, row.detail_codes, row.text, row.is_default))
        history.default_stands |= row.sequence == 1 and row.is_default and row.replaced_at is None
        history.word_stands |= row.replaced_at is not None
        history.last = row.sequence
    return found


def replaces_default(value: Normalised, history: History, regulation: Regulation) -> bool:
    """Whether this later line takes the place of the default that stands, as [parameters.late_rating] says.

    replace_default: whenever the rater speaks (HN-6). keep_apart: only what was rated within the working days after
    which the default arises (HF-7); later it is kept beside it. A default replaces nothing; where the rater's word has
    taken the place of one, a further one is replaced from the start.
    """
    if value.rating["is_default"] or not history.default_stands:
        return False
    if regulation.late_rating == "replace_default":
        return True
    rule = regulation.default_rating
    rated, served = day_of(value.rating["rated_at"]), day_of(history.service_time)
    return rule is not None and calendars.load(regulation.calendar).working_days_between(
        served, rated) <= rule.working_days


def replace_defaults(service_ids: Collection[int], now: datetime) -> None:
    """The defaults of these services stand no longer; they are kept, with when they were replaced."""
    if service_ids:
        db.session.execute(update(Rating.__table__).where(
            Rating.__table__.c.service_record_id.in_(service_ids), Rating.__table__.c.is_default,
            Rating.__table__.c.replaced_at.is_(None)).values(replaced_at=now))


def others(rating: Rating) -> list[Rating]:
    """The other ratings of the same service, in the order in which they came."""
    return list(db.session.scalars(select(Rating).options(lazyload(Rating.service)).where(
        Rating.service_record_id == rating.service_record_id, Rating.id != rating.id).order_by(Rating.sequence)))

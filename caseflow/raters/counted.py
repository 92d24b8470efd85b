"""Which level of a rating counts (计入统计): its own, none once it is voided, or what the rater said last where they
had not meant it so and the one took the place of the other (误评, HN-14)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, null, select

from caseflow.models import AppliedEffect, NewestRating, Rating, db
from caseflow.processes.asked import REPLACING


def level() -> ColumnElement[str | None]:
    """Of a rating in a statement: the level with which it counts; null for one that is not adopted."""
    newest = _replacing().with_only_columns(NewestRating.level).where(NewestRating.rating_id == Rating.id)
    later = newest.order_by(NewestRating.id.desc()).limit(1).correlate(Rating).scalar_subquery()
    return case((Rating.voided_at.is_not(None), null()), else_=func.coalesce(later, Rating.level))


def is_replaced(rating_id: int | None) -> bool:
    """Whether the rater's newest word has taken the place of this rating."""
    return bool(db.session.scalar(select(exists(_replacing().where(NewestRating.rating_id == rating_id)))))


def replacing(rows: Iterable[tuple[NewestRating, str | None]]) -> NewestRating | None:
    """Of what the rater of one rating said later (casefile.readings), what has taken its place; None where the rating
    stands."""
    return next((row for row, topic in reversed([*rows]) if topic == REPLACING), None)


def _replacing() -> Select:
    """What was kept by the effect that puts it in the place of the rating."""
    return select(NewestRating).join(AppliedEffect, and_(
        AppliedEffect.case_id == NewestRating.case_id, AppliedEffect.token == NewestRating.token,
        AppliedEffect.topic == REPLACING))

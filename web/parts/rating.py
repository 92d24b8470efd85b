"""The rating, as it stands beside a form and on the case page: plain values.

Templates get these and never the row, so that the rater's name and number cannot slip into a page unmasked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext

from caseflow.appeals import finding
from caseflow.casefile import kinds, readings
from caseflow.casefile.readings import Reading
from caseflow.law import regulations
from caseflow.models import (
    Appeal,
    NewestRating,
    Rating,
)
from caseflow.people.permissions import Actor
from caseflow.raters import contacts, counted
from caseflow.ratings import later
from web.words import levels, times
from web.words.masks import mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class OtherRating:
    """Another rating of the same service: what was said, and whether it came before or after this one."""

    level: str
    level_name: str
    said: str
    rated_at: str
    earlier: bool
    is_default: bool
    replaced_at: str


@dataclass(frozen=True, slots=True)
class RatingPanel:
    """A rating as everyday screens show it; the contact is masked."""

    level: str
    level_name: str
    details: tuple[tuple[str, str], ...]
    text: str
    rated_at: str
    received_at: str
    channel: str
    voided_at: str
    service: tuple[tuple[str, str], ...]
    newest: tuple[tuple[str, str], ...]
    replaced: tuple[str, str] | None
    appeals: tuple[Appeal, ...]
    is_default: bool = False
    others: tuple[OtherRating, ...] = ()
    hidden: bool = True
    rater: str = ""
    phone: str = ""
    may_reveal: bool = False
    reveal_through: str = ""


def rating_panel(case: Reading, actor: Actor) -> RatingPanel | None:
    """The rating of a case, if it is about one. In an appeal, but to whoever has to ask the rater there, and to the
    rated person, nothing of the rater is shown, not even masked."""
    rating = case.rating
    if rating is None:
        return None
    panel = _panel(rating, case.newest, case.appeals)
    if contacts.is_rated(case, actor) or not (
            kinds.of(case.kind).speaks_to_rater or contacts.may_reveal(case, actor)):
        return panel
    has_contact = bool(rating.rater_name or rating.rater_phone)
    return replace(
        panel, hidden=False, rater=mask_name(rating.rater_name), phone=mask_phone(rating.rater_phone),
        may_reveal=has_contact and contacts.may_reveal(case, actor), reveal_through=_contact_office(case))


def about_rating(rating: Rating) -> RatingPanel:
    """A rating without whose it is."""
    return _panel(rating, readings.newest_ratings_of(rating.id), finding.against(rating.id))


def _panel(rating: Rating, newest: Collection[tuple[NewestRating, str | None]],
           appeals: Iterable[Appeal]) -> RatingPanel:
    standing = counted.replacing(newest)
    return RatingPanel(
        level=rating.level, level_name=levels.level_name(rating.level),
        details=tuple(levels.details(rating.detail_codes or "")), text=rating.text or "",
        rated_at=times.moment(rating.rated_at), received_at=times.moment(rating.received_at),
        channel=levels.channel_name(rating.channel),
        voided_at=times.moment(rating.voided_at) if rating.voided_at else "",
        service=tuple(_service_lines(rating)), newest=tuple(_newest(row) for row, _ in newest), appeals=tuple(appeals),
        replaced=_newest(standing) if standing else None,
        is_default=rating.is_default, others=tuple(_other(rating, other) for other in later.others(rating)))


def _other(rating: Rating, other: Rating) -> OtherRating:
    return OtherRating(
        level=other.level, level_name=levels.level_name(other.level), said=levels.said(other),
        rated_at=times.moment(other.rated_at), earlier=other.sequence < rating.sequence, is_default=other.is_default,
        replaced_at=times.moment(other.replaced_at) if other.replaced_at else "")


def _contact_office(case: Reading) -> str:
    """The name of the one office that may talk to the rater, where the regulation names one (HN-14)."""
    regulation = regulations.get(case.regulation)
    return regulation.offices[regulation.contact_office] if regulation.contact_office else ""


def _service_lines(rating: Rating) -> list[tuple[str, str]]:
    service = rating.service
    lines = [
        (gettext("办件编号"), service.project_no),
        (gettext("事项"), service.task_name or "—"),
        (gettext("服务环节"), gettext("%(name)s（第 %(n)s 次服务）", name=service.service_name or "—",
                                  n=service.service_number)),
        (gettext("服务时间"), times.moment(service.service_time)),
        (gettext("承办单位"), service.org_name or (service.unit.name if service.unit else "—")),
        (gettext("经办人"), service.handler_name or "—"),
    ]
    return lines


def _newest(row: NewestRating) -> tuple[str, str]:
    return levels.level_name(row.level), times.moment(row.recorded_at)

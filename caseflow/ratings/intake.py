"""Intake of ratings: judge, keep, and open the case of a bad one at once.

A caller hands over one batch per transaction: what is committed stays, whatever the next batch brings. The
unique key of a service record decides between two intakes of the same rating; the loser is a duplicate.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from caseflow import keys
from caseflow.errors import NotFound
from caseflow.law import regulations
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import Case, Rating, ServiceRecord, db, is_outage
from caseflow.moments import ONE_DAY, day_of, start_of
from caseflow.ratings import rectification
from caseflow.ratings.jurisdictions import Jurisdiction, Office, jurisdictions, offices
from caseflow.ratings.verdicts import DUPLICATE, Normalised, Verdict, judge

__all__ = ["Verdict", "count_missing_cases", "judge", "open_missing_cases", "receive"]

Key = tuple[str, int]                    # projectNo and serviceNumber
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An accepted line of the batch (`index`) on its way into the tables."""

    index: int
    value: Normalised
    place: Jurisdiction
    office: Office

    @property
    def calls_for_case(self) -> bool:
        """Whether it is a bad rating under a regulation that still applies."""
        return self.place.calls_for_case(self.value.level)


def receive(lines: Sequence[bytes | str | Mapping], source: str, now: datetime) -> list[Verdict]:
    """Judge one batch in order and keep what is accepted, with source and receive time.

    Of the line stays what does not say who rated, and a keyed digest of the whole (ConfigurationError without the
    key). An anonymous rater's name, telephone and whatever else a line holds of them are kept nowhere (HN-11, QJ-13).
    `source` is "file:<name>" or "api:<key name>". A bad rating opens its case in the same transaction; if
    that fails, the rating stays and the verdict notes it (open_missing_cases tries again). A rating of an
    office nobody registered goes to the regulation's lead unit, as verdict and journal say.
    """
    jurisdiction = jurisdictions(day_of(now))
    verdicts = [judge(line, lambda area: jurisdiction(area) is not None) for line in lines]
    arrivals = _arrivals(verdicts, jurisdiction)
    new = _insert_services(arrivals)
    _insert_ratings([(arrivals[key], service_id) for key, service_id in new.items()], source, now)
    bad = _ratings([service_id for key, service_id in new.items() if arrivals[key].calls_for_case])
    answers = [verdict if verdict.value is None else DUPLICATE for verdict in verdicts]
    # By regulation: each has one counter of file numbers, and two intakes must take them in the same order.
    for key in sorted(new, key=lambda key: arrivals[key].place.regulation.key):
        arrival = arrivals[key]
        answers[arrival.index] = _kept(verdicts[arrival.index], arrival, bad.get(new[key]), now)
    return answers


def _arrivals(verdicts: Sequence[Verdict], jurisdiction: Callable[[str], Jurisdiction]) -> dict[Key, Arrival]:
    """The first accepted line of each key; a later one of the same batch is its duplicate."""
    first: dict[Key, int] = {}
    for index, verdict in enumerate(verdicts):
        if verdict.value:
            first.setdefault(verdict.value.key, index)
    lines = [(index, verdicts[index].value, jurisdiction(verdicts[index].value.area_code)) for index in first.values()]
    office = offices([(place.regulation, value.service["org_code"]) for _, value, place in lines])
    return {
        value.key: Arrival(index, value, place, office(place.regulation, value.service["org_code"]))
        for index, value, place in lines}


def _insert_services(arrivals: Mapping[Key, Arrival]) -> dict[Key, int]:
    """Insert what is not there yet: key → id of the new rows, in the order of the batch.

    Rows go in by key, so that two intakes of the same ratings wait for each other and never in a circle.
    """
    if not arrivals:
        return {}
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    columns = ServiceRecord.__table__.c
    statement = dialect.insert(ServiceRecord.__table__).on_conflict_do_nothing(
        index_elements=["project_no", "service_number"]
    ).returning(columns.id, columns.project_no, columns.service_number)
    rows = [arrivals[key].value.service | {"unit_id": arrivals[key].office.unit_id} for key in sorted(arrivals)]
    ids = {(row.project_no, row.service_number): row.id for row in db.session.execute(statement, rows)}
    return {key: ids[key] for key in arrivals if key in ids}


def _insert_ratings(stored: Sequence[tuple[Arrival, int]], source: str, now: datetime) -> None:
    rows = [
        arrival.value.rating | {
            "service_record_id": service_id, "regulation": arrival.place.regulation.key, "received_at": now,
            "source": source[:64], "raw_digest": keys.digest_of_line(arrival.value.line)}
        for arrival, service_id in stored]
    if rows:
        db.session.execute(insert(Rating.__table__), rows)


def _ratings(service_ids: Sequence[int]) -> dict[int, Rating]:
    """The ratings of these service records, by service record."""
    if not service_ids:
        return {}
    found = db.session.scalars(select(Rating).where(Rating.service_record_id.in_(service_ids)))
    return {rating.service_record_id: rating for rating in found}


def _kept(verdict: Verdict, arrival: Arrival, rating: Rating | None, now: datetime) -> Verdict:
    """The verdict of a line that was kept; its case is opened when it calls for one (then `rating` is given)."""
    notes = verdict.notes if arrival.office.registered else (*verdict.notes, "office_unknown")
    place = arrival.place
    if arrival.value.level in place.regulation.bad_levels and not place.in_force:
        notes = (*notes, "regulation_expired")
    if rating is None:
        return replace(verdict, notes=notes) if notes else verdict
    case = _open_case(rating, arrival.office, now)
    if case is None:
        return replace(verdict, notes=(*notes, "case_not_opened"))
    return replace(verdict, notes=notes, case=case.number)


def _open_case(rating: Rating, office: Office, now: datetime) -> Case | None:
    """Open the case inside a savepoint; None when that failed: the rating stays whatever happens here."""
    rating_id = rating.id
    try:
        with db.session.begin_nested():
            if office.unit_id is None:
                raise NotFound("The regulation's lead unit is not registered; run caseflow init.")
            rating.service.unit_id = office.unit_id
            return rectification.open_case(rating, now, intake={
                "orgcode": rating.service.org_code, "office_registered": office.registered, "unit": office.unit_id})
    except Exception as error:
        if is_outage(error):  # nothing more can be done in this transaction, for any rating
            raise
        # Kind and place of the error, never its text, which may quote the row and with it the rater.
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("rating %s: its case was not opened (%s)\n%s", rating_id, type(error).__name__, place)
        return None


def open_missing_cases(now: datetime, limit: int = 100) -> int:
    """Open the cases of bad ratings that have none because opening failed at intake; returns how many.

    Tries up to `limit` of them, in random order: those that fail for ever must not keep back the others.
    """
    tried = list(db.session.scalars(
        select(Rating.id).where(_lacks_its_case()).order_by(func.random()).limit(limit)
        .with_for_update(skip_locked=True)))
    # Asked again once the rows are locked: another process may have opened some meanwhile.
    missing = db.session.scalars(select(Rating).where(Rating.id.in_(tried), _lacks_its_case())).all()
    office = offices([(regulations.get(rating.regulation), rating.service.org_code) for rating in missing])
    opened = [
        _open_case(rating, office(regulations.get(rating.regulation), rating.service.org_code), now)
        for rating in missing]
    return sum(case is not None for case in opened)


def count_missing_cases() -> int:
    """How many bad ratings have no case although they call for one."""
    return db.session.scalar(select(func.count(Rating.id)).where(_lacks_its_case()))


def _lacks_its_case() -> ColumnElement[bool]:
    return and_(
        Rating.voided_at.is_(None), or_(*_calling_for_case()),
        ~exists().where(Case.rating_id == Rating.id, Case.kind == HANDLED_IN))


def _calling_for_case() -> Iterator[ColumnElement[bool]]:
    """Ratings received after a regulation ceased to apply call for none."""
    for regulation in regulations.all_regulations().values():
        condition = and_(Rating.regulation == regulation.key, Rating.level.in_(regulation.bad_levels))
        if regulation.valid_to is not None and regulation.after_expiry == "refuse":
            end = start_of(regulation.valid_to + ONE_DAY)
            condition = and_(condition, Rating.received_at < end)
        yield condition

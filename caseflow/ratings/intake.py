"""Intake of ratings: judge, keep, and open the case of a bad one at once.

A caller hands over one batch per transaction: what is committed stays, whatever the next batch brings. The
unique key of a service record decides between two intakes of the same rating; the second one is a duplicate, or
a later rating where it says something else (later.py).
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.errors import NotFound
from caseflow.law import regulations
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import Case, Rating, ServiceRecord, db, is_outage
from caseflow.moments import ONE_DAY, day_of, start_of
from caseflow.ratings import later, later_cases, line_key, rectification
from caseflow.ratings.jurisdictions import Jurisdiction, Office, fault_of, jurisdictions, offices
from caseflow.ratings.later import History, Key
from caseflow.ratings.later_cases import Later
from caseflow.ratings.verdicts import DUPLICATE, Normalised, Verdict, judge

__all__ = ["Verdict", "count_missing_cases", "judge", "open_missing_cases", "receive"]

Whose = tuple[Jurisdiction, Office]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An accepted line of the batch (`index`) on its way into the tables; `place` and `office` are its service's.

    `sequence` counts the ratings of its service, from 1. `replaces`: it takes the place of the default that stands.
    `beside`: a default stands, and goes on standing beside it. `replaced`: it is a default in whose place the rater's
    word stands already.
    """

    index: int
    value: Normalised
    place: Jurisdiction
    office: Office
    service_id: int
    sequence: int
    replaces: bool
    beside: bool
    replaced: bool

    @property
    def calls_for_case(self) -> bool:
        """Whether it is a bad rating under a regulation that still applies."""
        return self.place.calls_for_case(self.value.level)

    @property
    def row(self) -> tuple[int, int]:
        """What it is found by in the tables."""
        return self.service_id, self.sequence


def receive(lines: Sequence[bytes | str | Mapping], source: str, now: datetime) -> list[Verdict]:
    """Judge one batch in order and keep what is accepted, with source and receive time.

    Of the line stays what does not say who rated, and a keyed digest of the whole (ConfigurationError without the
    key). An anonymous rater's name, telephone and whatever else a line holds of them are kept nowhere (HN-11, QJ-13).
    `source` is "file:<name>" or "api:<key name>". A line that says of a service what was said already is a duplicate
    and changes nothing; one that says something else is kept as a later rating (later.py), and told to the cases that
    lie open about an earlier one (later_cases.py). A bad rating opens its
    case in the same transaction; if that fails, the rating stays and the verdict notes it (open_missing_cases tries
    again). A rating of an office nobody registered goes to the regulation's lead unit, as verdict and journal say.
    """
    jurisdiction = jurisdictions(day_of(now))
    verdicts = [judge(line, lambda area: "" if jurisdiction(area) else fault_of(area)) for line in lines]
    arrivals = _arrivals(verdicts, jurisdiction)
    _insert_ratings(arrivals, source, now)
    later.replace_defaults([arrival.service_id for arrival in arrivals if arrival.replaces], now)
    later_cases.tell([Later(*arrival.row, arrival.replaces) for arrival in arrivals if arrival.sequence > 1], now)
    bad = _ratings([arrival.row for arrival in arrivals if arrival.calls_for_case])
    answers = [verdict if verdict.value is None else DUPLICATE for verdict in verdicts]
    # By regulation: each has one counter of file numbers, and two intakes must take them in the same order.
    for arrival in sorted(arrivals, key=lambda arrival: arrival.place.regulation.key):
        answers[arrival.index] = _kept(verdicts[arrival.index], arrival, bad.get(arrival.row), now)
    return answers


def _arrivals(verdicts: Sequence[Verdict], jurisdiction: Callable[[str], Jurisdiction | None]) -> list[Arrival]:
    """The lines that say something new, in their order; their services are in the tables then, and held."""
    accepted = [(index, verdict.value) for index, verdict in enumerate(verdicts) if verdict.value]
    first: dict[Key, Normalised] = {}
    for _, value in accepted:
        first.setdefault(value.key, value)
    whose = _whose({key: (value.area_code, value.service["org_code"]) for key, value in first.items()}, jurisdiction)
    new = _insert_services(first, whose)
    known = later.histories(first.keys() - new.keys())
    whose |= _whose({key: (history.area_code, history.org_code) for key, history in known.items()
                     if jurisdiction(history.area_code)}, jurisdiction)
    history = known | {key: later.begun(service_id, first[key]) for key, service_id in new.items()}
    lines = (_told(index, value, whose[value.key], history[value.key]) for index, value in accepted)
    return [arrival for arrival in lines if arrival]


def _whose(services: Mapping[Key, tuple[str, str | None]],
           jurisdiction: Callable[[str], Jurisdiction | None]) -> dict[Key, Whose]:
    """Whose each service is, by the codes of its area and its office."""
    places = {key: jurisdiction(area) for key, (area, _) in services.items()}
    office = offices([(places[key].regulation, code) for key, (_, code) in services.items()])
    return {key: (places[key], office(places[key].regulation, code)) for key, (_, code) in services.items()}


def _told(index: int, value: Normalised, whose: Whose, history: History) -> Arrival | None:
    """The line as the next rating of its service; None when that was said already."""
    saying = later.saying(value)
    if saying in history.said:
        return None
    place, office = whose
    stood = history.default_stands
    replaces = later.replaces_default(value, history, place.regulation)
    if replaces:
        history.replaced()
    return Arrival(index, value, place, office, history.service_id, history.add(saying), replaces,
                   beside=stood and not replaces, replaced=saying.is_default and history.word_stands)


def _insert_services(first: Mapping[Key, Normalised], whose: Mapping[Key, Whose]) -> dict[Key, int]:
    """Insert what is not there yet: key → id of the new rows.

    Rows go in by key, so that two intakes of the same ratings wait for each other and never in a circle.
    """
    if not first:
        return {}
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    columns = ServiceRecord.__table__.c
    statement = dialect.insert(ServiceRecord.__table__).on_conflict_do_nothing(
        index_elements=["project_no", "service_number"]
    ).returning(columns.id, columns.project_no, columns.service_number)
    rows = [first[key].service | {"unit_id": whose[key][1].unit_id} for key in sorted(first)]
    return {(row.project_no, row.service_number): row.id for row in db.session.execute(statement, rows)}


def _insert_ratings(arrivals: Sequence[Arrival], source: str, now: datetime) -> None:
    rows = [
        arrival.value.rating | {
            "service_record_id": arrival.service_id, "sequence": arrival.sequence, "received_at": now,
            "regulation": arrival.place.regulation.key, "source": source[:64],
            "raw_digest": line_key.digest_of_line(arrival.value.line),
            "replaced_at": now if arrival.replaced else None}
        for arrival in arrivals]
    if rows:
        db.session.execute(insert(Rating.__table__), rows)


def _ratings(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Rating]:
    """The ratings of these services and sequence numbers, by both."""
    if not wanted:
        return {}
    found = db.session.scalars(select(Rating).where(
        Rating.service_record_id.in_({service_id for service_id, _ in wanted})))
    by_row = {(rating.service_record_id, rating.sequence): rating for rating in found}
    return {row: by_row[row] for row in wanted}


def _kept(verdict: Verdict, arrival: Arrival, rating: Rating | None, now: datetime) -> Verdict:
    """The verdict of a line that was kept; its case is opened when it calls for one (then `rating` is given)."""
    kept = replace(verdict, status="accepted" if arrival.sequence == 1 else "later_rating",
                   notes=(*verdict.notes, *_notes(arrival)))
    if rating is None:
        return kept
    case = _open_case(rating, arrival.office, now)
    if case is None:
        return replace(kept, notes=(*kept.notes, "case_not_opened"))
    return replace(kept, case=case.number)


def _notes(arrival: Arrival) -> Iterator[str]:
    if not arrival.office.registered:
        yield "office_unknown"
    if arrival.value.level in arrival.place.regulation.bad_levels and not arrival.place.in_force:
        yield "regulation_expired"
    if arrival.replaces:
        yield "default_replaced"
    if arrival.beside and not arrival.value.rating["is_default"]:
        yield "default_stands"


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

"""Whose a rating is: the regulation of its area, and the office that is responsible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import or_, select

from caseflow.errors import RegulationExpired, RegulationNotFound
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.models import Unit, db


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The regulation of an area. `in_force` is false when it has expired and says that it applies no longer."""

    regulation: Regulation
    in_force: bool

    def calls_for_case(self, level: str) -> bool:
        """Whether a rating of this level is a bad one under a regulation that still applies."""
        return self.in_force and level in self.regulation.bad_levels


@dataclass(frozen=True, slots=True)
class Office:
    """Who is responsible: the registered unit of the line's orgcode, or the lead unit in its stead."""

    unit_id: int | None
    registered: bool


def jurisdictions(on: date) -> Callable[[str], Jurisdiction | None]:
    """Area code → its jurisdiction on that day, None when no regulation applies."""

    @cache
    def find(area: str) -> Jurisdiction | None:
        try:
            return Jurisdiction(regulations.for_area(area, on), in_force=True)
        except RegulationExpired as expired:
            return Jurisdiction(regulations.get(expired.details["regulation"]), in_force=False)
        except RegulationNotFound:
            return None
    return find


def fault_of(area: str) -> str:
    """Why no regulation applies to an area that has no jurisdiction: that of the area has not begun, or there is none.
    """
    return "not_in_force" if regulations.names_area(area) else "unknown_area"


def offices(wanted: Sequence[tuple[Regulation, str | None]]) -> Callable[..., Office]:
    """(regulation, orgcode) → office, for the wanted ones, in one query. One that is closed is not registered."""
    codes = {code for _, code in wanted if code}
    leads = {regulation.lead for regulation, _ in wanted}
    rows = db.session.execute(select(Unit.id, Unit.regulation, Unit.code, Unit.key).where(
        or_(Unit.code.in_(codes) & Unit.active, Unit.key.in_(leads)))).all() if wanted else []
    by_code = {(row.regulation, row.code): row.id for row in rows}
    by_key = {(row.regulation, row.key): row.id for row in rows}

    def find(regulation: Regulation, code: str | None) -> Office:
        unit_id = by_code.get((regulation.key, code))
        lead = by_key.get((regulation.key, regulation.lead))
        return Office(unit_id, True) if unit_id is not None else Office(lead, False)
    return find

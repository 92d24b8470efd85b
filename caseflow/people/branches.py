"""The branches of areas: which unit a lane means that names its office by rule (“the branch of the responsible unit's
area”), and the table of them, which system administrators keep. Each change is in the journal.

The nearest counts: that of the area itself, else of the area above it, and where there is none the unit that the
regulation names as `otherwise`. It is asked anew whenever a task opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select

from caseflow.casefile import areas, journal, offices
from caseflow.casefile.hand import HeldCase
from caseflow.errors import AdministrationRefused, InvalidInput, NotFound
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.models import Branch, Case, Unit, db
from caseflow.models.people import LEVELS
from caseflow.models.prepared import Prepared
from caseflow.moments import day_of
from caseflow.people import duties
from caseflow.people.permissions import SYSTEM, Actor

_branch, _unit = Branch.__table__.c, Unit.__table__.c
_WHERE = Prepared(select(_unit.level, _unit.area_code).where(_unit.id == bindparam("unit")))
_IN_FORCE = Prepared(select(_branch.office, _branch.level, _branch.area_code, _branch.unit_id).join(
    Unit.__table__, _unit.id == _branch.unit_id).where(
    _branch.regulation == bindparam("regulation"), _unit.active, _branch.first_day <= bindparam("day"),
    or_(_branch.last_day.is_(None), _branch.last_day >= bindparam("day"))).order_by(_branch.id))


def offices_of(case: Case | HeldCase, regulation: Regulation, day: date) -> Mapping[str, int]:
    """Key → unit for all that a lane of the case can name: units, "responsible", and the branches of its area."""
    units = offices.units_of(case)
    return {**units, **serving(case.unit_id, regulation, units, day)} if regulation.branches else units


def serving(unit_id: int, regulation: Regulation, units: Mapping[str, int], day: date) -> Mapping[str, int]:
    """Key of each office that is named by rule → the branch that serves this unit on that day.

    `units` are those of the regulation; an office is missing where what does it otherwise is not among them.
    """
    near, here = _in_force(regulation.key, day), areas.area(*_WHERE.first(unit=unit_id))
    found = {}
    for key, rules in regulation.branches.items():
        branch = areas.nearest(here, near.get(key, ())) or units.get(rules.otherwise)
        if branch is not None:
            found[key] = branch
    return found


def _in_force(regulation: str, day: date) -> Mapping[str, list[tuple[str, int]]]:
    """Office → (area, unit) of the branches of that day."""
    found: dict[str, list[tuple[str, int]]] = {}
    for office, level, area_code, unit_id in _IN_FORCE.rows(regulation=regulation, day=day):
        found.setdefault(office, []).append((areas.area(level, area_code), unit_id))
    return found


def all_of(regulation: str) -> list[Branch]:
    """Every branch of a place, ended ones too, those of one office together, by area."""
    query = select(Branch).where(Branch.regulation == regulation)
    return list(db.session.scalars(query.order_by(Branch.office, Branch.area_code, Branch.first_day, Branch.id)))


def find(branch_id: int, actor: Actor) -> Branch:
    """The branch of this id; NotFound beyond the actor's reach."""
    found = db.session.get(Branch, branch_id)
    if found is None or found.regulation not in duties.reach(actor):
        raise NotFound
    return found


def add(unit: Unit, kind: str, first_day: date, now: datetime, actor: Actor = SYSTEM, *, level: str = "",
        area_code: str = "") -> Branch:
    """Make this unit the branch of an area, its own where none is named, from a day on.

    Refuses with InvalidInput (kind, level, area) or AdministrationRefused (a closed unit, an area beyond the
    regulation, or one that has a branch of this office already). Journaled as branch_added.
    """
    duties.require(actor, "admin", unit.regulation)
    office = next((key for key, rules in regulations.get(unit.regulation).branches.items() if kind in rules.kinds), "")
    level, area_code = level or unit.level, area_code or unit.area_code
    _check(office, level, area_code)
    here = areas.area(level, area_code)
    if not any(here.startswith(prefix) or prefix.startswith(here) for prefix in regulations.get(unit.regulation).areas):
        raise AdministrationRefused("area_outside")
    if not unit.active:
        raise AdministrationRefused("unit_closed")
    _lock(unit.regulation)
    branch = Branch(regulation=unit.regulation, office=office, kind=kind, level=level, area_code=area_code,
                    unit_id=unit.id, first_day=first_day, last_day=None)
    _require_alone(branch, None)
    db.session.add(branch)
    db.session.flush()
    journal.append(None, "branch_added", actor, now, {
        "branch": branch.id, "unit": unit.id, "kind": kind, "level": level, "area": area_code,
        "first_day": first_day.isoformat()})
    return branch


def end(branch: Branch, last_day: date, now: datetime, actor: Actor = SYSTEM) -> None:
    """Let a branch be one up to this day, today at the earliest; what it has open it still does. Again: no change.

    Refuses with InvalidInput (a day that is over, or before its first) or AdministrationRefused (a later day, on which
    the area has another). Journaled as branch_ended.
    """
    duties.require(actor, "admin", branch.regulation)
    _lock(branch.regulation)
    if branch.last_day == last_day:
        return
    if last_day < max(day_of(now), branch.first_day):
        raise InvalidInput(fields={"last_day": "early"})
    _require_alone(branch, last_day)
    branch.last_day = last_day
    db.session.flush()
    journal.append(None, "branch_ended", actor, now, {
        "branch": branch.id, "unit": branch.unit_id, "last_day": last_day.isoformat()})


def _check(office: str, level: str, area_code: str) -> None:
    known = level in LEVELS
    wrong = {"kind": not office, "level": not known, "area_code": not (area_code.isascii() and area_code.isdigit())
             or known and len(area_code) < areas.DIGITS[level] or len(area_code) > 12}
    if any(wrong.values()):
        raise InvalidInput(fields={field: "form" for field, bad in wrong.items() if bad})


def _require_alone(branch: Branch, last_day: date | None) -> None:
    """Refuse a branch that would be one up to this day beside another of its office for its area."""
    for other in all_of(branch.regulation):
        same = other.id != branch.id and other.office == branch.office and area_of(other) == area_of(branch)
        begins_after = last_day is not None and last_day < other.first_day
        ended_before = other.last_day is not None and other.last_day < branch.first_day
        if same and not begins_after and not ended_before:
            raise AdministrationRefused("branch_there")


def area_of(branch: Branch) -> str:
    """The digits of the area that it is the branch of."""
    return areas.area(branch.level, branch.area_code)


def _lock(regulation: str) -> None:
    """One change of the table at a time."""
    db.session.scalars(select(Unit.id).where(Unit.regulation == regulation).order_by(Unit.id).with_for_update(
        key_share=True)).all()


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An area below the province that has units and no branch of an office, its own or above it: `unit` does it."""

    office: str
    area: str
    units: int
    unit: str


def uncovered(regulation: Regulation, day: date) -> Iterator[Uncovered]:
    """The areas of a place that have active units beside those of the regulation, and no branch on this day."""
    if not regulation.branches:
        return
    near = _in_force(regulation.key, day)
    counts: dict[str, int] = {}
    for level, area_code in db.session.execute(select(Unit.level, Unit.area_code).where(
            Unit.regulation == regulation.key, Unit.active, Unit.level != LEVELS[0],
            or_(Unit.key.is_(None), Unit.key.not_in(regulation.units)))):
        digits = areas.area(level, area_code)
        counts[digits] = counts.get(digits, 0) + 1
    for key, rules in regulation.branches.items():
        for digits, count in sorted(counts.items()):
            if areas.nearest(digits, near.get(key, ())) is None:
                yield Uncovered(rules.name, digits, count, regulation.units[rules.otherwise].name)

"""Offices: add, rename, move, close and open again, by system administrators. Each change is in the journal."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import exists, or_, select

from caseflow.casefile import journal
from caseflow.errors import AdministrationRefused, Conflict, InvalidInput
from caseflow.law import regulations
from caseflow.models import Branch, Case, RoleAssignment, Unit, User, WorkItem, db
from caseflow.models.people import LEVELS
from caseflow.moments import day_of
from caseflow.people import duties
from caseflow.people.permissions import SYSTEM, Actor

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
AREA = re.compile(r"\d{2,12}")
LONGEST_NAME = 120


def add(regulation: str, code: str, name: str, level: str, now: datetime, actor: Actor = SYSTEM, *,
        parent: Unit | None = None, area_code: str = "") -> Unit:
    """Make an office; without an area code it has that of the office above it.

    Refuses a code in use (Conflict), values of another form (InvalidInput), a closed or foreign office above it.
    """
    regulations.get(regulation)
    duties.require(actor, "admin", regulation)
    area_code = area_code or (parent.area_code if parent else "")
    check(code, name, level, area_code)
    _require_parent(regulation, parent)
    if db.session.scalar(select(exists().where(Unit.regulation == regulation,
                                               (Unit.code == code) | (Unit.key == code)))):
        raise Conflict(f"The code {code!r} is in use.")
    unit = Unit(regulation=regulation, code=code, name=name.strip(), level=level, area_code=area_code,
                parent_id=parent.id if parent else None, active=True)
    db.session.add(unit)
    db.session.flush()
    journal.append(None, "unit_added", actor, now, {"unit": unit.id, "code": code, "after": facts(unit)})
    return unit


def offices(regulation: str | None = None) -> list[Unit]:
    """Every office, closed ones too, of one regulation if it is named, by regulation and code."""
    query = select(Unit).order_by(Unit.regulation, Unit.code)
    if regulation:
        query = query.where(Unit.regulation == regulations.get(regulation).key)
    return list(db.session.scalars(query))


def change(unit: Unit, now: datetime, actor: Actor = SYSTEM, *, name: str, parent: Unit | None) -> None:
    """Rename an office, or move it (with all below it) under another one. The same again changes nothing."""
    duties.require(actor, "admin", unit.regulation)
    _lock_all(unit.regulation)
    check(unit.code, name, unit.level, unit.area_code)
    before = facts(unit)
    if (parent.id if parent else None) != unit.parent_id:
        if of_regulation(unit):
            raise AdministrationRefused("unit_of_regulation")
        _require_parent(unit.regulation, parent)
        if parent is not None and unit.id in _above(parent):
            raise AdministrationRefused("unit_below_itself")
        unit.parent_id = parent.id if parent else None
    unit.name = name.strip()
    if facts(unit) != before:
        journal.append(None, "unit_changed", actor, now, {"unit": unit.id, "before": before, "after": facts(unit)})


def set_active(unit: Unit, active: bool, now: datetime, actor: Actor = SYSTEM) -> None:
    """Close an office, or open it again. Refuses while cases, tasks, people, an area (whose branch it is) or other
    offices depend on it."""
    duties.require(actor, "admin", unit.regulation)
    _lock_all(unit.regulation)
    if unit.active == active:
        return
    if active:
        _require_parent(unit.regulation, unit.parent)
    else:
        _require_unused(unit, day_of(now))
    unit.active = active
    journal.append(None, "unit_opened" if active else "unit_closed", actor, now, {
        "unit": unit.id, "before": {"active": not active}, "after": {"active": active}})


def of_regulation(unit: Unit) -> bool:
    """Whether the regulation itself names this office, so that its diagrams can send tasks there."""
    return unit.key in regulations.get(unit.regulation).units


def check(code: str, name: str, level: str, area_code: str) -> None:
    """Refuse values of another form, all together (InvalidInput)."""
    name = name.strip()
    wrong = {
        "code": not CODE.fullmatch(code), "level": level not in LEVELS, "area_code": not AREA.fullmatch(area_code),
        "name": not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name[0] in "=+-@",
    }
    if any(wrong.values()):
        raise InvalidInput(fields={field: "form" for field, bad in wrong.items() if bad})


def facts(unit: Unit) -> dict[str, object]:
    """What the journal keeps of an office, before and after."""
    return {"name": unit.name, "level": unit.level, "area": unit.area_code, "parent": unit.parent_id}


def _require_parent(regulation: str, parent: Unit | None) -> None:
    if parent is not None and parent.regulation != regulation:
        raise InvalidInput("The office above must be one of the same regulation.", fields={"parent": "foreign"})
    if parent is not None and not parent.active:
        raise AdministrationRefused("unit_closed")


def _require_unused(unit: Unit, day: date) -> None:
    if of_regulation(unit):
        raise AdministrationRefused("unit_of_regulation")
    uses = (
        ("unit_has_cases", exists().where(Case.unit_id == unit.id, Case.status == "open")),
        ("unit_has_tasks", exists().where(WorkItem.unit_id == unit.id, WorkItem.status == "open")),
        ("unit_has_people", exists().where(RoleAssignment.unit_id == unit.id, User.id == RoleAssignment.user_id,
                                           User.active)),
        ("unit_is_branch", exists().where(
            Branch.unit_id == unit.id, or_(Branch.last_day.is_(None), Branch.last_day >= day))),
        ("unit_has_units", exists().where(Unit.parent_id == unit.id, Unit.active)),
    )
    for reason, use in uses:
        if db.session.scalar(select(use)):
            raise AdministrationRefused(reason)


def _above(unit: Unit) -> set[int]:
    """The ids of this office and of all above it."""
    tree = select(Unit.id, Unit.parent_id).where(Unit.id == unit.id).cte("above", recursive=True)
    tree = tree.union(select(Unit.id, Unit.parent_id).join(tree, Unit.id == tree.c.parent_id))
    return set(db.session.scalars(select(tree.c.id)))


def _lock_all(regulation: str) -> None:
    """One change of the tree at a time; whoever only refers to an office need not wait."""
    db.session.scalars(select(Unit).where(Unit.regulation == regulation).order_by(Unit.id).with_for_update(
        key_share=True).execution_options(populate_existing=True)).all()

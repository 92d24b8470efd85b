"""What an empty database needs before the first rating: calendars, offices, processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import kinds
from caseflow.law import calendars, regulations
from caseflow.law.regulation_file import Regulation, UnitEntry
from caseflow.models import Branch, Definition, Unit, db
from caseflow.processes import deployed
from caseflow.workshop import deployment, version_scenarios


def install(now: datetime) -> None:
    """Seed the calendars, make the offices each regulation names, deploy its processes. Again: changes nothing."""
    calendars.seed(now)
    for regulation in regulations.all_regulations().values():
        make_units(regulation, regulation.units.values())
        for name in _processes(regulation):
            deployment.deploy(regulation.key, name, now)
            deployment.require_within_rules(regulation.key, name)
    version_scenarios.write_down()


def other_than_shipped() -> list[Definition]:
    """The current versions that are not what lies in the folder of the regulations: people decided so."""
    found = []
    for regulation in regulations.all_regulations().values():
        for name in _processes(regulation):
            row = deployed.row_of(f"{regulation.key}_{name}")
            if row.digest != deployed.shipped(regulation.key, name).digest:
                found.append(row)
    return found


def _processes(regulation: Regulation) -> tuple[str, ...]:
    return tuple(kind.process for kind in kinds.registered() if kind.offered(regulation))


def make_units(regulation: Regulation, entries) -> dict[str, Unit]:
    """Make the offices that are not there yet, parents first; returns them by key (or code)."""
    units = {u.key or u.code: u for u in db.session.scalars(select(Unit).where(Unit.regulation == regulation.key))}
    for entry in entries:
        name = entry.key or entry.code
        if name not in units:
            units[name] = _make(regulation, entry, units)
    return units


def make_branches(regulation: Regulation, units: Mapping[str, Unit]) -> None:
    """Let the sample branches be those of their areas for as long as the regulation holds; those there are kept."""
    there = {(row.unit_id, row.kind) for row in db.session.execute(
        select(Branch.unit_id, Branch.kind).where(Branch.regulation == regulation.key))}
    offices = {kind: key for key, rules in regulation.branches.items() for kind in rules.kinds}
    for sample in regulation.sample_branches:
        unit = units[sample.unit.key]
        if (unit.id, sample.kind) not in there:
            db.session.add(Branch(
                regulation=regulation.key, office=offices[sample.kind], kind=sample.kind, level=unit.level,
                area_code=unit.area_code, unit_id=unit.id, first_day=regulation.valid_from))


def _make(regulation: Regulation, entry: UnitEntry, units: dict[str, Unit]) -> Unit:
    unit = Unit(
        regulation=regulation.key, key=entry.key or None, code=entry.code, name=entry.name, level=entry.level,
        area_code=entry.area_code, parent_id=units[entry.parent].id if entry.parent else None)
    db.session.add(unit)
    db.session.flush()
    return unit

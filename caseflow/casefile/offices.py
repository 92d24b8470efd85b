"""The offices that take part in a case."""

from __future__ import annotations

from collections.abc import Mapping

from caseflow.casefile import store
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.errors import ConfigurationError
from caseflow.models import Case


def units_of(case: Case | HeldCase | Reading) -> Mapping[str, int]:
    """Unit key → id for the offices of the case's regulation, with "responsible" for the rated one."""
    if isinstance(case, Reading):
        return case.offices
    return {**dict(store.UNITS.rows(regulation=case.regulation)), "responsible": case.unit_id}


def unit_for(case: Case | HeldCase | Reading, key: str) -> int:
    """The id of one of them ("responsible": the rated one); ConfigurationError when the regulation has no such unit."""
    units = units_of(case) if key != "responsible" else {"responsible": case.unit_id}
    if key not in units:
        raise ConfigurationError(f"{case.regulation} has no unit {key!r}; see regulation.toml.")
    return units[key]


def joins(case: HeldCase, unit_id: int) -> bool:
    """Let a unit see the case from now on, at once; whether it did not before."""
    return store.INSERT_UNIT.write(case_id=case.id, unit_id=unit_id) == 1


def takes_part(case: HeldCase, unit_id: int) -> None:
    """Let a unit see the case from now on."""
    case.note(store.INSERT_UNIT, case_id=case.id, unit_id=unit_id)

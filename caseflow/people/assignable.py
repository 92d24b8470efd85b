"""The units to which a case may be given: by a form (fields of the type `unit`), after a wrong dispatch, or with a task
that is handed over. Whichever it is is responsible from then on (cases/branches.py).

They are the units of the place that rate and handle nobody else's: in use, with an officer, neither named in [units]
nor the branch of an area; and the one that the rating names, whatever it is, as long as it is in use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from caseflow.engine.values import UNIT, FormField, UserTask
from caseflow.law import regulations
from caseflow.models import Branch, Case, Rating, RoleAssignment, ServiceRecord, Unit, User, WorkItem, db
from caseflow.models.prepared import Prepared

_case, _unit, _rating, _service = Case.__table__.c, Unit.__table__.c, Rating.__table__.c, ServiceRecord.__table__.c
_OF_CASE = Prepared(
    select(_case.regulation, _unit.code, _service.org_code).select_from(Case.__table__)
    .join(Unit.__table__, _unit.id == _case.unit_id).outerjoin(Rating.__table__, _rating.id == _case.rating_id)
    .outerjoin(ServiceRecord.__table__, _service.id == _rating.service_record_id).where(_case.id == bindparam("case")))
_NAMED = Prepared(select(_unit.id).join(Case.__table__, _case.regulation == _unit.regulation).where(
    _case.id == bindparam("case"), _unit.code == bindparam("code")))


def fields_of(form: Sequence[FormField]) -> list[FormField]:
    """The fields of a form that ask for a unit."""
    return [field for field in form if field.type == UNIT]


def offered(task: UserTask, case_id: int) -> UserTask:
    """The task as it is asked for in this case: its fields for a unit with the units there are, and the responsible one
    as what is filled in. No statement for a form that asks for none."""
    if not fields_of(task.form):
        return task
    regulation, responsible, rated = _OF_CASE.first(case=case_id)
    choices = tuple(map(tuple, db.session.execute(
        select(Unit.code, Unit.name).where(_eligible(regulation, rated)).order_by(Unit.name, Unit.id))))
    default = responsible if responsible in dict(choices) else None
    return replace(task, form=tuple(
        replace(field, choices=choices, default=default) if field.type == UNIT else field for field in task.form))


def offered_at(task: UserTask, work_item_id: int) -> UserTask:
    """The same, by the work item."""
    if not fields_of(task.form):
        return task
    return offered(task, db.session.scalar(select(WorkItem.case_id).where(WorkItem.id == work_item_id)))


def chosen(form: Sequence[FormField], accepted: Mapping[str, object], case_id: int) -> int | None:
    """The id of the unit that was chosen in a form that was accepted; None where none was asked for."""
    codes = [accepted[field.id] for field in fields_of(form) if field.id in accepted]
    return _NAMED.first(case=case_id, code=codes[0])[0] if codes else None


def units_for(case_id: int) -> list[Unit]:
    """The units to which this case may be given, the responsible one among them, by name."""
    regulation, _, rated = _OF_CASE.first(case=case_id)
    return list(db.session.scalars(select(Unit).where(_eligible(regulation, rated)).order_by(Unit.name, Unit.id)))


def handles(unit: Unit) -> bool:
    """Whether any case of its place may be given to this unit."""
    return db.session.scalar(select(Unit.id).where(Unit.id == unit.id, _eligible(unit.regulation, None))) is not None


def is_rated(case_id: int, unit_id: int) -> bool:
    """Whether the rating of a case names this unit, which may have the case whatever it is."""
    rated = _OF_CASE.first(case=case_id)[2]
    return rated is not None and db.session.scalar(
        select(Unit.id).where(Unit.id == unit_id, Unit.code == rated, Unit.active)) is not None


def name_of(code: str) -> str:
    """The name of the unit with this code; the code itself where there is none."""
    return db.session.scalar(select(Unit.name).where(Unit.code == code).order_by(Unit.id).limit(1)) or code


def _eligible(regulation: str, rated: str | None) -> ColumnElement[bool]:
    named = regulations.get(regulation).units.keys()
    officer = exists().where(RoleAssignment.unit_id == Unit.id, RoleAssignment.role == "officer",
                             RoleAssignment.user_id == User.id, User.active)
    handles = and_(or_(Unit.key.is_(None), Unit.key.not_in(named)), ~exists().where(Branch.unit_id == Unit.id), officer)
    return and_(Unit.regulation == regulation, Unit.active, or_(handles, Unit.code == rated))

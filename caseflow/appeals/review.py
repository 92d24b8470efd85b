"""The case in which an appeal is reviewed (申诉复核): its kind, and what its steps mean to the rectification."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, exists, select

from caseflow.casefile import readings
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.kinds import Kind
from caseflow.cases import clock, steps
from caseflow.cases.effects import appeal
from caseflow.cases.effects.registry import EFFECTS
from caseflow.law.regulation_file import Regulation
from caseflow.models import Appeal, db
from caseflow.models.ratings import HANDLED_IN
from caseflow.people.permissions import Actor
from caseflow.raters import rated


def _number_format(regulation: Regulation) -> str:
    return regulation.appeal.number_format


def _offered(regulation: Regulation) -> bool:
    return regulation.appeal is not None and regulation.appeal.available


def _filed(case_id: int, user_id: int | None) -> ColumnElement[bool]:
    return exists().where(Appeal.case_id == case_id, Appeal.appellant_id == user_id)


def _tell_rectification(case: HeldCase, _waited: set[int], actor: Actor, now: datetime) -> None:
    """What the appeal has for the rectification of its rating, if there is one."""
    for message in case.to_related:
        rectification = readings.case_about(case.rating_id, HANDLED_IN)
        if rectification is not None:
            steps.deliver_if_awaited(rectification, message, now, actor)


def _let_clock_run(case: HeldCase, now: datetime) -> None:
    """An appeal that is over stops the clock of its rectification no more."""
    if case.ended:
        appeal_id, rectification_id = db.session.execute(
            select(Appeal.id, Appeal.rectification_id).where(Appeal.case_id == case.id)).one()
        if rectification_id is not None:
            clock.restart_for_appeal(rectification_id, appeal_id, case.number, now)


APPEAL = Kind(
    name="appeal", process="appeal", number_format=_number_format, sequence="{regulation}-appeal-{year}",
    subject=rated.subject_of, titles=rated.titles, offered=_offered, in_ledger=False, own=_filed,
    after_task=_tell_rectification, after_step=_let_clock_run, effects=MappingProxyType({
        "void_rating": replace(EFFECTS["void_rating"], apply=appeal.void),
    }))

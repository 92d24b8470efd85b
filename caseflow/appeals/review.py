"""The case in which an appeal is reviewed (申诉复核): its kind where cases are kept, and what its steps mean to the
rectification."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select

from caseflow.appeals import kind
from caseflow.casefile import readings
from caseflow.casefile.hand import HeldCase
from caseflow.cases import clock, steps
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import Appeal, db
from caseflow.people.permissions import Actor
from caseflow.raters import rated


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


APPEAL = replace(
    kind.APPEAL, subject=rated.subject_of, titles=rated.titles, own=_filed, after_task=_tell_rectification,
    after_step=_let_clock_run)

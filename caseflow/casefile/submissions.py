"""What was filled in at the tasks of a case."""

from __future__ import annotations

import orjson
from sqlalchemy import select

from caseflow.models import Submission, db


def latest(case_id: int, field: str) -> object:
    """The newest answer to this field in the case; None when no form has been given one."""
    query = select(Submission.form_values).where(Submission.case_id == case_id).order_by(Submission.id.desc())
    for text in db.session.scalars(query):
        values = orjson.loads(text)
        if values.get(field) is not None:
            return values[field]
    return None

"""What was filled in at the tasks of a case."""

from __future__ import annotations

import orjson
from sqlalchemy import select

from caseflow.models import Submission, db


def newest(case_id: int) -> dict[str, object]:
    """The newest answer to each field in the case; fields that no form has been given an answer to are missing."""
    query = select(Submission.form_values).where(Submission.case_id == case_id).order_by(Submission.id)
    found: dict[str, object] = {}
    for text in db.session.scalars(query):
        found.update((name, value) for name, value in orjson.loads(text).items() if value is not None)
    return found

"""What lies before the reviewer of an appeal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.casefile.readings import Reading
from caseflow.models import Appeal, Attachment, WorkItem
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from web.words import answers, drawn
from web.work import words


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """What lies before the reviewer of an appeal: its statement, what the rater said, and the rectification's record
    as (step, by whom, when, answers)."""

    appeal: Appeal
    said: str
    record: tuple[tuple[str, str, datetime, list[tuple[str, str]]], ...]
    files: tuple[Attachment, ...]
    questions: tuple[Any, ...]


def review_panel(item: WorkItem, read: Reading, actor: Actor) -> ReviewPanel | None:
    """For the open task of a reviewer."""
    appeal = next((one for one in read.appeals if one.case_id == item.case_id), None)
    if appeal is None or item.role != "reviewer":
        return None
    record, files = [], []
    if appeal.rectification is not None:
        other = read.beside(appeal.rectification)
        if permissions.may_see(actor, other.case):
            files = [row for row, _ in other.files]
        definition = deployed.with_earlier(deployed.of(other.case), other.entries)
        for row, name in other.submissions:
            form = definition.user_tasks[row.element].form
            record.append((drawn.element_name(definition, row.element), name, row.submitted_at,
                           answers.in_words(form, json.loads(row.form_values))))
    return ReviewPanel(appeal, appeal.rating.text or "", tuple(record), tuple(files),
                       words.QUESTIONS[appeal.ground])

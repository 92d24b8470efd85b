"""What lies before the reviewer of an appeal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.appeals import finding
from caseflow.casefile import journal, readings
from caseflow.cases import attachments
from caseflow.models import Appeal, Attachment, WorkItem
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from web.words import answers, drawn
from web.words import appeals as appeal_words


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """What lies before the reviewer of an appeal: its statement, what the rater said, and the rectification's record
    as (step, by whom, when, answers)."""

    appeal: Appeal
    said: str
    record: tuple[tuple[str, str, datetime, list[tuple[str, str]]], ...]
    files: tuple[Attachment, ...]
    questions: tuple[Any, ...]


def review_panel(item: WorkItem, actor: Actor) -> ReviewPanel | None:
    """For the open task of a reviewer."""
    appeal = finding.of_case(item.case_id) if item.role == "reviewer" else None
    if appeal is None:
        return None
    record, files = [], []
    if appeal.rectification is not None:
        if permissions.may_see(actor, appeal.rectification):
            files = attachments.of_case(appeal.rectification.id, actor)
        definition = deployed.with_earlier(
            deployed.of(appeal.rectification), journal.entries(appeal.rectification))
        for row, name in readings.of(appeal.rectification).submissions:
            form = definition.user_tasks[row.element].form
            record.append((drawn.element_name(definition, row.element), name, row.submitted_at,
                           answers.in_words(form, json.loads(row.form_values))))
    return ReviewPanel(appeal, appeal.rating.text or "", tuple(record), tuple(files),
                       appeal_words.QUESTIONS[appeal.ground])

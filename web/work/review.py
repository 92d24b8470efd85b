"""What lies before the reviewer of an appeal."""

from __future__ import annotations

import json
from collections.abc import Iterator
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

Filled = tuple[str, str, datetime, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """What lies before the reviewer of an appeal: its statement, what the rater said, and the records of the appeal
    (what the rater says to it among it) and of the rectification, as (step, by whom, when, answers)."""

    appeal: Appeal
    said: str
    own: tuple[Filled, ...]
    record: tuple[Filled, ...]
    files: tuple[Attachment, ...]
    questions: tuple[Any, ...]


def review_panel(item: WorkItem, read: Reading, actor: Actor) -> ReviewPanel | None:
    """For the open task of a reviewer."""
    appeal = next((one for one in read.appeals if one.case_id == item.case_id), None)
    if appeal is None or item.role != "reviewer":
        return None
    record: tuple[Filled, ...] = ()
    files = []
    if appeal.rectification is not None:
        other = read.beside(appeal.rectification)
        if permissions.may_see(actor, other.case):
            files = [row for row, _ in other.files]
        record = tuple(_filled(other))
    return ReviewPanel(appeal, appeal.rating.text or "", tuple(_filled(read)), record, tuple(files),
                       words.QUESTIONS[appeal.ground])


def _filled(case: Reading) -> Iterator[Filled]:
    """What was filled in at the tasks of a case, in the words of its forms."""
    definition = deployed.with_earlier(deployed.of(case.case), case.entries)
    for row, name in case.submissions:
        form = definition.user_tasks[row.element].form
        yield (drawn.element_name(definition, row.element), name, row.submitted_at,
               answers.in_words(form, json.loads(row.form_values)))

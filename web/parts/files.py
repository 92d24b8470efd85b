"""The files of a case."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.casefile import readings
from caseflow.casefile.readings import Reading
from caseflow.cases import attachments
from caseflow.files import types
from caseflow.models import Attachment, Case
from caseflow.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class FilePanel:
    """The files of a case, each with who added it; whether the reader may add more."""

    rows: tuple[tuple[Attachment, str], ...]
    may_add: bool
    images: frozenset[str] = types.IMAGES


def file_panel(case: Case | Reading, actor: Actor) -> FilePanel:
    """Of a case that the reader may see."""
    return FilePanel(readings.of(case).files, attachments.may_add(case, actor))

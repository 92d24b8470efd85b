"""On what occasion an effect is applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.casefile.hand import HeldCase
from caseflow.engine.values import EffectCall
from caseflow.law.regulation_file import Regulation
from caseflow.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class Occasion:
    """In which case, under which regulation, when and through whom an effect is applied. `name` is the task's."""

    case: HeldCase
    regulation: Regulation
    units: Mapping[str, int]     # unit key → id, "responsible" included
    call: EffectCall
    name: str
    actor: Actor
    now: datetime

"""On what occasion an effect is applied, and what it comes to. Pure: what an effect has to know is in the occasion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from caseflow.casefile.effected import NoticeSent
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.engine.values import EffectCall, Element
from caseflow.law.regulation_file import Regulation


@dataclass(frozen=True, slots=True)
class FiledAppeal:
    """The appeal that a case is about. `teller` is the office that tells the rater of the decision, None when they
    left no contact; `told_of` the rectification (id, number) that it tells them of."""

    id: int
    by_staff: bool
    appellant_id: int
    unit_id: int
    staff_no: str | None = None
    told_of: tuple[int, str] | None = None
    teller: int | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """In which case, under which regulation and when an effect is applied. `name` is the task's.

    `case` is as the step leaves it; `units` are unit key → id, "responsible" included; `answers` the newest of each
    field, and `appeal` what the case is about, where the effect asks for them. `reminder` is the timer that has
    happened, where it is the statutory limit of no task: what it leads to is not told as late.
    """

    case: HeldCase
    regulation: Regulation
    units: Mapping[str, int]
    call: EffectCall
    name: str
    now: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    appeal: FiledAppeal | None = None
    reminder: Element | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an effect comes to: facts, and what its entry in the journal has to tell beside its name."""

    facts: tuple[Fact, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


def notice(occasion: Occasion, kind: str, unit: str, role: str, **further: str) -> NoticeSent:
    """A notice of this kind to a role at an office, by its key; the rater's name is in none."""
    case, call = occasion.case, occasion.call
    return NoticeSent(
        f"{case.id}:{call.token}:{kind}:{unit}:{role}", kind, case.id, occasion.units[unit], role,
        {"number": case.number, "element": call.element, "name": occasion.name, **further})

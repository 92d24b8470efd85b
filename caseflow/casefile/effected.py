"""What the effects of a case come to, as facts (caseflow/casefile/facts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseflow.casefile.facts import Entry, Fact
from caseflow.casefile.hand import HeldCase

APPELLANT = "appellant"     # no role anybody holds: the notice is for whoever filed the appeal of its case alone


@dataclass(frozen=True, slots=True)
class EffectApplied(Fact):
    """A service task's effect; `details` are what it has to tell."""

    topic: str
    element: str
    token: int
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """Which, and what it has to tell."""
        return "effect_applied", {"topic": self.topic, "element": self.element, "token": self.token, **self.details}


@dataclass(frozen=True, slots=True)
class NoticeSent(Fact):
    """A notice goes to a role at an office; the same key again changes nothing. `case_id` is the case it is about."""

    key: str
    kind: str
    case_id: int
    unit_id: int
    role: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RatingVoided(Fact):
    """The rating is not adopted: kept, marked, out of every statistic."""

    rating_id: int


@dataclass(frozen=True, slots=True)
class RectificationTold(Fact):
    """An appeal has a message for the case it is about."""

    message: str

    def move(self, case: HeldCase) -> None:
        """It is delivered when the step is done."""
        case.to_related.append(self.message)


@dataclass(frozen=True, slots=True)
class NewestRatingKept(Fact):
    """What the rater said last, beside the first level."""

    rating_id: int
    token: int
    level: object


@dataclass(frozen=True, slots=True)
class AppealDecided(Fact):
    """The decision on an appeal (upheld or dismissed), the ground that was verified, and the reasons."""

    decision: str
    finding: object
    reasons: str


@dataclass(frozen=True, slots=True)
class ReferenceKept(Fact):
    """The number under which the provincial system corrects the rating (GC-2(三))."""

    reference: str


@dataclass(frozen=True, slots=True)
class FailureRecorded(Fact):
    """A verified failure of duty, for the annual assessment; the fields are those of AssessmentRecord."""

    appeal_id: int
    unit_id: int
    staff_no: str | None
    year: int
    consequences: str
    article: str
    opinion: str = ""

"""What a case begins with, as facts (caseflow/casefile/facts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseflow.casefile.facts import Entry, Fact
from caseflow.casefile.hand import HeldCase


@dataclass(frozen=True, slots=True)
class RatingReceived(Fact):
    """A bad rating came in. `received_at` is in ISO 8601; `intake` what else its intake has to say."""

    rating_id: int
    source: str
    level: str
    received_at: str
    intake: Mapping[str, object] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """Which, how it came and what it says."""
        return "rating_received", {"rating": self.rating_id, "source": self.source, "level": self.level,
                                   "received_at": self.received_at, **self.intake}


@dataclass(frozen=True, slots=True)
class AppealFiled(Fact):
    """An appeal was filed. `party` is under which name."""

    appeal_id: int
    ground: str
    party: str

    @property
    def entry(self) -> Entry:
        """Which, why and by which party."""
        return "appeal_filed", {"appeal": self.appeal_id, "ground": self.ground, "party": self.party}


@dataclass(frozen=True, slots=True)
class CaseOpened(Fact):
    """The case runs from now on. `definition` is the digest of its process, `variables` what that begins with;
    `reachable`: whether the rater left a number to call (None: it is about no rater)."""

    number: str
    rating_id: int | None
    regulation: str
    definition: str
    after_expiry: bool
    variables: Mapping[str, object]
    reachable: bool | None

    @classmethod
    def of(cls, case: HeldCase, variables: Mapping[str, object], reachable: bool | None) -> CaseOpened:
        """That this case does."""
        return cls(case.number, case.rating_id, case.regulation, case.definition, case.after_expiry, variables,
                   reachable)

    @property
    def entry(self) -> Entry:
        """Under which number, about which rating if it is about one, under which process, and from what it begins."""
        about = {} if self.rating_id is None else {"rating": self.rating_id}
        if self.reachable is not None:
            about["reachable"] = self.reachable
        return "case_opened", {"number": self.number, **about, "regulation": self.regulation,
                               "definition": self.definition, "after_expiry": self.after_expiry,
                               "variables": dict(self.variables)}

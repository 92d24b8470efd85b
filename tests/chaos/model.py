"""What the four regulations demand, as a few plain rules: which task follows which answer, and how a case ends.

Written from the articles (domain notes and diagrams' documentation), not from the code: one open task at a time, on
the main line of each diagram.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

APPEALABLE = ("guichi", "qijiang", "hainan")
APPEAL = "appeal_upheld"

# task → answer that decides → next task; "*" is any other answer
FOLLOWS: Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "guichi": {
        "first_response": ("outcome", {"resolved": "revisit", "simple": "rectify", "complex": "open_ledger",
                                       "no_legal_basis": "explain"}),
        "open_ledger": ("", {"*": "rectify_complex"}),
        "rectify": ("", {"*": "revisit"}), "rectify_complex": ("", {"*": "revisit"}), "explain": ("", {"*": "revisit"}),
        "revisit": ("", {"*": "end"}),
    },
    "hefei": {
        "first_response": ("outcome", {"resolved": "revisit", "confirmed": "rectify", "complex": "open_ledger",
                                       "no_legal_basis": "explain"}),
        "open_ledger": ("", {"*": "rectify_ledger"}),
        "rectify": ("", {"*": "revisit"}), "rectify_ledger": ("", {"*": "revisit"}), "explain": ("", {"*": "revisit"}),
        "revisit": ("", {"*": "end"}),
    },
    "qijiang": {
        "assign": ("", {"*": "first_response"}),
        "first_response": ("outcome", {"resolved": "revisit", "complex": "rectify", "unsolvable": "explain"}),
        "rectify": ("", {"*": "revisit"}), "explain": ("", {"*": "revisit"}),
        "revisit": ("", {"*": "track"}), "track": ("", {"*": "end"}),
    },
    "hainan": {
        "verify": ("", {"*": "contact_rater"}), "contact_rater": ("", {"*": "first_response"}),
        "first_response": ("outcome", {"resolved": "revisit", "mistaken": "revisit", "*": "dispatch"}),
        "dispatch": ("outcome", {"rectify": "rectify", "explain": "explain"}),
        "rectify": ("", {"*": "revisit"}), "explain": ("", {"*": "revisit"}), "rehandle": ("", {"*": "revisit"}),
        "revisit": ("revisit_result", {"unsatisfied": "rehandle", "*": "end"}),
    },
}
EXPLAINED = {"guichi": "no_legal_basis", "hefei": "no_legal_basis", "qijiang": "unsolvable", "hainan": "explain"}


@dataclass
class ModelCase:
    """One case as the regulation sees it."""

    regulation: str
    task: str = ""                   # the open one; "" when the case has ended
    outcome: str | None = None
    answers: dict[str, object] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    returns: int = 0

    def __post_init__(self) -> None:
        first = {"guichi": "first_response", "hefei": "first_response", "qijiang": "assign", "hainan": "verify"}
        self.task = first[self.regulation]

    def complete(self, answers: Mapping[str, object]) -> None:
        """The open task was completed with these answers."""
        task = self.task
        self.done.append(task)
        self.answers.update(answers)
        deciding, following = FOLLOWS[self.regulation][task]
        answer = self.answers.get(deciding) if deciding else None
        then = following.get(answer, following.get("*"))
        if then == "rehandle" and self.returns:           # HN-15: at most once
            then = "end"
        self.returns += then == "rehandle"
        self.task = "" if then == "end" else then
        if then == "end":
            self.outcome = self._ended_as()

    def takes_appeal(self) -> bool:
        """Whether an upheld appeal ends it now: at any step, where the regulation knows appeals."""
        return bool(self.task) and self.regulation in APPEALABLE

    def void(self) -> None:
        self.task, self.outcome = "", "rating_voided"

    def _ended_as(self) -> str:
        result, outcome = self.answers["revisit_result"], self.answers.get("outcome")
        if self.regulation == "qijiang" and self.answers["track_result"] != "confirmed":
            return "closed_unsatisfied"
        if result != "satisfied":
            return f"closed_{result}"
        if "rehandle" in self.done:
            return "closed_resolved"
        if outcome == "mistaken":
            return "rating_corrected"
        return "closed_explained" if outcome == EXPLAINED[self.regulation] else "closed_resolved"

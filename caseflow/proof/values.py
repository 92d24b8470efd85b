"""What goes into a proof and what comes out of it. All are immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

HOLDS, VIOLATED, UNKNOWN = "holds", "violated", "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing an article asks of a process, in the vocabulary of vocabulary.py.

    `sentence` is the sentence of the article it rests on. `reading` is the key of the regulation's parameter that
    decides where the article is silent, else "".
    """

    check: str
    article: str
    sentence: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the explorer goes before it says "unknown": states of the case, and moves from one to another."""

    states: int = 3_000
    moves: int = 9_000


@dataclass(frozen=True, slots=True)
class PathStep:
    """One move of a case: `kind` is start, complete, timer or message; `element` is the task or timer, the name of the
    message, or "" at the start. `extend` and `stop` use a power: the limit of the task `element` is extended, its clock
    stopped.

    `values` are the answers that decide something; `passed` the elements passed by this move, in order, to draw.
    `days` pass before it, where conditions hold days against each other.
    """

    kind: str
    element: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    passed: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What became of a rule. `element` is the id to mark, "" for none; `code` (of reasons.py, "" when it holds) and its
    `facts` say what is wrong; `path` is the shortest that breaks the rule, empty where the diagram breaks it without
    any move."""

    rule: Rule
    verdict: str
    element: str = ""
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)
    path: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """An effect that does not find what it needs, whatever the articles say; as RuleResult, without a rule."""

    verdict: str
    element: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)
    path: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of all rules, which effects lack something, and how many states and moves were looked at.

    `complete` is False when a bound was hit or values had to be sampled: no rule over paths "holds" then.
    """

    results: tuple[RuleResult, ...]
    states: int
    moves: int
    complete: bool
    faults: tuple[Fault, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every rule holds, and every effect has what it needs; what is unknown does not."""
        return not self.broken

    @property
    def broken(self) -> tuple[RuleResult | Fault, ...]:
        """What is violated or could not be decided: rules in their order, then effects."""
        return (*(result for result in self.results if result.verdict != HOLDS), *self.faults)

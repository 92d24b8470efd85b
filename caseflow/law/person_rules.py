"""Which tasks of a case no one person does both (different_person of a regulation's rules), and who does one of them
where nobody else can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.proof import Rule, check

WORD = "different_person"


@dataclass(frozen=True, slots=True)
class Apart:
    """Two groups of tasks, by element; whoever did one of the first does none of the second, and the other way round.

    `fallback` is the post (unit.role) that does such a task where nobody else can; "" for none.
    """

    article: str
    tasks: tuple[tuple[str, ...], tuple[str, ...]]
    fallback: str

    def against(self, element: str) -> tuple[str, ...]:
        """The tasks whose doer may not do this one."""
        first, second = self.tasks
        return (second if element in first else ()) + (first if element in second else ())


def apart(rules: Mapping[str, Iterable[Rule]]) -> Mapping[str, tuple[Apart, ...]]:
    """Process name → what its rules keep apart; only processes that have such a rule."""
    found = {process: tuple(_apart(rule) for rule in of_process if check(rule.check).name == WORD)
             for process, of_process in rules.items()}
    return MappingProxyType({process: kept for process, kept in found.items() if kept})


def _apart(rule: Rule) -> Apart:
    found = check(rule.check)
    first, second = (found.words(part) for part in found.parts)
    return Apart(rule.article, (first, second), str(found.named.get("else", "")))

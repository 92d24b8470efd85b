"""voids_only: a rating leaves the count by these steps alone, and for the reasons that the article names."""

from __future__ import annotations

from collections.abc import Iterable

from caseflow.engine.definition import Definition
from caseflow.proof.explorer import Graph
from caseflow.proof.facts import topics_of
from caseflow.proof.language import Check
from caseflow.proof.paths import Found, Watch, answer_in, watch
from caseflow.proof.reasons import answer, breach
from caseflow.proof.vocabulary import answers_of

WORD = "voids_only"
TOPICS = ("void_rating", "replace_rating")      # effects after which a rating counts no more as it was given


def voids(check: Check, graph: Graph, rules: Iterable[Check]) -> Found | None:
    """The shortest way to a step that takes a rating out of the count though no rule names it, or to a step of the rule
    without one of the answers meant; None without any."""
    steps = tuple(step for rule in rules if rule.name == WORD for step in rule.words(rule.parts[0]))
    return watch(graph, _Voids(check, graph.definition, steps))


class _Voids(Watch):
    """Remembers the last answer to the rule's field; None before any."""

    begin = None

    def __init__(self, check: Check, definition: Definition, steps: tuple[str, ...]) -> None:
        super().__init__(check, definition)
        self.strange = {name: topic for name, topic in topics_of(definition).items()
                        if topic in TOPICS and name not in steps}
        self.steps = steps
        self.field, self.meant = next(iter(answers_of(check).items()), ("", ()))

    def move(self, memory, move, after):
        """An answer given in the same move counts."""
        memory = answer_in(move, self.field) if self.field in move.values else memory
        for element in move.passed:
            if element in self.strange:
                return breach(element, "voids_elsewhere", name=self.name(element), steps=self.names(self.steps),
                              topic=self.strange[element])
            if self.field and element in self.subjects and memory not in self.meant:
                return breach(element, "voids_without_answer", name=self.name(element),
                              answer=answer(self.definition, self.field, self.meant))
        return memory

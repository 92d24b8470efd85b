"""Whether an answer is one's own, and is what the article asks for: not filled in beforehand, in words where words are
meant, under a label that says what is asked."""

from __future__ import annotations

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
from caseflow.proof.language import Check
from caseflow.proof.reasons import Breach, breach, named
from caseflow.proof.vocabulary import ANSWERED_AS

ROOM = 20           # characters: a text that holds fewer says nothing


def unanswered(check: Check, definition: Definition, task: str, entry: FormField) -> Breach | None:
    """asks: what is wrong with a field that should be answered `as` the rule says; None for nothing."""
    kind = str(check.named.get("as", "number" if "least" in check.named else "text"))
    facts = {"name": named(definition, task), "label": entry.label}
    if entry.type not in ANSWERED_AS[kind]:
        return breach(task, "question_kind", **facts, given=entry.type, kind=kind)
    if kind == "text" and entry.longest < ROOM:
        return breach(task, "question_narrow", **facts, longest=entry.longest, least=ROOM)
    if kind == "choice" and len(entry.choices) < 2:
        return breach(task, "question_single", **facts)
    return misread(check, definition, task, entry)


def misread(check: Check, definition: Definition, task: str, entry: FormField) -> Breach | None:
    """A field whose label lacks the words of the rule, or that has an answer before anybody has given one."""
    facts = {"name": named(definition, task), "label": entry.label}
    wanted = check.labels.get(entry.id, "")
    if wanted not in entry.label:
        return breach(task, "question_renamed", **facts, wanted=wanted)
    if entry.default is not None:
        return breach(task, "question_preset", **facts, value=dict(entry.choices).get(entry.default, entry.default))
    return None


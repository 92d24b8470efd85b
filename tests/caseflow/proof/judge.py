"""Would this diagram be deployed? The gate first, then what it and its regulation ask of each other, then the rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.proof import HOLDS, prove
from caseflow.workshop.agreement import disagreements
from tests.caseflow.proof.diagrams import Diagram

OVER_PATHS = ("too_often", "not_passed", "passed_yet", "too_early", "not_at_start", "step_not_followed",
              "answer_not_followed", "case_not_followed", "ends_without_answer", "goes_without_answer",
              "goes_without_message", "ends_otherwise", "message_not_awaited", "message_passes_by",
              "message_ends_otherwise", "limit_missing", "limit_too_long", "escalation_without_limit",
              "escalation_missing", "still_waits", "uncovered", "uncovered_pause", "covered_too_long", "stuck",
              "no_end", "endless_circle", "date_missing", "waits_for_message")


@dataclass(frozen=True)
class Verdict:
    """`by` is "gate", "agreement", "proof" or "" (accepted); `reasons` are codes of findings, or rules.

    `pathless` are rules over paths that were broken without a path to show.
    """

    by: str
    reasons: tuple[str, ...] = ()
    pathless: tuple[str, ...] = ()
    definition: engine.Definition | None = None


def judged(diagram: Diagram) -> Verdict:
    process_id = f"{diagram.key}_{diagram.process}"
    try:
        definition = engine.load(
            diagram.files(), trusted=True, process_id=process_id, topics=TOPICS)
    except DefinitionRefused as refused:
        return Verdict("gate", tuple(sorted({finding.code for finding in refused.findings})))
    regulation = regulations.get(diagram.key)
    errors = [finding for finding in disagreements(regulation, definition) if finding.severity == "error"]
    results = [result for result in prove(definition, regulation.rules[diagram.process]).results
               if result.verdict != HOLDS]
    pathless = tuple(result.rule.check for result in results if result.code in OVER_PATHS and not result.path)
    if errors and not results:
        return Verdict("agreement", tuple(sorted({finding.code for finding in errors})), (), definition)
    return Verdict("proof" if results else "", tuple(result.rule.check for result in results), pathless, definition)


@cache
def shipped_definition(key: str, process: str) -> engine.Definition:
    return judged(Diagram(key, process)).definition

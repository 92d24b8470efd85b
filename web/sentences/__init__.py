"""What the core found, in sentences that say what to do: the one place where codes and facts become words.

The door is `of`; pages and commands go through it. Without a request it speaks Chinese. Each module holds the sentences
of one source, by code: gate and expressions (a diagram), agreement (what its regulation and effects ask of it),
verification (loading, offices), proof (rules), scenarios, moving and comparison (from version to version). paths tells
the way of a case that a proof found. What has a page or a command of its own is said by its module: calendars,
deadlines, people_sheet, complaints, journal, feed.
"""

from __future__ import annotations

from caseflow.engine.expressions import Refusal
from caseflow.engine.migrate import Obstacle
from caseflow.engine.values import Finding
from caseflow.proof import Fault, RuleResult
from caseflow.trials.scenarios import Problem
from caseflow.workshop.comparison import Change
from web.sentences import agreement, comparison, expressions, gate, moving, proof, scenarios, verification
from web.sentences.paths import told

__all__ = ["of", "told"]


def of(found: Finding | Refusal | Obstacle | RuleResult | Fault | Problem | Change) -> str:
    """The sentence for one thing that the core found, in the language of whoever reads; "" for a rule that holds."""
    if isinstance(found, Finding):
        return _of_finding(found)
    if isinstance(found, Refusal):
        return expressions.sentence(found.code, found.facts)
    if isinstance(found, Obstacle):
        return moving.sentence(found.code, found.name)
    if isinstance(found, Problem):
        return scenarios.sentence(found)
    if isinstance(found, Change):
        return comparison.sentence(found)
    return proof.sentence(found.code, found.facts) if found.code else ""


def _of_finding(finding: Finding) -> str:
    if finding.code.startswith("expression_"):
        return expressions.in_diagram(finding.code.removeprefix("expression_"), finding.facts)
    if finding.code.startswith("rule_"):
        return proof.with_article(finding.facts)
    if finding.code.startswith("fault_"):
        return proof.sentence(finding.facts["reason"], finding.facts)
    source = next(one for one in (gate, agreement, verification) if finding.code in one.SENTENCES)
    return source.sentence(finding.code, finding.facts)

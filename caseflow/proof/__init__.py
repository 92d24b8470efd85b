"""The proof: do all paths of a process keep what the articles say? Pure: no database, no clock.

`prove` explores every state a case can be in by driving the engine, and holds each rule of the regulation against all
of it. docs/decisions/0012 says why it is done this way, bpmn/README.md what a rule may say.
"""

from caseflow.proof.prove import prove
from caseflow.proof.values import HOLDS, UNKNOWN, VIOLATED, Bounds, PathStep, Proof, Rule, RuleResult
from caseflow.proof.vocabulary import VOCABULARY, check
from caseflow.proof.words import told

__all__ = [
    "HOLDS", "UNKNOWN", "VIOLATED", "VOCABULARY", "Bounds", "PathStep", "Proof", "Rule", "RuleResult", "check", "prove",
    "told",
]

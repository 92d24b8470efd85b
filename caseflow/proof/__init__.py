"""The proof: do all paths of a process keep what the articles say? Pure: no database, no clock.

It explores every state a case can be in by driving the engine, and holds each rule of the regulation against all of it.
docs/decisions/0012 says why it is done this way, bpmn/README.md what a rule may say. Two doors:

| door | in → out |
|---|---|
| check | the text of a rule → the Check it is; ConfigurationError for what the vocabulary does not know |
| prove | a Definition, the Rules of its regulation, Bounds → the Proof: of each rule holds, violated or unknown |

To read, in this order:

1. values.py, what goes in and comes out; vocabulary.py, the words of a rule; language.py, how its text is read.
2. prove.py, from a rule to its verdict; explorer.py, the graph of all states and moves.
3. Why that graph is finite: reading.py (what is asked ahead), answers.py, days.py, canonical.py.
4. The judges: facts.py and questions.py (without a path), paths.py (automata over paths), limits.py (deadlines),
   cover.py (the time before a step), ending.py (every case ends). reasons.py: what they can say against a diagram.
"""

from caseflow.proof.days import number_of
from caseflow.proof.prove import prove
from caseflow.proof.values import HOLDS, UNKNOWN, VIOLATED, Bounds, PathStep, Proof, Rule, RuleResult
from caseflow.proof.vocabulary import VOCABULARY, check

__all__ = [
    "HOLDS", "UNKNOWN", "VIOLATED", "VOCABULARY", "Bounds", "PathStep", "Proof", "Rule", "RuleResult", "check",
    "number_of", "prove",
]

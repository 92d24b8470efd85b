"""The proof: do all paths of a process keep what the articles say? Pure: no database, no clock.

It explores every state a case can be in by driving the engine, and holds each rule of the regulation against all of it.
docs/decisions/0012 says why it is done this way, bpmn/README.md what a rule may say. Two doors:

| door | in → out |
|---|---|
| check | the text of a rule → the Check it is; ConfigurationError for what the vocabulary does not know |
| prove | a Definition, its Rules, Bounds, Powers, Needs → the Proof: of each rule its verdict, and what effects lack |

To read, in this order:

1. values.py, what goes in and comes out; vocabulary.py, the words of a rule; language.py, how its text is read.
2. prove.py, from a rule to its verdict; explorer.py, the graph of all states and moves.
3. Why that graph is finite: reading.py (what is asked ahead), answers.py, days.py, canonical.py.
4. The judges: facts.py, questions.py and contacts.py (without a path), paths.py (automata over paths), limits.py
   (deadlines), cover.py (the time before a step), ending.py (every case ends), allowed.py (limits that powers.py
   lengthens), voids.py (what takes a rating out of the count), effects.py (what effects have to find). reasons.py: what
   they can say against a diagram.
"""

from caseflow.proof.days import number_of
from caseflow.proof.powers import Extension, Need, Powers, Stop, Wanted
from caseflow.proof.prove import prove
from caseflow.proof.values import HOLDS, UNKNOWN, VIOLATED, Bounds, Fault, PathStep, Proof, Rule, RuleResult
from caseflow.proof.vocabulary import VOCABULARY, check

__all__ = [
    "HOLDS", "UNKNOWN", "VIOLATED", "VOCABULARY", "Bounds", "Extension", "Fault", "Need", "PathStep", "Powers", "Proof",
    "Rule", "RuleResult", "Stop", "Wanted", "check", "number_of", "prove",
]

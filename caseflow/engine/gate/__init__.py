"""The gate: nothing reaches SpiffWorkflow that has not been checked here, element by element.

`check` tells everything that is wrong with a diagram at once; `canonical` is what is then stored, hashed and parsed;
`parse_apart` runs SpiffWorkflow's parser for a file from outside in a child process with limits.
"""

from caseflow.engine.gate.apart import parse_apart
from caseflow.engine.gate.check import check, check_bundle
from caseflow.engine.gate.findings import CODES, NOT_OF_DEPLOYED, WARNINGS
from caseflow.engine.gate.forms import fields_of
from caseflow.engine.gate.reader import canonical, read

__all__ = [
    "CODES", "NOT_OF_DEPLOYED", "WARNINGS", "canonical", "check", "check_bundle", "fields_of", "parse_apart", "read",
]

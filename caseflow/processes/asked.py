"""What the system reads of the forms that a diagram draws, and the messages that it sends to its cases. The same tables
stand in bpmn/README.md for those who draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.rating_levels import HANDLED_IN


@dataclass(frozen=True, slots=True)
class Read:
    """A field whose newest answer in the case is taken, by an effect (cases.effects.registry) or a rule.

    `types` are those its form may give it, `choices` what a choice may be (none named: whatever is drawn); `needed`:
    without it there is nothing to apply, or, with `when`, where the newest answer to that field is this one. `good`: a
    level that is bad under the regulation is refused.
    """

    field: str
    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    needed: bool = True
    when: tuple[str, str] | None = None
    good: bool = False


# Beside the answer "unreachable", which the log of attempts has to bear out (raters.unreachable).
UNREACHABLE = "unreachable"
ATTEMPTS = Read("attempts", ("long",))
REASON = Read("unreachable_reason", ("enum",))
NOT_LEFT = "no_contact"             # an answer of any choice: the rater left nothing by which to reach them
# On what ground an appeal is upheld; one of the regulation's (law.appeal_rules).
FINDING = Read("finding", ("enum",), needed=False)
UPHELD = "appeal_upheld"            # ends a rectification, since its rating is voided
CORRECTED = "rating_replaced"       # ends a rectification, since its rating was meant otherwise and is replaced
WITHDRAWN = "appeal_withdrawn"      # ends an appeal
# Process → the messages that the system sends to its cases; the first is one that every diagram should await.
MESSAGES: Mapping[str, tuple[str, ...]] = MappingProxyType({HANDLED_IN: (UPHELD, CORRECTED), "appeal": (WITHDRAWN,)})
REPLACING = "replace_rating"        # the effect by which the newest word of a rater takes the place of their rating

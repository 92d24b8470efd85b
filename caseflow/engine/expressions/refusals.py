"""Why an expression is refused: stable codes, each with the facts that its sentence names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from caseflow.errors import ExpressionRefused

# Code → the facts that come with it.
CODES: Mapping[str, tuple[str, ...]] = {
    # the text
    "not_text": (),
    "empty": (),
    "too_long": (),
    "newline": (),
    "fullwidth_character": ("found",),
    "invisible_character": ("found",),
    "foreign_character": ("found",),
    "text_character": ("found",),
    "text_too_long": (),
    "text_open": (),
    "text_prefix": ("found",),
    "joined_texts": (),
    "backslash": (),
    "comment": (),
    "attribute": (),
    "container": (),
    "operator": ("found",),
    "colon": (),
    "semicolon": (),
    "character": ("found",),
    "number_form": (),
    "number_too_large": (),
    "name_underscore": (),
    "name_too_long": (),
    "keyword": ("found",),
    # the form
    "assignment": (),
    "brackets": (),
    "subscript": (),
    "list": (),
    "list_item": (),
    "tuple": (),
    "call": (),
    "syntax": (),
    "too_complex": (),
    "chained": (),
    # the meaning
    "unknown_name": ("found", "hint"),
    "unknown_function": ("found", "hint"),
    "function_as_value": ("found",),
    "not_boolean": ("type", "example"),
    "type_mismatch": ("left", "right"),
    "order_type": ("type",),
    "in_type": ("type",),
    "number_needed": ("type",),
    "date_needed": ("type",),
    "branch_types": ("left", "right"),
    "compare_none": (),
    "arguments": ("found",),
    "keyword_argument": (),
    "constant_comparison": (),
    "constant_condition": (),
    "impossible_value": ("found", "name", "choices"),
    "unknown_task": ("found", "hint"),
    "timer_in_condition": ("found",),
    "not_in_rule": ("found",),
    "not_a_timer": (),
    "timer_amount": ("found", "low", "high"),
    "script": (),
    # only while running
    "value_type": ("found",),
    "value_missing": ("found",),
    "value_number": (),
}


class Refusal(NamedTuple):
    """One reason: a stable `code`, its `facts` by name, and the 1-based character in the text where to look.

    A `type`, `left` or `right` is text, number, boolean, date or none, or names the place of a value that is of no
    such type: other_form, other_value, variable_value, list_value, left_value, right_value.
    """

    code: str
    facts: Mapping[str, object]
    position: int


def refusal(code: str, position: int = 1, **values: object) -> Refusal:
    """The reason with this code, a key of CODES, with its facts among `values`."""
    return Refusal(code, {name: values[name] for name in CODES[code]}, position)


def refuse(code: str, position: int = 1, **values: object) -> ExpressionRefused:
    """The error to raise for this code; its `refusal` is the reason."""
    reason = refusal(code, position, **values)
    facts = "".join(f", {name} {fact}" for name, fact in reason.facts.items())
    return ExpressionRefused(f"{reason.code} at {reason.position}{facts}", refusal=reason)

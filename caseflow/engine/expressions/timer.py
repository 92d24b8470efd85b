"""The shape of a timer: one function with a literal amount, or the name of a date variable."""

from __future__ import annotations

import ast
from typing import NamedTuple

from caseflow.engine.expressions.language import FUNCTIONS, TIMER_FUNCTIONS, Parsed
from caseflow.engine.expressions.refusals import refuse


class Timer(NamedTuple):
    """`unit` and `amount` as in DeadlineRule (unit "date", amount 0 for a bare date variable).

    `since` is the name of a date variable or None; `at` is its node, for the place of a finding.
    """

    unit: str
    amount: int
    since: str | None
    at: ast.expr


def read_timer(parsed: Parsed) -> Timer:
    """The timer that a parsed text is; ExpressionRefused for every other form and for an amount out of bounds.

    Bounds: 1 to 400 days, 1 to 9600 hours. Whether the variable is a date is not looked at.
    """
    node = parsed.node
    if isinstance(node, ast.Name) and node.id not in FUNCTIONS:
        return Timer("date", 0, node.id, node)
    if not is_timer_call(node):
        raise refuse("not_a_timer", parsed.position(node))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    unit = node.func.id
    since = node.keywords[0].value if node.keywords else None
    if since is not None and not isinstance(since, ast.Name):
        raise refuse("date_needed", parsed.position(since), type="other_form")
    return Timer(unit, _amount(parsed, node, unit), since.id if since else None, since or node)


def is_timer_call(node: ast.expr) -> bool:
    """Whether a node calls one of TIMER_FUNCTIONS; with which arguments is not looked at."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TIMER_FUNCTIONS


def _amount(parsed: Parsed, node: ast.Call, unit: str) -> int:
    low, high = TIMER_FUNCTIONS[unit]
    if high == 0 and not node.args:
        return 0
    if high and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
        amount = node.args[0].value
        if type(amount) is int and low <= amount <= high:
            return amount
    if high == 0:
        raise refuse("arguments", parsed.position(node), found=unit)
    raise refuse("timer_amount", parsed.position(node), found=unit, low=low, high=high)

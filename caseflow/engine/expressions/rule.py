"""A rule over the fields of a form: what it reads, and whether what was filled in keeps it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from caseflow.engine.expressions.evaluate import Surroundings, evaluate
from caseflow.engine.expressions.language import FUNCTIONS, parse

CACHE_SIZE = 512


def holds(text: str, variables: Mapping[str, object], functions: Surroundings) -> bool:
    """Whether the rule holds; one that reads a variable which is not set does. ExpressionRefused as `evaluate`."""
    if any(variables.get(name) is None for name in names_in(text)):
        return True
    return evaluate(text, variables, functions) is True


@lru_cache(maxsize=CACHE_SIZE)
def names_in(text: str) -> frozenset[str]:
    """The variables that an expression reads. ExpressionRefused for a text outside the language."""
    found = (node.id for node in ast.walk(parse(text).node) if isinstance(node, ast.Name))
    return frozenset(name for name in found if name not in FUNCTIONS)


@lru_cache(maxsize=CACHE_SIZE)
def parameters_in(text: str) -> frozenset[str]:
    """The parameters of the regulation whose value a rule counts working days by. ExpressionRefused as above."""
    calls = (node for node in ast.walk(parse(text).node) if isinstance(node, ast.Call))
    amounts = (call.args[0] for call in calls if call.args and call.func.id == "working_days")
    return frozenset(amount.value for amount in amounts
                     if isinstance(amount, ast.Constant) and isinstance(amount.value, str))

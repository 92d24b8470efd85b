"""The second wall: the syntax tree holds only nodes of the language, within the limits."""

from __future__ import annotations

import ast
from typing import NamedTuple

from caseflow.engine.expressions.refusals import refuse
from caseflow.engine.expressions.tokens import tokens_of

MAX_NODES = 100
MAX_DEPTH = 12
MAX_LIST = 50


class Function(NamedTuple):
    """A function of the language: types of its arguments ("any" for every type) and of its result."""

    arguments: tuple[str, ...]
    result: str


CONDITION_FUNCTIONS = {
    "visits": Function(("text",), "number"),
    "today": Function((), "date"),
    "days_between": Function(("date", "date"), "number"),
    "is_empty": Function(("any",), "boolean"),
}
# Name → lowest and highest amount, (0, 0) where none is written.
TIMER_FUNCTIONS = {"working_days": (1, 400), "calendar_days": (1, 400), "hours": (1, 9600), "end_of_day": (0, 0)}
FUNCTIONS = frozenset(CONDITION_FUNCTIONS) | frozenset(TIMER_FUNCTIONS)

ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
EQUALITY = (ast.Eq, ast.NotEq)
MEMBERSHIP = (ast.In, ast.NotIn)


class Parsed(NamedTuple):
    """An allowed text with its tree: only nodes of the language, within its limits."""

    text: str
    node: ast.expr

    def position(self, node: ast.AST) -> int:
        """The 1-based character of a node of this tree."""
        return position_in(self.text, node)


def position_in(text: str, node: ast.AST) -> int:
    """The 1-based character of a node (the parser counts UTF-8 bytes, from the first that is no space)."""
    start = len(text) - len(text.lstrip(" "))
    before = text[start:].encode()[: getattr(node, "col_offset", 0)]
    return start + len(before.decode(errors="ignore")) + 1


def parse(text: object) -> Parsed:
    """The tree of an allowed text; ExpressionRefused for every other. Types are not looked at.

    At most MAX_NODES (100) nodes, MAX_DEPTH (12) deep; the text itself is bounded by tokens_of.
    """
    tokens = tokens_of(text)
    assert isinstance(text, str)
    try:
        tree = ast.parse(text.strip(" "), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refuse("syntax", tokens[-1].position) from None
    parsed = Parsed(text, tree)
    _check_nodes(parsed)
    return parsed


def _check_nodes(parsed: Parsed) -> None:
    """Walk without recursion: deep trees are refused at depth 12 before their children are looked at."""
    waiting = [(parsed.node, 1)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise refuse("too_complex", parsed.position(node))
        waiting.extend((child, depth + 1) for child in _children(parsed, node))


def _children(parsed: Parsed, node: ast.expr) -> list[ast.expr]:
    reader = READERS.get(type(node))
    if reader is None:
        raise refuse("syntax", parsed.position(node))
    return reader(parsed, node)


def _constant(parsed: Parsed, node: ast.Constant) -> list[ast.expr]:
    if type(node.value) not in (str, int, bool, type(None)):
        raise refuse("syntax", parsed.position(node))
    return []


def _unary(parsed: Parsed, node: ast.UnaryOp) -> list[ast.expr]:
    if not isinstance(node.op, (ast.Not, ast.USub)):
        raise refuse("operator", parsed.position(node), found="+")
    return [node.operand]


def _binary(parsed: Parsed, node: ast.BinOp) -> list[ast.expr]:
    if not isinstance(node.op, (ast.Add, ast.Sub)):
        raise refuse("operator", parsed.position(node), found=type(node.op).__name__)
    return [node.left, node.right]


def _comparison(parsed: Parsed, node: ast.Compare) -> list[ast.expr]:
    if len(node.ops) != 1:
        raise refuse("chained", parsed.position(node.comparators[0]))
    operator, right = node.ops[0], node.comparators[0]
    if isinstance(operator, MEMBERSHIP):
        _check_list(parsed, right)
        return [node.left, *(item for item in right.elts)]
    if not isinstance(operator, ORDER + EQUALITY):
        raise refuse("operator", parsed.position(node), found=type(operator).__name__)
    return [node.left, right]


def _check_list(parsed: Parsed, node: ast.expr) -> None:
    if not isinstance(node, ast.List):
        raise refuse("list", parsed.position(node))
    kinds = {type(item.value) if isinstance(item, ast.Constant) else None for item in node.elts}
    if kinds not in ({str}, {int}) or len(node.elts) > MAX_LIST:
        raise refuse("list_item", parsed.position(node))


def _call(parsed: Parsed, node: ast.Call) -> list[ast.expr]:
    if not isinstance(node.func, ast.Name):
        raise refuse("call", parsed.position(node))
    for argument in node.keywords:
        if argument.arg != "since" or len(node.keywords) > 1:
            raise refuse("keyword_argument", parsed.position(argument))
    return [*node.args, *(argument.value for argument in node.keywords)]


READERS = {
    ast.Constant: _constant,
    ast.Name: lambda parsed, node: [],
    ast.BoolOp: lambda parsed, node: node.values,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.IfExp: lambda parsed, node: [node.test, node.body, node.orelse],
    ast.Call: _call,
}

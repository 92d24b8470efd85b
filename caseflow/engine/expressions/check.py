"""Types are checked before anything runs: with the declared variables, at deployment."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Mapping

from caseflow.engine.expressions.language import (
    CONDITION_FUNCTIONS,
    EQUALITY,
    FUNCTIONS,
    MEMBERSHIP,
    TIMER_FUNCTIONS,
    Parsed,
    parse,
)
from caseflow.engine.expressions.refusals import Refusal, refusal
from caseflow.engine.expressions.timer import is_timer_call, read_timer
from caseflow.engine.expressions.tokens import MAX_NUMBER
from caseflow.errors import ExpressionRefused

TYPES = ("text", "number", "boolean", "date")
EXAMPLES = {"text": "level == 'dissatisfied'", "number": "x > 3", "date": "rectify_by < today()", "none": "is_empty(x)"}
NOT_IN_RULES = ("visits", "is_empty")
PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,63}")
MAX_HINTS = 50  # names looked at for “did you mean”: bounds the work on a file of errors
LITERAL_TYPES = {str: "text", int: "number", bool: "boolean", type(None): "none"}


def check_expression(
    text: str,
    variables: Mapping[str, str],
    *,
    kind: str = "condition",
    user_tasks: Collection[str] | None = None,
    choices: Mapping[str, Collection[str]] | None = None,
) -> list[Refusal]:
    """Everything wrong with a condition, timer or rule (`kind`); an empty list: it may be deployed. Never raises.

    `variables` maps each declared name to text, number, boolean or date. With `user_tasks`, visits() must name one of
    them; with `choices` (name → values), a text variable may only be compared with its known values.
    """
    try:
        parsed = parse(text)
    except ExpressionRefused as refused:
        return [refused.refusal]
    checker = (RuleChecker if kind == "rule" else Checker)(parsed, variables, user_tasks, choices or {})
    try:
        checker.check_timer() if kind == "timer" else checker.check_condition()
    except ExpressionRefused as refused:
        checker.found.append(refused.refusal)
    return sorted(checker.found, key=lambda reason: reason.position)


class Checker:
    """Walks one tree; a node that is refused has the type None, so that one fault is told once.

    Types are text, number, boolean, date, and none for the literal None. What is wrong is added to `found`, not raised.
    """

    def __init__(
        self,
        parsed: Parsed,
        variables: Mapping[str, str],
        user_tasks: Collection[str] | None,
        choices: Mapping[str, Collection[str]],
    ) -> None:
        self.parsed, self.variables, self.user_tasks, self.choices = parsed, variables, user_tasks, choices
        self.found: list[Refusal] = []

    def refuse(self, code: str, node: ast.AST, **values: object) -> None:
        """Add the refusal with this code, at the place of the node, with its facts among `values`."""
        self.found.append(refusal(code, self.parsed.position(node), **values))

    def check_timer(self) -> None:
        """The text is a timer, and the variable it may name a date. Any other form is raised (ExpressionRefused)."""
        timer = read_timer(self.parsed)
        if timer.since is not None:
            self.require_date(self.type_of(timer.at), timer.at)

    def check_condition(self) -> None:
        """The text is a boolean that reads a variable or calls a function: a constant decides nothing."""
        node = self.parsed.node
        self.require_boolean(node)
        if not self.found and not any(isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(node)):
            self.refuse("constant_condition", node)

    def type_of(self, node: ast.expr) -> str | None:
        """The type of a node, found by its class; None when it has none. What is wrong inside it is told on the way."""
        return getattr(self, f"type_of_{type(node).__name__}")(node)

    def require_boolean(self, node: ast.expr) -> None:
        """A node of another type is refused, with an example of how such a value is compared."""
        found = self.type_of(node)
        if found not in ("boolean", None):
            self.refuse("not_boolean", node, type=found, example=EXAMPLES[found])

    def require_decision(self, node: ast.expr) -> None:
        """A boolean that can be true and can be false: `x or True` decides nothing."""
        self.require_boolean(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            self.refuse("constant_condition", node)

    def require_date(self, found: str | None, node: ast.expr) -> None:
        """This type, found at this node, is a date; None was refused before."""
        if found not in ("date", None):
            self.refuse("date_needed", node, type=found)

    def type_of_Constant(self, node: ast.Constant) -> str:
        """text, number, boolean or none."""
        return LITERAL_TYPES[type(node.value)]

    def type_of_Name(self, node: ast.Name) -> str | None:
        """The declared type. A function is refused, and an undeclared name with the one that may have been meant."""
        if node.id in FUNCTIONS:
            self.refuse("function_as_value", node, found=node.id)
        elif node.id not in self.variables:
            self.refuse("unknown_name", node, found=node.id, hint=hint(node.id, self.variables))
        else:
            return self.variables[node.id]
        return None

    def type_of_BoolOp(self, node: ast.BoolOp) -> str:
        """boolean. Each part of `and` and `or` must be able to decide."""
        for part in node.values:
            self.require_decision(part)
        return "boolean"

    def type_of_UnaryOp(self, node: ast.UnaryOp) -> str:
        """boolean for `not`, number for a minus."""
        if isinstance(node.op, ast.Not):
            self.require_decision(node.operand)
            return "boolean"
        self.require_number(node.operand)
        return "number"

    def type_of_BinOp(self, node: ast.BinOp) -> str:
        """number. Refused, too, when its literals alone can carry it beyond MAX_NUMBER."""
        self.require_number(node.left)
        self.require_number(node.right)
        if _magnitude(node) > MAX_NUMBER:
            self.refuse("number_too_large", node)
        return "number"

    def require_number(self, node: ast.expr) -> None:
        """A node of another type is refused."""
        found = self.type_of(node)
        if found not in ("number", None):
            self.refuse("number_needed", node, type=found)

    def type_of_IfExp(self, node: ast.IfExp) -> str | None:
        """The one type of both branches; a branch that is None takes that of the other."""
        self.require_decision(node.test)
        left, right = self.type_of(node.body), self.type_of(node.orelse)
        if left is None or right is None or left == "none":
            return right if left == "none" else None
        if right not in (left, "none"):
            self.refuse("branch_types", node, left=left, right=right)
        return left

    def type_of_Compare(self, node: ast.Compare) -> str:
        """boolean. Two sides that never change are refused."""
        operator, right = node.ops[0], node.comparators[0]
        if _constant(node.left) and _constant(right):
            self.refuse("constant_comparison", node)
        elif isinstance(operator, MEMBERSHIP):
            self.check_membership(node, right)
        else:
            self.check_pair(node, operator, self.type_of(node.left), self.type_of(right))
        return "boolean"

    def check_pair(self, node: ast.Compare, operator: ast.cmpop, left: str | None, right: str | None) -> None:
        """Both sides of == and < have one type, and not None (is_empty asks that); those of < are numbers or dates."""
        if left is None or right is None:
            return
        if "none" in (left, right):
            self.refuse("compare_none", node)
        elif left != right:
            self.refuse("type_mismatch", node, left=left, right=right)
        elif not isinstance(operator, EQUALITY) and left not in ("number", "date"):
            self.refuse("order_type", node, type=left)
        self.check_value(node.left, node.comparators[0])
        self.check_value(node.comparators[0], node.left)

    def check_membership(self, node: ast.Compare, items: ast.expr) -> None:
        """The left side of `in` is a text or a number, as the literals in the list are, and can have these values."""
        assert isinstance(items, ast.List)
        left = self.type_of(node.left)
        if left is None:
            return
        right = self.type_of(items.elts[0])
        if left not in ("text", "number"):
            self.refuse("in_type", node, type=left)
        elif left != right:
            self.refuse("type_mismatch", node, left=left, right=right or "none")
        for item in items.elts:
            self.check_value(node.left, item)

    def check_value(self, name: ast.expr, value: ast.expr) -> None:
        """A variable whose values are known is compared only with these: anything else can never be true."""
        if not (isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str)):
            return
        known = self.choices.get(name.id)
        if known is not None and value.value not in known:
            shown = tuple(sorted(known)[:20])
            self.refuse("impossible_value", value, found=value.value, name=name.id, choices=shown)

    def type_of_Call(self, node: ast.Call) -> str | None:
        """The type a condition's function gives; a timer's function and an unknown one are refused."""
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if is_timer_call(node):
            self.refuse("timer_in_condition", node, found=name)
        elif name not in CONDITION_FUNCTIONS:
            self.refuse("unknown_function", node, found=name, hint=hint(name, FUNCTIONS))
        else:
            self.check_call(node, name)
            return CONDITION_FUNCTIONS[name].result
        return None

    def check_call(self, node: ast.Call, name: str) -> None:
        """As many arguments as the function takes, none by name, and dates where it wants them.

        is_empty() asks for something that varies, visits() for a task.
        """
        function = CONDITION_FUNCTIONS[name]
        if node.keywords:
            self.refuse("keyword_argument", node.keywords[0])
        elif len(node.args) != len(function.arguments):
            self.refuse("arguments", node, found=name)
        elif name == "visits":
            self.check_visits(node)
        else:
            found = [self.type_of(argument) for argument in node.args]
            for wanted, type_, argument in zip(function.arguments, found, node.args, strict=True):
                if wanted == "date":
                    self.require_date(type_, argument)
            if name == "is_empty" and _constant(node.args[0]):
                self.refuse("arguments", node, found=name)

    def check_visits(self, node: ast.Call) -> None:
        """visits() takes the id of a user task, written as a text; one that is not in the diagram is refused."""
        task = node.args[0]
        if not isinstance(task, ast.Constant) or not isinstance(task.value, str):
            self.refuse("arguments", node, found="visits")
        elif self.user_tasks is not None and task.value not in self.user_tasks:
            self.refuse("unknown_task", task, found=task.value, hint=hint(task.value, self.user_tasks))


class RuleChecker(Checker):
    """Rules over a form count working days as dates. They know no visits, nor what is empty: then none is asked."""

    def type_of_Call(self, node: ast.Call) -> str | None:
        """A date for working_days; what only conditions may call is refused."""
        assert isinstance(node.func, ast.Name)
        if node.func.id in NOT_IN_RULES:
            self.refuse("not_in_rule", node, found=node.func.id)
            return None
        if node.func.id != "working_days":
            return super().type_of_Call(node)
        self.check_amount(node)
        for argument in node.keywords:
            self.require_date(self.type_of(argument.value), argument.value)
        return "date"

    def check_amount(self, node: ast.Call) -> None:
        """One literal: a number of days as timers may have it, or the name of a parameter."""
        low, high = TIMER_FUNCTIONS["working_days"]
        amount = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
        named = isinstance(amount, str) and PARAMETER.fullmatch(amount)
        if not named and not (type(amount) is int and low <= amount <= high):
            self.refuse("timer_amount", node, found="working_days", low=low, high=high)


def hint(name: str, known: Collection[str]) -> str:
    """The known name most like this one, else "". Looks at the first MAX_HINTS (50) names."""
    return next(iter(difflib.get_close_matches(name, list(known)[:MAX_HINTS], n=1)), "")


def _constant(node: ast.expr) -> bool:
    return not any(isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(node))


def _magnitude(node: ast.expr) -> int:
    """How far the literals of an arithmetic expression can carry it from its variables."""
    if isinstance(node, ast.BinOp):
        return _magnitude(node.left) + _magnitude(node.right)
    if isinstance(node, ast.UnaryOp):
        return _magnitude(node.operand)
    if isinstance(node, ast.IfExp):
        return max(_magnitude(node.body), _magnitude(node.orelse))
    return abs(node.value) if isinstance(node, ast.Constant) and type(node.value) is int else 0

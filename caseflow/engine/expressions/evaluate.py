"""Evaluation: the checked tree becomes closures once per text; afterwards a call costs microseconds.

Safe on its own: the text passes the walls again, and every value is looked at before it is used, because the
data of a case are not declared any more when it runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from caseflow.engine.expressions.language import CONDITION_FUNCTIONS, FUNCTIONS, Parsed, parse
from caseflow.engine.expressions.refusals import refuse
from caseflow.engine.expressions.timer import Timer, is_timer_call, read_timer
from caseflow.engine.expressions.tokens import MAX_NUMBER
from caseflow.engine.values import DeadlineRule
from caseflow.moments import SHANGHAI

ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?")
CACHE_SIZE = 2048


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the functions may know: the moment (aware), and element id → completed visits.

    `working_day` gives the n-th working day after a day, n also by the name of a parameter: in rules over a form alone.
    """

    now: datetime
    visits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    working_day: Callable[[date, int | str], date] | None = None

    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()


Closure = Callable[[Mapping[str, Any], Surroundings], Any]


def evaluate(text: str, variables: Mapping[str, object], functions: Surroundings) -> bool | DeadlineRule | None:
    """The value of a condition (True or False) or the DeadlineRule of a timer. `variables`: name → JSON scalar.

    The bare name of a variable that is not set gives None: false for a gateway, no moment for a timer.
    ExpressionRefused when the text is outside the language, a value does not fit, or a timer's date is missing.
    """
    if not isinstance(text, str):
        raise refuse("not_text")
    return built(text)(variables, functions)


@lru_cache(maxsize=CACHE_SIZE)
def built(text: str) -> Closure:
    """The text as a closure; ExpressionRefused when it is outside the language. The latest CACHE_SIZE are kept."""
    parsed = parse(text)
    node = parsed.node
    if is_timer_call(node):
        return _timer(read_timer(parsed))
    if isinstance(node, ast.Name):
        return _bare_name(parsed, node)
    inner = _build(parsed, node)

    def condition(variables: Mapping[str, Any], around: Surroundings) -> bool:
        return _boolean(inner(variables, around))

    return condition


def _timer(timer: Timer) -> Closure:
    def rule(variables: Mapping[str, Any], around: Surroundings) -> DeadlineRule:
        if timer.since is None:
            return DeadlineRule(timer.unit, timer.amount, around.now.isoformat(), "now")
        value = _moment(_value(timer.since, variables), timer.since)
        return DeadlineRule(timer.unit, timer.amount, value.isoformat(), timer.since)

    return rule


def _bare_name(parsed: Parsed, node: ast.Name) -> Closure:
    read = _name(parsed, node)

    def value(variables: Mapping[str, Any], around: Surroundings) -> bool | DeadlineRule | None:
        found = read(variables, around)
        if found is None or type(found) is bool:
            return found
        return DeadlineRule("date", 0, _date(found).isoformat(), node.id)

    return value


def _value(name: str, variables: Mapping[str, Any]) -> Any:
    value = variables.get(name)
    if type(value) not in (str, int, bool, type(None)) or (type(value) is int and abs(value) > MAX_NUMBER):
        raise refuse("value_type", found=name)
    return value


def _moment(value: Any, name: str) -> datetime:
    """The aware moment a date variable stands for; a day alone means its beginning in Shanghai."""
    if value is None:
        raise refuse("value_missing", found=name)
    if not isinstance(value, str) or not ISO.fullmatch(value):
        raise refuse("value_type", found=name)
    try:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise refuse("value_type", found=name) from None


@lru_cache(maxsize=CACHE_SIZE)
def _day(value: str) -> date | None:
    """The Shanghai day of an ISO date or an aware ISO moment; None for every other text."""
    if not ISO.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def _date(value: Any) -> date:
    found = value if type(value) is date else _day(value) if type(value) is str else None
    if found is None:
        raise refuse("date_needed", type="other_value")
    return found


def _boolean(value: Any) -> bool:
    if value is None:
        return False
    if type(value) is not bool:
        raise refuse("not_boolean", type="other_value", example="level == 'dissatisfied'")
    return value


def _number(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise refuse("number_needed", type="other_value")
    return value


def _bounded(value: int) -> int:
    if abs(value) > MAX_NUMBER:
        raise refuse("value_number")
    return value


def _build(parsed: Parsed, node: ast.expr) -> Closure:
    return BUILDERS[type(node)](parsed, node)


def _literal(parsed: Parsed, node: ast.Constant) -> Closure:
    value = node.value
    return lambda variables, around: value


def _name(parsed: Parsed, node: ast.Name) -> Closure:
    name = node.id
    if name in FUNCTIONS:
        raise refuse("function_as_value", parsed.position(node), found=name)
    return lambda variables, around: _value(name, variables)


def _logic(parsed: Parsed, node: ast.BoolOp) -> Closure:
    parts = [_build(parsed, part) for part in node.values]
    if isinstance(node.op, ast.And):
        return lambda variables, around: all(_boolean(part(variables, around)) for part in parts)
    return lambda variables, around: any(_boolean(part(variables, around)) for part in parts)


def _unary(parsed: Parsed, node: ast.UnaryOp) -> Closure:
    operand = _build(parsed, node.operand)
    if isinstance(node.op, ast.Not):
        return lambda variables, around: not _boolean(operand(variables, around))

    def negative(variables: Mapping[str, Any], around: Surroundings) -> int | None:
        value = _number(operand(variables, around))
        return None if value is None else -value

    return negative


def _arithmetic(parsed: Parsed, node: ast.BinOp) -> Closure:
    left, right = _build(parsed, node.left), _build(parsed, node.right)
    sign = 1 if isinstance(node.op, ast.Add) else -1

    def total(variables: Mapping[str, Any], around: Surroundings) -> int | None:
        a, b = _number(left(variables, around)), _number(right(variables, around))
        return None if a is None or b is None else _bounded(a + sign * b)

    return total


def _choice(parsed: Parsed, node: ast.IfExp) -> Closure:
    test, body, orelse = (_build(parsed, part) for part in (node.test, node.body, node.orelse))
    return lambda variables, around: (body if _boolean(test(variables, around)) else orelse)(variables, around)


def _comparison(parsed: Parsed, node: ast.Compare) -> Closure:
    operator, left = type(node.ops[0]), _build(parsed, node.left)
    if isinstance(node.comparators[0], ast.List):
        return _membership(left, node.comparators[0], operator is ast.In)
    right = _build(parsed, node.comparators[0])
    compare = COMPARISONS[operator]

    def result(variables: Mapping[str, Any], around: Surroundings) -> bool:
        a, b = left(variables, around), right(variables, around)
        return False if a is None or b is None else compare(a, b)

    return result


def _membership(left: Closure, items: ast.List, wanted: bool) -> Closure:
    values = frozenset(item.value for item in items.elts if isinstance(item, ast.Constant))
    kind = type(next(iter(values)))

    def result(variables: Mapping[str, Any], around: Surroundings) -> bool:
        value = left(variables, around)
        if value is None:
            return False
        if type(value) is not kind:
            raise refuse("type_mismatch", left="variable_value", right="list_value")
        return (value in values) is wanted

    return result


def _equal(a: Any, b: Any) -> bool:
    """Texts that are both dates are compared as days: a form gives a day, the case gives moments."""
    if type(a) is str and type(b) is str:
        return a == b or (_day(a) is not None and _day(a) == _day(b))
    if date in (type(a), type(b)):
        return _date(a) == _date(b)
    if type(a) is not type(b):
        raise refuse("type_mismatch", left="left_value", right="right_value")
    return a == b


def _ordered(a: Any, b: Any) -> int:
    """Negative, 0 or positive; numbers with numbers, otherwise both must be dates."""
    if type(a) is int and type(b) is int:
        return a - b
    return (_date(a) - _date(b)).days


COMPARISONS: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda a, b: not _equal(a, b),
    ast.Lt: lambda a, b: _ordered(a, b) < 0,
    ast.LtE: lambda a, b: _ordered(a, b) <= 0,
    ast.Gt: lambda a, b: _ordered(a, b) > 0,
    ast.GtE: lambda a, b: _ordered(a, b) >= 0,
}


def _call(parsed: Parsed, node: ast.Call) -> Closure:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    function = CONDITION_FUNCTIONS.get(name)
    if name == "working_days":
        return _working_day(parsed, node)
    if function is None:
        code = "timer_in_condition" if name in FUNCTIONS else "unknown_function"
        raise refuse(code, parsed.position(node), found=name, hint="")
    if node.keywords or len(node.args) != len(function.arguments):
        raise refuse("arguments", parsed.position(node), found=name)
    return CALLS[name](*(_build(parsed, argument) for argument in node.args))


def _working_day(parsed: Parsed, node: ast.Call) -> Closure:
    amount = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
    if type(amount) not in (int, str):
        raise refuse("arguments", parsed.position(node), found="working_days")
    since = _build(parsed, node.keywords[0].value) if node.keywords else CALLS["today"]()

    def day(variables: Mapping[str, Any], around: Surroundings) -> date | None:
        if around.working_day is None:
            raise refuse("timer_in_condition", parsed.position(node), found="working_days")
        first = since(variables, around)
        return None if first is None else around.working_day(_date(first), amount)

    return day


def _visits(task: Closure) -> Closure:
    def count(variables: Mapping[str, Any], around: Surroundings) -> int:
        name = task(variables, around)
        if type(name) is not str:
            raise refuse("arguments", found="visits")
        return _bounded(_number(around.visits.get(name, 0)) or 0)

    return count


def _days_between(first: Closure, second: Closure) -> Closure:
    def days(variables: Mapping[str, Any], around: Surroundings) -> int | None:
        a, b = first(variables, around), second(variables, around)
        return None if a is None or b is None else (_date(b) - _date(a)).days

    return days


CALLS: Mapping[str, Callable[..., Closure]] = {
    "visits": _visits,
    "today": lambda: lambda variables, around: around.today(),
    "days_between": _days_between,
    "is_empty": lambda value: lambda variables, around: value(variables, around) in (None, ""),
}

BUILDERS: Mapping[type, Callable[[Parsed, Any], Closure]] = {
    ast.Constant: _literal,
    ast.Name: _name,
    ast.BoolOp: _logic,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.IfExp: _choice,
    ast.Compare: _comparison,
    ast.Call: _call,
}

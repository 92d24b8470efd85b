"""The object that SpiffWorkflow hands every expression to.

It must be the environment, not a subclass of the script engine: three places in SpiffWorkflow 3.2.0 (correlation,
both ad-hoc completion conditions) call `environment.evaluate` directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn

from caseflow.engine.expressions.evaluate import Surroundings, evaluate
from caseflow.engine.expressions.refusals import refuse
from caseflow.engine.values import DeadlineRule


class Environment:
    """`PythonScriptEngine(environment=Environment(now=…, visits=…))`; set `now` and `visits` before each step.

    Knows only what it is given; the data of a task can never shadow a function, and what SpiffWorkflow adds as
    external context is not looked at.
    """

    def __init__(self, now: datetime | None = None, visits: Mapping[str, int] = MappingProxyType({})) -> None:
        self.now = now
        self.visits = visits

    def evaluate(
        self, expression: str, context: Mapping[str, Any], external_context: object = None
    ) -> bool | DeadlineRule | None:
        """True or False for a condition, the DeadlineRule of a timer, None for the bare name of an unset variable.

        ExpressionRefused as `evaluate` says, and (value_missing) when `now` is not set or not aware.
        """
        if self.now is None or self.now.tzinfo is None:
            raise refuse("value_missing", found="now")
        return evaluate(expression, context, Surroundings(self.now, self.visits))

    def execute(self, script: str, context: object, external_context: object = None) -> NoReturn:
        """Never: there are no scripts."""
        raise refuse("script")

    def call_service(self, context: object, **kwargs: Any) -> NoReturn:
        """Never: service tasks are effects, applied by the operations after the step."""
        raise refuse("script")

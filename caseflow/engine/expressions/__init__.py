"""The expression language of the diagrams: what may stand on a sequence flow and in a timer.

Deny by default: the text is cut into tokens of an allow-list, the syntax tree may hold only the nodes below, and
types are checked before anything runs. Nothing is ever handed to Python for execution.

| part | allowed |
|---|---|
| types | text, number (whole, at most 10**12 either way), boolean, date |
| literals | 'text' or "text" (at most 200 characters, no backslash), 12, True, False, None |
| names | CASE_VARIABLES and the fields of the diagram's forms that decide (enum → text, boolean, date, long → number) |
| logic | a and b, a or b, not a; x if condition else y (x and y of one type) |
| equality | a == b, a != b: both of one type; None is asked for with is_empty |
| order | a < b, <=, >, >=: two numbers or two dates; never chained |
| membership | x in ['a', 'b'], x not in [1, 2]: a literal list of the type of x |
| arithmetic | + and - on numbers |
| visits('element_id') | number: how often that user task was completed |
| today() | date in Asia/Shanghai |
| days_between(a, b) | number: calendar days from a to b, negative when b is earlier |
| is_empty(x) | boolean: the variable is not set, or an empty text |

A condition is a boolean and reads at least one variable or function. Limits: 500 characters, 100 nodes, depth 12.

A rule over a form is a condition without visits() and is_empty(); it may also call

| function | result |
|---|---|
| working_days(n), working_days(n, since=<date variable>) | date: the n-th working day after today, or after that day |

where n is 1 to 400, or the 'name' of a parameter of the regulation. A rule that reads something which was not filled in
holds.

A timer is exactly one of the following; n is a literal:

| timer | due |
|---|---|
| working_days(n), 1 to 400 | end of the n-th working day |
| calendar_days(n), 1 to 400 | end of the n-th calendar day |
| hours(n), 1 to 9600 | n hours later |
| end_of_day() | end of that day |
| the bare name of a date variable | end of that date |

The four functions count from the moment the timer begins to wait, or `since=<date variable>`.

A variable that is not set yet is None: every comparison with it (also != and not in) is false, arithmetic with it
is None, a boolean that is None counts as false, and a timer that needs it is refused at run time.
"""

from caseflow.engine.expressions.check import TYPES, check_expression
from caseflow.engine.expressions.environment import Environment
from caseflow.engine.expressions.evaluate import Surroundings, evaluate
from caseflow.engine.expressions.language import FUNCTIONS
from caseflow.engine.expressions.refusals import CODES, Refusal
from caseflow.engine.expressions.rule import holds, names_in, parameters_in

__all__ = [
    "CODES", "FUNCTIONS", "TYPES", "Environment", "Refusal", "Surroundings", "check_expression", "evaluate", "holds",
    "names_in", "parameters_in",
]

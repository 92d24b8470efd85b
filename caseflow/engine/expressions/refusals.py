"""Why an expression is refused: stable codes and their Chinese sentences."""

from __future__ import annotations

from typing import NamedTuple

from caseflow.errors import ExpressionRefused

SENTENCES = {
    # the text
    "not_text": "表达式必须是一段文字。",
    "empty": "表达式是空的；请写一个条件，或把这条线设为默认流向。",
    "too_long": "表达式超过 500 个字符；请拆成几个网关。",
    "newline": "表达式只能写在一行里，请去掉换行。",
    "fullwidth_character": "“{found}”是全角字符；请切换到英文输入法，改用半角符号。",
    "invisible_character": "这里有一个看不见的字符（{found}）；请删掉后重新输入。",
    "foreign_character": "“{found}”不是英文字母，可能只是看起来相像；中文只能写在引号里。",
    "text_character": "引号里的“{found}”不能使用（控制、不可见或相似字符）；请删掉后重新输入。",
    "text_too_long": "引号里的文字超过 200 个字符。",
    "text_open": "引号没有成对；请补上另一个引号。",
    "text_prefix": "引号前面不能有字母“{found}”。",
    "joined_texts": "两段文字连在一起了；请写成一段。",
    "backslash": "不能使用反斜杠。",
    "comment": "不能写 # 注释；说明请写在图上的注释里。",
    "attribute": "不能用点号取属性或调用方法；请直接用变量名。",
    "container": "不能使用花括号。",
    "operator": "不能使用运算符“{found}”；可用的是 and or not == != < <= > >= in + -。",
    "colon": "不能使用冒号。",
    "semicolon": "一个表达式里只能有一个条件，不能用分号。",
    "character": "不能使用字符“{found}”。",
    "number_form": "数字只能是不带小数点、字母和前导零的整数。",
    "number_too_large": "数字太大，最多 1000000000000。",
    "name_underscore": "名称不能以下划线开头。",
    "name_too_long": "名称超过 64 个字符。",
    "keyword": "不能使用“{found}”。",
    # the form
    "assignment": "一个等号是赋值；判断相等请用 ==。",
    "brackets": "括号没有成对，或嵌套超过 12 层。",
    "subscript": "不能用方括号取元素。",
    "list": "列表只能写在 in 后面，如 level in ['a', 'b']。",
    "list_item": "列表里只能直接写同一种类型的文字或整数，至少一个、最多 50 个。",
    "tuple": "这里不能用逗号；两个条件之间请写 and 或 or。",
    "call": "只能调用列出的函数，不能调用别的结果。",
    "syntax": "看不懂这个表达式；请检查是否缺少变量、运算符或括号。",
    "too_complex": "表达式太复杂（最多 100 个部分、12 层）；请拆成几个网关。",
    "chained": "不能连续比较；请用 and 把两个比较连起来。",
    # the meaning
    "unknown_name": "没有名为“{found}”的变量{hint}。",
    "unknown_function": "没有名为“{found}”的函数{hint}。",
    "function_as_value": "“{found}”是函数，要写成 {found}(…)。",
    "not_boolean": "这里要一个是或否的条件，却是{type}；请写成比较，如 {example}。",
    "type_mismatch": "{left}不能与{right}比较；两边类型要相同。",
    "order_type": "{type}不能比大小，只有数字和日期可以。",
    "in_type": "{type}不能用 in，只有文字和数字可以。",
    "number_needed": "+ 和 - 只用于数字，这里是{type}。",
    "date_needed": "这里要一个日期变量，却是{type}。",
    "branch_types": "if 与 else 两边类型要相同，却是{left}和{right}。",
    "compare_none": "不能与 None 比较；请写 is_empty(变量)。",
    "arguments": "函数 {found} 的参数不对；正确写法：{usage}。",
    "keyword_argument": "只有计时函数可以写 since=，并且只写一次。",
    "constant_comparison": "比较的两边都是固定值，结果永远不变；请用变量。",
    "constant_condition": "条件里没有变量，结果永远不变；请用变量，或改为默认流向。",
    "impossible_value": "“{found}”不是“{name}”的可选值，永远不会成立；可选值：{choices}。",
    "unknown_task": "visits 里的“{found}”不是本流程的人工任务{hint}。",
    "timer_in_condition": "{found} 是计时函数，只能单独写在计时器里。",
    "not_a_timer": "计时器只能是 working_days(5)、calendar_days(7)、hours(3)、end_of_day()（可加 since=日期变量），"
    "或一个日期变量名。",
    "timer_amount": "{found} 的天数或小时数要直接写整数，范围 {low} 到 {high}。",
    "script": "不允许脚本；请用条件、表单或登记过的服务任务。",
    # only while running
    "value_type": "变量“{found}”的值不是文字、整数、是否或日期。",
    "value_missing": "计时需要日期“{found}”，但它还没有填写。",
    "value_number": "计算结果超出范围。",
}


class Refusal(NamedTuple):
    """One reason: a stable `code`, its Chinese `sentence`, and the 1-based character in the text where to look."""

    code: str
    sentence: str
    position: int


def refusal(code: str, position: int = 1, **values: object) -> Refusal:
    """The reason with this code, a key of SENTENCES; `values` fill the sentence."""
    return Refusal(code, SENTENCES[code].format(**values), position)


def refuse(code: str, position: int = 1, **values: object) -> ExpressionRefused:
    """The error to raise for this code; its `refusal` is the reason."""
    reason = refusal(code, position, **values)
    return ExpressionRefused(f"{reason.code} at {reason.position}: {reason.sentence}", refusal=reason)

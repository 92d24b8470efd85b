"""Why an expression is refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext, lazy_pgettext

from web.sentences.filling import filled
from web.sentences.gate import LONGEST

_ = lazy_gettext

SENTENCES = {
    # the text
    "not_text": _("表达式必须是一段文字。"),
    "empty": _("表达式是空的；请写一个条件，或把这条线设为默认流向。"),
    "too_long": _("表达式超过 500 个字符；请拆成几个网关。"),
    "newline": _("表达式只能写在一行里，请去掉换行。"),
    "fullwidth_character": _("“%(found)s”是全角字符；请切换到英文输入法，改用半角符号。"),
    "invisible_character": _("这里有一个看不见的字符（%(found)s）；请删掉后重新输入。"),
    "foreign_character": _("“%(found)s”不是英文字母，可能只是看起来相像；中文只能写在引号里。"),
    "text_character": _("引号里的“%(found)s”不能使用（控制、不可见或相似字符）；请删掉后重新输入。"),
    "text_too_long": _("引号里的文字超过 200 个字符。"),
    "text_open": _("引号没有成对；请补上另一个引号。"),
    "text_prefix": _("引号前面不能有字母“%(found)s”。"),
    "joined_texts": _("两段文字连在一起了；请写成一段。"),
    "backslash": _("不能使用反斜杠。"),
    "comment": _("不能写 # 注释；说明请写在图上的注释里。"),
    "attribute": _("不能用点号取属性或调用方法；请直接用变量名。"),
    "container": _("不能使用花括号。"),
    "operator": _("不能使用运算符“%(found)s”；可用的是 and or not == != < <= > >= in + -。"),
    "colon": _("不能使用冒号。"),
    "semicolon": _("一个表达式里只能有一个条件，不能用分号。"),
    "character": _("不能使用字符“%(found)s”。"),
    "number_form": _("数字只能是不带小数点、字母和前导零的整数。"),
    "number_too_large": _("数字太大，最多 1000000000000。"),
    "name_underscore": _("名称不能以下划线开头。"),
    "name_too_long": _("名称超过 64 个字符。"),
    "keyword": _("不能使用“%(found)s”。"),
    # the form
    "assignment": _("一个等号是赋值；判断相等请用 ==。"),
    "brackets": _("括号没有成对，或嵌套超过 12 层。"),
    "subscript": _("不能用方括号取元素。"),
    "list": _("列表只能写在 in 后面，如 level in ['a', 'b']。"),
    "list_item": _("列表里只能直接写同一种类型的文字或整数，至少一个、最多 50 个。"),
    "tuple": _("这里不能用逗号；两个条件之间请写 and 或 or。"),
    "call": _("只能调用列出的函数，不能调用别的结果。"),
    "syntax": _("看不懂这个表达式；请检查是否缺少变量、运算符或括号。"),
    "too_complex": _("表达式太复杂（最多 100 个部分、12 层）；请拆成几个网关。"),
    "chained": _("不能连续比较；请用 and 把两个比较连起来。"),
    # the meaning
    "unknown_name": _("没有名为“%(found)s”的变量。"),
    "unknown_function": _("没有名为“%(found)s”的函数。"),
    "function_as_value": _("“%(found)s”是函数，要写成 %(found)s(…)。"),
    "not_boolean": _("这里要一个是或否的条件，却是%(type)s；请写成比较，如 %(example)s。"),
    "type_mismatch": _("%(left)s不能与%(right)s比较；两边类型要相同。"),
    "order_type": _("%(type)s不能比大小，只有数字和日期可以。"),
    "in_type": _("%(type)s不能用 in，只有文字和数字可以。"),
    "number_needed": _("+ 和 - 只用于数字，这里是%(type)s。"),
    "date_needed": _("这里要一个日期变量，却是%(type)s。"),
    "branch_types": _("if 与 else 两边类型要相同，却是%(left)s和%(right)s。"),
    "compare_none": _("不能与 None 比较；请写 is_empty(变量)。"),
    "arguments": _("函数 %(found)s 的参数不对；正确写法：%(usage)s。"),
    "keyword_argument": _("只有计时函数可以写 since=，并且只写一次。"),
    "constant_comparison": _("比较的两边都是固定值，结果永远不变；请用变量。"),
    "constant_condition": _("条件里没有变量，结果永远不变；请用变量，或改为默认流向。"),
    "impossible_value": _("“%(found)s”不是“%(name)s”的可选值，永远不会成立；可选值：%(choices)s。"),
    "unknown_task": _("visits 里的“%(found)s”不是本流程的人工任务。"),
    "timer_in_condition": _("%(found)s 是计时函数，只能单独写在计时器里。"),
    "not_in_rule": _("表单规则里不能用 %(found)s；没有填的项，规则不问。"),
    "not_a_timer": _("计时器只能是 working_days(5)、calendar_days(7)、hours(3)、end_of_day()（可加 since=日期变量），"
                     "或一个日期变量名。"),
    "timer_amount": _("%(found)s 的天数或小时数要直接写整数，范围 %(low)s 到 %(high)s。"),
    "script": _("不允许脚本；请用条件、表单或登记过的服务任务。"),
    # only while running
    "value_type": _("变量“%(found)s”的值不是文字、整数、是否或日期。"),
    "value_missing": _("计时需要日期“%(found)s”，但它还没有填写。"),
    "value_number": _("计算结果超出范围。"),
}
MEANT = {     # where a name that is known comes near
    "unknown_name": _("没有名为“%(found)s”的变量，是不是“%(hint)s”？。"),
    "unknown_function": _("没有名为“%(found)s”的函数，是不是“%(hint)s”？。"),
    "unknown_task": _("visits 里的“%(found)s”不是本流程的人工任务，是不是“%(hint)s”？。"),
}
IN_DIAGRAM = _("表达式“%(text)s”第 %(position)s 个字符：%(reason)s")
TYPES = {
    "text": lazy_pgettext("type", "文字"), "number": lazy_pgettext("type", "数字"),
    "boolean": lazy_pgettext("type", "是否"), "date": lazy_pgettext("type", "日期"), "none": "None",
    "other_form": lazy_pgettext("type", "别的写法"), "other_value": lazy_pgettext("type", "别的值"),
    "variable_value": lazy_pgettext("type", "变量的值"), "list_value": lazy_pgettext("type", "列表里的值"),
    "left_value": lazy_pgettext("type", "左边的值"), "right_value": lazy_pgettext("type", "右边的值"),
}
USAGES = {     # how a function is written
    "visits": _("visits('任务编号')"), "today": "today()", "days_between": _("days_between(日期, 日期)"),
    "is_empty": _("is_empty(变量)"), "end_of_day": "end_of_day()",
}


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with an expression and what to do."""
    spoken = {name: TYPES[fact] if name in ("type", "left", "right") else fact for name, fact in facts.items()}
    if code == "arguments":
        spoken["usage"] = USAGES[facts["found"]]
    return filled(MEANT[code] if facts.get("hint") else SENTENCES[code], spoken)


def in_diagram(code: str, facts: Mapping[str, object]) -> str:
    """The same of an expression in a diagram: with its text, and the character where to look."""
    return filled(IN_DIAGRAM, {**facts, "reason": sentence(code, facts)})[:LONGEST]

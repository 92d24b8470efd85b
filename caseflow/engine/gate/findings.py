"""What the gate can find: stable codes and Chinese sentences that say what to do.

The refusals of the expression language come as `expression_<code>` with the place in the text.
"""

from __future__ import annotations

from lxml import etree

from caseflow.engine.expressions.refusals import Refusal
from caseflow.engine.values import Finding

MAX_FINDINGS = 500

SENTENCES = {
    # the file (reader)
    "file_empty": "文件是空的；请重新导出流程图。",
    "file_too_large": "文件超过 1000000 字节；请删去多余内容或拆成几个流程。",
    "file_compressed": "文件是压缩包；请直接上传 .bpmn 文件。",
    "file_encoding": "文件不是 UTF-8 编码；请另存为 UTF-8。",
    "file_doctype": "文件里有 DOCTYPE、ENTITY 或其他 <! 声明；请删掉。",
    "file_namespaces": "文件里的命名空间声明超过 200 个；请用 Camunda Modeler 重新导出。",
    "file_not_xml": "文件不是完整的 XML，第 {line} 行附近有错；请用 Camunda Modeler 重新导出。",
    "file_not_bpmn": "根元素不是 bpmn:definitions；请上传 BPMN 2.0 流程图。",
    "file_too_many_elements": "元素超过 5000 个；请拆成几个流程。",
    "file_too_deep": "元素嵌套超过 30 层；请简化。",
    "file_too_many_attributes": "一个元素有超过 40 个属性；请删去多余的。",
    # the dialect
    "element_not_allowed": "不允许使用元素 {found}；请删掉，或换成允许的元素。",
    "script_not_allowed": "不允许脚本（{found}）；请改用条件、表单或登记过的服务任务。",
    "gateway_not_allowed": "不允许 {found}；请改用排他网关或并行网关。",
    "event_not_allowed": "这里不允许事件 {found}；请改用计时（timeDate）或消息的中间、边界事件，开始和结束不带标记。",
    "loop_not_allowed": "不允许多实例或循环标记（{found}）；请用排他网关画出循环。",
    "timer_kind": "计时器只能用 timeDate，不能用 {found}；请改写为 timeDate，如 working_days(5)。",
    "element_repeated": "{found} 在这里只能有一个；请删去多余的。",
    "element_missing": "缺少 {found}；请补上。",
    "attribute_not_allowed": "{tag} 不允许属性 {found}；请删掉。",
    "attribute_missing": "{tag} 缺少属性 {found}；请补上。",
    "attribute_value": "{tag} 的属性 {found} 不能是“{value}”；请改正。",
    "text_misplaced": "{tag} 里不能写文字；请删掉。",
    "text_value": "{tag} 的文字太长（最多 {limit} 字）或有控制、不可见字符；请改正。",
    "id_missing": "这个 {tag} 没有编号（id）；请补上。",
    "id_form": "编号“{found}”不合规；请用字母开头，只含字母、数字和下划线，最多 64 个字符。",
    "id_reserved": "编号“{found}”是引擎自己用的；请换一个。",
    "id_duplicate": "编号“{found}”出现了不止一次；请改成唯一的。",
    "id_snake_case": "任务编号“{found}”请用小写字母、数字和下划线，如 first_response。",
    "name_missing": "{tag} 没有名称；请写上中文名称。",
    "article_missing": "这个人工任务没有写依据的条款（article）；请补上，如 GC-2(二)。",
    # the process
    "process_count": "一个文件里要有且只有一个流程，这里有 {count} 个；请拆成几个文件。",
    "process_none": "文件里没有流程（process）；请上传画有流程的图，编排图和会话图办不了案。",
    "process_executable": '流程没有标为可执行；请设置 isExecutable="true"。',
    "process_id": "流程编号“{found}”请写成 <规定>_<名称>，如 guichi_rectification。",
    "participant_process": "泳池引用的流程“{found}”不在本文件里，或被引用了不止一次；请改正。",
    "lane_reference": "泳道引用的“{found}”不是本流程的节点，或已在另一条泳道里；请改正。",
    "shape_element": "图形引用的“{found}”不在流程里；请删掉这个图形。",
    "not_drawn": "流程里的“{found}”没有画出来，看图的人会漏掉它；请补上图形。",
    "steps_limit": "流程有 {count} 个节点，超过 200 个；请拆成几个流程。",
    "expressions_limit": "流程有 {count} 个条件和计时器，超过 200 个；请拆成几个流程。",
    "nesting_limit": "子流程嵌套超过 4 层；请简化。",
    # flows
    "start_count": "这里要有且只有一个开始事件，现在有 {count} 个；请改正。",
    "end_count": "这里没有结束事件；请补上。",
    "flow_end_unknown": "流向的起点或终点“{found}”不在同一层流程里；请重新连接。",
    "flow_reference": "节点写的进出流向与实际连线不一致（{found}）；请重新连接后保存。",
    "flow_duplicate": "两个节点之间有不止一条流向；请合并成一条，条件用 or 连接。",
    "flow_self": "流向连到了自己；请在中间加一个人工任务或网关。",
    "incoming_not_allowed": "{tag} 不能有进入的流向；请删掉。",
    "outgoing_not_allowed": "结束事件不能有离开的流向；请删掉。",
    "unreachable": "从开始事件到不了这里；请连上或删掉。",
    "dead_end": "这里没有离开的流向；请连到下一步或结束事件。",
    "cannot_end": "从这里永远到不了结束事件；请补上出口。",
    "implicit_split": "{tag} 有不止一条离开的流向；请先接一个网关。",
    "condition_misplaced": "条件只能写在排他网关的分支上；请把条件移到网关后面。",
    "condition_missing": "排他网关的这条分支没有条件；请写条件，或设为默认流向。",
    "default_missing": "排他网关没有默认流向；请设一条，条件都不成立时走它。",
    "default_unknown": "默认流向“{found}”不是从这个网关出去的；请改正。",
    "default_condition": "默认流向上不能写条件；请删掉条件。",
    "gateway_mixed": "并行网关不能同时合并又分开；请拆成两个网关。",
    "boundary_attachment": "边界事件只能附在人工任务、子流程或调用活动上，“{found}”不是；请改正。",
    # parallel branches
    "parallel_nesting": "并行分支之间或分支与外面之间有跳转（循环也不能跨过并行网关）；"
    "请让每个分支只在自己的汇合网关结束。",
    "join_mismatch": "这个并行汇合没有对应的并行分开，或进入的流向不是每个分支各一条；它会一直等下去，请改正。",
    "join_stuck": "这个并行汇合等的分支到不了这里；请改正。",
    "branch_ends": "并行分支在汇合之前就结束了；请连到并行汇合网关。",
    "side_path_rejoins": "不中断的边界事件引出的支路又回到了主流程，会让同一步做两遍；请让它单独结束。",
    "loop_without_wait": "这个循环里没有人工任务，也没有从当下起算的计时器，会转个不停；请加一个。",
    # tasks and events
    "performer_missing": "人工任务没有写由谁办；请填 candidateGroups，如 responsible.officer。",
    "performer_form": "办理者“{found}”请写成 <单位>.<角色>，角色是 officer、supervisor、reviewer 或 staff。",
    "performer_partial": "被评价单位的人不能复核对本单位的申诉；请改由别的单位复核。",
    "service_type": "服务任务的 camunda:type 只能是 external；请改正。",
    "topic_unknown": "没有登记过操作“{found}”；请换成登记过的：{known}。",
    "message_unknown": "消息“{found}”没有定义；请先定义消息。",
    "message_name": "消息名“{found}”请用小写字母、数字和下划线，以字母开头。",
    "called_unknown": "调用的流程“{found}”不在同一组文件里；请改正，或把它一起上传。",
    "called_unreadable": "调用的流程“{found}”本身读不了；请先改好那个文件。",
    "call_recursion": "流程直接或间接调用了自己（{found}）；请去掉这个调用。",
    "calls_limit": "流程连同调用的流程一层层展开后超过 1000 个节点；请减少调用。",
    "files_limit": "同一组文件另有 {count} 个，超过 50 个；请拆成几组。",
    "process_duplicate": "同一组文件里有两个流程或节点用了编号“{found}”；请改成唯一的。",
    # forms
    "form_limit": "一个表单最多 50 项；请拆成几个任务。",
    "field_id": "表单项编号“{found}”请用小写字母开头，只含小写字母、数字和下划线，最多 64 个字符。",
    "field_reserved": "表单项编号“{found}”已有别的用处；请换一个。",
    "field_duplicate": "表单里有两个“{found}”；请改成不同的编号。",
    "field_label": "表单项“{found}”没有名称（label）；请写上。",
    "field_type": "表单项“{found}”的类型只能是 string、text、enum、boolean、date 或 long；请改正。",
    "field_is_task": "表单项编号“{found}”与一个任务的编号相同，引擎会把两者混淆；请给表单项换一个编号。",
    "field_conflict": "表单项“{found}”在别处是另一种类型；请让同名的项类型相同。",
    "field_default": "表单项“{found}”的默认值“{value}”不合它的类型或范围；请改正。",
    "enum_empty": "选择项“{found}”没有选项；请至少写一个。",
    "enum_limit": "选择项“{found}”最多 50 个选项；请减少。",
    "enum_value": "选择项“{found}”的选项“{value}”编号不合规、重复或没有名称；请改正。",
    "enum_only": "只有 enum 类型可以有选项，“{found}”不是；请删去选项或改类型。",
    "constraint_name": "表单项“{found}”的限制“{value}”不适用于它的类型，或写了两次；请删掉。",
    "constraint_value": "表单项“{found}”的限制“{value}”要写整数，并在允许范围内；请改正。",
    "constraint_range": "表单项“{found}”的最小值大于最大值；请改正。",
    "visible_when_form": "“{found}”的 visible_when 只能写成 项 == '值'、项 in ['值', '值'] 或 是否项 == True；请改正。",
    "visible_when_field": "“{found}”的 visible_when 要引用同一表单里排在前面的选择项或是否项；请改正。",
    "visible_when_value": "“{found}”的 visible_when 里的“{value}”不是那一项的选项；请改正。",
    "property_name": "不认识的扩展属性“{found}”；请删掉，人工任务用 article，表单项用 visible_when。",
    # SpiffWorkflow's parser, apart
    "parser_refused": "引擎读不了这个流程（{reason}）；请按提示改正。",
    "parser_limit": "引擎读这个流程用了太多时间或内存；请简化流程。",
}
WARNINGS = frozenset(("article_missing", "process_id", "not_drawn"))


class Findings:
    """Collects findings; after 500 errors (or warnings: they never crowd out an error) the rest is left out.

    `found` are the errors, `warnings` the rest.
    """

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.warnings: list[Finding] = []

    def add(self, code: str, node: etree._Element | None = None, **values: object) -> None:
        """Note the finding with this code of SENTENCES, at the node's line and nearest id; `values` fill the text."""
        self._append(code, node, SENTENCES[code].format(**values), "warning" if code in WARNINGS else "error")

    def add_refusal(self, reason: Refusal, node: etree._Element, text: str) -> None:
        """Note what the expression language refuses as `expression_<code>`, with its place and 60 characters of it."""
        shown = text if len(text) <= 60 else text[:60] + "…"
        sentence = f"表达式“{shown}”第 {reason.position} 个字符：{reason.sentence}"
        self._append(f"expression_{reason.code}", node, sentence, "error")

    def _append(self, code: str, node: etree._Element | None, sentence: str, severity: str) -> None:
        kept = self.warnings if severity == "warning" else self.found
        if len(kept) < MAX_FINDINGS:
            line = (node.sourceline or 0) if node is not None else 0
            kept.append(Finding(code, owner_id(node), line, printable(sentence), severity))

    @property
    def full(self) -> bool:
        """Whether no further error will be noted."""
        return len(self.found) >= MAX_FINDINGS

    def sorted(self) -> list[Finding]:
        """All findings by line, the same one only once."""
        return sorted(dict.fromkeys(self.found + self.warnings), key=lambda finding: finding.line)


def owner_id(node: etree._Element | None) -> str:
    """The id of the element or, for a part without one, of the nearest element around it; "" when there is none.

    At most 64 characters. Ids of Camunda's elements are those of form fields and are passed over.
    """
    while node is not None:
        if node.get("id") and "camunda" not in str(node.tag):
            return printable(node.get("id"))[:64]
        node = node.getparent()
    return ""


def printable(text: str) -> str:
    """One line of visible characters, for a message about a text nobody has checked yet; at most 500.

    Others are shown as their hexadecimal code.
    """
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)[:500]

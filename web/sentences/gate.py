"""What the gate says against a diagram."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from web.sentences.filling import filled, listed

_ = lazy_gettext
LONGEST = 500     # characters: names in a file nobody has checked yet may be long

SENTENCES = {
    # the file (reader)
    "file_empty": _("文件是空的；请重新导出流程图。"),
    "file_too_large": _("文件超过 1000000 字节；请删去多余内容或拆成几个流程。"),
    "file_compressed": _("文件是压缩包；请直接上传 .bpmn 文件。"),
    "file_encoding": _("文件不是 UTF-8 编码；请另存为 UTF-8。"),
    "file_doctype": _("文件里有 DOCTYPE、ENTITY 或其他 <! 声明；请删掉。"),
    "file_namespaces": _("文件里的命名空间声明超过 200 个；请用 Camunda Modeler 重新导出。"),
    "file_not_xml": _("文件不是完整的 XML，第 %(line)s 行附近有错；请用 Camunda Modeler 重新导出。"),
    "file_not_bpmn": _("根元素不是 bpmn:definitions；请上传 BPMN 2.0 流程图。"),
    "file_too_many_elements": _("元素超过 5000 个；请拆成几个流程。"),
    "file_too_deep": _("元素嵌套超过 30 层；请简化。"),
    "file_too_many_attributes": _("一个元素有超过 40 个属性；请删去多余的。"),
    # the dialect
    "element_not_allowed": _("不允许使用元素 %(found)s；请删掉，或换成允许的元素。"),
    "script_not_allowed": _("不允许脚本（%(found)s）；请改用条件、表单或登记过的服务任务。"),
    "gateway_not_allowed": _("不允许 %(found)s；请改用排他网关或并行网关。"),
    "event_not_allowed": _("这里不允许事件 %(found)s；请改用计时（timeDate）或消息的中间、边界事件，"
                           "开始和结束不带标记。"),
    "loop_not_allowed": _("不允许多实例或循环标记（%(found)s）；请用排他网关画出循环。"),
    "timer_kind": _("计时器只能用 timeDate，不能用 %(found)s；请改写为 timeDate，如 working_days(5)。"),
    "element_repeated": _("%(found)s 在这里只能有一个；请删去多余的。"),
    "element_missing": _("缺少 %(found)s；请补上。"),
    "attribute_not_allowed": _("%(tag)s 不允许属性 %(found)s；请删掉。"),
    "attribute_missing": _("%(tag)s 缺少属性 %(found)s；请补上。"),
    "attribute_value": _("%(tag)s 的属性 %(found)s 不能是“%(value)s”；请改正。"),
    "text_misplaced": _("%(tag)s 里不能写文字；请删掉。"),
    "text_value": _("%(tag)s 的文字太长（最多 %(limit)s 字）或有控制、不可见字符；请改正。"),
    "id_missing": _("这个 %(tag)s 没有编号（id）；请补上。"),
    "id_form": _("编号“%(found)s”不合规；请用字母开头，只含字母、数字和下划线，最多 64 个字符。"),
    "id_reserved": _("编号“%(found)s”是引擎自己用的；请换一个。"),
    "id_duplicate": _("编号“%(found)s”出现了不止一次；请改成唯一的。"),
    "id_snake_case": _("任务编号“%(found)s”请用小写字母、数字和下划线，如 first_response。"),
    "name_missing": _("%(tag)s 没有名称；请写上中文名称。"),
    "article_missing": _("这个人工任务没有写依据的条款（article）；请补上，如 GC-2(二)。"),
    "limit_value": _("“limit”只能是 statutory（法定期限）或 reminder（提醒），不能是“%(found)s”；请改正。"),
    "limit_unmarked": _("一个步骤上有几个时限：%(found)s；请把法定期限的那一个标为 limit=statutory，"
                        "只作提醒的标为 reminder。"),
    "limit_repeated": _("一个步骤上有几个时限标为法定期限：%(found)s；请只留一个。"),
    # the process
    "process_count": _("一个文件里要有且只有一个流程，这里有 %(count)s 个；请拆成几个文件。"),
    "process_none": _("文件里没有流程（process）；请上传画有流程的图，编排图和会话图办不了案。"),
    "process_executable": _('流程没有标为可执行；请设置 isExecutable="true"。'),
    "process_id": _("流程编号“%(found)s”请写成 <规定>_<名称>，<规定>是 regulation.toml 所在文件夹的名字。"),
    "participant_process": _("泳池引用的流程“%(found)s”不在本文件里，或被引用了不止一次；请改正。"),
    "lane_reference": _("泳道引用的“%(found)s”不是本流程的节点，或已在另一条泳道里；请改正。"),
    "shape_element": _("图形引用的“%(found)s”不在流程里；请删掉这个图形。"),
    "not_drawn": _("流程里的“%(found)s”没有画出来，看图的人会漏掉它；请补上图形。"),
    "steps_limit": _("流程有 %(count)s 个节点，超过 200 个；请拆成几个流程。"),
    "expressions_limit": _("流程有 %(count)s 个条件和计时器，超过 200 个；请拆成几个流程。"),
    "nesting_limit": _("子流程嵌套超过 4 层；请简化。"),
    # flows
    "start_count": _("这里要有且只有一个开始事件，现在有 %(count)s 个；请改正。"),
    "end_count": _("这里没有结束事件；请补上。"),
    "flow_end_unknown": _("流向的起点或终点“%(found)s”不在同一层流程里；请重新连接。"),
    "flow_reference": _("节点写的进出流向与实际连线不一致（%(found)s）；请重新连接后保存。"),
    "flow_duplicate": _("两个节点之间有不止一条流向；请合并成一条，条件用 or 连接。"),
    "flow_self": _("流向连到了自己；请在中间加一个人工任务或网关。"),
    "incoming_not_allowed": _("%(tag)s 不能有进入的流向；请删掉。"),
    "outgoing_not_allowed": _("结束事件不能有离开的流向；请删掉。"),
    "unreachable": _("从开始事件到不了这里；请连上或删掉。"),
    "dead_end": _("这里没有离开的流向；请连到下一步或结束事件。"),
    "cannot_end": _("从这里永远到不了结束事件；请补上出口。"),
    "implicit_split": _("%(tag)s 有不止一条离开的流向；请先接一个网关。"),
    "condition_misplaced": _("条件只能写在排他网关的分支上；请把条件移到网关后面。"),
    "condition_missing": _("排他网关的这条分支没有条件；请写条件，或设为默认流向。"),
    "default_missing": _("排他网关没有默认流向；请设一条，条件都不成立时走它。"),
    "default_unknown": _("默认流向“%(found)s”不是从这个网关出去的；请改正。"),
    "default_condition": _("默认流向上不能写条件；请删掉条件。"),
    "gateway_mixed": _("并行网关不能同时合并又分开；请拆成两个网关。"),
    "boundary_attachment": _("边界事件只能附在人工任务、子流程或调用活动上，“%(found)s”不是；请改正。"),
    # parallel branches
    "parallel_nesting": _("并行分支之间或分支与外面之间有跳转（循环也不能跨过并行网关）；"
                          "请让每个分支只在自己的汇合网关结束。"),
    "join_mismatch": _("这个并行汇合没有对应的并行分开，或进入的流向不是每个分支各一条；它会一直等下去，请改正。"),
    "join_stuck": _("这个并行汇合等的分支到不了这里；请改正。"),
    "branch_ends": _("并行分支在汇合之前就结束了；请连到并行汇合网关。"),
    "side_path_rejoins": _("不中断的边界事件引出的支路又回到了主流程，会让同一步做两遍；请让它单独结束。"),
    "loop_without_wait": _("这个循环里没有人工任务，也没有从当下起算的计时器，会转个不停；请加一个。"),
    # tasks and events
    "performer_missing": _("人工任务没有写由谁办；请填 candidateGroups，如 responsible.officer。"),
    "performer_form": _("办理者“%(found)s”请写成 <单位>.<角色>，角色是 officer、supervisor、reviewer 或 staff。"),
    "performer_partial": _("被评价单位的人不能复核对本单位的申诉；请改由别的单位复核。"),
    "service_type": _("服务任务的 camunda:type 只能是 external；请改正。"),
    "topic_unknown": _("没有登记过操作“%(found)s”；请换成登记过的：%(known)s。"),
    "message_unknown": _("消息“%(found)s”没有定义；请先定义消息。"),
    "message_name": _("消息名“%(found)s”请用小写字母、数字和下划线，以字母开头。"),
    "called_unknown": _("调用的流程“%(found)s”不在同一组文件里；请改正，或把它一起上传。"),
    "called_unreadable": _("调用的流程“%(found)s”本身读不了；请先改好那个文件。"),
    "call_recursion": _("流程直接或间接调用了自己（%(found)s）；请去掉这个调用。"),
    "calls_limit": _("流程连同调用的流程一层层展开后超过 1000 个节点；请减少调用。"),
    "files_limit": _("同一组文件另有 %(count)s 个，超过 50 个；请拆成几组。"),
    "process_duplicate": _("同一组文件里有两个流程或节点用了编号“%(found)s”；请改成唯一的。"),
    # forms
    "form_limit": _("一个表单最多 50 项；请拆成几个任务。"),
    "field_id": _("表单项编号“%(found)s”请用小写字母开头，只含小写字母、数字和下划线，最多 64 个字符。"),
    "field_reserved": _("表单项编号“%(found)s”已有别的用处；请换一个。"),
    "field_duplicate": _("表单里有两个“%(found)s”；请改成不同的编号。"),
    "field_label": _("表单项“%(found)s”没有名称（label）；请写上。"),
    "field_type": _("表单项“%(found)s”的类型只能是 string、text、enum、boolean、date、long 或 unit；请改正。"),
    "form_units": _("一个表单只能有一项 unit：案件只有一个承办单位；请只留一项。"),
    "field_is_task": _("表单项编号“%(found)s”与一个任务的编号相同，引擎会把两者混淆；请给表单项换一个编号。"),
    "field_conflict": _("表单项“%(found)s”在别处是另一种类型；请让同名的项类型相同。"),
    "field_default": _("表单项“%(found)s”的默认值“%(value)s”不合它的类型或范围；请改正。"),
    "enum_empty": _("选择项“%(found)s”没有选项；请至少写一个。"),
    "enum_limit": _("选择项“%(found)s”最多 50 个选项；请减少。"),
    "enum_value": _("选择项“%(found)s”的选项“%(value)s”编号不合规、重复或没有名称；请改正。"),
    "enum_only": _("只有 enum 类型可以有选项，“%(found)s”不是；请删去选项或改类型。"),
    "constraint_name": _("表单项“%(found)s”的限制“%(value)s”不适用于它的类型，或写了两次；请删掉。"),
    "constraint_value": _("表单项“%(found)s”的限制“%(value)s”要写整数，并在允许范围内；请改正。"),
    "constraint_range": _("表单项“%(found)s”的最小值大于最大值；请改正。"),
    "visible_when_form": _("“%(found)s”的 visible_when 只能写成 项 == '值'、项 in ['值', '值'] "
                           "或 是否项 == True；请改正。"),
    "visible_when_field": _("“%(found)s”的 visible_when 要引用同一表单里排在前面的选择项或是否项；请改正。"),
    "visible_when_value": _("“%(found)s”的 visible_when 里的“%(value)s”不是那一项的选项；请改正。"),
    "property_name": _("不认识的扩展属性“%(found)s”；请删掉，步骤用 article，附在步骤上的时限还可用 limit，"
                       "表单项用 visible_when、first_visit_only、rule 和 rule_says。"),
    "form_rule_sentence": _("“%(found)s”的规则 %(value)s 没有写不合时显示的话；请在 %(value)s_says 里写上。"),
    "form_rule_missing": _("“%(found)s”写了 %(value)s_says，却没有规则 %(value)s；请写上规则，或删去这句话。"),
    "form_rule_blank": _("“%(found)s”的规则显示的话里有 {%(value)s}，规则里却没有 working_days('%(value)s')；请改正。"),
    "form_rule_elsewhere": _("“%(found)s”的规则“%(text)s”没有提到“%(found)s”；请把它移到它管的那一项。"),
    "form_rule_always": _("“%(found)s”的规则“%(text)s”怎么填都成立，拦不住什么；请改正或删去。"),
    "form_rule_never": _("“%(found)s”的规则“%(text)s”怎么填都不成立，这个任务永远交不了；请改正。"),
    "choice_barred": _("按表单的规则，“%(found)s”永远选不了“%(value)s”；请改正规则，或删去这个选项。"),
    # SpiffWorkflow's parser, apart
    "parser_refused": _("引擎读不了这个流程（%(reason)s）；请按提示改正。"),
    "parser_limit": _("引擎读这个流程用了太多时间或内存；请简化流程。"),
}
NAMES = {"bpmn:eventDefinition": _("事件定义")}     # what is no single element of a file


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong and what to do, at most LONGEST (500) characters."""
    spoken = SPECIAL[code](facts) if code in SPECIAL else facts
    return filled(SENTENCES[code], spoken)[:LONGEST]


def _either(facts: Mapping[str, object]) -> Mapping[str, object]:
    found = facts["found"]
    return {**facts, "found": gettext(" 或 ").join(found) if isinstance(found, tuple) else found}


def _named(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {**facts, "found": NAMES.get(facts["found"], facts["found"])}


def _shortened(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {**facts, "found": listed(facts["found"])[:100]}


SPECIAL = {"element_missing": _either, "element_repeated": _named, "flow_reference": _shortened}

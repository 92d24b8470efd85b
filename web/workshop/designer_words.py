"""What the designer's page says: its own words, and Chinese for what bpmn-js says in English."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

WORDS = {
    # tools of the drawing
    "tool_hand": _("移动画布"), "tool_lasso": _("框选"), "tool_space": _("腾出或收回空间"), "tool_connect": _("连线"),
    "draw_user-task": _("画人工任务"), "draw_service-task": _("画系统任务"), "draw_start-event": _("画开始事件"),
    "draw_timer-event": _("画等到某时"), "draw_message-event": _("画等待消息"), "draw_end-event": _("画结束事件"),
    "draw_exclusive-gateway": _("画排他网关"), "draw_parallel-gateway": _("画并行网关"),
    "draw_sub-process": _("画子流程"), "draw_call-activity": _("画调用的流程"), "draw_annotation": _("写注释"),
    "append_user-task": _("接一个人工任务"), "append_service-task": _("接一个系统任务"), "add_deadline": _("加时限"),
    "change_kind": _("更改类型"), "deadline_name": _("收到后{amount}个工作日"),
    # kinds of elements
    "kind_UserTask": _("人工任务"), "kind_ServiceTask": _("系统任务"), "kind_StartEvent": _("开始"),
    "kind_EndEvent": _("结束"), "kind_ExclusiveGateway": _("排他网关"), "kind_ParallelGateway": _("并行网关"),
    "kind_SubProcess": _("子流程"), "kind_CallActivity": _("调用的流程"), "kind_BoundaryEvent": _("边界事件"),
    "kind_IntermediateCatchEvent": _("等待"), "kind_SequenceFlow": _("流向"), "kind_Process": _("流程"),
    "kind_Collaboration": _("整个图"), "kind_Participant": _("泳池"), "kind_Lane": _("泳道"),
    "kind_TextAnnotation": _("注释"), "kind_Association": _("注释线"), "kind_Group": _("分组框"),
    # properties
    "choose_element": _("在图上或步骤清单里选一个元素，这里就显示它的属性。"), "choose": _("请选择"),
    "name": _("名称"), "question": _("问句（名称）"), "note": _("注释文字"), "id": _("编号"),
    "id_hint": _("字母开头，只用字母、数字和下划线；任务用小写的动词短语。改了编号，停在这一步的案件不能迁移。"),
    "unit": _("办理单位"), "role": _("岗位"), "article": _("依据条款"), "no_article": _("没有写"),
    "article_text": _("条文原文"), "instruction": _("办理说明（给经办人看）"), "description": _("说明"),
    "topic": _("系统操作"), "message": _("等待的消息"), "message_hint": _("收到这个消息就往下走。"),
    "called": _("调用哪个流程"), "interrupts": _("到时终止所附的步骤（不勾选：步骤继续，只引出支路）"),
    # timers
    "deadline": _("时限"), "amount": _("数量"), "unit_of_time": _("单位"), "since": _("从何时起算"),
    "since_now": _("到这一步时"), "since_received": _("收到评价时"), "since_field": _("表单日期“{label}”"),
    "unit_working_days": _("个工作日"), "unit_calendar_days": _("日（自然日）"), "unit_hours": _("小时"),
    "unit_end_of_day": _("当日内"), "unit_date": _("表单里的日期"), "date_field": _("哪个日期"),
    "limit": _("是不是法定期限"), "limit_statutory": _("法定期限：任务的期限"),
    "limit_reminder": _("只是提醒，不是期限"), "limit_unmarked": _("只有这一个时限，就是法定期限"),
    "limit_hint": _("一个步骤上有几个时限时，标明哪一个是法定期限；过了它就是逾期，别的时限不改变期限。"),
    "expression": _("表达式"), "timer_unreadable": _("这个写法不在可选之列；请重选单位，或改正表达式。"),
    # conditions
    "condition": _("条件"), "condition_hint": _("成立时走这条路。"),
    "default_flow": _("缺省流向：其他条件都不成立时走这里"), "default_hint": _("缺省流向不写条件。"),
    "default_short": _("缺省"), "ways_out": _("出路"), "no_condition_here": _("只有排他网关的出路才写条件。"),
    "variables": _("可用的变量（点一下写入条件）"), "is_true": _("为真"), "is_past": _("早于今天"),
    "is_more": _("大于 0"), "visits": _("办理过几次"), "visited": _("办过“{name}”"), "operators": _("可用的写法："),
    # forms
    "form": _("表单"), "no_fields": _("还没有表单项。"), "add_field": _("加一项"), "new_field": _("新的一项"),
    "label": _("显示的名称"), "type": _("类型"), "required": _("必填"), "min": _("最小值"), "max": _("最大值"),
    "minlength": _("最少字数"), "maxlength": _("最多字数"), "choices": _("选项"), "add_choice": _("加选项"),
    "new_choice": _("新选项"), "choice_name": _("选项名称"), "choice_id": _("选项编号"),
    "remove_choice": _("删去选项“{name}”"), "choice_yes": _("是"), "choice_no": _("否"), "yes": _("是"),
    "no": _("否"), "none": _("没有"), "default_value": _("缺省值"), "visible_when": _("何时出现"),
    "always": _("总是出现"), "visible_expression": _("出现的条件"),
    "visible_hint": _("三种写法：项等于一个值、项在几个值之中、是否项为真；所引用的项要排在前面。"),
    "rules": _("规则：填的内容要合乎什么"), "add_rule": _("加一条规则"), "remove_rule": _("删去这条规则"),
    "rule_text": _("规则"), "rule_says": _("不合时显示的话"), "new_rule": _("请改正这一项。"),
    "rule_hint": _("条件的写法，还可以写 working_days(5) 或 working_days('参数')；没有填的项，规则不问。"),
    "first_visit_only": _("只在第一次办理时给出的选项"), "move_up": _("上移“{name}”"),
    "move_down": _("下移“{name}”"), "remove_field": _("删去“{name}”"), "type_string": _("一行文字"),
    "type_text": _("多行文字"), "type_enum": _("单选"), "type_boolean": _("是否"), "type_date": _("日期"),
    "type_long": _("整数"), "type_unit": _("承办单位"), "type_": _("没有类型"),
    # findings
    "error": _("错误"), "warning": _("提示"), "blocked": _("有 {count} 个问题，改好才能部署"),
    "clean": _("没有问题，{holding} 条法规规则全部成立"), "clean_unproved": _("没有问题"),
    "recordings": _("没有问题，改动 {count} 个场景的记录：保存以后在草稿页重新记录"),
    "not_checked": _("检查没有完成，请看看网络；下次修改时再查。"), "draw_path": _("在图上画出这条路"),
    "path_words": _("违反的走法"), "stop_words": _("停住的走法"), "path_end": _("到“{name}”"),
    # saving and people
    "saving": _("正在保存…"), "unsaved": _("有修改没有保存"), "saved": _("已保存（第 {revision} 次修订）"),
    "not_saved": _("没有保存成功：网络或服务暂时不通，请稍后再按保存。"),
    "nothing_lost": _("您的图还在这个页面上，没有丢失。可以先下载自己的图，再打开对方的图对照修改。"),
    "open_theirs": _("在新标签页打开最新的图"), "download_mine": _("下载我的图"),
    "others": _("{names} 也打开着这份草稿。"),
    "newer": _("{by} 在 {at} 保存了新的修订；请先打开最新的图再修改，否则不能保存。"),
    "not_opened": _("这个图打不开；请导出文件，用建模工具检查。"), "to": _("→ {name}"),
}

MODELER = {     # what bpmn-js-i18n has no Chinese for, or other words than ours
    "Change element": "更改类型", "Change type": "更改类型", "Connect to other element": "连到另一个元素",
    "Append end event": "接一个结束事件", "Append gateway": "接一个网关", "Add text annotation": "加注释",
    "Delete": "删除", "Add lane above": "在上方加泳道", "Add lane below": "在下方加泳道",
    "Divide into two lanes": "分成两条泳道", "Divide into three lanes": "分成三条泳道",
    "Search in diagram": "在图中查找", "User task": "人工任务", "Service task": "系统任务",
    "Call activity": "调用的流程", "Sub-process (expanded)": "子流程", "Exclusive gateway": "排他网关",
    "Parallel gateway": "并行网关", "Timer boundary event": "时限（到时终止）",
    "Timer boundary event (non-interrupting)": "时限（到时继续）", "Message boundary event": "消息（收到时终止）",
    "Message boundary event (non-interrupting)": "消息（收到时继续）", "Timer intermediate catch event": "等到某时",
    "Message intermediate catch event": "等待消息", "Sequence flow": "流向", "Default flow": "缺省流向",
    "Conditional flow": "条件流向", "Connect using association": "用注释线连接",
}
SIMULATION = {
    "Token Simulation": "走一走", "Toggle Simulation Log": "显示或收起经过", "Simulation Log": "经过", "Close": "关闭",
    "No Entries": "还没有经过", "SubProcess": "子流程", "Process": "流程", "started": "开始", "finished": "结束",
    "canceled": "终止", "Service Task": "系统任务", "User Task": "人工任务", "Call Activity": "调用的流程",
    "Exclusive Gateway": "排他网关", "Parallel Gateway": "并行网关", "Start Event": "开始",
    "Intermediate Event": "等待", "Boundary Event": "边界事件", "End Event": "结束", "Reset Simulation": "从头再走",
    "Play/Pause Simulation": "继续或暂停", "Pause Simulation": "已暂停", "Play Simulation": "继续走",
    "Set animation speed": "快慢", "Focus process instance": "只看这一条", "Set Sequence Flow": "换一条出路",
    "Trigger Event": "触发",
}

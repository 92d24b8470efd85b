"""Why something that was typed was refused, in words."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.errors import CaseflowError, Conflict, InvalidInput, OtherPersonNeeded
from web.words import roles

_ = lazy_gettext

REASONS = {
    "own_roles": _("不能更改自己的岗位，请由另一位安全管理员办理。"),
    "own_account": _("不能在这里停用或重置自己的账号，请由另一位管理员办理。"),
    "apart": _("系统管理、安全管理和审计由不同的人担任，也不能与其他岗位兼任。"),
    "last_holder": _("这是该职责最后一位在用人员；请先授予另一个人，再停用或撤销。"),
    "unit_of_regulation": _("这是办法点名的单位，不能停用或移动。"),
    "unit_has_cases": _("该单位还有未结案件，请先办结。"),
    "unit_has_tasks": _("该单位还有待办任务，请先办理或转办。"),
    "unit_has_people": _("还有在用人员在该单位任职，请先撤销其岗位。"),
    "unit_is_branch": _("该单位是在用的分支机构，请先在“分支机构”里定下截止日期；截止以后再停用。"),
    "area_outside": _("该地区不在本办法适用的范围内，请核对地区代码。"),
    "unit_has_units": _("该单位下还有在用单位，请先移动或停用。"),
    "unit_closed": _("该单位已停用，请先恢复或选择其他单位。"),
    "unit_below_itself": _("单位不能移到自己或下级单位之下，请选择其他上级。"),
    "branch_there": _("该地区已有在用的分支机构，请先终止。"),
    "user_stopped": _("该账号已停用，请先恢复。"),
}
FIELDS = {
    "username": _("账号应为 2 至 64 个小写字母、数字、点、横线或下划线，以字母开头。"),
    "name": _("名称不能为空、过长、含控制字符，也不能以 = + - @ 开头。"),
    "unit": _("请选择单位。"),
    "staff_no": _("工号最多 32 个字母、数字或横线。"),
    "code": _("编码应为 1 至 32 个字母、数字、横线或下划线。"),
    "level": _("请选择级别。"),
    "area_code": _("地区代码应为 2 至 12 位数字。"),
    "kind": _("请选择类别。"),
    "first_day": _("请填写开始日期。"),
    "last_day": _("截止日期不能早于今天，也不能早于开始日期。"),
    "parent": _("上级单位应属于同一办法。"),
    "role": _("系统管理、安全管理和审计由不同的人担任，也不能与其他岗位兼任。"),
    "email": _("邮箱地址不正确。"),
    "phone": _("电话应为 5 至 20 位数字，可以带加号。"),
    "chat": _("办公平台账号最多 64 个字母、数字、点、横线或 @。"),
    "subject": _("统一身份标识最多 255 个字符。"),
    "channels": _("选了一种方式就要填写对应的邮箱、电话或账号。"),
}


def problem(error: CaseflowError) -> str | None:
    """What is wrong with what was typed, as one sentence; None for an error that has words of its own."""
    if isinstance(error, InvalidInput) and error.fields:
        return " ".join(str(FIELDS[field]) for field in error.fields if field in FIELDS)
    if type(error) is Conflict:
        return gettext("这个账号或编码已在使用，请换一个。")
    return None


def other_person(error: OtherPersonNeeded) -> str:
    """Which article wants another person, and who that may be."""
    article, done, fallback = (error.details[name] for name in ("article", "done", "fallback"))
    why = gettext("您办理过本案的“%(done)s”，依 %(article)s 应由另一人办理这项任务。", done=done, article=article)
    if fallback is None:
        return why + gettext("请由本岗位其他人员办理；没有其他人员的，请联系管理员增加人员。")
    office, role = fallback
    return why + gettext("请由本岗位其他人员办理；没有其他人员的，由%(office)s的%(role)s办理。", office=office,
                         role=roles.ROLE_NAMES[role])

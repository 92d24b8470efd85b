"""The roles by name, what each does, and the places of people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from caseflow.law import regulations
from caseflow.models import User

ROLE_NAMES = {
    "officer": _("经办人"), "supervisor": _("督办人员"), "staff": _("窗口人员"), "reviewer": _("复核人"),
    "designer": _("流程设计人"), "approver": _("流程审批人"), "auditor": _("审计人"), "admin": _("系统管理员"),
    "security": _("安全管理员"),
}
RECIPIENTS = ROLE_NAMES | {"appellant": _("申诉人")}
WHAT_THEY_DO = {
    "officer": _("签收并办理本单位的任务：联系评价人、整改、反馈、回访"),
    "supervisor": _("查看所辖单位的案件和台账，接收逾期督办，处理异常"),
    "staff": _("查看对本人的评价，按规定提出申诉"),
    "reviewer": _("复核误评和不实评价"),
    "designer": _("绘制流程图"),
    "approver": _("批准流程图上线"),
    "auditor": _("查看全部记录和日志，不更改任何内容"),
    "admin": _("管理单位和人员，不查看案件"),
    "security": _("授予岗位、重置密码、结束登录，不查看案件"),
}


def place_of(user: User) -> str:
    """The regulation a person works under: that of the first unit they have a role at; "" without one."""
    return next((role.unit.regulation for role in user.roles), "")


def place_name(regulation: str) -> str:
    """The regulation's name as people read it."""
    return regulations.get(regulation).name if regulation else ""

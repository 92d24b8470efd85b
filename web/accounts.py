"""Names of roles and places as people read them, and the accounts that the demo lists on its login page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from caseflow import regulations
from caseflow.models import Unit, User, db

ROLE_NAMES = {
    "officer": _("经办人"), "supervisor": _("督办人"), "staff": _("窗口人员"), "reviewer": _("复核人"),
    "designer": _("流程设计人"), "approver": _("流程审批人"), "auditor": _("审计人"), "admin": _("系统管理员"),
}
DUTIES = {
    "officer": _("签收并办理本单位的任务：联系评价人、整改、反馈、回访"),
    "supervisor": _("查看所辖单位的案件和台账，接收逾期督办，处理异常"),
    "staff": _("查看与本人有关的评价"),
    "reviewer": _("复核误评和不实评价"),
    "designer": _("绘制流程图"),
    "approver": _("批准流程图上线"),
    "auditor": _("查看日志，不办理案件"),
    "admin": _("管理账号和岗位，不查看案件"),
}


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    unit: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class DemoPlace:
    """A regulation's demo accounts, in the order of the roles above."""

    name: str
    accounts: tuple[DemoAccount, ...]


def place_of(user: User) -> str:
    """The regulation a person works under: that of the first unit they have a role at; "" without one."""
    return next((role.unit.regulation for role in user.roles), "")


def place_name(regulation: str) -> str:
    """The regulation's name as people read it."""
    return regulations.get(regulation).name if regulation else ""


def demo_places() -> list[DemoPlace]:
    users = db.session.scalars(select(User).where(User.demo, User.active).order_by(User.id)).all()
    by_place: dict[str, list[User]] = {}
    for user in users:
        by_place.setdefault(place_of(user), []).append(user)
    return [DemoPlace(place_name(key), tuple(map(_account, sorted(people, key=_rank))))
            for key, people in by_place.items()]


def _rank(user: User) -> tuple[int, int]:
    order = list(ROLE_NAMES)
    return min((order.index(role.role) for role in user.roles), default=len(order)), user.id


def _account(user: User) -> DemoAccount:
    roles = tuple(dict.fromkeys(role.role for role in user.roles))
    unit: Unit | None = user.roles[0].unit if user.roles else None
    return DemoAccount(user.username, user.name, unit.name if unit else "", roles)

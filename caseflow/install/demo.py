"""People for the demo and the simulation: for every office of a regulation, one of each role that works there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from caseflow.install import installation
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.models import RoleAssignment, Unit, User, db
from caseflow.processes import deployed
from caseflow.ratings.rectification import RECTIFICATION

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TITLES = {"officer": "经办", "supervisor": "科长", "staff": "窗口", "reviewer": "复核", "auditor": "审计",
          "admin": "管理员", "security": "安全员", "designer": "流程设计", "approver": "流程审批"}
STAFF_NUMBERS = ("S001", "S010", "S004", "S012")    # of the sample feeds: somebody rated in each department


def add_people(regulation: Regulation, password_hash: str) -> list[User]:
    """Make the departments of the sample feed, the branches of their areas and a demo user for each office and role;
    those there are kept.

    All get the given password hash: the demo signs them in with one click and listens on loopback alone.
    """
    units = installation.make_units(regulation, [
        *(sample.unit for sample in regulation.sample_branches), *regulation.responsible_units])
    installation.make_branches(regulation, units)
    people = []
    for number, (username, unit, role, staff_no) in enumerate(_posts(regulation, units)):
        if db.session.scalar(select(User.id).where(User.username == username)) is None:
            surname = SURNAMES[(number * 7 + len(regulation.key)) % len(SURNAMES)]
            people.append(_person(username, surname + TITLES[role], unit, role, password_hash, staff_no))
    db.session.flush()
    return people


def _posts(regulation: Regulation, units: dict[str, Unit]) -> Iterator[tuple[str, Unit, str, str | None]]:
    """(user name, unit, role, staff number) of everybody a place needs."""
    tasks = deployed.current(regulation.key, RECTIFICATION.process).user_tasks.values()
    reviewing = {post.partition(".")[0] for post in regulation.appeal.reviewed_by} if regulation.appeal else set()
    for key in _offices(regulation, {regulation.lead, *reviewing, *(task.unit for task in tasks)}):
        for role in ("officer", "supervisor"):
            yield f"{regulation.key}.{key}.{role}", units[key], role, None
    for number, entry in enumerate(regulation.responsible_units, 1):
        for role in ("officer", "supervisor"):
            yield f"{regulation.key}.dept{number}.{role}", units[entry.key or entry.code], role, None
    for role in ("auditor", "admin", "security"):
        yield f"{regulation.key}.{role}", units[regulation.lead], role, None
    for number, (entry, staff_no) in enumerate(zip(regulation.responsible_units, STAFF_NUMBERS, strict=False), 1):
        yield f"{regulation.key}.dept{number}.staff", units[entry.key or entry.code], "staff", staff_no
    discipline = regulations.offered(regulation.key, "discipline")
    if discipline and discipline.available:
        key, _, role = discipline.to.partition(".")
        yield f"{regulation.key}.{key}.{role}", units[key], role, None
    for key in _offices(regulation, reviewing):
        yield f"{regulation.key}.{key}.reviewer", units[key], "reviewer", None
    for role in ("designer", "approver"):
        yield f"{regulation.key}.{role}", units[regulation.lead], role, None


def _offices(regulation: Regulation, lanes: set[str]) -> list[str]:
    """The keys of the units that these lanes can mean: of one that names its office by area, all sample branches."""
    named = {regulation.branches[key].otherwise if key in regulation.branches else key for key in lanes}
    kinds = {kind for key in lanes & regulation.branches.keys() for kind in regulation.branches[key].kinds}
    return sorted((named | {sample.unit.key for sample in regulation.sample_branches if sample.kind in kinds})
                  - {"responsible"})


def _person(username: str, name: str, unit: Unit, role: str, password_hash: str, staff_no: str | None) -> User:
    user = User(username=username, name=name, password_hash=password_hash, active=True, demo=True,
                staff_no=staff_no)
    user.roles = [RoleAssignment(unit_id=unit.id, role=role)]
    db.session.add(user)
    return user

"""Who may do what: role × unit × action. Views, operations and screens all ask here.

A case is visible to the units that take part in it (CaseUnit); supervisors and auditors also see what the
units below theirs take part in. The lead office of a regulation takes part in each of its cases.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache, lru_cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import aliased

from caseflow.casefile import kinds, offices
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.errors import NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.models import Case, CaseUnit, Unit, User, WorkItem, db
from caseflow.models.people import OFFICIALS, POSTS

SEES_BELOW = frozenset({"supervisor", "auditor"})
SEES_CASES = frozenset({*POSTS, "auditor"})
SEES_PROCESSES = ("designer", "approver", "auditor")
_UNITS = bindparam("units", expanding=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts. `roles` are (role, unit id); `visible_units` those whose cases may be seen; `supervised` and
    `audited` the units they look into with that role, theirs and those below; `staff_no` the number under which
    their services are recorded."""

    user_id: int | None
    username: str
    name: str
    roles: frozenset[tuple[str, int]] = frozenset()
    visible_units: frozenset[int] = field(default_factory=frozenset)
    supervised: frozenset[int] = field(default_factory=frozenset)
    audited: frozenset[int] = field(default_factory=frozenset)
    staff_no: str | None = None

    @property
    def is_system(self) -> bool:
        """Whether it is caseflow itself, and no person."""
        return self.user_id is None

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has one of these roles, at whatever unit."""
        return any(role in roles for role, _ in self.roles)

    def holds(self, role: str, unit_id: int | None) -> bool:
        """Whether the actor has this role at this very unit."""
        return (role, unit_id) in self.roles


SYSTEM = Actor(user_id=None, username="system", name="系统")


def actor_for(user: User) -> Actor:
    """The actor that this user is now; an inactive user has no roles."""
    roles = frozenset((r.role, r.unit_id) for r in user.roles) if user.active else frozenset()
    own = {unit for role, unit in roles if role in SEES_CASES}
    below = _below({unit for role, unit in roles if role in SEES_BELOW})
    supervised, audited = (frozenset(one for top, one in below if (role, top) in roles)
                           for role in ("supervisor", "auditor"))
    return Actor(user.id, user.username, user.name, roles, supervised | audited | own, supervised, audited,
                 user.staff_no)


def _below(units: set[int]) -> set[tuple[int, int]]:
    """(one of these units, itself or a unit below it)."""
    if not units:
        return set()
    return {(top, one) for top, one in db.session.execute(_tree(), {"units": list(units)})}


@cache
def _tree() -> Select[tuple[int, int]]:
    """Made once: it is asked with every click of whoever supervises."""
    tree = select(Unit.id.label("top"), Unit.id).where(Unit.id.in_(_UNITS)).cte("tree", recursive=True)
    tree = tree.union(select(tree.c.top, Unit.id).join(tree, Unit.parent_id == tree.c.id))
    return select(tree.c.top, tree.c.id)


def visible_cases(actor: Actor):
    """A condition on Case that holds for the cases this actor may see."""
    if actor.is_system:
        return True
    return exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id.in_(actor.visible_units))


def may_see_it(actor: Actor) -> ColumnElement[bool]:
    """What `may_see` asks, as a condition on Case, so that a case and the answer are read together."""
    if actor.is_system:
        return true()
    own = [and_(Case.kind == kind.name, kind.own(Case.id, actor.user_id)) for kind in kinds.registered() if kind.own]
    return or_(visible_cases(actor), *own)


def may_see(actor: Actor, case: Case) -> bool:
    """Whether a unit that the actor may look into takes part in the case, or it is theirs (an appeal they filed)."""
    if actor.is_system:
        return True
    own = kinds.of(case.kind).own
    ways = [own(case.id, actor.user_id)] if own else []
    if actor.visible_units:
        ways.append(exists().where(CaseUnit.case_id == case.id, CaseUnit.unit_id.in_(actor.visible_units)))
    return bool(ways) and bool(db.session.scalar(select(or_(*ways))))


def require_see(actor: Actor, case: Case) -> None:
    """Refuse with NotFound: whoever may not see a case is not told that it exists."""
    if not may_see(actor, case):
        raise NotFound


def may_work(actor: Actor, item: WorkItem) -> bool:
    """Whether the task is the actor's by role and unit, and nobody else has taken it.

    What a staff member has to do in an appeal of theirs is theirs alone, and so is what somebody took who stands in.
    """
    if item.role == STAFF or item.stands_in:
        return item.assignee_id is not None and item.assignee_id == actor.user_id
    return actor.holds(item.role, item.unit_id) and item.assignee_id in (None, actor.user_id)


def require_work(actor: Actor, item: WorkItem) -> None:
    """PermissionDenied unless the actor may work on this task; see may_work."""
    if not may_work(actor, item):
        raise PermissionDenied("This task belongs to somebody else.")


def lead_of(case: Case | HeldCase | Reading) -> int:
    """The lead office of the regulation of a case."""
    return offices.unit_for(case, regulations.get(case.regulation).lead)


def leads(actor: Actor, case: Case | HeldCase | Reading) -> bool:
    """Supervisors of the lead office, or of a unit above it."""
    return supervises(actor, lead_of(case))


def may_supervise(actor: Actor, case: Case | HeldCase | Reading) -> bool:
    """Supervisors of the responsible unit, of the lead office, or of a unit above them."""
    return supervises(actor, case.unit_id, lead_of(case))


def supervises(actor: Actor, *unit_ids: int) -> bool:
    """Whether the actor is a supervisor of one of these units, or of a unit above it."""
    return bool(actor.supervised.intersection(unit_ids))


def supervised_units(actor: Actor) -> frozenset[int]:
    """The units whose open work the actor supervises: theirs and those below; of a lead office, all of its place."""
    if not actor.supervised:
        return frozenset()
    return actor.supervised | set(db.session.scalars(_led(_leads()), {"units": list(actor.supervised)}))


@lru_cache(maxsize=8)
def _led(leads: tuple[tuple[str, str], ...]) -> Select[tuple[int]]:
    """The units of the places whose lead office is one of those given. Made once for the offices that lead."""
    return select(Unit.id).where(Unit.regulation.in_(_led_from(_UNITS, leads)))


def led_by(unit_ids: Collection[int]) -> frozenset[str]:
    """The regulations whose lead office is one of these units."""
    return frozenset(db.session.scalars(led_from(unit_ids))) if unit_ids else frozenset()


def led_from(unit_ids: Collection[int]) -> Select[tuple[str]]:
    """The same, as a query."""
    return _led_from(unit_ids, _leads())


def _leads() -> tuple[tuple[str, str], ...]:
    """(regulation, key of its lead office)."""
    return tuple((key, place.lead) for key, place in regulations.all_regulations().items())


def _led_from(unit_ids: Collection[int] | BindParameter, leads: tuple[tuple[str, str], ...]) -> Select[tuple[str]]:
    office = aliased(Unit)      # units may be what the query around it asks for
    is_lead = or_(*(and_(office.regulation == key, office.key == lead) for key, lead in leads))
    return select(office.regulation).where(office.id.in_(unit_ids), is_lead)


def units_of_case(case_id: int) -> set[int]:
    """The units that take part in a case."""
    return set(db.session.scalars(select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id)))


def regulations_of(actor: Actor, *roles: str) -> frozenset[str]:
    """The regulations at whose offices the actor holds one of these roles."""
    units = {unit for role, unit in actor.roles if role in roles}
    return frozenset(db.session.scalars(select(Unit.regulation).where(Unit.id.in_(units)))) if units else frozenset()


def administered(actor: Actor) -> frozenset[str]:
    """The regulations under which the actor is an administrator."""
    return regulations_of(actor, "admin")


def administers(actor: Actor, regulation: str) -> bool:
    """Whether the actor is an administrator under this regulation."""
    return regulation in administered(actor)


def drawn_for(actor: Actor) -> frozenset[str]:
    """The regulations whose processes and drafts the actor may look at: designers, approvers, auditors."""
    return frozenset(regulations.all_regulations()) if actor.is_system else regulations_of(actor, *SEES_PROCESSES)


def require_process(actor: Actor, regulation: str, role: str = "") -> None:
    """Refuse with NotFound whoever may not look at the processes of this regulation; and with PermissionDenied who may
    but does not hold this role ("designer" or "approver") there."""
    if regulation not in drawn_for(actor):
        raise NotFound
    if role and not actor.is_system and regulation not in regulations_of(actor, role):
        raise PermissionDenied


def may_contribute(actor: Actor) -> bool:
    """Whether the actor may add to the cases they see; auditors and administrators only look."""
    return actor.has_role(*POSTS, STAFF)


def may_export(actor: Actor) -> bool:
    """Whether the actor may take the ledger out as a file: officers, supervisors and auditors."""
    return actor.has_role(*OFFICIALS, "auditor")

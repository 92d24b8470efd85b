"""The accounts that the demo lists on its login page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from caseflow.models import User, db
from web.words.roles import ROLE_NAMES, place_name


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    unit: str


@dataclass(frozen=True)
class DemoPlace:
    """A regulation's demo accounts by role, in the order of ROLE_NAMES (web/words/roles.py)."""

    name: str
    roles: tuple[tuple[str, tuple[DemoAccount, ...]], ...]


def demo_places() -> list[DemoPlace]:
    """Every demo account under its regulation and its first role."""
    places: dict[str, dict[str, list[DemoAccount]]] = {}
    for user in db.session.scalars(select(User).where(User.demo, User.active).order_by(User.id)):
        if not user.roles:
            continue
        post = user.roles[0]
        roles = places.setdefault(post.unit.regulation, {role: [] for role in ROLE_NAMES})
        roles[post.role].append(DemoAccount(user.username, user.name, post.unit.name))
    return [DemoPlace(place_name(key), tuple((role, tuple(people)) for role, people in roles.items() if people))
            for key, roles in places.items()]

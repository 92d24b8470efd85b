"""Keys of the systems that push ratings. A key is shown once, when it is made; only its SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile import journal
from caseflow.errors import Conflict, InvalidInput, NotFound
from caseflow.models import ApiKey, db
from caseflow.people.permissions import SYSTEM, Actor

NAME = re.compile(r"[\w.-]{1,40}")
PREFIX = "caseflow_"


def add(name: str, now: datetime, actor: Actor = SYSTEM) -> str:
    """Make a key and return its secret. Refuses a name that was ever used (Conflict) or is no name (InvalidInput)."""
    if not NAME.fullmatch(name):
        raise InvalidInput("A key's name has 1 to 40 letters, digits, dots, dashes or underscores.")
    if db.session.scalar(select(ApiKey.id).where(ApiKey.name == name)):
        raise Conflict(f"The name {name} is taken; a revoked key keeps its name, because ratings carry it.")
    secret = PREFIX + secrets.token_urlsafe(32)
    db.session.add(ApiKey(name=name, digest=_digest(secret), created_at=now))
    journal.append(None, "api_key_added", actor, now, {"name": name})
    return secret


def revoke(name: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """From now on the key opens nothing. Revoking it again changes nothing; an unknown name is NotFound."""
    key = db.session.scalar(select(ApiKey).where(ApiKey.name == name))
    if key is None:
        raise NotFound(f"There is no key named {name}.")
    if key.revoked_at is None:
        key.revoked_at = now
        journal.append(None, "api_key_revoked", actor, now, {"name": name})


def find(secret: str) -> ApiKey | None:
    """The key with this secret, revoked or not; None when there is none."""
    digest = _digest(secret)
    key = db.session.scalar(select(ApiKey).where(ApiKey.digest == digest))
    return key if key is not None and hmac.compare_digest(key.digest, digest) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

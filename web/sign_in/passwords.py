"""Passwords: argon2id, and what a new one must be."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from caseflow.errors import InvalidInput

SHORTEST, LONGEST = 12, 128  # characters
KINDS = 3                    # of lower case, upper case, digit, other (等保 asks for a mixture)
COMMON = ("password", "qwerty", "123456", "abcdef", "admin", "zhengwu", "haochaping", "caseflow")

DEMO = "caseflow-demo"        # every demo account's, shown on the login page; they open nothing outside the demo

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes as long for an account that does not exist (None)."""
    try:
        return _hasher.verify(stored or _nobodys(), password[:LONGEST]) and stored is not None
    except InvalidHashError:  # an account without a password: take as long as any other
        return matches(None, password) if stored else False
    except Argon2Error:
        return False


def require_good(password: str, username: str) -> None:
    """Refuse a password that is short, of few kinds, or made of the account's name or a common word."""
    kinds = sum((any(c.islower() for c in password), any(c.isupper() for c in password),
                 any(c.isdigit() for c in password), any(not c.isalnum() for c in password)))
    lowered = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"a password has {SHORTEST} to {LONGEST} characters", fields={"password": "length"})
    if kinds < KINDS:
        raise InvalidInput(f"a password needs {KINDS} of: lower case, upper case, digits, other characters",
                           fields={"password": "kinds"})
    if username.lower() in lowered or any(word in lowered for word in COMMON) or len(set(password)) < 6:
        raise InvalidInput("this password is easy to guess; take another", fields={"password": "common"})


@functools.cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")

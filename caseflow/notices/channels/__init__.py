"""How a message leaves: by e-mail (mail), or by POST to a gateway for SMS or enterprise chat (gateway).

Nothing here knows the database: a message goes in, what became of it comes out. Only the configured address is called.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_PROBLEM = 200


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves. `key` is the idempotency key, the same for every try; `to` an e-mail address, telephone or name."""

    key: str
    to: str
    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try: "sent", "retry" (may be better later) or "dead" (refused, again would not help)."""

    status: str
    problem: str = ""


SENT = Outcome("sent")


def retry(problem: str) -> Outcome:
    """It did not leave, and may later. Of the problem 200 characters are kept."""
    return Outcome("retry", problem[:LONGEST_PROBLEM])


def dead(problem: str) -> Outcome:
    """It was refused, and again would be. Of the problem 200 characters are kept."""
    return Outcome("dead", problem[:LONGEST_PROBLEM])

"""The key of pushed lines, behind one door: who digests a line does not know where it is kept.

The application says at its start where it comes from (`provide`). It never stands in the database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from caseflow.errors import ConfigurationError


def _none() -> bytes:
    raise ConfigurationError("No application has said where its key of pushed lines is kept.")


_line_key: Callable[[], bytes] = _none


def provide(line_key: Callable[[], bytes]) -> None:
    """From now on, in this process, the key of pushed lines is what this answers when it is asked."""
    global _line_key
    _line_key = line_key


def digest_of_line(line: str) -> str:
    """HMAC-SHA-256 of a line as it was pushed, 64 hex digits: who has the line and the key can tell it is the one.

    Without the key nobody can try out names and telephones against it. ConfigurationError without a key.
    """
    return hmac.new(_line_key(), line.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

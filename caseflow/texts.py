"""What may be stored as a text."""

from __future__ import annotations

import hashlib

LONGEST_REASON = 200     # characters, where nothing else is said


def text_problem(value: object, longest: int, *, required: bool = True) -> str | None:
    """What is wrong with a text (required, not_text, too_long), or None."""
    if not isinstance(value, str) or "\x00" in value or not value.isprintable() and not _only_line_breaks(value):
        return "not_text"
    if len(value) > longest:
        return "too_long"
    return "required" if required and not value.strip() else None


def reason_problem(value: object, longest: int = LONGEST_REASON) -> str | None:
    """What is wrong with the words somebody gives as a reason: the codes of `text_problem`, or None.

    Without the blanks around them they are two characters (one is "required") to `longest`.
    """
    words = value.strip() if isinstance(value, str) else value
    return text_problem(words, longest) or ("required" if len(words) < 2 else None)


def sent_once(form_token: str, *content: object) -> str:
    """Under which token what was sent is stored once: the same form with the same content is the same, 64 hex digits.

    Other content of the same form, by the way back of a browser, is stored too: it was written, and nothing is lost.
    """
    return hashlib.sha256(repr((form_token, content)).encode(errors="backslashreplace")).hexdigest()


def _only_line_breaks(value: str) -> bool:
    return all(c in "\r\n\t" or c.isprintable() or c in "\u200d\ufe0f\u3000\u00a0" for c in value)

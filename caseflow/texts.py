"""What may be stored as a text."""

from __future__ import annotations


def text_problem(value: object, longest: int, *, required: bool = True) -> str | None:
    """What is wrong with a text (required, not_text, too_long), or None."""
    if not isinstance(value, str) or "\x00" in value or not value.isprintable() and not _only_line_breaks(value):
        return "not_text"
    if len(value) > longest:
        return "too_long"
    return "required" if required and not value.strip() else None


def _only_line_breaks(value: str) -> bool:
    return all(c in "\r\n\t" or c.isprintable() or c in "\u200d\ufe0f\u3000\u00a0" for c in value)

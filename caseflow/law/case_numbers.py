"""How the cases of a regulation are numbered."""

from __future__ import annotations

from caseflow.law.strict_toml import Table


def number_format(table: Table) -> str:
    """The key number_format: a text with the year and a running number in it."""
    text = table.text("number_format")
    try:
        first, second = (text.format(year=2026, number=number) for number in (1, 2))
    except (KeyError, IndexError, ValueError, AttributeError):
        first = second = ""
    if first == second or "2026" not in first:
        raise table.refuse(
            "number_format", f"must hold year and number, like GC-{{year}}-{{number:06d}}, not {text!r}")
    return text

"""The articles that an element cites, word by word."""

from __future__ import annotations

import re
from typing import Any


def articles(regulation: Any, cited: str) -> list[tuple[str, str]]:
    """(article, its text) for each article an element cites; several are parted by a comma, semicolon or space."""
    codes = [code for code in re.split(r"[,，;；、\s]+", cited) if code]
    return [(code, regulation.articles.get(code, "")) for code in codes]
